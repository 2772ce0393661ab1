#include "binning.hpp"

#include <algorithm>
#include <boost/sort/spreadsort/float_sort.hpp>
#include <cmath>

#include "rollcast/stats/quantile.hpp"

namespace rollcast::report {
namespace {

/// Each bin shares with its neighbours; three passes are close to a Gaussian.
void smooth(std::vector<double>& heights) {
  for (int pass = 0; pass < 3; ++pass) {
    std::vector<double> next(heights.size());
    for (std::size_t i = 0; i < heights.size(); ++i) {
      const double before = i > 0 ? heights[i - 1] : 0.0;
      const double after = i + 1 < heights.size() ? heights[i + 1] : 0.0;
      next[i] = 0.25 * before + 0.5 * heights[i] + 0.25 * after;
    }
    heights.swap(next);
  }
}

std::span<const double> finite_positive(std::span<const double> sorted) {
  const auto begin = std::upper_bound(sorted.begin(), sorted.end(), 0.0);
  const auto end =
      std::find_if(begin, sorted.end(), [](double value) { return std::isinf(value); });
  return {begin, end};
}

}  // namespace

std::vector<double> sorted_values(std::span<const double> values) {
  std::vector<double> sorted;
  sorted.reserve(values.size());
  std::copy_if(values.begin(), values.end(), std::back_inserter(sorted),
               [](double value) { return !std::isnan(value); });
  boost::sort::spreadsort::float_sort(sorted.begin(), sorted.end());
  return sorted;
}

double share_at_most(std::span<const double> sorted, double limit) {
  if (sorted.empty()) return 0.0;
  const auto end = std::upper_bound(sorted.begin(), sorted.end(), limit);
  return static_cast<double>(end - sorted.begin()) / static_cast<double>(sorted.size());
}

double share_at_least(std::span<const double> sorted, double limit) {
  if (sorted.empty()) return 0.0;
  const auto begin = std::lower_bound(sorted.begin(), sorted.end(), limit);
  return static_cast<double>(sorted.end() - begin) / static_cast<double>(sorted.size());
}

std::vector<std::optional<double>> quantiles_at(std::vector<double> values,
                                                std::span<const double> levels) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  std::vector<std::optional<double>> quantiles(levels.size());
  auto begin = values.begin();  // what lies before it is already in its place
  for (std::size_t i = 0; i < levels.size() && !values.empty(); ++i) {
    const auto rank = static_cast<std::ptrdiff_t>(stats::quantile_rank(values.size(), levels[i]));
    const auto at = values.begin() + rank - 1;
    if (at >= begin) std::nth_element(begin, at, values.end());
    begin = std::max(begin, at + 1);
    if (std::isfinite(*at)) quantiles[i] = *at;
  }
  return quantiles;
}

bool DensityBins::begin() {
  constexpr std::size_t kFewest = 20;
  if (count_ < kFewest || !(largest_ > lowest_ * 1.000001)) return false;
  low_ = std::log(lowest_);
  const double width = std::log(largest_) - low_;
  const auto bins = static_cast<double>(density_.heights.size());
  margin_ = 3.0 * width / bins;  // for what smoothing spreads
  density_.from = std::exp(low_ - margin_);
  density_.to = std::exp(low_ + width + margin_);
  step_ = (width + 2 * margin_) / bins;
  return true;
}

void DensityBins::count(double value) {
  const auto bin = static_cast<std::size_t>((std::log(value) - low_ + margin_) / step_);
  density_.heights[std::min(bin, density_.heights.size() - 1)] += 1.0;
}

Density DensityBins::smoothed() && {
  smooth(density_.heights);
  const double highest = *std::max_element(density_.heights.begin(), density_.heights.end());
  for (double& height : density_.heights) height /= highest;
  return std::move(density_);
}

std::vector<double> curve_times(const std::vector<std::vector<double>>& sorted, std::size_t points,
                                const std::vector<double>& extra) {
  std::vector<double> times = extra;
  double low = INFINITY, high = 0.0;
  for (const std::vector<double>& sample : sorted) {
    const std::span<const double> values = finite_positive(sample);
    if (values.empty()) continue;
    low = std::min(low, values.front());
    high = std::max(high, values.back());
    const std::size_t steps = std::min(points, values.size());
    for (std::size_t i = 0; i < steps; ++i) {
      times.push_back(values[(values.size() - 1) * i / std::max<std::size_t>(1, steps - 1)]);
    }
  }
  if (low == high) {  // of equal values, or a single one: a step
    for (const double factor : {0.8, 0.999, 1.25}) times.push_back(low * factor);
  }
  for (std::size_t i = 0; low < high && i <= points; ++i) {
    times.push_back(low *
                    std::pow(high / low, static_cast<double>(i) / static_cast<double>(points)));
  }
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  return times;
}

std::vector<double> sparse_counts(double last, std::size_t points) {
  std::vector<double> counts;
  const double ratio = std::pow(std::max(last, 2.0), 1.0 / static_cast<double>(points));
  for (double count = 1.0; count <= last;
       count = std::max(count + 1.0, std::floor(count * ratio))) {
    counts.push_back(count);
  }
  return counts;
}

}  // namespace rollcast::report
