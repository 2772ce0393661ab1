#pragma once
/// What matters most, for people.
#include <string>

#include "rollcast/experiment/sensitivity.hpp"
#include "rollcast/report/exploration.hpp"

namespace rollcast::report {

struct SensitivityInput {
  const experiment::SensitivityResults& results;
  std::string scenario_path;  ///< as the user named it
  std::string command;        ///< gives it again
};

/// For each metric and strategy the inputs that matter most (at most 12) and the share of luck. No
/// line is wider than the style says. Ends with a line feed.
[[nodiscard]] std::string terminal_sensitivity(const SensitivityInput& input,
                                               TerminalStyle style = {});
/// The page: a tornado for each metric and strategy, beside it the indices where there are any.
[[nodiscard]] Exploration exploration_of(const SensitivityInput& input);

}  // namespace rollcast::report
