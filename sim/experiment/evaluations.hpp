#pragma once
/// Scenarios with chosen values, simulated a few times each: what the ways of finding out which
/// input matters have in common.
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "rollcast/experiment/evaluation_hooks.hpp"
#include "rollcast/scenario/load.hpp"

namespace rollcast::experiment {

/// Scenarios that are simulated a few times each, and what is looked at.
struct Evaluations {
  std::uint64_t groups = 0;  ///< scenarios
  std::uint64_t each = 1;    ///< replications of each
  std::function<scenario::Settings(std::uint64_t group)> settings;
  std::function<std::uint64_t(std::uint64_t group, std::uint64_t replication)> luck;
};

/// Nothing when stopped. `loaded` must have a scenario that takes all settings; jobs as in Plan.
[[nodiscard]] std::optional<Evaluated> evaluate(const scenario::Loaded& loaded,
                                                const std::vector<model::Metric>& metrics,
                                                unsigned jobs, const Evaluations& evaluations,
                                                EvaluationHooks& hooks);

}  // namespace rollcast::experiment
