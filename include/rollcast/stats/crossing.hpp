#pragma once
/// Where two alternatives change places along an axis.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rollcast/stats/interval.hpp"

namespace rollcast::stats {

/// The samples of two alternatives at one point of the axis; value i of both, and of all points,
/// belongs to the same replication.
struct PairedSamples {
  std::span<const double> left;
  std::span<const double> right;
};

struct CrossingOptions {
  std::optional<double> level;  ///< the quantile that is compared, 0 < level < 1; none: the mean
  std::uint32_t cluster = 1;    ///< so many consecutive replications depend on each other
  double confidence = kConfidence;
};

/// left - right changes its sign between two neighbouring points, and lies on the straight line
/// between them.
struct Crossing {
  std::size_t before = 0;   ///< index of the last point in front of it that has a sign
  std::size_t after = 0;    ///< and of the first behind it
  double at = 0.0;          ///< on the axis; the middle where they are alike on a stretch
  bool left_grows = false;  ///< behind it left is the larger one
  Interval interval{};      ///< an end beyond the axis is infinite
  /// The points between which nothing at all lies between the two; of one point, or of none, both
  /// ends are `at`.
  Interval alike{};
};

/// All crossings, from the lower end of the axis to the upper. The interval is the percentile
/// bootstrap's: replications are drawn again (999 times, for all points alike, as they share their
/// luck), and the crossing of the same direction that lies nearest is found in each; a resample in
/// which left is larger, or smaller, on the whole axis puts it beyond the end to which that points.
/// The draws are keyed by the number of replications: equal samples give equal intervals.
/// REQUIRES an ascending axis, finite samples of one size, at least one value each.
[[nodiscard]] std::vector<Crossing> crossings(std::span<const double> axis,
                                              std::span<const PairedSamples> samples,
                                              const CrossingOptions& options = {});

}  // namespace rollcast::stats
