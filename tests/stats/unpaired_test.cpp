#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <vector>

#include "rollcast/stats/unpaired.hpp"

using namespace rollcast::stats;

TEST_CASE("Newcombe's example: 56 of 70 against 48 of 80") {
  // Newcombe, Statistics in Medicine 17 (1998), 873-890, table II, method 10.
  const Difference difference = proportion_difference(56, 70, 48, 80);
  CHECK(difference.value == doctest::Approx(0.2));
  CHECK(difference.interval->low == doctest::Approx(0.0524).epsilon(0.001));
  CHECK(difference.interval->high == doctest::Approx(0.3339).epsilon(0.001));
}

TEST_CASE("Welch's interval, worked out by hand, and its coverage") {
  // Means 2 and 12, variances 1 and 100, three values each: s = 1/3, t = 100/3; freedom 2.04.
  const std::vector<double> left{1, 2, 3}, right{2, 12, 22};
  const Difference difference = mean_difference(estimate_mean(left), estimate_mean(right));
  CHECK(difference.value == doctest::Approx(-10));
  const double half = (difference.interval->high - difference.interval->low) / 2;
  CHECK(half / std::sqrt(101.0 / 3) == doctest::Approx(4.2317).epsilon(0.01));
  const std::vector<double> one{1}, twos(5, 2.0), threes(4, 3.0);
  CHECK(!mean_difference(estimate_mean(one), estimate_mean(right)).interval);
  CHECK(mean_difference(estimate_mean(twos), estimate_mean(threes)).interval->low == -1);
  std::mt19937_64 random(11);
  std::normal_distribution<double> narrow(0, 1), wide(3, 5);
  int covered = 0;
  for (int trial = 0; trial < 2000; ++trial) {
    std::vector<double> a(40), b(15);
    for (double& value : a) value = narrow(random);
    for (double& value : b) value = wide(random);
    const Interval interval = *mean_difference(estimate_mean(a), estimate_mean(b)).interval;
    covered += interval.low <= -3 && -3 <= interval.high ? 1 : 0;
  }
  // 4 standard deviations of 2,000 trials at 95 %.
  CHECK(std::abs(covered - 1900) < 4 * std::sqrt(2000 * 0.95 * 0.05));
}

TEST_CASE("a paired difference of proportions covers at least as often as it says") {
  CHECK(paired_proportion_difference(0, 0, 100).value == 0);
  CHECK(paired_proportion_difference(0, 0, 100).interval->low < -0.02);
  CHECK(paired_proportion_difference(30, 0, 100).interval->low > 0.15);
  std::mt19937_64 random(5);
  std::discrete_distribution<int> outcome({0.10, 0.04, 0.86});
  int covered = 0;
  for (int trial = 0; trial < 1000; ++trial) {
    std::uint64_t left = 0, right = 0;
    for (int pair = 0; pair < 200; ++pair) {
      const int drawn = outcome(random);
      left += drawn == 0 ? 1 : 0;
      right += drawn == 1 ? 1 : 0;
    }
    const Interval interval = *paired_proportion_difference(left, right, 200).interval;
    covered += interval.low <= 0.06 && 0.06 <= interval.high ? 1 : 0;
  }
  CHECK(covered >= 930);
  CHECK(covered <= 970);
  // The variance of the difference of two cells of a multinomial distribution.
  const Interval many = *paired_proportion_difference(14'600, 1'900, 100'000).interval;
  const double error = std::sqrt((0.146 + 0.019 - 0.127 * 0.127) / 100'000);
  CHECK(std::abs(many.half_width() / (1.959964 * error) - 1) < 0.001);
}
