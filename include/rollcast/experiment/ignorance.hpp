#pragma once
/// Luck and ignorance told apart: two loops, two bands.
#include <cstdint>
#include <span>
#include <vector>

#include "rollcast/experiment/draws.hpp"
#include "rollcast/experiment/ranks.hpp"
#include "rollcast/experiment/results.hpp"

namespace rollcast::experiment {

/// The share of the variance that pairs have in common: `first[i]` and `second[i]` have the same
/// inputs and different luck. One-way analysis of variance with two values in each group; the
/// interval is that of F with (n - 1, n) degrees of freedom, exact for normal values.
struct SharedVariance {
  double share = 0.0;
  stats::Interval interval;
};
/// Absent below three pairs, for values that are not finite, and when nothing varies.
[[nodiscard]] std::optional<SharedVariance> shared_variance(std::span<const double> first,
                                                            std::span<const double> second);

/// How many replications telling them apart takes, of each strategy: a tenth of the run for the
/// inputs' share and as many for the luck alone, 100 to 1,000 each.
[[nodiscard]] std::uint64_t ignorance_replications(std::uint64_t run);

/// The inputs of the run's replications with luck that none of them has. `simulator` must outlive
/// it.
[[nodiscard]] Simulate other_luck(Simulator& simulator);
/// The run's luck with every input at its median.
[[nodiscard]] Simulate luck_alone(const Simulator& simulator, std::uint64_t seed);

/// Simulates `replications` again with other_luck(), and as many with luck_alone(). `results` are
/// those of the run with independent draws; nothing is told of clustered ones beyond the bands.
/// Returns nothing when it is stopped meanwhile.
[[nodiscard]] std::vector<Ignorance> tell_apart(Simulator& simulator, const Results& results,
                                                std::uint64_t replications,
                                                const Workforce& workforce);

/// What the way of sampling gained for the means of ready_time and the ranked cost (clustered
/// samples), or what the best control variate among the draws of the inputs would (independent
/// ones; only gains that are shown, the interval above 1.1).
[[nodiscard]] std::vector<Gain> gains_of(const Draws& draws, const Results& results);

}  // namespace rollcast::experiment
