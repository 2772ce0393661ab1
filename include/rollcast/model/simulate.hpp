#pragma once
/// One replication of one strategy.
#include <cstdint>

#include "rollcast/model/outcome.hpp"
#include "rollcast/model/scenario.hpp"
#include "rollcast/model/trace.hpp"

namespace rollcast::model {

/// Simulates strategy `strategy` of `scenario` once. Pure: the outcome depends on the arguments
/// only, so any thread may run any replication in any order. All random numbers come from streams
/// keyed by (seed, purpose, replication, entity), so strategies share the luck of what they share.
/// `trace` (may be null) is told every event of the story. Throws kernel::ProcessError or
/// InvariantError for a defect of rollcast.
[[nodiscard]] Outcome simulate(const Scenario& scenario, std::size_t strategy, std::uint64_t seed,
                               std::uint64_t replication, Trace* trace = nullptr);

}  // namespace rollcast::model
