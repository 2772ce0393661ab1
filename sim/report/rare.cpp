#include "rollcast/report/rare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "html.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/base/units.hpp"
#include "terminal_text.hpp"
#include "words.hpp"

namespace rollcast::report {
namespace {

using experiment::RareEvent;
using experiment::RareResults;
using experiment::SplittingResult;
using nlohmann::json;

std::string strategy_name(const RareResults& results, std::size_t s) {
  return without_direction_marks(results.scenario.strategies[s].name);
}

std::string what_is_hit(model::Metric metric) {
  if (metric == model::Metric::impact_out_peak) return "out of service";
  if (metric == model::Metric::impact_defective_peak) return "defective";
  return "out of service or defective";
}

std::string question(const RareResults& results, const RareEvent& event) {
  std::string text = fmt::format(
      "{} {} at once",
      event.at_least == 1 ? std::string("An instance")
                          : fmt::format("At least {} instances", human_count(event.at_least)),
      what_is_hit(event.metric));
  if (event.objective) {
    const model::Objective& objective = results.scenario.objectives[*event.objective];
    text += fmt::format(" ({}: allowed in {} of runs)", objective.name,
                        chance_text(1 - objective.probability.value()));
  }
  return text;
}

std::string interval_text(const SplittingResult& answer) {
  if (!(answer.probability > 0)) return "";
  return chance_text(answer.interval.low) + " to " + chance_text(answer.interval.high);
}

std::string value_of(const SplittingResult& answer) {
  return answer.probability > 0 ? chance_text(answer.probability)
                                : "< " + chance_text(answer.interval.high);
}

/// Two digits of a large number, as people say it: "16 million", "2.3 × 10^17".
std::string count_of(double value) {
  constexpr std::pair<double, const char*> kScales[] = {
      {1e12, "trillion"}, {1e9, "billion"}, {1e6, "million"}};
  if (value >= 1e15) {
    const double exponent = std::floor(std::log10(value));
    return fmt::format("{} × 10^{}", human_number(value / std::pow(10.0, exponent), 2), exponent);
  }
  for (const auto& [scale, word] : kScales)
    if (value >= scale) return fmt::format("{} {}", human_number(value / scale, 2), word);
  return human_number(value);
}

std::string one_in(const SplittingResult& answer) {
  if (!(answer.probability > 0) || answer.probability > 0.5) return "";
  const double runs = 1 / answer.probability;
  if (runs >= 1e6) return "1 in " + count_of(runs);
  const double scale = std::pow(10.0, std::max(0.0, std::floor(std::log10(runs)) - 1));
  return "1 in " + human_count(static_cast<std::int64_t>(std::round(runs / scale) * scale));
}

std::string verdict_of(const RareResults& results, std::size_t e, std::size_t s) {
  const auto& met = results.met[e][s];
  if (!met) return "";
  switch (*met) {
    case experiment::Met::yes:
      return "met";
    case experiment::Met::no:
      return "missed";
    case experiment::Met::undecided:
      break;
  }
  return "undecided";
}

/// What it cost beside plain runs of the same precision; empty where nothing came to the event.
std::string cost_sentence(const RareResults& results, std::size_t e) {
  double least = INFINITY, most = 0, runs = 0;
  for (const SplittingResult& answer : results.answers[e]) {
    if (!answer.plain_events || !(answer.events > 0)) continue;
    const double ratio = *answer.plain_events / static_cast<double>(answer.events);
    least = std::min(least, ratio);
    most = std::max(most, ratio);
    runs = std::max(runs, *answer.plain_runs);
  }
  if (!(most > 0)) return {};
  if (most < 2) return "Plain runs would have done as well (`rollcast run`).";
  return fmt::format(
      "Plain runs of the same precision: up to {} replications of a strategy, {} times the work.",
      count_of(runs),
      least < 0.8 * most ? fmt::format("{} to {}", human_number(least), human_number(most))
                         : human_number(most));
}

/// Why no trajectory came to the event, and what the bound rests on; empty where one did.
std::string bound_sentence(const RareResults& results, std::size_t e, std::size_t s) {
  const SplittingResult& answer = results.answers[e][s];
  if (answer.probability > 0) return {};
  const std::string event = human_count(results.plan.events[e].at_least);
  std::string text = fmt::format("{}: no trajectory came to {}", strategy_name(results, s), event);
  if (answer.stuck_at)
    text += fmt::format("; of {} that had come to {}, none rose any further in the pilot",
                        human_count(static_cast<std::int64_t>(results.plan.effort)),
                        human_number(*answer.stuck_at));
  text += answer.bound_is_plain ? fmt::format(". The bound is that of {}, none of which came there",
                                              runs_text(answer.plain))
                                : ". The bound is the chance of the first level";
  return text + "; a larger --effort lowers it.";
}

std::string finding(const RareResults& results, std::size_t e) {
  std::size_t worst = 0;
  const auto& answers = results.answers[e];
  for (std::size_t s = 1; s < answers.size(); ++s)
    if (answers[s].probability > answers[worst].probability) worst = s;
  std::string text = fmt::format("{}: {} with {}", question(results, results.plan.events[e]),
                                 value_of(answers[worst]), strategy_name(results, worst));
  if (answers[worst].probability > 0) text += fmt::format(" ({})", interval_text(answers[worst]));
  if (answers.size() > 1) text += ", the most of all strategies";
  text += ".";
  for (std::size_t s = 0; s < answers.size(); ++s)
    if (const std::string bound = bound_sentence(results, e, s); !bound.empty())
      text += " " + bound;
  return text;
}

Figure chances_figure(const RareResults& results, std::size_t e) {
  const RareEvent& event = results.plan.events[e];
  json curves = json::array();
  for (const SplittingResult& answer : results.answers[e]) {
    json points = json::array();
    double chance = 1.0;
    for (std::size_t k = 0; k < answer.shares.size(); ++k) {
      chance *= answer.shares[k];
      // At the event the estimate itself: the product of pooled shares differs a little from it.
      const bool last = k + 1 == answer.levels.size();
      if (chance > 0) points.push_back({answer.levels[k], last ? answer.probability : chance});
    }
    curves.push_back(std::move(points));
  }
  json data{{"curves", std::move(curves)},
            {"label", "instances " + what_is_hit(event.metric) + " at once"}};
  if (event.objective)
    data["allowed"] = 1 - results.scenario.objectives[*event.objective].probability.value();
  return {"rare", question(results, event), finding(results, e),
          "Marks are the levels at which trajectories were split; a line that ends early was seen "
          "no further.",
          data.dump(-1, ' ', false, json::error_handler_t::replace)};
}

ExplorationTable table_of(const RareResults& results) {
  ExplorationTable table;
  table.title = "Every chance";
  table.subtitle = "95 % intervals; the work in events of the simulation";
  table.headings = {"Question",     "Strategy", "Objective",          "Chance",      "One in",
                    "Trajectories", "Events",   "Plain runs instead", "Their events"};
  table.words = 3;
  for (std::size_t e = 0; e < results.answers.size(); ++e)
    for (std::size_t s = 0; s < results.answers[e].size(); ++s) {
      const SplittingResult& answer = results.answers[e][s];
      const auto count = [](const std::optional<double>& x) {
        return x ? TableCell{count_of(*x), "", x} : TableCell{"–"};
      };
      table.rows.push_back({{question(results, results.plan.events[e])},
                            {strategy_name(results, s)},
                            {verdict_of(results, e, s)},
                            {value_of(answer), interval_text(answer), answer.probability},
                            {one_in(answer)},
                            count(static_cast<double>(answer.trajectories)),
                            count(static_cast<double>(answer.events)),
                            count(answer.plain_runs),
                            count(answer.plain_events)});
    }
  return table;
}

std::vector<std::string> notes_of(const RareResults& results) {
  return {fmt::format(
      "Multilevel splitting, fixed effort: {} independent estimates of {} trajectories a level, "
      "levels chosen by a pilot; unbiased, intervals from the spread of the estimates.",
      results.plan.batches, human_count(static_cast<std::int64_t>(results.plan.effort)))};
}

}  // namespace

std::string chance_text(double probability) {
  if (probability >= 1e-4 || probability <= 0) return human_percent(probability);
  const int exponent = static_cast<int>(std::floor(std::log10(probability) + 1e-12));
  const std::string digits = fmt::format("{:.1f}", probability / std::pow(10.0, exponent));
  return digits == "10.0" ? fmt::format("1.0e{}", exponent + 1)
                          : fmt::format("{}e{}", digits, exponent);
}

std::string terminal_rare(const RareInput& input, TerminalStyle style) {
  const RareResults& results = input.results;
  const auto width = static_cast<std::size_t>(std::max(60, style.width));
  std::string text;
  for (std::size_t e = 0; e < results.answers.size(); ++e) {
    text +=
        (text.empty() ? "" : "\n") + wrapped(question(results, results.plan.events[e]), width, 2);
    const std::size_t room = width - 60;
    for (std::size_t s = 0; s < results.answers[e].size(); ++s) {
      const SplittingResult& answer = results.answers[e][s];
      text += "  " + padded(fitted(strategy_name(results, s), room), room, false) +
              padded(value_of(answer), 9, true) + "  " + padded(interval_text(answer), 21, false) +
              padded(one_in(answer), 16, false) + " " + verdict_of(results, e, s) + "\n";
    }
    for (std::size_t s = 0; s < results.answers[e].size(); ++s)
      if (const std::string bound = bound_sentence(results, e, s); !bound.empty())
        text += wrapped("  " + bound, width, 2);
    if (const std::string cost = cost_sentence(results, e); !cost.empty())
      text += wrapped("  " + cost, width, 2);
  }
  text += "\n";
  for (const std::string& note : notes_of(results)) text += wrapped(note, width, 0);
  return text;
}

Exploration exploration_of(const RareInput& input) {
  const RareResults& results = input.results;
  Exploration page;
  page.title =
      results.scenario.question.empty() ? results.scenario.name : results.scenario.question;
  page.identity = {input.scenario_path, fmt::format("seed {}", results.seed),
                   "rollcast " + results.version};
  page.label = "What hardly ever happens";
  page.file = "rare";
  for (std::size_t e = 0; e < results.answers.size(); ++e) {
    const std::string cost = cost_sentence(results, e);
    const std::string found = finding(results, e) + (cost.empty() ? "" : " " + cost);
    if (page.sentence.empty())
      page.sentence = found;
    else
      page.findings.push_back(found);
    page.figures.push_back(chances_figure(results, e));
  }
  for (const model::Strategy& strategy : results.scenario.strategies)
    page.strategies.push_back(strategy.name);
  page.tables.push_back(table_of(results));
  page.notes = notes_of(results);
  page.command = input.command;
  return page;
}

}  // namespace rollcast::report
