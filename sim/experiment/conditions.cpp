#include "rollcast/experiment/conditions.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include "rollcast/experiment/runner.hpp"
#include "rollcast/experiment/summary.hpp"
#include "rollcast/experiment/verdict.hpp"

namespace rollcast::experiment {
namespace {

using model::Metric;

struct Sum {
  double cost = 0.0;
  std::uint64_t ready = 0;
  std::vector<std::uint64_t> held;
};

/// The cheapest strategy whose observed shares meet all objectives.
std::optional<std::size_t> leader(const std::vector<Sum>& sums, std::uint64_t replications,
                                  const std::vector<model::Objective>& objectives) {
  std::optional<std::size_t> found;
  const auto n = static_cast<double>(replications);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    bool meets = !objectives.empty() || static_cast<double>(sums[i].ready) >= kUsualReadiness * n;
    for (std::size_t k = 0; k < objectives.size(); ++k)
      meets = meets &&
              static_cast<double>(sums[i].held[k]) >= objectives[k].probability.value() * n - 1e-9;
    if (meets && (!found || sums[i].cost < sums[*found].cost)) found = i;
  }
  return found;
}

std::vector<Sum> sums_of(const Results& results, std::uint64_t replications) {
  std::vector<Sum> sums;
  for (const StrategyResult& strategy : results.strategies) {
    Sum sum;
    sum.held.resize(results.scenario.objectives.size());
    const auto column = [&](Metric metric) {
      return strategy.samples.metrics[static_cast<std::size_t>(metric)];
    };
    const std::vector<double> cost = column(Metric::cost_ranked);
    const std::vector<double> ready = column(Metric::ready_time);
    for (std::uint64_t i = 0; i < replications; ++i) {
      sum.cost += cost[i];
      sum.ready += std::isfinite(ready[i]) ? 1 : 0;
      for (std::size_t k = 0; k < sum.held.size(); ++k)
        sum.held[k] += strategy.samples.objectives[k][i];
    }
    sums.push_back(std::move(sum));
  }
  return sums;
}

std::vector<Sum> sums_of(const Block& block, std::size_t objectives) {
  std::vector<Sum> sums(block.strategies);
  for (Sum& sum : sums) sum.held.resize(objectives);
  for (std::uint64_t offset = 0; offset < block.replications; ++offset)
    for (std::size_t i = 0; i < block.strategies; ++i) {
      const model::Outcome& outcome = block.at(offset, i);
      sums[i].cost += outcome.metrics[static_cast<std::size_t>(Metric::cost_ranked)];
      const double ready = outcome.metrics[static_cast<std::size_t>(Metric::ready_time)];
      sums[i].ready += std::isfinite(ready) ? 1 : 0;
      for (std::size_t k = 0; k < objectives; ++k) sums[i].held[k] += outcome.objectives[k];
    }
  return sums;
}

/// A value to try. Defaults that one strategy alone uses are set for it alone.
struct Trial {
  Condition condition;
  scenario::Settings fixed;
  std::unique_ptr<Simulator> simulator;
};

/// A default that only some strategies use stands behind their name; it is set for all.
std::string path_of(const std::string& path, const model::Scenario& scenario) {
  for (const model::Strategy& strategy : scenario.strategies) {
    const std::string prefix = "strategies." + strategy.name + ".";
    if (path.starts_with(prefix)) return path.substr(prefix.size());
  }
  return path;
}

std::vector<Trial> trials_of(const scenario::Loaded& loaded) {
  std::vector<Trial> trials;
  const auto add = [&](const std::string& path, const std::string& stated, const std::string& value,
                       bool uncertain) {
    if (value.empty()) return;
    Trial trial{{path, stated, value, uncertain, std::nullopt, false}, {{path, value}}, nullptr};
    const bool twice = std::any_of(trials.begin(), trials.end(),
                                   [&](const Trial& other) { return other.fixed == trial.fixed; });
    if (twice) return;
    trial.simulator = Simulator::where_taken(loaded, trial.fixed);
    if (trial.simulator) trials.push_back(std::move(trial));
  };
  for (const scenario::UncertainInput& input : loaded.uncertain) {
    if (input.choices.empty()) {
      add(input.path, input.words, input.low_end(), true);
      add(input.path, input.words, input.high_end(), true);
    }
    for (const std::string& choice : input.choices) add(input.path, input.words, choice, true);
  }
  for (const scenario::Assumption& assumption : loaded.assumptions) {
    const std::string path = path_of(assumption.path, *loaded.scenario);
    const bool drawn = std::any_of(loaded.uncertain.begin(), loaded.uncertain.end(),
                                   [&](const auto& input) { return input.path == path; });
    if (drawn) continue;
    add(path, assumption.value, assumption.low, false);
    add(path, assumption.value, assumption.high, false);
  }
  return trials;
}

Simulate simulate_trials(std::shared_ptr<const std::vector<Trial>> trials,
                         std::uint64_t replications) {
  return [trials = std::move(trials), replications](std::size_t strategy, std::uint64_t index) {
    return (*trials)[index / replications].simulator->run(strategy, index % replications);
  };
}

bool is_tie(const Verdict& verdict, std::size_t strategy) {
  return std::find(verdict.ties.begin(), verdict.ties.end(), strategy) != verdict.ties.end();
}

}  // namespace

std::uint64_t condition_replications(std::uint64_t run, std::size_t values) {
  const std::uint64_t even = run / 10 / std::max<std::size_t>(1, values);
  return std::min(run, std::clamp<std::uint64_t>(even, 100, 200));
}

Simulate condition_trials(const scenario::Loaded& loaded, std::uint64_t replications) {
  return simulate_trials(std::make_shared<const std::vector<Trial>>(trials_of(loaded)),
                         replications);
}

TriedConditions try_conditions(const scenario::Loaded& loaded, const Results& results,
                               const Workforce& workforce) {
  const Verdict& verdict = results.verdict;
  const auto& objectives = results.scenario.objectives;
  if (results.strategies.size() < 2 || verdict.kind == Verdict::Kind::undecided) return {};
  const auto trials = std::make_shared<const std::vector<Trial>>(trials_of(loaded));
  TriedConditions tried;
  if (trials->empty()) return tried;
  tried.replications = condition_replications(results.replications, trials->size());
  const std::uint64_t replications = tried.replications;
  const auto base = leader(sums_of(results, replications), replications, objectives);
  const auto expected = verdict.kind == Verdict::Kind::none_meets ? std::nullopt : verdict.winner;
  if (base != expected && !(base && is_tie(verdict, *base))) return tried;
  // One run for all trials, a block for each: so all threads have work up to the end.
  if (workforce.ranks != nullptr) workforce.ranks->turn_to({Task::Kind::conditions, replications});
  Hooks hooks;
  hooks.stop = workforce.stop;
  hooks.helpers = workforce.ranks;
  hooks.keep = [&](const Block& block) {
    Condition condition = (*trials)[block.first / replications].condition;
    condition.winner = leader(sums_of(block, objectives.size()), replications, objectives);
    condition.turns =
        condition.winner != base && !(condition.winner && is_tie(verdict, *condition.winner));
    tried.conditions.push_back(std::move(condition));
  };
  const Plan plan{results.strategies.size(), trials->size() * replications, replications,
                  workforce.jobs};
  const Simulate simulate = simulate_trials(trials, replications);
  if (run_replications(plan, simulate, hooks).interrupted) return {};
  return tried;
}

}  // namespace rollcast::experiment
