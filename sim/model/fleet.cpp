/// The story of the scenario's roll-out: a first deployment, or an update and what becomes of it.
#include <algorithm>

#include "processes.hpp"
#include "rollout.hpp"

namespace rollcast::model {
namespace {

/// What each group ran before an update: its image, launched as the group is launched.
IdVector<GroupId, Deployment> ways_back(const World& world) {
  IdVector<GroupId, Deployment> ways;
  for (std::size_t index = 0; index < world.groups.size(); ++index) {
    Deployment way = world.deployments[GroupId{index}];
    way.method = way.script ? Method::image_and_script : Method::image;
    way.image = world.update->from[GroupId{index}];
    ways.push_back(way);
  }
  return ways;
}

IdVector<GroupId, std::optional<Build>> old_versions(const World& world) {
  IdVector<GroupId, std::optional<Build>> versions;
  for (const ImageId image : world.update->from) versions.push_back(Build{image, 0, false});
  return versions;
}

/// A stopped update goes back to what ran before, if its policy does that.
Task<> go_back(Replication& run) {
  const TimePoint begun = run.sim.now();
  run.tell("roll-out", [] { return std::string("rolls back"); });
  run.tally.rolled_back = true;
  run.tally.rollback_hours = kNotReached;
  auto back = roll_back(run, run.world.rollout, run.ways_back, old_versions(run.world));
  const RolloutResult result = co_await back;
  const policy::Rolling& now = run.rollout.now;
  const bool whole = result == RolloutResult::complete && now.fresh_available == now.desired;
  if (whole) run.tally.rollback_hours = to_hours(run.sim.now() - begun);
  run.tell("roll-out", [&] {
    return fmt::format("rolled back: {} of {} run the old version", now.fresh_available,
                       now.desired);
  });
}

}  // namespace

void start_running_fleet(Replication& run) {
  run.ways_back = ways_back(run.world);
  for (std::size_t slot = 0; slot < run.instances.size(); ++slot) {
    Instance& self = run.instances[slot];
    self.way = &run.ways_back[self.group];
    self.pinned = Build{self.way->image, 0, false, run.world.images[self.way->image].built};
    self.outdated = true;
    run.start_in_service(InstanceId{slot}, *self.pinned);
    self.life = run.sim.spawn({"instance", slot}, serve(run, InstanceId{slot}));
  }
  run.tally.least_serving = run.desired();
}

Task<> roll_out_fleet(Replication& run) {
  const auto& update = run.world.update;
  if (update) {
    co_await run.sim.until(update->at);
    run.tell("roll-out", [&] {
      return update->because.empty() ? std::string("the update begins")
                                     : fmt::format("the update begins: {}", update->because);
    });
  }
  const bool reacts = update && update->roll_back_when_found;
  VersionOrder order{run.world.rollout, run.world.deployments, {}, true, reacts};
  auto rolling = roll_out_version(run, std::move(order));
  const RolloutResult result = co_await rolling;
  const bool stopped = result == RolloutResult::stopped;
  run.tally.aborted = stopped;
  run.tally.rollout_ended = run.sim.now();
  run.tell("roll-out", [] { return std::string("ended"); });
  if (!update) co_return;
  const bool goes_back = stopped && run.world.rollout.after_stop == AfterStop::roll_back;
  if (!goes_back) {
    if (!reacts) co_return;
    co_await run.rollout.found_bad.opened();
  }
  auto back = go_back(run);
  co_await back;
}

Task<RolloutResult> roll_back(Replication& run, const Rollout& plan,
                              const IdVector<GroupId, Deployment>& ways,
                              IdVector<GroupId, std::optional<Build>> previous) {
  Rollout& back = run.rollback_plans.emplace_back();
  back.sizes = {run.desired()};
  back.pace = Pace::rolling;
  back.surge = plan.surge;
  back.unavailable = plan.unavailable;
  if (plan.pace == Pace::batch && plan.traffic.empty())
    back.unavailable = *std::max_element(plan.sizes.begin(), plan.sizes.end());
  if (!plan.traffic.empty()) back.surge = run.desired();  // a second fleet again
  if (back.surge == 0 && back.unavailable == 0) back.unavailable = 1;
  back.min_ready = plan.min_ready;
  back.progress_deadline = plan.progress_deadline;
  back.retries_forever = plan.retries_forever;
  VersionOrder order{back, ways, std::move(previous), false, false};
  auto rolling = roll_out_version(run, std::move(order));
  const RolloutResult result = co_await rolling;
  co_return result;
}

}  // namespace rollcast::model
