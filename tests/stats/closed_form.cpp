#include <doctest/doctest.h>

#include <array>
#include <cmath>

#include "random.hpp"
#include "rollcast/stats/mean.hpp"
#include "rollcast/stats/paired.hpp"

namespace rollcast::stats {
namespace {

void check_near(double value, double expected, double tolerance) {
  CAPTURE(value);
  CAPTURE(expected);
  CHECK(std::abs(value - expected) <= tolerance);
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
