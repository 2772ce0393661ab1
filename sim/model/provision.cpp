#include "processes.hpp"
#include "purposes.hpp"
#include "rollcast/kernel/compose.hpp"
#include "rollout.hpp"
#include "waiting.hpp"

namespace rollcast::model {
namespace {

/// The launch rate is counted over this time.
constexpr Duration kLoadWindow = std::chrono::minutes(1);

/// Takes a place in the quota and passes the API if both are free now. False: what is missing is
/// to be waited for.
bool gets_through_at_once(Replication& run, Instance& self) {
  RegionState& region = run.regions[self.region];
  Zone& zone = *region.zones[self.zone];
  if (zone.closed[self.group.index()] > 0) return false;
  if (!self.held) self.held = zone.held.try_acquire();
  return self.held && region.api->admit_now();
}

/// Waits for a place in the quota, then for the API; the waits count for first launches.
Task<> get_through(Replication& run, InstanceId id, bool first) {
  Instance& self = run.instance(id);
  Zone& zone = *run.regions[self.region].zones[self.zone];
  if (zone.closed[self.group.index()] > 0)
    self.held.release();  // it takes no launches
  else if (!self.held)
    self.held = zone.held.try_acquire();
  if (!self.held) {
    run.mark(id, Activity::waiting_for_quota);
    std::optional<Waiting> waiting;
    if (first) waiting.emplace(run.sim, run.tally.wait_quota);
    auto entry = enter_zone(run, id);
    co_await entry;
  }
  RegionState& region = run.regions[self.region];
  if (region.api->admit_now()) co_return;
  run.mark(id, Activity::waiting_for_api);
  std::optional<Waiting> waiting;
  if (first) waiting.emplace(run.sim, run.tally.wait_api);
  auto admission = region.api->wait();
  co_await admission;
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

/// One attempt: what is known of it at launch acceptance.
struct Attempt {
  std::uint64_t index;  ///< of the instance's launches
  Build build;          ///< what it brings up
  bool bad_version;     ///< which a readiness check may find
  bool in_time = true;  ///< else it ends with the time-out
  bool fails;           ///< at the end of the boot
  Duration boots;
};

/// How long the boot takes, and whether it fails: one stream, whose first number says the latter,
/// so that whatever the length draws, the same launches fail.
void plan_boot(Replication& run, InstanceId id, const LaunchOrder& order, Attempt& attempt) {
  Instance& self = run.instance(id);
  const LaunchLoad load = load_now(run, self);
  const Launch& launch = run.world.launch;
  auto random = run.stream(purpose::launch, run.luck(id), attempt.index);
  attempt.fails = random.bernoulli(launch.fails.value() + load.fails);
  attempt.boots = sample_length(launch_time(run, order.image).seconds, random);
  if (launch.per_gb != Duration::zero()) {
    const double size = order.backup != nullptr ? run.world.groups[self.group].disk_gb
                                                : run.world.images[order.image].size_gb;
    attempt.boots += longer_for_size(run, size);
  }
  if (load.factor != 1.0) attempt.boots = from_seconds(to_seconds(attempt.boots) * load.factor);
  if (!launch.time_out || attempt.boots <= *launch.time_out) return;
  attempt.boots = *launch.time_out;
  attempt.in_time = false;
}

/// The launch is accepted: the instance exists from now on.
Attempt begin_attempt(Replication& run, InstanceId id, const LaunchOrder& order) {
  Instance& self = run.instance(id);
  Attempt attempt{};
  attempt.index = ++self.launches;
  ++run.tally.launches_attempted;
  run.accept(id, order.image);
  run.mark(id, Activity::launching);
  run.tell(id, [&] { return fmt::format("launch accepted, attempt {}", attempt.index); });
  const bool restores = order.backup != nullptr;
  attempt.build = restores ? *order.backup : version_of(run, self);
  attempt.bad_version = attempt.build.defective && !restores;
  attempt.in_time = true;
  plan_boot(run, id, order, attempt);
  return attempt;
}

/// At the end of a boot: whether it came in time, its zone still stands and the launch has not
/// failed.
bool is_up(Replication& run, InstanceId id, const Attempt& attempt) {
  return attempt.in_time && !attempt.fails && outage_of(run, id) == nullptr;
}

/// The script of a launch. False: it ran into its time-out.
Task<bool> run_script(Replication& run, InstanceId id, const Script& script, Attempt& attempt) {
  const std::uint64_t entity = run.luck(id);
  run.tell(id, [&] { return fmt::format("script {} starts", script.name); });
  run.mark(id, Activity::running_script);
  if (run.chance(script.times_out, purpose::script_times_out, entity, attempt.index)) {
    co_await run.sim.delay(
        run.draw(script.time_out, purpose::script_time_out, entity, attempt.index));
    co_return false;
  }
  co_await run.sim.delay(run.draw(script.takes, purpose::script_time, entity, attempt.index));
  if (!attempt.build.defective &&
      run.chance(script.defect, purpose::script_defect, entity, attempt.index)) {
    attempt.build.defective = true;
    attempt.build.defect = run.next_defect();
  }
  co_return true;
}

/// An outage has destroyed it as it was being launched.
bool is_lost(const Replication& run, InstanceId id) {
  return was_destroyed(run, id, run.instance(id).accepted);
}

/// At the end of the readiness check: whether it has found that the version is bad.
bool check_finds(const Replication& run, const Attempt& attempt) {
  return attempt.bad_version &&
         run.chance(run.world.launch.readiness_finds, purpose::readiness_finds,
                    run.luck(attempt.build.image), attempt.build.version);
}

/// Nothing can be launched from an image that was destroyed.
bool image_is_gone(const Replication& run, const LaunchOrder& order) {
  return order.image.valid() && order.backup == nullptr &&
         run.images[order.image].destroyed->is_open();
}

}  // namespace

bool takes_launches(const Replication& run, GroupId group, RegionId region) {
  const auto& zones = run.regions[region].zones;
  return std::any_of(zones.begin(), zones.end(),
                     [group](const auto& zone) { return zone->closed[group.index()] == 0; });
}

Place take_place(Replication& run, GroupId group, RegionId in, std::uint32_t first_zone) {
  RegionState& region = run.regions[in];
  Place place;
  const auto take_in = [&](std::uint32_t index) {
    Zone& zone = *region.zones[index];
    if (zone.closed[group.index()] > 0) return false;
    place = {index, zone.held.try_acquire()};
    return static_cast<bool>(place.held);
  };
  if (take_in(first_zone)) return place;
  for (std::uint32_t index = 0; index < region.zones.size(); ++index)
    if (take_in(index)) break;
  return place;
}

PlaceWait::PlaceWait(Replication& run, GroupId group, RegionId region)
    : zones_(run.regions[region].zones), group_(group) {
  for (std::uint32_t index = 0; index < zones_.size(); ++index) {
    if (zones_[index]->closed[group.index()] > 0) {
      openings.emplace_back(zones_[index]->reopened);
    } else {
      places.emplace_back(zones_[index]->held, 1, 0);
      at_.push_back(index);
    }
  }
}

Place PlaceWait::take() {
  Place place;
  for (std::size_t index = 0; index < places.size(); ++index) {
    kernel::Token held = places[index].take();
    if (held && zones_[at_[index]]->closed[group_.index()] == 0)
      place = {at_[index], std::move(held)};
  }
  return place;
}

Task<Place> find_place(Replication& run, GroupId group, RegionId region, std::uint32_t zone) {
  Place place = take_place(run, group, region, zone);
  while (!place.held) {
    PlaceWait wait(run, group, region);
    auto had = kernel::first_of(wait.places);
    auto opened = kernel::first_of(wait.openings);
    co_await kernel::first_of(had, opened);
    place = wait.take();
    if (!place.held) place = take_place(run, group, region, zone);
  }
  co_return place;
}

Task<> enter_zone(Replication& run, InstanceId id) {
  Instance& self = run.instance(id);
  Place place = take_place(run, self.group, self.region, self.zone);
  if (!place.held) {
    run.tell(id, [&] {
      return std::string(takes_launches(run, self.group, self.region)
                             ? "waits for the quota"
                             : "waits: its zone takes no launches");
    });
    auto search = find_place(run, self.group, self.region, self.zone);
    place = co_await search;
  }
  self.zone = place.zone;
  self.held = std::move(place.held);
}

const RandomDuration& launch_time(const Replication& run, ImageId image) {
  return image.valid() ? run.world.images[image].launch : run.world.launch.time;
}

Duration longer_for_size(const Replication& run, double gigabytes) {
  const Duration per_gb = run.world.launch.per_gb;
  if (per_gb == Duration::zero()) return per_gb;
  return from_seconds(to_seconds(per_gb) * gigabytes);
}

kernel::Acquire launch_slot(Replication& run, InstanceId id) {
  RegionState& region = run.regions[run.instance(id).region];
  if (run.world.regions[run.instance(id).region].launches)
    run.mark(id, Activity::waiting_for_quota);
  return region.launch_slots->acquire();
}

Task<LaunchResult> launch(Replication& run, InstanceId id, LaunchOrder order) {
  const auto& limit = run.world.launch.attempts;
  for (std::int64_t attempts = 1;; ++attempts) {
    if (image_is_gone(run, order)) co_return LaunchResult::given_up;
    if (!gets_through_at_once(run, run.instance(id))) {
      co_await get_through(run, id, order.first);
    }
    Attempt attempt = begin_attempt(run, id, order);
    co_await run.sim.delay(attempt.boots);
    bool up = is_up(run, id, attempt);
    if (up && order.script != nullptr) {
      up = co_await run_script(run, id, *order.script, attempt);
    }
    const Duration check =
        up ? run.draw(run.world.launch.readiness, purpose::readiness, run.luck(id), attempt.index)
           : Duration::zero();
    if (check > Duration::zero()) {
      run.mark(id, Activity::being_checked);
      co_await run.sim.delay(check);
    }
    if (up && !check_finds(run, attempt) && !is_lost(run, id)) {
      run.instance(id).build = attempt.build;
      run.instance(id).failures = 0;
      co_return LaunchResult::ready;
    }
    ++run.tally.launches_failed;
    ++run.instance(id).failures;
    run.tell(id, [] { return std::string("attempt failed"); });
    run.terminate(id, order.phase);
    run.mark(id, Activity::backing_off);
    if (order.once || (limit && attempts >= *limit)) co_return LaunchResult::given_up;
    co_await run.sim.delay(run.back_off(id));
  }
}

}  // namespace rollcast::model
