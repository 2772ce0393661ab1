#pragma once
/// The pending timed events, earliest first.
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "rollcast/kernel/detail/event_key.hpp"
#include "rollcast/kernel/detail/sort_keys.hpp"

namespace rollcast::kernel::detail {

/// A monotone priority queue: nothing is pushed before what was popped last. The next few entries
/// lie sorted in the bottom; all later ones lie unsorted in a wheel of eight levels with 256
/// buckets each, by the highest byte in which their time differs from the wheel's base (a radix
/// heap). A bucket whose turn it is goes to the bottom when it is small, else it is spread over the
/// levels below. So an entry is moved two or three times in streams of memory, whatever the number
/// of entries, where a heap moves it about at random. With few entries all of them are in the
/// bottom.
class EventQueue {
 public:
  EventQueue() { make_room(); }
  EventQueue(const EventQueue&) = delete;
  EventQueue& operator=(const EventQueue&) = delete;

  /// So many of the next entries are in order before they are due, which is time enough to fetch
  /// what they need into the cache.
  static constexpr std::size_t kAhead = 8;

  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  /// The earliest entry's time; kNever when there is none.
  [[nodiscard]] TimePoint top_time() const { return time_of(*first_); }
  /// REQUIRES !empty().
  [[nodiscard]] EventKey top() const { return *first_; }
  /// Entries whose order is known already, the earliest included: at least kAhead, if there are as
  /// many.
  [[nodiscard]] std::size_t known() const { return static_cast<std::size_t>(last_ - first_); }
  /// REQUIRES ahead < known().
  [[nodiscard]] EventKey peek(std::size_t ahead) const { return first_[ahead]; }

  void push(EventKey key) {
    ++size_;
    if (nanoseconds_of(key) < bottom_end_)
      insert(key);
    else
      put(key);
  }
  /// True when that made new entries known. REQUIRES !empty().
  bool pop() {
    --size_;
    ++first_;
    if (occupied_levels_ == 0 || known() >= kAhead) [[likely]]
      return false;
    refill();
    return true;
  }
  void clear();
  /// Drops every entry for which `is_stale(key)`.
  template <class Predicate>
  void remove_if(Predicate is_stale) {
    std::vector<EventKey> kept;
    kept.reserve(size_);
    for_each([&](EventKey key) {
      if (!is_stale(key)) kept.push_back(key);
    });
    clear();
    for (const EventKey key : kept) push(key);
  }

 private:
  static constexpr unsigned kLevels = 8;
  static constexpr unsigned kDigitBits = 8;
  static constexpr unsigned kBuckets = 1U << kDigitBits;
  /// A bucket of up to so many entries is sorted into the bottom.
  static constexpr std::size_t kOpenLimit = 96;
  /// A bottom that grew by so many entries gives its later half to the wheel.
  static constexpr std::size_t kSpillLimit = 64;
  static constexpr std::uint64_t kEndless = std::numeric_limits<std::uint64_t>::max();
  /// Comes after every entry.
  static constexpr EventKey kSentinel =
      (static_cast<EventKey>(std::numeric_limits<std::int64_t>::max()) << 64) | kEndless;

  /// A bucket is a list of blocks; its entries are in no order.
  struct Block {
    static constexpr std::uint32_t kCapacity = 15;
    Block* next;
    std::uint32_t count;
    EventKey entries[kCapacity];
  };
  struct Level {
    std::array<std::uint64_t, kBuckets / 64> occupied{};
    std::array<Block*, kBuckets> buckets{};
  };

  [[nodiscard]] static unsigned digit(std::uint64_t time, unsigned level) {
    return static_cast<unsigned>(time >> (level * kDigitBits)) & (kBuckets - 1);
  }
  /// The highest level whose digit tells the two apart; 0 for equal times.
  [[nodiscard]] static unsigned level_of(std::uint64_t time, std::uint64_t base) {
    return static_cast<unsigned>(63 - std::countl_zero((time ^ base) | 1U)) / kDigitBits;
  }

  // What follows a call in here would have to keep its values over it: what is rare comes last.
  void insert(EventKey key) {
    if (last_ + 1 == buffer_end_) [[unlikely]]
      return insert_into_full(key);
    EventKey* hole = last_++;
    *last_ = kSentinel;
    for (; hole > first_ && key < hole[-1]; --hole) *hole = hole[-1];
    *hole = key;
    if (known() > spill_at_) [[unlikely]]
      spill();
  }
  void insert_into_full(EventKey key);
  /// Into the wheel. REQUIRES a time not before base_.
  void put(EventKey key) {
    const std::uint64_t time = nanoseconds_of(key);
    const unsigned level = level_of(time, base_);
    const unsigned index = digit(time, level);
    Block* block = levels_[level].buckets[index];
    if (block == nullptr || block->count == Block::kCapacity) [[unlikely]]
      return put_into_new_block(level, index, key);
    block->entries[block->count++] = key;
  }
  void put_into_new_block(unsigned level, unsigned index, EventKey key);
  [[nodiscard]] Block* add_block(unsigned level, unsigned index);
  void free_block(Block* block) {
    block->next = free_blocks_;
    free_blocks_ = block;
  }
  /// Takes a whole bucket out of the wheel.
  [[nodiscard]] Block* take_bucket(unsigned level, unsigned index);
  /// Moves the bottom to the beginning of its buffer, which grows where it is half full.
  void make_room();
  void refill();
  void open(Block* bucket, std::uint64_t end);
  void spread(Block* bucket);
  void spill();
  void move_base_back(std::uint64_t base);
  template <class Visit>
  void for_each(Visit visit) const {
    for (const EventKey* key = first_; key != last_; ++key) visit(*key);
    if (occupied_levels_ == 0) return;
    for (const Level& level : levels_)
      for (const Block* bucket : level.buckets)
        for (const Block* block = bucket; block != nullptr; block = block->next)
          for (std::uint32_t i = 0; i < block->count; ++i) visit(block->entries[i]);
  }

  // The bottom, ascending, lies in the buffer from first_ to before last_; *last_ is the sentinel.
  EventKey* first_ = nullptr;
  EventKey* last_ = nullptr;
  EventKey* buffer_end_ = nullptr;
  /// What comes before this time belongs into the bottom, the rest into the wheel.
  std::uint64_t bottom_end_ = kEndless;
  std::size_t size_ = 0;
  std::size_t spill_at_ = kSpillLimit;
  std::uint64_t base_ = 0;             ///< no entry of the wheel comes before it
  std::uint32_t occupied_levels_ = 0;  ///< bit set: the level has entries
  Block* free_blocks_ = nullptr;
  std::array<Level, kLevels> levels_{};
  std::unique_ptr<EventKey[]> buffer_;
  std::vector<std::unique_ptr<Block[]>> slabs_;
  SortKeys sort_keys_ = fastest_sort_keys();
};

}  // namespace rollcast::kernel::detail
