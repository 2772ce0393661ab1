#pragma once
/// Estimates from the samples of one strategy, with intervals that know which values depend on each
/// other.
#include <cstdint>
#include <optional>
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
/// The clusters of so many replications in a row, `cluster` of which depend on each other; none
/// where they are independent.
[[nodiscard]] std::vector<std::uint32_t> clusters_of(std::size_t replications,
                                                     std::uint32_t cluster);

/// REQUIRES finite values, at least one.
[[nodiscard]] stats::MeanEstimate mean_of(const Values& values);
/// `sorted` are the values in ascending order, at least one; 0 < level < 100; `independent` are the
/// ranks that independent values would have (stats::quantile_ranks).
[[nodiscard]] QuantileEstimate quantile_of(const Values& values, const std::vector<double>& sorted,
                                           double level, const stats::RankInterval& independent);

/// Successes and trials of a proportion. Where trials depend on each other so that their sum varies
/// more than that of independent ones, both are scaled down to as many independent trials as would
/// vary alike; never up.
struct Trials {
  double successes = 0.0;
  std::uint64_t trials = 0;
};
[[nodiscard]] Trials independent_trials(const std::vector<double>& flags,
                                        const std::vector<std::uint32_t>& clusters);
[[nodiscard]] Trials trials_of(const Samples& samples, std::size_t objective);

}  // namespace rollcast::experiment
