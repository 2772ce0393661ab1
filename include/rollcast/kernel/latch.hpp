#pragma once
/// Latch: the end of n things.
#include <cstdint>

#include "rollcast/kernel/gate.hpp"

namespace rollcast::kernel {

/// Counts down to zero, once. Waiting after that is over at once.
class Latch {
 public:
  /// REQUIRES count >= 0; a latch of 0 is done.
  Latch(Simulation& simulation, std::int64_t count) : count_(count), zero_(simulation, count == 0) {
    ROLLCAST_ASSERT(count >= 0, "a latch of {}", count);
  }
  /// REQUIRES n >= 1 and n <= remaining().
  void count_down(std::int64_t n = 1) {
    ROLLCAST_ASSERT(n >= 1 && n <= count_, "counted down by {} at {}", n, count_);
    count_ -= n;
    if (count_ == 0) zero_.open();
  }
  [[nodiscard]] std::int64_t remaining() const { return count_; }
  [[nodiscard]] bool is_done() const { return count_ == 0; }
  /// `co_await latch.done()`: until the count is zero.
  [[nodiscard]] GateWait done() { return zero_.opened(); }

 private:
  std::int64_t count_;
  Gate zero_;
};

}  // namespace rollcast::kernel
