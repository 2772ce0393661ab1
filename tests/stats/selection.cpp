#include "rollcast/stats/selection.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>

#include "random.hpp"
#include "rollcast/stats/proportion.hpp"

namespace rollcast::stats {
namespace {

TEST_CASE("K01: constants of Kim and Nelson's procedure") {
  struct Case {
    std::size_t alternatives;
    std::uint64_t first_stage;
    double eta, h_squared;
  };
  constexpr std::array<Case, 5> kCases{{{2, 10, 0.3340502686000293, 6.012904834800527},
                                        {5, 10, 0.6349672651536731, 11.429410772766115},
                                        {10, 10, 0.8590834299248991, 15.463501738648183},
                                        {10, 20, 0.3029338036492749, 11.511484538672446},
                                        {100, 20, 0.5334751175884103, 20.272054468359592}}};
  for (const Case& c : kCases) {
    const KnConstants constants = kn_constants(c.alternatives, c.first_stage, 0.05);
    CHECK(std::abs(constants.eta - c.eta) < 1e-9);
    CHECK(std::abs(constants.h_squared - c.h_squared) < 1e-9);
  }
}

TEST_CASE("K03: Rinott's constants") {
  struct Case {
    double confidence;
    std::uint64_t first_stage;
    std::size_t alternatives;
    double h;
  };
  constexpr std::array<Case, 12> kCases{{{0.9, 10, 2, 1.9985488457484646},
                                         {0.9, 10, 5, 3.13665394700732},
                                         {0.9, 10, 10, 3.745839269285693},
                                         {0.9, 20, 2, 1.8957443258843436},
                                         {0.9, 20, 5, 2.9163544236446586},
                                         {0.9, 20, 10, 3.4373448543411116},
                                         {0.95, 10, 2, 2.614109621289455},
                                         {0.95, 10, 5, 3.692592369686321},
                                         {0.95, 10, 10, 4.2894875815222075},
                                         {0.95, 20, 2, 2.452467646852611},
                                         {0.95, 20, 5, 3.3854025245465147},
                                         {0.95, 20, 10, 3.8752489431991934}}};
  for (const Case& c : kCases) {
    const double h = rinott_constant(c.confidence, c.first_stage, c.alternatives);
    CAPTURE(h);
    CHECK(std::abs(h - c.h) < 1e-3);
  }
}

TEST_CASE("K04: OCBA shares") {
  const std::vector<double> means{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  const std::vector<double> expected{
      0.4031745019599397,  0.38760748518083327,  0.09690187129520832,  0.043067498353425916,
      0.02422546782380208, 0.015504299407233328, 0.010766874588356479, 0.007910356840425167,
      0.00605636695595052, 0.004785277594825102};
  const auto shares = ocba_shares(means, std::vector<double>(10, 6.0));
  for (std::size_t i = 0; i < expected.size(); ++i) CHECK(std::abs(shares[i] - expected[i]) < 1e-9);
}

/// Selections out of `experiments` that pick alternative 0, the best by exactly the indifference
/// zone, which is the hardest case. Observations of one index share `common` of their variance.
int correct_selections(int experiments, double common, std::uint64_t seed, double& observations) {
  constexpr double kZone = 0.5;
  int correct = 0;
  observations = 0;
  for (int experiment = 0; experiment < experiments; ++experiment) {
    testing::Random random(seed + static_cast<std::uint64_t>(experiment));
    std::vector<double> shared;
    const auto observe = [&](std::size_t alternative, std::uint64_t index) {
      while (shared.size() <= index) shared.push_back(random.normal());
      return (alternative == 0 ? 0.0 : kZone) + std::sqrt(common) * shared[index] +
             std::sqrt(1 - common) * random.normal();
    };
    const KnSelection selection = select_smallest({5, kZone, 0.95, 10, UINT64_MAX}, observe);
    CHECK(selection.decided);
    correct += selection.best == 0 ? 1 : 0;
    observations += static_cast<double>(selection.observations) / experiments;
  }
  return correct;
}

TEST_CASE("Kim and Nelson's procedure keeps its promise, and common random numbers shorten it") {
  constexpr int kExperiments = 1'000;
  double independent = 0.0;
  double paired = 0.0;
  // At least 95 % must be correct: with 99.99 % confidence the counts say so.
  const int apart = correct_selections(kExperiments, 0.0, 100'000, independent);
  const int together = correct_selections(kExperiments, 0.8, 200'000, paired);
  CAPTURE(apart);
  CAPTURE(together);
  CHECK(proportion_at_most(apart, kExperiments, 0.9999) >= 0.95);
  CHECK(proportion_at_most(together, kExperiments, 0.9999) >= 0.95);
  CHECK(apart >= 930);
  CHECK(together >= 930);
  CHECK(paired < independent / 2);
}

TEST_CASE("a selection that reaches its cap says so, and equal alternatives end") {
  testing::Random random(5);
  const auto noise = [&](std::size_t, std::uint64_t) { return random.normal(); };
  const KnSelection capped = select_smallest({3, 1e-3, 0.95, 10, 50}, noise);
  CHECK_FALSE(capped.decided);
  CHECK(capped.observations == 50);
  const auto same = [](std::size_t, std::uint64_t) { return 1.0; };
  const KnSelection equal = select_smallest({3, 0.1, 0.95, 10, 50}, same);
  CHECK(equal.decided);
  CHECK(equal.best == 0);
}

}  // namespace
}  // namespace rollcast::stats
