#pragma once
/// Choosing the cheapest of many with a guarantee.
#include <cstdint>
#include <optional>
#include <vector>

#include "rollcast/experiment/results.hpp"

namespace rollcast::experiment {

/// From so many strategies on pairwise intervals no longer keep their confidence together.
inline constexpr std::size_t kManyStrategies = 3;

struct Choice {
  std::size_t best = 0;                ///< index of a strategy
  std::vector<std::size_t> remaining;  ///< that could not be dropped, the best included
  std::uint64_t needed = 0;            ///< replications that would leave one, at most
};

/// Kim and Nelson's procedure (stats/selection.hpp) for the ranked cost of `candidates`, over the
/// replications that there are, in batches of 20, whose means are nearly normal; replications share
/// their luck. With 95 % confidence the one that remains is the cheapest, when that is cheaper than
/// all others by more than `zone`. Nothing with fewer than two candidates, 400 replications, a
/// zone of nothing, or replications that depend on each other.
[[nodiscard]] std::optional<Choice> choose_cheapest(const Results& results,
                                                    const std::vector<std::size_t>& candidates,
                                                    double zone);

}  // namespace rollcast::experiment
