#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "rollcast/stats/mean.hpp"
#include "rollcast/stats/paired.hpp"
#include "rollcast/stats/proportion.hpp"
#include "rollcast/stats/quantile.hpp"
#include "rollcast/stats/tail.hpp"

namespace rollcast::stats {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST_CASE("a mean has no interval with one value, and no value at all with none") {
  CHECK(estimate_mean({}).count == 0);
  const std::vector<double> one{7.0};
  CHECK(estimate_mean(one).mean == 7.0);
  CHECK_FALSE(estimate_mean(one).sd);
  CHECK_FALSE(estimate_mean(one).interval);
  const std::vector<double> same(5, 0.1);
  CHECK(estimate_mean(same).mean == 0.1);
  CHECK(estimate_mean(same).interval->half_width() == 0.0);
}

TEST_CASE("a mean of large values keeps its small spread") {
  const std::vector<double> values{1e9 + 1, 1e9 + 2, 1e9 + 3};
  CHECK(estimate_mean(values).mean == 1e9 + 2);
  CHECK(*estimate_mean(values).sd == 1.0);
}

TEST_CASE("a quantile is the smallest value that the share does not exceed") {
  CHECK(quantile_rank(10, 0.5) == 5);
  CHECK(quantile_rank(11, 0.5) == 6);
  CHECK(quantile_rank(100, 0.07) == 7);
  CHECK(quantile_rank(20, 0.95) == 19);
  CHECK(quantile_rank(1, 0.05) == 1);
  CHECK(quantile_rank(10'000'000, 0.999) == 9'990'000);
}

TEST_CASE("too few values give no bound") {
  const RankInterval median_of_five = quantile_ranks(5, 0.5);
  CHECK(median_of_five.low == 0);
  CHECK(median_of_five.high == 6);
  const std::vector<double> sorted{1, 2, 3, 4, 5};
  CHECK(interval_at(sorted, median_of_five).low == -kInfinity);
  CHECK(interval_at(sorted, median_of_five).high == kInfinity);
  CHECK(quantile_ranks(1, 0.99).high == 2);
}

TEST_CASE(
    "one-sided ranks agree with Wilks: the largest of 59 bounds the 95 % quantile, of 58 not") {
  CHECK(quantile_at_most_rank(59, 0.95) == 59);
  CHECK(quantile_at_most_rank(58, 0.95) == 59);
  CHECK(quantile_at_least_rank(59, 0.05) == 1);
  CHECK(quantile_at_least_rank(58, 0.05) == 0);
}

TEST_CASE("the mean of the largest values counts a cut value in part") {
  const std::vector<double> sorted{1, 2, 3, 4};
  CHECK(mean_of_largest(sorted, 0.5) == 3.5);
  CHECK(mean_of_largest(sorted, 1.0) == doctest::Approx(2.5));
  // One and a half values: (4 + 3/2) / 1.5.
  CHECK(mean_of_largest(sorted, 0.375) == doctest::Approx(5.5 / 1.5));
  CHECK(mean_of_largest(std::vector<double>{1, kInfinity}, 0.05) == kInfinity);
  CHECK(mean_of_largest(std::vector<double>{3}, 0.05) == 3);
}

TEST_CASE("a tail bootstrap is the same every time and silent about tails it cannot judge") {
  std::vector<double> sorted;
  for (int i = 0; i < 1'000; ++i) sorted.push_back(i);
  const auto first = TailBootstrap(1'000, 0.05).interval(sorted);
  const auto again = TailBootstrap(1'000, 0.05).interval(sorted);
  REQUIRE(first);
  CHECK(first->low == again->low);
  CHECK(first->high == again->high);
  CHECK(first->contains(mean_of_largest(sorted, 0.05)));
  sorted.back() = kInfinity;
  CHECK_FALSE(TailBootstrap(1'000, 0.05).interval(sorted));
  CHECK_FALSE(TailBootstrap(20, 0.05).interval(std::vector<double>(20, 1.0)));
  CHECK(TailBootstrap(200, 0.05).interval(std::vector<double>(200, 1.0))->half_width() == 0.0);
}

TEST_CASE("a tail of which most values are equal has an interval near them") {
  // Of 400, the largest 16 are 60 and four lie below: a resample may have 60 only, and no spread.
  std::vector<double> values(400, 0.0);
  for (std::size_t i = 380; i < 384; ++i) values[i] = 10.0;
  for (std::size_t i = 384; i < 400; ++i) values[i] = 60.0;
  const auto interval = TailBootstrap(values.size(), 0.05).interval(values);
  REQUIRE(interval);
  CHECK(interval->contains(mean_of_largest(values, 0.05)));
  CHECK(interval->low > 0.0);
  CHECK(interval->high < 90.0);
}

TEST_CASE("bounds of a proportion close in on a decision") {
  CHECK(decide_at_least(59, 59, 0.95) == Decision::holds);
  CHECK(decide_at_least(58, 58, 0.95) == Decision::open);
  CHECK(decide_at_least(0, 10, 0.5) == Decision::fails);
  CHECK(decide_at_least(999, 1'000, 1.0) == Decision::fails);
  CHECK(decide_at_least(1'000, 1'000, 1.0) == Decision::open);
  CHECK(decide_at_least(0, 10, 0.0) == Decision::holds);
}

TEST_CASE("the trials that would decide do decide") {
  CHECK(trials_to_decide(20, 20, 0.95) == 59);
  CHECK(trials_to_decide(59, 59, 0.95) == 59);
  CHECK_FALSE(trials_to_decide(95, 100, 0.95));
  CHECK_FALSE(trials_to_decide(100, 100, 1.0));
  const auto needed = trials_to_decide(960, 1'000, 0.95);
  REQUIRE(needed);
  CHECK(*needed > 1'000);
  CHECK(decide_at_least(*needed * 96 / 100, *needed, 0.95) == Decision::holds);
}

TEST_CASE("pairs without a value are left out, pairs that never end tie") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> left{1, 2, kInfinity, kInfinity, nan};
  const std::vector<double> right{2, 2, kInfinity, 5, 1};
  const ProbabilityLess less = probability_less(left, right);
  CHECK(less.count == 4);
  CHECK(less.probability == 0.25);
  CHECK(less.equal == 0.5);
}

TEST_CASE("values of one cluster have no interval, however many clusters have none") {
  const std::vector<double> values{3, 4, 5};
  const std::vector<std::uint32_t> one{0, 3, 0, 0}, two{0, 2, 0, 1};
  CHECK_FALSE(estimate_clustered_mean(values, one).interval);
  const MeanEstimate estimate = estimate_clustered_mean(values, two);
  REQUIRE(estimate.interval);
  // Residuals of the clusters: -1 and 1; t with one degree of freedom.
  CHECK(estimate.interval->half_width() == doctest::Approx(12.7062 * 2 / 3).epsilon(1e-5));
  const RankInterval ranks = clustered_quantile_ranks(values, one, 4, 0.5);
  CHECK(ranks.low == 0);
  CHECK(ranks.high == values.size() + 1);
}

TEST_CASE("a ratio to a mean that may be zero has no interval") {
  const std::vector<double> left{1, 2, 3};
  CHECK_FALSE(ratio_of_means(left, std::vector<double>{-1, 1, 1}).interval);
  CHECK_FALSE(ratio_of_means(std::vector<double>{2, 4, 6}, left).interval);  // 2 ± 2.5
  const std::vector<double> steady{10, 11, 12};
  const RatioEstimate twice = ratio_of_means(std::vector<double>{20, 22, 24}, steady);
  CHECK(twice.ratio == 2.0);
  REQUIRE(twice.interval);
  CHECK(twice.interval->half_width() < 1e-6);
}

}  // namespace
}  // namespace rollcast::stats
