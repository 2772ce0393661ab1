#include "rollcast/stats/proportion.hpp"

#include <boost/math/distributions/beta.hpp>
#include <cmath>

#include "rollcast/base/assertion.hpp"

namespace rollcast::stats {
namespace {

void check(double successes, std::uint64_t trials) {
  ROLLCAST_ASSERT(trials > 0 && successes >= 0 && successes <= static_cast<double>(trials),
                  "{} of {}", successes, trials);
}

double lower_end(double successes, double trials, double tail) {
  if (successes <= 0) return 0.0;
  return boost::math::quantile(boost::math::beta_distribution<>(successes, trials - successes + 1),
                               tail);
}

double upper_end(double successes, double trials, double tail) {
  if (successes >= trials) return 1.0;
  return boost::math::quantile(boost::math::complement(
      boost::math::beta_distribution<>(successes + 1, trials - successes), tail));
}

std::uint64_t round_up_to_two_digits(std::uint64_t n) {
  std::uint64_t unit = 1;
  while (n / unit >= 100) unit *= 10;
  return (n + unit - 1) / unit * unit;
}

}  // namespace

Interval clopper_pearson(double successes, std::uint64_t trials, double confidence) {
  check(successes, trials);
  const double n = static_cast<double>(trials);
  const double tail = (1.0 - confidence) / 2;
  return {lower_end(successes, n, tail), upper_end(successes, n, tail)};
}

double proportion_at_least(double successes, std::uint64_t trials, double confidence) {
  check(successes, trials);
  return lower_end(successes, static_cast<double>(trials), 1.0 - confidence);
}

double proportion_at_most(double successes, std::uint64_t trials, double confidence) {
  check(successes, trials);
  return upper_end(successes, static_cast<double>(trials), 1.0 - confidence);
}

Interval wilson(double successes, std::uint64_t trials, double confidence) {
  check(successes, trials);
  const double z = normal_quantile(1.0 - (1.0 - confidence) / 2);
  const double n = static_cast<double>(trials);
  const double share = successes / n;
  const double centre = (share + z * z / (2 * n)) / (1 + z * z / n);
  const double reach =
      z * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n);
  return {successes == 0 ? 0.0 : centre - reach, successes == n ? 1.0 : centre + reach};
}

Decision decide_at_least(double successes, std::uint64_t trials, double required,
                         double confidence) {
  if (proportion_at_least(successes, trials, confidence) >= required) return Decision::holds;
  if (proportion_at_most(successes, trials, confidence) < required) return Decision::fails;
  return Decision::open;
}

std::optional<std::uint64_t> trials_to_decide(double successes, std::uint64_t trials,
                                              double required, double confidence) {
  check(successes, trials);
  constexpr std::uint64_t kMost = 1'000'000'000;
  const double share = successes / static_cast<double>(trials);
  // At the share exactly the bounds close in on it as trials grow, so what is decided stays
  // decided.
  const auto decided = [&](std::uint64_t n) {
    return decide_at_least(share * static_cast<double>(n), n, required, confidence) !=
           Decision::open;
  };
  if (decided(trials)) return trials;
  std::uint64_t open = trials;
  std::uint64_t enough = trials * 2;
  while (enough <= kMost && !decided(enough)) {
    open = enough;
    enough *= 2;
  }
  if (enough > kMost) return std::nullopt;
  while (enough - open > 1) {
    const std::uint64_t middle = open + (enough - open) / 2;
    (decided(middle) ? enough : open) = middle;
  }
  return round_up_to_two_digits(enough);
}

}  // namespace rollcast::stats
