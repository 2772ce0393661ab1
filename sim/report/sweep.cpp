#include "rollcast/report/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "html.hpp"
#include "rollcast/base/text.hpp"
#include "sweep_words.hpp"
#include "words.hpp"

namespace rollcast::report {
namespace {

using experiment::SweepResults;
using nlohmann::json;

std::string dump(const json& data) {
  return data.dump(-1, ' ', false, json::error_handler_t::replace);
}

json finite(double value) {
  return std::isfinite(value) ? json(value) : json(nullptr);
}

std::string axis_label(const scenario::SweepAxis& axis) {
  return axis.time || axis.unit.empty() ? axis.path : axis.path + " [" + axis.unit + "]";
}

/// Numbers along an axis, or positions where its values are words.
double place_on(const scenario::SweepAxis& axis, const std::string& value) {
  if (!axis.numbers.empty() || axis.values.empty()) return axis.number_of(value);
  return static_cast<double>(std::find(axis.values.begin(), axis.values.end(), value) -
                             axis.values.begin());
}

std::string capitalised(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

json axis_json(const SweepResults& results, std::size_t index) {
  const scenario::SweepAxis& axis = results.sweep.axes[index];
  json values = json::array();
  for (const experiment::SweepPoint& point : results.points)
    values.push_back(place_on(axis, point.values[index]));
  json data{{"label", axis_label(axis)},
            {"unit", axis.time ? "time" : "number"},
            {"log", axis.log},
            {"whole", axis.whole},
            {"values", values}};
  if (axis.numbers.empty() && !axis.values.empty()) data["labels"] = axis.values;
  return data;
}

/// One estimate against one axis.
Figure line_figure(const SweepResults& results, std::size_t estimate, std::size_t axis,
                   bool joined) {
  json series = json::array();
  for (std::size_t s = 0; s < results.scenario.strategies.size(); ++s) {
    std::vector<json> points;
    for (std::size_t i = 0; i < results.points.size(); ++i) {
      if (!results.results[i]) continue;
      const experiment::Cell& cell = results.results[i]->cells[s][estimate];
      const double x = place_on(results.sweep.axes[axis], results.points[i].values[axis]);
      points.push_back({x, cell.value ? finite(*cell.value) : json(),
                        cell.interval ? finite(cell.interval->low) : json(),
                        cell.interval ? finite(cell.interval->high) : json()});
    }
    std::sort(points.begin(), points.end(),
              [](const json& a, const json& b) { return a[0] < b[0]; });
    series.push_back({{"strategy", s}, {"points", points}});
  }
  json evens = json::array();
  std::string finding;
  for (const experiment::BreakEven& even : results.break_evens) {
    if (!joined || even.estimate != estimate || even.axis != axis) continue;
    evens.push_back({{"at", even.at},
                     {"low", finite(even.interval.low)},
                     {"high", finite(even.interval.high)},
                     {"left", even.left},
                     {"right", even.right}});
    finding += (finding.empty() ? "" : " ") + words_of(results, even) + ".";
  }
  if (finding.empty())
    finding = joined ? "No two strategies change places."
                     : "Every mark is a point; the other values differ from mark to mark.";
  const json data{{"x", axis_json(results, axis)},
                  {"y",
                   {{"label", label_of(results, estimate)},
                    {"unit", unit_name(unit_of(results.estimates[estimate]))}}},
                  {"series", series},
                  {"evens", evens},
                  {"joined", joined}};
  return {"sweep_lines",
          fmt::format("{} against {}", capitalised(label_of(results, estimate)),
                      results.sweep.axes[axis].path),
          finding,
          joined
              ? "Bands are 95 % intervals; a dashed line with its shade is a break-even with its "
                "interval."
              : "Whiskers are 95 % intervals.",
          dump(data)};
}

/// The cells of two axes; `value` gives number, words and tooltip of a point.
template <class Value>
json map_json(const SweepResults& results, Value value) {
  json cells = json::array();
  const auto& axes = results.sweep.axes;
  for (std::size_t i = 0; i < results.points.size() && !results.points[i].refined; ++i) {
    const auto column = i / axes[1].values.size(), row = i % axes[1].values.size();
    const auto [number, words] = value(i);
    cells.push_back({column, row, number, words});
  }
  return {{"x", {{"label", axes[0].path}, {"labels", axes[0].values}}},
          {"y", {{"label", axes[1].path}, {"labels", axes[1].values}}},
          {"cells", cells}};
}

std::string missing_words(const SweepResults& results, std::size_t point) {
  return results.points[point].refused.empty() ? "not yet" : "not possible";
}

Figure leader_map(const SweepResults& results) {
  json data = map_json(results, [&](std::size_t i) -> std::pair<json, std::string> {
    if (!results.results[i]) return {nullptr, missing_words(results, i)};
    const auto& leader = results.results[i]->leader;
    if (!leader) return {nullptr, "none"};
    return {*leader, clean_text(results.scenario.strategies[*leader].name)};
  });
  data["names"] = true;
  return {"heat_map", "Which strategy to take", leader_sentence(results),
          "The cheapest of the strategies that meet what is asked, by the observed shares.",
          dump(data)};
}

Figure estimate_map(const SweepResults& results, std::size_t estimate, std::size_t strategy) {
  double low = INFINITY, high = -INFINITY;
  const json data = map_json(results, [&](std::size_t i) -> std::pair<json, std::string> {
    if (!results.results[i]) return {nullptr, missing_words(results, i)};
    const experiment::Cell& cell = results.results[i]->cells[strategy][estimate];
    if (cell.value) {
      low = std::min(low, *cell.value);
      high = std::max(high, *cell.value);
    }
    return {cell.value ? finite(*cell.value) : json(), cell_text(results, estimate, cell)};
  });
  const std::string name = without_direction_marks(results.scenario.strategies[strategy].name);
  const std::string finding =
      low <= high ? fmt::format("From {} to {}.", cell_text(results, estimate, {low, {}}),
                                cell_text(results, estimate, {high, {}}))
                  : "Not reached at any point.";
  return {"heat_map", fmt::format("{}: {}", name, label_of(results, estimate)), finding,
          "The darker, the larger.", dump(data)};
}

std::vector<Figure> figures_of(const SweepResults& results) {
  std::vector<Figure> figures;
  const bool grid = results.sweep.design == scenario::Design::grid;
  const std::size_t axes = results.sweep.axes.size();
  if (grid && axes == 2) {
    figures.push_back(leader_map(results));
    for (std::size_t k = 0; k < results.estimates.size(); ++k)
      for (std::size_t s = 0; s < results.scenario.strategies.size(); ++s)
        figures.push_back(estimate_map(results, k, s));
    return figures;
  }
  for (std::size_t k = 0; k < results.estimates.size(); ++k)
    for (std::size_t axis = 0; axis < axes; ++axis)
      figures.push_back(line_figure(results, k, axis, grid && axes == 1));
  return figures;
}

ExplorationTable table_of(const SweepResults& results) {
  ExplorationTable table;
  table.title = "Every point";
  table.subtitle =
      "Estimates with their 95 % intervals; ° lies between the points of the grid; points.csv has "
      "the same numbers";
  for (const scenario::SweepAxis& axis : results.sweep.axes) table.headings.push_back(axis.path);
  table.headings.insert(table.headings.end(), {"Strategy", "Cheapest that meets all"});
  table.words = table.headings.size();
  for (std::size_t k = 0; k < results.estimates.size(); ++k)
    table.headings.push_back(label_of(results, k));
  for (const std::size_t i : reading_order(results)) {
    std::vector<TableCell> values;
    const std::vector<std::string> shown = values_of(results, results.points[i]);
    for (std::size_t a = 0; a < results.sweep.axes.size(); ++a) {
      const double number = place_on(results.sweep.axes[a], results.points[i].values[a]);
      values.push_back(
          {shown[a], "", std::isfinite(number) ? std::optional(number) : std::nullopt});
    }
    const auto& result = results.results[i];
    if (!result) {
      values.push_back({"not possible", results.points[i].refused, {}});
      if (results.points[i].refused.empty()) values.back() = {"not simulated yet"};
      values.resize(table.headings.size());
      table.rows.push_back(std::move(values));
      continue;
    }
    for (std::size_t s = 0; s < result->cells.size(); ++s) {
      table.rows.push_back(values);
      table.rows.back().push_back({without_direction_marks(results.scenario.strategies[s].name)});
      table.rows.back().push_back({result->leader == s ? "yes" : ""});
      for (std::size_t k = 0; k < results.estimates.size(); ++k) {
        const experiment::Cell& cell = result->cells[s][k];
        table.rows.back().push_back(
            {cell_text(results, k, cell), cell_range(results, k, cell), cell.value});
      }
    }
  }
  return table;
}

}  // namespace

Exploration exploration_of(const SweepInput& input) {
  const SweepResults& results = input.results;
  Exploration page;
  page.title =
      results.scenario.question.empty() ? results.scenario.name : results.scenario.question;
  page.identity = {input.scenario_path.empty() ? results.scenario.name : input.scenario_path,
                   plural(results.points.size(), "point"),
                   runs_text(results.replications) + " of each strategy at each point",
                   fmt::format("seed {}", results.seed), "rollcast " + results.version};
  page.label = "Sweep";
  page.sentence = leader_sentence(results);
  for (const experiment::BreakEven& even : results.break_evens)
    page.findings.push_back(words_of(results, even) + ".");
  for (const experiment::Threshold& threshold : results.thresholds)
    page.findings.push_back(words_of(results, threshold) + ".");
  for (const model::Strategy& strategy : results.scenario.strategies)
    page.strategies.push_back(strategy.name);
  page.file = "sweep";
  page.figures = figures_of(results);
  page.tables.push_back(table_of(results));
  page.notes = sweep_notes(results);
  page.command = input.command;
  return page;
}

}  // namespace rollcast::report
