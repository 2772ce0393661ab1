#pragma once
/// A roll-out as plain data: stages, what holds within a stage, what happens at its end, and how a
/// roll-out that goes wrong ends. Every tool's policy (rollout_policy.hpp) is a preset of this one
/// form, and one engine executes it (sim/model/rollout.cpp), for the first deployment of a fleet
/// and for the replacement of a running version alike.
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rollcast/base/probability.hpp"
#include "rollcast/base/time.hpp"
#include "rollcast/model/basics.hpp"
#include "rollcast/model/rollout_policy.hpp"

namespace rollcast::model {

/// How new instances come and old ones go within a stage.
enum class Pace {
  /// The stage's old instances go, then its new ones come, all at once; the stage is over when
  /// every new one is available or was given up.
  batch,
  /// Step by step: new ones come while fewer than N + surge exist, old ones go while more than
  /// N - unavailable are available, those that do not serve first.
  rolling,
};

/// What becomes of an update that is stopped. A first deployment always keeps what serves.
enum class AfterStop { keep, roll_back };

/// Measurements of the new version, each of which passes or fails.
struct Analysis {
  std::int64_t count = 1;
  Duration interval{};  ///< before each measurement
  policy::AnalysisLimits limits;
  /// A measurement that fails is made again, until one passes; failures add up over all stages, and
  /// one beyond the failure limit stops the roll-out.
  bool repeats = false;
};

/// What happens when a stage has its instances, before the next one begins: it soaks (hidden
/// defects show sooner), is judged by the stop rules, analysed, waits for `pause`, and is approved.
struct StageEnd {
  RandomDuration soak;
  std::optional<Analysis> analysis;
  RandomDuration pause;
  bool approval = false;
};

/// When a stage's end stops the roll-out. "Failed" is an instance of the stage that was given up,
/// or found broken or defective by the end of its soak.
struct StopRules {
  bool whole_stage_failed = false;  ///< all of the stage has failed
  /// More than this share of the fleet does not serve as a stage is about to begin; before the
  /// first stage too.
  std::optional<Probability> unhealthy_before_above;
  /// More than this share of the instances updated so far has failed.
  std::optional<Probability> unhealthy_updated_above;
  /// Nothing is on its way and the bounds let nothing more begin.
  bool stuck = false;
  bool nothing_succeeded = false;  ///< at the very end: not one is available
};

/// When each new instance passes its health check.
enum class InstanceChecks : std::uint8_t {
  at_stage_end,
  when_available,  ///< one that fails stays failed, and is not available in this roll-out
  never,           ///< `health` is about the measurements of an analysis alone
};

/// Health checks of new instances, or measurements of an analysis.
struct HealthCheck {
  /// Chance that a check overlooks a defect that is there. 1: nobody checks.
  Probability misses{1.0};
  /// Chance that a check of something sound fails.
  Probability false_alarms;
  /// Chance that a measurement comes to no result, and that it cannot be made.
  Probability inconclusive;
  Probability errors;
};

struct Rollout {
  /// New instances that each stage adds. Where they add up to less than the fleet, the roll-out
  /// ends there.
  std::vector<std::int64_t> sizes;
  /// The instance (in the order of the groups in the file) that is the k-th to be rolled out.
  /// Empty: in that order.
  std::vector<std::size_t> order;
  /// New instances that serve from the end of each stage on, in all; until then they exist, ready,
  /// without work, and the old ones serve. Work moves only when none was given up: else the
  /// roll-out stops. Empty: every instance serves as soon as it is ready.
  std::vector<std::int64_t> traffic;
  /// Old instances that each stage leaves at least. Empty: what is missing to the fleet.
  std::vector<std::int64_t> keep_old;
  /// What happens at each stage's end. Empty: `soak`, `pause` and the approval below at all.
  std::vector<StageEnd> ends;
  RandomDuration pause;  ///< after a stage has ended (and soaked), before the next starts
  RandomDuration soak;   ///< watched time after a stage's last entry into service
  /// Stops when more than this share of a stage has failed. Absent: no such rule.
  std::optional<Probability> stop_above;
  StopRules stop;
  HealthCheck health;
  InstanceChecks checks = InstanceChecks::at_stage_end;
  Pace pace = Pace::batch;
  std::int64_t surge = 0;        ///< rolling: instances above N
  std::int64_t unavailable = 0;  ///< rolling: instances below N that are available
  /// Instances that are not yet there count as old ones that are available: hosts exist before the
  /// first deployment.
  bool hosts_exist = false;
  Duration min_ready{};  ///< an instance that serves is available after this time
  /// Without progress for this long the roll-out is reported as stalled; it goes on all the same.
  std::optional<Duration> progress_deadline;
  bool retries_forever = false;  ///< an instance that was given up is launched again
  AfterStop after_stop = AfterStop::roll_back;
  /// Old instances that serve no longer are kept this long after the end of the roll-out; a
  /// roll-back within that time gives them back their work at once.
  Duration retention{};
  /// People who approve stages, in their working hours; invalid: nobody has to. With empty `ends`
  /// every stage after the first is approved before it starts.
  StaffId approval_by;
  RandomEffort approval_effort;
  /// When instances may be replaced or launched, [from, to) in simulated time; work under way goes
  /// on. Empty: always.
  std::vector<std::pair<TimePoint, TimePoint>> windows;
};

/// The fleet runs another version at the start, and the strategy's deployment replaces it.
struct Update {
  IdVector<GroupId, ImageId> from;  ///< what each group runs at t = 0: known to be good
  TimePoint at = kStart;            ///< when the roll-out begins
  std::string because;              ///< for people: "security patch"; may be empty
  /// As soon as the new version is known to be bad, during the roll-out or after it, the old one is
  /// rolled out again; else its instances are recovered one by one.
  bool roll_back_when_found = true;
};

}  // namespace rollcast::model
