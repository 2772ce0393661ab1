#include <cmath>

#include "processes.hpp"
#include "purposes.hpp"
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
                        run.draw(*length, purpose::drift, id.index(), self.incidents));
}

/// Waits until something happens to an instance in service: a failure, a defect shows (by itself,
/// or because the soak's watch interrupts), or an outage strikes (which interrupts too).
Task<Trouble> next_trouble(Replication& run, InstanceId id) {
  Instance& self = run.instance(id);
  const World& world = run.world;
  Trouble trouble;
  Duration until = Duration::max();
  const TimePoint since = run.sim.now();
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
  const TimePoint drifts = time_of_drift(run, id);
  if (trouble.cause == Cause::none && run.outages.empty() && drifts == kNever) co_return trouble;
  self.at_rest = true;
  TimePoint end = saturating_add(since, until);
  auto wait = run.sim.until(std::min(end, drifts));
  auto ended = co_await wait;
  if (drifts < end && ended != kernel::Outcome::interrupted) {
    run.turn_defective(id);
    const TimePoint shows = saturating_add(
        drifts,
        run.draw(world.defects.detection, purpose::defect_detection, id.index(), self.incidents));
    if (shows < end) {
      end = shows;
      trouble = Trouble{Cause::defect, nullptr, nullptr, 0};
    }
    auto rest = run.sim.until(end);
    ended = co_await rest;
  }
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
  order.by = run.world.deployments[self.group].by;
  order.entity = id.index();
  order.index = ++self.setups;
  order.accept = id;
  const SetupResult result = co_await set_up_by_hand(run, order);
  run.enter_service(id, Build{ImageId{}, 0, result.defective, run.sim.now()});
  co_return true;
}

/// First deployment from an image, once it is there. False: given up.
Task<bool> deploy_from_image(Replication& run, InstanceId id) {
  Instance& self = run.instance(id);
  const Deployment& plan = run.world.deployments[self.group];
  kernel::Gate& available = *run.images[plan.image].available[self.region.index()];
  if (!available.is_open()) {
    run.mark(id, Activity::waiting_for_image);
    const Waiting waiting(run.sim, run.tally.wait_copy);
    co_await available.opened();
  }
  auto launched = launch(run, id, LaunchOrder(plan));
  const LaunchResult result = co_await launched;
  if (result == LaunchResult::ready) {
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
  const bool by_hand = run.world.deployments[group].method == Method::manual;
  auto deployment = by_hand ? deploy_by_hand(run, id) : deploy_from_image(run, id);
  const bool entered = co_await deployment;
  co_return entered;
}

}  // namespace

Task<> instance_life(Replication& run, InstanceId id, Batch& batch) {
  auto deployment = bring_into_service(run, id);
  const bool entered = co_await deployment;
  batch.settled->count_down();
  if (!entered) co_return;
  for (;;) {
    auto next = next_trouble(run, id);
    const Trouble trouble = co_await next;
    if (trouble.cause == Cause::none) co_return;
    auto recovery = recover(run, id, trouble);
    const bool back = co_await recovery;
    if (!back && run.instance(id).out_since != kNever) co_return;
  }
}

}  // namespace rollcast::model
