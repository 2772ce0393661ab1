#pragma once
/// summary.json: the results for programs.
#include <string>

#include "rollcast/experiment/results.hpp"

namespace rollcast::experiment {

/// JSON text with a line end. null stands for what was not reached or is not known; an interval's
/// end is null where the data give no bound. Names of metrics are the stable ones of
/// model/metrics.hpp, times in seconds (incident times in hours), money in the scenario's currency.
/// `cash_flow` holds a calendar month each: what was spent, mean and 90 % band. Keys come in a
/// fixed order and numbers read back as the same bits; there are no wall-clock times in it, so
/// equal results give equal bytes.
[[nodiscard]] std::string summary_json(const Results& results);

[[nodiscard]] std::string name_of(Met met);             ///< "yes", "no", "undecided"
[[nodiscard]] std::string name_of(Verdict::Kind kind);  ///< "best", "none meets", ...

}  // namespace rollcast::experiment
