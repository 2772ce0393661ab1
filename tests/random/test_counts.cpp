/// Distributions of counts: probabilities, moments, draws by inversion of one number.
#include <doctest/doctest.h>

#include <cmath>

#include "rollcast/random/counts.hpp"

namespace rollcast::random::test {
namespace {

double probability(const Distribution& of, double k) {
  return of.cdf(k) - of.cdf(k - 1);
}

doctest::Approx exactly(double value) {
  return doctest::Approx(value).epsilon(1e-12);
}

}  // namespace

TEST_CASE("counts have the textbook's probabilities") {
  CHECK(probability(*poisson(2), 0) == exactly(std::exp(-2.0)));
  CHECK(probability(*poisson(2), 3) == exactly(8.0 / 6 * std::exp(-2.0)));
  CHECK(probability(*poisson(3, 1), 4) == exactly(8.0 / 6 * std::exp(-2.0)));
  CHECK(probability(*geometric(3), 2) == exactly(0.25 * 0.75 * 0.75));
  CHECK(probability(*geometric(4, 1), 3) == exactly(0.25 * 0.75 * 0.75));
  CHECK(probability(*negative_binomial(3, 2), 2) == exactly(0.1728));
  CHECK(probability(*binomial(1.5, 3), 2) == exactly(0.375));
  CHECK(binomial(3, 3)->is_constant());
}

TEST_CASE("counts have the mean and the variance that they are given by") {
  for (const double mean : {0.01, 0.7, 4.13, 250.0, 20'000.0}) {
    CAPTURE(mean);
    CHECK(poisson(mean)->mean() == doctest::Approx(mean).epsilon(1e-10));
    CHECK(poisson(mean)->variance() == doctest::Approx(mean).epsilon(1e-8));
    CHECK(poisson(mean + 1, 1)->mean() == doctest::Approx(mean + 1).epsilon(1e-10));
    CHECK(binomial(mean, 100'000)->mean() == doctest::Approx(mean).epsilon(1e-10));
    CHECK(binomial(mean, 100'000)->variance() ==
          doctest::Approx(mean * (1 - mean / 100'000)).epsilon(1e-8));
    for (const double size : {0.3, 1.0, 7.5}) {
      if (mean / size > 5'000) continue;
      const auto wide = negative_binomial(mean, size);
      CHECK(wide->mean() == doctest::Approx(mean).epsilon(1e-10));
      CHECK(wide->variance() == doctest::Approx(mean + mean * mean / size).epsilon(1e-8));
    }
  }
}

TEST_CASE("a draw of a count takes one number of the stream, and is its quantile") {
  const Distribution batches = *negative_binomial(4.13, 0.3, 1);
  RandomStream drawn{{1, purpose("counts")}}, numbers{{1, purpose("counts")}};
  for (int i = 0; i < 1'000; ++i) {
    const double count = batches.sample(drawn);
    CHECK(count == batches.quantile(numbers.uniform()));
    CHECK(count == std::floor(count));
    CHECK(count >= 1);
  }
}

TEST_CASE("counts that make no sense are refused in words") {
  CHECK(poisson(0).error() == "the mean 0 must be greater than the least value 0");
  CHECK(geometric(1, 1).error() == "the mean 1 must be greater than the least value 1");
  CHECK(negative_binomial(4, 0).error() == "the size 0 must be greater than 0");
  CHECK(binomial(4, 3).error() == "of 3 trials at most 3 come true, not 4 in the mean");
  CHECK(geometric(1e6).error() == "it has more than 1000000 likely values");
  CHECK_FALSE(poisson(INFINITY));
  CHECK_FALSE(poisson(NAN));
}

}  // namespace rollcast::random::test
