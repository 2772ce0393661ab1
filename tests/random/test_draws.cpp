/// What is drawn follows what is promised: mean, variance and distribution function of samples
/// against the exact ones, and the proof that the check would notice a bias of 2 %.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "rollcast/random/distribution.hpp"

namespace rollcast::random::test {
namespace {

using D = Distribution;
constexpr int kDraws = 200'000;

std::vector<double> draws(const D& distribution, double factor = 1.0) {
  RandomStream random{{2026, purpose("draws")}};
  std::vector<double> all(kDraws);
  for (double& x : all) x = factor * distribution.sample(random);
  return all;
}

/// Within four standard errors (confidence 1 - 6.3e-5).
bool mean_agrees(const D& distribution, const std::vector<double>& sample) {
  double sum = 0;
  for (const double x : sample) sum += x;
  const double error = std::sqrt(distribution.variance() / kDraws);
  return std::fabs(sum / kDraws - distribution.mean()) <= 4 * error;
}

/// Within four standard errors, which are estimated from the sample.
bool variance_agrees(const D& distribution, const std::vector<double>& sample) {
  double sum = 0;
  double squares = 0;
  for (const double x : sample) {
    const double square = (x - distribution.mean()) * (x - distribution.mean());
    sum += square;
    squares += square * square;
  }
  const double mean = sum / kDraws;
  const double error = std::sqrt((squares / kDraws - mean * mean) / kDraws);
  return std::fabs(mean - distribution.variance()) <= 4 * error;
}

/// Kolmogorov–Smirnov at a level of 1e-4: sqrt(n) D <= 2.2253. Conservative where the distribution
/// has steps.
bool shape_agrees(const D& distribution, std::vector<double> sample) {
  std::sort(sample.begin(), sample.end());
  double distance = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = sample[static_cast<std::size_t>(i)];
    const bool last_of_equals = i + 1 == kDraws || sample[static_cast<std::size_t>(i) + 1] != x;
    if (last_of_equals)
      distance = std::max(distance, std::fabs((i + 1.0) / kDraws - distribution.cdf(x)));
    const bool first_of_equals = i == 0 || sample[static_cast<std::size_t>(i) - 1] != x;
    const double below = distribution.cdf(std::nextafter(x, -1e300));
    if (first_of_equals)
      distance = std::max(distance, std::fabs(static_cast<double>(i) / kDraws - below));
  }
  return std::sqrt(kDraws) * distance <= 2.2253;
}

std::vector<D> all_kinds() {
  const double infinity = std::numeric_limits<double>::infinity();
  return {*D::uniform(3, 5),
          *D::triangular(1, 2, 5),
          *D::pert(1, 2, 5),
          *D::normal(30, 2),
          *D::lognormal_from_median_p95(4, 9),
          *D::exponential(4),
          *D::gamma(0.4, 2),
          *D::gamma(1, 2),
          *D::gamma(7.5, 2),
          *D::weibull(0.7, 2),
          *D::weibull(3, 2),
          *D::discrete({3, 1, 2}, {1, 5, 2}),
          *D::empirical({4, 4, 1, 9, 2.5}),
          *D::mixture({0.3, 0.7}, {*D::uniform(0, 1), *D::normal(5, 1)}),
          *D::normal(0, 1)->truncated(2, infinity),
          *D::lognormal(0, 1)->truncated(0.5, 3),
          *D::gamma(2, 1)->truncated(6, 9),
          D::exponential(4)->maximum_of(2),
          D::weibull(1.5, 2)->scaled(3).shifted(1)};
}

}  // namespace

TEST_CASE("draws of every distribution have its mean, variance and shape") {
  for (const D& distribution : all_kinds()) {
    INFO(distribution.describe());
    const std::vector<double> sample = draws(distribution);
    CHECK(mean_agrees(distribution, sample));
    CHECK(variance_agrees(distribution, sample));
    CHECK(shape_agrees(distribution, sample));
    const auto [least, greatest] = distribution.support();
    CHECK(*std::min_element(sample.begin(), sample.end()) >= least);
    CHECK(*std::max_element(sample.begin(), sample.end()) <= greatest);
  }
}

TEST_CASE("a planted bias of 2 % is noticed for every distribution") {
  for (const D& distribution : all_kinds()) {
    INFO(distribution.describe());
    for (const double bias : {1.02, 0.98}) {
      const std::vector<double> biased = draws(distribution, bias);
      const bool noticed = !mean_agrees(distribution, biased) ||
                           !variance_agrees(distribution, biased) ||
                           !shape_agrees(distribution, biased);
      CHECK(noticed);
    }
  }
}

TEST_CASE("draws by inversion follow the same distribution as draws by the fast method") {
  for (const D& distribution : all_kinds()) {
    INFO(distribution.describe());
    RandomStream random{{2026, purpose("inversion")}};
    std::vector<double> sample(kDraws);
    for (double& x : sample) x = distribution.quantile(random.uniform());
    CHECK(mean_agrees(distribution, sample));
    CHECK(shape_agrees(distribution, sample));
  }
}

TEST_CASE("normal and exponential variates of a stream have the right tails") {
  RandomStream random{{2026, purpose("tails")}};
  constexpr int kMany = 3'000'000;
  int beyond_normal = 0;
  int beyond_exponential = 0;
  for (int i = 0; i < kMany; ++i) {
    beyond_normal += std::fabs(random.normal()) > 3.6541528853610088
                         ? 1
                         : 0;  // the ziggurat's own tail and beyond
    beyond_exponential += random.exponential() > 7.69711747013104972 ? 1 : 0;
  }
  const auto agrees = [](int count, double p) {
    return std::fabs(count - kMany * p) <= 4 * std::sqrt(kMany * p);
  };
  CHECK(agrees(beyond_normal, std::erfc(3.6541528853610088 / std::sqrt(2.0))));
  CHECK(agrees(beyond_exponential, std::exp(-7.69711747013104972)));
}

}  // namespace rollcast::random::test
