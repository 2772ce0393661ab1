#pragma once
/// The story of one replication, event by event, for people and for tests.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rollcast/base/time.hpp"

namespace rollcast::model {

struct TraceEvent {
  TimePoint time;
  std::string subject;  ///< "web[12]", "golden-linux", "roll-out"
  std::string what;     ///< "attempt 2 starts", "enters service"
};

/// Collects events in the order in which they happen.
class Trace {
 public:
  void record(TimePoint time, std::string subject, std::string what) {
    events_.push_back(TraceEvent{time, std::move(subject), std::move(what)});
  }
  [[nodiscard]] const std::vector<TraceEvent>& events() const { return events_; }

 private:
  std::vector<TraceEvent> events_;
};

}  // namespace rollcast::model
