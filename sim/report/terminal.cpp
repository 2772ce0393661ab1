#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "decision.hpp"
#include "notes.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/experiment/rare.hpp"
#include "rollcast/report/report.hpp"
#include "terminal_text.hpp"
#include "words.hpp"

namespace rollcast::report {
namespace {

using experiment::Results;
using experiment::StrategyResult;
using experiment::Verdict;
using model::Metric;

constexpr std::size_t kGap = 2;
constexpr std::size_t kShortestName = 8;
constexpr std::size_t kLongestName = 36;

enum class Ink { plain, good, bad, open, bold, dim };

class Pen {
 public:
  explicit Pen(bool colour) : colour_(colour) {}
  [[nodiscard]] std::string operator()(const std::string& text, Ink ink) const {
    static constexpr std::array<std::string_view, 6> kCodes{"", "32", "31", "33", "1", "2"};
    if (!colour_ || ink == Ink::plain || text.empty()) return text;
    return fmt::format("\x1b[{}m{}\x1b[0m", kCodes[static_cast<std::size_t>(ink)], text);
  }

 private:
  bool colour_;
};

struct InkedCell {
  std::string text;
  Ink ink = Ink::plain;
};

/// Right-aligned columns behind the name of each strategy; the last may be a free text to their
/// right.
struct Column {
  std::string title;
  std::vector<InkedCell> cells;  ///< one for each strategy
  bool right = true;

  [[nodiscard]] std::size_t width() const {
    std::size_t most = display_width(title);
    for (const InkedCell& cell : cells) most = std::max(most, display_width(cell.text));
    return most;
  }
};

struct Names {
  std::vector<InkedCell> cells;
  std::size_t wanted = 0;
};

Names names_of(const Results& results) {
  Names names;
  for (std::size_t i = 0; i < results.strategies.size(); ++i) {
    const bool chosen = standing_of(results, i).standing == Standing::chosen;
    const std::string text = fitted(results.strategies[i].name, 200);
    names.cells.push_back({text, chosen ? Ink::bold : Ink::plain});
    names.wanted = std::max(names.wanted, display_width(text));
  }
  return names;
}

std::size_t width_of(const std::vector<Column>& columns) {
  std::size_t total = 0;
  for (const Column& column : columns) total += kGap + column.width();
  return total;
}

/// The table; its names are cut until it fits.
std::string table(const Names& names, const std::vector<Column>& columns, std::size_t width,
                  const Pen& pen) {
  const std::size_t used = width_of(columns);
  const std::size_t room = used + kShortestName < width ? width - used : kShortestName;
  const std::size_t name_width =
      std::min({std::max(names.wanted, kShortestName), room, kLongestName});
  std::string text(name_width, ' ');
  for (const Column& column : columns) {
    text +=
        std::string(kGap, ' ') + pen(padded(column.title, column.width(), column.right), Ink::dim);
  }
  text += '\n';
  for (std::size_t row = 0; row < names.cells.size(); ++row) {
    text += pen(padded(fitted(names.cells[row].text, name_width), name_width, false),
                names.cells[row].ink);
    for (const Column& column : columns) {
      const InkedCell& cell = column.cells[row];
      text +=
          std::string(kGap, ' ') + pen(padded(cell.text, column.width(), column.right), cell.ink);
    }
    text += '\n';
  }
  return text;
}

Ink ink_of(experiment::Met met) {
  switch (met) {
    case experiment::Met::yes:
      return Ink::good;
    case experiment::Met::no:
      return Ink::bad;
    case experiment::Met::undecided:
      return Ink::open;
  }
  return Ink::plain;
}

std::string_view mark_of(experiment::Met met) {
  switch (met) {
    case experiment::Met::yes:
      return "✓";
    case experiment::Met::no:
      return "✗";
    case experiment::Met::undecided:
      return "?";
  }
  return "";
}

std::vector<Column> objective_columns(const Results& results) {
  std::vector<Column> columns;
  for (std::size_t i = 0; i < results.scenario.objectives.size(); ++i) {
    constexpr std::size_t kLongestTitle = 18;
    Column column{fitted(results.scenario.objectives[i].name, kLongestTitle), {}, true};
    for (const StrategyResult& strategy : results.strategies) {
      const experiment::ObjectiveResult& outcome = strategy.objectives[i];
      column.cells.push_back({fmt::format("{} {}", mark_of(outcome.met), objective_text(outcome)),
                              ink_of(outcome.met)});
    }
    columns.push_back(std::move(column));
  }
  return columns;
}

/// Tables side by side as far as the width allows, then below each other.
std::string objective_tables(const Results& results, const Names& names, std::size_t width,
                             const Pen& pen) {
  std::string text;
  std::vector<Column> row;
  const std::size_t names_need = std::min<std::size_t>(names.wanted, width / 3);
  for (Column& column : objective_columns(results)) {
    if (!row.empty() && width_of(row) + kGap + column.width() + names_need > width) {
      text += table(names, row, width, pen) + "\n";
      row.clear();
    }
    row.push_back(std::move(column));
  }
  return row.empty() ? text : text + table(names, row, width, pen) + "\n";
}

Column quantile_column(const Results& results, std::string title, Metric metric, double level) {
  Column column{std::move(title), {}, true};
  for (const StrategyResult& strategy : results.strategies) {
    const auto& quantile = quantile_of(summary_of(strategy, metric), level);
    const model::MetricInfo& info = model::metric_info(metric);
    const bool open = !quantile.value && info.censoring == model::Censoring::not_reached;
    column.cells.push_back({open ? "> " + human_duration(horizon_of(results))
                                 : quantile_text(quantile, info, horizon_of(results)),
                            open ? Ink::dim : Ink::plain});
  }
  return column;
}

Column cost_column(const Results& results) {
  Column column{"cost", {}, true};
  for (const StrategyResult& strategy : results.strategies) {
    const auto& mean = summary_of(strategy, Metric::cost_ranked).mean;
    column.cells.push_back({mean ? value_text(*mean, model::Unit::money) : "–", Ink::plain});
  }
  return column;
}

/// From the fastest run of all strategies to the slowest that finished.
std::optional<stats::Interval> ready_range(const Results& results) {
  stats::Interval range{INFINITY, 0.0};
  for (const StrategyResult& strategy : results.strategies) {
    for (const double value :
         strategy.samples.metrics[static_cast<std::size_t>(Metric::ready_time)]) {
      if (!std::isfinite(value) || value <= 0.0) continue;
      range.low = std::min(range.low, value);
      range.high = std::max(range.high, value);
    }
  }
  return range.low < range.high ? std::optional{range} : std::nullopt;
}

/// The distribution of the ready time of every strategy, over one logarithmic axis.
Column spark_column(const Results& results, const stats::Interval& range, std::size_t width) {
  Column column{"spread", {}, false};
  for (const StrategyResult& strategy : results.strategies) {
    const auto& values = strategy.samples.metrics[static_cast<std::size_t>(Metric::ready_time)];
    column.cells.push_back({spark_line(values, range.low, range.high, width), Ink::plain});
  }
  return column;
}

std::string time_table(const Results& results, const Names& names, std::size_t width,
                       const Pen& pen) {
  constexpr std::size_t kShortestSpark = 8, kLongestSpark = 28;
  std::vector<Column> columns{quantile_column(results, "P50", Metric::ready_time, 50),
                              quantile_column(results, "P90", Metric::ready_time, 90),
                              quantile_column(results, "P99", Metric::ready_time, 99),
                              cost_column(results),
                              quantile_column(results, "P95", Metric::cost_ranked, 95)};
  if (width_of(columns) + kShortestName > width) columns.pop_back();
  const std::size_t used = width_of(columns) + kGap;
  const std::size_t names_most = std::min<std::size_t>(names.wanted, 24);
  const std::size_t names_least = std::min<std::size_t>(names.wanted, 16);
  const auto range = ready_range(results);
  std::string spread;
  if (range && used + names_least + kShortestSpark <= width) {
    const std::size_t room = used + names_most < width ? width - used - names_most : 0;
    columns.push_back(
        spark_column(results, *range, std::clamp(room, kShortestSpark, kLongestSpark)));
    spread = fmt::format("; spread from {} to {}, log", human_duration(range->low),
                         human_duration(range->high));
  }
  const std::string words = fmt::format(
      "Whole fleet ready after (P50, P90, P99{}). {}, {}, {}:", spread, ranked_cost_words(results),
      columns.size() > 4 ? "mean and P95" : "mean", results.scenario.currency);
  return pen(wrapped(words, width, 0), Ink::dim) + table(names, columns, width, pen);
}

Ink ink_of(Verdict::Kind kind) {
  switch (kind) {
    case Verdict::Kind::best:
    case Verdict::Kind::tie:
      return Ink::good;
    case Verdict::Kind::none_meets:
      return Ink::bad;
    case Verdict::Kind::undecided:
      return Ink::open;
    case Verdict::Kind::single:
      return Ink::bold;
  }
  return Ink::plain;
}

std::string_view mark_of(Verdict::Kind kind) {
  switch (kind) {
    case Verdict::Kind::best:
      return "✓";
    case Verdict::Kind::tie:
      return "≈";
    case Verdict::Kind::none_meets:
      return "✗";
    case Verdict::Kind::undecided:
      return "?";
    case Verdict::Kind::single:
      return "•";
  }
  return "";
}

std::string verdict_lines(const Results& results, std::size_t width, const Pen& pen) {
  const Verdict& verdict = results.verdict;
  std::string text =
      wrapped(fmt::format("{} {}", mark_of(verdict.kind), verdict.sentence), width, 2);
  const std::size_t mark = mark_of(verdict.kind).size();
  text = pen(text.substr(0, mark), ink_of(verdict.kind)) + text.substr(mark);
  for (const std::string& condition : turning_conditions(results))
    text += pen(wrapped("  " + condition, width, 4), Ink::open);
  constexpr std::size_t kMost = 8;
  for (std::size_t i = 0; i < std::min(kMost, verdict.misses.size()); ++i) {
    text += wrapped("  - " + verdict.misses[i], width, 4);
  }
  if (verdict.misses.size() > kMost)
    text += fmt::format("  - and {} more\n", verdict.misses.size() - kMost);
  if (!verdict.rule.empty()) text += pen(wrapped("  Rule: " + verdict.rule, width, 4), Ink::dim);
  return text;
}

/// What tells a chance on a peak of impact that this number of runs would take to see.
std::string instead_of(const model::Objective& objective,
                       const experiment::ObjectiveResult& outcome) {
  constexpr std::uint64_t kMany = 100'000;
  constexpr double kRare = 0.01;
  const bool rare = outcome.required > 1 - kRare && outcome.probability > 1 - kRare;
  if (!experiment::limits_a_peak(objective) || !rare) return {};
  if (outcome.replications_needed.value_or(kMany) < kMany) return {};
  return "; `rollcast rare` tells it with fewer";
}

/// What more runs would decide.
std::string undecided_lines(const Results& results, std::size_t width, const Pen& pen) {
  std::string text;
  std::size_t told = 0, open = 0;
  constexpr std::size_t kMost = 4;
  for (const StrategyResult& strategy : results.strategies) {
    for (std::size_t i = 0; i < strategy.objectives.size(); ++i) {
      const experiment::ObjectiveResult& outcome = strategy.objectives[i];
      if (outcome.met != experiment::Met::undecided) continue;
      if (++open > kMost) continue;
      ++told;
      std::string need =
          outcome.replications_needed
              ? fmt::format("about {} runs would decide it",
                            human_count(static_cast<std::int64_t>(*outcome.replications_needed)))
              : "no number of runs within reach would decide it";
      need += instead_of(results.scenario.objectives[i], outcome);
      // Of a share of 0 or 1 the text is its bound; its two-sided interval would be another one.
      const bool bound = outcome.probability <= 0 || outcome.probability >= 1;
      const std::string range =
          bound ? ""
                : fmt::format(" ({})", probability_range(outcome.probability, outcome.interval));
      text += pen(
          wrapped(fmt::format("? {}, {}: {} of runs{}, {} asked for; {}", fitted(strategy.name, 40),
                              fitted(outcome.name, 30), objective_text(outcome), range,
                              human_percent(outcome.required), need),
                  width, 2),
          Ink::open);
    }
  }
  if (open > told) text += fmt::format("? and {} more undecided\n", open - told);
  return text;
}

std::string note_lines(const Results& results, std::size_t width, const Pen& pen) {
  std::string text;
  for (const std::string& note : quality_notes(results))
    text += pen(wrapped(note, width, 2), Ink::dim);
  return text;
}

}  // namespace

std::string terminal_table(const ReportInput& input, TerminalStyle style) {
  const Results& results = input.results;
  const auto width = static_cast<std::size_t>(std::max(60, style.width));
  const Pen pen(style.colour);
  const std::string title =
      results.scenario.question.empty() ? results.scenario.name : results.scenario.question;
  std::string text = pen(wrapped(title, width, 0), Ink::bold);
  std::string identity =
      fmt::format("{} · {} of each strategy · {} · seed {}", results.scenario.name,
                  runs_text(results.replications), fleet_text(results), results.seed);
  if (results.interrupted) {
    identity += fmt::format(" · interrupted: {} were planned",
                            human_count(static_cast<std::int64_t>(results.replications_planned)));
  }
  text += pen(wrapped(identity, width, 0), Ink::dim) + "\n";
  text += verdict_lines(results, width, pen) + "\n";
  const Names names = names_of(results);
  text += objective_tables(results, names, width, pen);
  text += time_table(results, names, width, pen);
  const std::string notes = undecided_lines(results, width, pen) + note_lines(results, width, pen);
  return notes.empty() ? text : text + "\n" + notes;
}

}  // namespace rollcast::report
