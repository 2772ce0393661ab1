#pragma once
/// Which charts a page has, what each shows in one sentence, and why one is missing.
#include <string>
#include <string_view>
#include <vector>

#include "rollcast/report/report.hpp"

namespace rollcast::report {

enum class Section { decision, risk_and_cost, time, recovery, one_run, quality };

struct Chart {
  std::string_view name;  ///< of its definition and its file: "s-curve"
  std::string_view title;
  Section section;
  bool shown = false;
  std::string finding;    ///< what it says, with numbers of the results; empty when not shown
  std::string_view hint;  ///< how to read it
  std::string absent;     ///< why it is not shown; empty where nobody would miss it
};

/// All charts in the order of the page, shown or not.
[[nodiscard]] std::vector<Chart> charts_of(const ReportInput& input);

}  // namespace rollcast::report
