/// The story of the scenario's roll-out: a first deployment, or an update and what becomes of it.
#include <algorithm>

#include "processes.hpp"
#include "rollcast/kernel/compose.hpp"
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
  for (const ImageId image : world.update->from)
    versions.push_back(Build{image, 0, world.images[image].built});
  return versions;
}

/// A stopped roll-out goes back to what ran before: `order`, whose plan is the one that stopped.
Task<> go_back(Replication& run, VersionOrder order) {
  const TimePoint begun = run.sim.now();
  run.tell("roll-out", [] { return std::string("rolls back"); });
  run.tally.rolled_back = true;
  run.tally.rollback_hours = kNotReached;
  auto back = roll_back(run, std::move(order));
  const RolloutResult result = co_await back;
  const policy::Rolling& now = run.rollout.now;
  const bool whole = result == RolloutResult::complete && now.fresh_available == now.desired;
  if (whole) run.tally.rollback_hours = to_hours(run.sim.now() - begun);
  run.tell("roll-out", [&] {
    return fmt::format("rolled back: {} of {} run the old version", now.fresh_available,
                       now.desired);
  });
}

/// Whether the version is in every region where a group is deployed from its image.
bool is_everywhere(const Replication& run, ImageId id, std::uint32_t number) {
  const ImageVersion& version = run.images[id].versions[number];
  for (std::size_t index = 0; index < run.world.groups.size(); ++index) {
    const GroupId group{index};
    const bool needed = run.world.deployments[group].image == id;
    if (needed && copy_in(version, run.world.groups[group].region) == nullptr) return false;
  }
  return true;
}

/// Until every group's image is in its region, or is destroyed: an update takes no old instance
/// away before.
Task<> await_images(Replication& run) {
  for (std::size_t index = 0; index < run.world.groups.size(); ++index) {
    const GroupId group{index};
    const Deployment& way = run.world.deployments[group];
    if (way.method == Method::manual) continue;
    const ImageState& image = run.images[way.image];
    auto there = image.available[run.world.groups[group].region.index()]->opened();
    auto gone = image.destroyed->opened();
    co_await kernel::first_of(there, gone);
  }
}

/// Whether a version that may be launched is left in all of these regions.
bool has_older(const Replication& run, ImageId id) {
  for (std::size_t index = 0; index < run.world.groups.size(); ++index) {
    const GroupId group{index};
    const bool needed = run.world.deployments[group].image == id;
    if (needed && !has_good_version(run, id, run.world.groups[group].region)) return false;
  }
  return true;
}

}  // namespace

void start_running_fleet(Replication& run) {
  run.ways_back = ways_back(run.world);
  for (std::size_t slot = 0; slot < run.instances.size(); ++slot) {
    Instance& self = run.instances[slot];
    self.way = &run.ways_back[self.group];
    self.pinned = Build{self.way->image, 0, run.world.images[self.way->image].built};
    self.outdated = true;
    run.start_in_service(InstanceId{slot}, *self.pinned);
    self.life = run.sim.spawn({"instance", slot}, instance_life(run, InstanceId{slot}));
  }
  run.tally.least_serving = run.desired();
  run.service.stands_from_start();
  for (GroupState& group : run.groups)
    if (group.all_entered != nullptr) group.all_entered->open();
}

Task<> roll_out_fleet(Replication& run) {
  const auto& update = run.world.update;
  if (update) {
    co_await run.sim.until(update->at);
    auto images = await_images(run);
    co_await images;
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
  if (!update && !stopped) run.rollout.settled_fleet.open();
  if (!update) co_return;
  run.updated = !stopped;
  renew_standbys(run);
  const bool goes_back = stopped && run.world.rollout.after_stop == AfterStop::roll_back;
  if (!goes_back) {
    if (!reacts) co_return;
    co_await run.rollout.found_bad.opened();
  }
  run.updated = false;
  VersionOrder old{run.world.rollout, run.ways_back, old_versions(run.world), false, false};
  auto back = go_back(run, std::move(old));
  co_await back;
  renew_standbys(run);
}

Task<> roll_out_image(Replication& run, ImageId id, std::uint32_t number, CostPhase phase) {
  ImageState& state = run.images[id];
  const Rollout& plan = *run.world.images[id].renewal->rollout;
  const std::string& name = run.world.images[id].name;
  while (!is_everywhere(run, id, number)) {
    co_await state.arrived->next();
  }
  co_await run.rollout.settled_fleet.opened();
  if (state.versions[number].known_bad || state.destroyed->is_open()) co_return;
  run.tell(name, [&] { return fmt::format("version {} is rolled out", number + 1); });
  VersionOrder order{plan, run.world.deployments, {}, false, true, id, phase};
  auto rolling = roll_out_version(run, std::move(order));
  const RolloutResult result = co_await rolling;
  if (result == RolloutResult::complete) {
    renew_standbys(run);
    run.tell(name, [&] { return fmt::format("version {} has replaced the others", number + 1); });
    co_return;
  }
  find_bad(run, id, number);
  if (plan.after_stop == AfterStop::keep || !has_older(run, id)) co_return;
  VersionOrder old{plan, run.world.deployments, {}, false, false, id, phase};
  auto back = go_back(run, std::move(old));
  co_await back;
}

Task<RolloutResult> roll_back(Replication& run, VersionOrder undone) {
  const Rollout& plan = undone.plan;
  const auto concerned = static_cast<std::int64_t>(slots_of(run, undone.only).size());
  Rollout& back = run.rollback_plans.emplace_back();
  back.sizes = {concerned};
  back.pace = Pace::rolling;
  back.surge = plan.surge;
  back.unavailable = plan.unavailable;
  if (plan.pace == Pace::batch && plan.traffic.empty())
    back.unavailable = *std::max_element(plan.sizes.begin(), plan.sizes.end());
  if (!plan.traffic.empty()) back.surge = concerned;  // a second fleet again
  if (back.surge == 0 && back.unavailable == 0) back.unavailable = 1;
  back.min_ready = plan.min_ready;
  back.progress_deadline = plan.progress_deadline;
  back.retries_forever = plan.retries_forever;
  VersionOrder order{back,        undone.ways, std::move(undone.pinned), false, false,
                     undone.only, undone.phase};
  auto rolling = roll_out_version(run, std::move(order));
  const RolloutResult result = co_await rolling;
  co_return result;
}

}  // namespace rollcast::model
