#pragma once
/// `optimize:`: decision variables, what is to be small, and what must hold.
#include <string>
#include <vector>

#include "rollcast/scenario/optimize.hpp"
#include "sweep.hpp"

namespace rollcast::scenario {

/// A decision problem as written, with its places.
struct OptimizeSpec {
  std::vector<SweepSpec::Axis> variables;
  Estimate minimise;
  std::vector<std::size_t> objectives;
  std::vector<Limit> limits;
  std::int64_t tried = 0;
};

/// `objectives` are the names of the scenario's.
[[nodiscard]] Value<OptimizeSpec> optimize(std::vector<std::string> objectives);

/// Completes the variables as check_sweep() does the axes of a grid.
[[nodiscard]] Optimisation check_optimize(const OptimizeSpec& spec, const Template& source,
                                          Diagnostics& diagnostics);

}  // namespace rollcast::scenario
