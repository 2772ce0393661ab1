#pragma once
/// Sentences on how sure the numbers are, for the terminal and the page alike.
#include <string>
#include <vector>

#include "rollcast/experiment/results.hpp"

namespace rollcast::report {

/// In the order in which they are to be read; empty when there is nothing to say.
[[nodiscard]] std::vector<std::string> quality_notes(const experiment::Results& results);

}  // namespace rollcast::report
