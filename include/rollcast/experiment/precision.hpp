#pragma once
/// Stopping when the estimates are precise enough.
#include <cstdint>
#include <vector>

#include "rollcast/experiment/results.hpp"

namespace rollcast::experiment {

/// The half-widths of the 95 % intervals that `targets` speak of, for every strategy. A quantile
/// that is shown to lie beyond the horizon cannot be told more precisely and counts as reached; a
/// mean that does not exist, because a run did not finish, never is.
[[nodiscard]] std::vector<PrecisionReached> precision_reached(
    const std::vector<model::PrecisionTarget>& targets, const std::vector<Samples>& samples);

/// The sequential rule of a run: looks when stats::next_look() says, at whole blocks, so what it
/// decides depends on the replications only, not on threads.
class StoppingRule {
 public:
  /// REQUIRES targets, which must outlive the rule; most >= 1.
  StoppingRule(const std::vector<model::PrecisionTarget>& targets, std::uint64_t most,
               std::uint64_t block);
  /// Replications that the run takes in all, as far as `samples` tell: at most `most`, and not more
  /// than there are when all targets are reached. To be called after every block.
  std::uint64_t plan(const std::vector<Samples>& samples);

 private:
  const std::vector<model::PrecisionTarget>& targets_;
  std::uint64_t most_;
  std::uint64_t block_;
  std::uint64_t look_;
  std::uint64_t planned_;
};

}  // namespace rollcast::experiment
