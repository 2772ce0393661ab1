#include <cmath>

#include "processes.hpp"
#include "purposes.hpp"
#include "rollout.hpp"

namespace rollcast::model {
namespace {

/// Waits until something happens to an instance in service: a failure, a defect shows (by itself,
/// or because the soak's watch interrupts), or an outage strikes (which interrupts too).
Task<Trouble> next_trouble(Replication& run, InstanceId id) {
  Instance& self = run.instance(id);
  const World& world = run.world;
  Trouble trouble;
  Duration until = Duration::max();
  const std::uint64_t classes = world.failures.size();
  for (std::uint64_t kind = 0; kind < classes; ++kind) {
    const std::uint64_t key = self.incidents * classes + kind;
    const Duration life =
        run.draw(world.failures[kind].time_to_failure, purpose::failure, id.index(), key);
    if (life >= until) continue;
    until = life;
    trouble = Trouble{Cause::failure, &world.failures[kind], nullptr, key};
  }
  if (self.build.defective && !self.defect_found) {
    const Duration shows =
        run.draw(world.defects.detection, purpose::defect_detection, id.index(), self.incidents);
    if (shows < until) {
      until = shows;
      trouble = Trouble{Cause::defect, nullptr, nullptr, 0};
    }
  }
  if (trouble.cause == Cause::none && run.outages.empty()) co_return trouble;
  self.at_rest = true;
  auto wait = run.sim.delay(until);
  const auto ended = co_await wait;
  self.at_rest = false;
  if (ended == kernel::Outcome::interrupted) {
    OutageState* outage = std::exchange(self.struck_by, nullptr);
    trouble = Trouble{outage != nullptr ? Cause::outage : Cause::defect, nullptr, outage, 0};
  }
  co_return trouble;
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
  order.entity = id.index();
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

/// First deployment, by the strategy's method, when the groups it waits for are ready. False: given
/// up.
Task<bool> bring_into_service(Replication& run, InstanceId id) {
  const GroupId group = run.instance(id).group;
  run.mark(id, Activity::waiting_for_group);
  for (kernel::Gate* gate : run.groups[group].waits) co_await gate->opened();
  const bool by_hand = run.instance(id).way->method == Method::manual;
  auto deployment = by_hand ? deploy_by_hand(run, id) : deploy_from_image(run, id);
  const bool entered = co_await deployment;
  co_return entered;
}

}  // namespace

Task<> serve(Replication& run, InstanceId id) {
  for (;;) {
    auto next = next_trouble(run, id);
    const Trouble trouble = co_await next;
    if (trouble.cause == Cause::none) co_return;
    auto recovery = recover(run, id, trouble);
    const bool back = co_await recovery;
    if (!back && run.instance(id).out_since != kNever) co_return;
  }
}

Task<> instance_life(Replication& run, InstanceId id) {
  for (;;) {
    auto deployment = bring_into_service(run, id);
    const bool entered = co_await deployment;
    if (entered) break;
    note_given_up(run, id);
    if (!run.rollout.plan->retries_forever) co_return;
    co_await run.sim.delay(run.draw(run.world.launch.back_off, purpose::back_off, id.index(),
                                    run.instance(id).launches));
  }
  auto service = serve(run, id);
  co_await service;
}

}  // namespace rollcast::model
