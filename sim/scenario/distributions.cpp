#include "rollcast/scenario/distributions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "distribution_forms.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/base/units.hpp"
#include "text_part.hpp"

namespace rollcast::scenario {
namespace {

using random::Distribution;

constexpr int kDeepest = 8;

/// `inner` = "a, b(c, d), "e, f"" gives three parts: commas in brackets and quotes do not separate.
std::vector<Part> arguments_of(const Part& inner) {
  std::vector<Part> parts;
  std::size_t from = 0;
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < inner.text.size(); ++i) {
    const char c = inner.text[i];
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c != ',' || depth != 0) continue;
    parts.push_back(inner.sub(from, i - from));
    from = i + 1;
  }
  if (!trim(inner.text).empty()) parts.push_back(inner.sub(from));
  return parts;
}

/// Behind the bracket that closes the one at `open`; the end of the text where none does.
std::size_t end_of_bracket(std::string_view text, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth == 0) return i + 1;
  }
  return text.size();
}

/// A parameter: its name when it is given by name, and its value.
struct Argument {
  std::string_view name;
  Part value;
  Part whole;
};

bool is_plain_number(std::string_view parameter) {
  return parameter == "shape" || parameter == "mu" || parameter == "sigma";
}

/// Where a `+` joins two parts outside of brackets; npos where none does.
std::size_t plus_in(std::string_view text) {
  int depth = 0;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')') --depth;
    const bool exponent = i > 0 && (text[i - 1] == 'e' || text[i - 1] == 'E');
    if (depth == 0 && i > 0 && text[i] == '+' && !exponent) return i;
  }
  return std::string_view::npos;
}

class DistributionReader {
 public:
  DistributionReader(Quantity quantity, const TableLookup& tables)
      : quantity_(quantity), tables_(tables) {}

  Reading read(Part part, int depth = 0) {
    part = part.trimmed();
    if (depth > kDeepest) return wrong(part, "nested too deeply");
    if (const std::size_t plus = plus_in(part.text); plus != std::string_view::npos)
      return read_sum(part, plus, depth);
    const std::size_t open = part.text.find('(');
    const std::size_t word =
        part.text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_ ");
    if (open != std::string_view::npos && open > 0 && word == open) return call(part, open, depth);
    if (const auto between = part.text.find(" between "); between != std::string_view::npos) {
      return read_between(part, between);
    }
    if (const auto to = part.text.find(" to "); to != std::string_view::npos) {
      return read_range(part, to);
    }
    const auto value = seconds(part);
    if (!value) return tl::make_unexpected(value.error());
    if (quantity_ == Quantity::count && *value != std::floor(*value))
      return wrong(part, fmt::format("`{}` is no whole number", part.text),
                   fmt::format("for that many on average write `poisson(mean {})`", part.text));
    return Distribution::constant(*value);
  }

 private:
  [[nodiscard]] bool effort() const { return quantity_ == Quantity::effort; }
  [[nodiscard]] std::string_view example(const Form& form) const {
    return effort() ? form.effort_example : form.elapsed_example;
  }
  tl::expected<double, TextError> seconds(const Part& part) const {
    return moved(read_quantity(part.text, quantity_), part);
  }
  /// How often, in one over the unit of the quantity.
  tl::expected<double, TextError> rate(const Part& part) const {
    if (quantity_ != Quantity::elapsed)
      return wrong(part, "only lengths of elapsed time can be given by a rate",
                   "write the mean, as in `exponential(4 work h)`");
    return moved(parse_rate(part.text), part);
  }
  /// A factory's result: its complaint belongs to the whole part.
  static Reading made(Distribution::Result result, const Part& part) {
    if (!result) return wrong(part, std::move(result.error()));
    return std::move(*result);
  }

  /// "2 min + exponential(3 min)".
  Reading read_sum(const Part& part, std::size_t plus, int depth) {
    auto left = read(part.sub(0, plus), depth + 1);
    if (!left) return left;
    auto right = read(part.sub(plus + 1), depth + 1);
    if (!right) return right;
    const Part first = part.sub(0, plus), second = part.sub(plus + 1);
    for (const Part& one : {first, second})
      if (one.text.find('(') == std::string_view::npos &&
          (one.text.find(" to ") != std::string_view::npos ||
           one.text.find(" between ") != std::string_view::npos))
        return wrong(part, fmt::format("`{}` can be read in two ways", part.text),
                     "write it as in `2 min + uniform(3 min, 5 min)`");
    if (!left->is_constant()) std::swap(*left, *right);
    if (!left->is_constant())
      return wrong(part, "only a fixed amount can be added to what varies",
                   "write it as in `2 min + exponential(3 min)`");
    return right->shifted(left->mean());
  }

  /// "3 min to 5 min", "3 to 5 min".
  Reading read_range(const Part& part, std::size_t to) const {
    Part low = part.sub(0, to);
    const Part high = part.sub(to + 4);
    const auto upper = seconds(high);
    if (!upper) return tl::make_unexpected(upper.error());
    std::string low_text{low.text};
    if (parse_number(low.text)) {  // the unit stands once, behind the upper end
      const auto unit = high.text.find_first_not_of("0123456789.");
      low_text += fmt::format(" {}", trim(high.text.substr(std::min(unit, high.text.size()))));
    }
    const auto lower = seconds({low_text, low.offset});
    if (!lower) {
      TextError error = lower.error();
      error.length = std::min(error.length, low.text.size());
      return tl::make_unexpected(std::move(error));
    }
    if (effort()) {
      return wrong(
          part, fmt::format("`{}` does not say how the work is spread between its ends", part.text),
          fmt::format("name the form: `uniform({0}, {1})`, or `lognormal(median {0}, p95 {1})`",
                      low_text, high.text));
    }
    if (*lower >= *upper) {
      return wrong(part,
                   fmt::format("the range `{}` is empty: its lower end is not below its upper end",
                               part.text),
                   *lower > *upper ? fmt::format("write `{} to {}`", high.text, low_text)
                                   : "write a single value if it is always the same");
    }
    if (quantity_ == Quantity::count) return whole_numbers(part, *lower, *upper);
    return made(Distribution::uniform(*lower, *upper), part);
  }

  /// Each whole number of a range is equally likely, its ends included.
  static Reading whole_numbers(const Part& part, double lower, double upper) {
    constexpr double kMost = 1e5;
    if (lower != std::floor(lower) || upper != std::floor(upper) || upper - lower > kMost)
      return wrong(part, fmt::format("`{}` is no range of whole numbers", part.text),
                   "write it as in `1 to 8`");
    std::vector<double> numbers;
    for (double number = lower; number <= upper; ++number) numbers.push_back(number);
    return made(Distribution::empirical(numbers), part);
  }

  /// "90 % between 2 h and 6 h".
  Reading read_between(const Part& part, std::size_t between) const {
    const Part share_part = part.sub(0, between);
    const auto share = moved(parse_share(share_part.text), share_part);
    if (!share) return tl::make_unexpected(share.error());
    if (*share <= 0.0 || *share >= 1.0) {
      return wrong(share_part,
                   fmt::format("`{}` is not a share between 0 % and 100 %", share_part.text),
                   "write it as in `90 % between 2 h and 6 h`");
    }
    const Part rest = part.sub(between + 9);
    const auto conjunction = rest.text.find(" and ");
    if (conjunction == std::string_view::npos) {
      return wrong(rest, fmt::format("`{}` does not name two ends", rest.text),
                   "write it as in `90 % between 2 h and 6 h`");
    }
    const auto lower = seconds(rest.sub(0, conjunction));
    if (!lower) return tl::make_unexpected(lower.error());
    const auto upper = seconds(rest.sub(conjunction + 5));
    if (!upper) return tl::make_unexpected(upper.error());
    if (*lower <= 0.0 || *lower >= *upper) {
      return wrong(rest, fmt::format("the ends `{}` do not rise from above zero", rest.text));
    }
    const double tail = (1.0 - *share) / 2.0;
    return made(Distribution::lognormal_from_quantiles(tail, *lower, 1.0 - tail, *upper), part);
  }

  Reading call(const Part& part, std::size_t open, int depth) {
    const Part name = part.sub(0, open);
    if (part.text.back() != ')') {
      const std::size_t end = end_of_bracket(part.text, open);
      if (end < part.text.size())
        return wrong(part.sub(end),
                     fmt::format("nothing can stand behind the bracket of `{}`", name.text),
                     fmt::format("write `{}`", part.text.substr(0, end)));
      return wrong(part, fmt::format("the bracket behind `{}` is not closed", name.text),
                   fmt::format("write `{})`", part.text));
    }
    const Part inner{part.text.substr(open + 1, part.text.size() - open - 2),
                     part.offset + open + 1};
    const std::vector<Part> arguments = arguments_of(inner);
    if (name.text == "mixture") return mixture(part, arguments, depth);
    if (name.text == "empirical") return read_empirical(part, arguments, quantity_, tables_);
    if (quantity_ == Quantity::count) {
      if (auto counts = read_count_form(part, name.text, arguments)) return *counts;
    }
    std::vector<const Form*> forms;
    for (const Form& form : distribution_forms()) {
      if (form.name == name.text) forms.push_back(&form);
    }
    if (forms.empty()) return unknown_function(name);
    const auto named = names_of(forms, arguments);
    if (!named) return tl::make_unexpected(named.error());
    for (const Form* form : forms) {
      if (const auto ordered = in_order(*form, *named)) return build(*form, part, *ordered);
    }
    std::vector<std::string> examples;
    for (const Form* form : forms) examples.push_back(fmt::format("`{}`", example(*form)));
    return wrong(part, fmt::format("`{}` is not given by these parameters", name.text),
                 fmt::format("write it as in {}", join_words(examples, "or")));
  }

  Reading unknown_function(const Part& name) const {
    std::vector<std::string> known{"empirical", "mixture"};
    for (const Form& form : distribution_forms()) {
      if (std::find(known.begin(), known.end(), form.name) == known.end())
        known.emplace_back(form.name);
    }
    if (quantity_ == Quantity::count) {
      for (std::string& form : count_form_names()) known.push_back(std::move(form));
    }
    std::sort(known.begin(), known.end());
    return wrong(name, fmt::format("unknown distribution `{}`", name.text),
                 suggestion(name.text, known,
                            fmt::format("the distributions are {}", join_words(known, "and"))));
  }

  /// Splits "median 4 min" into name and value; a name that no form of the function has is an
  /// error.
  static tl::expected<std::vector<Argument>, TextError> names_of(std::span<const Form* const> forms,
                                                                 const std::vector<Part>& parts) {
    std::vector<std::string> allowed;
    for (const Form* form : forms) {
      for (const std::string_view parameter : form->parameters) {
        const bool known = std::find(allowed.begin(), allowed.end(), parameter) != allowed.end();
        if (!parameter.empty() && !known) allowed.emplace_back(parameter);
      }
    }
    std::vector<Argument> arguments;
    for (const Part& part : parts) {
      const bool has_name =
          !part.text.empty() && std::isalpha(static_cast<unsigned char>(part.text[0])) != 0;
      if (!has_name) {
        arguments.push_back({{}, part, part});
        continue;
      }
      const std::size_t end = std::min(part.text.find(' '), part.text.size());
      const Part name = part.sub(0, end);
      if (std::find(allowed.begin(), allowed.end(), name.text) == allowed.end()) {
        return wrong(name,
                     fmt::format("`{}` has no parameter `{}`", forms.front()->name, name.text),
                     suggestion(name.text, allowed,
                                fmt::format("its parameters are {}", join_words(allowed, "and"))));
      }
      arguments.push_back({name.text, part.sub(end), part});
    }
    return arguments;
  }

  /// The values in the order of the form's parameters; none when they are not exactly those.
  static std::optional<std::vector<Part>> in_order(const Form& form,
                                                   const std::vector<Argument>& arguments) {
    std::vector<Part> values;
    for (const std::string_view parameter : form.parameters) {
      if (parameter.empty()) continue;
      const std::size_t position = values.size();
      const auto by_name =
          std::find_if(arguments.begin(), arguments.end(),
                       [&](const Argument& argument) { return argument.name == parameter; });
      if (by_name != arguments.end()) {
        values.push_back(by_name->value);
      } else if (form.positional && position < arguments.size() &&
                 arguments[position].name.empty()) {
        values.push_back(arguments[position].value);
      } else {
        return std::nullopt;
      }
    }
    if (values.size() != arguments.size()) return std::nullopt;
    return values;
  }

  Reading build(const Form& form, const Part& part, const std::vector<Part>& values) const {
    std::vector<double> numbers;
    double unit = 1.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::string_view parameter = form.parameters[i];
      if (parameter == "unit") {
        const auto size = read_quantity(fmt::format("1 {}", values[i].text), quantity_);
        if (!size)
          return wrong(values[i], fmt::format("unknown unit `{}`", values[i].text),
                       size.error().cure);
        unit = *size;
        continue;
      }
      const auto number = is_plain_number(parameter)
                              ? moved(parse_number(values[i].text), values[i])
                          : parameter == "rate" ? rate(values[i])
                                                : seconds(values[i]);
      if (!number) return tl::make_unexpected(number.error());
      numbers.push_back(*number);
    }
    if (auto problem = check_numbers(form, values, numbers))
      return tl::make_unexpected(std::move(*problem));
    Distribution::Result result = distribution_of(form, numbers);
    if (!result) return wrong(part, std::move(result.error()));
    return unit == 1.0 ? *result : result->scaled(unit);
  }

  /// mixture(95 % of 3 min to 5 min, 5 %: 20 min)
  Reading mixture(const Part& part, const std::vector<Part>& arguments, int depth) {
    constexpr std::string_view kCure =
        "write it as in `mixture(95 % of 3 min to 5 min, 5 % of 20 min)`";
    std::vector<double> weights;
    std::vector<Distribution> components;
    double total = 0.0;
    for (const Part& argument : arguments) {
      const std::size_t percent = argument.text.find('%');
      if (percent == std::string_view::npos) {
        return wrong(argument,
                     fmt::format("`{}` does not say how often it is drawn", argument.text),
                     std::string{kCure});
      }
      const Part share = argument.sub(0, percent + 1);
      const auto weight = moved(parse_share(share.text), share);
      if (!weight) return tl::make_unexpected(weight.error());
      Part rest = argument.sub(percent + 1);
      const bool joined = rest.text.starts_with("of ") || rest.text.starts_with(":");
      if (!joined)
        return wrong(argument, fmt::format("`{}` does not say of what", argument.text),
                     std::string{kCure});
      rest = rest.sub(rest.text.starts_with(":") ? 1 : 3);
      auto component = read(rest, depth + 1);
      if (!component) return component;
      total += *weight;
      weights.push_back(*weight);
      components.push_back(std::move(*component));
    }
    if (components.empty()) return wrong(part, "the mixture has no parts", std::string{kCure});
    if (std::fabs(total - 1.0) > 1e-9) {
      return wrong(part, fmt::format("the parts of the mixture add up to {}, not to 100 %",
                                     human_percent(total)));
    }
    return made(Distribution::mixture(weights, components), part);
  }

  Quantity quantity_;
  const TableLookup& tables_;
};

}  // namespace

tl::expected<random::Distribution, TextError> parse_distribution(std::string_view text,
                                                                 Quantity quantity,
                                                                 const TableLookup& tables) {
  auto result = DistributionReader{quantity, tables}.read({text, 0});
  if (result && quantity == Quantity::share && result->support().second > 1.0) {
    auto bounded = result->truncated(0.0, 1.0);
    if (!bounded)
      return wrong({text, 0}, fmt::format("`{}` is hardly ever between 0 % and 100 %", text));
    return std::move(*bounded);
  }
  if (!result) {  // a part that was built for reading may be longer than what stands in the text
    TextError& error = result.error();
    error.offset = std::min(error.offset, text.size());
    error.length = std::min(error.length, text.size() - error.offset);
  }
  return result;
}

}  // namespace rollcast::scenario
