#include "processes.hpp"
#include "purposes.hpp"

namespace rollcast::model {
namespace {

/// Waits for a place in the quota of instances held, then for the API; the waits count for first
/// launches.
Task<> get_through(Replication& run, InstanceId id, bool first) {
  RegionState& region = run.regions[run.world.groups[run.instance(id).group].region];
  Instance& self = run.instance(id);
  kernel::Pool& zone = *region.zones[self.zone];
  self.held = zone.try_acquire();
  if (!self.held) {
    const TimePoint asked = run.sim.now();
    auto place = zone.acquire();
    self.held = co_await place;
    if (first) run.tally.wait_quota += to_hours(run.sim.now() - asked);
  }
  if (region.api->admit_now()) co_return;
  const TimePoint asked = run.sim.now();
  auto admission = region.api->wait();
  co_await admission;
  if (first) run.tally.wait_api += to_hours(run.sim.now() - asked);
}

/// One attempt from launch acceptance on: boot, script, readiness check. True: the instance is
/// ready.
Task<bool> attempt(Replication& run, InstanceId id, LaunchOrder order) {
  Instance& self = run.instance(id);
  const std::uint64_t entity = id.index();
  const std::uint64_t index = ++self.launches;
  ++run.tally.launches_attempted;
  run.accept(id, order.image);
  run.tell(id, [&] { return fmt::format("launch accepted, attempt {}", index); });
  const Image& image = run.world.images[order.image];
  co_await run.sim.delay(run.draw(image.launch, purpose::launch_time, entity, index));
  if (run.chance(run.world.launch.fails, purpose::launch_fails, entity, index)) co_return false;
  bool defective = run.images[order.image].bad;
  if (order.script != nullptr) {
    const Script& script = *order.script;
    run.tell(id, [&] { return fmt::format("script {} starts", script.name); });
    if (run.chance(script.times_out, purpose::script_times_out, entity, index)) {
      co_await run.sim.delay(run.draw(script.time_out, purpose::script_time_out, entity, index));
      co_return false;
    }
    co_await run.sim.delay(run.draw(script.takes, purpose::script_time, entity, index));
    if (run.chance(script.defect, purpose::script_defect, entity, index)) defective = true;
  }
  const Duration check = run.draw(run.world.launch.readiness, purpose::readiness, entity, index);
  if (check > Duration::zero()) co_await run.sim.delay(check);
  self.build = Build{order.image, run.images[order.image].version, defective};
  co_return true;
}

}  // namespace

Task<LaunchResult> launch(Replication& run, InstanceId id, LaunchOrder order) {
  Instance& self = run.instance(id);
  RegionState& region = run.regions[run.world.groups[self.group].region];
  kernel::Token slot;
  if (region.launch_slots != nullptr) {
    const TimePoint asked = run.sim.now();
    auto place = region.launch_slots->acquire();
    slot = co_await place;
    if (order.first) run.tally.wait_quota += to_hours(run.sim.now() - asked);
  }
  const auto& limit = run.world.launch.attempts;
  for (std::int64_t attempts = 1;; ++attempts) {
    co_await get_through(run, id, order.first);
    const bool ready = co_await attempt(run, id, order);
    if (ready) co_return LaunchResult::ready;
    ++run.tally.launches_failed;
    run.tell(id, [&] { return std::string("attempt failed"); });
    run.terminate(id, order.phase);
    if (limit && attempts >= *limit) co_return LaunchResult::given_up;
    co_await run.sim.delay(
        run.draw(run.world.launch.back_off, purpose::back_off, id.index(), self.launches));
  }
}

}  // namespace rollcast::model
