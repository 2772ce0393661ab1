#pragma once
/// The pending timed events, earliest first. An entry is one 128-bit key: time, then sequence, then
/// the slot of what is to happen, so that a comparison is one comparison of integers and equal
/// times come in the order of scheduling.
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

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
[[nodiscard]] inline TimePoint time_of(EventKey key) {
  return TimePoint{Duration{static_cast<std::int64_t>(static_cast<std::uint64_t>(key >> 64))}};
}
[[nodiscard]] inline std::uint64_t sequence_of(EventKey key) {
  return static_cast<std::uint64_t>(key) >> kSlotBits;
}
[[nodiscard]] inline std::uint32_t slot_of(EventKey key) {
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(key) & (kMaximumSlots - 1));
}

/// A 4-ary heap: shallow, and the four children of a node share a cache line.
class EventQueue {
 public:
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  /// The earliest entry's time; kNever when there is none.
  [[nodiscard]] TimePoint top_time() const {
    return entries_.empty() ? kNever : time_of(entries_[0]);
  }
  /// REQUIRES !empty().
  [[nodiscard]] EventKey top() const { return entries_[0]; }
  void push(EventKey key) {
    entries_.push_back(key);
    sift_up(entries_.size() - 1, key);
  }
  /// REQUIRES !empty().
  void pop() {
    const EventKey last = entries_.back();
    entries_.pop_back();
    if (!entries_.empty()) sift_down(0, last);
  }
  void clear() { entries_.clear(); }
  /// Drops every entry for which `is_stale(key)`.
  template <class Predicate>
  void remove_if(Predicate is_stale) {
    std::size_t kept = 0;
    for (const EventKey key : entries_)
      if (!is_stale(key)) entries_[kept++] = key;
    entries_.resize(kept);
    if (kept < 2) return;
    for (std::size_t parent = (kept - 2) / kArity + 1; parent-- > 0;)
      sift_down(parent, entries_[parent]);
  }

 private:
  static constexpr std::size_t kArity = 4;

  void sift_up(std::size_t hole, EventKey key) {
    while (hole > 0) {
      const std::size_t parent = (hole - 1) / kArity;
      if (entries_[parent] < key) break;
      entries_[hole] = entries_[parent];
      hole = parent;
    }
    entries_[hole] = key;
  }
  void sift_down(std::size_t hole, EventKey key) {
    const std::size_t count = entries_.size();
    for (;;) {
      const std::size_t first = hole * kArity + 1;
      if (first >= count) break;
      const std::size_t end = first + kArity < count ? first + kArity : count;
      std::size_t least = first;
      for (std::size_t child = first + 1; child < end; ++child)
        if (entries_[child] < entries_[least]) least = child;
      if (key < entries_[least]) break;
      entries_[hole] = entries_[least];
      hole = least;
    }
    entries_[hole] = key;
  }

  std::vector<EventKey> entries_;
};

}  // namespace rollcast::kernel::detail
