/// Fits of counts against printed answers, closed forms, and data whose truth is known.
#include "rollcast/stats/count_fit.hpp"

#include <doctest/doctest.h>

#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <random>

#include "rollcast/stats/interval.hpp"
#include "rollcast/stats/proportion.hpp"

using namespace rollcast::stats;

namespace {

using F = CountFamily;

/// `times[k]` is how often k was seen.
Counts seen(const std::vector<std::uint64_t>& times) {
  std::vector<Counts::Row> rows;
  for (std::size_t k = 0; k < times.size(); ++k) rows.push_back({k, times[k]});
  return counts_of(rows);
}

/// Deaths by the kick of a horse, Prussian army corps and years (Bortkiewicz 1898).
const Counts kKicks = seen({109, 65, 22, 3, 1});
/// Red mites on 150 apple leaves (Bliss and Fisher, Biometrics 9 (1953)).
const Counts kMites = seen({70, 38, 17, 10, 9, 3, 2, 1});

FittedCounts fitted(F family, const Counts& counts) {
  const auto result = fit(family, counts);
  REQUIRE(result.has_value());
  return *result;
}

doctest::Approx about(double value) {
  return doctest::Approx(value).epsilon(1e-6);
}

double probability(const FittedCounts& fit, std::uint64_t value) {
  return std::exp(fit.log_probability(value));
}

/// `size` counts of a family by inversion.
Counts drawn(const FittedCounts& truth, std::size_t size, std::mt19937_64& random) {
  std::vector<Counts::Row> rows;
  for (std::size_t i = 0; i < size; ++i)
    rows.push_back({truth.quantile((static_cast<double>(random() >> 11U) + 0.5) * 0x1p-53), 1});
  return counts_of(rows);
}

double normal_share(double z) {
  return 0.5 * std::erfc(-z / std::sqrt(2.0));
}

const std::vector<FittedCounts> kSome{{F::poisson, 0, 2.0},
                                      {F::poisson, 1, 40.5},
                                      {F::geometric, 0, 3.0},
                                      {F::geometric, 1, 4.0},
                                      {F::negative_binomial, 0, 3.0, 2.0},
                                      {F::negative_binomial, 1, 4.13, 0.25},
                                      {F::binomial, 0, 1.5, 3.0},
                                      {F::binomial, 2, 9.0, 12.0},
                                      {F::uniform, 2, 5.0, 8.0}};

}  // namespace

TEST_CASE("probabilities of counts are those of the textbook") {
  CHECK(probability({F::poisson, 0, 2.0}, 0) == about(std::exp(-2.0)));
  CHECK(probability({F::poisson, 0, 2.0}, 3) == about(8.0 / 6 * std::exp(-2.0)));
  CHECK(probability({F::poisson, 1, 3.0}, 4) == about(8.0 / 6 * std::exp(-2.0)));
  CHECK(probability({F::geometric, 0, 3.0}, 2) == about(0.25 * 0.75 * 0.75));
  CHECK(probability({F::geometric, 1, 4.0}, 3) == about(0.25 * 0.75 * 0.75));
  CHECK(probability({F::negative_binomial, 0, 3.0, 2.0}, 0) == about(0.16));
  CHECK(probability({F::negative_binomial, 0, 3.0, 2.0}, 1) == about(0.192));
  CHECK(probability({F::negative_binomial, 0, 3.0, 2.0}, 2) == about(0.1728));
  CHECK(probability({F::binomial, 0, 1.5, 3.0}, 2) == about(0.375));
  CHECK(probability({F::uniform, 2, 5.0, 8.0}, 8) == about(1.0 / 7));
  CHECK(probability({F::uniform, 2, 5.0, 8.0}, 9) == 0);
  CHECK(probability({F::poisson, 1, 3.0}, 0) == 0);
}

TEST_CASE("distribution functions add the probabilities up, and quantiles invert them") {
  for (const FittedCounts& one : kSome) {
    CAPTURE(name_of(one.family));
    double below = 0.0, mean = 0.0;
    for (std::uint64_t k = 0; k < 400; ++k) {
      below += probability(one, k);
      mean += static_cast<double>(k) * probability(one, k);
      CHECK(one.cdf(k) == doctest::Approx(below).epsilon(1e-9));
    }
    CHECK(mean == doctest::Approx(one.mean).epsilon(1e-6));
    for (const double u : {0.0, 0.001, 0.3, 0.5, 0.9, 0.999}) {
      const std::uint64_t k = one.quantile(u);
      CHECK(one.cdf(k) >= u);
      if (k > one.from) CHECK(one.cdf(k - 1) < u);
    }
  }
}

TEST_CASE("the most likely parameters: means, and the mites of the literature") {
  CHECK(fitted(F::poisson, kKicks).mean == about(0.61));
  CHECK(fitted(F::geometric, kKicks).mean == about(0.61));
  CHECK(
      fitted(F::poisson, kKicks).log_likelihood ==
      about(122 * std::log(0.61) - 122 - 22 * std::log(2.0) - 3 * std::log(6.0) - std::log(24.0)));
  const FittedCounts mites = fitted(F::negative_binomial, kMites);
  CHECK(mites.mean == about(172.0 / 150));
  CHECK(mites.second == doctest::Approx(1.02459).epsilon(1e-5));
}

TEST_CASE("the likelihood has its maximum at the fit") {
  const FittedCounts mites = fitted(F::negative_binomial, kMites);
  const auto likelihood = [](FittedCounts one, double second, const Counts& counts) {
    one.second = second;
    double sum = 0.0;
    for (const auto& [value, times] : counts.rows)
      sum += static_cast<double>(times) * one.log_probability(value);
    return sum;
  };
  CHECK(likelihood(mites, mites.second, kMites) == about(mites.log_likelihood));
  CHECK(likelihood(mites, mites.second * 1.001, kMites) < mites.log_likelihood);
  CHECK(likelihood(mites, mites.second * 0.999, kMites) < mites.log_likelihood);
  // Every number of trials, one after the other.
  const Counts narrow = seen({4, 15, 27, 28, 17, 7, 2});
  const FittedCounts trials = fitted(F::binomial, narrow);
  double best = 0, most = -1e300;
  for (double n = 6; n < 200; ++n)
    if (likelihood(trials, n, narrow) > most) {
      most = likelihood(trials, n, narrow);
      best = n;
    }
  CHECK(trials.second == best);
  CHECK(best > 6);
}

TEST_CASE("what varies more than Poisson has a negative binomial, what varies less a binomial") {
  CHECK_FALSE(fit(F::binomial, kMites).has_value());
  const Counts narrow = seen({0, 2, 11, 30, 25, 14, 3});
  CHECK_FALSE(fit(F::negative_binomial, narrow).has_value());
  const auto kicks = dispersion_of(kKicks, 0);
  REQUIRE(kicks.has_value());
  CHECK(kicks->index == about(121.58 / 0.61 / 199));
  CHECK(kicks->p_value > 0.9);
  const auto mites = dispersion_of(kMites, 0);
  REQUIRE(mites.has_value());
  CHECK(mites->index > 1.9);
  CHECK(mites->p_value < 1e-6);
  CHECK(dispersion_of(narrow, 0)->p_value < 1e-3);
}

TEST_CASE("of Fisher's test 5 % reject Poisson counts at 5 %") {
  std::mt19937_64 random(12);
  std::uint64_t rejected = 0;
  for (int run = 0; run < 2'000; ++run)
    rejected += dispersion_of(drawn({F::poisson, 0, 4.0}, 50, random), 0)->p_value <= 0.05 ? 1 : 0;
  CHECK(clopper_pearson(static_cast<double>(rejected), 2'000, 0.999).contains(0.05));
}

TEST_CASE("the ranking finds the known truth: kicks, mites, dice, and batches from 1 on") {
  CHECK(fit_all(kKicks, 0)[0].family == F::poisson);
  const auto mites = fit_all(kMites, 0);
  // The size of the mites is 1.02, so the geometric, with a parameter less, is as likely.
  CHECK(mites[0].family == F::geometric);
  CHECK(mites[1].family == F::negative_binomial);
  const auto dice = fit_all(seen({0, 98, 103, 99, 107, 94, 99}), 0);
  CHECK(dice[0].family == F::uniform);
  CHECK(dice[0].from == 1);
  CHECK(dice[0].second == 6);
  std::mt19937_64 random(3);
  const auto batches = fit_all(drawn({F::negative_binomial, 1, 4.13, 0.25}, 2'000, random), 0);
  CHECK(batches[0].family == F::negative_binomial);
  CHECK(batches[0].from == 1);
  CHECK(batches[0].second == doctest::Approx(0.25).epsilon(0.1));
}

TEST_CASE("Poisson against geometric: right as often as theory says, both ways") {
  // Both have the mean as their parameter, so the gap of the log-likelihoods is a sum, and normal
  // for many counts.
  constexpr std::size_t kSize = 25;
  constexpr std::uint64_t kRuns = 2'000;
  const FittedCounts poisson{F::poisson, 0, 2.0}, geometric{F::geometric, 0, 2.0};
  for (const bool of_poisson : {true, false}) {
    const FittedCounts& truth = of_poisson ? poisson : geometric;
    const FittedCounts& other = of_poisson ? geometric : poisson;
    double mean = 0.0, square = 0.0, slope = 0.0;
    for (std::uint64_t k = 0; k < 200; ++k) {
      const double gap = truth.log_probability(k) - other.log_probability(k);
      mean += probability(truth, k) * gap;
      square += probability(truth, k) * gap * gap;
      // With the mean estimated, what the gap shares with it falls away.
      slope += probability(truth, k) * gap * (static_cast<double>(k) - 2.0);
    }
    const double variance_of_counts = of_poisson ? 2.0 : 6.0;
    double derivative = 0.0;
    for (std::uint64_t k = 0; k < 200; ++k) {
      FittedCounts truth_up = truth, other_up = other;
      truth_up.mean = other_up.mean = 2.0 + 1e-5;
      derivative += probability(truth, k) *
                    ((truth_up.log_probability(k) - other_up.log_probability(k)) -
                     (truth.log_probability(k) - other.log_probability(k))) /
                    1e-5;
    }
    const double variance = square - mean * mean + 2 * derivative * slope +
                            derivative * derivative * variance_of_counts;
    const double theory = normal_share(std::sqrt(double{kSize}) * mean / std::sqrt(variance));
    CHECK(theory > 0.8);
    CHECK(theory < 0.999);
    std::mt19937_64 random(77);
    std::uint64_t right = 0;
    for (std::uint64_t run = 0; run < kRuns; ++run) {
      const Counts counts = drawn(truth, kSize, random);
      right += fitted(truth.family, counts).bic < fitted(other.family, counts).bic ? 1 : 0;
    }
    const Interval share = clopper_pearson(static_cast<double>(right), kRuns, 0.999);
    CAPTURE(theory);
    CHECK(share.low - 0.02 < theory);
    CHECK(share.high + 0.02 > theory);
  }
}

TEST_CASE("Poisson counts are taken for negative binomial as rarely as BIC says") {
  // At the edge of the parameters twice the gap is nothing in half of the samples, and chi-squared
  // with one degree in the other half (Chernoff 1954).
  constexpr std::uint64_t kRuns = 3'000, kSize = 200;
  const boost::math::chi_squared one_degree(1);
  const double theory = 0.5 * boost::math::cdf(complement(one_degree, std::log(double{kSize})));
  std::mt19937_64 random(5);
  std::uint64_t wrong = 0, found = 0;
  for (std::uint64_t run = 0; run < kRuns; ++run) {
    const Counts poisson = drawn({F::poisson, 0, 3.0}, kSize, random);
    const auto more = fit(F::negative_binomial, poisson);
    wrong += more && more->bic < fitted(F::poisson, poisson).bic ? 1 : 0;
    if (run % 10 != 0) continue;
    const Counts wide = drawn({F::negative_binomial, 0, 3.0, 3.0}, kSize, random);
    found += fitted(F::negative_binomial, wide).bic < fitted(F::poisson, wide).bic ? 1 : 0;
  }
  CHECK(clopper_pearson(static_cast<double>(wrong), kRuns, 0.999).contains(theory));
  CHECK(found == kRuns / 10);
}

TEST_CASE("the test rejects 5 % of true counts at 5 %, and nearly all wrong ones") {
  std::mt19937_64 random(8);
  const FittedCounts truth{F::negative_binomial, 0, 5.0, 2.0};
  constexpr std::uint64_t kRuns = 300;
  std::uint64_t rejected = 0;
  for (std::uint64_t run = 0; run < kRuns; ++run)
    for (const FittedCounts& one : fit_all(drawn(truth, 80, random), 59))
      if (one.family == truth.family && *one.p_value <= 0.05) ++rejected;
  CHECK(clopper_pearson(static_cast<double>(rejected), kRuns, 0.999).contains(0.05));
  for (const FittedCounts& one : fit_all(drawn(truth, 2'000, random), 199)) {
    REQUIRE(one.p_value.has_value());
    const bool right = one.family == truth.family;
    CHECK((*one.p_value > 0.05) == right);
  }
}

TEST_CASE("weights are rows: half a million counts are as quickly fitted as their table is long") {
  Counts many = seen({109'000, 65'000, 22'000, 3'000, 1'000});
  const auto once = fit_all(kKicks, 0), often = fit_all(many, 99);
  CHECK(often[0].mean == about(once[0].mean));
  CHECK(often[0].log_likelihood == about(1'000 * once[0].log_likelihood));
  CHECK(*often[0].p_value <= 0.05);  // a thousand times the same small deviations are none
}

TEST_CASE("what cannot be fitted is left out") {
  CHECK(fit_all(seen({0, 0, 0, 7}), 9).empty());
  CHECK(fit_all(seen({5}), 9).empty());
  CHECK(fit_all(counts_of({}), 9).empty());
  CHECK_FALSE(dispersion_of(seen({5}), 0).has_value());
  // A test needs more cells than there are parameters.
  for (const FittedCounts& one : fit_all(seen({3, 2}), 9)) CHECK_FALSE(one.p_value.has_value());
}
