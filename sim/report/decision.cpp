#include "decision.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "rollcast/base/assertion.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/experiment/verdict.hpp"
#include "words.hpp"

namespace rollcast::report {
namespace {

using experiment::Met;

bool speaks_of_impact(model::Metric metric) {
  switch (metric) {
    case model::Metric::impact_peak:
    case model::Metric::impact_out_peak:
    case model::Metric::impact_defective_peak:
      return true;
    default:
      return false;
  }
}

std::string miss_word(const model::Objective& objective) {
  switch (topic_of(objective)) {
    case Topic::ready:
      return "too slow";
    case Topic::cost:
      return "too dear";
    case Topic::impact:
      return "too risky";
    case Topic::other:
      return fmt::format("misses “{}”", objective.name);
    case Topic::all:
      return "misses the joint goal";
  }
  return {};
}

/// The joint objective is missed with every other one: it is named only when it is the only one
/// missed.
std::vector<std::string> words_of_missed(const experiment::Results& results, std::size_t strategy) {
  std::vector<std::string> words;
  const auto& outcomes = results.strategies[strategy].objectives;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const model::Objective& objective = results.scenario.objectives[i];
    if (outcomes[i].met != Met::no) continue;
    if (topic_of(objective) == Topic::all && !words.empty()) continue;
    const std::string word = miss_word(objective);
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
  }
  return words;
}

}  // namespace

Topic topic_of(const model::Objective& objective) {
  if (std::holds_alternative<model::ReadyBy>(objective.condition)) return Topic::ready;
  if (std::holds_alternative<model::CostAtMost>(objective.condition)) return Topic::cost;
  if (std::holds_alternative<model::AllObjectives>(objective.condition)) return Topic::all;
  const auto* limit = std::get_if<model::MetricAtMost>(&objective.condition);
  return limit != nullptr && speaks_of_impact(limit->metric) ? Topic::impact : Topic::other;
}

StandingWords standing_of(const experiment::Results& results, std::size_t strategy) {
  const auto& outcomes = results.strategies[strategy].objectives;
  if (outcomes.empty()) return {Standing::no_objectives, "–", "no objectives"};
  const std::vector<std::string> missed = words_of_missed(results, strategy);
  if (!missed.empty()) return {Standing::misses, "✗", join(missed, ", ")};
  std::vector<std::string> open;
  for (const auto& outcome : outcomes)
    if (outcome.met == Met::undecided) open.push_back(outcome.name);
  if (!open.empty()) return {Standing::undecided, "?", "undecided: " + join(open, ", ")};
  const bool chosen = results.verdict.winner == strategy &&
                      (results.verdict.kind == experiment::Verdict::Kind::best ||
                       results.verdict.kind == experiment::Verdict::Kind::tie);
  return {chosen ? Standing::chosen : Standing::meets_all, "✓",
          outcomes.size() == 1 ? "meets the objective" : "meets all"};
}

Risk risk_of(const experiment::Results& results) {
  const auto& objectives = results.scenario.objectives;
  for (const Topic wanted : {Topic::impact, Topic::all, Topic::ready, Topic::other, Topic::cost}) {
    for (std::size_t i = 0; i < objectives.size(); ++i) {
      if (topic_of(objectives[i]) != wanted) continue;
      return {fmt::format("chance to miss “{}”", objectives[i].name), i,
              objectives[i].probability.complement().value()};
    }
  }
  return {"chance not to be ready within " + human_duration(horizon_of(results)), std::nullopt,
          0.0};
}

RiskValue risk_value(const experiment::Results& results, const Risk& risk, std::size_t strategy) {
  const experiment::StrategyResult& result = results.strategies[strategy];
  const auto complement = [](const stats::Interval& interval) {
    return stats::Interval{1.0 - interval.high, 1.0 - interval.low};
  };
  if (risk.objective) {
    experiment::ObjectiveResult missed = result.objectives[*risk.objective];
    missed.probability = 1.0 - missed.probability;
    missed.interval = complement(missed.interval);
    std::swap(missed.at_least, missed.at_most);
    missed.at_least = 1.0 - missed.at_least;
    missed.at_most = 1.0 - missed.at_most;
    return {missed.probability, missed.interval, objective_text(missed)};
  }
  const experiment::MetricSummary& ready = summary_of(result, model::Metric::ready_time);
  const stats::Interval interval = complement(ready.reached_ci);
  return {1.0 - ready.reached, interval, probability_text(1.0 - ready.reached, interval)};
}

model::Metric impact_metric(const experiment::Results& results) {
  for (const model::Objective& objective : results.scenario.objectives)
    if (topic_of(objective) == Topic::impact)
      return std::get<model::MetricAtMost>(objective.condition).metric;
  return model::Metric::impact_peak;
}

const experiment::MetricSummary& summary_of(const experiment::StrategyResult& strategy,
                                            model::Metric metric) {
  const auto index = static_cast<std::size_t>(metric);
  ROLLCAST_ASSERT(index < strategy.metrics.size(), "metric {} of {} in {}", index,
                  strategy.metrics.size(), strategy.name);
  return strategy.metrics[index];
}

const experiment::QuantileEstimate& quantile_of(const experiment::MetricSummary& summary,
                                                double level) {
  const auto at =
      std::find(experiment::kQuantileLevels.begin(), experiment::kQuantileLevels.end(), level);
  ROLLCAST_ASSERT(at != experiment::kQuantileLevels.end(), "no quantile at {} %", level);
  return summary.quantiles[static_cast<std::size_t>(at - experiment::kQuantileLevels.begin())];
}

double horizon_of(const experiment::Results& results) {
  return to_seconds(results.scenario.horizon);
}

std::int64_t fleet_of(const experiment::Results& results) {
  std::int64_t instances = 0;
  if (results.scenario.strategies.empty()) return instances;
  for (const model::Group& group : results.scenario.strategies.front().world.groups)
    instances += group.count;
  return instances;
}

std::string fleet_text(const experiment::Results& results) {
  return plural(static_cast<std::size_t>(fleet_of(results)), "instance");
}

std::string ranked_cost_words(const experiment::Results& results) {
  std::string words = experiment::words_of(results.scenario.ranking);
  words[0] = static_cast<char>(words[0] - 'a' + 'A');  // it begins with one of our own words
  return words;
}

}  // namespace rollcast::report
