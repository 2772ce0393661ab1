#pragma once
/// Distributions fitted to measurements, for people: ranked, tested, drawn against the data, with
/// the line to paste into a scenario.
#include <string>
#include <vector>

#include "rollcast/report/exploration.hpp"
#include "rollcast/stats/fit.hpp"

namespace rollcast::report {

struct FitInput {
  const stats::Observations& observations;       ///< in `unit`
  const std::vector<stats::FittedFamily>& fits;  ///< the best first
  std::string unit;                              ///< "s", as a scenario writes it
  std::string file, column;
  std::string empirical;  ///< the scenario's words for the data as they are; empty when it has none
  std::string command;    ///< gives it again
};

/// As a scenario writes it, four significant digits: "lognormal(mu 0.6812, sigma 1.031, unit h)".
[[nodiscard]] std::string scenario_text(const stats::FittedFamily& fit, const std::string& unit);

/// The line to paste, then a table of the families, their quantiles beside those of the data and
/// their shapes. No line is wider than the style says. Ends with a line feed.
[[nodiscard]] std::string terminal_fit(const FitInput& input, TerminalStyle style = {});
/// fit.json: the same for programs, with a line end.
[[nodiscard]] std::string fit_json(const FitInput& input);
[[nodiscard]] Exploration exploration_of(const FitInput& input);

}  // namespace rollcast::report
