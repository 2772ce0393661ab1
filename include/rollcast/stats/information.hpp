#pragma once
/// What it would be worth to know an uncertain input before one chooses (expected value of perfect
/// information; Raiffa and Schlaifer, 1961).
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rollcast/stats/interval.hpp"

namespace rollcast::stats {

/// Runs in each of which all options met the same draw of the inputs, and luck of their own or in
/// common.
struct InformedRuns {
  std::vector<std::vector<double>> losses;  ///< [option][run]: to be small
  /// [input][run]: the number in (0, 1) by which the run drew the input.
  std::vector<std::vector<double>> draws;
  /// [input][run]: the number of the value that was drawn, of inputs that have few; empty where any
  /// number of a range may be drawn.
  std::vector<std::vector<std::uint32_t>> levels;
};

/// In the unit of the losses.
struct Worth {
  double value = 0.0;
  Interval interval;  ///< 95 %, t
};

/// min_k E[L_k] - E[min_k E[L_k | the inputs named]]: how much smaller the expected loss becomes
/// when these inputs are known before an option is chosen. Luck is never known.
///
/// A rule that chooses by the inputs is fitted (least squares on Legendre polynomials of the draws,
/// up to the fourth degree for one input; up to the third, with products of pairs where there
/// are ten runs for each coefficient, for several; a
/// constant for each of a few choices) to nine tenths of the runs and valued by the losses of the
/// others, ten times, so that no run values a rule that was fitted to it: the estimate is not
/// flattered by noise, as the maximum of estimated means would be. It is the worth of such a rule,
/// which approaches that of perfect information from below. May come out below 0 by chance.
/// Nothing with fewer than two options, or a loss that is not finite. REQUIRES at least 200 runs,
/// equally many everywhere; inputs within range, at least one.
[[nodiscard]] std::optional<Worth> worth_of_knowing(const InformedRuns& runs,
                                                    std::span<const std::size_t> inputs);

}  // namespace rollcast::stats
