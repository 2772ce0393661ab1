#pragma once
/// Outcomes and scenarios that are made up, so that the truth is known.
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "rollcast/experiment/summary.hpp"

namespace rollcast::experiment::testing {

/// A number in (0, 1) that depends on its arguments only.
inline double luck(std::uint64_t strategy, std::uint64_t replication, std::uint64_t draw) {
  std::seed_seq keys{strategy, replication, draw};
  std::mt19937_64 random(keys);
  return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53;
}

/// Ready after 1,000 s and an exponential time with the mean 100 s, not within the horizon in one
/// of twenty; costs 100 a strategy and a little; two incidents in every third replication.
inline model::Outcome made_up(std::size_t strategy, std::uint64_t replication) {
  model::Outcome outcome;
  outcome.metrics.fill(0.0);
  const auto set = [&](model::Metric metric, double value) {
    outcome.metrics[static_cast<std::size_t>(metric)] = value;
  };
  const double ready = luck(strategy, replication, 0) < 0.05
                           ? model::kNotReached
                           : 1'000 - 100 * std::log(luck(strategy, replication, 1));
  set(model::Metric::ready_time, ready);
  set(model::Metric::cost_ranked,
      100.0 * static_cast<double>(strategy + 1) + luck(0, replication, 2));
  set(model::Metric::recovery_time_max, model::kNoValue);
  outcome.objectives = {ready < 1'200 ? std::uint8_t{1} : std::uint8_t{0}};
  outcome.ready_curve.fill(ready);
  if (replication % 3 == 0) {
    outcome.incidents.push_back({1.5F, 2.25F, false});
    outcome.incidents.push_back(
        {static_cast<float>(luck(strategy, replication, 3)), std::nanf(""), replication % 30 == 0});
  }
  outcome.cash_flow = {static_cast<double>(strategy), luck(strategy, replication, 4)};
  outcome.digest = replication * 31 + strategy;
  outcome.events = 10;
  return outcome;
}

inline Samples samples_of(std::size_t strategy, std::uint64_t replications) {
  Samples samples;
  for (std::uint64_t i = 0; i < replications; ++i) append(samples, made_up(strategy, i));
  return samples;
}

inline model::Objective objective(std::string name, double probability) {
  model::Objective made;
  made.name = std::move(name);
  made.probability = Probability{probability};
  made.words = "words of " + made.name;
  return made;
}

inline model::Scenario scenario_of(const std::vector<std::string>& strategies,
                                   std::vector<model::Objective> objectives) {
  model::Scenario scenario;
  scenario.name = "made-up";
  scenario.question = "Which is \"best\"?";
  scenario.horizon = std::chrono::hours(720);
  scenario.ranking.phases = {model::CostPhase::deployment};
  scenario.ranking.kinds = {model::CostKind::delay, model::CostKind::incidents};
  scenario.objectives = std::move(objectives);
  for (const std::string& name : strategies) scenario.strategies.push_back({name, {}});
  return scenario;
}

}  // namespace rollcast::experiment::testing
