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
    const Duration shows =
        run.draw(world.defects.detection, purpose::defect_detection, run.luck(id), self.incidents);
    if (shows < plan.until) {
      plan.until = shows;
      plan.trouble = Trouble{Cause::defect, nullptr, nullptr};
    }
  }
  plan.drifts = time_of_drift(run, id);
  return plan;
}

/// When a defect that drift has just brought shows.
TimePoint when_drift_shows(Replication& run, InstanceId id) {
  return saturating_add(
      run.sim.now(), run.draw(run.world.defects.detection, purpose::defect_detection, run.luck(id),
                              run.instance(id).incidents));
}

/// Why it was interrupted: an outage strikes, or the soak's watch has found a defect.
Trouble interruption(Instance& self) {
  OutageState* outage = std::exchange(self.struck_by, nullptr);
  return Trouble{outage != nullptr ? Cause::outage : Cause::defect, nullptr, outage};
}

/// First deployment by hand.
Task<bool> deploy_by_hand(Replication& run, InstanceId id) {
  Instance& self = run.instance(id);
  const TimePoint asked = run.sim.now();
  run.mark(id, Activity::waiting_for_quota);
  co_await enter_zone(run, id);
  run.tally.wait_quota += to_hours(run.sim.now() - asked);
  SetupOrder order;
  order.group = self.group;
  order.by = self.way->by;
  order.entity = run.luck(id);
  order.index = ++self.setups;
  order.accept = id;
  order.generation = self.generation;
  const SetupResult result = co_await set_up_by_hand(run, order);
  co_await be_given_work(run, id);
  run.enter_service(id, Build{ImageId{}, 0, result.defective, run.sim.now()});
  co_return true;
}

/// First deployment from an image, once it is there. False: given up.
Task<bool> deploy_from_image(Replication& run, InstanceId id) {
  Instance& self = run.instance(id);
  const Deployment& plan = *self.way;
  kernel::Gate& available = *run.images[plan.image].available[self.region.index()];
  if (!available.is_open()) {
    run.mark(id, Activity::waiting_for_image);
    const Waiting waiting(run.sim, run.tally.wait_copy);
    auto there = available.opened();
    auto gone = run.images[plan.image].destroyed->opened();
    co_await kernel::first_of(there, gone);
  }
  const LaunchOrder order(plan, run.rollout.phase);
  auto launched = launch(run, id, order);
  const LaunchResult result = co_await launched;
  if (result == LaunchResult::ready) {
    co_await be_given_work(run, id);
    run.enter_service(id, self.build);
    co_return true;
  }
  self.troubled = true;
  ++run.tally.abandoned;
  run.mark(id, Activity::given_up);
  run.tell(id, [] { return std::string("given up"); });
  co_return false;
}

/// Nothing can be launched from an image that was destroyed.
bool can_be_launched(const Replication& run, InstanceId id) {
  const Deployment& plan = *run.instance(id).way;
  return plan.method == Method::manual || !run.images[plan.image].destroyed->is_open();
}

/// First deployment, by the strategy's method. False: given up.
Task<bool> deploy(Replication& run, InstanceId id) {
  const bool by_hand = run.instance(id).way->method == Method::manual;
  return by_hand ? deploy_by_hand(run, id) : deploy_from_image(run, id);
}

/// The same, when the groups it waits for are ready.
Task<bool> deploy_after_others(Replication& run, InstanceId id) {
  for (kernel::Gate* gate : run.groups[run.instance(id).group].waits) co_await gate->opened();
  auto deployment = deploy(run, id);
  const bool entered = co_await deployment;
  co_return entered;
}

}  // namespace

Task<> serve(Replication& run, InstanceId id) {
  Instance& self = run.instance(id);
  for (;;) {
    const Plan plan = plan_trouble(run, id);
    if (plan.trouble.cause == Cause::none && run.outages.empty() && plan.drifts == kNever)
      co_return;
    Trouble trouble = plan.trouble;
    TimePoint end = saturating_add(run.sim.now(), plan.until);
    self.at_rest = true;
    auto wait = run.sim.until(std::min(end, plan.drifts));
    auto ended = co_await wait;
    if (plan.drifts < end && ended != kernel::Outcome::interrupted) {
      run.turn_defective(id);
      const TimePoint shows = when_drift_shows(run, id);
      if (shows < end) {
        end = shows;
        trouble = Trouble{Cause::defect, nullptr, nullptr};
      }
      auto rest = run.sim.until(end);
      ended = co_await rest;
    }
    self.at_rest = false;
    if (ended == kernel::Outcome::interrupted) trouble = interruption(self);
    if (trouble.cause == Cause::none) co_return;
    auto recovery = recover(run, id, trouble);
    const bool back = co_await recovery;
    if (!back && self.out_since != kNever) co_return;
  }
}

Task<> instance_life(Replication& run, InstanceId id) {
  for (;;) {
    run.mark(id, Activity::waiting_for_group);
    const bool alone = run.groups[run.instance(id).group].waits.empty();
    auto deployment = alone ? deploy(run, id) : deploy_after_others(run, id);
    const bool entered = co_await deployment;
    if (entered) break;
    note_given_up(run, id);
    if (!run.rollout.plan->retries_forever || !can_be_launched(run, id)) co_return;
    co_await run.sim.delay(run.draw(run.world.launch.back_off, purpose::back_off, run.luck(id),
                                    run.instance(id).launches));
  }
  auto service = serve(run, id);
  co_await service;
}

}  // namespace rollcast::model
