#pragma once
/// Samples made small enough to draw: the same picture from 100 runs and from 100,000.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace rollcast::report {

/// A smoothed histogram over equal steps of the logarithm of the value. Heights are relative to the
/// highest.
struct Density {
  double from = 0.0, to = 0.0;  ///< ends of the range, both positive
  std::vector<double>
      heights;  ///< empty when there are too few different values to speak of a shape
};

/// Counts values in two passes: first their range, then each in its bin.
class DensityBins {
 public:
  explicit DensityBins(std::size_t bins) { density_.heights.assign(bins, 0.0); }
  /// First pass.
  void measure(double value) {
    lowest_ = std::min(lowest_, value);
    largest_ = std::max(largest_, value);
    ++count_;
  }
  /// False: there are too few different values to speak of a shape.
  [[nodiscard]] bool begin();
  /// Second pass.
  void count(double value);
  [[nodiscard]] Density smoothed() &&;

 private:
  Density density_;
  double lowest_ = INFINITY, largest_ = 0.0;
  std::size_t count_ = 0;
  double low_ = 0.0, margin_ = 0.0, step_ = 0.0;
};

/// Of the finite positive ones among what `value_of` makes of `items`, in any order; the tallest
/// bin has height 1, and the area tells nothing.
template <class Items, class ValueOf = std::identity>
[[nodiscard]] Density density_of(const Items& items, std::size_t bins, ValueOf value_of = {}) {
  const auto counts = [](double value) { return value > 0.0 && !std::isinf(value); };
  DensityBins density(bins);
  for (const auto& item : items)
    if (const double value = value_of(item); counts(value)) density.measure(value);
  if (!density.begin()) return {};
  for (const auto& item : items)
    if (const double value = value_of(item); counts(value)) density.count(value);
  return std::move(density).smoothed();
}

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
