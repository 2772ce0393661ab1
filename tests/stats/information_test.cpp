/// What it is worth to know, where the answer is known.
#include "rollcast/stats/information.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "random.hpp"

namespace rollcast::stats {
namespace {

constexpr std::size_t kRuns = 20'000;
constexpr std::array<std::size_t, 1> kFirst{0}, kSecond{1};
constexpr std::array<std::size_t, 2> kBoth{0, 1};

TEST_CASE("D01: a net benefit of N(10, 25²) is worth 5.761 to know, with luck on top or without") {
  for (const double luck : {0.0, 40.0}) {
    testing::Random random(17);
    InformedRuns runs;
    runs.losses.assign(2, {});
    runs.draws.assign(2, {});
    runs.levels.assign(2, {});
    for (std::size_t i = 0; i < kRuns; ++i) {
      const double u = random.uniform();
      const double benefit = 10 + 25 * normal_quantile(u);
      runs.draws[0].push_back(u);
      runs.draws[1].push_back(random.uniform());
      runs.losses[0].push_back(0.0);
      runs.losses[1].push_back(-benefit + luck * random.normal());
    }
    const auto worth = worth_of_knowing(runs, kFirst);
    REQUIRE(worth.has_value());
    CAPTURE(worth->value);
    constexpr double kTruth = 5.760970923686324;
    // 99.99 %: twice the half-width of 95 %.
    CHECK(std::abs(worth->value - kTruth) < 2 * worth->interval.half_width());
    CHECK(worth->interval.half_width() < 0.8);
    // What does not bear on it is worth nothing, and both together as much as the one.
    const auto nothing = worth_of_knowing(runs, kSecond);
    CHECK(std::abs(nothing->value) <= 2 * nothing->interval.half_width() + 1e-12);
    CHECK(nothing->value < 0.5);
    const auto both = worth_of_knowing(runs, kBoth);
    CHECK(std::abs(both->value - kTruth) < 2 * both->interval.half_width());
  }
}

TEST_CASE("each of two inputs is worth what its formula says, and both together as well") {
  // The second option costs 3 X + 10 Y more than the first, X and Y even choices of ±1, and luck.
  // To know X saves 3 in half of the runs, Y 10; both together the mean of 0, 0, 7 and 13.
  testing::Random random(18);
  InformedRuns runs;
  runs.losses.assign(2, {});
  runs.draws.assign(2, {});
  runs.levels.assign(2, {});
  for (std::size_t i = 0; i < kRuns; ++i) {
    const double x = random.uniform(), y = random.uniform();
    runs.draws[0].push_back(x);
    runs.draws[1].push_back(y);
    runs.levels[0].push_back(x < 0.5 ? 0 : 1);
    runs.levels[1].push_back(y < 0.5 ? 0 : 1);
    runs.losses[0].push_back(0.0);
    runs.losses[1].push_back((x < 0.5 ? -3 : 3) + (y < 0.5 ? -10 : 10) + 5 * random.normal());
  }
  const auto check = [&](std::span<const std::size_t> inputs, double truth) {
    const auto worth = worth_of_knowing(runs, inputs);
    REQUIRE(worth.has_value());
    CAPTURE(worth->value);
    CHECK(std::abs(worth->value - truth) < 2 * worth->interval.half_width());
  };
  check(kFirst, 1.5);
  check(kSecond, 5.0);
  check(kBoth, 5.0);
}

TEST_CASE("noise alone is worth nothing: no run values a rule that was fitted to it") {
  // Two options that differ by luck only, 300 runs: the smallest of fitted means would promise
  // 0.1 and more.
  double sum = 0.0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    testing::Random random(900 + seed);
    InformedRuns runs;
    runs.losses.assign(2, {});
    runs.draws.assign(1, {});
    runs.levels.assign(1, {});
    for (std::size_t i = 0; i < 300; ++i) {
      runs.draws[0].push_back(random.uniform());
      runs.losses[0].push_back(random.normal());
      runs.losses[1].push_back(random.normal());
    }
    sum += worth_of_knowing(runs, kFirst)->value / 200;
  }
  CHECK(std::abs(sum) < 0.03);
}

TEST_CASE("of few values each has its own best option, wherever its draws lie") {
  // Costs of 10, 20, … 50 by the value, or 28: the rule is the table, so nothing is lost by it.
  testing::Random random(19);
  InformedRuns runs;
  runs.losses.assign(2, {});
  runs.draws.assign(1, {});
  runs.levels.assign(1, {});
  double saved = 0.0;
  for (int i = 0; i < 1'000; ++i) {
    const double u = random.uniform();
    const auto level = static_cast<std::uint32_t>(5 * u);
    runs.draws[0].push_back(u);
    runs.levels[0].push_back(level);
    runs.losses[0].push_back(10.0 + 10 * level);
    runs.losses[1].push_back(28.0);
    saved += std::max(0.0, 28 - runs.losses[0].back()) / 1'000;
  }
  CHECK(worth_of_knowing(runs, kFirst)->value == doctest::Approx(saved));
}

TEST_CASE("one option, or a loss that was not reached, leaves nothing to be said") {
  InformedRuns runs;
  runs.losses.assign(1, std::vector<double>(200, 1.0));
  runs.draws.assign(1, std::vector<double>(200, 0.5));
  runs.levels.assign(1, {});
  CHECK_FALSE(worth_of_knowing(runs, kFirst).has_value());
  runs.losses.push_back(std::vector<double>(200, INFINITY));
  CHECK_FALSE(worth_of_knowing(runs, kFirst).has_value());
}

}  // namespace
}  // namespace rollcast::stats
