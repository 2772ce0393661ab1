#pragma once
/// Which plans no other one beats in cost, time and risk, and how surely.
#include <vector>

#include "rollcast/experiment/optimize.hpp"

namespace rollcast::experiment {

/// Quantile of the ready time that stands for time.
inline constexpr double kFrontTime = 0.95;

/// 1 in the runs that missed a constraint; without constraints in those whose fleet was not ready.
/// Columns as columns_of() names them.
[[nodiscard]] std::vector<double> risk_column(const Evidence& evidence);

/// Fills `front` of the plans, whose runs are the candidates'. Plans are compared in the runs that
/// both have: costs by paired t intervals, risks by exact bounds of the runs in which they differ,
/// times by order statistics, at 95 % each. Worse by less than `indifference` of the cost or the
/// time, or by less than one percentage point of risk, is not worse.
void place_on_front(std::vector<TriedPlan>& plans, const std::vector<Candidate>& candidates,
                    double indifference);

}  // namespace rollcast::experiment
