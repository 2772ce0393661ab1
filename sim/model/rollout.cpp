/// The roll-out engine: stages, each of which brings new instances and lets old ones go, within
/// bounds or batch by batch, until it has what it is for.
#include "rollout.hpp"

#include <algorithm>

#include "processes.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/kernel/compose.hpp"

namespace rollcast::model {
namespace {

/// From this share of the fleet on, the update counts as done.
constexpr double kPatchedShare = 0.95;

void note_progress(Replication& run) {
  run.rollout.progressed = run.sim.now();
}

/// The new instance of a seat is available, or given up: the stage may be complete.
void settle(Replication& run, Seat& seat) {
  if (seat.settled) return;
  seat.settled = true;
  ++run.rollout.settled;
  note_progress(run);
}

/// Wakes the roll-out where it may have something to do: at every change within bounds, at the end
/// of a batch otherwise.
void wake(Replication& run) {
  RolloutState& state = run.rollout;
  if (state.plan->pace == Pace::rolling || state.settled >= state.awaited) state.changed.trigger();
}

/// A new instance has failed its check as it was deployed: it stays failed in this roll-out.
bool has_failed(const Replication& run, const Instance& self) {
  const RolloutState& state = run.rollout;
  return self.fresh && state.seats[state.seat_of[self.slot]].failed_check;
}

void set_available(Replication& run, InstanceId id, bool available) {
  RolloutState& state = run.rollout;
  Instance& self = run.instance(id);
  if (self.available == available) return;
  self.available = available;
  if (!takes_part(run, self) || has_failed(run, self)) return;
  (self.fresh ? state.now.fresh_available : state.now.old_available) += available ? 1 : -1;
  if (self.fresh && available) {
    settle(run, state.seats[state.seat_of[self.slot]]);
    const double share = static_cast<double>(state.now.fresh_available);
    if (run.tally.patched == kNever && state.first &&
        share >= kPatchedShare * static_cast<double>(run.desired()))
      run.tally.patched = run.sim.now();
  }
  wake(run);
}

/// Whether a new instance is checked now that it is to be available for the first time.
bool is_due_for_check(const Replication& run, const Instance& self) {
  const RolloutState& state = run.rollout;
  return state.plan->checks == InstanceChecks::when_available && self.fresh &&
         takes_part(run, self) && !state.seats[state.seat_of[self.slot]].settled;
}

/// It stays failed in this roll-out, whatever becomes of it.
void fail_check(Replication& run, InstanceId id) {
  RolloutState& state = run.rollout;
  Seat& seat = state.seats[state.seat_of[run.instance(id).slot]];
  seat.given_up = seat.failed_check = true;
  ++state.given_up;
  settle(run, seat);
  wake(run);
}

/// Available once it has served for the minimum ready time without a break, and passed its check.
Task<> become_available(Replication& run, InstanceId id, TimePoint since) {
  co_await run.sim.delay(run.rollout.plan->min_ready);
  const Instance& self = run.instance(id);
  if (self.serving_since != since || self.out_since != kNever || self.idle) co_return;
  if (is_due_for_check(run, self) && !passes_check(run, id, 0))
    fail_check(run, id);
  else
    set_available(run, id, true);
}

void launch_fresh(Replication& run, Seat& seat) {
  RolloutState& state = run.rollout;
  const InstanceId id = seat.fresh;
  Instance& self = run.instance(id);
  self.fresh = true;
  self.troubled = false;
  self.outdated = run.world.update && self.way == &run.ways_back[self.group];
  seat.settled = seat.given_up = seat.failed_check = false;
  ++state.now.fresh;
  ++state.launched;
  self.life = run.sim.spawn({"instance", id.index()}, instance_life(run, id));
}

/// The old instance of a seat goes, or the host that stands for one is taken in hand.
void remove_old(Replication& run, Seat& seat) {
  RolloutState& state = run.rollout;
  --state.now.old;
  if (seat.host) {
    seat.host = false;
    --state.now.old_available;
  } else {
    run.retire(std::exchange(seat.old, InstanceId{}));
  }
  note_progress(run);
}

/// Removes up to `count` old instances, in the order of the roll-out, whose availability is
/// `available`, but none whose replacement was given up. Returns how many went.
std::int64_t remove_some(Replication& run, const std::int64_t count, bool available) {
  RolloutState& state = run.rollout;
  std::int64_t removed = 0;
  while (state.cleared < state.seats.size() && !state.seats[state.cleared].has_old())
    ++state.cleared;
  for (std::size_t index = state.cleared; index < state.seats.size() && removed < count; ++index) {
    Seat& seat = state.seats[index];
    if (!seat.has_old() || seat.given_up) continue;
    const bool is_available = seat.host || run.instance(seat.old).available;
    if (is_available != available) continue;
    remove_old(run, seat);
    ++removed;
  }
  return removed;
}

/// Old instances that the stage under way leaves: one for each new one that was given up, too, but
/// on a host, which is the new one's already.
std::int64_t kept(const RolloutState& state) {
  return state.keep_old + (state.plan->hosts_exist ? 0 : state.given_up);
}

/// Launches and removes what the bounds allow now, until they allow no more.
void roll(Replication& run, std::int64_t until) {
  RolloutState& state = run.rollout;
  const policy::Bounds bounds{state.plan->surge, state.plan->unavailable};
  std::int64_t launched = 0, removed = 0;
  for (;;) {
    const std::int64_t more = policy::may_launch(state.now, bounds, until);
    for (std::int64_t next = 0; next < more; ++next) {
      launch_fresh(run, state.seats[state.launched]);
      note_progress(run);
    }
    const policy::Removals fewer = policy::may_remove(state.now, bounds, kept(state));
    const std::int64_t unhealthy = remove_some(run, fewer.unhealthy, false);
    const std::int64_t gone = unhealthy + remove_some(run, fewer.available, true);
    launched += more;
    removed += gone;
    if (more == 0 && gone == 0) break;
  }
  const std::int64_t awaited = state.now.fresh - state.now.fresh_available;
  if (launched + removed > 0)
    run.tell_step([&] { return fmt::format("{} launched, {} removed", launched, removed); },
                  [&] { return fmt::format("{} to be available", awaited); });
}

/// The old ones of a batch go, its new ones come.
void begin_batch(Replication& run, std::size_t from, std::size_t to) {
  RolloutState& state = run.rollout;
  const bool in_place = state.plan->traffic.empty();
  for (std::size_t seat = from; in_place && seat < to; ++seat)
    if (state.seats[seat].has_old()) remove_old(run, state.seats[seat]);
  for (std::size_t seat = from; seat < to; ++seat) launch_fresh(run, state.seats[seat]);
  note_progress(run);
  run.tell_step([&] { return fmt::format("{} begin", to - from); },
                [&] { return fmt::format("{} to be available", to - from); });
}

bool stage_complete(const Replication& run, std::size_t to) {
  const RolloutState& state = run.rollout;
  const auto until = static_cast<std::int64_t>(to);
  if (state.settled < to) return false;
  if (state.plan->pace == Pace::batch) return true;
  return state.now.fresh_available + state.given_up >= until && state.now.old <= kept(state);
}

/// Nothing is on its way, and nothing more may begin.
bool stuck(const Replication& run) {
  return run.rollout.plan->stop.stuck && run.rollout.settled == run.rollout.launched;
}

/// Reports a roll-out that makes no progress; it goes on all the same.
void report_stalled(Replication& run) {
  run.tally.stalled = true;
  const std::string limit = human_duration(*run.rollout.plan->progress_deadline);
  run.tell("roll-out", [&] { return fmt::format("stalled: no progress for {}", limit); });
  run.tell_step([&] { return fmt::format("stalled: no progress for {}", limit); },
                [] { return std::string("progress"); });
}

/// Until something changes that the roll-out may act on, or its version is found to be bad.
Task<> wait_for_change(Replication& run) {
  RolloutState& state = run.rollout;
  const auto& deadline = state.plan->progress_deadline;
  const TimePoint limit = deadline ? saturating_add(state.progressed, *deadline) : kNever;
  auto change = state.changed.next();
  auto found = state.found_bad.opened();
  if (limit <= run.sim.now() || limit == kNever) {
    co_await kernel::first_of(change, found);
    co_return;
  }
  auto stalled = run.sim.until(limit);
  co_await kernel::first_of(change, found, stalled);
  if (!stalled.done()) co_return;
  co_await run.sim.delay(Duration::zero());  // progress at the deadline itself is in time
  if (saturating_add(state.progressed, *deadline) <= run.sim.now()) report_stalled(run);
}

/// Brings the new instances up to seat `to`. False: the roll-out stops.
Task<bool> bring_up_to(Replication& run, std::size_t from, std::size_t to) {
  RolloutState& state = run.rollout;
  state.awaited = to;
  const bool rolling = state.plan->pace == Pace::rolling;
  for (bool begun = false; !stage_complete(run, to); begun = true) {
    if (rolling || !begun) {
      co_await wait_for_window(run);
    }
    if (state.found_bad.is_open()) co_return false;
    if (rolling) roll(run, static_cast<std::int64_t>(to));
    if (!rolling && !begun) begin_batch(run, from, to);
    if (stage_complete(run, to)) co_return true;
    if (stuck(run)) {
      run.tell("roll-out", [&] {
        return fmt::format("stopped: {} of {} healthy let nothing more begin",
                           state.now.fresh_available + state.now.old_available, state.now.desired);
      });
      co_return false;
    }
    co_await wait_for_change(run);
  }
  co_return true;
}

/// Work moves only to a fleet of which every instance has come up.
bool may_be_given_work(Replication& run) {
  const RolloutState& state = run.rollout;
  if (state.given_up == 0) return true;
  run.tell("roll-out", [&] {
    return fmt::format("stopped: {} of {} cannot be given work", state.given_up, state.now.desired);
  });
  return false;
}

/// Work moves from old instances to new ones: these enter service, then those have none.
Task<> move_work(Replication& run, std::size_t working) {
  RolloutState& state = run.rollout;
  const std::size_t before = state.working;
  state.working = std::clamp(working, before, state.seats.size());
  state.traffic.trigger();
  co_await run.sim.delay(Duration::zero());
  for (std::size_t index = before; index < state.working; ++index) {
    Seat& seat = state.seats[index];
    if (!seat.old.valid() || run.instance(seat.old).idle) continue;
    const Instance& old = run.instance(seat.old);
    if (old.entered == kNever || old.out_since != kNever)
      remove_old(run, seat);  // there is nothing to come back to
    else
      run.withdraw(seat.old);
  }
  run.tell_step(
      [&] { return fmt::format("work moves to {} of {}", state.working, state.now.desired); },
      [] { return std::string(); });
}

void tell_stage(Replication& run, std::size_t stage, std::size_t size) {
  const RolloutState& state = run.rollout;
  run.mark_rollout(Activity::bringing_up);
  if (state.plan->pace == Pace::rolling && size > 0) {
    run.tell("roll-out", [&] {
      return fmt::format("stage {}: {}, at most {} more and {} fewer at once", stage + 1,
                         plural(size, "new instance"), state.plan->surge, state.plan->unavailable);
    });
  } else if (size > 0) {
    run.tell("roll-out", [&] {
      return fmt::format("batch {} starts: {}", stage + 1, plural(size, "instance"));
    });
  }
  run.tell_step(
      [&] { return fmt::format("stage {}: {}", stage + 1, plural(size, "new instance")); },
      [] { return std::string(); });
}

/// Why the roll-out may not begin a stage, told once.
bool may_begin(Replication& run) {
  const std::string why = refuse_to_begin(run);
  if (why.empty()) return true;
  run.tell("roll-out", [&] { return fmt::format("stopped: {}", why); });
  return false;
}

Task<bool> run_stages(Replication& run) {
  RolloutState& state = run.rollout;
  const Rollout& plan = *state.plan;
  std::size_t to = state.launched;
  for (std::size_t stage = 0; stage < plan.sizes.size(); ++stage) {
    const std::size_t from = to;
    to = std::min(to + static_cast<std::size_t>(plan.sizes[stage]), state.seats.size());
    state.keep_old = plan.keep_old.empty() ? state.now.desired - static_cast<std::int64_t>(to)
                                           : plan.keep_old[stage];
    if (!may_begin(run)) co_return false;
    tell_stage(run, stage, to - from);
    auto bringing = bring_up_to(run, from, to);
    const bool brought = co_await bringing;
    if (!brought) co_return false;
    Stage concerned{stage, from, to};
    if (!plan.traffic.empty()) {
      if (!may_be_given_work(run)) co_return false;
      concerned.from = state.working;
      auto moving = move_work(run, static_cast<std::size_t>(plan.traffic[stage]));
      co_await moving;
      concerned.to = state.working;
    }
    const bool was_there = from == to && plan.sizes[stage] > 0;
    if (was_there) continue;
    auto passing = pass_stage_end(run, concerned);
    const bool passed = co_await passing;
    if (!passed) co_return false;
  }
  const bool none = state.now.fresh_available == 0;
  if (plan.stop.nothing_succeeded && none) {
    run.tell("roll-out", [] { return std::string("stopped: not one succeeded"); });
    co_return false;
  }
  co_return true;
}

/// What is left of other versions, and serves no longer, is retired.
void clear_away(Replication& run) {
  for (Seat& seat : run.rollout.seats)
    if (seat.old.valid() && run.instance(seat.old).idle) remove_old(run, seat);
}

}  // namespace

bool takes_part(const Replication& run, const Instance& instance) {
  const RolloutState& state = run.rollout;
  return !state.seats.empty() && state.seat_of[instance.slot] != kNoSeat;
}

const Build& version_of(const Replication& run, const Instance& instance) {
  if (instance.pinned) return *instance.pinned;
  const ImageId image = instance.way->image;
  return run.images[image].versions[version_to_launch(run, image, instance.region)].build;
}

bool has_work(const Replication& run, InstanceId id) {
  const Instance& self = run.instance(id);
  return !takes_part(run, self) || run.rollout.seat_of[self.slot] < run.rollout.working;
}

Task<> be_given_work(Replication& run, InstanceId id) {
  RolloutState& state = run.rollout;
  settle(run, state.seats[state.seat_of[run.instance(id).slot]]);
  wake(run);
  run.instance(id).turned = true;
  run.count_turn(run.instance(id).group);
  run.mark(id, Activity::standing_by);
  run.tell(id, [] { return std::string("is ready, and has no work yet"); });
  while (!has_work(run, id)) {
    co_await state.traffic.next();
  }
}

void note_serving(Replication& run, InstanceId id) {
  const RolloutState& state = run.rollout;
  const bool at_once = state.plan == nullptr || (state.plan->min_ready == Duration::zero() &&
                                                 !is_due_for_check(run, run.instance(id)));
  if (at_once) {
    set_available(run, id, true);
    return;
  }
  run.sim.spawn("minimum ready time", become_available(run, id, run.instance(id).serving_since));
}

void note_out(Replication& run, InstanceId id) {
  set_available(run, id, false);
}

void note_given_up(Replication& run, InstanceId id) {
  RolloutState& state = run.rollout;
  const Instance& self = run.instance(id);
  const bool awaited = self.fresh && takes_part(run, self) && !state.plan->retries_forever;
  if (!awaited) return;
  Seat& seat = state.seats[state.seat_of[run.instance(id).slot]];
  if (seat.given_up) return;
  seat.given_up = true;
  ++state.given_up;
  if (!state.plan->hosts_exist && self.accepted == kNever) ++state.now.gone;
  settle(run, seat);
  wake(run);
}

Task<RolloutResult> roll_out_version(Replication& run, VersionOrder order) {
  RolloutState& state = run.rollout;
  auto asked = state.turn.acquire();
  auto turn = co_await asked;
  state.found_bad.close();
  if (run.world.update || !order.first) run.provide_twins();
  take_stock(run, order);
  if (run.world.update && !order.first) wait_in_turn_again(run);
  const bool done = state.launched == state.seats.size() && state.now.old == 0;
  if (order.only.valid() && done) co_return RolloutResult::complete;
  reuse_idle(run);
  auto stages = run_stages(run);
  const bool complete = co_await stages;
  if (complete && !order.plan.traffic.empty()) {
    if (order.plan.retention > Duration::zero())
      run.tell_step([] { return std::string("the old instances are kept"); },
                    [&] { return "the retention of " + human_duration(order.plan.retention); });
    co_await wait_counted(run, order.plan.retention);
    if (!state.found_bad.is_open()) clear_away(run);
  }
  run.mark_rollout(Activity::over);
  run.tell_step([&] { return std::string(complete ? "ended" : "stopped"); },
                [] { return std::string(); });
  co_return complete ? RolloutResult::complete : RolloutResult::stopped;
}

}  // namespace rollcast::model
