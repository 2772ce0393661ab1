#pragma once
/// What hardly ever happens, for people.
#include <string>

#include "rollcast/experiment/rare.hpp"
#include "rollcast/report/exploration.hpp"

namespace rollcast::report {

struct RareInput {
  const experiment::RareResults& results;
  std::string scenario_path;  ///< as the user named it
  std::string command;        ///< gives it again
};

/// A chance as small as it may be: "12 %", "0.061 %", "2.1e-7".
[[nodiscard]] std::string chance_text(double probability);

/// For each question the chance with each strategy, its interval, and what plain runs would have
/// taken. No line is wider than the style says. Ends with a line feed.
[[nodiscard]] std::string terminal_rare(const RareInput& input, TerminalStyle style = {});
[[nodiscard]] Exploration exploration_of(const RareInput& input);

}  // namespace rollcast::report
