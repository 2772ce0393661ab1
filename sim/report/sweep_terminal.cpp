#include <fmt/format.h>

#include <algorithm>

#include "rollcast/base/text.hpp"
#include "rollcast/report/sweep.hpp"
#include "sweep_words.hpp"
#include "terminal_text.hpp"

namespace rollcast::report {
namespace {

using experiment::SweepResults;

constexpr std::size_t kMostLines = 40;
constexpr std::size_t kMostFindings = 16;
/// A column that is narrower has no room for half an interval.
constexpr std::size_t kRoomForIntervals = 19;

std::string values_text(const std::vector<std::string>& values) {
  return join(values, ", ");
}

/// The table of one estimate: a line a point, a column a strategy.
std::string table_of(const SweepResults& results, std::size_t estimate, std::size_t width) {
  const auto& strategies = results.scenario.strategies;
  std::vector<std::string> names;
  for (const scenario::SweepAxis& axis : results.sweep.axes) names.push_back(axis.path);
  const std::string heading = values_text(names);
  std::size_t first = std::min<std::size_t>(display_width(heading), 30);
  for (const experiment::SweepPoint& point : results.points)
    first = std::max(first, std::min<std::size_t>(display_width(values_text(point.values)), 30));
  const std::size_t shown = std::min(strategies.size(), (width - first - 1) / 13);
  const std::size_t column =
      std::min<std::size_t>(24, (width - first) / std::max<std::size_t>(1, shown));
  const auto words = column >= kRoomForIntervals ? cell_with_half_width : cell_text;
  std::string text = "\n" + wrapped(label_of(results, estimate), width, 2);
  text += padded(fitted(heading, first), first, false);
  for (std::size_t s = 0; s < shown; ++s)
    text += " " + padded(fitted(strategies[s].name, column - 1), column - 1, true);
  text += "\n";
  for (std::size_t i = 0; i < std::min(kMostLines, results.points.size()); ++i) {
    text += padded(fitted(values_text(results.points[i].values), first), first, false);
    const auto& result = results.results[i];
    if (!result) {
      const std::string& refused = results.points[i].refused;
      text += " " +
              fitted(refused.empty() ? "not simulated yet" : "not possible: " + refused,
                     width - first - 1) +
              "\n";
      continue;
    }
    for (std::size_t s = 0; s < shown; ++s) {
      const std::string mark = result->leader == s ? "*" : "";
      text += " " + padded(fitted(mark + words(results, estimate, result->cells[s][estimate]),
                                  column - 1),
                           column - 1, true);
    }
    text += "\n";
  }
  return text;
}

}  // namespace

std::string terminal_sweep(const SweepInput& input, TerminalStyle style) {
  const SweepResults& results = input.results;
  const auto width = static_cast<std::size_t>(std::max(60, style.width));
  std::string text;
  if (!results.scenario.question.empty()) text += wrapped(results.scenario.question, width, 0);
  text += wrapped(leader_sentence(results), width, 0);
  std::vector<std::string> findings;
  for (const auto& one : results.break_evens) findings.push_back(words_of(results, one));
  for (const auto& one : results.thresholds) findings.push_back(words_of(results, one));
  for (std::size_t i = 0; i < std::min(kMostFindings, findings.size()); ++i)
    text += wrapped("  " + findings[i] + ".", width, 4);
  if (findings.size() > kMostFindings)
    text += fmt::format("  and {} more, in the report\n", findings.size() - kMostFindings);
  for (std::size_t estimate = 0; estimate < results.estimates.size(); ++estimate)
    text += table_of(results, estimate, width);
  text += wrapped("* the cheapest that meets what is asked; ± half of a 95 % interval", width, 0);
  if (results.points.size() > kMostLines)
    text += fmt::format("The first {} of {} points; points.csv has all.\n", kMostLines,
                        results.points.size());
  text += "\n";
  for (const std::string& note : sweep_notes(results)) text += wrapped(note, width, 0);
  return text;
}

}  // namespace rollcast::report
