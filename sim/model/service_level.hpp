#pragma once
/// When enough of every group serves, by what suffices of it.
#include <cstdint>

#include "rollcast/base/time.hpp"

namespace rollcast::model {

/// The service stands while no group that says what suffices serves with fewer. It is out from then
/// on until it stands again, only after it stood for the first time; what is over at the moment at
/// which it began is no outage.
class ServiceLevel {
 public:
  /// One more group counts; it begins with too few.
  void watch() {
    watched_ = true;
    ++lacking_;
  }
  /// A group came to what suffices of it, or fell below. True where the service stands, or is out,
  /// from now on.
  bool change(TimePoint now, bool enough) {
    lacking_ += enough ? -1 : 1;
    const bool turned = enough ? lacking_ == 0 : lacking_ == 1;
    if (!turned) return false;
    if (!enough) {
      out_since_ = now;
    } else if (stood_ == kNever) {
      stood_ = now;
    } else {
      count_outage(now);
      out_since_ = kNever;
    }
    return !is_starting();
  }
  /// At the horizon, once.
  void close(TimePoint horizon) {
    if (out_since_ != kNever) count_outage(horizon);
  }

  [[nodiscard]] bool is_watched() const { return watched_; }
  [[nodiscard]] bool is_out() const { return out_since_ != kNever; }
  [[nodiscard]] TimePoint stood() const { return stood_; }  ///< for the first time; kNever: not yet
  [[nodiscard]] TimePoint first_outage() const { return first_outage_; }  ///< kNever: none
  [[nodiscard]] Duration out() const { return out_; }
  [[nodiscard]] std::int64_t outages() const { return outages_; }

 private:
  [[nodiscard]] bool is_starting() const { return stood_ == kNever; }
  void count_outage(TimePoint end) {
    if (end <= out_since_) return;
    out_ += end - out_since_;
    ++outages_;
    if (first_outage_ == kNever) first_outage_ = out_since_;
  }

  bool watched_ = false;
  std::int64_t lacking_ = 0;
  TimePoint stood_ = kNever, out_since_ = kNever, first_outage_ = kNever;
  Duration out_{};
  std::int64_t outages_ = 0;
};

}  // namespace rollcast::model
