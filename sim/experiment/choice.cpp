#include "choice.hpp"

#include <algorithm>
#include <cmath>

#include "rollcast/stats/paired.hpp"
#include "rollcast/stats/selection.hpp"

namespace rollcast::experiment {
namespace {

/// Replications whose mean is near enough to normal; more where clusters of dependent ones are
/// larger, as a batch holds whole ones.
constexpr std::size_t kLeastBatch = 20;
constexpr std::uint64_t kLeastBatches = 20;
/// Chance of a wrong choice that each of the two ways to choose is allowed.
constexpr double kEach = (1.0 - stats::kConfidence) / 2;

std::size_t batch_of(std::uint32_t cluster) {
  return (kLeastBatch + cluster - 1) / cluster * cluster;
}

std::vector<double> batch_means(const std::vector<double>& values, std::size_t size) {
  std::vector<double> means;
  for (std::size_t batch = 0; (batch + 1) * size <= values.size(); ++batch) {
    double sum = 0.0;
    for (std::size_t i = 0; i < size; ++i) sum += values[batch * size + i];
    means.push_back(sum / static_cast<double>(size));
  }
  return means;
}

}  // namespace

std::optional<Choice> choose_cheapest(const Results& results,
                                      const std::vector<std::size_t>& candidates, double zone) {
  if (candidates.size() < 2 || !(zone > 0)) return std::nullopt;
  const std::size_t batch = batch_of(results.strategies[candidates.front()].samples.cluster);
  std::vector<std::vector<double>> means;
  for (const std::size_t candidate : candidates) {
    const Samples& samples = results.strategies[candidate].samples;
    means.push_back(
        batch_means(samples.metrics[static_cast<std::size_t>(model::Metric::cost_ranked)], batch));
  }
  const std::uint64_t batches = means.front().size();
  if (batches < kLeastBatches) return std::nullopt;
  const stats::KnOptions options{candidates.size(), zone, 1.0 - kEach, batches, batches};
  const stats::KnSelection selection = stats::select_smallest(
      options,
      [&](std::size_t alternative, std::uint64_t index) { return means[alternative][index]; });
  Choice choice;
  choice.best = candidates[selection.best];
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (i == selection.best) {
      choice.remaining.push_back(candidates[i]);
      continue;
    }
    const std::size_t pairs = candidates.size() * (candidates.size() - 1) / 2;
    const double confidence = 1.0 - 2.0 * kEach / static_cast<double>(pairs);
    const auto difference = stats::paired_difference(means[i], means[selection.best], confidence);
    if (selection.dropped_at[i] != 0 || (difference.interval && difference.interval->low > 0))
      continue;
    choice.remaining.push_back(candidates[i]);
    if (!difference.interval) continue;
    const double half = (difference.interval->high - difference.interval->low) / 2;
    const double times = std::pow(half / std::max(difference.mean, zone), 2.0);
    const double most = std::min(std::ceil(times * static_cast<double>(batches)) + 1, 1e12);
    choice.needed = std::max(choice.needed, static_cast<std::uint64_t>(most) * batch);
  }
  return choice;
}

}  // namespace rollcast::experiment
