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
  const double each = 1 - (1 - confidence) / 2;
  const Interval a = clopper_pearson(only_left, pairs, each);
  const Interval b = clopper_pearson(only_right, pairs, each);
  return {(only_left - only_right) / n, Interval{a.low - b.high, a.high - b.low}};
}

}  // namespace rollcast::stats
