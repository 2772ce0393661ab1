#pragma once
/// What a run found out with replications of its own, as text for its record: what the verdict
/// hangs on, luck and ignorance told apart, what the way of sampling gained. A report that is made
/// again from the record tells it without simulating it again.
#include <string>

#include "rollcast/experiment/results.hpp"

namespace rollcast::experiment {

/// Sampling, ignorance, gains and the verdict's conditions, as JSON.
[[nodiscard]] std::string closer_look_text(const Results& results);
/// Puts them back. False, and nothing changed, when the text is none of closer_look_text().
bool restore_closer_look(Results& results, const std::string& text);

}  // namespace rollcast::experiment
