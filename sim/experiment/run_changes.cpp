#include "rollcast/experiment/run_changes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "rollcast/experiment/summary.hpp"
#include "rollcast/stats/paired.hpp"
#include "rollcast/stats/unpaired.hpp"

namespace rollcast::experiment {
namespace {

using model::Metric;

constexpr std::array<Metric, 6> kMeans{Metric::ready_time,  Metric::cost_ranked,
                                       Metric::cost_total,  Metric::staff_effort_hours,
                                       Metric::impact_peak, Metric::impact_instance_hours};

/// The values that a comparison goes by: of a paired one those that both runs have.
std::span<const double> values_of(const Samples& samples, Metric metric, const RunChanges& runs) {
  const auto& all = samples.metrics[static_cast<std::size_t>(metric)];
  const std::size_t count = runs.pairing == Pairing::paired ? runs.replications : all.size();
  return std::span<const double>(all).first(count);
}

bool all_finite(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

Change mean_change(const Samples& before, const Samples& after, Metric metric,
                   const RunChanges& runs) {
  Change change;
  change.metric = metric;
  change.what = model::metric_info(metric).label;
  change.small_is_better = !small_is_worse(metric);
  const auto a = values_of(before, metric, runs), b = values_of(after, metric, runs);
  const auto mean = [](std::span<const double> values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
  };
  if (all_finite(a)) change.before = mean(a);
  if (all_finite(b)) change.after = mean(b);
  if (!change.before || !change.after) return change;
  if (runs.pairing == Pairing::paired) {
    const stats::PairedDifference difference = stats::paired_difference(b, a);
    change.difference = difference.mean;
    change.interval = difference.interval;
  } else {
    const stats::Difference difference = stats::mean_difference(b, a);
    change.difference = difference.value;
    change.interval = difference.interval;
  }
  return change;
}

Change chance_change(const std::string& name, const std::vector<std::uint8_t>& before,
                     const std::vector<std::uint8_t>& after, const RunChanges& runs) {
  Change change;
  change.what = name;
  change.chance = true;
  change.small_is_better = false;
  const bool paired = runs.pairing == Pairing::paired;
  const std::size_t n = paired ? runs.replications : before.size();
  const std::size_t m = paired ? runs.replications : after.size();
  std::uint64_t held_before = 0, held_after = 0, only_before = 0, only_after = 0;
  for (std::size_t i = 0; i < n; ++i) held_before += before[i];
  for (std::size_t i = 0; i < m; ++i) held_after += after[i];
  for (std::size_t i = 0; paired && i < n; ++i) {
    only_before += before[i] > after[i] ? 1U : 0U;
    only_after += after[i] > before[i] ? 1U : 0U;
  }
  change.before = static_cast<double>(held_before) / static_cast<double>(n);
  change.after = static_cast<double>(held_after) / static_cast<double>(m);
  const stats::Difference difference =
      paired ? stats::paired_proportion_difference(only_after, only_before, n)
             : stats::proportion_difference(held_after, m, held_before, n);
  change.difference = difference.value;
  change.interval = difference.interval;
  return change;
}

StrategyChanges strategy_changes(const Results& before, std::size_t i, const Results& after,
                                 std::size_t j, const RunChanges& runs) {
  const StrategyResult &a = before.strategies[i], &b = after.strategies[j];
  StrategyChanges result{a.name, i, j, {}};
  for (std::size_t k = 0; k < a.objectives.size(); ++k)
    for (std::size_t l = 0; l < b.objectives.size(); ++l)
      if (a.objectives[k].name == b.objectives[l].name)
        result.changes.push_back(chance_change(a.objectives[k].name, a.samples.objectives[k],
                                               b.samples.objectives[l], runs));
  for (const Metric metric : kMeans)
    result.changes.push_back(mean_change(a.samples, b.samples, metric, runs));
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
