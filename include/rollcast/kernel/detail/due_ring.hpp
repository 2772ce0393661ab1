#pragma once
/// What is due at the current moment, in the order it became due. Everything in the timed queue for
/// this moment was scheduled earlier and comes first, so a ring in plain FIFO order keeps the order
/// (time, sequence).
#include <cstddef>
#include <cstdint>
#include <vector>

namespace rollcast::kernel::detail {

class DueRing {
 public:
  struct Entry {
    std::uintptr_t target;  ///< 0: cancelled
    std::uint64_t sequence;
  };

  DueRing() : entries_(kInitialSize) {}
  [[nodiscard]] bool empty() const { return head_ == tail_; }
  [[nodiscard]] std::size_t size() const { return tail_ - head_; }
  /// The ticket stays valid until the entry is popped.
  std::uint32_t push(std::uintptr_t target, std::uint64_t sequence) {
    if (size() == entries_.size()) [[unlikely]]
      grow();
    entries_[tail_ & (entries_.size() - 1)] = Entry{target, sequence};
    return tail_++;
  }
  /// REQUIRES !empty().
  Entry pop() { return entries_[head_++ & (entries_.size() - 1)]; }
  void cancel(std::uint32_t ticket) { entries_[ticket & (entries_.size() - 1)].target = 0; }
  void clear() { head_ = tail_ = 0; }
  /// The target `ahead` places behind the head; REQUIRES ahead < size().
  [[nodiscard]] std::uintptr_t peek(std::uint32_t ahead) const {
    return entries_[(head_ + ahead) & (entries_.size() - 1)].target;
  }

 private:
  static constexpr std::size_t kInitialSize = 64;  ///< a power of two, as every later size

  void grow() {
    std::vector<Entry> larger(entries_.size() * 2);
    for (std::uint32_t ticket = head_; ticket != tail_; ++ticket)
      larger[ticket & (larger.size() - 1)] = entries_[ticket & (entries_.size() - 1)];
    entries_.swap(larger);
  }

  std::vector<Entry> entries_;
  std::uint32_t head_ = 0;  ///< tickets count modulo 2^32; the ring is always smaller
  std::uint32_t tail_ = 0;
};

}  // namespace rollcast::kernel::detail
