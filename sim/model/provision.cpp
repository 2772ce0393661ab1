#include "processes.hpp"
#include "purposes.hpp"
#include "rollout.hpp"

namespace rollcast::model {
namespace {

/// The launch rate is counted over this time.
constexpr Duration kLoadWindow = std::chrono::minutes(1);

/// The zone where `self` can be launched: its own, or while that is closed another one of its
/// region that is open and has room.
Zone& choose_zone(Replication& run, Instance& self) {
  RegionState& region = run.regions[self.region];
  const std::size_t group = self.group.index();
  if (region.zones[self.zone]->closed[group] == 0) return *region.zones[self.zone];
  for (std::size_t index = 0; index < region.zones.size(); ++index) {
    Zone& other = *region.zones[index];
    if (other.closed[group] > 0 || other.held.available() == 0) continue;
    self.zone = static_cast<std::uint32_t>(index);
    return other;
  }
  return *region.zones[self.zone];
}

/// Takes a place in the quota and passes the API if both are free now. False: what is missing is
/// to be waited for.
bool gets_through_at_once(Replication& run, Instance& self) {
  RegionState& region = run.regions[self.region];
  Zone& zone = *region.zones[self.zone];
  if (!self.held && zone.closed[self.group.index()] == 0) self.held = zone.held.try_acquire();
  return self.held && region.api->admit_now();
}

/// Waits for a place in the quota, then for the API; the waits count for first launches.
Task<> get_through(Replication& run, InstanceId id, bool first) {
  Instance& self = run.instance(id);
  Zone& zone = *run.regions[self.region].zones[self.zone];
  const bool open = zone.closed[self.group.index()] == 0;
  if (open && !self.held) self.held = zone.held.try_acquire();
  if (!self.held) {
    const TimePoint asked = run.sim.now();
    run.mark(id, Activity::waiting_for_quota);
    auto entry = enter_zone(run, id);
    co_await entry;
    if (first) run.tally.wait_quota += to_hours(run.sim.now() - asked);
  }
  RegionState& region = run.regions[self.region];
  if (region.api->admit_now()) co_return;
  const TimePoint asked = run.sim.now();
  run.mark(id, Activity::waiting_for_api);
  auto admission = region.api->wait();
  co_await admission;
  if (first) run.tally.wait_api += to_hours(run.sim.now() - asked);
}

/// What the region's launch rate does to a launch accepted now.
LaunchLoad load_now(Replication& run, const Instance& self) {
  const auto& table = run.world.regions[self.region].load;
  LaunchLoad load;
  if (table.empty()) return load;
  auto& recent = run.regions[self.region].accepted;
  while (!recent.empty() && run.sim.now() - recent.front() >= kLoadWindow) recent.pop_front();
  recent.push_back(run.sim.now());
  load.per_second = static_cast<double>(recent.size()) / to_seconds(kLoadWindow);
  if (load.per_second < table.front().per_second) return load;
  std::size_t above = 0;
  while (above < table.size() && table[above].per_second <= load.per_second) ++above;
  const LaunchLoad& low = table[above - 1];
  const LaunchLoad& high = above < table.size() ? table[above] : low;
  const double width = high.per_second - low.per_second;
  const double share = width > 0 ? (load.per_second - low.per_second) / width : 0.0;
  load.factor = low.factor + share * (high.factor - low.factor);
  load.fails = low.fails + share * (high.fails - low.fails);
  return load;
}

/// One boot, planned at launch acceptance.
struct Boot {
  Duration takes;
  bool in_time = true;  ///< else the attempt ends with the time-out
  Probability fails;
};

Boot plan_boot(Replication& run, InstanceId id, const LaunchOrder& order) {
  Instance& self = run.instance(id);
  const LaunchLoad load = load_now(run, self);
  const double size = order.backup != nullptr ? run.world.groups[self.group].disk_gb
                                              : run.world.images[order.image].size_gb;
  Boot boot;
  boot.takes =
      run.draw(launch_time(run, order.image), purpose::launch_time, run.luck(id), self.launches);
  boot.takes += longer_for_size(run, size);
  if (load.factor != 1.0) boot.takes = from_seconds(to_seconds(boot.takes) * load.factor);
  boot.fails = Probability{std::min(1.0, run.world.launch.fails.value() + load.fails)};
  const auto& time_out = run.world.launch.time_out;
  if (!time_out || boot.takes <= *time_out) return boot;
  boot.takes = *time_out;
  boot.in_time = false;
  return boot;
}

/// At the end of a boot: whether it came in time, its zone still stands and the launch has not
/// failed.
bool is_up(Replication& run, InstanceId id, const Boot& boot, std::uint64_t index) {
  Instance& self = run.instance(id);
  if (!boot.in_time) return false;
  if (run.regions[self.region].zones[self.zone]->down[self.group.index()] > 0) return false;
  return !run.chance(boot.fails, purpose::launch_fails, run.luck(id), index);
}

/// One attempt from launch acceptance on: boot, script, readiness check. True: the instance is
/// ready.
Task<bool> attempt(Replication& run, InstanceId id, LaunchOrder order) {
  Instance& self = run.instance(id);
  const std::uint64_t entity = run.luck(id);
  const std::uint64_t index = ++self.launches;
  ++run.tally.launches_attempted;
  run.accept(id, order.image);
  run.mark(id, Activity::launching);
  run.tell(id, [&] { return fmt::format("launch accepted, attempt {}", index); });
  const bool restores = order.backup != nullptr;
  Build build = restores ? *order.backup : version_of(run, self);
  const bool bad_version = build.defective && !restores;
  const Boot boot = plan_boot(run, id, order);
  co_await run.sim.delay(boot.takes);
  if (!is_up(run, id, boot, index)) co_return false;
  if (order.script != nullptr) {
    const Script& script = *order.script;
    run.tell(id, [&] { return fmt::format("script {} starts", script.name); });
    run.mark(id, Activity::running_script);
    if (run.chance(script.times_out, purpose::script_times_out, entity, index)) {
      co_await run.sim.delay(run.draw(script.time_out, purpose::script_time_out, entity, index));
      co_return false;
    }
    co_await run.sim.delay(run.draw(script.takes, purpose::script_time, entity, index));
    if (run.chance(script.defect, purpose::script_defect, entity, index)) build.defective = true;
  }
  const Duration check = run.draw(run.world.launch.readiness, purpose::readiness, entity, index);
  if (check > Duration::zero()) {
    run.mark(id, Activity::being_checked);
    co_await run.sim.delay(check);
  }
  const bool found =
      bad_version && run.chance(run.world.launch.readiness_finds, purpose::readiness_finds,
                                run.luck(build.image), build.version);
  if (found) co_return false;
  self.build = build;
  co_return true;
}

/// One attempt after the other.
Task<LaunchResult> try_to_launch(Replication& run, InstanceId id, LaunchOrder order) {
  const auto& limit = run.world.launch.attempts;
  for (std::int64_t attempts = 1;; ++attempts) {
    const bool from_image = order.image.valid() && order.backup == nullptr;
    if (from_image && run.images[order.image].destroyed->is_open())
      co_return LaunchResult::given_up;
    if (!gets_through_at_once(run, run.instance(id))) {
      co_await get_through(run, id, order.first);
    }
    const bool ready = co_await attempt(run, id, order);
    if (ready) co_return LaunchResult::ready;
    ++run.tally.launches_failed;
    run.tell(id, [&] { return std::string("attempt failed"); });
    run.terminate(id, order.phase);
    run.mark(id, Activity::backing_off);
    if (limit && attempts >= *limit) co_return LaunchResult::given_up;
    co_await run.sim.delay(run.draw(run.world.launch.back_off, purpose::back_off, run.luck(id),
                                    run.instance(id).launches));
  }
}

/// The same in a launch slot. Most of a large fleet waits here at once, so this keeps little.
Task<LaunchResult> launch_in_slot(Replication& run, InstanceId id, LaunchOrder order) {
  const TimePoint asked = run.sim.now();
  run.mark(id, Activity::waiting_for_quota);
  auto place = run.regions[run.instance(id).region].launch_slots->acquire();
  const kernel::Token slot = co_await place;
  if (order.first) run.tally.wait_quota += to_hours(run.sim.now() - asked);
  auto launching = try_to_launch(run, id, order);
  const LaunchResult result = co_await launching;
  co_return result;
}

}  // namespace

Task<> enter_zone(Replication& run, InstanceId id) {
  Instance& self = run.instance(id);
  for (;;) {
    Zone& zone = choose_zone(run, self);
    if (zone.closed[self.group.index()] > 0) {
      run.tell(id, [] { return std::string("waits: its zone takes no launches"); });
      co_await zone.reopened.next();
      continue;
    }
    self.held = zone.held.try_acquire();
    if (!self.held) {
      run.tell(id, [] { return std::string("waits for the quota"); });
      auto place = zone.held.acquire();
      self.held = co_await place;
    }
    if (zone.closed[self.group.index()] == 0) co_return;
    self.held.release();
  }
}

const RandomDuration& launch_time(const Replication& run, ImageId image) {
  return image.valid() ? run.world.images[image].launch : run.world.launch.time;
}

Duration longer_for_size(const Replication& run, double gigabytes) {
  const Duration per_gb = run.world.launch.per_gb;
  if (per_gb == Duration::zero()) return per_gb;
  return from_seconds(to_seconds(per_gb) * gigabytes);
}

Task<LaunchResult> launch(Replication& run, InstanceId id, LaunchOrder order) {
  const bool limited = run.regions[run.instance(id).region].launch_slots != nullptr;
  return limited ? launch_in_slot(run, id, order) : try_to_launch(run, id, order);
}

}  // namespace rollcast::model
