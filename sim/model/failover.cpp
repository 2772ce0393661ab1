/// What an instance goes through that an outage puts out: it sits it out, or another region takes
/// over.
#include <algorithm>

#include "processes.hpp"
#include "purposes.hpp"
#include "recovery.hpp"
#include "rollcast/kernel/compose.hpp"

namespace rollcast::model {
namespace {

/// An outage that still takes it at home where `outage` does no longer; null: none does.
OutageState* still_in_force(Replication& run, InstanceId id, OutageState* outage) {
  return outage->over.is_open() ? outage_of(run, id) : outage;
}

/// A place in the quota of the region that takes over. False: no outage is in force any more.
Task<bool> find_place_there(Replication& run, InstanceId id, OutageState* outage) {
  Instance& self = run.instance(id);
  const RegionId there = run.world.recovery.failover->to;
  const auto zone = static_cast<std::uint32_t>(id.index() % run.regions[there].zones.size());
  Place place = take_place(run, self.group, there, zone);
  if (!place.held) {
    run.tell(id, [] { return std::string("waits for a place in the region that takes over"); });
    run.mark(id, Activity::waiting_for_quota);
  }
  while (!place.held) {
    PlaceWait wait(run, self.group, there);
    auto had = kernel::first_of(wait.places);
    auto opened = kernel::first_of(wait.openings);
    auto over = outage->over.opened();
    co_await kernel::first_of(had, opened, over);
    place = wait.take();
    if (place.held) break;
    outage = still_in_force(run, id, outage);
    if (outage == nullptr) co_return false;
    place = take_place(run, self.group, there, zone);
  }
  run.terminate(id, CostPhase::running);
  self.zone = place.zone;
  self.held = std::move(place.held);
  co_return true;
}

/// What another region takes over from; none of both: it cannot.
struct TakeOver {
  bool image = false;
  std::optional<Restorable> backup;
  [[nodiscard]] bool own() const { return backup && backup->own; }
};

Task<TakeOver> find_take_over(Replication& run, InstanceId id, TimePoint onset) {
  const RegionId there = run.world.recovery.failover->to;
  const Instance& self = run.instance(id);
  const ImageId image = self.way->image;
  TakeOver from;
  from.image =
      self.pinned ? !self.pinned->defective && run.images[image].available[there.index()]->is_open()
                  : self.way->method != Method::manual && has_good_version(run, image, there);
  auto search = find_backup(run, id, onset, there);
  from.backup = co_await search;
  co_return from;
}

/// One attempt to launch it in the region that takes over. False: it goes back to where it was.
Task<bool> launch_there(Replication& run, InstanceId id, const TakeOver& from) {
  Instance& self = run.instance(id);
  const RegionId there = run.world.recovery.failover->to;
  const RegionId home = std::exchange(self.region, there);
  run.tell(id, [&] { return fmt::format("fails over to {}", run.world.regions[there].name); });
  const Script* script = self.way->script ? &*self.way->script : nullptr;
  LaunchOrder order = from.own() || !from.image ? LaunchOrder(from.backup->build)
                                                : LaunchOrder(self.way->image, script);
  order.once = true;
  auto launched = launch_replacement(run, id, order);
  const LaunchResult result = co_await launched;
  if (result == LaunchResult::ready) co_return true;
  self.region = home;
  self.zone = self.home_zone;
  co_return false;
}

/// Another region takes over, from a backup of the instance that lies there, or from the image.
/// False: it cannot, or the outage is over before.
Task<bool> fail_over(Replication& run, InstanceId id, OutageState* outage, TimePoint onset) {
  Instance& self = run.instance(id);
  auto search = find_take_over(run, id, onset);
  const TakeOver from = co_await search;
  if (!from.image && !from.backup) co_return false;
  const auto& limit = run.world.launch.attempts;
  for (std::int64_t attempts = 1;; ++attempts) {
    auto place = find_place_there(run, id, outage);
    const bool found = co_await place;
    if (!found) co_return false;
    auto launching = launch_there(run, id, from);
    const bool launched = co_await launching;
    if (launched) break;
    if (limit && attempts >= *limit) co_return false;
    auto back_off = run.sim.delay(run.back_off(id));
    auto over = outage->over.opened();
    co_await kernel::first_of(back_off, over);
    outage = still_in_force(run, id, outage);
    if (outage == nullptr) co_return false;
  }
  self.data_settled = from.own();
  self.open_data_loss =
      to_hours(self.damaged_at - (from.own() ? from.backup->taken : run.data_since(self)));
  send_home(run, id, outage);
  co_return true;
}

/// Somebody attends the recovery, if that is due. False: the outage is over before.
Task<bool> attend_before(Replication& run, InstanceId id, OutageState& outage) {
  if (!is_attended(run)) co_return true;
  const auto people = run.sim.spawn({"attendance", id.index()}, be_attended(run, id));
  auto attended = people.done();
  auto over = outage.over.opened();
  co_await kernel::first_of(attended, over);
  const bool done = people.is_done();
  people.destroy();
  co_return done;
}

/// What an outage has put out and not destroyed: a stopped instance takes over, or it waits for the
/// end and goes on where it was.
Task<bool> sit_out(Replication& run, InstanceId id, OutageState& state) {
  Instance& self = run.instance(id);
  const auto& means = run.world.recovery.means;
  const bool planned = std::find(means.begin(), means.end(), RecoveryMeans::standby) != means.end();
  if (planned && standby_there(run, id)) {
    auto attendance = attend_before(run, id, state);
    const bool attended = co_await attendance;
    if (attended) {
      auto start = start_standby(run, id);
      const bool started = co_await start;
      if (started) co_return true;
    }
  }
  if (self.accepted == kNever) co_return false;
  self.data_settled = true;
  self.open_data_loss = kNoValue;
  self.sits_out = true;
  const RegionId where = self.region;
  for (bool over = false; !over && self.region == where && self.accepted != kNever;) {
    auto opened = state.over.opened();
    auto moved = run.moved.next();
    co_await kernel::first_of(opened, moved);
    over = opened.done();
  }
  self.sits_out = false;
  co_return self.accepted != kNever;
}

/// Until it is decided that another region takes over, as long as an outage goes on. Null: none
/// does any more.
Task<OutageState*> await_decision(Replication& run, InstanceId id, OutageState& first) {
  Instance& self = run.instance(id);
  const TimePoint decided =
      saturating_add(run.sim.now(), run.draw(run.world.recovery.failover->after, purpose::failover,
                                             run.luck(id), self.incidents));
  self.sits_out = self.accepted != kNever;
  OutageState* outage = &first;
  for (bool is_time = false; outage != nullptr && !is_time;) {
    auto over = outage->over.opened();
    auto decision = run.sim.until(decided);
    co_await kernel::first_of(over, decision);
    is_time = !over.done();
    if (!is_time) outage = outage_of(run, id);
  }
  self.sits_out = false;
  co_return outage;
}

}  // namespace

Task<bool> endure_outage(Replication& run, InstanceId id, OutageState& state) {
  Instance& self = run.instance(id);
  const Outage& outage = state.what;
  const TimePoint onset = run.sim.now();
  run.tell(id, [&] { return fmt::format("struck by {}", outage.name); });
  run.go_out(id, outage.cost_per_out_hour);
  drop_unfinished_backups(run, id, onset);
  if (outage.destroys) run.terminate(id, CostPhase::running);
  const auto& failover = run.world.recovery.failover;
  if (failover && self.region != failover->to) {
    auto decision = await_decision(run, id, state);
    OutageState* in_force = co_await decision;
    if (in_force != nullptr) {
      auto move = fail_over(run, id, in_force, onset);
      const bool moved = co_await move;
      if (moved) co_return true;
    }
  }
  if (self.accepted == kNever) co_return false;
  auto rest = sit_out(run, id, state);
  const bool back = co_await rest;
  co_return back;
}

}  // namespace rollcast::model
