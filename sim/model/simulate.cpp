#include "rollcast/model/simulate.hpp"

#include "processes.hpp"

namespace rollcast::model {
namespace {

const World& world_of(const Scenario& scenario, std::size_t strategy) {
  ROLLCAST_ASSERT(strategy < scenario.strategies.size(), "strategy {} of {}", strategy,
                  scenario.strategies.size());
  return scenario.strategies[strategy].world;
}

thread_local Workspace workspace;

void spawn_all(Replication& run) {
  if (run.world.update) start_running_fleet(run);
  // The state of the world comes first: what begins at the start, holds for the first launches.
  for (OutageState& outage : run.outages) run.sim.spawn("outage", bring_outages(run, outage));
  for (std::size_t index = 0; index < run.regions.size(); ++index)
    if (run.world.regions[RegionId{index}].raise)
      run.sim.spawn("quota raise", raise_quota(run, RegionId{index}));
  for (std::size_t index = 0; index < run.images.size(); ++index)
    if (run.images[ImageId{index}].used)
      run.sim.spawn({"image", index}, provide_image(run, ImageId{index}));
  bring_demand(run);
  run.sim.spawn("roll-out", roll_out_fleet(run));
  if (run.world.recovery.standby)
    for (std::size_t group = 0; group < run.groups.size(); ++group)
      for (std::int64_t i = 0; i < run.world.recovery.standby->count[group]; ++i)
        run.sim.spawn("standby", prepare_standby(run, GroupId{group}));
  if (run.world.backup && !run.world.backup->from_service)
    run.sim.spawn("backups", take_backups(run));
}

}  // namespace

Outcome simulate(const Scenario& scenario, std::size_t strategy, std::uint64_t seed,
                 std::uint64_t replication, Trace* trace) {
  Replication run(workspace, scenario, world_of(scenario, strategy), seed, replication, trace);
  spawn_all(run);
  run.sim.run_until(run.horizon);
  return run.finish();
}

std::uint64_t simulate_on(const Scenario& scenario, std::size_t strategy, std::uint64_t seed,
                          Metric peak, random::Course& course) {
  Replication run(workspace, scenario, world_of(scenario, strategy), seed, course.way().replication,
                  nullptr);
  run.follow(course, peak);
  spawn_all(run);
  const auto there = [&] { return course.reached(); };
  run.sim.run_until(there);
  return run.sim.events();
}

}  // namespace rollcast::model
