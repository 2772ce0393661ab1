#pragma once
/// Distributions of whole numbers: how many of something there are.
///
/// Each is a table of its values with their probabilities, so that a draw is one inversion of one
/// number of the stream. The probabilities follow from ratios of neighbours (additions,
/// multiplications and divisions only): they are the same to the last bit on every machine. What is
/// left out at the ends has a probability below 2^-64 in all, which no draw of 53 bits can tell.
#include <cstdint>

#include "rollcast/random/distribution.hpp"

namespace rollcast::random {

/// In all of them `from` is the least value, `mean` the mean of the values (so `from` is part of
/// it): X - from is the textbook's count from 0 on, with mean - from. Refused in words: a mean that
/// is not above `from` or not finite, and counts of more than a million different values.

/// P(X = from + k) = m^k e^-m / k!, m = mean - from.
[[nodiscard]] Distribution::Result poisson(double mean, std::uint64_t from = 0);
/// P(X = from + k) = p (1 - p)^k, p = 1 / (1 + mean - from).
[[nodiscard]] Distribution::Result geometric(double mean, std::uint64_t from = 0);
/// Poisson whose mean varies like a gamma of this shape: variance m + m^2 / size with m = mean -
/// from. `size` above 0; 1 gives the geometric, and the larger it is, the nearer is the Poisson.
[[nodiscard]] Distribution::Result negative_binomial(double mean, double size,
                                                     std::uint64_t from = 0);
/// from + how many of `trials` come true, each with the chance (mean - from) / trials, which is at
/// most 1.
[[nodiscard]] Distribution::Result binomial(double mean, std::uint64_t trials,
                                            std::uint64_t from = 0);

}  // namespace rollcast::random
