#pragma once
/// Simulated time: integer nanoseconds on a clock type of its own, so that it can be mixed neither
/// with the wall clock nor with a plain number.
#include <chrono>
#include <cstdint>
#include <limits>

namespace rollcast {

/// The simulated clock. Its epoch, t = 0, is the scenario's `start:`; it never reads the machine's
/// clock.
struct SimClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::time_point<SimClock, duration>;
  static constexpr bool is_steady = true;
};

/// A length of simulated time. Range ±292 years.
using Duration = SimClock::duration;
/// A moment of simulated time, counted from the scenario's start.
using TimePoint = SimClock::time_point;

/// The start of every replication.
inline constexpr TimePoint kStart{};
/// Later than every event: what never happens, happens at this time.
inline constexpr TimePoint kNever{Duration{std::numeric_limits<std::int64_t>::max()}};

/// Seconds as a number, for statistics and output only.
[[nodiscard]] constexpr double to_seconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1e9;
}
[[nodiscard]] constexpr double to_seconds(TimePoint time) {
  return to_seconds(time.time_since_epoch());
}
[[nodiscard]] constexpr double to_hours(Duration duration) {
  return to_seconds(duration) / 3600.0;
}

/// The duration nearest to `seconds`; saturates at the ends of the range, and is zero for a value
/// that is not a number.
[[nodiscard]] constexpr Duration from_seconds(double seconds) {
  constexpr double kLargest = 9.2e18, kHalf = 0.5;
  const double nanoseconds = seconds * 1e9;
  if (nanoseconds >= 0 && nanoseconds < kLargest) [[likely]]
    return Duration{static_cast<std::int64_t>(nanoseconds + kHalf)};
  if (nanoseconds < 0 && nanoseconds > -kLargest)
    return Duration{static_cast<std::int64_t>(nanoseconds - kHalf)};
  if (nanoseconds >= kLargest) return Duration::max();
  return nanoseconds <= -kLargest ? Duration::min() : Duration::zero();
}
[[nodiscard]] constexpr Duration from_hours(double hours) {
  return from_seconds(hours * 3600.0);
}

/// `time + delay`, or kNever where the sum lies beyond the range. REQUIRES delay >= 0.
[[nodiscard]] constexpr TimePoint saturating_add(TimePoint time, Duration delay) {
  return delay > kNever - time ? kNever : time + delay;
}

}  // namespace rollcast
