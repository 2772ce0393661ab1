/// What happens between the stages of a roll-out: soak, health checks, stop rules, analysis,
/// pauses, windows and approval.
#include <algorithm>

#include "processes.hpp"
#include "purposes.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/kernel/compose.hpp"
#include "rollout.hpp"
#include "waiting.hpp"

namespace rollcast::model {
namespace {

std::int64_t failed(const Replication& run, std::size_t from, std::size_t to) {
  std::int64_t count = 0;
  for (std::size_t index = from; index < to; ++index) {
    const Seat& seat = run.rollout.seats[index];
    count += seat.given_up || run.instances[seat.fresh.index()].troubled ? 1 : 0;
  }
  return count;
}

/// A hidden defect of `id` is found now, unless it is known or gone.
void find_defect(Replication& run, InstanceId id) {
  Instance& self = run.instance(id);
  const bool hidden = self.build.defective && !self.defect_found && self.at_rest;
  if (!hidden) return;
  self.at_rest = false;
  self.troubled = true;
  self.life.interrupt();
}

/// A hidden defect of `id` shows after `delay` of watching, unless it was found or repaired before;
/// where an outage covers that, as soon as it is over.
Task<> find_in_soak(Replication& run, InstanceId id, Duration delay) {
  Instance& self = run.instance(id);
  const std::uint32_t generation = self.generation;
  const TimePoint since = self.defective_since;
  co_await run.sim.delay(delay);
  if (self.generation != generation || self.defective_since != since) co_return;
  if (self.out_since != kNever) self.defect_due = true;
  find_defect(run, id);
}

/// Waits, or until the version is found to be bad.
Task<> wait_unless_bad(Replication& run, Duration length) {
  if (length <= Duration::zero()) co_return;
  auto passed = run.sim.delay(length);
  auto found = run.rollout.found_bad.opened();
  co_await kernel::first_of(passed, found);
}

/// Tells timelines that the stage's sound instances in service are watched, or no longer.
void mark_watched(Replication& run, Stage stage, Activity activity) {
  for (std::size_t index = stage.from; run.traced() && index < stage.to; ++index) {
    const InstanceId id = run.rollout.seats[index].fresh;
    const Instance& self = run.instance(id);
    const bool exists = self.accepted != kNever && self.entered != kNever && !self.idle;
    if (exists && self.out_since == kNever && !self.build.defective) run.mark(id, activity);
  }
}

/// Watches a stage for its soak: hidden defects show sooner than in normal service.
Task<> soak(Replication& run, Stage stage, const RandomDuration& lasts) {
  const Duration length = run.draw(lasts, purpose::batch_soak, stage.number);
  if (length == Duration::zero()) co_return;
  run.tell("roll-out", [&] { return fmt::format("batch {} soaks", stage.number + 1); });
  run.mark_rollout(Activity::soaking);
  run.tell_step([&] { return fmt::format("stage {} soaks", stage.number + 1); },
                [&] { return fmt::format("the soak of {}", human_duration(length)); });
  for (std::size_t index = stage.from; index < stage.to; ++index) {
    const InstanceId id = run.rollout.seats[index].fresh;
    const Instance& self = run.instance(id);
    if (!self.build.defective || self.defect_found || self.entered == kNever) continue;
    const Duration delay =
        run.draw(run.world.defects.detection_soak, purpose::defect_soak, run.luck(id));
    if (delay < length) run.sim.spawn("watching", find_in_soak(run, id, delay));
  }
  mark_watched(run, stage, Activity::soaking);
  co_await wait_counted(run, length);
  mark_watched(run, stage, Activity::serving);
}

/// Health checks of a stage's instances that serve.
void check_health(Replication& run, Stage stage) {
  const HealthCheck& check = run.rollout.plan->health;
  if (check.misses.value() >= 1.0 && check.false_alarms.value() <= 0.0) return;
  for (std::size_t index = stage.from; index < stage.to; ++index) {
    const InstanceId id = run.rollout.seats[index].fresh;
    const Instance& self = run.instance(id);
    if (self.entered == kNever || self.out_since != kNever) continue;
    passes_check(run, id, stage.number);
  }
}

double share_of(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
}

/// True: more has failed than the roll-out allows.
bool must_stop(const Replication& run, Stage stage) {
  const Rollout& plan = *run.rollout.plan;
  const std::int64_t bad = failed(run, stage.from, stage.to);
  if (plan.stop_above && share_of(bad, stage.size()) > plan.stop_above->value()) return true;
  if (plan.stop.whole_stage_failed && stage.size() > 0 && bad == stage.size()) return true;
  const auto& updated = plan.stop.unhealthy_updated_above;
  const auto so_far = static_cast<std::int64_t>(stage.to);
  return updated && share_of(failed(run, 0, stage.to), so_far) > updated->value();
}

/// Whether the new version has a defect that measurements of its instances can see.
bool serves_badly(const Replication& run) {
  for (const Seat& seat : run.rollout.seats) {
    if (!seat.fresh.valid()) continue;
    const Instance& self = run.instances[seat.fresh.index()];
    if (self.fresh && self.entered != kNever && self.build.defective) return true;
  }
  return false;
}

/// One measurement of the new version.
policy::Measurement measure(const Replication& run, std::uint64_t key) {
  const HealthCheck& check = run.rollout.plan->health;
  if (run.chance(check.errors, purpose::measurement_error, key)) return policy::Measurement::error;
  if (run.chance(check.inconclusive, purpose::measurement_inconclusive, key))
    return policy::Measurement::inconclusive;
  const Probability fails = serves_badly(run) ? check.misses.complement() : check.false_alarms;
  return run.chance(fails, purpose::measurement, key) ? policy::Measurement::failed
                                                      : policy::Measurement::successful;
}

/// One measurement after the other. False: more failed than the analysis allows.
Task<bool> analyse(Replication& run, Stage stage, const Analysis& analysis) {
  std::vector<policy::Measurement> measurements;
  run.mark_rollout(Activity::soaking);
  auto verdict = policy::Verdict::running;
  while (verdict == policy::Verdict::running) {
    const std::size_t number = measurements.size();
    run.tell_step([&] { return fmt::format("measurement {} of {}", number + 1, analysis.count); },
                  [&] { return human_duration(analysis.interval); });
    co_await wait_counted(run, analysis.interval);
    if (run.rollout.found_bad.is_open()) co_return true;
    measurements.push_back(measure(run, stage.number * 65536 + number));
    const bool failed_now = measurements.back() == policy::Measurement::failed;
    if (failed_now)
      run.tell("roll-out", [&] { return fmt::format("measurement {} fails", number + 1); });
    if (!analysis.repeats) {
      verdict = policy::argo_verdict(measurements, analysis.count, analysis.limits);
      continue;
    }
    // Failures add up over the stages; what failed is measured again.
    if (failed_now && ++run.rollout.failed_checks > analysis.limits.failure_limit) co_return false;
    if (!failed_now) co_return true;
  }
  co_return verdict == policy::Verdict::successful;
}

/// Somebody looks at what was done and lets the next stage start.
Task<> be_approved(Replication& run, std::uint64_t stage) {
  const Rollout& plan = *run.rollout.plan;
  const Duration effort = run.draw(plan.approval_effort, purpose::approval, stage);
  const WorkWords words{"approval", InstanceId{}, false, true};
  co_await work_once(run, plan.approval_by, effort, run.rollout.phase, false, words);
}

Task<> ask_for_approval(Replication& run, std::uint64_t stage) {
  if (!run.rollout.plan->approval_by.valid()) co_return;
  const Waiting waiting(run.sim, run.tally.wait_approval);
  run.tell("roll-out",
           [&] { return fmt::format("waits for the approval of batch {}", stage + 1); });
  run.mark_rollout(Activity::awaiting_approval);
  run.tell_step([&] { return fmt::format("stage {} is to be approved", stage + 1); },
                [] { return std::string("approval"); });
  const auto people = run.sim.spawn("approval", be_approved(run, stage));
  auto approved = people.done();
  auto found = run.rollout.found_bad.opened();
  co_await kernel::first_of(approved, found);
  people.destroy();
}

Task<> pause(Replication& run, Stage stage, const RandomDuration& lasts) {
  const Duration length = run.draw(lasts, purpose::batch_pause, stage.number);
  if (length == Duration::zero()) co_return;
  run.mark_rollout(Activity::pausing);
  run.tell_step([&] { return fmt::format("pause after stage {}", stage.number + 1); },
                [&] { return fmt::format("the pause of {}", human_duration(length)); });
  co_await wait_counted(run, length);
}

}  // namespace

bool passes_check(Replication& run, InstanceId id, std::uint64_t number) {
  const HealthCheck& check = run.rollout.plan->health;
  Instance& self = run.instance(id);
  if (self.build.defective) {
    if (run.chance(check.misses, purpose::health_check, run.luck(id), number)) return true;
    find_defect(run, id);
    return false;
  }
  if (!run.chance(check.false_alarms, purpose::health_check, run.luck(id), number)) return true;
  self.troubled = true;
  run.tell(id, [] { return std::string("fails its health check: a false alarm"); });
  return false;
}

Task<> wait_counted(Replication& run, Duration length) {
  const TimePoint begun = run.sim.now();
  const auto counted = [&run, begun](TimePoint end) {
    return to_hours(std::min(end, run.horizon) - begun);
  };
  const double planned = counted(saturating_add(begun, length));
  run.tally.wait_soak += planned;
  co_await wait_unless_bad(run, length);
  run.tally.wait_soak += counted(run.sim.now()) - planned;
}

Task<> wait_for_window(Replication& run) {
  const auto& windows = run.rollout.plan->windows;
  if (windows.empty()) co_return;
  const kernel::WorkCalendar calendar(windows);
  const TimePoint open = calendar.next_open(run.sim.now());
  if (open <= run.sim.now()) co_return;
  run.tell("roll-out", [] { return std::string("waits for its window"); });
  run.mark_rollout(Activity::waiting_for_window);
  run.tell_step([] { return std::string("outside its window"); },
                [] { return std::string("the window"); });
  const Waiting waiting(run.sim, run.tally.wait_window);
  auto opens = run.sim.until(open);
  auto found = run.rollout.found_bad.opened();
  co_await kernel::first_of(opens, found);
  run.mark_rollout(Activity::bringing_up);
}

std::string refuse_to_begin(const Replication& run) {
  const auto& limit = run.rollout.plan->stop.unhealthy_before_above;
  if (!limit) return {};
  const policy::Rolling& now = run.rollout.now;
  const std::int64_t unhealthy = now.desired - now.fresh_available - now.old_available;
  if (share_of(unhealthy, now.desired) <= limit->value()) return {};
  return fmt::format("{} of {} are unhealthy", unhealthy, now.desired);
}

Task<bool> pass_stage_end(Replication& run, Stage stage) {
  const Rollout& plan = *run.rollout.plan;
  const bool last = stage.number + 1 == plan.sizes.size();
  StageEnd end;
  if (plan.ends.empty()) {
    end.soak = plan.soak;
    if (!last) end.pause = plan.pause;
    end.approval = !last;
  } else {
    end = plan.ends[stage.number];
  }
  co_await soak(run, stage, end.soak);
  if (plan.checks == InstanceChecks::at_stage_end) check_health(run, stage);
  if (must_stop(run, stage)) {
    run.tell("roll-out", [&] {
      return fmt::format("stopped: {} of {} failed", failed(run, stage.from, stage.to),
                         stage.size());
    });
    co_return false;
  }
  if (end.analysis) {
    auto analysis = analyse(run, stage, *end.analysis);
    const bool passed = co_await analysis;
    if (!passed) {
      run.tell("roll-out", [] { return std::string("stopped: its analysis failed"); });
      co_return false;
    }
  }
  co_await pause(run, stage, end.pause);
  if (end.approval) {
    co_await ask_for_approval(run, stage.number + 1);
  }
  if (run.rollout.found_bad.is_open()) {
    run.tell("roll-out", [] { return std::string("stopped: its version is bad"); });
    co_return false;
  }
  co_return true;
}

}  // namespace rollcast::model
