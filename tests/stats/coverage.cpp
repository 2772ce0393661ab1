/// Of 1,000 intervals at 95 % at least 930 must cover, and at most 970 where the interval is not
/// conservative by construction. Were the true coverage 95 %, a count outside would have a
/// probability of 0.4 %; the seeds are fixed.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "coverage_table.hpp"
#include "random.hpp"
#include "rollcast/stats/mean.hpp"
#include "rollcast/stats/paired.hpp"
#include "rollcast/stats/proportion.hpp"
#include "rollcast/stats/quantile.hpp"
#include "rollcast/stats/tail.hpp"

namespace rollcast::stats {
namespace {

constexpr int kIntervals = 1'000;
constexpr int kLeast = 930;
constexpr int kMost = 970;

int covering(const std::function<bool()>& covers) {
  int count = 0;
  for (int i = 0; i < kIntervals; ++i) count += covers() ? 1 : 0;
  return count;
}

void check_coverage(const std::string& what, int count, bool conservative = false) {
  CAPTURE(what);
  CAPTURE(count);
  testing::note_coverage(what, count, conservative);
  CHECK(count >= kLeast);
  if (!conservative) CHECK(count <= kMost);
}

TEST_CASE("intervals of the mean of 100 uniform and of 1,000 exponential values cover") {
  testing::Random random(11);
  check_coverage("mean, t: 100 uniform values", covering([&] {
                   const auto values = testing::sample(100, [&] { return random.uniform(); });
                   return estimate_mean(values).interval->contains(0.5);
                 }));
  check_coverage("mean, t: 1,000 exponential values", covering([&] {
                   const auto values =
                       testing::sample(1'000, [&] { return random.exponential(1.0); });
                   return estimate_mean(values).interval->contains(1.0);
                 }));
}

TEST_CASE("an interval of the mean that is 2 % of the mean off does not cover") {
  testing::Random random(12);
  // 1,000 uniform values between 0.9 and 1.1: 2 % are 11 standard errors.
  const int count = covering([&] {
    const auto values = testing::sample(1'000, [&] { return 0.9 + 0.2 * random.uniform(); });
    return estimate_mean(values).interval->contains(1.02);
  });
  CHECK(count == 0);
}

TEST_CASE("intervals of a proportion cover") {
  testing::Random random(13);
  for (const double p : {0.03, 0.5, 0.95}) {
    CAPTURE(p);
    const auto successes = [&] {
      std::uint64_t count = 0;
      for (int i = 0; i < 1'000; ++i) count += random.uniform() < p ? 1 : 0;
      return count;
    };
    check_coverage("proportion " + std::to_string(p).substr(0, 4) + ", Wilson: 1,000 trials",
                   covering([&] { return wilson(successes(), 1'000).contains(p); }));
    check_coverage(
        "proportion " + std::to_string(p).substr(0, 4) + ", Clopper-Pearson: 1,000 trials",
        covering(
            [&] { return clopper_pearson(static_cast<double>(successes()), 1'000).contains(p); }),
        true);
  }
}

TEST_CASE("intervals of the 95 % quantile cover, also with half of the values beyond the horizon") {
  testing::Random random(14);
  for (const double p : {0.95, 0.4}) {
    const RankInterval ranks = quantile_ranks(1'000, p);
    const double truth = -std::log(1 - p);
    check_coverage(std::string(p < 0.5 ? "P40, half beyond the horizon" : "P95") +
                       ", order statistics: 1,000 exponential values",
                   covering([&] {
                     auto values = testing::sample(1'000, [&] {
                       const double value = random.exponential(1.0);
                       return p < 0.5 && value > std::log(2) ? HUGE_VAL : value;
                     });
                     std::sort(values.begin(), values.end());
                     const Interval interval = interval_at(values, ranks);
                     return interval.low <= truth && truth < interval.high;
                   }),
                   true);
  }
}

TEST_CASE("bootstrap intervals of the mean of the worst 5 % cover") {
  testing::Random random(15);
  for (const std::size_t size : {1'000u, 4'000u}) {
    CAPTURE(size);
    const TailBootstrap bootstrap(size, 0.05);
    const auto covers = [&](double truth, const std::function<double()>& draw) {
      return covering([&] {
        auto values = testing::sample(size, draw);
        std::sort(values.begin(), values.end());
        return bootstrap.interval(values)->contains(truth);
      });
    };
    // Uniform: 0.975. Exponential: 1 + ln 20.
    check_coverage(
        "CVaR of the worst 5 %, bootstrap-t: " + std::to_string(size) + " uniform values",
        covers(0.975, [&] { return random.uniform(); }));
    check_coverage(
        "CVaR of the worst 5 %, bootstrap-t: " + std::to_string(size) + " exponential values",
        covers(1 + std::log(20.0), [&] { return random.exponential(1.0); }));
  }
}

TEST_CASE("intervals of a difference, a ratio and a chance to win cover") {
  testing::Random random(16);
  std::vector<double> left(200), right(200);
  // left = shared + own, right = shared + own' + 0.2: left is smaller with Phi(0.2 / sqrt 2).
  const auto draw = [&] {
    for (std::size_t i = 0; i < left.size(); ++i) {
      const double shared = 10 + 3 * random.normal();
      left[i] = shared + random.normal();
      right[i] = shared + random.normal() + 0.2;
    }
  };
  const double chance = 0.5 * std::erfc(-0.2 / 2.0);
  check_coverage("paired difference, t: 200 pairs", covering([&] {
                   draw();
                   return paired_difference(left, right).interval->contains(-0.2);
                 }));
  check_coverage("ratio of means, Fieller: 200 pairs", covering([&] {
                   draw();
                   return ratio_of_means(left, right).interval->contains(10 / 10.2);
                 }));
  check_coverage("chance to be smaller, Clopper-Pearson: 200 pairs", covering([&] {
                   draw();
                   return probability_less(left, right).interval.contains(chance);
                 }),
                 true);
}

TEST_CASE("clustered intervals cover where naive ones do not") {
  testing::Random random(17);
  // Clusters of 0 to 9 values around a centre of their own; all values are normal with sd sqrt 2.
  std::vector<double> values;
  std::vector<std::uint32_t> sizes(300);
  const auto draw = [&] {
    values.clear();
    for (auto& size : sizes) {
      size = static_cast<std::uint32_t>(random.uniform() * 10);
      const double centre = random.normal();
      for (std::uint32_t i = 0; i < size; ++i) values.push_back(centre + random.normal());
    }
  };
  check_coverage("mean of 300 clusters, linearised ratio", covering([&] {
                   draw();
                   return estimate_clustered_mean(values, sizes).interval->contains(0.0);
                 }));
  CHECK(covering([&] {
          draw();
          return estimate_mean(values).interval->contains(0.0);
        }) < kLeast);
  const double truth = std::sqrt(2.0) * normal_quantile(0.9);
  check_coverage("P90 of 300 clusters, Woodruff", covering([&] {
                   draw();
                   std::vector<double> sorted = values;
                   std::sort(sorted.begin(), sorted.end());
                   const double estimate = sorted[quantile_rank(sorted.size(), 0.9) - 1];
                   const auto ranks = clustered_quantile_ranks(values, sizes, estimate, 0.9);
                   return interval_at(sorted, ranks).contains(truth);
                 }));
}

TEST_CASE("clustered intervals of the mean of the worst 5 % cover") {
  testing::Random random(18);
  std::vector<double> values(2'000);
  const std::vector<std::uint32_t> sizes(1'000, 2);
  check_coverage(
      "CVaR of 1,000 clusters of 2, influence", covering([&] {
        for (std::size_t i = 0; i < values.size(); i += 2) {
          values[i] = -std::log(random.uniform());
          values[i + 1] = random.uniform() < 0.5 ? values[i] : -std::log(random.uniform());
        }
        std::vector<double> sorted = values;
        std::sort(sorted.begin(), sorted.end());
        const double from = sorted[quantile_rank(sorted.size(), 0.95) - 1];
        return clustered_tail_interval(values, sizes, 0.05, from)->contains(1 + std::log(20.0));
      }));
}

}  // namespace
}  // namespace rollcast::stats
