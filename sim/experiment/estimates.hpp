#pragma once
/// Estimates from the samples of one strategy, with intervals that know which values depend on each
/// other.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "rollcast/experiment/results.hpp"
#include "rollcast/stats/mean.hpp"
#include "rollcast/stats/quantile.hpp"

namespace rollcast::experiment {

/// The values of one metric that are kept one by one: finite or not reached, those without a value
/// left out.
struct Values {
  std::vector<double> in_order;
  /// How many values depend on each other and follow one another: incidents of one replication, or
  /// replications of one antithetic pair or Sobol' net. Empty: all are independent.
  std::vector<std::uint32_t> clusters;
  bool pooled = false;  ///< over incidents
};

/// What an incident contributes to a pooled metric: hours, kNotReached or kNoValue.
[[nodiscard]] double pooled_value(const model::IncidentRecord& incident, model::Pooling pooling);
[[nodiscard]] Values values_of(const Samples& samples, model::Metric metric);
/// The same, into the room that `values` has already.
void read_values(Values& values, const Samples& samples, model::Metric metric);
/// The clusters of so many replications in a row, `cluster` of which depend on each other; none
/// where they are independent.
[[nodiscard]] std::vector<std::uint32_t> clusters_of(std::size_t replications,
                                                     std::uint32_t cluster);

/// REQUIRES finite values, at least one.
[[nodiscard]] stats::MeanEstimate mean_of(const Values& values);
/// The ranks of the interval of a quantile that is estimated by `value`; `independent` are those
/// that independent values would have (stats::quantile_ranks).
[[nodiscard]] stats::RankInterval ranks_of(const Values& values, double value, double level,
                                           const stats::RankInterval& independent);
/// A quantile with its interval. Of `sorted` those values that have its rank or one of `ranks` must
/// be in their places.
[[nodiscard]] QuantileEstimate quantile_at(std::span<const double> sorted, double level,
                                           const stats::RankInterval& ranks);
/// `sorted` are the values in ascending order, at least one; 0 < level < 100; `independent` are the
/// ranks that independent values would have (stats::quantile_ranks).
[[nodiscard]] QuantileEstimate quantile_of(const Values& values, const std::vector<double>& sorted,
                                           double level, const stats::RankInterval& independent);

/// Successes and trials of a proportion.
struct Trials {
  double successes = 0.0;
  std::uint64_t trials = 0;
};
/// A trial for each value, of which `success` says 0 to 1. Where trials depend on each other so
/// that their sum varies more than that of independent ones, both are scaled down to as many
/// independent trials as would vary alike; never up.
template <class Range, class Success = std::identity>
[[nodiscard]] Trials independent_trials(const Range& values,
                                        const std::vector<std::uint32_t>& clusters,
                                        Success success = {}) {
  double successes = 0.0;
  for (const auto& value : values) successes += success(value);
  const auto n = static_cast<double>(values.size());
  Trials trials{successes, values.size()};
  if (clusters.empty()) return trials;
  const double share = successes / n;
  const auto filled = static_cast<std::uint64_t>(
      std::count_if(clusters.begin(), clusters.end(), [](std::uint32_t size) { return size > 0; }));
  double apart = static_cast<double>(filled);  // all or none: each cluster counts as one trial
  const double binomial = share * (1 - share) * n;
  if (binomial > 0 && clusters.size() > 1) {
    double squares = 0.0;
    auto next = values.begin();
    for (const std::uint32_t size : clusters) {
      double residual = 0.0;
      for (std::uint32_t i = 0; i < size; ++i) residual += success(*next++) - share;
      squares += residual * residual;
    }
    apart = n / std::max(1.0, squares / binomial);
  }
  // Whole up to the rounding of the sums: equal values in pairs are half as many.
  trials.trials = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(apart + 1e-6));
  trials.successes = share * static_cast<double>(trials.trials);
  return trials;
}
/// `flags` are 0 or 1, of consecutive replications.
[[nodiscard]] Trials trials_of(const std::vector<double>& flags, std::uint32_t cluster);
[[nodiscard]] Trials trials_of(const Samples& samples, std::size_t objective);

}  // namespace rollcast::experiment
