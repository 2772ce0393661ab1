#pragma once
/// What a verdict hangs on.
#include <atomic>
#include <cstdint>
#include <vector>

#include "rollcast/experiment/draws.hpp"
#include "rollcast/experiment/results.hpp"

namespace rollcast::experiment {

/// Replications of each strategy at each value that is tried: a fiftieth of the run, 100 to 200.
[[nodiscard]] std::uint64_t condition_replications(std::uint64_t run);

/// Simulates the first `replications` again, with the same luck, once for each end of every
/// untouched default that states a range and of every uncertain input (its 5 % and 95 % points, or
/// its choices), and says who leads then: the cheapest of those whose observed shares meet all
/// objectives. A verdict turns when another one leads than with the run's own first replications,
/// and it is no tie of the winner. Nothing when the verdict is open, when its winner does not lead
/// among so few replications, or when `stop` is set meanwhile.
[[nodiscard]] std::vector<Condition> try_conditions(const scenario::Loaded& loaded,
                                                    const Results& results,
                                                    std::uint64_t replications, unsigned jobs,
                                                    const std::atomic<bool>* stop);

}  // namespace rollcast::experiment
