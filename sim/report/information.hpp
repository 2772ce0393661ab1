#pragma once
/// What it would be worth to know an input, in words: for the terminal and the page alike.
#include <string>
#include <vector>

#include "rollcast/report/exploration.hpp"
#include "rollcast/report/sensitivity.hpp"

namespace rollcast::report {

/// A sentence for each metric of which it is known.
[[nodiscard]] std::vector<std::string> worth_sentences(
    const experiment::SensitivityResults& results);
/// Every input, the most valuable first, and all at once; no rows where nothing is known.
[[nodiscard]] ExplorationTable worth_table(const experiment::SensitivityResults& results);
/// How it was found; empty where nothing is known.
[[nodiscard]] std::string worth_note(const experiment::SensitivityResults& results);

}  // namespace rollcast::report
