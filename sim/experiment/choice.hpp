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
  std::uint64_t needed = 0;            ///< about how many replications would leave one
};

/// Drops those of `candidates` that are dearer in the ranked cost: by Kim and Nelson's procedure
/// (stats/selection.hpp) or because the paired interval over all replications says so,
/// simultaneously for all pairs (Bonferroni). The first stage of the procedure is all there is:
/// what is rare and dear may not have happened in the first of the replications, which would then
/// pass for sure. Replications share their luck and are taken in batches of 20 or a whole cluster
/// of dependent ones (Samples::cluster), whose means are nearly normal and independent. Each way
/// may be wrong in 2.5 % of cases: with 95 % confidence what remains holds the cheapest, when that
/// is cheaper than all others by more than `zone`. Nothing with fewer than two candidates, 20
/// batches, or a zone of nothing.
[[nodiscard]] std::optional<Choice> choose_cheapest(const Results& results,
                                                    const std::vector<std::size_t>& candidates,
                                                    double zone);

}  // namespace rollcast::experiment
