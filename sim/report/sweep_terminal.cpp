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
/// No line is narrower than 60: what is left is wide enough for one strategy.
constexpr std::size_t kMostForValues = 30;

std::string values_text(const std::vector<std::string>& values) {
  return join(values, ", ");
}

/// Room for the values of the axes.
std::size_t first_column(const SweepResults& results, const std::string& heading) {
  std::size_t width = std::min<std::size_t>(display_width(heading), kMostForValues);
  for (const experiment::SweepPoint& point : results.points)
    width =
        std::max(width, std::min<std::size_t>(display_width(values_text(values_of(results, point))),
                                              kMostForValues));
  return width;
}

/// Lines of the strategies from `from` to `to`, each in a column of `column` with its blank.
struct Block {
  std::size_t from = 0, to = 0, column = 0;
};
std::string block_of(const SweepResults& results, std::size_t estimate, const Block& block,
                     const std::string& heading, std::size_t width) {
  const std::size_t first = first_column(results, heading), room = block.column - 1;
  std::string text = padded(fitted(heading, first), first, false);
  for (std::size_t s = block.from; s < block.to; ++s)
    text += " " + padded(fitted(results.scenario.strategies[s].name, room), room, true);
  text += "\n";
  std::vector<std::size_t> order = reading_order(results);
  order.resize(std::min(kMostLines, order.size()));
  for (const std::size_t i : order) {
    text += padded(fitted(values_text(values_of(results, results.points[i])), first), first, false);
    const auto& result = results.results[i];
    if (!result) {
      const std::string& refused = results.points[i].refused;
      text += " " +
              fitted(refused.empty() ? "not simulated yet" : "not possible: " + refused,
                     width - first - 1) +
              "\n";
      continue;
    }
    for (std::size_t s = block.from; s < block.to; ++s) {
      const std::string mark = result->leader == s ? "*" : "";
      text +=
          " " +
          padded(fitted(mark + cell_with_half_width(results, estimate, result->cells[s][estimate]),
                        room),
                 room, true);
    }
    text += "\n";
  }
  return text;
}

/// The table of one estimate: a line a point, a column a strategy, in as many blocks as it takes to
/// give each value room for its interval.
std::string table_of(const SweepResults& results, std::size_t estimate, std::size_t width) {
  std::vector<std::string> names;
  for (const scenario::SweepAxis& axis : results.sweep.axes) names.push_back(axis.path);
  const std::string heading = values_text(names);
  const std::size_t room = width - first_column(results, heading);
  const std::size_t strategies = results.scenario.strategies.size();
  const std::size_t beside = std::min(strategies, room / kRoomForIntervals);
  const std::size_t column = std::min<std::size_t>(24, room / beside);
  std::string text = "\n" + wrapped(label_of(results, estimate), width, 2);
  for (std::size_t from = 0; from < strategies; from += beside)
    text += block_of(results, estimate, {from, std::min(strategies, from + beside), column},
                     heading, width);
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
  text += wrapped(
      "* the cheapest that meets what is asked by the observed shares; ± half of a 95 % interval",
      width, 0);
  if (results.points.size() > kMostLines)
    text += fmt::format("The first {} of {} points; points.csv has all.\n", kMostLines,
                        results.points.size());
  text += "\n";
  for (const std::string& note : sweep_notes(results)) text += wrapped(note, width, 0);
  return text;
}

}  // namespace rollcast::report
