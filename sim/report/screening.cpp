#include "rollcast/report/screening.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "html.hpp"
#include "rollcast/base/text.hpp"
#include "terminal_text.hpp"
#include "words.hpp"

namespace rollcast::report {
namespace {

using experiment::ScreeningResults;
using nlohmann::json;
using stats::ElementaryEffects;
using Effects = std::vector<std::optional<ElementaryEffects>>;

constexpr std::size_t kMostEffects = 12;

/// The largest first; none that is not known.
std::vector<std::size_t> ranked(const Effects& effects) {
  std::vector<std::size_t> order(effects.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t j) { return !effects[j]; });
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return effects[a]->mean_size.value > effects[b]->mean_size.value;
  });
  if (order.size() > kMostEffects) order.resize(kMostEffects);
  return order;
}

/// Whether the input is shown to do more than luck would make of none: the mean of the sizes of
/// pure luck is sqrt(2 / π) of its deviation.
bool acts(const ElementaryEffects& one) {
  return one.mean_size.interval.low > std::sqrt(2 / 3.141592653589793) * one.luck;
}

std::string finding(const ScreeningResults& results, std::size_t s, std::size_t m) {
  const Effects& effects = results.effects[s][m];
  const model::Unit unit = model::metric_info(results.plan.metrics[m]).unit;
  const auto order = ranked(effects);
  if (order.empty()) return "Some runs did not finish: there is no mean to move.";
  std::vector<std::string> acting;
  std::size_t idle = 0;
  for (std::size_t j = 0; j < effects.size(); ++j) {
    if (!effects[j]) continue;
    idle += acts(*effects[j]) ? 0 : 1;
  }
  for (const std::size_t j : order)
    if (acts(*effects[j]) && acting.size() < 3) acting.push_back(results.inputs[j].path);
  std::string text =
      acting.empty()
          ? std::string("No input is shown to move it by more than luck.")
          : fmt::format("{} matter{} most: over its range {} moves it by {} on average.",
                        join_words(acting, "and"), acting.size() == 1 ? "s" : "", acting.front(),
                        value_text(effects[order.front()]->mean_size.value, unit));
  if (!acting.empty() && idle > 0)
    text += fmt::format(" {} of {} inputs are not shown to do anything.", idle, effects.size());
  if (results.luck[s][m])
    text += fmt::format(" Luck alone moves a run by {} (standard deviation).",
                        value_text(*results.luck[s][m], unit));
  return text;
}

std::string strategy_name(const ScreeningResults& results, std::size_t s) {
  return without_direction_marks(results.scenario.strategies[s].name);
}

Figure effects_figure(const ScreeningResults& results, std::size_t s, std::size_t m) {
  json rows = json::array();
  for (const std::size_t j : ranked(results.effects[s][m])) {
    const ElementaryEffects& one = *results.effects[s][m][j];
    json row{{"name", results.inputs[j].path}, {"luck", one.luck}};
    for (const auto& [key, index] : {std::pair("size", one.mean_size), std::pair("mean", one.mean),
                                     std::pair("spread", one.spread)})
      row[key] = {index.value, index.interval.low, index.interval.high};
    rows.push_back(std::move(row));
  }
  const std::string label = metric_label(results.scenario, results.plan.metrics[m]);
  const json data{{"strategy", s},
                  {"rows", rows},
                  {"label", label},
                  {"unit", unit_name(model::metric_info(results.plan.metrics[m]).unit)}};
  return {"effects", fmt::format("{}: what moves {}", strategy_name(results, s), label),
          finding(results, s, m),
          "Filled: mean size of an input's effects over its whole range; hollow: how much they "
          "differ from place to place (unevenness, interaction, luck); tick: what luck alone would "
          "give; whiskers: 95 % intervals.",
          data.dump(-1, ' ', false, json::error_handler_t::replace)};
}

ExplorationTable table_of(const ScreeningResults& results) {
  ExplorationTable table;
  table.title = "Every input";
  table.subtitle = "Effects of the whole range of an input, at random places of the others";
  table.headings = {"Strategy",  "Metric",       "Input",  "Drawn from",
                    "Mean size", "Mean, signed", "Spread", "Of which luck"};
  table.words = 4;
  for (std::size_t s = 0; s < results.effects.size(); ++s)
    for (std::size_t m = 0; m < results.plan.metrics.size(); ++m)
      for (std::size_t j = 0; j < results.inputs.size(); ++j) {
        const auto& one = results.effects[s][m][j];
        const model::Unit unit = model::metric_info(results.plan.metrics[m]).unit;
        const auto cell = [&](const stats::Index& index) {
          return TableCell{value_text(index.value, unit), range_text(index.interval, unit),
                           index.value};
        };
        std::vector<TableCell> row{{strategy_name(results, s)},
                                   {metric_label(results.scenario, results.plan.metrics[m])},
                                   {results.inputs[j].path},
                                   {results.inputs[j].words}};
        for (const auto index :
             {&ElementaryEffects::mean_size, &ElementaryEffects::mean, &ElementaryEffects::spread})
          row.push_back(one ? cell((*one).*index) : TableCell{"–"});
        row.push_back(one ? TableCell{value_text(one->luck, unit), "", one->luck} : TableCell{"–"});
        table.rows.push_back(std::move(row));
      }
  return table;
}

std::vector<std::string> notes_of(const ScreeningResults& results) {
  return {fmt::format(
      "Morris screening: {} ways that move one input at a time by half its range, {} of each "
      "strategy at each point, all points of a way with the same luck. Bootstrap intervals over "
      "the ways.",
      results.plan.ways, runs_text(results.plan.replications))};
}

}  // namespace

std::string terminal_screening(const ScreeningInput& input, TerminalStyle style) {
  const ScreeningResults& results = input.results;
  const auto width = static_cast<std::size_t>(std::max(60, style.width));
  std::string text;
  for (std::size_t m = 0; m < results.plan.metrics.size(); ++m)
    for (std::size_t s = 0; s < results.effects.size(); ++s) {
      const model::Unit unit = model::metric_info(results.plan.metrics[m]).unit;
      text += (text.empty() ? "" : "\n") +
              wrapped(strategy_name(results, s) + ": " +
                          metric_label(results.scenario, results.plan.metrics[m]),
                      width, 2);
      text += wrapped("  " + finding(results, s, m), width, 4);
      const std::size_t room = width - 43;
      text += padded("", room + 2, false) +
              fmt::format("{:>10}{:>11}{:>10}{:>9}\n", "mean size", "mean", "spread", "luck");
      for (const std::size_t j : ranked(results.effects[s][m])) {
        const ElementaryEffects& one = *results.effects[s][m][j];
        text += "  " + padded(fitted(results.inputs[j].path, room), room, false) +
                padded(value_text(one.mean_size.value, unit), 10, true) + " " +
                padded(value_text(one.mean.value, unit), 10, true) +
                padded(value_text(one.spread.value, unit), 10, true) +
                padded(value_text(one.luck, unit), 9, true) + "\n";
      }
    }
  text += "\n";
  for (const std::string& note : notes_of(results)) text += wrapped(note, width, 0);
  return text;
}

Exploration exploration_of(const ScreeningInput& input) {
  const ScreeningResults& results = input.results;
  Exploration page;
  page.title =
      results.scenario.question.empty() ? results.scenario.name : results.scenario.question;
  page.identity = {input.scenario_path, plural(results.inputs.size(), "input"),
                   fmt::format("seed {}", results.seed), "rollcast " + results.version};
  page.label = "What matters at all";
  page.file = "sensitivity";
  for (std::size_t m = 0; m < results.plan.metrics.size(); ++m)
    for (std::size_t s = 0; s < results.effects.size(); ++s) {
      const std::string found = fmt::format("{}, {}: {}", strategy_name(results, s),
                                            metric_label(results.scenario, results.plan.metrics[m]),
                                            finding(results, s, m));
      if (page.sentence.empty())
        page.sentence = found;
      else
        page.findings.push_back(found);
      if (!ranked(results.effects[s][m]).empty())
        page.figures.push_back(effects_figure(results, s, m));
    }
  for (const model::Strategy& strategy : results.scenario.strategies)
    page.strategies.push_back(strategy.name);
  page.tables.push_back(table_of(results));
  page.notes = notes_of(results);
  page.command = input.command;
  return page;
}

}  // namespace rollcast::report
