/// Elementary effects of functions whose effects are known.
#include "rollcast/stats/screening.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <set>

#include "random.hpp"

namespace rollcast::stats {
namespace {

using Function = std::function<double(const std::vector<double>&)>;
using Noise = std::function<double()>;

std::vector<std::vector<std::vector<double>>> effects_of(const MorrisDesign& design,
                                                         std::size_t runs, const Function& function,
                                                         const Noise& noise) {
  std::vector<std::vector<std::vector<double>>> effects(
      design.inputs(), std::vector<std::vector<double>>(design.ways()));
  for (std::size_t way = 0; way < design.ways(); ++way)
    for (std::size_t step = 0; step < design.inputs(); ++step) {
      const auto [input, by] = design.move(way, step);
      const double change = function(design.at(way, step + 1)) - function(design.at(way, step));
      for (std::size_t run = 0; run < runs; ++run)
        effects[input][way].push_back((change + noise()) / by);
    }
  return effects;
}

const Noise kNone = [] { return 0.0; };

TEST_CASE("a linear function has its coefficients as effects, without any spread") {
  // Case S03 of the closed-form answers: 4 x1 + 2 x2 + x3 + 0 x4.
  const MorrisDesign design(4, 20, 1);
  const auto linear = [](const std::vector<double>& x) { return 4 * x[0] + 2 * x[1] + x[2]; };
  const auto effects = effects_of(design, 2, linear, kNone);
  const double expected[] = {4, 2, 1, 0};
  for (std::size_t j = 0; j < 4; ++j) {
    const auto one = elementary_effects(effects[j]);
    REQUIRE(one.has_value());
    CHECK(one->mean_size.value == doctest::Approx(expected[j]));
    CHECK(one->mean.value == doctest::Approx(expected[j]));
    CHECK(std::abs(one->spread.value) < 1e-12);
    CHECK(one->luck == 0.0);
    CHECK(one->mean_size.interval.low == doctest::Approx(expected[j]));
  }
}

TEST_CASE("effects that take both signs have a size, no mean, and a spread") {
  // (x1 - 1/2) (x2 - 1/2): the effect of x1 is x2 - 1/2, that is -3/8, -1/8, 1/8 or 3/8 equally
  // likely: mean 0, mean size 1/4, deviation sqrt(5) / 8. 2,000 ways, four standard errors.
  const MorrisDesign design(2, 2'000, 3);
  const auto product = [](const std::vector<double>& x) { return (x[0] - 0.5) * (x[1] - 0.5); };
  const auto one = elementary_effects(effects_of(design, 2, product, kNone)[0]);
  REQUIRE(one.has_value());
  const double deviation = std::sqrt(5.0) / 8;
  CHECK(std::abs(one->mean.value) < 4 * deviation / std::sqrt(2'000));
  CHECK(std::abs(one->mean_size.value - 0.25) < 4 * 0.125 / std::sqrt(2'000));
  CHECK(std::abs(one->spread.value - deviation) < 0.01);
  CHECK(one->mean_size.interval.contains(0.25));
  CHECK(one->luck == 0.0);
}

TEST_CASE("what luck does to an effect is told apart from what the input does") {
  // Runs differ by noise of deviation 0.3 on the difference, 0.6 on the effect; 25 runs a point.
  const MorrisDesign design(1, 1'000, 5);
  testing::Random random(7);
  const auto one = elementary_effects(effects_of(
      design, 25, [](const std::vector<double>& x) { return 2 * x[0]; },
      [&] { return 0.3 * random.normal(); })[0]);
  REQUIRE(one.has_value());
  CHECK(std::abs(one->mean.value - 2) < 4 * 0.12 / std::sqrt(1'000));
  CHECK(std::abs(one->luck - 0.12) < 0.003);
  CHECK(std::abs(one->spread.value - one->luck) < 0.015);  // a linear input adds nothing to it
}

TEST_CASE("bootstrap intervals of the mean cover as often as they say") {
  // Effects are x2 - 1/2 as above, 40 ways: percentile intervals of a mean at n = 40 cover about
  // 94 %. 400 designs: between 91 % and 98 % with confidence 99.9 %.
  int covered = 0;
  for (std::uint64_t key = 0; key < 400; ++key) {
    const MorrisDesign design(2, 40, key);
    const auto product = [](const std::vector<double>& x) { return (x[0] - 0.5) * (x[1] - 0.5); };
    const auto one = elementary_effects(effects_of(design, 2, product, kNone)[0]);
    covered += one->mean.interval.contains(0.0) ? 1 : 0;
  }
  CAPTURE(covered);
  CHECK(covered >= 364);
  CHECK(covered <= 394);
}

TEST_CASE("a way moves every input once, half the range, and stays inside") {
  const MorrisDesign design(5, 50, 11);
  for (std::size_t way = 0; way < design.ways(); ++way) {
    std::set<std::size_t> moved;
    for (std::size_t step = 0; step < design.inputs(); ++step) {
      const auto before = design.at(way, step), after = design.at(way, step + 1);
      const auto [input, by] = design.move(way, step);
      CHECK(std::abs(by) == 0.5);
      for (std::size_t j = 0; j < 5; ++j) {
        CHECK(after[j] - before[j] == (j == input ? by : 0.0));
        CHECK(after[j] > 0);
        CHECK(after[j] < 1);
      }
      moved.insert(input);
    }
    CHECK(moved.size() == 5);
  }
}

TEST_CASE("runs that did not finish leave no effect") {
  CHECK_FALSE(elementary_effects({{1.0, 2.0}, {1.0, INFINITY}}).has_value());
}

}  // namespace
}  // namespace rollcast::stats
