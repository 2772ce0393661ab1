#pragma once
/// Trajectories that share a past and differ in their future: which branch of its random streams a
/// run is on.
#include <cstdint>
#include <optional>
#include <vector>

#include "rollcast/base/time.hpp"

namespace rollcast::random {

/// Where a trajectory left its past: when its importance first came to `level`, all random numbers
/// that were not drawn yet became those of `branch`.
struct Crossing {
  double level = 0.0;
  std::uint32_t branch = 0;
  TimePoint time = kNever;  ///< when that was; kNever: not known yet
};

/// A trajectory from the start: whose luck it begins with, and where it left it. The same list
/// gives the same trajectory, bit for bit. Levels ascend.
struct Way {
  std::uint64_t replication = 0;
  std::vector<Crossing> crossings;
};

/// Follows a way while importance rises, up to a level that is to be reached. Importance is any
/// number of the state; only its first visits to higher values count.
class Course {
 public:
  /// `way` must outlive the course. `level` may be infinite: then the run goes on to its end.
  Course(const Way& way, double level) : way_(&way), level_(level) {}

  [[nodiscard]] const Way& way() const { return *way_; }
  /// Says what importance is now. The branch to go on with, where it came to a crossing (the last
  /// one, where it jumped over several). Throws InvariantError when a crossing comes at another
  /// time than before: then the past was not replayed.
  std::optional<std::uint32_t> rise(double importance, TimePoint now);
  /// Importance came to the level: the run can end.
  [[nodiscard]] bool reached() const { return reached_ != kNever; }
  [[nodiscard]] TimePoint reached_at() const { return reached_; }
  [[nodiscard]] double highest() const { return highest_; }

 private:
  const Way* way_;
  double level_;
  std::size_t next_ = 0;  ///< crossing
  double highest_ = 0.0;
  TimePoint reached_ = kNever;
};

}  // namespace rollcast::random
