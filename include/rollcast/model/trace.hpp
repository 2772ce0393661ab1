#pragma once
/// The story of one replication: event by event in words, and as what everything is doing when, for
/// timelines.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rollcast/base/money.hpp"
#include "rollcast/base/time.hpp"
#include "rollcast/model/metrics.hpp"
#include "rollcast/model/scenario.hpp"

namespace rollcast::model {

struct TraceEvent {
  TimePoint time;
  std::string subject;  ///< "web[12]", "golden-linux", "roll-out"
  std::string what;     ///< "attempt 2 starts", "enters service"
};

/// What something is doing. An instance begins with the first of them when its batch starts; a
/// roll-out, a copy of an image and an outage have those of their own.
enum class Activity : std::uint8_t {
  waiting_for_group,   ///< for instances of another group
  waiting_for_image,   ///< until the image is made, or copied to its region
  waiting_for_quota,   ///< for a place among the instances held, an open zone or a launch slot
  waiting_for_api,     ///< for its turn at the API
  waiting_for_people,  ///< for a person, before work by hand begins or goes on
  work_by_hand,        ///< is being set up by hand; nights between two working days included
  launching,           ///< boots
  running_script,
  being_checked,  ///< by the readiness check
  backing_off,    ///< an attempt has failed, the next one comes
  serving,
  serving_defective,
  out,          ///< out of service: not yet noticed, or waiting for people or the end of an outage
  recovering,   ///< is being restored or reinstalled in place
  given_up,     ///< never came into service, and will not
  bringing_up,  ///< the roll-out: a batch is on its way
  soaking,      ///< the roll-out: a batch is watched; an instance of it: in service, and watched
  pausing,      ///< the roll-out: between two batches
  awaiting_approval,
  waiting_for_window,  ///< the roll-out: nothing may be replaced or launched now
  standing_by,         ///< exists and could serve, but has no work
  retired,             ///< is no more: another one serves in its place
  copying,             ///< a copy of an image is on its way
  in_force,            ///< an outage or a shortage
  over                 ///< the roll-out, a copy or an outage has ended
};
inline constexpr std::size_t kActivities = static_cast<std::size_t>(Activity::over) + 1;

enum class TrackKind : std::uint8_t { instance, rollout, outage, copy };

/// From `time` on the track does this, until its next change or the horizon. `index`: of the
/// instance, 0 for the roll-out, of the outage in World::outages; of a copy image times regions
/// plus destination, where several versions may be on their way at once.
struct ActivityChange {
  TimePoint time;
  TrackKind track;
  Activity activity;
  std::uint32_t index;
};

/// A piece of one person's work. It passes only in their working hours unless `on_call`.
struct WorkPiece {
  StaffId by;
  TimePoint from, to;
  bool on_call = false;
  InstanceId on;     ///< invalid: not at an instance
  const char* what;  ///< "set-up", "approval"
};

/// One step of a roll-out: what was done, how the fleet stands after it, and what is waited for.
struct RolloutStep {
  TimePoint time;
  std::string step;            ///< "batch 2 of 50 starts", "3 launched, 2 removed"
  std::int64_t fresh = 0;      ///< instances of the new version that exist or are being launched
  std::int64_t old = 0;        ///< instances of other versions (hosts not begun included)
  std::int64_t available = 0;  ///< of both, serving for the minimum ready time
  std::string waits_for;       ///< "3 to be available", "soak", "approval"; empty: nothing
};

/// One entry of the ledger: money spent evenly from one time to another.
struct LedgerLine {
  TimePoint from, to;
  CostKind kind;
  CostPhase phase;
  Money amount;
  bool for_image = false;  ///< a part of Metric::cost_images
};

/// Collects events in the order in which they happen.
class Trace {
 public:
  /// `words`: also the events in words and the ledger, which take far more room than the changes.
  explicit Trace(bool words = true) : words_(words) {}
  [[nodiscard]] bool wants_words() const { return words_; }
  void record(TimePoint time, std::string subject, std::string what) {
    events_.push_back(TraceEvent{time, std::move(subject), std::move(what)});
  }
  [[nodiscard]] const std::vector<TraceEvent>& events() const { return events_; }
  /// A track may change more than once at the same time; the last one lasts.
  void change(const ActivityChange& change) { changes_.push_back(change); }
  [[nodiscard]] const std::vector<ActivityChange>& changes() const { return changes_; }
  void work(const WorkPiece& piece) { work_.push_back(piece); }
  [[nodiscard]] const std::vector<WorkPiece>& work() const { return work_; }
  void record_step(RolloutStep step) { steps_.push_back(std::move(step)); }
  /// The roll-outs, step by step.
  [[nodiscard]] const std::vector<RolloutStep>& steps() const { return steps_; }
  /// Every entry of the ledger, in the order of booking; they add up to the cost metrics.
  [[nodiscard]] const std::vector<LedgerLine>& ledger() const { return ledger_; }
  [[nodiscard]] std::vector<LedgerLine>& ledger() { return ledger_; }

 private:
  std::vector<LedgerLine> ledger_;
  std::vector<TraceEvent> events_;
  std::vector<ActivityChange> changes_;
  std::vector<WorkPiece> work_;
  bool words_;
  std::vector<RolloutStep> steps_;
};

}  // namespace rollcast::model
