#pragma once
/// The story of one replication, event by event, for people and for tests.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rollcast/base/money.hpp"
#include "rollcast/base/time.hpp"
#include "rollcast/model/metrics.hpp"

namespace rollcast::model {

struct TraceEvent {
  TimePoint time;
  std::string subject;  ///< "web[12]", "golden-linux", "roll-out"
  std::string what;     ///< "attempt 2 starts", "enters service"
};

/// One entry of the ledger: money spent evenly from one time to another.
struct LedgerLine {
  TimePoint from, to;
  CostKind kind;
  CostPhase phase;
  Money amount;
};

/// Collects events in the order in which they happen.
class Trace {
 public:
  void record(TimePoint time, std::string subject, std::string what) {
    events_.push_back(TraceEvent{time, std::move(subject), std::move(what)});
  }
  [[nodiscard]] const std::vector<TraceEvent>& events() const { return events_; }
  /// Every entry of the ledger, in the order of booking; they add up to the cost metrics.
  [[nodiscard]] const std::vector<LedgerLine>& ledger() const { return ledger_; }
  [[nodiscard]] std::vector<LedgerLine>& ledger() { return ledger_; }

 private:
  std::vector<LedgerLine> ledger_;
  std::vector<TraceEvent> events_;
};

}  // namespace rollcast::model
