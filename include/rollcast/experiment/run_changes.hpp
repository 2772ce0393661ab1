#pragma once
/// Two runs side by side: what a change of plan does to the strategies that both have.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rollcast/experiment/results.hpp"

namespace rollcast::experiment {

/// One number of a strategy in both runs. Differences are after minus before, with their 95 %
/// intervals.
struct Change {
  std::string what;  ///< name of an objective, or label of a metric
  bool chance = false;
  model::Metric metric{};        ///< of a mean or quantile
  std::optional<double> before;  ///< absent where some runs did not finish
  std::optional<double> after;
  std::optional<double> difference;
  std::optional<stats::Interval> interval;
  bool small_is_better = true;
};

struct StrategyChanges {
  std::string name;
  std::size_t before = 0, after = 0;  ///< its index in the two results
  std::vector<Change> changes;
};

/// How replications of the two runs belong together.
enum class Pairing {
  paired,      ///< both have the same seed: run k of one and of the other met the same luck
  independent  ///< different seeds
};

struct RunChanges {
  Pairing pairing = Pairing::independent;
  std::uint64_t replications = 0;  ///< paired: that both have; else of the first
  std::vector<StrategyChanges> strategies;
  std::vector<std::string> only_before, only_after;  ///< strategies without a counterpart
};

/// Strategies are matched by name, objectives too. The chance of each objective, the mean ready
/// time, the mean cost that the verdict ranks by and in total, people's hours and the mean impact.
/// Paired means: paired t; independent ones: Welch's t. Chances: stats/unpaired.hpp. Replications
/// that depend on each other (antithetic pairs, Sobol' nets) count as clusters. REQUIRES
/// replications in both.
[[nodiscard]] RunChanges changes_between(const Results& before, const Results& after);

}  // namespace rollcast::experiment
