#include "rollcast/stats/quantile.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <limits>

#include "rollcast/base/assertion.hpp"

namespace rollcast::stats {
namespace {

using Binomial = boost::math::binomial_distribution<>;

Binomial count_below(std::uint64_t n, double p) {
  ROLLCAST_ASSERT(n > 0 && p > 0 && p < 1, "n {}, p {}", n, p);
  return Binomial(static_cast<double>(n), p);
}

/// P(B >= k).
double at_least(const Binomial& b, std::uint64_t k) {
  if (k == 0) return 1.0;
  if (static_cast<double>(k) > b.trials()) return 0.0;
  return boost::math::cdf(boost::math::complement(b, static_cast<double>(k - 1)));
}

/// P(B < k).
double below(const Binomial& b, std::uint64_t k) {
  if (k == 0) return 0.0;
  if (static_cast<double>(k) > b.trials()) return 1.0;
  return boost::math::cdf(b, static_cast<double>(k - 1));
}

/// Boost's integer quantile is a close start; the exact rank is found from there.
std::uint64_t start(const Binomial& b, double tail) {
  return static_cast<std::uint64_t>(boost::math::quantile(b, tail));
}

std::uint64_t largest_low(const Binomial& b, double tail) {
  std::uint64_t low = start(b, tail);
  const auto n = static_cast<std::uint64_t>(b.trials());
  while (low > 0 && below(b, low) > tail) --low;
  while (low < n && below(b, low + 1) <= tail) ++low;
  return low;
}

std::uint64_t smallest_high(const Binomial& b, double tail) {
  std::uint64_t high = start(b, 1.0 - tail) + 1;
  const auto n = static_cast<std::uint64_t>(b.trials());
  while (high <= n && at_least(b, high) > tail) ++high;
  while (high > 1 && at_least(b, high - 1) <= tail) --high;
  return high;
}

}  // namespace

std::uint64_t quantile_rank(std::uint64_t n, double p) {
  ROLLCAST_ASSERT(n > 0 && p >= 0 && p <= 1, "n {}, p {}", n, p);
  // 0.07 * 100 is a little more than 7 in binary; such a product must not jump to the next rank.
  const double product = static_cast<double>(n) * p;
  const double rank = std::ceil(product * (1 - 4 * std::numeric_limits<double>::epsilon()));
  return std::clamp<std::uint64_t>(static_cast<std::uint64_t>(rank), 1, n);
}

RankInterval quantile_ranks(std::uint64_t n, double p, double confidence) {
  const Binomial b = count_below(n, p);
  const double tail = (1.0 - confidence) / 2;
  RankInterval ranks{largest_low(b, tail), smallest_high(b, tail), 0.0};
  ranks.coverage = 1.0 - below(b, ranks.low) - at_least(b, ranks.high);
  return ranks;
}

std::uint64_t quantile_at_most_rank(std::uint64_t n, double p, double confidence) {
  return smallest_high(count_below(n, p), 1.0 - confidence);
}

std::uint64_t quantile_at_least_rank(std::uint64_t n, double p, double confidence) {
  return largest_low(count_below(n, p), 1.0 - confidence);
}

Interval interval_at(std::span<const double> sorted, const RankInterval& ranks) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  return {ranks.low == 0 ? -kInfinity : sorted[ranks.low - 1],
          ranks.high > sorted.size() ? kInfinity : sorted[ranks.high - 1]};
}

RankInterval clustered_quantile_ranks(std::span<const double> values,
                                      std::span<const std::uint32_t> sizes, double estimate,
                                      double p, double confidence) {
  const std::uint64_t n = values.size();
  RankInterval ranks{0, n + 1, confidence};
  if (n == 0 || sizes.size() < 2) return ranks;
  double squares = 0.0, clusters = 0.0;  // of those that have values
  std::size_t next = 0;
  for (const std::uint32_t size : sizes) {
    if (size > 0) ++clusters;
    double residual = 0.0;
    for (std::uint32_t i = 0; i < size; ++i)
      residual += (values[next++] <= estimate ? 1.0 : 0.0) - p;
    squares += residual * residual;
  }
  ROLLCAST_ASSERT(next == n, "{} of {} values in clusters", next, n);
  if (clusters < 2) return ranks;
  const double reach = student_t_quantile(clusters - 1, 1.0 - (1.0 - confidence) / 2) *
                       std::sqrt(squares * clusters / (clusters - 1));
  // Never narrower than independent values would have it.
  ranks = quantile_ranks(n, p, confidence);
  const double centre = static_cast<double>(n) * p;
  const double low = std::max(0.0, std::floor(centre - reach));
  const double high = std::min(static_cast<double>(n + 1), std::ceil(centre + reach) + 1);
  ranks.low = std::min(ranks.low, static_cast<std::uint64_t>(low));
  ranks.high = std::max(ranks.high, static_cast<std::uint64_t>(high));
  ranks.coverage = confidence;
  return ranks;
}

std::uint64_t wilks_sample_size(double content, double confidence, std::uint64_t order) {
  ROLLCAST_ASSERT(content > 0 && content < 1 && confidence > 0 && confidence < 1,
                  "content {}, confidence {}", content, confidence);
  std::uint64_t n = order + 1;
  while (at_least(Binomial(static_cast<double>(n), 1.0 - content), order + 1) < confidence) ++n;
  return n;
}

}  // namespace rollcast::stats
