#pragma once
/// How much of the variance of a number each of its inputs causes.
#include <cstddef>
#include <optional>
#include <vector>

#include "rollcast/stats/interval.hpp"

namespace rollcast::stats {

/// Evaluations of a function of k independent inputs in Saltelli's design: rows A and B of
/// independent points, and for each input j the rows of A with input j taken from B.
struct SaltelliRows {
  std::vector<double> a, b;             ///< [row]
  std::vector<std::vector<double>> ab;  ///< [input][row]
};

/// An index with its bootstrap interval.
struct Index {
  double value = 0.0;
  Interval interval;
  std::size_t moved = 0;  ///< rows in which the input made a difference; of few nothing is known
};
struct SobolIndices {
  double variance = 0.0;
  /// Share of the variance that an input causes alone: E over B (f(AB_j) - f(A)) / V (Saltelli et
  /// al., Computer Physics Communications 181, 2010, table 2 b).
  std::vector<Index> first;
  /// Share that would vanish only if the input were known, with all that it does together with
  /// others: E (f(A) - f(AB_j))^2 / 2 V (Jansen 1999).
  std::vector<Index> total;
};

/// Nothing when the function does not vary or a value is not finite. Intervals: percentile
/// bootstrap over the rows (999 resamples), keyed by their number: equal rows give equal intervals.
/// Estimates are not cut to 0 and 1. REQUIRES rows of one size, at least two.
[[nodiscard]] std::optional<SobolIndices> sobol_indices(const SaltelliRows& rows,
                                                        double confidence = kConfidence);

}  // namespace rollcast::stats
