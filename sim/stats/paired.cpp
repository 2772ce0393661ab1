#include "rollcast/stats/paired.hpp"

#include <cmath>
#include <vector>

#include "rollcast/base/assertion.hpp"
#include "rollcast/stats/mean.hpp"
#include "rollcast/stats/proportion.hpp"

namespace rollcast::stats {
namespace {

void check(std::span<const double> left, std::span<const double> right) {
  ROLLCAST_ASSERT(left.size() == right.size(), "{} against {} values", left.size(), right.size());
}

double squared(double value) {
  return value * value;
}

}  // namespace

PairedDifference paired_difference(std::span<const double> left, std::span<const double> right,
                                   double confidence) {
  check(left, right);
  std::vector<double> differences(left.size());
  for (std::size_t i = 0; i < left.size(); ++i) differences[i] = left[i] - right[i];
  const MeanEstimate mean = estimate_mean(differences, confidence);
  PairedDifference result{mean.count, mean.mean, mean.sd, mean.interval, std::nullopt};
  if (mean.sd && *mean.sd > 0) {
    const double apart = squared(*estimate_mean(left).sd) + squared(*estimate_mean(right).sd);
    result.variance_ratio = apart / squared(*mean.sd);
  }
  return result;
}

RatioEstimate ratio_of_means(std::span<const double> left, std::span<const double> right,
                             double confidence) {
  check(left, right);
  const MeanEstimate a = estimate_mean(left);
  const MeanEstimate b = estimate_mean(right);
  ROLLCAST_ASSERT(b.mean != 0, "ratio to a mean of {}", b.mean);
  RatioEstimate result{a.mean / b.mean, std::nullopt};
  if (left.size() < 2) return result;
  const double n = static_cast<double>(left.size());
  double together = 0.0;
  for (std::size_t i = 0; i < left.size(); ++i)
    together += (left[i] - a.mean) * (right[i] - b.mean);
  const double t = student_t_quantile(n - 1, 1.0 - (1.0 - confidence) / 2);
  // Fieller: all ratios r for which mean(left - r right) is within t standard errors of 0.
  const double scale = t * t / n;
  const double square = b.mean * b.mean - scale * squared(*b.sd);
  if (square <= 0) return result;
  const double linear = a.mean * b.mean - scale * together / (n - 1);
  const double constant = a.mean * a.mean - scale * squared(*a.sd);
  const double root = std::sqrt(std::max(0.0, linear * linear - square * constant));
  result.interval = Interval{(linear - root) / square, (linear + root) / square};
  return result;
}

ProbabilityLess probability_less(std::span<const double> left, std::span<const double> right,
                                 double confidence) {
  check(left, right);
  ProbabilityLess result;
  double wins = 0.0, ties = 0.0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (std::isnan(left[i]) || std::isnan(right[i])) continue;
    ++result.count;
    if (left[i] < right[i]) wins += 1.0;
    if (left[i] == right[i]) ties += 1.0;
  }
  if (result.count == 0) return result;
  result.probability = wins / static_cast<double>(result.count);
  result.interval = clopper_pearson(wins, result.count, confidence);
  result.equal = ties / static_cast<double>(result.count);
  return result;
}

}  // namespace rollcast::stats
