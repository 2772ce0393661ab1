#pragma once
/// Sentences on how sure the numbers are, for the terminal and the page alike.
#include <string>
#include <vector>

#include "rollcast/experiment/results.hpp"

namespace rollcast::report {

/// What would turn the verdict, of the untouched defaults and uncertain inputs that were tried: a
/// sentence each.
[[nodiscard]] std::vector<std::string> turning_conditions(const experiment::Results& results);

/// The others, in the order in which they are to be read; empty when there is nothing to say.
[[nodiscard]] std::vector<std::string> quality_notes(const experiment::Results& results);

}  // namespace rollcast::report
