#pragma once
/// Differences of means and of proportions between two independent samples, and of proportions
/// between paired ones.
#include <cstdint>
#include <optional>
#include <span>

#include "rollcast/stats/interval.hpp"

namespace rollcast::stats {

/// An estimate of a difference, left minus right.
struct Difference {
  double value = 0.0;
  std::optional<Interval> interval;
};

/// Of means, with Welch's t interval (unequal variances, Satterthwaite's degrees of freedom); no
/// interval below two values on either side. REQUIRES finite values, at least one on each side.
[[nodiscard]] Difference mean_difference(std::span<const double> left,
                                         std::span<const double> right,
                                         double confidence = kConfidence);

/// Of proportions: Newcombe's hybrid score interval (1998, method 10).
/// REQUIRES successes <= trials, trials > 0.
[[nodiscard]] Difference proportion_difference(std::uint64_t left_successes,
                                               std::uint64_t left_trials,
                                               std::uint64_t right_successes,
                                               std::uint64_t right_trials,
                                               double confidence = kConfidence);

/// Of proportions over the same `pairs`, `only_left` of which hold on the left alone and
/// `only_right` on the right alone: from exact intervals for both of these, each with half of the
/// permitted error, so it covers with at least the stated confidence.
/// REQUIRES only_left + only_right <= pairs, pairs > 0.
[[nodiscard]] Difference paired_proportion_difference(std::uint64_t only_left,
                                                      std::uint64_t only_right, std::uint64_t pairs,
                                                      double confidence = kConfidence);

}  // namespace rollcast::stats
