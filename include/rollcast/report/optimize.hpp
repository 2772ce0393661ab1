#pragma once
/// The cheapest plan, for people.
#include <string>

#include "rollcast/experiment/optimize.hpp"
#include "rollcast/report/exploration.hpp"

namespace rollcast::report {

struct OptimizeInput {
  const experiment::OptimizeResults& results;
  std::string scenario_path;  ///< as the user named it
  std::string command;        ///< gives it again
};

/// What was found, its confirmation, and a table of the plans that come next (at most 12). No line
/// is wider than the style says. Ends with a line feed.
[[nodiscard]] std::string terminal_optimize(const OptimizeInput& input, TerminalStyle style = {});
/// The page: cost against time and against risk, and every plan that was looked at.
[[nodiscard]] Exploration exploration_of(const OptimizeInput& input);

}  // namespace rollcast::report
