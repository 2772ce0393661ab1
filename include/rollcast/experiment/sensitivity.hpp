#pragma once
/// Which input matters: the share of the variance that each causes, luck among them, and what each
/// does alone from its low end to its high one.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rollcast/experiment/evaluation_hooks.hpp"
#include "rollcast/experiment/information.hpp"
#include "rollcast/experiment/results.hpp"
#include "rollcast/scenario/load.hpp"
#include "rollcast/stats/paired.hpp"
#include "rollcast/stats/sensitivity.hpp"

namespace rollcast::experiment {

struct SensitivityPlan {
  std::vector<model::Metric> metrics;  ///< that do not pool over incidents
  std::uint64_t points = 0;            ///< rows of Saltelli's design; a power of two; 0: no indices
  std::uint64_t replications = 0;      ///< at each end of each input
  unsigned jobs = 0;                   ///< as in Plan
};

/// What one input does to one metric of one strategy.
struct Influence {
  std::optional<stats::Index> first, total;  ///< absent without indices, or where nothing varies
  /// Means with the input at its low and at its high end, the others in the middle; absent where
  /// some runs did not finish, and for luck.
  std::optional<double> low, high;
  std::optional<stats::Interval> swing;  ///< of high - low: 95 %, paired t
};

struct SensitivityResults {
  std::string version, scenario_digest;
  model::Scenario scenario;
  std::uint64_t seed = 0;
  SensitivityPlan plan;
  std::vector<scenario::UncertainInput> inputs;
  /// [strategy][metric][input]; behind the inputs stands luck: everything that differs from run to
  /// run while all inputs stand still.
  std::vector<std::vector<std::vector<Influence>>> influences;
  std::vector<std::vector<std::optional<double>>>
      middle;                            ///< [strategy][metric]: all in the middle
  std::vector<Information> information;  ///< by metric, where it was asked for
  std::uint64_t informed = 0;            ///< runs behind it
  bool interrupted = false;
};

/// Luck is an input like the others: row i of design A has the luck of replication 2i, of B that of
/// 2i + 1, and the design that takes luck from B has its own column. Inputs are scrambled Sobol'
/// points, keyed by the seed and their path. Ends: those of
/// UncertainInput, with the same luck at both. REQUIRES inputs, metrics, replications >= 2.
[[nodiscard]] SensitivityResults find_influences(const scenario::Loaded& loaded,
                                                 std::vector<scenario::UncertainInput> inputs,
                                                 const SensitivityPlan& plan,
                                                 EvaluationHooks& hooks);

/// sensitivity.json, with a line end.
[[nodiscard]] std::string sensitivity_json(const SensitivityResults& results);

}  // namespace rollcast::experiment
