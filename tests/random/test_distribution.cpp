/// Distributions: parameters in words, exact moments, inversion, transformations.
#include <doctest/doctest.h>

#include <boost/math/quadrature/tanh_sinh.hpp>
#include <cmath>

#include "rollcast/base/assertion.hpp"
#include "rollcast/random/distribution.hpp"

namespace rollcast::random::test {
namespace {

using D = Distribution;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Mean and variance as integrals of the quantile function over (0, 1), cut where it jumps.
std::pair<double, double> integrated(const D& distribution, double jump = 0.5) {
  boost::math::quadrature::tanh_sinh<double> integrator;
  const auto over_both = [&](auto f) {
    return integrator.integrate(f, 0.0, jump) + integrator.integrate(f, jump, 1.0);
  };
  const double mean = over_both([&](double u) { return distribution.quantile(u); });
  const double variance = over_both([&](double u) {
    const double x = distribution.quantile(u) - mean;
    return x * x;
  });
  return {mean, variance};
}

std::vector<D> continuous() {
  return {*D::uniform(3, 5),
          *D::triangular(1, 2, 5),
          *D::triangular(1, 1, 5),
          *D::triangular(1, 5, 5),
          *D::pert(1, 2, 5),
          *D::normal(3, 2),
          *D::lognormal(0.3, 0.6),
          *D::exponential(4),
          *D::gamma(0.5, 2),
          *D::gamma(3, 2),
          *D::weibull(0.8, 2),
          *D::weibull(2.5, 2),
          *D::exponential(1)->truncated(0.5, 3),
          *D::normal(3, 2)->truncated(4, kInfinity),
          D::constant(2)};
}

}  // namespace

TEST_CASE("nonsense is refused in words a user understands") {
  CHECK(D::uniform(5, 3).error() == "the upper end 3 lies below the lower end 5");
  CHECK(D::triangular(1, 7, 5).error() == "the most likely value 7 lies outside of 1 to 5");
  CHECK(D::pert(1, 0, 5).error() == "the most likely value 0 lies outside of 1 to 5");
  CHECK(D::normal(1, -2).error() == "the standard deviation -2 must not be negative");
  CHECK(D::lognormal_from_median_p95(4, 3).error() == "the 95 % point 3 lies below the median 4");
  CHECK(D::lognormal_from_mean_sd(0, 3).error() == "the mean 0 must be greater than 0");
  CHECK(D::lognormal_from_quantiles(0.05, -1, 0.95, 3).error() ==
        "the lower value -1 must be greater than 0");
  CHECK(D::lognormal_from_quantiles(0.95, 1, 0.05, 3).error() ==
        "the shares 0.95 and 0.05 must ascend and lie between 0 and 1");
  CHECK(D::exponential(0).error() == "the mean 0 must be greater than 0");
  CHECK(D::gamma(0, 1).error() == "the shape 0 must be greater than 0");
  CHECK(D::weibull(1, -1).error() == "the scale -1 must be greater than 0");
  CHECK(D::discrete({1, 2}, {1}).error() == "there are 2 values but 1 weights");
  CHECK(D::discrete({1, 2}, {1, -1}).error() == "the weight -1 must not be negative");
  CHECK(D::discrete({1, 2}, {0, 0}).error() == "the weights add up to 0");
  CHECK(D::empirical({}).error() == "there are no values");
  CHECK(D::mixture({1}, {}).error() == "there are no values");
  CHECK(D::exponential(1)->truncated(-5, -3).error() == "nothing of it lies between -5 and -3");
  CHECK(D::normal(0, 1)->truncated(8, 9).error() == "almost nothing of it lies between 8 and 9");
  CHECK(D::uniform(0, 1)->truncated(0.6, 0.4).error() ==
        "the upper end 0.4 lies below the lower end 0.6");
}

TEST_CASE("numbers that are not finite are refused everywhere") {
  for (const double bad : {kInfinity, -kInfinity, std::nan("")}) {
    CHECK_FALSE(D::uniform(0, bad));
    CHECK_FALSE(D::uniform(bad, 0));
    CHECK_FALSE(D::triangular(0, bad, 1));
    CHECK_FALSE(D::pert(0, bad, 1));
    CHECK_FALSE(D::normal(bad, 1));
    CHECK_FALSE(D::normal(0, bad));
    CHECK_FALSE(D::lognormal(bad, 1));
    CHECK_FALSE(D::lognormal(0, bad));
    CHECK_FALSE(D::lognormal_from_median_p95(1, bad));
    CHECK_FALSE(D::lognormal_from_mean_sd(bad, 1));
    CHECK_FALSE(D::lognormal_from_mean_sd(1, bad));
    CHECK_FALSE(D::exponential(bad));
    CHECK_FALSE(D::gamma(bad, 1));
    CHECK_FALSE(D::gamma(1, bad));
    CHECK_FALSE(D::weibull(bad, 1));
    CHECK_FALSE(D::discrete({bad, 1}, {1, 1}));
    CHECK_FALSE(D::discrete({1, 1}, {1, bad}));
    CHECK_THROWS_AS(static_cast<void>(D::constant(bad)), InvariantError);
  }
}

TEST_CASE("degenerate parameters are constants") {
  CHECK(D::uniform(3, 3)->is_constant());
  CHECK(D::triangular(3, 3, 3)->is_constant());
  CHECK(D::pert(3, 3, 3)->is_constant());
  CHECK(D::normal(3, 0)->is_constant());
  CHECK(D::lognormal_from_median_p95(3, 3)->is_constant());
  CHECK(D::discrete({3, 3}, {1, 2})->is_constant());
  CHECK(D::normal(3, 1)->scaled(0).is_constant());
  CHECK(D::uniform(3, 4)->maximum_of(5).is_constant());
  CHECK(D::uniform(3, 4)->maximum_of(5).mean() == 5);
  CHECK(D{}.is_constant());
}

TEST_CASE("I01: a lognormal from its mean and standard deviation") {
  const D d = *D::lognormal_from_mean_sd(10, 5);
  CHECK(d.mean() == doctest::Approx(10).epsilon(1e-12));
  CHECK(d.variance() == doctest::Approx(25).epsilon(1e-12));
  CHECK(d.quantile(0.5) == doctest::Approx(8.94427190999916).epsilon(1e-12));
  CHECK(d.quantile(0.95) == doctest::Approx(19.453178380092204).epsilon(1e-12));
}

TEST_CASE("a lognormal hits the points it is made from") {
  const D by_median = *D::lognormal_from_median_p95(4, 9);
  CHECK(by_median.quantile(0.5) == doctest::Approx(4).epsilon(1e-12));
  CHECK(by_median.quantile(0.95) == doctest::Approx(9).epsilon(1e-12));
  const D by_range = *D::lognormal_from_quantiles(0.05, 2, 0.95, 6);
  CHECK(by_range.cdf(2) == doctest::Approx(0.05).epsilon(1e-12));
  CHECK(by_range.cdf(6) == doctest::Approx(0.95).epsilon(1e-12));
}

TEST_CASE(
    "mean and variance are the integrals of the quantile function, also truncated, floored, scaled "
    "and shifted") {
  for (const D& plain : continuous()) {
    for (const D& d : {plain, plain.scaled(3).shifted(2)}) {
      INFO(d.describe());
      const auto [mean, variance] = integrated(d);
      CHECK(d.mean() == doctest::Approx(mean).epsilon(1e-6));
      CHECK(d.variance() == doctest::Approx(variance).epsilon(1e-4));
    }
    const double floor = plain.quantile(0.3);
    const D floored = plain.maximum_of(floor);
    INFO(floored.describe());
    const auto [mean, variance] = integrated(floored, 0.3);
    CHECK(floored.mean() == doctest::Approx(mean).epsilon(1e-6));
    CHECK(floored.variance() == doctest::Approx(variance).epsilon(1e-4));
  }
}

TEST_CASE("truncation keeps the shape between its ends") {
  for (const D& plain : continuous()) {
    if (plain.is_constant()) continue;
    const double lower = plain.quantile(0.2);
    const double upper = plain.quantile(0.7);
    const D d = *plain.truncated(lower, upper);
    INFO(d.describe());
    CHECK(d.support().first == doctest::Approx(lower));
    CHECK(d.support().second == doctest::Approx(upper));
    for (const double u : {0.1, 0.5, 0.9})
      CHECK(d.quantile(u) == doctest::Approx(plain.quantile(0.2 + 0.5 * u)));
    const auto [mean, variance] = integrated(d);
    CHECK(d.mean() == doctest::Approx(mean).epsilon(1e-6));
    CHECK(d.variance() == doctest::Approx(variance).epsilon(1e-5));
  }
}

TEST_CASE("cdf and quantile are inverse to each other") {
  std::vector<D> all = continuous();
  all.push_back(*D::mixture({0.3, 0.7}, {*D::uniform(0, 1), *D::normal(0.5, 1)}));
  for (const D& d : all) {
    if (d.is_constant()) continue;
    INFO(d.describe());
    double before = -kInfinity;
    for (double u = 0.001; u < 1; u += 0.037) {
      CHECK(d.cdf(d.quantile(u)) == doctest::Approx(u).epsilon(1e-9));
      CHECK(d.quantile(u) > before);
      before = d.quantile(u);
    }
    CHECK(d.quantile(0) == d.support().first);
    CHECK(d.quantile(1) == d.support().second);
  }
}

TEST_CASE("a discrete distribution steps at its values") {
  const D d = *D::discrete({3, 1, 2, 1}, {2, 0.5, 1, 0.5});
  CHECK(d.cdf(0.99) == 0.0);
  CHECK(d.cdf(1) == doctest::Approx(0.25));
  CHECK(d.cdf(2.5) == doctest::Approx(0.5));
  CHECK(d.cdf(3) == 1.0);
  CHECK(d.quantile(0.25) == 1);
  CHECK(d.quantile(0.2500001) == 2);
  CHECK(d.quantile(1) == 3);
  CHECK(d.mean() == doctest::Approx(2.25));
  CHECK(d.variance() == doctest::Approx(0.25 * 1.5625 + 0.25 * 0.0625 + 0.5 * 0.5625));
  CHECK(d.truncated(1.5, 9)->mean() == doctest::Approx(8.0 / 3.0));
  CHECK(d.maximum_of(2).mean() == doctest::Approx(2.5));
  CHECK(d.scaled(2).shifted(1).support() == std::pair{3.0, 7.0});
}

TEST_CASE("a value of weight zero never comes") {
  const D d = *D::discrete({1, 2, 3}, {0, 1, 0});
  CHECK(d.is_constant());
  CHECK(d.mean() == 2);
  CHECK(D::discrete({1, 2, 3}, {1, 1, 0})->quantile(1.0) == 2);
}

TEST_CASE("a mixture mixes means, variances and distribution functions, and can be truncated") {
  const D a = *D::uniform(0, 1);
  const D b = *D::normal(5, 1);
  const D d = *D::mixture({3, 7}, {a, b});
  CHECK(d.mean() == doctest::Approx(0.3 * 0.5 + 0.7 * 5));
  CHECK(d.variance() == doctest::Approx(0.3 * (1.0 / 12 + 3.15 * 3.15) + 0.7 * (1 + 1.35 * 1.35)));
  CHECK(d.cdf(4) == doctest::Approx(0.3 + 0.7 * b.cdf(4)));
  const D cut = *d.truncated(0.5, 5);
  CHECK(cut.cdf(1) == doctest::Approx((d.cdf(1) - d.cdf(0.5)) / (d.cdf(5) - d.cdf(0.5))));
  CHECK(D::mixture({1, 0}, {a, b})->describe() == a.describe());
}

TEST_CASE("the far end of an open truncation is finite for every u below 1") {
  const double almost_one = 1.0 - 0x1p-53;
  for (const D& d :
       {*D::normal(0, 1)->truncated(2, kInfinity), *D::exponential(1)->truncated(9, kInfinity),
        *D::gamma(2, 1)->truncated(9, kInfinity), *D::lognormal(0, 1)->truncated(9, kInfinity),
        *D::weibull(2, 1)->truncated(3, kInfinity)}) {
    INFO(d.describe());
    CHECK(std::isfinite(d.quantile(almost_one)));
    CHECK(d.quantile(almost_one) > d.quantile(0.999999));
  }
}

TEST_CASE("truncation and floor combine as they are written") {
  const D d = D::exponential(1)->maximum_of(0.5);
  CHECK(d.truncated(0.2, 1)->cdf(0.5) ==
        doctest::Approx((1 - std::exp(-0.5)) / (1 - std::exp(-1.0))));
  CHECK(d.truncated(0.7, 1)->support() == std::pair{0.7, 1.0});
  CHECK(D::exponential(1)->truncated(0.2, 1)->maximum_of(0.1).support() == std::pair{0.2, 1.0});
}

TEST_CASE("a description is what one would write") {
  CHECK(D::constant(4).describe() == "4");
  CHECK(D::uniform(180, 300)->describe() == "uniform from 180 to 300");
  CHECK(D::uniform(3, 5)->scaled(60).describe() == "uniform from 180 to 300");
  CHECK(D::triangular(1, 2, 5)->describe() == "triangular from 1 to 5, most likely 2");
  CHECK(D::pert(1, 2, 5)->describe() == "PERT from 1 to 5, most likely 2");
  CHECK(D::normal(3, 2)->truncated(0, kInfinity)->describe() ==
        "normal, mean 3, standard deviation 2, not below 0");
  CHECK(D::lognormal_from_median_p95(4, 9)->describe() == "lognormal, median 4, sigma 0.493011");
  CHECK(D::exponential(4)->shifted(-1).describe() == "exponential, mean 4 minus 1");
  CHECK(D::gamma(2, 3)->describe() == "gamma, shape 2, scale 3");
  CHECK(D::weibull(2, 3)->maximum_of(1).describe() == "Weibull, shape 2, scale 3, at least 1");
  CHECK(D::empirical({2, 1, 7})->describe() == "one of 3 values from 1 to 7");
  CHECK(D::mixture({1, 3}, {D::constant(1), *D::uniform(0, 1)})->describe() ==
        "25 %: 1; 75 %: uniform from 0 to 1");
}

}  // namespace rollcast::random::test
