#include "rollcast/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "rollcast/base/text.hpp"

namespace rollcast {
namespace {

struct Unit {
  std::string_view name;
  double factor;  ///< in the unit of the result
};

constexpr std::array<Unit, 8> kElapsed{{{"ns", 1e-9},
                                        {"us", 1e-6},
                                        {"ms", 1e-3},
                                        {"s", 1.0},
                                        {"min", 60.0},
                                        {"h", 3600.0},
                                        {"d", 86400.0},
                                        {"w", 604800.0}}};
constexpr std::array<Unit, 4> kEffort{
    {{"work min", 60.0}, {"work h", 3600.0}, {"workday", 28800.0}, {"workdays", 28800.0}}};
constexpr std::array<Unit, 3> kSizes{{{"MB", 1e-3}, {"GB", 1.0}, {"TB", 1e3}}};

/// What people write, and the unit that it stands for.
constexpr std::array<std::pair<std::string_view, std::string_view>, 24> kOtherNames{{
    {"sec", "s"},
    {"secs", "s"},
    {"second", "s"},
    {"seconds", "s"},
    {"m", "min"},
    {"mins", "min"},
    {"minute", "min"},
    {"minutes", "min"},
    {"hr", "h"},
    {"hrs", "h"},
    {"hour", "h"},
    {"hours", "h"},
    {"H", "h"},
    {"day", "d"},
    {"days", "d"},
    {"week", "w"},
    {"weeks", "w"},
    {"work hour", "work h"},
    {"work hours", "work h"},
    {"work minutes", "work min"},
    {"work day", "workday"},
    {"work days", "workdays"},
    {"work d", "workday"},
    {"person h", "work h"},
}};

constexpr double kMostSeconds = 1e12;
constexpr double kMostMoney = 1e12;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Reads a text from left to right and knows where it is.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) { skip_space(); }
  [[nodiscard]] bool done() const { return at_ >= text_.size(); }
  [[nodiscard]] char peek() const { return done() ? '\0' : text_[at_]; }
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] std::string_view rest() const { return trim(text_.substr(at_)); }
  /// From `from` to here, without the space behind it.
  [[nodiscard]] std::string_view since(std::size_t from) const {
    return trim(text_.substr(from, at_ - from));
  }
  void advance(std::size_t bytes) { at_ += bytes; }
  void skip_space() {
    while (!done() && text_[at_] == ' ') ++at_;
  }
  /// Takes `word` if it stands here as a whole word.
  bool take_word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    const std::size_t end = at_ + word.size();
    if (end < text_.size() && text_[end] != ' ') return false;
    at_ = end;
    skip_space();
    return true;
  }
  /// Everything up to the next number: a unit, with the words that belong to it.
  std::string_view take_unit() {
    const std::size_t from = at_;
    while (!done() && !is_digit(peek()) && peek() != '.' && peek() != '-') ++at_;
    const std::string_view unit = trim(text_.substr(from, at_ - from));
    return unit;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

tl::unexpected<TextError> wrong(std::size_t offset, std::size_t length, std::string message,
                                std::string cure = {}) {
  return tl::make_unexpected(TextError{offset, length, std::move(message), std::move(cure)});
}

std::string units_of(std::span<const Unit> units) {
  std::vector<std::string> names;
  for (const Unit& unit : units) {
    if (unit.name != "workdays") names.push_back(fmt::format("`{}`", unit.name));
  }
  return join_words(names, "or");
}

tl::expected<double, TextError> take_number(Cursor& cursor, std::string_view what) {
  const std::size_t from = cursor.at();
  const std::string_view rest = cursor.rest();
  const std::size_t sign = !rest.empty() && (rest[0] == '-' || rest[0] == '+') ? 1 : 0;
  const bool numeric = rest.size() > sign && (is_digit(rest[sign]) || rest[sign] == '.');
  if (!numeric) {
    if (rest.empty()) return wrong(from, 0, fmt::format("{} is missing", what));
    return wrong(from, rest.size(), fmt::format("`{}` is not {}", rest, what));
  }
  if (rest[0] == '+') {
    return wrong(from, 1, "a number has no plus sign in front",
                 fmt::format("write `{}`", rest.substr(1)));
  }
  double value = 0.0;
  const auto [end, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  const auto length = static_cast<std::size_t>(end - rest.data());
  if (problem == std::errc::invalid_argument) {
    return wrong(from, rest.size(), fmt::format("`{}` is not {}", rest, what));
  }
  if (problem == std::errc::result_out_of_range || !std::isfinite(value)) {
    return wrong(from, length,
                 fmt::format("the number `{}` is out of range", rest.substr(0, length)));
  }
  const std::string_view digits = rest.substr(sign, length - sign);
  if (digits.size() > 1 && digits[0] == '0' && is_digit(digits[1])) {
    const auto first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
    return wrong(
        from, length, fmt::format("`{}` has a leading zero", rest.substr(0, length)),
        fmt::format("write `{}`", digits.substr(is_digit(digits[first]) ? first : first - 1)));
  }
  const bool separated = length + 1 < rest.size() && (rest[length] == ',' || rest[length] == '_') &&
                         is_digit(rest[length + 1]);
  if (separated) {
    return wrong(from, rest.size(),
                 fmt::format("`{}` is not a number: digits are written without separators", rest),
                 "write a point before decimals and nothing between thousands, as in `12500.5`");
  }
  cursor.advance(length);
  cursor.skip_space();
  return value;
}

/// The unit behind a number, or what is wrong with it. `from` is where the number begins.
tl::expected<Unit, TextError> take_unit(Cursor& cursor, std::size_t from,
                                        std::span<const Unit> units, std::string_view what) {
  const std::string_view number = cursor.since(from);
  const std::size_t at = cursor.at();
  const std::string_view name = cursor.take_unit();
  if (name.empty()) {
    return wrong(from, number.size(), fmt::format("`{}` has no unit; {} is due", number, what),
                 fmt::format("add a unit, {}, as in `{} {}`", units_of(units), number,
                             units[units.size() / 2].name));
  }
  for (const Unit& unit : units) {
    if (unit.name == name) return unit;
  }
  const bool effort_due = units.data() == kEffort.data();
  for (const Unit& unit :
       effort_due ? std::span<const Unit>{kElapsed} : std::span<const Unit>{kEffort}) {
    if (unit.name != name) continue;
    const std::string_view instead = effort_due ? "work h" : "h";
    return wrong(
        at, name.size(),
        effort_due
            ? fmt::format("`{}` is elapsed time; {} is due", name, what)
            : fmt::format("`{}` is people's work, which passes only in working hours; {} is due",
                          name, what),
        fmt::format("the units are {}, as in `{} {}`", units_of(units), number, instead));
  }
  for (const auto& [other, unit] : kOtherNames) {
    if (other == name) {
      return wrong(at, name.size(), fmt::format("unknown unit `{}`", name),
                   fmt::format("did you mean `{}`? The units are {}",
                               effort_due && unit == "h" ? "work h" : unit, units_of(units)));
    }
  }
  return wrong(at, name.size(), fmt::format("unknown unit `{}`; {} is due", name, what),
               fmt::format("the units are {}", units_of(units)));
}

/// One or several numbers with units, from larger to smaller ones, added up.
tl::expected<double, TextError> read_parts(std::string_view text, std::span<const Unit> units,
                                           std::string_view what) {
  Cursor cursor{text};
  double total = 0.0;
  double last_factor = std::numeric_limits<double>::infinity();
  do {
    const std::size_t from = cursor.at();
    const auto number = take_number(cursor, what);
    if (!number) return tl::make_unexpected(number.error());
    const auto unit = take_unit(cursor, from, units, what);
    if (!unit) return tl::make_unexpected(unit.error());
    const std::string_view part = cursor.since(from);
    if (*number < 0.0) {
      return wrong(from, part.size(), fmt::format("`{}` is negative; {} is at least 0", part, what),
                   "leave the minus sign away");
    }
    if (unit->factor >= last_factor) {
      return wrong(from, part.size(), fmt::format("`{}` does not follow a larger unit", part),
                   "write the larger unit first and each unit once, as in `1 h 30 min`");
    }
    last_factor = unit->factor;
    total += *number * unit->factor;
  } while (!cursor.done());
  if (total > kMostSeconds) {
    return wrong(0, text.size(), fmt::format("`{}` is longer than 30,000 years", text));
  }
  return total;
}

}  // namespace

tl::expected<double, TextError> parse_number(std::string_view text) {
  Cursor cursor{text};
  const std::size_t from = cursor.at();
  const auto number = take_number(cursor, "a number");
  if (!number) return tl::make_unexpected(number.error());
  if (!cursor.done()) {
    const std::string_view rest = cursor.rest();
    return wrong(cursor.at(), rest.size(),
                 fmt::format("`{}` does not belong here: a plain number is due", rest),
                 rest == "%" ? fmt::format("write `{}`", *number / 100)
                             : fmt::format("write `{}`", cursor.since(from)));
  }
  return *number;
}

tl::expected<std::int64_t, TextError> parse_count(std::string_view text) {
  constexpr double kMost = 1e15;
  Cursor cursor{text};
  const std::size_t from = cursor.at();
  const auto number = take_number(cursor, "a whole number");
  if (!number) return tl::make_unexpected(number.error());
  const std::string_view digits = cursor.since(from);
  if (!cursor.done()) {
    const std::string_view rest = cursor.rest();
    return wrong(cursor.at(), rest.size(),
                 fmt::format("`{}` does not belong here: a plain whole number is due", rest),
                 fmt::format("write `{}`", digits));
  }
  if (*number < 0.0)
    return wrong(from, digits.size(),
                 fmt::format("`{}` is negative; a count is at least 0", digits),
                 "leave the minus sign away");
  if (*number != std::floor(*number)) {
    return wrong(from, digits.size(), fmt::format("`{}` is not a whole number", digits));
  }
  if (*number > kMost)
    return wrong(from, digits.size(), fmt::format("`{}` is larger than 10^15", digits));
  return static_cast<std::int64_t>(*number);
}

tl::expected<double, TextError> parse_elapsed(std::string_view text) {
  return read_parts(text, kElapsed, "a length of elapsed time");
}

tl::expected<double, TextError> parse_effort(std::string_view text) {
  return read_parts(text, kEffort, "an amount of people's work");
}

tl::expected<double, TextError> parse_share(std::string_view text) {
  Cursor cursor{text};
  const std::size_t from = cursor.at();
  const auto number = take_number(cursor, "a share in percent");
  if (!number) return tl::make_unexpected(number.error());
  const std::string_view digits = cursor.since(from);
  if (cursor.done()) {
    const std::string percent = exact_number(std::round(*number * 1e10) / 1e8);
    const std::string cure =
        *number > 0.0 && *number < 1.0
            ? fmt::format("write `{} %`, or `{} %` if that is meant", percent, digits)
        : *number == 1.0 ? std::string{"write `100 %` or `1 %`, whichever is meant"}
                         : fmt::format("write `{} %`", digits);
    return wrong(from, digits.size(),
                 fmt::format("`{}` has no unit; a share is written in percent", digits), cure);
  }
  const std::size_t at = cursor.at();
  const std::string_view unit = cursor.rest();
  if (unit != "%") {
    const auto whole = unit.starts_with('/') ? parse_number(trim(unit.substr(1)))
                                             : tl::expected<double, TextError>{0.0};
    const double percent = whole && *whole != 0.0 ? 100 * *number / *whole : *number;
    return wrong(at, unit.size(),
                 fmt::format("`{}` does not belong here; a share is written in percent", unit),
                 fmt::format("write `{} %`", exact_number(std::round(percent * 1e8) / 1e8)));
  }
  if (*number < 0.0)
    return wrong(from, digits.size(),
                 fmt::format("`{} %` is negative; a share lies between 0 % and 100 %", digits),
                 "leave the minus sign away");
  if (*number > 100.0) {
    return wrong(from, digits.size(),
                 fmt::format("`{} %` is above 100 %; a share lies between 0 % and 100 %", digits),
                 "write at most `100 %`");
  }
  return *number / 100.0;
}

tl::expected<double, TextError> parse_gigabytes(std::string_view text) {
  constexpr double kMost = 1e9;
  Cursor cursor{text};
  const std::size_t from = cursor.at();
  const auto number = take_number(cursor, "a size");
  if (!number) return tl::make_unexpected(number.error());
  const auto unit = take_unit(cursor, from, kSizes, "a size");
  if (!unit) return tl::make_unexpected(unit.error());
  if (!cursor.done())
    return wrong(cursor.at(), cursor.rest().size(),
                 fmt::format("`{}` does not belong here", cursor.rest()));
  if (*number < 0.0)
    return wrong(from, text.size() - from,
                 fmt::format("`{}` is negative; a size is at least 0", trim(text)),
                 "leave the minus sign away");
  if (*number * unit->factor > kMost)
    return wrong(from, text.size() - from, fmt::format("`{}` is more than 10^9 GB", trim(text)));
  return *number * unit->factor;
}

tl::expected<double, TextError> parse_bandwidth(std::string_view text) {
  constexpr std::string_view kEnding = " per s";
  const bool rate = text.ends_with(kEnding);
  const auto size = parse_gigabytes(rate ? text.substr(0, text.size() - kEnding.size()) : text);
  if (!size) return tl::make_unexpected(size.error());
  if (!rate)
    return wrong(0, text.size(),
                 fmt::format("`{}` does not say per what; a bandwidth is due", text),
                 fmt::format("write `{} per s`", text));
  if (*size <= 0.0) return wrong(0, text.size(), fmt::format("`{}` is not above 0", text));
  return *size;
}

tl::expected<double, TextError> parse_rate(std::string_view text) {
  Cursor cursor{text};
  const std::size_t from = cursor.at();
  const auto number = take_number(cursor, "a rate");
  if (!number) return tl::make_unexpected(number.error());
  const std::string_view digits = cursor.since(from);
  if (!cursor.take_word("per")) {
    return wrong(from, text.size() - from,
                 fmt::format("`{}` does not say per what; a rate is due", trim(text)),
                 fmt::format("write it as in `{} per s` or `{} per 2000 h`", digits, digits));
  }
  const std::size_t at = cursor.at();
  std::string time{cursor.rest()};
  const bool implicit_one = !time.empty() && !is_digit(time[0]) && time[0] != '.' && time[0] != '-';
  const std::size_t shift = implicit_one ? 2 : 0;
  if (implicit_one) time.insert(0, "1 ");
  const auto seconds = parse_elapsed(time);
  if (!seconds) {
    TextError error = seconds.error();
    error.offset = at + (error.offset >= shift ? error.offset - shift : 0);
    error.length = std::min(error.length, text.size() - error.offset);
    return tl::make_unexpected(std::move(error));
  }
  if (*number <= 0.0 || *seconds <= 0.0) {
    return wrong(from, text.size() - from, fmt::format("`{}` is not above 0", trim(text)));
  }
  return *number / *seconds;
}

namespace {
/// Whether it begins with three capital letters, as the codes of ISO 4217 are.
bool names_currency(std::string_view unit) {
  const auto letters =
      std::find_if(unit.begin(), unit.end(), [](char c) { return c < 'A' || c > 'Z'; });
  return letters - unit.begin() == 3;
}
}  // namespace

tl::expected<Money, TextError> parse_money(std::string_view text, std::string_view currency,
                                           std::string_view per) {
  const std::string unit =
      per.empty() ? std::string{currency} : fmt::format("{} per {}", currency, per);
  const std::string what = fmt::format("an amount of money in `{}`", unit);
  Cursor cursor{text};
  const std::size_t from = cursor.at();
  const auto number = take_number(cursor, what);
  if (!number) return tl::make_unexpected(number.error());
  const std::string_view digits = cursor.since(from);
  const std::string cure = fmt::format("write `{} {}`", digits, unit);
  if (cursor.done())
    return wrong(from, digits.size(), fmt::format("`{}` has no unit; {} is due", digits, what),
                 cure);
  const std::size_t at = cursor.at();
  const std::string_view given = cursor.rest();
  if (given != unit) {
    const bool foreign = !cursor.take_word(currency);
    if (foreign)
      return wrong(at, given.size(),
                   fmt::format("`{}` is not the scenario's currency; {} is due", given, what),
                   names_currency(given) ? fmt::format("{}, or `currency: {}` in the scenario",
                                                       cure, given.substr(0, 3))
                                         : cure);
    const std::size_t behind = cursor.done() ? at : cursor.at();
    return wrong(behind, text.size() - behind, fmt::format("`{}` is not {}", trim(text), what),
                 cure);
  }
  if (*number < 0.0)
    return wrong(from, digits.size(),
                 fmt::format("`{}` is negative; money is at least 0", trim(text)),
                 "leave the minus sign away; what comes off a price stands under `discounts:`");
  if (*number > kMostMoney)
    return wrong(from, digits.size(), fmt::format("`{}` is more than 10^12", trim(text)));
  return Money::units(*number);
}

}  // namespace rollcast
