#include "rollcast/kernel/calendar.hpp"

#include <algorithm>

#include "rollcast/base/assertion.hpp"

namespace rollcast::kernel {

WorkCalendar::WorkCalendar(const std::vector<std::pair<TimePoint, TimePoint>>& intervals)
    : always_open_(false) {
  intervals_.reserve(intervals.size());
  Duration worked{};
  for (const auto& [open, close] : intervals) {
    ROLLCAST_ASSERT(open < close, "open from {} to {} ns", open.time_since_epoch().count(),
                    close.time_since_epoch().count());
    ROLLCAST_ASSERT(intervals_.empty() || intervals_.back().close <= open,
                    "an interval opens at {} ns, before the one before it closes",
                    open.time_since_epoch().count());
    if (!intervals_.empty() && intervals_.back().close == open)
      intervals_.back().close = close;
    else
      intervals_.push_back(Interval{open, close, worked});
    worked += close - open;
  }
}

std::size_t WorkCalendar::interval_after(TimePoint time) const {
  const auto place = std::upper_bound(intervals_.begin(), intervals_.end(), time,
                                      [](TimePoint t, const Interval& i) { return t < i.close; });
  return static_cast<std::size_t>(place - intervals_.begin());
}

bool WorkCalendar::is_open(TimePoint time) const {
  if (always_open_) return true;
  const std::size_t index = interval_after(time);
  return index < intervals_.size() && intervals_[index].open <= time;
}

TimePoint WorkCalendar::next_open(TimePoint time) const {
  if (always_open_) return time;
  const std::size_t index = interval_after(time);
  return index < intervals_.size() ? std::max(time, intervals_[index].open) : kNever;
}

TimePoint WorkCalendar::next_change(TimePoint time) const {
  if (always_open_) return kNever;
  const std::size_t index = interval_after(time);
  if (index == intervals_.size()) return kNever;
  return time < intervals_[index].open ? intervals_[index].open : intervals_[index].close;
}

Duration WorkCalendar::worked_until(TimePoint time) const {
  const std::size_t index = interval_after(time);
  if (index == intervals_.size()) {
    if (intervals_.empty()) return Duration::zero();
    const Interval& last = intervals_.back();
    return last.worked_before + (last.close - last.open);
  }
  const Interval& interval = intervals_[index];
  return interval.worked_before + std::max(Duration::zero(), time - interval.open);
}

Duration WorkCalendar::worked(TimePoint from, TimePoint to) const {
  if (to <= from) return Duration::zero();
  return always_open_ ? to - from : worked_until(to) - worked_until(from);
}

TimePoint WorkCalendar::finish(TimePoint from, Duration work) const {
  ROLLCAST_ASSERT(work >= Duration::zero(), "{} ns of work", work.count());
  if (work == Duration::zero() || from == kNever) return from;
  if (always_open_) return saturating_add(from, work);
  const Duration goal = worked_until(from) + work;
  // The last interval that begins with less than the goal behind it.
  const auto after =
      std::lower_bound(intervals_.begin(), intervals_.end(), goal,
                       [](const Interval& i, Duration g) { return i.worked_before < g; });
  if (after == intervals_.begin()) return kNever;
  const Interval& interval = *(after - 1);
  const TimePoint end = saturating_add(interval.open, goal - interval.worked_before);
  return end <= interval.close ? end : kNever;
}

}  // namespace rollcast::kernel
