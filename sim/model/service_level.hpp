#pragma once
/// When enough of every group serves, by what suffices of it.
#include <cstdint>

#include "rollcast/base/time.hpp"

namespace rollcast::model {

/// The service stands while no group that says what suffices serves with fewer. It is out from then
/// on until it stands again, only after it stood for the first time. What lasts for no time at all
/// counts for nothing: what holds is known of a moment once it has passed.
class ServiceLevel {
 public:
  /// One more group counts; it begins with too few.
  void watch() {
    watched_ = true;
    ++lacking_;
  }
  /// The fleet ran before the start: where enough of it does, the service stands from then on,
  /// whatever happens at that moment.
  void stands_from_start() {
    if (watched_ && lacking_ == 0) stood_ = kStart;
  }
  /// A group came to what suffices of it, or fell below.
  void change(TimePoint now, bool enough) {
    settle(now);
    lacking_ += enough ? -1 : 1;
  }
  /// At the horizon, once.
  void close(TimePoint horizon) {
    settle(horizon);
    if (lacking_ == 0 && stood_ == kNever) stood_ = horizon;
    if (out_since_ != kNever) count_outage(horizon);
  }

  [[nodiscard]] bool is_watched() const { return watched_; }
  [[nodiscard]] TimePoint stood() const { return stood_; }  ///< for the first time; kNever: not yet
  [[nodiscard]] TimePoint first_outage() const { return first_outage_; }  ///< kNever: none
  [[nodiscard]] Duration out() const { return out_; }
  [[nodiscard]] std::int64_t outages() const { return outages_; }

 private:
  /// What has held since the latest change has held until now.
  void settle(TimePoint now) {
    if (now <= since_) return;
    if (lacking_ == 0) {
      if (stood_ == kNever) stood_ = since_;
      if (out_since_ != kNever) count_outage(since_);
      out_since_ = kNever;
    } else if (stood_ != kNever && out_since_ == kNever) {
      out_since_ = since_;
    }
    since_ = now;
  }
  void count_outage(TimePoint end) {
    out_ += end - out_since_;
    ++outages_;
    if (first_outage_ == kNever) first_outage_ = out_since_;
  }

  bool watched_ = false;
  std::int64_t lacking_ = 0;
  TimePoint since_ = kStart;  ///< of the latest change
  TimePoint stood_ = kNever, out_since_ = kNever, first_outage_ = kNever;
  Duration out_{};
  std::int64_t outages_ = 0;
};

}  // namespace rollcast::model
