#pragma once
/// What it would be worth to know the uncertain inputs before a strategy is chosen.
#include <cstdint>
#include <optional>
#include <vector>

#include "rollcast/experiment/evaluation_hooks.hpp"
#include "rollcast/scenario/load.hpp"
#include "rollcast/stats/information.hpp"

namespace rollcast::experiment {

/// The worth of information for the choice of the strategy with the best mean of a metric.
struct Information {
  model::Metric metric{};
  std::size_t best = 0;  ///< strategy with the best mean without it
  /// By input; absent where some runs did not finish.
  std::vector<std::optional<stats::Worth>> inputs;
  std::optional<stats::Worth> all;  ///< every input at once
};

/// Fewest runs that it can be told from.
inline constexpr std::uint64_t kLeastInformedRuns = 200;

struct InformationPlan {
  std::vector<model::Metric> metrics;                    ///< that do not pool over incidents
  std::vector<scenario::InputCorrelation> correlations;  ///< of the inputs
  std::uint64_t replications = 0;                        ///< at least kLeastInformedRuns
  unsigned jobs = 0;                                     ///< as in Plan
};

/// For each metric, from replications 0, 1, … of every strategy, with the draws and the luck that
/// `rollcast run` has where `inputs` are the uncertain ones: stats/information.hpp. Of shares that
/// are good when high more is better, of all else less. Whether objectives are met plays no part.
/// Nothing when stopped, empty with one strategy. REQUIRES inputs.
[[nodiscard]] std::optional<std::vector<Information>> value_information(
    const scenario::Loaded& loaded, const std::vector<scenario::UncertainInput>& inputs,
    const InformationPlan& plan, EvaluationHooks& hooks);

}  // namespace rollcast::experiment
