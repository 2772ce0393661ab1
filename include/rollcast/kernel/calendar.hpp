#pragma once
/// WorkCalendar: when somebody works, in simulated time.
#include <cstddef>
#include <utility>
#include <vector>

#include "rollcast/base/time.hpp"

namespace rollcast::kernel {

/// Open intervals [open, close) in simulated time; after the last one it stays closed for ever.
/// Immutable: one calendar may serve many simulations and threads at once.
class WorkCalendar {
 public:
  /// Always open.
  WorkCalendar() = default;
  [[nodiscard]] static WorkCalendar always_open() { return {}; }
  /// REQUIRES: ascending, no two overlap, open < close in each. Intervals that touch are one. An
  /// empty list is never open.
  explicit WorkCalendar(const std::vector<std::pair<TimePoint, TimePoint>>& intervals);

  [[nodiscard]] bool is_always_open() const { return always_open_; }
  [[nodiscard]] bool is_open(TimePoint time) const;
  /// `time` itself when open then, else the next opening; kNever after the last interval.
  [[nodiscard]] TimePoint next_open(TimePoint time) const;
  /// The first moment after `time` at which it opens or closes; kNever when there is none.
  [[nodiscard]] TimePoint next_change(TimePoint time) const;
  /// The moment at which `work` of open time has passed since `from`: the closing itself for work
  /// that ends with the shift; `from` for no work; kNever when the calendar ends before. REQUIRES
  /// work >= 0.
  [[nodiscard]] TimePoint finish(TimePoint from, Duration work) const;
  /// Open time between two moments; zero when to <= from.
  [[nodiscard]] Duration worked(TimePoint from, TimePoint to) const;

 private:
  struct Interval {
    TimePoint open;
    TimePoint close;
    Duration worked_before;  ///< open time of all earlier intervals
  };
  /// The first interval that closes after `time`; intervals_.size() when there is none.
  [[nodiscard]] std::size_t interval_after(TimePoint time) const;
  /// Open time since the calendar's beginning.
  [[nodiscard]] Duration worked_until(TimePoint time) const;

  bool always_open_ = true;
  std::vector<Interval> intervals_;
};

}  // namespace rollcast::kernel
