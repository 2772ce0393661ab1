#include <cmath>

#include "processes.hpp"
#include "purposes.hpp"
#include "rollcast/kernel/compose.hpp"
#include "rollout.hpp"
#include "waiting.hpp"

namespace rollcast::model {
namespace {

/// When the environment of an instance that serves well now will have drifted into a defect.
TimePoint time_of_drift(const Replication& run, InstanceId id) {
  const Instance& self = run.instances[id.index()];
  const Drift& drift = run.world.drift;
  const auto& length = self.build.image.valid() ? drift.from_image : drift.by_hand;
  if (!length || self.build.defective) return kNever;
  return saturating_add(run.sim.now(),
                        run.draw(*length, purpose::drift, run.luck(id), self.incidents));
}

/// When the defect with which it serves shows, if nothing comes before. The time runs on while an
/// outage interrupts its service.
TimePoint when_defect_shows(const Replication& run, InstanceId id) {
  const Instance& self = run.instance(id);
  if (self.defect_due) return run.sim.now();
  const Duration detection = run.draw(run.world.defects.detection, purpose::defect_detection,
                                      run.luck(id), self.defect_index);
  return std::max(run.sim.now(), saturating_add(self.defective_since, detection));
}

/// What happens next to an instance in service, and when: a failure, or a defect shows by itself.
struct Plan {
  Trouble trouble;
  Duration until = Duration::max();
  TimePoint drifts = kNever;  ///< when its environment will have drifted into a defect
};

Plan plan_trouble(Replication& run, InstanceId id) {
  const Instance& self = run.instance(id);
  const World& world = run.world;
  Plan plan;
  for (const FailureClass& failure : world.failures) {
    const Duration life =
        run.draw(failure.time_to_failure, purpose::failure, run.luck(id, failure), self.incidents);
    if (life >= plan.until) continue;
    plan.until = life;
    plan.trouble = Trouble{Cause::failure, &failure, nullptr};
  }
  if (self.build.defective && !self.defect_found) {
    const Duration shows = when_defect_shows(run, id) - run.sim.now();
    if (shows < plan.until) {
      plan.until = shows;
      plan.trouble = Trouble{Cause::defect, nullptr, nullptr};
    }
  }
  plan.drifts = time_of_drift(run, id);
  return plan;
}

/// Why it was interrupted: an outage strikes, or the soak's watch has found a defect.
Trouble interruption(Instance& self) {
  OutageState* outage = std::exchange(self.struck_by, nullptr);
  return Trouble{outage != nullptr ? Cause::outage : Cause::defect, nullptr, outage};
}

/// Whether the image that `id` is launched from is there.
bool image_is_there(Replication& run, const Instance& self) {
  return self.way->method == Method::manual ||
         run.images[self.way->image].available[self.region.index()]->is_open();
}

/// Whether nothing comes before its deployment.
bool is_its_turn(Replication& run, const Instance& self) {
  return self.asked <= run.sim.now() && run.groups[self.group].waits.empty() &&
         image_is_there(run, self);
}

/// What comes before its deployment: it is asked for, the groups that it waits for serve, and its
/// image is there.
Task<> await_turn(Replication& run, InstanceId id) {
  const Instance& self = run.instance(id);
  if (self.asked > run.sim.now()) {
    co_await run.sim.until(self.asked);
  }
  run.mark(id, Activity::waiting_for_group);
  for (kernel::Gate* gate : run.groups[self.group].waits) co_await gate->opened();
  if (image_is_there(run, self)) co_return;
  run.mark(id, Activity::waiting_for_image);
  const Waiting waiting(run.sim, run.tally.wait_copy);
  const ImageState& image = run.images[self.way->image];
  auto there = image.available[self.region.index()]->opened();
  auto gone = image.destroyed->opened();
  co_await kernel::first_of(there, gone);
}

/// First deployment by hand, when its turn has come.
Task<> set_up_first(Replication& run, InstanceId id) {
  Instance& self = run.instance(id);
  if (is_its_turn(run, self)) {
    run.mark(id, Activity::waiting_for_group);
  } else {
    co_await await_turn(run, id);
  }
  SetupOrder order;
  order.group = self.group;
  order.by = self.way->by;
  order.entity = run.luck(id);
  order.index = ++self.setups;
  order.accept = id;
  order.generation = self.generation;
  const SetupResult result = co_await set_up_by_hand(run, order);
  self.build = build_by_hand(run, result);
}

/// Nothing can be launched from an image that was destroyed.
bool can_be_launched(const Replication& run, InstanceId id) {
  const Deployment& plan = *run.instance(id).way;
  return plan.method == Method::manual || !run.images[plan.image].destroyed->is_open();
}

/// What an instance waits for, or does, that is not launched at once, or has no work or is held
/// back by an outage once it is there.
enum class Aside : std::uint8_t { none, turn, set_up, given_up, work, outage };

Aside before_launch(Replication& run, const Instance& self) {
  if (self.way->method == Method::manual) return Aside::set_up;
  return is_its_turn(run, self) ? Aside::none : Aside::turn;
}

/// And what it does after that.
enum class Next : std::uint8_t { launches, serves, tries_again, ends };

/// No attempt has succeeded.
Task<Next> give_up(Replication& run, InstanceId id) {
  Instance& self = run.instance(id);
  self.troubled = true;
  Instance& desired = run.instances[self.slot];
  if (!std::exchange(desired.given_up, true)) ++run.tally.abandoned;
  run.mark(id, Activity::given_up);
  run.tell(id, [] { return std::string("given up"); });
  note_given_up(run, id);
  if (!run.rollout.plan->retries_forever || !can_be_launched(run, id)) co_return Next::ends;
  co_await run.sim.delay(run.back_off(id));
  co_return Next::tries_again;
}

/// Its deployment has ended: it serves as soon as it has work and no outage holds it back, unless
/// it has been destroyed by then.
Task<Next> come_into_service(Replication& run, InstanceId id) {
  if (!has_work(run, id)) {
    co_await be_given_work(run, id);
  }
  if (outage_of(run, id) != nullptr) {
    co_await wait_out(run, id);
  }
  if (!was_destroyed(run, id, run.instance(id).accepted)) co_return Next::serves;
  run.tell(id, [] { return std::string("was destroyed before it served"); });
  run.terminate(id, run.rollout.phase);
  co_return Next::tries_again;
}

Task<Next> go_aside(Replication& run, InstanceId id, Aside why) {
  switch (why) {
    case Aside::none:
      break;
    case Aside::turn:
      co_await await_turn(run, id);
      break;
    case Aside::given_up: {
      auto end = give_up(run, id);
      const Next next = co_await end;
      co_return next;
    }
    case Aside::set_up:
      co_await set_up_first(run, id);
      [[fallthrough]];
    case Aside::work:
    case Aside::outage: {
      auto coming = come_into_service(run, id);
      const Next next = co_await coming;
      co_return next;
    }
  }
  co_return Next::launches;
}

/// What may happen to it, and when, that was drawn at `since` and has not happened yet, drawn again
/// on the run's present branch.
void plan_again(const Replication& run, InstanceId id, TimePoint since, Plan& plan) {
  const Instance& self = run.instance(id);
  const Duration age = run.sim.now() - since;
  std::optional<Plan> fresh = Plan{};
  const auto consider = [&](const std::optional<Duration>& rest, const Trouble& trouble) {
    if (!rest) fresh.reset();
    if (!fresh || *rest >= Duration::max() - age || *rest + age >= fresh->until) return;
    fresh->until = *rest + age;
    fresh->trouble = trouble;
  };
  for (const FailureClass& failure : run.world.failures)
    consider(run.draw_rest(failure.time_to_failure, purpose::failure, run.luck(id, failure),
                           self.incidents, age),
             Trouble{Cause::failure, &failure, nullptr});
  if (self.build.defective && !self.defect_found)
    consider(run.draw_rest(run.world.defects.detection, purpose::defect_detection, run.luck(id),
                           self.defect_index, run.sim.now() - self.defective_since),
             Trouble{Cause::defect, nullptr, nullptr});
  if (!fresh) return;
  fresh->drifts = plan.drifts;
  const auto& drift =
      self.build.image.valid() ? run.world.drift.from_image : run.world.drift.by_hand;
  if (plan.drifts != kNever) {
    const auto rest = run.draw_rest(*drift, purpose::drift, run.luck(id), self.incidents, age);
    if (rest) fresh->drifts = saturating_add(run.sim.now(), *rest);
  }
  plan = *fresh;
}

/// The wait for what the plan says, in a run with branches.
Task<kernel::Outcome> rest_on_branches(Replication& run, InstanceId id, Plan& plan) {
  const TimePoint since = run.sim.now();
  for (;;) {
    auto trouble = run.sim.until(std::min(saturating_add(since, plan.until), plan.drifts));
    auto branched = run.branched.next();
    const auto outcome = co_await kernel::first_of(trouble, branched);
    if (trouble.done() || outcome == kernel::Outcome::interrupted) co_return outcome;
    plan_again(run, id, since, plan);
  }
}

/// The wait for what the plan says where more may come about than that: its environment drifts into
/// a defect, or the run branches.
Task<kernel::Outcome> live_through(Replication& run, InstanceId id, Plan& plan) {
  const TimePoint since = run.sim.now();
  auto ended = kernel::Outcome::completed;
  if (run.branches()) {
    auto rest = rest_on_branches(run, id, plan);
    ended = co_await rest;
  } else {
    auto wait = run.sim.until(std::min(saturating_add(since, plan.until), plan.drifts));
    ended = co_await wait;
  }
  TimePoint end = saturating_add(since, plan.until);
  if (plan.drifts >= end || ended == kernel::Outcome::interrupted) co_return ended;
  run.turn_defective(id);
  const TimePoint shows = when_defect_shows(run, id);
  if (shows < end) {
    end = shows;
    plan.trouble = Trouble{Cause::defect, nullptr, nullptr};
  }
  auto rest = run.sim.until(end);
  ended = co_await rest;
  co_return ended;
}

/// Lives through what the plan says, and recovers. False: it ends there.
Task<bool> live_and_recover(Replication& run, InstanceId id, Plan plan) {
  Instance& self = run.instance(id);
  auto rest = live_through(run, id, plan);
  const auto ended = co_await rest;
  self.at_rest = false;
  if (ended == kernel::Outcome::interrupted) plan.trouble = interruption(self);
  if (plan.trouble.cause == Cause::none) co_return false;
  auto recovery = recover(run, id, plan.trouble);
  const bool lives_on = co_await recovery;
  co_return lives_on;
}

}  // namespace

// There is one of these for each instance: what it keeps across a wait is memory that a large fleet
// goes through again and again, so what only some instances do has a frame of its own.
Task<> instance_life(Replication& run, InstanceId id) {
  Instance& self = run.instance(id);
  Aside aside = before_launch(run, self);
  while (self.entered == kNever) {
    auto next = Next::launches;
    if (aside != Aside::none) {
      auto pause = go_aside(run, id, aside);
      next = co_await pause;
      if (next == Next::ends) co_return;
      aside = Aside::none;
    } else {
      run.mark(id, Activity::waiting_for_group);
    }
    if (next == Next::tries_again) {
      aside = before_launch(run, self);
      continue;
    }
    if (next == Next::launches) {
      std::optional<Waiting> waiting(std::in_place, run.sim, run.tally.wait_quota);
      auto place = launch_slot(run, id);
      const kernel::Token slot = co_await place;
      waiting.reset();
      auto launching = launch(run, id, LaunchOrder(*self.way, run.rollout.phase));
      const LaunchResult result = co_await launching;
      if (result == LaunchResult::given_up)
        aside = Aside::given_up;
      else if (!has_work(run, id))
        aside = Aside::work;
      else if (outage_of(run, id) != nullptr)
        aside = Aside::outage;
    }
    if (aside == Aside::none) run.enter_service(id, self.build);
  }
  for (;;) {
    Plan plan = plan_trouble(run, id);
    const bool plain = plan.drifts == kNever && !run.branches();
    const bool nothing = plan.trouble.cause == Cause::none && plan.drifts == kNever;
    // A defect that would show beyond any time is found by a soak all the same.
    const bool hidden = run.instance(id).build.defective && !run.instance(id).defect_found;
    if (nothing && !hidden && run.outages.empty()) co_return;
    self.at_rest = true;
    if (plain) {
      auto rest = run.sim.until(saturating_add(run.sim.now(), plan.until));
      const auto ended = co_await rest;
      self.at_rest = false;
      if (ended == kernel::Outcome::interrupted) plan.trouble = interruption(self);
      if (plan.trouble.cause == Cause::none) co_return;
    }
    auto recovery = plain ? recover(run, id, plan.trouble) : live_and_recover(run, id, plan);
    const bool lives_on = co_await recovery;
    if (!lives_on) co_return;
  }
}

Task<> resumed_life(Replication& run, InstanceId id) {
  if (OutageState* outage = outage_of(run, id)) {
    auto recovery = recover(run, id, Trouble{Cause::outage, nullptr, outage});
    const bool lives_on = co_await recovery;
    if (!lives_on) co_return;
  }
  auto life = instance_life(run, id);
  co_await life;
}

}  // namespace rollcast::model
