#include "rollcast/stats/selection.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "coverage_table.hpp"
#include "random.hpp"
#include "rollcast/stats/proportion.hpp"

namespace rollcast::stats {
namespace {

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
  testing::note_coverage("Kim and Nelson, 5 alternatives, independent: best chosen", apart, true);
  testing::note_coverage("Kim and Nelson, 5 alternatives, common luck: best chosen", together,
                         true);
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
