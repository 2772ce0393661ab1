#pragma once
/// What an optimisation leaves for other programs.
#include <string>
#include <string_view>

#include "rollcast/experiment/optimize.hpp"

namespace rollcast::experiment {

/// optimize.json, with a line end.
[[nodiscard]] std::string optimize_json(const OptimizeResults& results);
/// plans.csv: a line for each plan that was looked at, with its chances, cost, time and risk.
[[nodiscard]] std::string optimize_csv(const OptimizeResults& results);

/// Whether a plan is on the front: "surely", "possibly", "no".
[[nodiscard]] std::string_view name_of(Front front);
/// "misses on time", "dearer": why a plan is no longer looked at, as one word or two for tables.
[[nodiscard]] std::string words_of(const OptimizeResults& results, const TriedPlan& plan);

}  // namespace rollcast::experiment
