#pragma once
/// Conditional value at risk: the mean of the worst values.
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rollcast/stats/interval.hpp"

namespace rollcast::stats {

/// Mean of the largest `share` of the values of `sorted` (ascending); a value that the share cuts
/// counts with the part inside (Rockafellar and Uryasev, 2002). REQUIRES values, 0 < share <= 1.
[[nodiscard]] double mean_of_largest(std::span<const double> sorted, double share);

/// The same for values that come in clusters (mean.hpp): t, by the influence of each cluster on the
/// mean of the tail, which begins at `from` = the (1 - share)-quantile of the values. Absent below
/// five values in the tail, with fewer than two clusters, or when the tail is not finite.
[[nodiscard]] std::optional<Interval> clustered_tail_interval(std::span<const double> values,
                                                              std::span<const std::uint32_t> sizes,
                                                              double share, double from,
                                                              double confidence = kConfidence);

/// Bootstrap-t intervals of mean_of_largest for samples of one size. Which ranks a resample draws
/// does not depend on the values, so one object serves every metric of a run. The draws are keyed
/// by the size only: the same values always give the same interval.
class TailBootstrap {
 public:
  /// REQUIRES 0 < share <= 1. Draws at most 1,000 resamples, fewer (at least 200) when the tail has
  /// more than 10,000 values.
  TailBootstrap(std::uint64_t size, double share);

  /// Interval for `sorted`, of the size given above. Absent when the tail has fewer than five
  /// values or is not finite. A tail without spread gives an interval without width. From 50,000
  /// tail values on it is the normal interval, which the bootstrap's then equals.
  [[nodiscard]] std::optional<Interval> interval(std::span<const double> sorted,
                                                 double confidence = kConfidence) const;

 private:
  void draw();

  std::uint64_t size_;
  double share_;
  std::uint64_t whole_;  ///< values that are wholly in the tail
  std::uint64_t resamples_ = 0;
  std::vector<std::uint32_t> ranks_;  ///< whole_ + 1 ranks a resample, from the largest down
};

}  // namespace rollcast::stats
