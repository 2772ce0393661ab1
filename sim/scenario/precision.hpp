#pragma once
/// `precision:`: how precise the estimates are to be.
#include <string>
#include <string_view>
#include <vector>

#include "rollcast/model/scenario.hpp"
#include "rollcast/scenario/reader.hpp"

namespace rollcast::scenario {

/// A map `{ready_time p95: 1 %}`, or a list of such maps. `objectives` are the names that
/// `objective NAME: 0.5 %` may use.
[[nodiscard]] Value<std::vector<model::PrecisionTarget>> precision(
    std::vector<std::string> objectives);

/// Which estimate the words name: "ready_time p95", "cost.total mean", "objective on time". Fills
/// `target` but for its width; false after a diagnostic.
bool read_estimate(Context& context, std::string_view words,
                   const std::vector<std::string>& objectives, model::PrecisionTarget& target);

}  // namespace rollcast::scenario
