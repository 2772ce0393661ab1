#pragma once
/// Means with Student's t interval, of independent values and of values that come in clusters.
#include <cstdint>
#include <optional>
#include <span>

#include "rollcast/stats/interval.hpp"

namespace rollcast::stats {

struct MeanEstimate {
  std::uint64_t count = 0;
  double mean = 0.0;
  std::optional<double> sd;     ///< sample standard deviation; absent below two values
  std::optional<double> error;  ///< standard error of the mean; absent below two values (or
                                ///< clusters), as the interval
  double freedom = 0.0;         ///< degrees of freedom of `error`
  std::optional<Interval> interval;
};

/// Mean of finite, independent values, summed in their order (so the same values in the same order
/// give the same bits). The t interval is exact for normal values; for skewed ones it needs about
/// 100 values to cover what it promises. No values: count 0 and nothing else.
[[nodiscard]] MeanEstimate estimate_mean(std::span<const double> values,
                                         double confidence = kConfidence);

/// Mean of values that come in clusters: `sizes[i]` values of cluster i follow one another in
/// `values`; a cluster may be empty. Values of one cluster may depend on each other (incidents of
/// one replication do), clusters not. The mean is that of all values; the interval is that of a
/// ratio estimator (sum over count), linearised, with t on one degree of freedom
/// less than there are clusters with values (Cochran, Sampling Techniques, 6.3); values of one
/// cluster alone have no interval. REQUIRES sum of sizes = values.size().
[[nodiscard]] MeanEstimate estimate_clustered_mean(std::span<const double> values,
                                                   std::span<const std::uint32_t> sizes,
                                                   double confidence = kConfidence);

}  // namespace rollcast::stats
