#include "rollcast/report/optimize.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "html.hpp"
#include "optimize_words.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/experiment/optimize_files.hpp"
#include "terminal_text.hpp"
#include "words.hpp"

namespace rollcast::report {
namespace {

using experiment::Cell;
using experiment::Front;
using experiment::OptimizeResults;
using experiment::TriedPlan;
using nlohmann::json;

constexpr std::size_t kMostLines = 12;

std::string front_sentence(const OptimizeResults& results) {
  std::size_t surely = 0, possibly = 0;
  for (const TriedPlan& plan : results.tried) {
    surely += plan.front == Front::surely ? 1 : 0;
    possibly += plan.front == Front::possibly ? 1 : 0;
  }
  return fmt::format("{} surely on the front, {} possibly.", plural(surely, "plan"), possibly);
}

json cell_json(const Cell& cell) {
  const auto finite = [](double x) { return std::isfinite(x) ? json(x) : json(); };
  return {cell.value ? finite(*cell.value) : json(),
          cell.interval ? finite(cell.interval->low) : json(),
          cell.interval ? finite(cell.interval->high) : json()};
}

Figure front_figure(const OptimizeResults& results, bool against_time) {
  json points = json::array();
  for (std::size_t i = 0; i < results.tried.size(); ++i) {
    const TriedPlan& plan = results.tried[i];
    const Cell& other = against_time ? plan.time : plan.risk;
    if (!plan.cost.value || !other.value) continue;
    points.push_back({{"strategy", plan.strategy},
                      {"x", cell_json(plan.cost)},
                      {"y", cell_json(other)},
                      {"name", clean_text(plan_words(results, plan))},
                      {"fate", experiment::words_of(results, plan)},
                      {"front", name_of(plan.front)},
                      {"best", i == results.best}});
  }
  const std::string cost = metric_label(results, experiment::front_cost(results.problem));
  const json data{{"x", {{"label", cost}, {"unit", "money"}}},
                  {"y",
                   {{"label", against_time ? "P95 of the ready time" : "chance to miss something"},
                    {"unit", against_time ? "time" : "share"}}},
                  {"points", points}};
  return {"front", against_time ? "Cost against time" : "Cost against risk",
          front_sentence(results),
          "Filled: surely on the front of cost, time and risk; hollow: possibly; faint: beaten by "
          "another plan. The ring marks the plan that is named above.",
          data.dump(-1, ' ', false, json::error_handler_t::replace)};
}

ExplorationTable table_of(const OptimizeResults& results) {
  ExplorationTable table;
  table.title = "Every plan that was compared";
  table.subtitle =
      "Estimates with their 95 % intervals, from the runs of the comparison; plans.csv has the "
      "same numbers";
  for (const scenario::SweepAxis& axis : results.problem.variables)
    table.headings.push_back(axis.path);
  table.headings.insert(table.headings.end(), {"Strategy", "What became of it", "On the front"});
  table.words = table.headings.size();
  table.headings.push_back(value_label(results));
  for (const experiment::Constraint& constraint : results.constraints)
    table.headings.push_back(constraint.name);
  table.headings.insert(table.headings.end(), {"Cost", "Ready, P95", "Risk", "Runs"});
  const auto number = [](const Cell& cell, model::Metric metric) {
    const model::Unit of = model::metric_info(metric).unit;
    return TableCell{cell.value ? value_text(*cell.value, of) : std::string(absent_text(metric)),
                     cell.value ? range_text(cell.interval, of) : "", cell.value};
  };
  const auto chance = [](const Cell& cell) {
    return TableCell{chance_text(cell), probability_range(*cell.value, *cell.interval), cell.value};
  };
  for (const std::size_t i : in_order(results)) {
    const TriedPlan& plan = results.tried[i];
    std::vector<TableCell> row;
    for (std::size_t k = 0; k < plan.values.size(); ++k) {
      const scenario::SweepAxis& axis = results.problem.variables[k];
      const double place = axis.numbers.empty() ? NAN : axis.number_of(plan.values[k]);
      row.push_back(
          {plan.values[k], "", std::isfinite(place) ? std::optional(place) : std::nullopt});
    }
    row.push_back({without_direction_marks(results.scenario.strategies[plan.strategy].name)});
    row.push_back(
        {(i == results.best ? "named above; " : "") + experiment::words_of(results, plan)});
    row.push_back({std::string(name_of(plan.front))});
    row.push_back(number(plan.value, results.problem.minimise.metric));
    for (const Cell& cell : plan.constraints) row.push_back(chance(cell));
    row.push_back(number(plan.cost, model::Metric::cost_ranked));
    row.push_back(number(plan.time, model::Metric::ready_time));
    row.push_back(chance(plan.risk));
    row.push_back({human_count(static_cast<std::int64_t>(plan.replications)), "",
                   static_cast<double>(plan.replications)});
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string plan_line(const OptimizeResults& results, const TriedPlan& plan) {
  std::vector<std::string> parts = plan.values;
  if (results.scenario.strategies.size() > 1)
    parts.push_back(without_direction_marks(results.scenario.strategies[plan.strategy].name));
  return join(parts, ", ");
}

std::string terminal_table(const OptimizeResults& results, std::size_t width) {
  std::vector<std::string> paths;
  for (const scenario::SweepAxis& axis : results.problem.variables) paths.push_back(axis.path);
  if (results.scenario.strategies.size() > 1) paths.emplace_back("strategy");
  const std::size_t room = width - 52;
  std::string text = "\n" + wrapped(join(paths, ", "), width, 2);
  text += padded("", room, false) +
          fmt::format("{:>12}{:>9}{:>12}  {}\n", "value", "risk", "ready P95", "what became of it");
  std::size_t lines = 0;
  for (const std::size_t i : in_order(results)) {
    if (++lines > kMostLines) break;
    const TriedPlan& plan = results.tried[i];
    text += padded(fitted(plan_line(results, plan), room), room, false) +
            padded(value_text(results, plan.value), 12, true) +
            padded(chance_text(plan.risk), 9, true) + padded(time_text(plan.time), 12, true) +
            "  " + fitted(experiment::words_of(results, plan), 17) + "\n";
  }
  if (results.tried.size() > kMostLines)
    text += fmt::format("The first {} of {} plans; plans.csv has all.\n", kMostLines,
                        results.tried.size());
  return text;
}

}  // namespace

std::string terminal_optimize(const OptimizeInput& input, TerminalStyle style) {
  const OptimizeResults& results = input.results;
  const auto width = static_cast<std::size_t>(std::max(60, style.width));
  std::string text;
  if (!results.scenario.question.empty()) text += wrapped(results.scenario.question, width, 0);
  text += wrapped(found_sentence(results), width, 0);
  for (const std::string& finding : findings_of(results)) text += wrapped("  " + finding, width, 4);
  text += terminal_table(results, width) + wrapped(front_sentence(results), width, 0) + "\n";
  for (const std::string& note : notes_of(results)) text += wrapped(note, width, 0);
  return text;
}

Exploration exploration_of(const OptimizeInput& input) {
  const OptimizeResults& results = input.results;
  Exploration page;
  page.title =
      results.scenario.question.empty() ? results.scenario.name : results.scenario.question;
  page.identity = {input.scenario_path,
                   plural(results.problem.variables.size(), "decision variable"),
                   plural(results.tried.size(), "plan") + " compared",
                   fmt::format("seed {}", results.seed), "rollcast " + results.version};
  page.label = "The best plan";
  page.sentence = found_sentence(results);
  page.findings = findings_of(results);
  for (const model::Strategy& strategy : results.scenario.strategies)
    page.strategies.push_back(strategy.name);
  page.file = "optimize";
  page.figures = {front_figure(results, true), front_figure(results, false)};
  page.tables.push_back(table_of(results));
  page.notes = notes_of(results);
  page.command = input.command;
  return page;
}

}  // namespace rollcast::report
