/// V01: the mean of e^U by four ways. Truths in closed form; Monte Carlo within four standard
/// errors.
#include <doctest/doctest.h>

#include <cmath>

#include "random.hpp"
#include "rollcast/stats/control.hpp"
#include "rollcast/stats/mean.hpp"

namespace rollcast::stats {
namespace {

constexpr double kMean = 1.718281828459045;
constexpr double kCrude = 0.24203560745276537;
constexpr std::size_t kDraws = 100'000;

double variance_of(const std::vector<double>& values) {
  return std::pow(*estimate_mean(values).sd, 2);
}

/// The sample variance of n values has a standard deviation of at most `bound` variances / sqrt(n)
/// here.
void check_variance(const std::vector<double>& values, double expected, double bound) {
  const double tolerance = 4 * bound * expected / std::sqrt(static_cast<double>(values.size()));
  CAPTURE(variance_of(values));
  CHECK(std::abs(variance_of(values) - expected) < tolerance);
  const double error = std::sqrt(expected / static_cast<double>(values.size()));
  CHECK(std::abs(estimate_mean(values).mean - kMean) < 4 * error);
}

TEST_CASE("V01: crude and antithetic estimates vary as they must") {
  testing::Random random(1);
  std::vector<double> crude, pairs;
  for (std::size_t i = 0; i < kDraws; ++i) {
    const double u = random.uniform();
    crude.push_back(std::exp(u));
    pairs.push_back((std::exp(u) + std::exp(1 - u)) / 2);
  }
  check_variance(crude, kCrude, 1.0);
  check_variance(pairs, 0.003912496949625418, 1.1);
  CHECK(1 - variance_of(pairs) / (kCrude / 2) == doctest::Approx(0.9676700714345184).epsilon(1e-3));
}

TEST_CASE("V01: the control variate U takes 98.4 % of the variance away") {
  testing::Random random(2);
  const auto uniforms = testing::sample(kDraws, [&] { return random.uniform(); });
  std::vector<double> values;
  for (const double u : uniforms) values.push_back(std::exp(u));
  const ControlledMean controlled = control_variate(values, uniforms, 0.5);
  CHECK(std::abs(controlled.mean - kMean) < 4 * std::sqrt(0.003940222923628912 / kDraws));
  CHECK(controlled.sd * controlled.sd == doctest::Approx(0.003940222923628912).epsilon(0.02));
  CHECK(controlled.beta == doctest::Approx(1.6903090292457286).epsilon(0.002));
  CHECK(controlled.reduction == doctest::Approx(0.9837204824319171).epsilon(0.001));
  CHECK(controlled.interval->contains(controlled.mean));
}

TEST_CASE("V01: ten equal strata leave 1.1 % of the variance of a draw") {
  testing::Random random(3);
  double within = 0.0;
  for (int stratum = 0; stratum < 10; ++stratum) {
    const auto values =
        testing::sample(kDraws / 10, [&] { return std::exp((stratum + random.uniform()) / 10); });
    within += variance_of(values) / 10;
  }
  CHECK(within == doctest::Approx(0.002659447292252088).epsilon(0.02));
}

TEST_CASE("controlled intervals cover") {
  testing::Random random(4);
  int covered = 0;
  for (int i = 0; i < 1'000; ++i) {
    const auto uniforms = testing::sample(200, [&] { return random.uniform(); });
    std::vector<double> values;
    for (const double u : uniforms) values.push_back(std::exp(u) + 0.1 * random.normal());
    if (control_variate(values, uniforms, 0.5).interval->contains(kMean)) ++covered;
  }
  CAPTURE(covered);
  CHECK(covered >= 930);
  CHECK(covered <= 970);
}

}  // namespace
}  // namespace rollcast::stats
