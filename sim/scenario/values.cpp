/// The values that scenarios are made of, with their schemas.
#include <fmt/format.h>

#include <algorithm>

#include "rollcast/base/text.hpp"
#include "rollcast/base/units.hpp"
#include "rollcast/scenario/reader.hpp"

namespace rollcast::scenario {
namespace {

constexpr double kMostElapsed = 10 * 366 * 86400.0;  ///< seconds: ten years
constexpr std::size_t kLongest = 80;                 ///< characters of a name

tl::unexpected<TextError> wrong(std::string_view text, std::string message, std::string cure = {}) {
  return tl::make_unexpected(TextError{0, text.size(), std::move(message), std::move(cure)});
}

Value<random::Distribution> distribution(std::string what, Quantity quantity,
                                         std::string_view examples) {
  return scalar<random::Distribution>(std::move(what), text_schema(std::string{examples}),
                                      [quantity](Context& context, std::string_view text) {
                                        return parse_distribution(text, quantity, context.tables);
                                      });
}

}  // namespace

Schema text_schema(std::string description) {
  return [description = std::move(description)] {
    return Json{{"type", "string"}, {"description", description}};
  };
}

Value<std::string> any_text() {
  static const Value<std::string> value = scalar<std::string>(
      "a text",
      [] {
        return Json{{"type", "string"}};
      },
      [](Context&, std::string_view text) -> tl::expected<std::string, TextError> {
        if (trim(text).empty()) return wrong(text, "the text is empty");
        return std::string{trim(text)};
      });
  return value;
}

Value<std::string> entity_name() {
  static const Value<std::string> value = scalar<std::string>(
      "a name",
      [] {
        return Json{{"type", "string"}, {"maxLength", kLongest}};
      },
      [](Context&, std::string_view text) -> tl::expected<std::string, TextError> {
        if (trim(text).empty()) return wrong(text, "the name is empty");
        if (code_points(text) > kLongest) {
          return wrong(text, fmt::format("the name is longer than {} characters", kLongest));
        }
        const bool lines = text.find('\n') != std::string_view::npos;
        if (lines) return wrong(text, "the name spans several lines");
        return std::string{text};
      });
  return value;
}

Value<bool> truth() {
  static const Value<bool> value = scalar<bool>(
      "`true` or `false`",
      [] {
        return Json{{"type", "boolean"}};
      },
      [](Context&, std::string_view text) -> tl::expected<bool, TextError> {
        if (text == "true") return true;
        if (text == "false") return false;
        const bool yes = text == "yes" || text == "on" || text == "True" || text == "TRUE";
        const bool no = text == "no" || text == "off" || text == "False" || text == "FALSE";
        return wrong(text, fmt::format("`{}` stands where `true` or `false` is due", text),
                     yes || no ? fmt::format("write `{}`", yes) : "");
      });
  return value;
}

Value<std::int64_t> count(std::int64_t least) {
  return scalar<std::int64_t>(
      "a whole number",
      [least] {
        return Json{{"type", "integer"}, {"minimum", least}};
      },
      [least](Context&, std::string_view text) -> tl::expected<std::int64_t, TextError> {
        auto number = parse_count(text);
        if (number && *number < least)
          return wrong(text, fmt::format("`{}` is below {}", text, least));
        return number;
      });
}

Value<double> number() {
  static const Value<double> value = scalar<double>(
      "a number",
      [] {
        return Json{{"type", "number"}};
      },
      [](Context&, std::string_view text) { return parse_number(text); });
  return value;
}

Value<double> share() {
  static const Value<double> value =
      scalar<double>("a share in percent", text_schema("a share in percent: 2 %"),
                     [](Context&, std::string_view text) { return parse_share(text); });
  return value;
}

Value<Duration> elapsed() {
  static const Value<Duration> value =
      scalar<Duration>("a length of elapsed time",
                       text_schema("elapsed time in ns us ms s min h d w: 30 min, 1 h 30 min"),
                       [](Context&, std::string_view text) -> tl::expected<Duration, TextError> {
                         const auto seconds = parse_elapsed(text);
                         if (!seconds) return tl::make_unexpected(seconds.error());
                         if (*seconds > kMostElapsed)
                           return wrong(text, fmt::format("`{}` is longer than ten years", text),
                                        "write at most 3650 d");
                         return from_seconds(*seconds);
                       });
  return value;
}

Value<random::Distribution> random_elapsed() {
  static const Value<random::Distribution> value = distribution(
      "a length of elapsed time", Quantity::elapsed,
      "elapsed time, also at random: 4 min, 3 min to 5 min, lognormal(median 4 min, p95 9 min), "
      "90 % between 2 h and 6 h, exponential(2000 h), empirical(data/file.csv, column x, unit s)");
  return value;
}

Value<random::Distribution> random_effort() {
  static const Value<random::Distribution> value = distribution(
      "an amount of people's work", Quantity::effort,
      "people's work in `work min`, `work h` or `workday` (8 work h), also at random: 4 work h, "
      "uniform(8 work h, 16 work h), triangular(4 work h, 6 work h, 16 work h)");
  return value;
}

Value<random::Distribution> random_share() {
  static const Value<random::Distribution> value = distribution(
      "a share in percent", Quantity::share,
      "a share in percent, also at random: 50 %, 20 % to 60 %, triangular(10 %, 20 %, 60 %)");
  return value;
}

Value<TimePoint> moment() {
  static const Value<TimePoint> value = scalar<TimePoint>(
      "a moment",
      text_schema("elapsed time since the start, or a date: 2 d, Fri 18:00, 2026-03-06 18:00"),
      [](Context& context, std::string_view text) -> tl::expected<TimePoint, TextError> {
        if (const auto seconds = parse_elapsed(text))
          return kStart + from_seconds(std::min(*seconds, kMostElapsed));
        if (context.start) return parse_moment(text, *context.start);
        if (context.start_is_bad) return kStart;
        return wrong(
            text,
            fmt::format("`{}` needs a `start:` that says when the simulated time begins", text),
            "add `start: 2026-03-06 09:00 Asia/Seoul` to the scenario, or write the elapsed time, "
            "as in `2 d`");
      });
  return value;
}

Value<double> gigabytes() {
  static const Value<double> value =
      scalar<double>("a size", text_schema("a size in MB, GB or TB: 50 GB"),
                     [](Context&, std::string_view text) { return parse_gigabytes(text); });
  return value;
}

Value<double> bandwidth() {
  static const Value<double> value =
      scalar<double>("a bandwidth", text_schema("MB, GB or TB per s: 500 MB per s"),
                     [](Context&, std::string_view text) { return parse_bandwidth(text); });
  return value;
}

Value<double> rate() {
  static const Value<double> value =
      scalar<double>("a rate", text_schema("a rate: 10 per s, 1 per 2000 h"),
                     [](Context&, std::string_view text) { return parse_rate(text); });
  return value;
}

Value<Money> money(std::string per) {
  const std::string what =
      per.empty() ? "an amount of money" : fmt::format("an amount of money per {}", per);
  const std::string example = per.empty() ? "4000 USD" : fmt::format("42.51 USD per {}", per);
  return scalar<Money>(what,
                       text_schema(fmt::format("{} in the scenario's currency: {}", what, example)),
                       [per](Context& context, std::string_view text) {
                         return parse_money(text, context.currency, per);
                       });
}

Value<std::chrono::year_month_day> date() {
  static const Value<std::chrono::year_month_day> value = scalar<std::chrono::year_month_day>(
      "a date", text_schema("a date: 2026-03-06"),
      [](Context&, std::string_view text) { return parse_date(text); });
  return value;
}

Value<std::size_t> reference(const Names& names) {
  Value<std::size_t> value;
  value.read = [&names](Context& context, const Node& node,
                        Resolved& resolved) -> std::optional<std::size_t> {
    const std::string* text =
        detail::scalar_text(context, node, fmt::format("the name of a {}", names.kind), resolved);
    if (text == nullptr) return std::nullopt;
    const auto index = names.index(*text);
    if (!index) report_unknown_name(context, node.place, names, *text);
    return index;
  };
  value.describe = [&names](Context&) {
    return text_schema(fmt::format("the name of a {} under `{}:`", names.kind, names.section))();
  };
  return value;
}

Value<std::size_t> word_of(std::string what, std::vector<std::string> words) {
  const auto schema = [words] {
    Json one_of;
    one_of["enum"] = words;
    return one_of;
  };
  return scalar<std::size_t>(
      what, schema,
      [what, words](Context&, std::string_view text) -> tl::expected<std::size_t, TextError> {
        const auto found = std::find(words.begin(), words.end(), text);
        if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
        std::vector<std::string> quoted;
        for (const std::string& word : words) quoted.push_back(fmt::format("`{}`", word));
        return wrong(
            text, fmt::format("`{}` is not {}", text, what),
            suggestion(text, words, fmt::format("it is one of {}", join_words(quoted, "and"))));
      });
}

}  // namespace rollcast::scenario
