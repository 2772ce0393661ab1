#include "rollcast/kernel/detail/event_queue.hpp"

#include <algorithm>

namespace rollcast::kernel::detail {

EventQueue::Block* EventQueue::add_block(unsigned level, unsigned index) {
  if (free_blocks_ == nullptr) {
    constexpr std::size_t kSlab = 64;
    slabs_.push_back(std::unique_ptr<Block[]>(new Block[kSlab]));
    for (std::size_t i = kSlab; i-- > 0;) free_block(&slabs_.back()[i]);
  }
  Level& its_level = levels_[level];
  Block* block = free_blocks_;
  free_blocks_ = block->next;
  block->next = its_level.buckets[index];
  block->count = 0;
  its_level.buckets[index] = block;
  its_level.occupied[index / 64] |= std::uint64_t{1} << (index % 64);
  occupied_levels_ |= 1U << level;
  return block;
}

void EventQueue::put_into_new_block(unsigned level, unsigned index, EventKey key) {
  Block* block = add_block(level, index);
  block->entries[block->count++] = key;
}

void EventQueue::insert_into_full(EventKey key) {
  make_room();
  insert(key);
}

EventQueue::Block* EventQueue::take_bucket(unsigned level, unsigned index) {
  Level& its_level = levels_[level];
  Block* bucket = its_level.buckets[index];
  its_level.buckets[index] = nullptr;
  its_level.occupied[index / 64] &= ~(std::uint64_t{1} << (index % 64));
  std::uint64_t any = 0;
  for (const std::uint64_t word : its_level.occupied) any |= word;
  if (any == 0) occupied_levels_ &= ~(1U << level);
  return bucket;
}

void EventQueue::make_room() {
  constexpr std::size_t kSmallest = 4 * kSpillLimit;
  const std::size_t count = known();
  const auto capacity = static_cast<std::size_t>(buffer_end_ - buffer_.get());
  if (2 * count >= capacity) {
    const std::size_t larger = std::max(2 * capacity, kSmallest);
    std::unique_ptr<EventKey[]> buffer{new EventKey[larger]};
    std::copy(first_, last_, buffer.get());
    buffer_ = std::move(buffer);
    buffer_end_ = buffer_.get() + larger;
  } else {
    std::copy(first_, last_, buffer_.get());
  }
  first_ = buffer_.get();
  last_ = first_ + count;
  *last_ = kSentinel;
}

void EventQueue::refill() {
  while (known() < kAhead && occupied_levels_ != 0) {
    const auto level = static_cast<unsigned>(std::countr_zero(occupied_levels_));
    const auto& occupied = levels_[level].occupied;
    unsigned word = 0;
    while (occupied[word] == 0) ++word;
    const unsigned index = word * 64 + static_cast<unsigned>(std::countr_zero(occupied[word]));
    const unsigned shift = level * kDigitBits;
    const std::uint64_t above =
        level + 1 == kLevels ? 0 : base_ >> (shift + kDigitBits) << (shift + kDigitBits);
    base_ = above | (std::uint64_t{index} << shift);
    Block* bucket = take_bucket(level, index);
    std::size_t count = 0;
    for (const Block* block = bucket; block != nullptr && count <= kOpenLimit; block = block->next)
      count += block->count;
    if (level == 0 || count <= kOpenLimit)
      open(bucket, base_ + (std::uint64_t{1} << shift));
    else
      spread(bucket);
  }
  spill_at_ = known() + kSpillLimit;
  if (occupied_levels_ == 0) bottom_end_ = kEndless;
}

void EventQueue::open(Block* bucket, std::uint64_t end) {
  const std::size_t before = known();
  while (bucket != nullptr) {
    Block* block = bucket;
    bucket = block->next;
    while (buffer_end_ - last_ <= static_cast<std::ptrdiff_t>(block->count)) make_room();
    last_ = std::copy(block->entries, block->entries + block->count, last_);
    free_block(block);
  }
  sort_keys_(first_ + before, last_);
  *last_ = kSentinel;
  bottom_end_ = end;
}

void EventQueue::spread(Block* bucket) {
  while (bucket != nullptr) {
    Block* block = bucket;
    bucket = block->next;
    if (bucket != nullptr) __builtin_prefetch(bucket);
    for (std::uint32_t i = 0; i < block->count; ++i) put(block->entries[i]);
    free_block(block);
  }
}

void EventQueue::spill() {
  spill_at_ = known() + kSpillLimit;
  if (nanoseconds_of(*first_) == nanoseconds_of(last_[-1])) return;  // no wheel divides one time
  std::uint64_t end = nanoseconds_of(first_[known() / 2]);
  // Entries of one time stay together; where the first half has one time only, all of that time
  // stay.
  if (end == nanoseconds_of(*first_)) ++end;
  EventKey* kept = first_;
  while (kept < last_ && nanoseconds_of(*kept) < end) ++kept;
  if (occupied_levels_ == 0)
    base_ = end;
  else if (end < base_)
    move_base_back(end);
  bottom_end_ = end;
  for (const EventKey* key = kept; key < last_; ++key) put(*key);
  last_ = kept;
  *last_ = kSentinel;
  spill_at_ = known() + kSpillLimit / 2;
}

void EventQueue::move_base_back(std::uint64_t base) {
  // Seen from the earlier base, everything up to the level of the first difference lies in one
  // bucket of that level: the one that the later base lies in. Buckets of that level behind it stay
  // what they are.
  const unsigned level = level_of(base, base_);
  const unsigned home = digit(base_, level);
  Block* joined = nullptr;
  for (unsigned lower = 0; lower <= level; ++lower) {
    for (unsigned index = 0; index < kBuckets; ++index) {
      if (lower == level && index > home) break;
      if (levels_[lower].buckets[index] == nullptr) continue;
      Block* bucket = take_bucket(lower, index);
      Block* last = bucket;
      while (last->next != nullptr) last = last->next;
      last->next = joined;
      joined = bucket;
    }
  }
  base_ = base;
  if (joined == nullptr) return;
  Block* first = add_block(level, home);
  first->next = joined;
}

void EventQueue::clear() {
  for (Level& level : levels_) {
    if (occupied_levels_ == 0) break;
    for (Block*& bucket : level.buckets) {
      while (bucket != nullptr) {
        Block* block = bucket;
        bucket = block->next;
        free_block(block);
      }
    }
    level.occupied.fill(0);
  }
  occupied_levels_ = 0;
  first_ = last_ = buffer_.get();
  *last_ = kSentinel;
  bottom_end_ = kEndless;
  spill_at_ = kSpillLimit;
  base_ = 0;
  size_ = 0;
}

}  // namespace rollcast::kernel::detail
