#include "rollcast/stats/mean.hpp"

#include <cmath>
#include <numeric>

#include "rollcast/base/assertion.hpp"

namespace rollcast::stats {
namespace {

/// A second pass over the residuals takes back the rounding of the first.
double mean_of(std::span<const double> values) {
  const double n = static_cast<double>(values.size());
  const double first = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double residual = 0.0;
  for (const double value : values) residual += value - first;
  return first + residual / n;
}

double squares_about(std::span<const double> values, double centre) {
  double squares = 0.0;
  for (const double value : values) squares += (value - centre) * (value - centre);
  return squares;
}

void add_t_interval(MeanEstimate& estimate, double error, double freedom, double confidence) {
  estimate.error = error;
  estimate.freedom = freedom;
  const double reach =
      error == 0.0 ? 0.0 : student_t_quantile(freedom, 1.0 - (1.0 - confidence) / 2) * error;
  estimate.interval = Interval{estimate.mean - reach, estimate.mean + reach};
}

}  // namespace

MeanEstimate estimate_mean(std::span<const double> values, double confidence) {
  MeanEstimate estimate;
  estimate.count = values.size();
  if (values.empty()) return estimate;
  estimate.mean = mean_of(values);
  if (values.size() < 2) return estimate;
  const double n = static_cast<double>(values.size());
  estimate.sd = std::sqrt(squares_about(values, estimate.mean) / (n - 1));
  add_t_interval(estimate, *estimate.sd / std::sqrt(n), n - 1, confidence);
  return estimate;
}

MeanEstimate estimate_clustered_mean(std::span<const double> values,
                                     std::span<const std::uint32_t> sizes, double confidence) {
  MeanEstimate estimate = estimate_mean(values, confidence);
  estimate.interval.reset();
  estimate.error.reset();
  if (values.empty() || sizes.size() < 2) return estimate;
  double squares = 0.0, clusters = 0.0;  // of those that have values
  std::size_t next = 0;
  for (const std::uint32_t size : sizes) {
    if (size > 0) ++clusters;
    double residual = 0.0;
    ROLLCAST_ASSERT(next + size <= values.size(), "{} + {} of {}", next, size, values.size());
    for (std::uint32_t i = 0; i < size; ++i) residual += values[next++] - estimate.mean;
    squares += residual * residual;
  }
  ROLLCAST_ASSERT(next == values.size(), "{} of {} values in clusters", next, values.size());
  if (clusters < 2) return estimate;
  const double error =
      std::sqrt(squares * clusters / (clusters - 1)) / static_cast<double>(values.size());
  add_t_interval(estimate, error, clusters - 1, confidence);
  return estimate;
}

}  // namespace rollcast::stats
