#include "rollcast/experiment/run_changes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <span>

#include "estimates.hpp"
#include "rollcast/experiment/summary.hpp"
#include "rollcast/stats/unpaired.hpp"

namespace rollcast::experiment {
namespace {

using model::Metric;

constexpr std::array<Metric, 6> kMeans{Metric::ready_time,  Metric::cost_ranked,
                                       Metric::cost_total,  Metric::staff_effort_hours,
                                       Metric::impact_peak, Metric::impact_instance_hours};

/// The values of one strategy in one run that a comparison goes by: of a paired one those that both
/// runs have.
struct Side {
  const Samples& samples;
  std::size_t count;
  std::uint32_t cluster;  ///< replications that depend on each other
};

std::span<const double> values_of(const Side& side, Metric metric) {
  const auto& all = side.samples.metrics[static_cast<std::size_t>(metric)];
  return std::span<const double>(all).first(std::min(side.count, all.size()));
}

bool all_finite(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

stats::MeanEstimate mean_of(std::span<const double> values, std::uint32_t cluster) {
  return experiment::mean_of(
      {{values.begin(), values.end()}, clusters_of(values.size(), cluster), false});
}

Change mean_change(const Side& before, const Side& after, Metric metric, Pairing pairing) {
  Change change;
  change.metric = metric;
  change.what = model::metric_info(metric).label;
  change.small_is_better = !small_is_worse(metric);
  const auto a = values_of(before, metric), b = values_of(after, metric);
  std::optional<stats::MeanEstimate> mean_before, mean_after;
  if (all_finite(a)) mean_before = mean_of(a, before.cluster);
  if (all_finite(b)) mean_after = mean_of(b, after.cluster);
  if (mean_before) change.before = mean_before->mean;
  if (mean_after) change.after = mean_after->mean;
  if (!mean_before || !mean_after) return change;
  if (pairing == Pairing::paired) {
    std::vector<double> differences(a.size());
    std::transform(b.begin(), b.end(), a.begin(), differences.begin(), std::minus<>());
    const stats::MeanEstimate difference =
        mean_of(differences, std::max(before.cluster, after.cluster));
    change.difference = difference.mean;
    change.interval = difference.interval;
  } else {
    const stats::Difference difference = stats::mean_difference(*mean_after, *mean_before);
    change.difference = difference.value;
    change.interval = difference.interval;
  }
  return change;
}

stats::Difference paired_chances(const std::vector<double>& before,
                                 const std::vector<double>& after, std::uint32_t cluster) {
  std::vector<double> only_before, only_after;
  for (std::size_t i = 0; i < before.size(); ++i) {
    only_before.push_back(before[i] > after[i] ? 1.0 : 0.0);
    only_after.push_back(after[i] > before[i] ? 1.0 : 0.0);
  }
  const Trials left = trials_of(only_after, cluster), right = trials_of(only_before, cluster);
  const auto trials = static_cast<double>(std::min(left.trials, right.trials));
  const auto scaled = [&](const Trials& one) {
    return one.successes * (trials / static_cast<double>(one.trials));
  };
  return stats::paired_proportion_difference(scaled(left), scaled(right),
                                             std::min(left.trials, right.trials));
}

Change chance_change(const std::string& name, const Side& before, std::size_t of_before,
                     const Side& after, std::size_t of_after, Pairing pairing) {
  Change change;
  change.what = name;
  change.chance = true;
  change.small_is_better = false;
  const auto flags = [](const Side& side, std::size_t objective) {
    const std::vector<std::uint8_t>& held = side.samples.objectives[objective];
    return std::vector<double>(held.begin(),
                               held.begin() + static_cast<std::ptrdiff_t>(side.count));
  };
  const std::vector<double> a = flags(before, of_before), b = flags(after, of_after);
  const Trials held_before = trials_of(a, before.cluster), held_after = trials_of(b, after.cluster);
  const stats::Difference difference =
      pairing == Pairing::paired
          ? paired_chances(a, b, std::max(before.cluster, after.cluster))
          : stats::proportion_difference(held_after.successes, held_after.trials,
                                         held_before.successes, held_before.trials);
  change.before = held_before.successes / static_cast<double>(held_before.trials);
  change.after = held_after.successes / static_cast<double>(held_after.trials);
  change.difference = difference.value;
  change.interval = difference.interval;
  return change;
}

StrategyChanges strategy_changes(const Results& before, std::size_t i, const Results& after,
                                 std::size_t j, const RunChanges& runs) {
  const StrategyResult &a = before.strategies[i], &b = after.strategies[j];
  const bool paired = runs.pairing == Pairing::paired;
  const Side left{a.samples, paired ? runs.replications : before.replications, a.samples.cluster};
  const Side right{b.samples, paired ? runs.replications : after.replications, b.samples.cluster};
  StrategyChanges result{a.name, i, j, {}};
  for (std::size_t k = 0; k < a.objectives.size(); ++k)
    for (std::size_t l = 0; l < b.objectives.size(); ++l)
      if (a.objectives[k].name == b.objectives[l].name)
        result.changes.push_back(
            chance_change(a.objectives[k].name, left, k, right, l, runs.pairing));
  for (const Metric metric : kMeans)
    result.changes.push_back(mean_change(left, right, metric, runs.pairing));
  return result;
}

std::optional<std::size_t> find_strategy(const Results& results, const std::string& name) {
  for (std::size_t i = 0; i < results.strategies.size(); ++i)
    if (results.strategies[i].name == name) return i;
  return std::nullopt;
}

}  // namespace

RunChanges changes_between(const Results& before, const Results& after) {
  RunChanges runs;
  runs.pairing = before.seed == after.seed ? Pairing::paired : Pairing::independent;
  runs.replications = runs.pairing == Pairing::paired
                          ? std::min(before.replications, after.replications)
                          : before.replications;
  for (std::size_t i = 0; i < before.strategies.size(); ++i) {
    const auto j = find_strategy(after, before.strategies[i].name);
    if (j)
      runs.strategies.push_back(strategy_changes(before, i, after, *j, runs));
    else
      runs.only_before.push_back(before.strategies[i].name);
  }
  for (const StrategyResult& strategy : after.strategies)
    if (!find_strategy(before, strategy.name)) runs.only_after.push_back(strategy.name);
  return runs;
}

}  // namespace rollcast::experiment
