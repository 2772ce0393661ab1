#pragma once
/// What `rollcast optimize` may decide, what is to be small, and what must hold.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "rollcast/scenario/sweep.hpp"

namespace rollcast::scenario {

/// A quantile of a metric that is limited: at most (at least) `value` in so many of the runs.
struct Limit {
  model::Metric metric{};
  double level = 0.0;  ///< in percent
  bool at_most = true;
  double value = 0.0;  ///< in the metric's unit
  std::string words;   ///< "ready_time p95 at most 8 h"

  /// Chance that a run keeps within it which the quantile asks for.
  [[nodiscard]] double required() const { return (at_most ? level : 100.0 - level) / 100.0; }
  /// What a run did not reach is more than any limit.
  [[nodiscard]] bool holds(double of_run) const {
    return at_most ? of_run <= value : of_run >= value;
  }
};

/// A decision problem over a scenario. Every strategy is a choice of its own beside the variables.
struct Optimisation {
  std::vector<SweepAxis> variables;  ///< each with the values that are allowed
  Estimate minimise;
  std::vector<std::size_t> objectives;  ///< of the scenario, each with its probability
  std::vector<Limit> limits;
  std::uint64_t tried = 0;  ///< plans that a search may try where there are too many for all
};

}  // namespace rollcast::scenario
