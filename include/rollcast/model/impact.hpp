#pragma once
/// Which metrics are a largest number of instances hit at once.
#include "rollcast/model/metrics.hpp"

namespace rollcast::model {

/// impact.peak, impact.out_peak and impact.defective_peak: of these, rare values can be asked.
[[nodiscard]] constexpr bool is_impact_peak(Metric metric) {
  return metric == Metric::impact_peak || metric == Metric::impact_out_peak ||
         metric == Metric::impact_defective_peak;
}

}  // namespace rollcast::model
