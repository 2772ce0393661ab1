#pragma once
/// One replication of one strategy.
#include <cstdint>

#include "rollcast/model/outcome.hpp"
#include "rollcast/model/scenario.hpp"
#include "rollcast/model/trace.hpp"
#include "rollcast/random/branching.hpp"

namespace rollcast::model {

/// Simulates strategy `strategy` of `scenario` once. Pure: the outcome depends on the arguments
/// only, so any thread may run any replication in any order. All random numbers come from streams
/// keyed by (seed, purpose, replication, entity), so strategies share the luck of what they share.
/// `trace` (may be null) is told every event of the story. Throws kernel::ProcessError or
/// InvariantError for a defect of rollcast.
[[nodiscard]] Outcome simulate(const Scenario& scenario, std::size_t strategy, std::uint64_t seed,
                               std::uint64_t replication, Trace* trace = nullptr);

/// Simulates the strategy on the way of `course` until the number of instances behind `peak` comes
/// to the course's level, or to the horizon. At every crossing all draws go on with the streams of
/// its branch, and what is still to strike (failures, defects that show, drift, outages at random)
/// is drawn again, given that it has not struck yet: the same law, and futures that differ. Without
/// crossings the run is that of simulate(). Returns the events. REQUIRES is_impact_peak(peak).
std::uint64_t simulate_on(const Scenario& scenario, std::size_t strategy, std::uint64_t seed,
                          Metric peak, random::Course& course);

}  // namespace rollcast::model
