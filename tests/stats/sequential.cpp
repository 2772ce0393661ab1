/// Rules that look at the data to decide when to stop keep the coverage of their intervals.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "coverage_table.hpp"
#include "random.hpp"
#include "rollcast/stats/mean.hpp"
#include "rollcast/stats/quantile.hpp"
#include "rollcast/stats/stopping.hpp"

namespace rollcast::stats {
namespace {

constexpr std::uint64_t kBlock = 100;

/// The interval at which a rule stops that looks as next_look() says, and where it thinks that the
/// values will do, until the interval is narrow enough.
Interval stopped(const std::function<double()>& draw, double relative,
                 const std::function<Interval(std::vector<double>&, double&)>& estimate) {
  std::vector<double> values;
  std::uint64_t planned = UINT64_MAX;
  for (;;) {
    const std::uint64_t look = std::min(next_look(values.size(), kBlock), planned);
    while (values.size() < look) values.push_back(draw());
    double center = 0.0;
    std::vector<double> copy = values;
    const Interval interval = estimate(copy, center);
    const double wanted = relative * std::abs(center);
    if (interval.half_width() <= wanted) return interval;
    planned = planned_values(look, values_for(look, interval.half_width(), wanted), kBlock);
  }
}

Interval of_mean(std::vector<double>& values, double& center) {
  const MeanEstimate mean = estimate_mean(values);
  center = mean.mean;
  return *mean.interval;
}

Interval of_p95(std::vector<double>& values, double& center) {
  std::sort(values.begin(), values.end());
  center = values[quantile_rank(values.size(), 0.95) - 1];
  return interval_at(values, quantile_ranks(values.size(), 0.95));
}

int covering(double truth, const std::function<Interval()>& interval) {
  int count = 0;
  for (int i = 0; i < 1'000; ++i) count += interval().contains(truth) ? 1 : 0;
  return count;
}

TEST_CASE("of 1,000 intervals at which a sequential rule stopped at least 930 cover") {
  testing::Random random(31);
  const auto exponential = [&] { return random.exponential(1.0); };
  const auto lognormal = [&] { return std::exp(0.7 * random.normal()); };
  for (const double width : {0.08, 0.05, 0.03}) {
    CAPTURE(width);
    const int means = covering(1.0, [&] { return stopped(exponential, width, of_mean); });
    CAPTURE(means);
    const std::string within = ", stopped at a relative half-width of " + std::to_string(width);
    testing::note_coverage("mean of exponential values" + within, means, false);
    CHECK(means >= 930);
    CHECK(means <= 970);
    const int tails = covering(std::log(20.0), [&] { return stopped(exponential, width, of_p95); });
    CAPTURE(tails);
    testing::note_coverage("P95 of exponential values" + within, tails, true);
    CHECK(tails >= 930);
  }
  const double p95 = std::exp(0.7 * 1.6448536269514722);
  const int skewed = covering(p95, [&] { return stopped(lognormal, 0.05, of_p95); });
  CAPTURE(skewed);
  testing::note_coverage("P95 of lognormal values, stopped at a relative half-width of 0.05",
                         skewed, true);
  CHECK(skewed >= 930);
}

TEST_CASE("a rule that looks after every value from the second on does not cover") {
  testing::Random random(32);
  const int count = covering(1.0, [&] {
    std::vector<double> values{random.exponential(1.0), random.exponential(1.0)};
    for (;;) {
      const MeanEstimate mean = estimate_mean(values);
      if (mean.interval->half_width() <= 0.3 * mean.mean || values.size() > 500)
        return *mean.interval;
      values.push_back(random.exponential(1.0));
    }
  });
  CAPTURE(count);
  CHECK(count < 930);
}

TEST_CASE("looks are whole blocks, half as many apart, and never stand still") {
  CHECK(next_look(0, 100) == 500);
  CHECK(next_look(500, 100) == 800);
  CHECK(next_look(800, 100) == 1'200);
  CHECK(next_look(10'000, 100) == 15'000);
  CHECK(next_look(3, 1) == 500);
  CHECK(next_look(0, 5'000) == 5'000);
  CHECK(values_for(1'000, 2.0, 1.0) == 4'000);
  CHECK(values_for(1'000, 1.0, 1.0) == 1'000);
  CHECK(values_for(1'000, HUGE_VAL, 1.0) == UINT64_MAX);
}

}  // namespace
}  // namespace rollcast::stats
