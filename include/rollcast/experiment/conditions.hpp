#pragma once
/// What a verdict hangs on.
#include <cstdint>
#include <vector>

#include "rollcast/experiment/draws.hpp"
#include "rollcast/experiment/ranks.hpp"
#include "rollcast/experiment/results.hpp"

namespace rollcast::experiment {

/// Replications of each strategy at each of so many values that are tried: altogether a tenth of
/// the run's, but 100 to 200 at each, and never more than the run's.
[[nodiscard]] std::uint64_t condition_replications(std::uint64_t run, std::size_t values);

struct TriedConditions {
  std::vector<Condition> conditions;
  std::uint64_t replications = 0;  ///< of each strategy at each value
};

/// The run's first `replications` at the first value that is tried, then at the second, and so on.
/// `loaded` must outlive it.
[[nodiscard]] Simulate condition_trials(const scenario::Loaded& loaded, std::uint64_t replications);

/// Simulates the first condition_replications() again, with the same luck, once for each end of
/// every untouched default that states a range and of every uncertain input (or for
/// its choices), and says who leads then: the cheapest of those whose observed shares
/// meet all objectives. A verdict turns when another one leads than with the run's own first
/// replications, and it is no tie of the winner. No conditions when the verdict is open, when there
/// is nothing to try or when it is stopped meanwhile; no conditions but the replications when the
/// winner does not lead among so few of them.
[[nodiscard]] TriedConditions try_conditions(const scenario::Loaded& loaded, const Results& results,
                                             const Workforce& workforce);

}  // namespace rollcast::experiment
