#include "choice.hpp"

#include <algorithm>
#include <cmath>

#include "rollcast/stats/paired.hpp"
#include "rollcast/stats/selection.hpp"

namespace rollcast::experiment {
namespace {

constexpr std::size_t kBatch = 20;
constexpr std::uint64_t kFirstStage = 20;

std::vector<double> batch_means(const std::vector<double>& values) {
  std::vector<double> means;
  for (std::size_t batch = 0; (batch + 1) * kBatch <= values.size(); ++batch) {
    double sum = 0.0;
    for (std::size_t i = 0; i < kBatch; ++i) sum += values[batch * kBatch + i];
    means.push_back(sum / kBatch);
  }
  return means;
}

}  // namespace

std::optional<Choice> choose_cheapest(const Results& results,
                                      const std::vector<std::size_t>& candidates, double zone) {
  if (candidates.size() < 2 || !(zone > 0)) return std::nullopt;
  std::vector<std::vector<double>> means;
  for (const std::size_t candidate : candidates) {
    const Samples& samples = results.strategies[candidate].samples;
    if (samples.cluster > 1) return std::nullopt;
    means.push_back(
        batch_means(samples.metrics[static_cast<std::size_t>(model::Metric::cost_ranked)]));
  }
  const std::uint64_t batches = means.front().size();
  if (batches < kFirstStage) return std::nullopt;
  const stats::KnOptions options{candidates.size(), zone, stats::kConfidence, kFirstStage, batches};
  const stats::KnSelection selection = stats::select_smallest(
      options,
      [&](std::size_t alternative, std::uint64_t index) { return means[alternative][index]; });
  Choice choice;
  choice.best = candidates[selection.best];
  const double h_squared =
      stats::kn_constants(candidates.size(), kFirstStage, 1 - stats::kConfidence).h_squared;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (selection.dropped_at[i] != 0) continue;
    choice.remaining.push_back(candidates[i]);
    if (i == selection.best) continue;
    const auto first = [&](std::size_t index) {
      return std::span(means[index]).first(kFirstStage);
    };
    const double sd = stats::paired_difference(first(i), first(selection.best)).sd.value_or(0.0);
    const double most = std::ceil(h_squared * sd * sd / (zone * zone)) + 1;
    choice.needed =
        std::max(choice.needed, static_cast<std::uint64_t>(std::min(most, 1e12)) * kBatch);
  }
  return choice;
}

}  // namespace rollcast::experiment
