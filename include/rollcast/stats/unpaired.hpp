#pragma once
/// Differences of means and of proportions between two independent samples, and of proportions
/// between paired ones.
#include <cstdint>
#include <optional>

#include "rollcast/stats/interval.hpp"
#include "rollcast/stats/mean.hpp"

namespace rollcast::stats {

/// An estimate of a difference, left minus right.
struct Difference {
  double value = 0.0;
  std::optional<Interval> interval;
};

/// Of means, with Welch's t interval (unequal variances, Satterthwaite's degrees of freedom), of
/// clusters too; no interval where one side has none. REQUIRES at least one value on each side.
[[nodiscard]] Difference mean_difference(const MeanEstimate& left, const MeanEstimate& right,
                                         double confidence = kConfidence);

/// Of proportions: Newcombe's hybrid score interval (1998, method 10).
/// REQUIRES successes <= trials, trials > 0.
[[nodiscard]] Difference proportion_difference(double left_successes, std::uint64_t left_trials,
                                               double right_successes, std::uint64_t right_trials,
                                               double confidence = kConfidence);

/// Of proportions over the same `pairs`, `only_left` of which hold on the left alone and
/// `only_right` on the right alone: square-and-add of Wilson's intervals for both of these, which
/// are negatively correlated (MOVER; Tang, Poon, Tian, Statistics in Medicine 29, 2010).
/// REQUIRES only_left + only_right <= pairs, pairs > 0.
[[nodiscard]] Difference paired_proportion_difference(double only_left, double only_right,
                                                      std::uint64_t pairs,
                                                      double confidence = kConfidence);

}  // namespace rollcast::stats
