#include <cmath>

#include "processes.hpp"
#include "purposes.hpp"
#include "rollout.hpp"

namespace rollcast::model {
namespace {

/// What happens next to an instance in service, and when: a failure, or a defect shows by itself.
struct Plan {
  Trouble trouble;
  Duration until = Duration::max();
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
  return plan;
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
  run.enter_service(id, Build{ImageId{}, 0, result.defective});
  co_return true;
}

/// First deployment from an image, once it is there. False: given up.
Task<bool> deploy_from_image(Replication& run, InstanceId id) {
  Instance& self = run.instance(id);
  const Deployment& plan = *self.way;
  kernel::Gate& available = *run.images[plan.image].available[self.region.index()];
  if (!available.is_open()) {
    const TimePoint asked = run.sim.now();
    run.mark(id, Activity::waiting_for_image);
    co_await available.opened();
    run.tally.wait_copy += to_hours(run.sim.now() - asked);
  }
  auto launched = launch(run, id, LaunchOrder(plan));
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
    if (plan.trouble.cause == Cause::none && run.outages.empty()) co_return;
    self.at_rest = true;
    auto wait = run.sim.delay(plan.until);
    const auto ended = co_await wait;
    self.at_rest = false;
    const bool interrupted = ended == kernel::Outcome::interrupted;
    const Trouble trouble = interrupted ? interruption(self) : plan.trouble;
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
    if (!run.rollout.plan->retries_forever) co_return;
    co_await run.sim.delay(run.draw(run.world.launch.back_off, purpose::back_off, run.luck(id),
                                    run.instance(id).launches));
  }
  auto service = serve(run, id);
  co_await service;
}

}  // namespace rollcast::model
