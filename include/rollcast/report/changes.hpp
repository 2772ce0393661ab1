#pragma once
/// Runs side by side, for people: on the terminal and as a page like that of a run.
#include <string>
#include <vector>

#include "rollcast/experiment/run_changes.hpp"
#include "rollcast/report/report.hpp"

namespace rollcast::report {

/// A value of the scenario that is not the same in both runs; empty where one has none.
struct ValueChange {
  std::string path;
  std::string before, after;
};

/// One run against the first.
struct RunAgainstFirst {
  std::string name;  ///< as the user named its folder
  const experiment::Results* results = nullptr;
  std::vector<ValueChange> values;
  experiment::RunChanges changes;
};

struct ChangesInput {
  std::string name;  ///< of the first run
  const experiment::Results* results = nullptr;
  std::vector<RunAgainstFirst> others;
};

/// Ends with a line feed; no line is wider than the style says.
[[nodiscard]] std::string terminal_changes(const ChangesInput& input, TerminalStyle style = {});
[[nodiscard]] std::string html_changes_page(const ChangesInput& input);

}  // namespace rollcast::report
