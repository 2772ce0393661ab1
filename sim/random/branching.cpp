#include "rollcast/random/branching.hpp"

#include <algorithm>

#include "rollcast/base/assertion.hpp"

namespace rollcast::random {

std::optional<std::uint32_t> Course::rise(double importance, TimePoint now) {
  highest_ = std::max(highest_, importance);
  std::optional<std::uint32_t> branch;
  for (; next_ < way_->crossings.size() && importance >= way_->crossings[next_].level; ++next_) {
    const Crossing& crossing = way_->crossings[next_];
    ROLLCAST_ASSERT(crossing.time == kNever || crossing.time == now,
                    "level {} of replication {} was crossed at {} s, and in its replay at {} s",
                    crossing.level, way_->replication, to_seconds(crossing.time), to_seconds(now));
    branch = crossing.branch;
  }
  if (reached_ == kNever && next_ == way_->crossings.size() && importance >= level_) reached_ = now;
  return branch;
}

}  // namespace rollcast::random
