#include "rollcast/kernel/token_bucket.hpp"

#include <cmath>

namespace rollcast::kernel {

TokenBucket::TokenBucket(Simulation& simulation, double rate_per_second, double burst)
    : engine_(&simulation.engine()), rate_per_nanosecond_(rate_per_second * 1e-9), burst_(burst) {
  ROLLCAST_ASSERT(rate_per_second > 0.0 && burst > 0.0,
                  "a bucket of {} that fills at {} per second", burst, rate_per_second);
}

TokenBucket::~TokenBucket() {
  if (waiting_ != 0) engine_->destroy_processes();
}

BucketTake TokenBucket::take(double amount) {
  ROLLCAST_ASSERT(amount > 0.0 && amount <= burst_, "{} tokens of a bucket of {}", amount, burst_);
  return BucketTake{*this, amount};
}

bool TokenBucket::try_take(double amount) {
  ROLLCAST_ASSERT(amount > 0.0 && amount <= burst_, "{} tokens of a bucket of {}", amount, burst_);
  if (waiting_ != 0 || admission(amount) > engine_->now()) return false;
  spend(amount);
  return true;
}

double TokenBucket::level() const {
  const auto elapsed = static_cast<double>((engine_->now() - full_at_).count());
  return std::fmin(burst_, burst_ + elapsed * rate_per_nanosecond_ - taken_);
}

TimePoint TokenBucket::admission(double amount) const {
  const double missing = taken_ + amount - burst_;
  if (missing <= 0.0) return full_at_;
  const double wait = missing / rate_per_nanosecond_;
  // A rate such as 2e-9 per ns is not a binary fraction: what lies within the rounding of a whole
  // nanosecond is that nanosecond.
  const double whole = std::round(wait);
  const double nanoseconds = std::fabs(wait - whole) <= wait * 1e-15 ? whole : std::ceil(wait);
  return nanoseconds >= 9.2e18
             ? kNever
             : saturating_add(full_at_, Duration{static_cast<std::int64_t>(nanoseconds)});
}

void TokenBucket::spend(double amount) {
  constexpr double kClose = 1e-9;  // only where it is a close call, the nanosecond decides
  const auto elapsed = static_cast<double>((engine_->now() - full_at_).count());
  const double surplus = elapsed * rate_per_nanosecond_ - taken_;
  const bool close = std::fabs(surplus) <= taken_ * kClose;
  if (close ? admission(burst_) <= engine_->now() : surplus > 0.0) {  // full again
    full_at_ = engine_->now();
    taken_ = 0.0;
  }
  taken_ += amount;
}

void TokenBucket::arm() {
  const auto& first = static_cast<const BucketTake&>(*queue_.front());
  timer_ = engine_->schedule_at(admission(first.amount_), detail::target_of(*this));
}

void TokenBucket::disarm() {
  engine_->cancel_at(timer_);
  timer_ = detail::kNoTicket;
}

void TokenBucket::fire() {
  timer_ = detail::kNoTicket;
  while (!queue_.empty()) {
    auto& first = static_cast<BucketTake&>(*queue_.front());
    if (admission(first.amount_) > engine_->now()) return arm();
    queue_.remove(first);
    --waiting_;
    spend(first.amount_);
    first.wake();
  }
}

bool BucketTake::try_complete() {
  if (state_ == detail::WaitState::done) return true;
  if (bucket_->waiting_ != 0 || bucket_->admission(amount_) > bucket_->engine_->now()) return false;
  bucket_->engine_->count_immediate();
  bucket_->spend(amount_);
  state_ = detail::WaitState::done;
  return true;
}

void BucketTake::enter() {
  bucket_->queue_.push_back(*this);
  if (++bucket_->waiting_ == 1) bucket_->arm();
}

void BucketTake::leave() {
  const bool was_first = bucket_->queue_.front() == this;
  bucket_->queue_.remove(*this);
  --bucket_->waiting_;
  if (!was_first) return;
  bucket_->disarm();
  if (bucket_->waiting_ != 0 && !bucket_->engine_->tearing_down()) bucket_->fire();
}

}  // namespace rollcast::kernel
