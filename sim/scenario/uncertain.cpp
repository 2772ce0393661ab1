#include "uncertain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "rollcast/base/text.hpp"
#include "rollcast/scenario/distributions.hpp"

namespace rollcast::scenario {
namespace {

/// How far out a distribution without an end is tried.
constexpr double kTail = 1e-4;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Where the unit behind a number ends: before a comma, a bracket, a `+`, or a word that joins
/// numbers.
std::size_t unit_end(std::string_view text, std::size_t from) {
  std::size_t end = from;
  while (end < text.size() && text[end] != ',' && text[end] != ')' && text[end] != '+') {
    const std::string_view rest = text.substr(end);
    const bool joins = rest.starts_with(" to ") || rest.starts_with(" and ");
    if (joins) break;
    ++end;
  }
  return end;
}

/// A text whose numbers all carry the same unit, with `s` in its place: "30 USD to 50 USD" becomes
/// "30 s to 50 s" and USD. Then any quantity can be read as a distribution.
struct OneUnit {
  std::string text;
  std::string unit;
};
std::optional<OneUnit> with_one_unit(std::string_view text) {
  OneUnit result;
  std::optional<std::string> unit;
  std::size_t at = 0;
  const std::size_t between = text.find("% between ");
  if (between != std::string_view::npos) {
    at = between + 1;
    result.text = text.substr(0, at);
  }
  while (at < text.size()) {
    const char before = at == 0 ? ' ' : text[at - 1];
    const bool begins =
        is_digit(text[at]) || (text[at] == '.' && at + 1 < text.size() && is_digit(text[at + 1]));
    if (!begins || (before != ' ' && before != '(' && before != ',')) {
      result.text += text[at++];
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && (is_digit(text[end]) || text[end] == '.' || text[end] == 'e'))
      ++end;
    const std::size_t stop = unit_end(text, end);
    const std::string here{trim(text.substr(end, stop - end))};
    // "3 to 5 min": the first number takes the unit of the second.
    const bool shared = here.empty() && text.substr(stop).starts_with(" to ");
    if (!shared && unit && *unit != here) return std::nullopt;
    if (!shared) unit = here;
    result.text += fmt::format("{} s", text.substr(at, end - at));
    at = stop;
  }
  if (!unit) return std::nullopt;
  result.unit = *unit;
  return result;
}

/// A message about the text with `s`, in the unit that was written.
std::string in_unit(std::string message, const std::string& unit) {
  const std::string written = unit.empty() ? "" : " " + unit;
  for (const char* end : {" ", "`", ","}) {
    const std::string unnamed = std::string(" s") + end;
    for (std::size_t at = message.find(unnamed); at != std::string::npos;
         at = message.find(unnamed, at + written.size()))
      message.replace(at, 2, written);
  }
  return message;
}

TableLookup no_tables() {
  return [](std::string_view) -> tl::expected<std::shared_ptr<const CsvTable>, std::string> {
    return tl::make_unexpected(std::string{"an uncertain input is drawn from no table"});
  };
}

/// The distribution of the number in front of a unit.
tl::expected<UncertainInput, TextError> parse_uncertain(std::string_view text) {
  UncertainInput input;
  input.words = trim(text);
  std::optional<TextError> problem;
  if (const auto one = with_one_unit(input.words)) {
    auto read = parse_distribution(one->text, Quantity::elapsed, no_tables());
    if (read) {
      input.distribution = std::move(*read);
      input.unit = one->unit;
      return input;
    }
    problem = TextError{0, text.size(), in_unit(read.error().message, one->unit),
                        in_unit(read.error().cure, one->unit)};
  }
  // Units that differ: all of time, or all of work.
  auto elapsed = parse_distribution(input.words, Quantity::elapsed, no_tables());
  if (elapsed) {
    input.distribution = std::move(*elapsed);
    input.unit = "s";
    return input;
  }
  auto effort = parse_distribution(input.words, Quantity::effort, no_tables());
  if (!effort) return tl::make_unexpected(problem.value_or(elapsed.error()));
  input.distribution = effort->scaled(1.0 / 60);
  input.unit = "work min";
  return input;
}

UncertainSpec of_list(const Node& node) {
  UncertainSpec spec;
  for (const Node& item : node.items) spec.input.choices.push_back(flow_text(item));
  spec.input.words = "one of " + join_words(spec.input.choices, "or");
  return spec;
}

Value<UncertainSpec> range() {
  Value<UncertainSpec> value;
  value.read = [](Context& context, const Node& node,
                  Resolved& resolved) -> std::optional<UncertainSpec> {
    UncertainSpec spec;
    if (node.is_list() && !node.items.empty()) {
      spec = of_list(node);
      resolved.kind = Resolved::Kind::leaf;
      resolved.text = flow_text(node);
      resolved.comment = origin_of(context, node.place);
    } else {
      const std::string* text = detail::scalar_text(
          context, node, "a range, a distribution or a list of choices", resolved);
      if (text == nullptr) return std::nullopt;
      auto input = parse_uncertain(*text);
      if (!input) {
        detail::report_part(context, node, input.error());
        return std::nullopt;
      }
      spec.input = std::move(*input);
    }
    spec.input.path = context.path.back();
    spec.path_place = context.owner;
    spec.value_place = node.place;
    return spec;
  };
  value.describe = [](Context&) {
    const Json range{
        {"type", "string"},
        {"description",
         "a range or a distribution in the unit of the value that the path names: 1 % to "
         "10 %, 20 USD to 40 USD, lognormal(median 4 min, p95 9 min)"}};
    const Json choices{{"type", "array"},
                       {"description", "values of which each is equally likely"},
                       {"minItems", 1}};
    return Json{{"anyOf", Json::array({range, choices})}};
  };
  return value;
}

std::string objection(const Template& source, const UncertainInput& input, double u) {
  return scenario::objection(source, input.path, input.value(u));
}

/// Whether it is stated from end to end: what has no largest value is stated by its tails, and its
/// smallest, 0 for most, is hardly ever meant.
bool has_ends(const UncertainInput& input) {
  const auto [low, high] = input.distribution.support();
  return !input.choices.empty() || (std::isfinite(low) && std::isfinite(high));
}

/// The ends of what can be drawn.
std::vector<double> ends_of(const UncertainInput& input) {
  if (!input.choices.empty()) {
    std::vector<double> ends;
    const auto n = static_cast<double>(input.choices.size());
    for (std::size_t i = 0; i < input.choices.size(); ++i)
      ends.push_back((static_cast<double>(i) + 0.5) / n);
    return ends;
  }
  if (has_ends(input)) return {0.0, 1.0};
  return {kTail, 1 - kTail};
}

/// A count takes whole numbers only: told by what the scenario says of a value in between.
bool needs_whole(const Template& source, const UncertainInput& input) {
  if (!input.unit.empty() || !input.choices.empty()) return false;
  UncertainInput trial = input;
  trial.distribution = random::Distribution::constant(std::floor(input.distribution.mean()) + 0.5);
  if (objection(source, trial, 0.5).empty()) return false;
  trial.whole = true;
  return objection(source, trial, 0.5).empty();
}

/// Whole numbers from a uniform range are equally likely, its ends included.
void make_whole(UncertainInput& input) {
  input.whole = true;
  const auto [low, high] = input.distribution.support();
  if (!std::isfinite(low) || !std::isfinite(high)) return;
  const bool uniform = std::abs(input.distribution.quantile(0.25) - (low + (high - low) / 4)) <
                           1e-9 * (high - low) &&
                       input.words.find(" to ") != std::string::npos;
  if (!uniform || high <= low) return;
  const auto wider = random::Distribution::uniform(low - 0.5 + 1e-9, high + 0.5 - 1e-9);
  if (wider) input.distribution = *wider;
}

}  // namespace

std::string UncertainInput::value(double u) const {
  if (!choices.empty()) {
    const auto index = static_cast<std::size_t>(u * static_cast<double>(choices.size()));
    return choices[std::min(index, choices.size() - 1)];
  }
  // Twelve digits: 7.7, not 7.699999999999999.
  const double number = with_digits(distribution.quantile(u), 12);
  const std::string digits =
      whole ? fmt::format("{:.0f}", std::round(number) + 0.0) : exact_number(number);
  return unit.empty() ? digits : digits + " " + unit;
}

std::string UncertainInput::low_end() const {
  return value(has_ends(*this) ? 0.0 : 0.05);
}

std::string UncertainInput::high_end() const {
  return value(has_ends(*this) ? 1.0 : 0.95);
}

std::string objection(const Template& source, const std::string& path, const std::string& value) {
  Diagnostics problems;
  if (source.with({{path, value}}, problems)) return {};
  for (const Diagnostic& problem : problems.sorted())
    if (problem.severity == Severity::error)
      return problem.message + (problem.cure.empty() ? "" : "; " + problem.cure);
  return "the scenario does not take it";
}

void report_unknown_path(const Place& place, const std::string& path, const Template& source,
                         Diagnostics& diagnostics) {
  std::vector<std::string> paths;
  bool section = false;
  for (const Parameter& parameter : source.parameters()) {
    paths.push_back(parameter.path);
    section = section || parameter.path.starts_with(path + ".");
  }
  if (section)
    diagnostics.error(place, fmt::format("`{}` is a section, not a value", path),
                      "name one of the values in it, as `rollcast check --resolved` lists them");
  else
    diagnostics.error(
        place, fmt::format("the scenario has no value `{}`", path),
        suggestion(path, paths, "`rollcast check --resolved` lists all values of the scenario"));
}

Value<std::vector<UncertainSpec>> uncertain() {
  return mapped(keyed(any_text(), range()), [](std::vector<Named<UncertainSpec>> entries) {
    std::vector<UncertainSpec> specs;
    for (auto& entry : entries)
      if (!entry.value.input.path.empty()) specs.push_back(std::move(entry.value));
    return specs;
  });
}

std::vector<UncertainInput> check_uncertain(const std::vector<UncertainSpec>& specs,
                                            const Template& source, Diagnostics& diagnostics) {
  std::vector<UncertainInput> inputs;
  for (const UncertainSpec& spec : specs) {
    if (source.find(spec.input.path) == nullptr) {
      report_unknown_path(spec.path_place, spec.input.path, source, diagnostics);
      continue;
    }
    UncertainInput input = spec.input;
    input.stated = source.find(input.path)->value;
    if (needs_whole(source, input)) make_whole(input);
    for (const double u : ends_of(input)) {
      const std::string problem = objection(source, input, u);
      if (problem.empty()) continue;
      diagnostics.error(spec.value_place,
                        fmt::format("`{}` cannot be {}: {}", input.path, input.value(u), problem),
                        fmt::format("the scenario has `{}: {}`", input.path, input.stated));
      break;
    }
    inputs.push_back(std::move(input));
  }
  return inputs;
}

}  // namespace rollcast::scenario
