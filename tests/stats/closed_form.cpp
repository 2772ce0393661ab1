#include <doctest/doctest.h>

#include <array>
#include <cmath>

#include "random.hpp"
#include "rollcast/stats/interval.hpp"
#include "rollcast/stats/mean.hpp"
#include "rollcast/stats/paired.hpp"
#include "rollcast/stats/proportion.hpp"
#include "rollcast/stats/quantile.hpp"

namespace rollcast::stats {
namespace {

constexpr double kTight = 1e-9;

void check_near(double value, double expected, double tolerance) {
  CAPTURE(value);
  CAPTURE(expected);
  CHECK(std::abs(value - expected) <= tolerance);
}

TEST_CASE("T01: order-statistic ranks of quantile intervals are the exact integers") {
  struct Case {
    std::uint64_t n;
    double p;
    std::uint64_t low, high;
    double coverage;
  };
  constexpr std::array<Case, 8> kCases{{{20, 0.5, 6, 15, 0.9586105346679688},
                                        {100, 0.5, 40, 61, 0.9647997997822951},
                                        {100, 0.9, 84, 96, 0.955690107191223},
                                        {1000, 0.5, 469, 532, 0.9537088026395019},
                                        {1000, 0.95, 936, 964, 0.9580952682226541},
                                        {1000, 0.99, 983, 997, 0.9760947634979771},
                                        {10000, 0.99, 9880, 9920, 0.9557546828065552},
                                        {10000, 0.999, 9983, 9997, 0.9754574618536163}}};
  for (const Case& c : kCases) {
    CAPTURE(c.n);
    CAPTURE(c.p);
    const RankInterval ranks = quantile_ranks(c.n, c.p);
    CHECK(ranks.low == c.low);
    CHECK(ranks.high == c.high);
    check_near(ranks.coverage, c.coverage, kTight);
  }
}

TEST_CASE("T02: sample sizes of Wilks's tolerance limits") {
  struct Case {
    double content, confidence;
    std::array<std::uint64_t, 3> sizes;
  };
  constexpr std::array<Case, 4> kCases{{{0.95, 0.95, {59, 93, 124}},
                                        {0.99, 0.95, {299, 473, 628}},
                                        {0.95, 0.99, {90, 130, 165}},
                                        {0.99, 0.99, {459, 662, 838}}}};
  for (const Case& c : kCases)
    for (std::uint64_t order = 0; order < 3; ++order)
      CHECK(wilks_sample_size(c.content, c.confidence, order) == c.sizes[order]);
}

TEST_CASE("T03: intervals of a proportion") {
  const auto check = [](Interval interval, double low, double high) {
    check_near(interval.low, low, kTight);
    check_near(interval.high, high, kTight);
  };
  check(clopper_pearson(0, 1000), 0.0, 0.003682083896865671);
  check(clopper_pearson(3, 100), 0.006229971538306397, 0.08517605297428002);
  check(clopper_pearson(50, 100), 0.39832112950330106, 0.6016788704966989);
  check(wilson(3, 100), 0.010254524024038925, 0.0845193642905276);
  check(wilson(0, 1000), 0.0, 0.0038267584855551234);
  check_near(proportion_at_most(0, 1000), 0.0029912495450953314, kTight);
}

TEST_CASE("T05: critical values") {
  check_near(student_t_quantile(9, 0.95), 1.8331129326536335, kTight);
  check_near(student_t_quantile(9, 0.975), 2.2621571627409915, kTight);
  check_near(student_t_quantile(29, 0.975), 2.045229642132703, kTight);
  check_near(student_t_quantile(99, 0.995), 2.6264054563851857, kTight);
  check_near(normal_quantile(0.975), 1.959963984540054, kTight);
  check_near(normal_quantile(0.999999), 4.753424308817087, kTight);
}

constexpr double kArrivalMean = 1.0;
constexpr double kServiceMean = 0.9;
constexpr int kCustomers = 25;

/// Expected average delay of the first 25 customers of an M/M/1 queue that starts empty, by
/// Spitzer's identity: E D(n+1) = sum over k <= n of E max(0, S(k) - A(k)) / k with Erlang sums.
double expected_delay() {
  const double finishes_first = kArrivalMean / (kArrivalMean + kServiceMean);
  double delay = 0.0;
  double average = 0.0;
  for (int k = 1; k < kCustomers; ++k) {
    // All k arrivals come before the k-th service ends, with j services done: k - j remain.
    double ways = std::pow(1.0 - finishes_first, k);
    double excess = 0.0;
    for (int j = 0; j < k; ++j) {
      excess += ways * (k - j) * kServiceMean;
      ways *= finishes_first * (k + j) / (j + 1.0);
    }
    delay += excess / k;
    average += delay / kCustomers;
  }
  return average;
}

double simulated_delay(testing::Random& random) {
  double delay = 0.0;
  double sum = 0.0;
  for (int customer = 1; customer < kCustomers; ++customer) {
    delay += random.exponential(kServiceMean) - random.exponential(kArrivalMean);
    delay = std::max(0.0, delay);
    sum += delay;
  }
  return sum / kCustomers;
}

TEST_CASE("T08: t intervals of few skewed values cover as little as Law and Kelton found") {
  struct Case {
    std::size_t n;
    double coverage, standard_error;
  };
  constexpr std::array<Case, 4> kCases{
      {{5, 0.8371, 0.0006}, {10, 0.8595, 0.0008}, {20, 0.8787, 0.001}, {40, 0.8868, 0.0014}}};
  constexpr int kExperiments = 10'000;
  const double truth = expected_delay();
  testing::Random random(8);
  for (const Case& c : kCases) {
    CAPTURE(c.n);
    int covered = 0;
    for (int experiment = 0; experiment < kExperiments; ++experiment) {
      const auto delays = testing::sample(c.n, [&] { return simulated_delay(random); });
      if (estimate_mean(delays, 0.90).interval->contains(truth)) ++covered;
    }
    const double own = std::sqrt(c.coverage * (1 - c.coverage) / kExperiments);
    check_near(static_cast<double>(covered) / kExperiments, c.coverage,
               4 * std::hypot(own, c.standard_error));
  }
}

TEST_CASE(
    "V02: with common random numbers the difference of two exponentials varies 13 times less") {
  constexpr std::size_t kReplications = 200'000;
  testing::Random random(2);
  std::vector<double> slow, fast;
  for (std::size_t i = 0; i < kReplications; ++i) {
    const double luck = random.uniform();
    slow.push_back(-3.0 * std::log(1 - luck));
    fast.push_back(-2.0 * std::log(1 - luck));
  }
  const PairedDifference difference = paired_difference(slow, fast);
  check_near(difference.mean, 1.0, 4 / std::sqrt(kReplications));
  // The difference is exponential with mean 1; its sample variance has variance 8/n.
  check_near(*difference.sd * *difference.sd, 1.0, 4 * std::sqrt(8.0 / kReplications));
  check_near(*difference.variance_ratio, 13.0, 1e-6);
}

}  // namespace
}  // namespace rollcast::stats
