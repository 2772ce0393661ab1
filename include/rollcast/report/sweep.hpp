#pragma once
/// A sweep, for people.
#include <string>

#include "rollcast/experiment/sweep.hpp"
#include "rollcast/report/exploration.hpp"

namespace rollcast::report {

struct SweepInput {
  const experiment::SweepResults& results;
  std::string scenario_path;  ///< as the user named it
  std::string command;        ///< gives it again
};

/// Break-evens, who leads where, and a table of the points (at most 40 lines; points.csv has all).
/// No line is wider than the style says. Ends with a line feed.
[[nodiscard]] std::string terminal_sweep(const SweepInput& input, TerminalStyle style = {});

/// The page: lines with bands along one axis, heat maps over two, marks for other designs.
[[nodiscard]] Exploration exploration_of(const SweepInput& input);

}  // namespace rollcast::report
