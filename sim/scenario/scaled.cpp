#include "rollcast/scenario/scaled.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "rollcast/base/text.hpp"
#include "rollcast/base/units.hpp"
#include "rollcast/scenario/distributions.hpp"
#include "uncertain.hpp"

namespace rollcast::scenario {
namespace {

constexpr int kSteps = 21;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Where the number that begins at `at` ends.
std::size_t number_end(std::string_view text, std::size_t at) {
  while (at < text.size() && (is_digit(text[at]) || text[at] == '.')) ++at;
  return at;
}

/// Whether the number in front of `rest` is a quantity: a unit follows it, or "to" and the number
/// that has the unit.
bool carries_unit(std::string_view rest) {
  if (!rest.starts_with(' ')) return false;
  rest = trim(rest);
  if (rest.starts_with("% between") || rest.starts_with("% of")) return false;
  // Of "1 per 2000 h" the time is what is varied.
  if (rest.starts_with("per ") && rest.size() > 4 && is_digit(rest[4])) return false;
  if (rest.starts_with("to ") || rest.starts_with('%')) return true;
  return !rest.empty() &&
         ((rest[0] >= 'a' && rest[0] <= 'z') || (rest[0] >= 'A' && rest[0] <= 'Z'));
}

/// Whether the text is one quantity, or a distribution of one.
bool is_quantity(const std::string& text) {
  const auto no_table =
      [](std::string_view) -> tl::expected<std::shared_ptr<const CsvTable>, std::string> {
    return tl::make_unexpected(std::string("no table"));
  };
  for (const Quantity quantity : {Quantity::elapsed, Quantity::effort, Quantity::share})
    if (parse_distribution(text, quantity, no_table)) return true;
  // Prices and rates: one number, and words behind it.
  const std::size_t end = number_end(text, 0);
  return end > 0 && carries_unit(std::string_view(text).substr(end)) &&
         std::none_of(text.begin() + static_cast<std::ptrdiff_t>(end), text.end(), is_digit) &&
         text.find(" per zone") == std::string::npos;
}

bool is_frame(const std::string& path) {
  constexpr std::array<std::string_view, 12> kFrame{
      "start",     "horizon",   "seed",        "replications", "objectives", "verdict",
      "precision", "uncertain", "correlation", "sweep",        "optimize",   "question"};
  return std::any_of(kFrame.begin(), kFrame.end(), [&](std::string_view section) {
    return path == section || path.starts_with(std::string(section) + ".");
  });
}

}  // namespace

std::string scaled(std::string_view text, double factor) {
  std::string result;
  bool changed = false;
  for (std::size_t at = 0; at < text.size();) {
    const char before = at == 0 ? ' ' : text[at - 1];
    const bool begins =
        is_digit(text[at]) || (text[at] == '.' && at + 1 < text.size() && is_digit(text[at + 1]));
    const bool apart = before == ' ' || before == '(' || before == ',';
    const std::size_t end = begins && apart ? number_end(text, at) : at;
    const auto number = end > at && carries_unit(text.substr(end))
                            ? parse_number(text.substr(at, end - at))
                            : tl::make_unexpected(TextError{});
    if (!number) {
      result += text[at++];
      continue;
    }
    result += exact_number(with_digits(*number * factor, 12));
    changed = true;
    at = end;
  }
  return changed ? result : std::string();
}

std::vector<UncertainInput> scaled_inputs(const Template& source, double range) {
  std::vector<UncertainInput> inputs;
  for (const Parameter& parameter : source.parameters()) {
    std::string text = parameter.value;
    if (text.size() > 1 && text.front() == '"' && text.back() == '"')
      text = text.substr(1, text.size() - 2);
    if (is_frame(parameter.path) || !is_quantity(text)) continue;
    UncertainInput input;
    input.path = parameter.path;
    input.stated = text;
    input.words = fmt::format("{} ± {}", text, human_percent(range));
    for (int i = 0; i < kSteps; ++i)
      input.choices.push_back(scaled(text, 1 + range * (2.0 * i / (kSteps - 1) - 1)));
    const bool moves =
        !input.choices.front().empty() && input.choices.front() != input.choices.back();
    if (!moves || !objection(source, input.path, input.choices.front()).empty() ||
        !objection(source, input.path, input.choices.back()).empty())
      continue;
    inputs.push_back(std::move(input));
  }
  return inputs;
}

}  // namespace rollcast::scenario
