#pragma once
/// The tables of the page, as HTML.
#include <string>

#include "rollcast/report/report.hpp"

namespace rollcast::report {

/// A row a strategy: verdict in words, each objective's probability, ready time, cost, worst
/// impact; with intervals.
[[nodiscard]] std::string decision_table(const experiment::Results& results);
/// What each objective asks for.
[[nodiscard]] std::string objective_list(const experiment::Results& results);
/// Paired differences under common random numbers; at most `kLongestTable` rows, those with the
/// winner first. Empty without comparisons.
[[nodiscard]] std::string comparison_table(const experiment::Results& results);
/// What each strategy spends in each calendar month: mean, and 90 % of the runs between; at most
/// `kMostMonths` columns. Empty when the horizon lies in one month.
[[nodiscard]] std::string cash_flow_table(const experiment::Results& results);
/// The inputs that the verdict hangs on (inputs.hpp).
[[nodiscard]] std::string decisive_list(const ReportInput& input);
/// All assumptions with their reasons: what no source gives first, what has no effect last.
[[nodiscard]] std::string assumption_table(const ReportInput& input);

/// A line with the dash and the mark of a strategy, in the colour variable of the page.
[[nodiscard]] std::string swatch(std::size_t strategy);

inline constexpr std::size_t kLongestTable = 60;
inline constexpr std::size_t kMostMonths = 24;

}  // namespace rollcast::report
