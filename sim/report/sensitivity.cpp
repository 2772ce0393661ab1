#include "rollcast/report/sensitivity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "html.hpp"
#include "information.hpp"
#include "rollcast/base/text.hpp"
#include "terminal_text.hpp"
#include "words.hpp"

namespace rollcast::report {
namespace {

using experiment::Influence;
using experiment::SensitivityResults;
using nlohmann::json;

constexpr std::size_t kMostShown = 12;
/// An input that makes a difference in fewer rows has no interval to rely on.
constexpr std::size_t kFewRows = 10;

std::string name_of(const SensitivityResults& results, std::size_t input) {
  return input < results.inputs.size() ? results.inputs[input].path : "luck";
}

std::string ends_text(const SensitivityResults& results, std::size_t input) {
  if (input >= results.inputs.size()) return "another run";
  return results.inputs[input].low_end() + " … " + results.inputs[input].high_end();
}

/// At one end, not at the other, every run has a value.
bool is_decisive(const Influence& one) {
  return one.low.has_value() != one.high.has_value();
}

double weight_of(const Influence& one) {
  if (is_decisive(one)) return INFINITY;
  if (one.total) return one.total->value;
  return one.low && one.high ? std::abs(*one.high - *one.low) : -1.0;
}

/// Inputs in the order of what they do, the strongest first; luck among them where it has an index.
std::vector<std::size_t> ranked(const std::vector<Influence>& influences) {
  std::vector<std::size_t> order(influences.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t j) { return weight_of(influences[j]) < 0; });
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return weight_of(influences[a]) > weight_of(influences[b]);
  });
  if (order.size() > kMostShown) order.resize(kMostShown);
  return order;
}

/// The input with the widest swing, where one is shown to have any.
std::string swing_sentence(const SensitivityResults& results, std::size_t s, std::size_t m) {
  const auto& influences = results.influences[s][m];
  const model::MetricInfo& info = model::metric_info(results.plan.metrics[m]);
  std::optional<std::size_t> widest;
  for (std::size_t j = 0; j < results.inputs.size(); ++j) {
    const Influence& one = influences[j];
    if (!is_decisive(one)) continue;
    const auto end = [&](const std::optional<double>& mean) {
      return mean ? value_text(*mean, info.unit) : std::string("runs that have no value of it");
    };
    return fmt::format("{} decides whether all runs have a value of it: {} takes it from {} to {}.",
                       name_of(results, j), ends_text(results, j), end(one.low), end(one.high));
  }
  if (!results.middle[s][m]) return "Some runs have no value of it: there is no mean to move.";
  for (std::size_t j = 0; j < results.inputs.size(); ++j) {
    const Influence& one = influences[j];
    if (!one.swing || (one.swing->low <= 0 && one.swing->high >= 0)) continue;
    if (!widest || std::abs(*one.high - *one.low) >
                       std::abs(*influences[*widest].high - *influences[*widest].low))
      widest = j;
  }
  if (!widest) return "No input alone moves it by more than the luck of these runs.";
  const Influence& one = influences[*widest];
  return fmt::format("{} matters most alone: {} takes it from {} to {}.", name_of(results, *widest),
                     ends_text(results, *widest), value_text(*one.low, info.unit),
                     value_text(*one.high, info.unit));
}

/// A share to three decimals; what rounds to zero has no sign.
std::string three_decimals(double share) {
  return fmt::format("{:.3f}", std::abs(share) < 0.0005 ? 0.0 : share);
}

std::string luck_sentence(const SensitivityResults& results, std::size_t s, std::size_t m) {
  const Influence& luck = results.influences[s][m].back();
  if (!luck.total) return {};
  if (luck.total->moved < kFewRows)
    return fmt::format(
        " Luck made a difference in {} of {} rows: too few to tell its share of the variance, as "
        "what is rare is hardly seen in so few.",
        luck.total->moved == 0 ? "none" : std::to_string(luck.total->moved), results.plan.points);
  return fmt::format(
      " Luck causes {} of the variance alone ({} to {}), and {} with all that it does together "
      "with "
      "the inputs.",
      human_percent(std::clamp(luck.first->value, 0.0, 1.0)),
      human_percent(std::clamp(luck.first->interval.low, 0.0, 1.0)),
      human_percent(std::clamp(luck.first->interval.high, 0.0, 1.0)),
      human_percent(std::clamp(luck.total->value, 0.0, 1.0)));
}

Figure inputs_figure(const SensitivityResults& results, std::size_t s, std::size_t m,
                     bool indices) {
  const auto& influences = results.influences[s][m];
  json rows = json::array();
  for (const std::size_t j : ranked(influences)) {
    const Influence& one = influences[j];
    if (indices ? !one.total : !one.low || !one.high) continue;
    json row{{"name", name_of(results, j)}, {"ends", ends_text(results, j)}};
    if (indices)
      for (const auto& [key, index] :
           {std::pair("first", one.first), std::pair("total", one.total)})
        row[key] = {index->value, index->interval.low, index->interval.high};
    else
      row["swing"] = {*one.low, *one.high};
    rows.push_back(std::move(row));
  }
  const std::string strategy = without_direction_marks(results.scenario.strategies[s].name);
  const std::string label = metric_label(results.scenario, results.plan.metrics[m]);
  json data{{"strategy", s},
            {"rows", rows},
            {"label", label},
            {"unit", unit_name(model::metric_info(results.plan.metrics[m]).unit)}};
  if (!indices) data["middle"] = *results.middle[s][m];
  const std::string text = data.dump(-1, ' ', false, json::error_handler_t::replace);
  if (indices)
    return {
        "indices", fmt::format("{}: what the spread of {} comes from", strategy, label),
        swing_sentence(results, s, m) + luck_sentence(results, s, m),
        "Filled: share of the variance that an input causes alone; hollow: with all that it does "
        "together with others; whiskers: 95 % intervals.",
        text};
  return {"tornado", fmt::format("{}: what moves {}", strategy, label),
          swing_sentence(results, s, m),
          "A bar leads from the mean at the low end of an input to the mean at its high end (dot), "
          "the others in the middle.",
          text};
}

ExplorationTable table_of(const SensitivityResults& results) {
  ExplorationTable table;
  table.title = "Every input";
  table.subtitle = "Means at both ends, the others in the middle; shares of the variance";
  table.headings = {"Strategy",
                    "Metric",
                    "Input",
                    "From … to",
                    "At the low end",
                    "At the high end",
                    "Difference, 95 % interval",
                    "Alone",
                    "In all"};
  table.words = 4;
  for (std::size_t s = 0; s < results.influences.size(); ++s)
    for (std::size_t m = 0; m < results.plan.metrics.size(); ++m)
      for (std::size_t j = 0; j <= results.inputs.size(); ++j) {
        const Influence& one = results.influences[s][m][j];
        const model::Unit unit = model::metric_info(results.plan.metrics[m]).unit;
        const auto value = [&](const std::optional<double>& x) {
          const std::string_view absent =
              is_decisive(one) ? absent_text(results.plan.metrics[m]) : "–";
          return TableCell{x ? value_text(*x, unit) : std::string(absent), "", x};
        };
        const auto share = [&results](const std::optional<stats::Index>& index) {
          if (!index) return TableCell{"–"};
          const std::string range =
              index->moved < kFewRows
                  ? fmt::format("it matters in {} of {} rows", index->moved, results.plan.points)
                  : fmt::format("{} to {}", three_decimals(index->interval.low),
                                three_decimals(index->interval.high));
          return TableCell{three_decimals(index->value), range, index->value};
        };
        std::optional<double> swing;
        if (one.low && one.high) swing = *one.high - *one.low;
        TableCell difference = value(swing);
        if (one.swing) difference.small = range_text(one.swing, unit);
        table.rows.push_back({{without_direction_marks(results.scenario.strategies[s].name)},
                              {metric_label(results.scenario, results.plan.metrics[m])},
                              {name_of(results, j)},
                              {ends_text(results, j)},
                              value(one.low),
                              value(one.high),
                              difference,
                              share(one.first),
                              share(one.total)});
      }
  return table;
}

std::vector<std::string> notes_of(const SensitivityResults& results) {
  std::vector<std::string> notes{
      fmt::format("{} of each strategy at each end of each input, with the same luck.",
                  runs_text(results.plan.replications))};
  if (results.plan.points > 0)
    notes.push_back(fmt::format(
        "Shares of the variance are Sobol' indices from {} rows (Saltelli's design on scrambled "
        "Sobol' points; first by Saltelli 2010, total by Jansen), with bootstrap intervals. Luck "
        "is "
        "an input of its own. Estimates of small shares may come out below 0.",
        human_count(static_cast<std::int64_t>(results.plan.points))));
  else
    notes.push_back(
        "No shares of the variance: too many inputs, or --points 0. State what is not known under "
        "`uncertain:` to have them.");
  if (!results.information.empty()) notes.push_back(worth_note(results));
  return notes;
}

}  // namespace

std::string terminal_sensitivity(const SensitivityInput& input, TerminalStyle style) {
  const SensitivityResults& results = input.results;
  const auto width = static_cast<std::size_t>(std::max(60, style.width));
  std::string text;
  for (std::size_t m = 0; m < results.plan.metrics.size(); ++m)
    for (std::size_t s = 0; s < results.influences.size(); ++s) {
      const model::Unit unit = model::metric_info(results.plan.metrics[m]).unit;
      text += (text.empty() ? "" : "\n") +
              wrapped(without_direction_marks(results.scenario.strategies[s].name) + ": " +
                          metric_label(results.scenario, results.plan.metrics[m]),
                      width, 2);
      text +=
          wrapped("  " + swing_sentence(results, s, m) + luck_sentence(results, s, m), width, 4);
      const std::size_t room = width - 40;
      text += padded("", room + 2, false) +
              fmt::format("{:>11}{:>11}{:>8}{:>8}\n", "low end", "high end", "alone", "in all");
      for (const std::size_t j : ranked(results.influences[s][m])) {
        const Influence& one = results.influences[s][m][j];
        const auto value = [&](const std::optional<double>& x) {
          const bool absent = !x && is_decisive(one);
          return padded(std::string(absent ? absent_text(results.plan.metrics[m]) : "") +
                            (x ? value_text(*x, unit) : ""),
                        11, true);
        };
        const auto share = [](const std::optional<stats::Index>& index) {
          return padded(index ? three_decimals(index->value) : "", 8, true);
        };
        text += "  " + padded(fitted(name_of(results, j), room), room, false) + value(one.low) +
                value(one.high) + share(one.first) + share(one.total) + "\n";
      }
    }
  text += "\n";
  for (const std::string& sentence : worth_sentences(results)) text += wrapped(sentence, width, 2);
  for (const std::string& note : notes_of(results)) text += wrapped(note, width, 0);
  return text;
}

Exploration exploration_of(const SensitivityInput& input) {
  const SensitivityResults& results = input.results;
  Exploration page;
  page.title =
      results.scenario.question.empty() ? results.scenario.name : results.scenario.question;
  page.identity = {input.scenario_path, plural(results.inputs.size(), "input"),
                   fmt::format("seed {}", results.seed), "rollcast " + results.version};
  page.label = "What matters most";
  page.file = "sensitivity";
  for (std::size_t m = 0; m < results.plan.metrics.size(); ++m)
    for (std::size_t s = 0; s < results.influences.size(); ++s) {
      const std::string finding =
          fmt::format("{}, {}: {}{}", without_direction_marks(results.scenario.strategies[s].name),
                      metric_label(results.scenario, results.plan.metrics[m]),
                      swing_sentence(results, s, m), luck_sentence(results, s, m));
      if (page.sentence.empty())
        page.sentence = finding;
      else
        page.findings.push_back(finding);
      const auto& influences = results.influences[s][m];
      const auto has = [&](auto wanted) {
        return std::any_of(influences.begin(), influences.end(), wanted);
      };
      if (results.middle[s][m] && has([](const Influence& one) { return one.low.has_value(); }))
        page.figures.push_back(inputs_figure(results, s, m, false));
      if (has([](const Influence& one) { return one.total.has_value(); }))
        page.figures.push_back(inputs_figure(results, s, m, true));
    }
  for (const model::Strategy& strategy : results.scenario.strategies)
    page.strategies.push_back(strategy.name);
  for (const std::string& sentence : worth_sentences(results)) page.findings.push_back(sentence);
  if (ExplorationTable worth = worth_table(results); !worth.rows.empty())
    page.tables.push_back(std::move(worth));
  page.tables.push_back(table_of(results));
  page.notes = notes_of(results);
  page.command = input.command;
  return page;
}

}  // namespace rollcast::report
