#include "rollcast/stats/unpaired.hpp"

#include <cmath>

#include "rollcast/base/assertion.hpp"
#include "rollcast/stats/proportion.hpp"

namespace rollcast::stats {

Difference mean_difference(const MeanEstimate& left, const MeanEstimate& right, double confidence) {
  ROLLCAST_ASSERT(left.count > 0 && right.count > 0, "{} against {} values", left.count,
                  right.count);
  Difference result{left.mean - right.mean, std::nullopt};
  if (!left.error || !right.error) return result;
  const double s = *left.error * *left.error, t = *right.error * *right.error;
  if (s + t <= 0) {
    result.interval = Interval{result.value, result.value};
    return result;
  }
  const double freedom = (s + t) * (s + t) / (s * s / left.freedom + t * t / right.freedom);
  const double half = student_t_quantile(freedom, 1 - (1 - confidence) / 2) * std::sqrt(s + t);
  result.interval = Interval{result.value - half, result.value + half};
  return result;
}

Difference proportion_difference(double left_successes, std::uint64_t left_trials,
                                 double right_successes, std::uint64_t right_trials,
                                 double confidence) {
  const Interval a = wilson(left_successes, left_trials, confidence);
  const Interval b = wilson(right_successes, right_trials, confidence);
  const double p = left_successes / static_cast<double>(left_trials);
  const double q = right_successes / static_cast<double>(right_trials);
  return {p - q, Interval{p - q - std::hypot(p - a.low, b.high - q),
                          p - q + std::hypot(a.high - p, q - b.low)}};
}

Difference paired_proportion_difference(double only_left, double only_right, std::uint64_t pairs,
                                        double confidence) {
  const double n = static_cast<double>(pairs);
  ROLLCAST_ASSERT(pairs > 0 && only_left + only_right <= n * (1 + 1e-9), "{} and {} of {}",
                  only_left, only_right, pairs);
  const double p = std::min(1.0, only_left / n), q = std::min(1.0 - p, only_right / n);
  const Interval a = wilson(p * n, pairs, confidence), b = wilson(q * n, pairs, confidence);
  // No pair holds on the left alone and on the right alone.
  const double spread = (1 - p) * (1 - q);
  const double correlation = spread > 0 ? -std::sqrt(p * q / spread) : 0.0;
  const auto reach = [&](double left, double right) {
    return std::sqrt(left * left - 2 * correlation * left * right + right * right);
  };
  return {p - q,
          Interval{p - q - reach(p - a.low, b.high - q), p - q + reach(a.high - p, q - b.low)}};
}

}  // namespace rollcast::stats
