#pragma once
/// Which inputs do anything, for people.
#include <string>

#include "rollcast/experiment/screening.hpp"
#include "rollcast/report/exploration.hpp"

namespace rollcast::report {

struct ScreeningInput {
  const experiment::ScreeningResults& results;
  std::string scenario_path;  ///< as the user named it
  std::string command;        ///< gives it again
};

/// For each metric and strategy the inputs with the largest effects (at most 12). No line is wider
/// than the style says. Ends with a line feed.
[[nodiscard]] std::string terminal_screening(const ScreeningInput& input, TerminalStyle style = {});
/// The page: a chart of the effects for each metric and strategy, and the table of all.
[[nodiscard]] Exploration exploration_of(const ScreeningInput& input);

}  // namespace rollcast::report
