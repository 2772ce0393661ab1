#pragma once
/// Two strategies under the same luck: values of the same replication belong together.
#include <cstdint>
#include <optional>
#include <span>

#include "rollcast/stats/interval.hpp"

namespace rollcast::stats {

/// Mean of left - right over the pairs.
struct PairedDifference {
  std::uint64_t count = 0;
  double mean = 0.0;
  std::optional<double> sd;
  std::optional<Interval> interval;      ///< paired t; absent below two pairs
  std::optional<double> variance_ratio;  ///< (Var left + Var right) / Var(left - right): how many
                                         ///< times fewer replications common luck needs; absent
                                         ///< when the difference does not vary
};
/// REQUIRES finite values, left.size() = right.size() here and below.
[[nodiscard]] PairedDifference paired_difference(std::span<const double> left,
                                                 std::span<const double> right,
                                                 double confidence = kConfidence);

struct RatioEstimate {
  double ratio = 0.0;
  std::optional<Interval> interval;  ///< Fieller's; absent below two pairs or when the mean of
                                     ///< `right` is not shown to differ from 0
};
/// mean(left) / mean(right). REQUIRES a mean of `right` other than 0.
[[nodiscard]] RatioEstimate ratio_of_means(std::span<const double> left,
                                           std::span<const double> right,
                                           double confidence = kConfidence);

struct ProbabilityLess {
  std::uint64_t count = 0;  ///< pairs in which both have a value
  double probability = 0.0;
  Interval interval{0.0, 1.0};  ///< Clopper-Pearson
  double equal = 0.0;           ///< share of ties
};
/// P(left < right) in the same replication; a tie is none. Infinite values sort behind all others
/// and tie with each other; pairs in which one is not a number are left out.
[[nodiscard]] ProbabilityLess probability_less(std::span<const double> left,
                                               std::span<const double> right,
                                               double confidence = kConfidence);

}  // namespace rollcast::stats
