/// Runs that are one trajectory of many: they follow a way up to a level of impact, and leave their
/// past at its crossings.
#include <limits>

#include "replication.hpp"
#include "rollcast/model/impact.hpp"

namespace rollcast::model {

void Replication::follow(random::Course& course, Metric peak) {
  ROLLCAST_ASSERT(is_impact_peak(peak), "{} is no peak", metric_info(peak).name);
  course_ = &course;
  importance_ = peak == Metric::impact_out_peak         ? &out
                : peak == Metric::impact_defective_peak ? &defective
                                                        : &impacted;
}

void Replication::rise() {
  const auto branch = course_->rise(importance_->value(), sim.now());
  if (!branch) return;
  branch_ = *branch;
  branched.trigger();
}

std::optional<Duration> Replication::draw_rest(const RandomDuration& length, std::uint64_t purpose,
                                               std::uint64_t entity, std::uint64_t index,
                                               Duration age) const {
  const double passed = to_seconds(age);
  if (length.seconds.is_constant())
    return std::max(Duration::zero(), from_seconds(length.seconds.mean() - passed));
  const auto left = length.seconds.truncated(passed, std::numeric_limits<double>::infinity());
  if (!left) return std::nullopt;
  auto random = stream(purpose, entity, index);
  return std::max(Duration::zero(), from_seconds(left->sample(random) - passed));
}

}  // namespace rollcast::model
