/// Fits against printed answers, against theory, and against data whose truth is known.
#include "rollcast/stats/fit.hpp"

#include <doctest/doctest.h>

#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <cmath>
#include <random>

#include "rollcast/stats/interval.hpp"
#include "rollcast/stats/proportion.hpp"

using namespace rollcast::stats;

namespace {

/// Lieblein and Zelen's 23 ball bearings (1956).
const std::vector<double> kBearings{17.88, 28.92, 33.0,   41.52,  42.12,  45.6,   48.4,  51.84,
                                    51.96, 54.12, 55.56,  67.8,   68.64,  68.64,  68.88, 84.12,
                                    93.12, 98.64, 105.12, 105.84, 127.92, 128.04, 173.4};

FittedFamily fitted(Family family, const Observations& rows) {
  const auto result = fit(family, rows);
  REQUIRE(result.has_value());
  return *result;
}

doctest::Approx about(double value) {
  return doctest::Approx(value).epsilon(1e-6);
}

/// `size` values of a family by inversion.
std::vector<double> drawn(const FittedFamily& truth, std::size_t size, std::mt19937_64& random) {
  std::vector<double> values;
  for (std::size_t i = 0; i < size; ++i)
    values.push_back(truth.quantile((static_cast<double>(random() >> 11U) + 0.5) * 0x1p-53));
  return values;
}

/// The share of `runs` samples of `size` in which the truth is more likely than the other family.
Interval share_right(const FittedFamily& truth, Family other, std::size_t size,
                     std::uint64_t runs) {
  std::mt19937_64 random(2026);
  std::uint64_t right = 0;
  for (std::uint64_t i = 0; i < runs; ++i) {
    const Observations rows{drawn(truth, size, random), {}};
    right += fitted(truth.family, rows).bic < fitted(other, rows).bic ? 1 : 0;
  }
  return clopper_pearson(static_cast<double>(right), runs, 0.999);
}

double normal_share(double z) {
  return 0.5 * std::erfc(-z / std::sqrt(2.0));
}

}  // namespace

TEST_CASE("the ball bearings have the parameters, likelihoods and distances of the literature") {
  const Observations rows{kBearings, {}};
  const auto fits = fit_all(rows, 0);
  REQUIRE(fits.size() == 4);  // one in forty values of a normal one would be negative
  CHECK(fits[0].family == Family::gamma);
  for (const FittedFamily& one : fits) switch (one.family) {
      case Family::weibull:
        CHECK(one.first == about(2.10184686376488));
        CHECK(one.second == about(81.87455872410814));
        CHECK(one.log_likelihood == about(-113.69195908769007));
        CHECK(one.aic == about(231.38391817538013));
        CHECK(one.bic == about(233.65490660723844));
        CHECK(one.kolmogorov == about(0.15104122669564068));
        CHECK(*one.anderson == about(0.32850984597546784));
        break;
      case Family::lognormal:
        CHECK(one.first == about(4.150382688326942));
        CHECK(one.second == about(0.5216865113017405));
        CHECK(one.log_likelihood == about(-113.12855433022014));
        CHECK(one.bic == about(232.5280970922986));
        CHECK(*one.anderson == about(0.1886449528076959));
        break;
      case Family::gamma:
        CHECK(one.first == about(4.024706413054731));
        CHECK(one.second == about(17.944382062492387));
        CHECK(one.log_likelihood == about(-113.02981883970311));
        CHECK(one.bic == about(232.3306261112645));
        CHECK(*one.anderson == about(0.21529626528783652));
        break;
      case Family::exponential:
        CHECK(one.first == about(72.2208695652174));
        CHECK(one.log_likelihood == about(-121.43376829446488));
        CHECK(one.bic == about(246.00303080485892));
        break;
      case Family::normal:
        FAIL("a normal distribution of bearings");
    }
}

TEST_CASE("censored rows: the likelihood has its maximum at the fit, in every direction") {
  Observations rows{kBearings, {100, 130, 200}};
  for (const Family family :
       {Family::exponential, Family::gamma, Family::weibull, Family::lognormal, Family::normal}) {
    const FittedFamily best = fitted(family, rows);
    const auto likelihood = [&](double first, double second) {
      FittedFamily one = best;
      one.first = first;
      one.second = second;
      double sum = 0.0;
      for (const double x : rows.values) sum += one.log_density(x);
      for (const double x : rows.limits) sum += std::log(1 - one.cdf(x));
      return sum;
    };
    CHECK(likelihood(best.first, best.second) == about(best.log_likelihood));
    // At a maximum a step to either side costs alike: the slope is nothing.
    const double step = 1e-3;
    for (const bool of_first : {true, false}) {
      if (!of_first && family == Family::exponential) continue;
      const auto at = [&](double factor) {
        return of_first ? likelihood(best.first * factor, best.second)
                        : likelihood(best.first, best.second * factor);
      };
      const double up = best.log_likelihood - at(1 + step);
      const double down = best.log_likelihood - at(1 - step);
      CHECK(up > 0);
      CHECK(down > 0);
      CHECK(up == doctest::Approx(down).epsilon(0.02));
    }
  }
}

TEST_CASE("exponential with censoring is total time over failures, and the Weibull contains it") {
  const Observations rows{{2, 3, 5}, {10, 10}};
  CHECK(fitted(Family::exponential, rows).first == about(10.0));
  CHECK(fitted(Family::weibull, rows).log_likelihood >=
        fitted(Family::exponential, rows).log_likelihood);
}

TEST_CASE("dropping time-outs would make launches too quick; counting them does not") {
  // Lognormal with median 10, cut at its 80 % point: the fit of all rows finds the truth back.
  const FittedFamily truth{Family::lognormal, std::log(10.0), 0.8};
  std::mt19937_64 random(7);
  const double limit = truth.quantile(0.8);
  Observations rows;
  for (const double x : drawn(truth, 4'000, random))
    (x < limit ? rows.values : rows.limits).push_back(std::min(x, limit));
  const FittedFamily all = fitted(Family::lognormal, rows);
  // Four standard errors: about 0.8 / sqrt(4000) for the mean, a little more for the deviation.
  CHECK(std::abs(all.first - truth.first) < 4 * 0.8 / std::sqrt(4'000.0) * 1.1);
  CHECK(std::abs(all.second - truth.second) < 4 * 0.8 / std::sqrt(4'000.0));
  CHECK(fitted(Family::lognormal, {rows.values, {}}).first < truth.first - 0.2);
}

TEST_CASE("lognormal against Weibull: right as often as theory says, both ways") {
  // The gap of the log-likelihoods of n values is asymptotically normal (Cox 1961). For lognormal
  // data the nearest Weibull has shape 1/sigma: mean 1 - ln(2 pi)/2 and variance e - 5/2 a value.
  const double mean = 1 - std::log(2 * std::acos(-1.0)) / 2, variance = std::exp(1.0) - 2.5;
  const double n = 100, theory = normal_share(std::sqrt(n) * mean / std::sqrt(variance));
  CHECK(theory == doctest::Approx(0.9586).epsilon(0.001));
  const Interval lognormal =
      share_right({Family::lognormal, 1.0, 0.5}, Family::weibull, 100, 2'000);
  // The limit is approached from n = 100 on within a point.
  CHECK(lognormal.low - 0.01 < theory);
  CHECK(lognormal.high + 0.01 > theory);
  // Kundu and Manglick (2004), for Weibull data: mean 0.0905730, variance 0.2834081 a value.
  const double other = normal_share(std::sqrt(n) * 0.0905730 / std::sqrt(0.2834081));
  const Interval weibull = share_right({Family::weibull, 2.0, 3.0}, Family::lognormal, 100, 2'000);
  CHECK(weibull.low - 0.01 < other);
  CHECK(weibull.high + 0.01 > other);
}

TEST_CASE("gamma against lognormal: right as often as theory says") {
  // The nearest lognormal has the mean and variance of the logarithm; the gap's moments by
  // quadrature over the gamma density.
  const FittedFamily truth{Family::gamma, 2.0, 1.0};
  const FittedFamily near{Family::lognormal, boost::math::digamma(2.0),
                          std::sqrt(boost::math::trigamma(2.0))};
  double mean = 0.0, square = 0.0;
  const double step = 1e-3;
  for (double log = -16; log < 5; log += step) {
    const double x = std::exp(log), weight = std::exp(truth.log_density(x)) * x * step;
    const double gap = truth.log_density(x) - near.log_density(x);
    mean += gap * weight;
    square += gap * gap * weight;
  }
  const double n = 200;
  const double theory = normal_share(std::sqrt(n) * mean / std::sqrt(square - mean * mean));
  CHECK(theory > 0.9);
  const Interval gamma = share_right(truth, Family::lognormal, 200, 2'000);
  CHECK(gamma.low - 0.015 < theory);
  CHECK(gamma.high + 0.015 > theory);
}

TEST_CASE("the test rejects 5 % of true distributions at 5 %, and nearly all wrong ones") {
  std::mt19937_64 random(99);
  const FittedFamily truth{Family::gamma, 2.0, 3.0};
  std::uint64_t rejected = 0;
  constexpr std::uint64_t kRuns = 300;
  for (std::uint64_t i = 0; i < kRuns; ++i)
    for (const FittedFamily& one : fit_all({drawn(truth, 40, random), {}}, 59))
      if (one.family == Family::gamma && *one.p_value <= 0.05) ++rejected;
  CHECK(clopper_pearson(static_cast<double>(rejected), kRuns, 0.999).contains(0.05));
  for (const FittedFamily& one : fit_all({drawn(truth, 1'000, random), {}}, 199)) {
    const bool right = one.family == Family::gamma;
    CHECK((*one.p_value > 0.05) == right);
  }
}

TEST_CASE("time-outs that no family explains are rejected, though hardly a drawn row times out") {
  // 60 lognormal rows with median 10, and four that were given up at 1,000.
  const FittedFamily truth{Family::lognormal, std::log(10.0), 0.3};
  std::mt19937_64 random(5);
  const Observations rows{drawn(truth, 60, random), {1'000, 1'000, 1'000, 1'000}};
  for (const FittedFamily& one : fit_all(rows, 99)) {
    REQUIRE(one.p_value.has_value());
    CHECK(*one.p_value <= 0.02);
  }
}

TEST_CASE("Kaplan and Meier: six remissions worked out by hand") {
  // Of 6 rows: 1 at 3, a limit at 4, two at 5, a limit at 5 (still at risk then), 1 at 8.
  const auto steps = kaplan_meier({{5, 3, 5, 8}, {4, 5}});
  REQUIRE(steps.size() == 3);
  CHECK(steps[0].share == about(1.0 / 6));
  CHECK(steps[1].share == about(1 - 5.0 / 6 * 0.5));
  CHECK(steps[2].share == about(1.0));
}

TEST_CASE("what cannot be fitted is left out") {
  CHECK_FALSE(fit(Family::gamma, {{1.0}, {}}).has_value());
  CHECK_FALSE(fit(Family::weibull, {{2.0, 2.0, 2.0}, {}}).has_value());
  CHECK(fit_all({{2.0, 2.0, 2.0}, {}}, 0).size() == 1);
  // Spread like an exponential's: a normal would be negative too often.
  for (const FittedFamily& one : fit_all({{0.1, 0.2, 0.5, 1, 5, 20}, {}}, 0))
    CHECK(one.family != Family::normal);
  CHECK_FALSE(fit_all({{1, 2, 3}, {2.5}}, 9)[0].p_value.has_value());
}
