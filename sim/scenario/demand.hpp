#pragma once
/// `demand:`: when the instances of a group are asked for, where not all are at the start.
#include <cstdint>

#include "rollcast/model/scenario.hpp"
#include "rollcast/scenario/reader.hpp"

namespace rollcast::scenario {

/// `{batches: 6 per h, size: 1 to 8, by hour: […], by day: […]}` or `{trace: FILE, at: COLUMN,
/// unit: s, instances: COLUMN, share: 5 %}`, of a group of `count` instances.
[[nodiscard]] Value<model::Demand> demand(std::int64_t count);

}  // namespace rollcast::scenario
