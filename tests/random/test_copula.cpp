/// Numbers that go together as closely as was asked, and are uniform all the same.
#include "rollcast/random/copula.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "rollcast/random/distribution.hpp"

namespace rollcast::random::test {
namespace {

/// Case I02 of the closed-form answers (Kruskal 1958).
constexpr double kSpearman07 = 0.7167358990906005, kSpearmanMinus03 = -0.31286893008046174,
                 kKendall05 = 0.7071067811865476, kLognormals = 0.5899804622735315;

std::vector<std::vector<double>> draws(const std::vector<Correlation>& correlations,
                                       std::size_t size, int n) {
  const auto copula = GaussianCopula::of(size, correlations);
  REQUIRE(copula.has_value());
  RandomStream random{{2026, purpose("copula")}};
  std::vector<std::vector<double>> all;
  for (int i = 0; i < n; ++i) {
    std::vector<double> uniforms(size);
    for (double& u : uniforms) u = random.uniform();
    copula->correlate(uniforms);
    all.push_back(std::move(uniforms));
  }
  return all;
}

TEST_CASE("rank correlations become those of the normals behind them, and back") {
  CHECK(normal_correlation_of_spearman(0.7) == doctest::Approx(kSpearman07).epsilon(1e-14));
  CHECK(normal_correlation_of_spearman(-0.3) == doctest::Approx(kSpearmanMinus03).epsilon(1e-14));
  CHECK(normal_correlation_of_kendall(0.5) == doctest::Approx(kKendall05).epsilon(1e-14));
  for (const double rank : {-0.9, -0.3, 0.0, 0.5, 0.99}) {
    CHECK(spearman_of_normal_correlation(normal_correlation_of_spearman(rank)) ==
          doctest::Approx(rank));
    CHECK(kendall_of_normal_correlation(normal_correlation_of_kendall(rank)) ==
          doctest::Approx(rank));
  }
}

TEST_CASE("lognormals over a copula of 0.7 correlate as the closed form says") {
  // Means of 400 batches of 500 pairs; within four standard errors (confidence 1 - 6e-5). The
  // moments of the marginals are known: mean exp(1/2), variance exp(1) (exp(1) - 1).
  const auto normal = *Distribution::lognormal(0, 1);
  const double mean = std::exp(0.5), variance = std::exp(1.0) * std::expm1(1.0);
  const auto pairs = draws({{0, 1, 0.7}}, 2, 200'000);
  std::vector<double> batches(400, 0.0);
  for (std::size_t i = 0; i < pairs.size(); ++i)
    batches[i / 500] += (normal.quantile(pairs[i][0]) - mean) *
                        (normal.quantile(pairs[i][1]) - mean) / variance / 500;
  double sum = 0, squares = 0;
  for (const double one : batches) sum += one / 400;
  for (const double one : batches) squares += (one - sum) * (one - sum) / 399;
  CAPTURE(sum);
  CHECK(std::abs(sum - kLognormals) < 4 * std::sqrt(squares / 400));
}

TEST_CASE("each number stays uniform: Kolmogorov-Smirnov at 1e-4") {
  const auto all = draws({{0, 1, 0.9}, {1, 2, -0.6}, {0, 2, -0.5}}, 4, 100'000);
  for (std::size_t j = 0; j < 4; ++j) {
    std::vector<double> sample;
    for (const auto& one : all) sample.push_back(one[j]);
    std::sort(sample.begin(), sample.end());
    double distance = 0;
    const auto n = static_cast<double>(sample.size());
    for (std::size_t i = 0; i < sample.size(); ++i)
      distance = std::max({distance, std::abs(sample[i] - static_cast<double>(i) / n),
                           std::abs(sample[i] - static_cast<double>(i + 1) / n)});
    CHECK(std::sqrt(n) * distance < 2.2253);
  }
}

TEST_CASE("what has no correlation keeps its number, and so does the first of those that have") {
  const auto copula = GaussianCopula::of(4, {{1, 3, 0.5}});
  REQUIRE(copula.has_value());
  std::vector<double> uniforms{0.1, 0.2, 0.3, 0.4};
  copula->correlate(uniforms);
  CHECK(uniforms[0] == 0.1);
  CHECK(uniforms[1] == 0.2);
  CHECK(uniforms[2] == 0.3);
  CHECK(uniforms[3] < 0.4);  // pulled down by its low partner
}

TEST_CASE("mirrored numbers stay mirrored, and the far ends stay inside") {
  const auto copula = GaussianCopula::of(3, {{0, 1, 0.8}, {0, 2, -0.7}, {1, 2, -0.3}});
  REQUIRE(copula.has_value());
  std::vector<double> one{0.9, 0.03, 0.6}, other{0.1, 0.97, 0.4};
  copula->correlate(one);
  copula->correlate(other);
  for (std::size_t j = 0; j < 3; ++j) CHECK(one[j] + other[j] == doctest::Approx(1.0));
  std::vector<double> far{1 - 0x1p-53, 1 - 0x1p-53, 0x1p-53};
  copula->correlate(far);
  for (const double u : far) {
    CHECK(u > 0);
    CHECK(u < 1);
  }
}

TEST_CASE("correlations that no variables have are refused, just beyond what is possible") {
  const auto [low, high] = possible_third(0.8, 0.6);
  CHECK(low == doctest::Approx(0.0));
  CHECK(high == doctest::Approx(0.96));
  CHECK(GaussianCopula::of(3, {{0, 1, 0.8}, {0, 2, 0.6}, {1, 2, high - 1e-6}}));
  CHECK_FALSE(GaussianCopula::of(3, {{0, 1, 0.8}, {0, 2, 0.6}, {1, 2, high + 1e-6}}));
  CHECK(GaussianCopula::of(3, {{0, 1, 0.8}, {0, 2, 0.6}, {1, 2, low + 1e-6}}));
  CHECK_FALSE(GaussianCopula::of(3, {{0, 1, 0.8}, {0, 2, 0.6}, {1, 2, low - 1e-6}}));
  // Four that all go against each other: each pair by -1/3 at most.
  std::vector<Correlation> four;
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = i + 1; j < 4; ++j) four.push_back({i, j, -0.4});
  CHECK_FALSE(GaussianCopula::of(4, four));
  for (Correlation& one : four) one.normal = -0.33;
  CHECK(GaussianCopula::of(4, four));
}

}  // namespace
}  // namespace rollcast::random::test
