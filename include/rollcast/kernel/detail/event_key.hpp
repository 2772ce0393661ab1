#pragma once
/// A timed event in one 128-bit number: time, then sequence, then the slot of what is to happen, so
/// that a comparison is one comparison of integers and equal times come in the order of scheduling.
#include <cstdint>

#include "rollcast/base/time.hpp"

namespace rollcast::kernel::detail {

__extension__ using EventKey = unsigned __int128;

inline constexpr unsigned kSlotBits = 24;
inline constexpr std::uint64_t kMaximumSlots = std::uint64_t{1} << kSlotBits;
inline constexpr std::uint64_t kMaximumSequence = std::uint64_t{1} << (64 - kSlotBits);

/// REQUIRES time >= kStart, sequence < kMaximumSequence, slot < kMaximumSlots.
[[nodiscard]] inline EventKey make_key(TimePoint time, std::uint64_t sequence, std::uint32_t slot) {
  const auto nanoseconds = static_cast<std::uint64_t>(time.time_since_epoch().count());
  return (static_cast<EventKey>(nanoseconds) << 64) | (sequence << kSlotBits) | slot;
}
[[nodiscard]] inline std::uint64_t nanoseconds_of(EventKey key) {
  return static_cast<std::uint64_t>(key >> 64);
}
[[nodiscard]] inline TimePoint time_of(EventKey key) {
  return TimePoint{Duration{static_cast<std::int64_t>(nanoseconds_of(key))}};
}
[[nodiscard]] inline std::uint64_t sequence_of(EventKey key) {
  return static_cast<std::uint64_t>(key) >> kSlotBits;
}
[[nodiscard]] inline std::uint32_t slot_of(EventKey key) {
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(key) & (kMaximumSlots - 1));
}

}  // namespace rollcast::kernel::detail
