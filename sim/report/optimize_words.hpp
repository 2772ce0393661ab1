#pragma once
/// What an optimisation found, in words: for the terminal and the page alike.
#include <string>
#include <vector>

#include "rollcast/experiment/optimize.hpp"

namespace rollcast::report {

/// "“by hand”, staff.ops.people 4".
[[nodiscard]] std::string plan_words(const experiment::OptimizeResults& results,
                                     const experiment::TriedPlan& plan);
/// "deployment, incident and delay cost [USD]".
[[nodiscard]] std::string metric_label(const experiment::OptimizeResults& results,
                                       model::Metric metric);
/// "mean deployment + incidents + delay [USD]".
[[nodiscard]] std::string value_label(const experiment::OptimizeResults& results);
[[nodiscard]] std::string value_text(const experiment::OptimizeResults& results,
                                     const experiment::Cell& cell);
[[nodiscard]] std::string chance_text(const experiment::Cell& cell);
[[nodiscard]] std::string time_text(const experiment::Cell& cell);
/// What was found, or that nothing was and what comes nearest.
[[nodiscard]] std::string found_sentence(const experiment::OptimizeResults& results);
/// The confirmation, constraint by constraint, and the rivals.
[[nodiscard]] std::vector<std::string> findings_of(const experiment::OptimizeResults& results);
[[nodiscard]] std::vector<std::string> notes_of(const experiment::OptimizeResults& results);
/// Indices of the plans: what was found first, then those that keep all, then the others, the
/// smallest value first.
[[nodiscard]] std::vector<std::size_t> in_order(const experiment::OptimizeResults& results);

}  // namespace rollcast::report
