#pragma once
/// Control variates: what is known of one quantity sharpens the estimate of another.
#include <optional>
#include <span>

#include "rollcast/stats/interval.hpp"

namespace rollcast::stats {

struct ControlledMean {
  double mean = 0.0;
  double sd = 0.0;                   ///< of the values that remain after the control
  std::optional<Interval> interval;  ///< t with n - 2 degrees of freedom; absent below three pairs
  double beta = 0.0;                 ///< the coefficient, by least squares
  double reduction = 0.0;            ///< share of the variance that the control took away
};

/// Mean of `values`, corrected by beta * (mean of `controls` - `known_mean`). The coefficient comes
/// from the same pairs, which biases the mean by an amount of order 1/n. REQUIRES as many controls
/// as values, at least two, and controls that vary.
[[nodiscard]] ControlledMean control_variate(std::span<const double> values,
                                             std::span<const double> controls, double known_mean,
                                             double confidence = kConfidence);

}  // namespace rollcast::stats
