#include "rollcast/stats/unpaired.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "rollcast/base/assertion.hpp"
#include "rollcast/stats/mean.hpp"
#include "rollcast/stats/proportion.hpp"

namespace rollcast::stats {

Difference mean_difference(std::span<const double> left, std::span<const double> right,
                           double confidence) {
  ROLLCAST_ASSERT(!left.empty() && !right.empty(), "{} against {} values", left.size(),
                  right.size());
  const MeanEstimate a = estimate_mean(left), b = estimate_mean(right);
  Difference result{a.mean - b.mean, std::nullopt};
  if (!a.sd || !b.sd) return result;
  const double n = static_cast<double>(a.count), m = static_cast<double>(b.count);
  const double s = *a.sd * *a.sd / n, t = *b.sd * *b.sd / m;
  if (s + t <= 0) {
    result.interval = Interval{result.value, result.value};
    return result;
  }
  const double freedom = (s + t) * (s + t) / (s * s / (n - 1) + t * t / (m - 1));
  const boost::math::students_t_distribution<> student(freedom);
  const double half =
      boost::math::quantile(boost::math::complement(student, (1 - confidence) / 2)) *
      std::sqrt(s + t);
  result.interval = Interval{result.value - half, result.value + half};
  return result;
}

Difference proportion_difference(std::uint64_t left_successes, std::uint64_t left_trials,
                                 std::uint64_t right_successes, std::uint64_t right_trials,
                                 double confidence) {
  const Interval a = wilson(left_successes, left_trials, confidence);
  const Interval b = wilson(right_successes, right_trials, confidence);
  const double p = static_cast<double>(left_successes) / static_cast<double>(left_trials);
  const double q = static_cast<double>(right_successes) / static_cast<double>(right_trials);
  return {p - q, Interval{p - q - std::hypot(p - a.low, b.high - q),
                          p - q + std::hypot(a.high - p, q - b.low)}};
}

Difference paired_proportion_difference(std::uint64_t only_left, std::uint64_t only_right,
                                        std::uint64_t pairs, double confidence) {
  ROLLCAST_ASSERT(pairs > 0 && only_left + only_right <= pairs, "{} and {} of {}", only_left,
                  only_right, pairs);
  const double each = 1 - (1 - confidence) / 2;
  const Interval a = clopper_pearson(static_cast<double>(only_left), pairs, each);
  const Interval b = clopper_pearson(static_cast<double>(only_right), pairs, each);
  const double n = static_cast<double>(pairs);
  return {(static_cast<double>(only_left) - static_cast<double>(only_right)) / n,
          Interval{a.low - b.high, a.high - b.low}};
}

}  // namespace rollcast::stats
