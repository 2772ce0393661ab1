#pragma once
/// Which of many inputs does anything at all: Morris screening of a scenario, luck kept apart.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rollcast/experiment/evaluation_hooks.hpp"
#include "rollcast/experiment/results.hpp"
#include "rollcast/scenario/load.hpp"
#include "rollcast/stats/screening.hpp"

namespace rollcast::experiment {

struct ScreeningPlan {
  std::vector<model::Metric> metrics;  ///< that do not pool over incidents
  std::uint64_t ways = 0;              ///< of Morris's design; at least 2
  std::uint64_t replications = 0;      ///< at each point; at least 2
  unsigned jobs = 0;                   ///< as in Plan
};

struct ScreeningResults {
  std::string version, scenario_digest;
  model::Scenario scenario;
  std::uint64_t seed = 0;
  ScreeningPlan plan;
  std::vector<scenario::UncertainInput> inputs;
  /// [strategy][metric][input]; absent where some runs did not finish.
  std::vector<std::vector<std::vector<std::optional<stats::ElementaryEffects>>>> effects;
  /// [strategy][metric]: standard deviation of one run around the mean of its point: what luck does
  /// to a run while no input moves.
  std::vector<std::vector<std::optional<double>>> luck;
  bool interrupted = false;
};

/// All points of a way are simulated with the same luck, each way with its own, so that an effect
/// is a difference under common random numbers. REQUIRES inputs and metrics.
[[nodiscard]] ScreeningResults screen_inputs(const scenario::Loaded& loaded,
                                             std::vector<scenario::UncertainInput> inputs,
                                             const ScreeningPlan& plan, EvaluationHooks& hooks);

/// sensitivity.json of this method, with a line end.
[[nodiscard]] std::string screening_json(const ScreeningResults& results);

}  // namespace rollcast::experiment
