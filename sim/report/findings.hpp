#pragma once
/// What each chart shows, in one or two sentences with numbers of the results.
#include <string>
#include <string_view>

#include "rollcast/experiment/results.hpp"

namespace rollcast::report {

/// REQUIRES a chart of charts_of() that is shown, other than the timeline.
[[nodiscard]] std::string finding_of(const experiment::Results& results, std::string_view chart);

/// A strategy's name in a sentence: in quotation marks, and cut where it is very long.
[[nodiscard]] std::string quoted(const std::string& full_name);

}  // namespace rollcast::report
