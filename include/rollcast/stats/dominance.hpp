#pragma once
/// Whether one strategy is better for everybody: stochastic dominance of paired samples.
#include <span>

namespace rollcast::stats {

/// Smaller values are better. First order: whatever the limit, left stays below it at least as
/// often, so everybody who prefers less prefers left. Second order: the expected excess over any
/// limit is no larger, so everybody who prefers less and dislikes risk does.
struct Dominance {
  bool tested = false;  ///< false: too few pairs, or (second order) values that were not reached
  bool holds = false;
  double p_dominates = 1.0;  ///< of the data, were left to dominate right; small speaks against it
  double p_converse = 1.0;   ///< were right to dominate left
};

enum class Order { first, second };

/// Told to hold when the samples show it at every point, and the data speak against the converse
/// (p_converse <= `alpha`): a tail in which the other one is better is never talked away. Barrett
/// and Donald's bootstrap test (Econometrica 71, 2003) of the largest violation over a grid of at
/// most 200 points of the pooled sample, resampling pairs, so that common random numbers are
/// allowed for; `alpha` is the error of calling a strategy better when it is dominated or equal.
/// 200 resamples, keyed by the number of pairs only. Infinite values sort behind all others.
/// REQUIRES equal sizes, no value that is not a number. Tests need 100 pairs.
[[nodiscard]] Dominance dominance(std::span<const double> left, std::span<const double> right,
                                  Order order, double alpha = 0.05);

}  // namespace rollcast::stats
