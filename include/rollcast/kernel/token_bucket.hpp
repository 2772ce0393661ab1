#pragma once
/// TokenBucket: a limit on calls per second with a burst.
#include <cstdint>

#include "rollcast/kernel/simulation.hpp"

namespace rollcast::kernel {

class TokenBucket;

/// The wait for admission; made by TokenBucket::take.
class [[nodiscard]] BucketTake final
    : public detail::AwaitMembers<BucketTake, detail::QueuedWaiter> {
 public:
  BucketTake(TokenBucket& bucket, double amount) : bucket_(&bucket), amount_(amount) {}
  ~BucketTake() { withdraw(); }
  Outcome await_resume() { return settle(); }
  [[nodiscard]] bool try_complete() override;
  void enter() override;
  void leave() override;

 private:
  friend class TokenBucket;
  TokenBucket* bucket_;
  double amount_;
};

/// A bucket of `burst` tokens, full at t = 0, that fills at `rate_per_second` up to `burst`. Calls
/// take their tokens in the order of asking, as soon as there are enough; who leaves the queue
/// takes none. A moment of admission is rounded up to a nanosecond.
class TokenBucket final : private detail::Fireable {
 public:
  /// REQUIRES rate_per_second > 0 and burst > 0.
  TokenBucket(Simulation& simulation, double rate_per_second, double burst);
  TokenBucket(const TokenBucket&) = delete;
  TokenBucket& operator=(const TokenBucket&) = delete;
  /// Destroys all processes of the simulation when one waits here.
  ~TokenBucket();

  /// `co_await take(n)`: until n tokens are had. REQUIRES 0 < n <= burst.
  [[nodiscard]] BucketTake take(double amount = 1.0);
  /// Takes `amount` tokens if they are there and nobody waits; else takes none. REQUIRES 0 < amount
  /// <= burst.
  [[nodiscard]] bool try_take(double amount = 1.0);
  /// Tokens in the bucket now.
  [[nodiscard]] double level() const;
  /// Calls in the queue.
  [[nodiscard]] std::int64_t waiting() const { return waiting_; }

 private:
  friend class BucketTake;
  void fire() override;
  void abandoned() override { timer_ = detail::kNoTicket; }
  /// When `amount` tokens are there, if nobody takes any before.
  [[nodiscard]] TimePoint admission(double amount) const;
  void spend(double amount);
  void arm();
  void disarm();

  detail::Engine* engine_;
  double rate_per_nanosecond_;
  double burst_;
  TimePoint full_at_ = kStart;  ///< a moment at which the bucket was full; only sums since then, so
                                ///< no error builds up
  double taken_ = 0.0;          ///< since full_at_
  std::int64_t waiting_ = 0;
  detail::WaitList queue_;
  std::uint32_t timer_ = detail::kNoTicket;
};

}  // namespace rollcast::kernel
