#pragma once
/// Distributions of whole numbers fitted to counts, for people: as fit.hpp does for times.
#include <optional>
#include <string>
#include <vector>

#include "rollcast/report/exploration.hpp"
#include "rollcast/stats/count_fit.hpp"

namespace rollcast::report {

struct CountFitInput {
  const stats::Counts& counts;
  const std::vector<stats::FittedCounts>& fits;  ///< the best first
  std::string file;
  std::string what;       ///< what is counted: a column, "rows per 7 d"
  std::string empirical;  ///< as in FitInput
  std::string command;    ///< gives it again
  /// Of counts of what happened in a period: its length in seconds.
  std::optional<double> period;
};

/// As a scenario writes it, four significant digits: "poisson(mean 4.13, from 1)", "1 to 8".
[[nodiscard]] std::string scenario_text(const stats::FittedCounts& fit);

/// The line to paste, how much the counts vary, then a table of the families, their quantiles
/// beside those of the data, and the shares of each count. No line is wider than the style says.
/// Ends with a line feed.
[[nodiscard]] std::string terminal_fit(const CountFitInput& input, TerminalStyle style = {});
/// fit.json: the same for programs, with a line end.
[[nodiscard]] std::string fit_json(const CountFitInput& input);
[[nodiscard]] Exploration exploration_of(const CountFitInput& input);

}  // namespace rollcast::report
