#pragma once
/// `precision:`: how precise the estimates are to be.
#include <string>
#include <vector>

#include "rollcast/model/scenario.hpp"
#include "rollcast/scenario/reader.hpp"

namespace rollcast::scenario {

/// A map `{ready_time p95: 1 %}`, or a list of such maps. `objectives` are the names that
/// `objective NAME: 0.5 %` may use.
[[nodiscard]] Value<std::vector<model::PrecisionTarget>> precision(
    std::vector<std::string> objectives);

}  // namespace rollcast::scenario
