#pragma once
/// A sweep for programs and spreadsheets.
#include <string>

#include "rollcast/experiment/sweep.hpp"

namespace rollcast::experiment {

/// sweep.json: axes, every point with its estimates, break-evens. JSON text with a line end. null
/// stands for what was not reached; ends beyond the axis, and bounds that the data do not give, are
/// null. Numbers as in summary.json; equal results give equal bytes.
[[nodiscard]] std::string sweep_json(const SweepResults& results);

/// points.csv (RFC 4180): a line for each point and strategy with the values of the axes and, of
/// each estimate, value, low and high end of its interval. Empty: not reached, refused or not
/// simulated yet. Points that were set between those of a grid stand behind them, with `refined` 1.
[[nodiscard]] std::string sweep_csv(const SweepResults& results);

}  // namespace rollcast::experiment
