#pragma once
/// What a sweep says, in words that terminal and page share.
#include <string>
#include <vector>

#include "rollcast/report/sweep.hpp"

namespace rollcast::report {

/// "mean of deployment, delay and incident cost [USD]", "P95 of ready time", "chance of “on time”".
[[nodiscard]] std::string label_of(const experiment::SweepResults& results, std::size_t estimate);
/// The unit in which the estimate is told.
[[nodiscard]] model::Unit unit_of(const scenario::Estimate& estimate);
/// "3.9 h", "not reached".
[[nodiscard]] std::string cell_text(const experiment::SweepResults& results, std::size_t estimate,
                                    const experiment::Cell& cell);
/// The same with half of its 95 % interval: "3,554 ±12", "97.6 % ±1.3" (percentage points), "> 99.6
/// %" where every run held.
[[nodiscard]] std::string cell_with_half_width(const experiment::SweepResults& results,
                                               std::size_t estimate, const experiment::Cell& cell);
/// "3.8–4.1 h"; empty without an interval.
[[nodiscard]] std::string cell_range(const experiment::SweepResults& results, std::size_t estimate,
                                     const experiment::Cell& cell);
/// "golden image and by hand break even in … at fleet.web.count = 12.3 (95 % interval 11 to 14);
/// beyond it by hand has the larger value".
[[nodiscard]] std::string words_of(const experiment::SweepResults& results,
                                   const experiment::BreakEven& even);
/// "by hand meets “today” from staff.ops.people 6 on; at 5 it misses it".
[[nodiscard]] std::string words_of(const experiment::SweepResults& results,
                                   const experiment::Threshold& threshold);
/// The points as people read them: those between the grid's stand between them.
[[nodiscard]] std::vector<std::size_t> reading_order(const experiment::SweepResults& results);
/// The values of a point, refined ones with a mark: "37°".
[[nodiscard]] std::vector<std::string> values_of(const experiment::SweepResults& results,
                                                 const experiment::SweepPoint& point);
/// Who leads at how many of the points of the design.
[[nodiscard]] std::string leader_sentence(const experiment::SweepResults& results);
/// Points that are refused or missing, and what the numbers rest on.
[[nodiscard]] std::vector<std::string> sweep_notes(const experiment::SweepResults& results);

}  // namespace rollcast::report
