#pragma once
/// Intervals and bounds for a probability that was estimated by counting.
#include <cstdint>
#include <optional>

#include "rollcast/stats/interval.hpp"

namespace rollcast::stats {

/// Clopper-Pearson: covers with at least the stated confidence, for every probability. `successes`
/// may be half-integral (ties counted half), which keeps it conservative.
/// REQUIRES 0 <= successes <= trials, trials > 0 here and below.
[[nodiscard]] Interval clopper_pearson(double successes, std::uint64_t trials,
                                       double confidence = kConfidence);
/// One-sided exact bounds: the probability is at least (at most) this with the stated confidence.
[[nodiscard]] double proportion_at_least(double successes, std::uint64_t trials,
                                         double confidence = kConfidence);
[[nodiscard]] double proportion_at_most(double successes, std::uint64_t trials,
                                        double confidence = kConfidence);
/// Wilson's score interval: covers with about the stated confidence, shorter than the exact one.
[[nodiscard]] Interval wilson(double successes, std::uint64_t trials,
                              double confidence = kConfidence);

/// Does a probability reach `required`, as far as the trials can tell?
enum class Decision { holds, fails, open };
/// holds: the one-sided bound clears `required`; fails: the opposite bound lies below it.
[[nodiscard]] Decision decide_at_least(double successes, std::uint64_t trials, double required,
                                       double confidence = kConfidence);
/// About how many trials in all would decide, were the observed share exact: the smallest number,
/// rounded up to two digits. None when more than 10^9 (the share is what is required).
[[nodiscard]] std::optional<std::uint64_t> trials_to_decide(double successes, std::uint64_t trials,
                                                            double required,
                                                            double confidence = kConfidence);

}  // namespace rollcast::stats
