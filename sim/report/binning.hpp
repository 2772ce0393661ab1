#pragma once
/// Samples made small enough to draw: the same picture from 100 runs and from 100,000.
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace rollcast::report {

/// A smoothed histogram over equal steps of the logarithm of the value. Heights are relative to the
/// highest.
struct Density {
  double from = 0.0, to = 0.0;  ///< ends of the range, both positive
  std::vector<double>
      heights;  ///< empty when there are too few different values to speak of a shape
};

/// Of the finite positive ones among `values`, in any order; the tallest bin has height 1, and the
/// area tells nothing.
[[nodiscard]] Density density_of(std::span<const double> values, std::size_t bins);

/// Ascending, without values that are not numbers; infinity ("not reached") stays, at the end.
[[nodiscard]] std::vector<double> sorted_values(std::span<const double> values);

/// Share of the values that are at most `limit`.
[[nodiscard]] double share_at_most(std::span<const double> sorted, double limit);
/// Share of the values that are at least `limit`.
[[nodiscard]] double share_at_least(std::span<const double> sorted, double limit);

/// The p-quantiles by the rank that all quantiles here have (stats/quantile.hpp), none where one is
/// not reached; in linear time. `levels` ascending.
[[nodiscard]] std::vector<std::optional<double>> quantiles_at(std::vector<double> values,
                                                              std::span<const double> levels);

/// Times at which several samples' S-curves are read off: `points` quantiles of each sample and as
/// many even steps of the logarithm over all (the sides of a step where all values are equal), plus
/// `extra`; ascending, each once.
[[nodiscard]] std::vector<double> curve_times(const std::vector<std::vector<double>>& sorted,
                                              std::size_t points, const std::vector<double>& extra);

/// Whole numbers from 1 to `last`, ever sparser: all of them up to about 30.
[[nodiscard]] std::vector<double> sparse_counts(double last, std::size_t points);

}  // namespace rollcast::report
