/// Histograms that merge exactly, points that spread evenly, and dominance.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "random.hpp"
#include "rollcast/stats/dominance.hpp"
#include "rollcast/stats/histogram.hpp"
#include "rollcast/stats/lowdiscrepancy.hpp"
#include "rollcast/stats/mean.hpp"
#include "rollcast/stats/quantile.hpp"
#include "rollcast/stats/tail.hpp"

namespace rollcast::stats {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST_CASE("a histogram knows every quantile within a thousandth, and the mean exactly") {
  testing::Random random(41);
  for (const double scale : {1e-9, 1.0, 3e4, 1e12}) {
    auto values = testing::sample(20'000, [&] { return scale * random.exponential(1.0); });
    for (std::size_t i = 0; i < values.size(); i += 3) values[i] = -values[i];
    Histogram histogram;
    for (const double value : values) histogram.add(value);
    std::sort(values.begin(), values.end());
    for (std::uint64_t rank = 1; rank <= values.size(); rank += 7) {
      const double exact = values[rank - 1];
      CHECK(std::abs(histogram.at_rank(rank) - exact) <= 0.000977 * std::abs(exact));
    }
    const MeanEstimate mean = estimate_mean(values);
    CHECK(histogram.mean() == doctest::Approx(mean.mean).epsilon(1e-11));
    CHECK(std::sqrt(histogram.variance()) == doctest::Approx(*mean.sd).epsilon(1e-4));
    CHECK(histogram.mean_of_largest(0.05) ==
          doctest::Approx(mean_of_largest(values, 0.05)).epsilon(1e-3));
  }
}

TEST_CASE("whole numbers, zero and values that were not reached stay what they are") {
  Histogram histogram;
  for (int i = 0; i <= 1'024; ++i) histogram.add(i);
  histogram.add(-0.0);
  histogram.add(kInfinity, 2);
  CHECK(histogram.count() == 1'028);
  CHECK(histogram.at_rank(1) == 0.0);
  CHECK_FALSE(std::signbit(histogram.at_rank(1)));
  for (int i = 1; i <= 1'024; ++i) CHECK(histogram.at_rank(static_cast<unsigned>(i) + 2) == i);
  CHECK(histogram.at_rank(1'027) == kInfinity);
  CHECK(histogram.mean() == kInfinity);
}

TEST_CASE("a histogram merged from parts, in any order, is the histogram of the whole") {
  testing::Random random(42);
  const auto values = testing::sample(9'000, [&] { return std::exp(3 * random.normal()); });
  Histogram whole;
  for (const double value : values) whole.add(value);
  for (const std::size_t parts : {1u, 3u, 7u}) {
    std::vector<Histogram> shares(parts);
    for (std::size_t i = 0; i < values.size(); ++i)
      shares[i * parts / values.size()].add(values[i]);
    Histogram merged;
    for (std::size_t i = parts; i-- > 0;) merged.merge(shares[i]);
    CHECK(merged == whole);
    CHECK(merged.mean() == whole.mean());
  }
}

TEST_CASE("scrambled Sobol' points are a net: every elementary box holds one point") {
  const ScrambledSobol net(2, 64);
  for (std::uint64_t key = 0; key < 20; ++key) {
    for (unsigned rows = 0; rows <= 6; ++rows) {
      std::vector<int> boxes(64, 0);
      for (std::size_t i = 0; i < 64; ++i) {
        const auto across = static_cast<std::size_t>(net.at(i, 0, key) * (1U << rows));
        const auto down = static_cast<std::size_t>(net.at(i, 1, key) * (64U >> rows));
        ++boxes[across * (64U >> rows) + down];
      }
      CHECK(*std::min_element(boxes.begin(), boxes.end()) == 1);
    }
  }
}

TEST_CASE("each scrambled point is uniform, and the means over scramblings estimate without bias") {
  const ScrambledSobol net(3, 32);
  double first = 0.0;
  double squares = 0.0;
  std::vector<double> means, crude;
  testing::Random random(43);
  constexpr std::uint64_t kScramblings = 2'000;
  const auto f = [](double x, double y, double z) { return std::exp(x + 0.5 * y) * (1 + z); };
  const double truth = (std::exp(1.0) - 1) * 2 * (std::exp(0.5) - 1) * 1.5;
  for (std::uint64_t key = 0; key < kScramblings; ++key) {
    first += net.at(0, 1, key) / kScramblings;
    squares += std::pow(net.at(0, 1, key), 2) / kScramblings;
    double even = 0.0, plain = 0.0;
    for (std::size_t i = 0; i < 32; ++i) {
      even += f(net.at(i, 0, key), net.at(i, 1, key), net.at(i, 2, key)) / 32;
      plain += f(random.uniform(), random.uniform(), random.uniform()) / 32;
    }
    means.push_back(even);
    crude.push_back(plain);
  }
  CHECK(std::abs(first - 0.5) < 4 * std::sqrt(1.0 / 12 / kScramblings));
  CHECK(std::abs(squares - 1.0 / 3) < 4 * std::sqrt(4.0 / 45 / kScramblings));
  const MeanEstimate even = estimate_mean(means);
  CHECK(std::abs(even.mean - truth) < 4 * *even.sd / std::sqrt(kScramblings));
  CHECK(*estimate_mean(crude).sd > 5 * *even.sd);
}

struct Pairs {
  std::vector<double> left, right;
};

Pairs pairs(std::size_t n, std::uint64_t seed, double shift, double stretch) {
  testing::Random random(seed);
  Pairs result;
  for (std::size_t i = 0; i < n; ++i) {
    const double shared = random.normal();
    result.left.push_back(100 + 5 * shared + random.normal());
    result.right.push_back(100 + shift + stretch * (5 * shared + random.normal()));
  }
  return result;
}

TEST_CASE(
    "a strategy that is always quicker dominates; one that is steadier does so in second order") {
  const Pairs quicker = pairs(1'000, 51, 3.0, 1.0);
  CHECK(dominance(quicker.left, quicker.right, Order::first).holds);
  CHECK(dominance(quicker.left, quicker.right, Order::second).holds);
  CHECK_FALSE(dominance(quicker.right, quicker.left, Order::first).holds);
  const Pairs steadier = pairs(1'000, 52, 0.0, 2.0);
  CHECK_FALSE(dominance(steadier.left, steadier.right, Order::first).holds);
  CHECK(dominance(steadier.left, steadier.right, Order::second).holds);
  CHECK_FALSE(dominance(steadier.right, steadier.left, Order::second).holds);
}

TEST_CASE(
    "dominance is told of equal strategies in at most 5 % of experiments, of few pairs never") {
  int told = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Pairs alike = pairs(300, 1'000 + seed, 0.0, 1.0);
    told += dominance(alike.left, alike.right, Order::first).holds ? 1 : 0;
  }
  CAPTURE(told);
  CHECK(told <= 18);  // 5 % of 200 and 2.6 standard deviations
  const Pairs few = pairs(99, 3, 50.0, 1.0);
  CHECK_FALSE(dominance(few.left, few.right, Order::first).tested);
}

TEST_CASE("what was not reached counts as worst in first order, and leaves second order untold") {
  Pairs made = pairs(500, 61, 2.0, 1.0);
  for (std::size_t i = 0; i < 200; ++i) made.right[i] = kInfinity;
  CHECK(dominance(made.left, made.right, Order::first).holds);
  CHECK_FALSE(dominance(made.left, made.right, Order::second).tested);
  const std::vector<double> same(200, 1.0);
  CHECK_FALSE(dominance(same, same, Order::first).holds);
}

TEST_CASE("a tail in which the other one is better is never talked away") {
  std::vector<double> left(300, 1.0), right(300, 2.0);
  CHECK(dominance(left, right, Order::first).holds);
  left[7] = 10.0;
  right[7] = 9.0;
  CHECK_FALSE(dominance(left, right, Order::first).holds);
}

}  // namespace
}  // namespace rollcast::stats
