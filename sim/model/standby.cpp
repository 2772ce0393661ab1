/// Stopped instances that are kept to take over: warm standby.
#include <algorithm>

#include "processes.hpp"
#include "purposes.hpp"

namespace rollcast::model {
namespace {

/// Entities of stopped instances lie beyond those of instances and image builders.
constexpr std::uint64_t kStandbys = std::uint64_t{1} << 41;

std::uint64_t entity(const Replication& run, GroupId group, std::uint64_t number) {
  return run.luck(group) + kStandbys + number;
}

/// The disk of a stopped instance is stored like an image, and costs as much.
void book_stopped(Replication& run, GroupId id, const StandbyServer& server, TimePoint end) {
  const Group& group = run.world.groups[id];
  const Money price = run.world.regions[group.region].storage_per_gb_month;
  run.ledger.add(CostKind::storage, CostPhase::running,
                 storage_price(price, group.disk_gb, end - server.stopped_since),
                 server.stopped_since, end, id);
}

/// Instance time of the set-up, which ends at the horizon at the latest, also when the replication
/// ends first.
class SetUpTime {
 public:
  SetUpTime(Replication& run, GroupId group, ImageId image)
      : run_(run), group_(group), image_(image), since_(run.sim.now()) {
    run_.existing.add(1);
  }
  SetUpTime(const SetUpTime&) = delete;
  SetUpTime& operator=(const SetUpTime&) = delete;
  ~SetUpTime() {
    run_.ledger_instance_time(group_, image_, since_, Duration::zero(), run_.billed_since(since_),
                              CostPhase::running);
  }

 private:
  Replication& run_;
  GroupId group_;
  ImageId image_;
  TimePoint since_;
};

/// How the instances of a group are brought into service now: before an update is through, as those
/// that it replaces.
const Deployment& present_way(const Replication& run, GroupId group) {
  const bool old = run.world.update && !run.updated;
  return (old ? run.ways_back : run.world.deployments)[group];
}

/// The version that its stopped instances are launched with now. REQUIRES that `way` has an image.
std::uint32_t present_version(const Replication& run, GroupId group, const Deployment& way) {
  const bool old = run.world.update && way.image == run.world.update->from[group];
  return old ? 0 : version_to_launch(run, way.image, run.world.groups[group].region);
}

/// Launched like any instance of the group, or set up by hand; the result is what it is made from.
/// It has its place in the quota, `room`, and costs from its launch or the first work on it.
Task<Build> set_up(Replication& run, GroupId group, std::uint64_t number, Place& room) {
  const Deployment& plan = present_way(run, group);
  const RegionId region = run.world.groups[group].region;
  std::optional<SetUpTime> time;
  if (plan.method == Method::manual) {
    SetupOrder order;
    order.room = &room;
    order.begins = [&] { time.emplace(run, group, ImageId{}); };
    order.group = group;
    order.by = plan.by;
    order.entity = entity(run, group, number);
    order.phase = CostPhase::running;
    auto work = set_up_by_hand(run, order);
    const SetupResult result = co_await work;
    co_return build_by_hand(run, result);
  }
  time.emplace(run, group, plan.image);
  ApiGateway& api = *run.regions[region].api;
  if (!api.admit_now()) {
    auto admission = api.wait();
    co_await admission;
  }
  const std::uint64_t key = entity(run, group, number);
  Duration takes = run.draw(launch_time(run, plan.image), purpose::standby_launch, key);
  takes += longer_for_size(run, run.world.images[plan.image].size_gb);
  if (plan.script) takes += run.draw(plan.script->takes, purpose::script_time, key);
  const std::uint32_t version = present_version(run, group, plan);
  co_await run.sim.delay(takes);
  co_return run.images[plan.image].versions[version].build;
}

bool is_known_bad(const Replication& run, const Build& build) {
  return build.image.valid() && run.images[build.image].versions[build.version].known_bad;
}

/// The first stopped instance in an open zone, and not of an image that is known to be bad.
std::size_t usable(const Replication& run, InstanceId id) {
  const Instance& self = run.instances[id.index()];
  const auto& standbys = run.groups[self.group].standbys;
  if (self.region != run.world.groups[self.group].region) return standbys.size();
  std::size_t index = 0;
  for (; index < standbys.size(); ++index) {
    const StandbyServer& server = standbys[index];
    const Zone& zone = *run.regions[self.region].zones[server.zone];
    if (!is_known_bad(run, server.build) && zone.closed[self.group.index()] == 0) break;
  }
  return index;
}

/// The stopped instances of `group` that `condition` is true of are no more, and made anew.
template <class Condition>
void replace_those(Replication& run, GroupId group, Condition condition) {
  auto& standbys = run.groups[group].standbys;
  for (std::size_t index = standbys.size(); index-- > 0;) {
    if (!condition(standbys[index])) continue;
    book_stopped(run, group, standbys[index], run.sim.now());
    run.existing.add(-1);
    standbys.erase(standbys.begin() + static_cast<std::ptrdiff_t>(index));
    run.sim.spawn("standby", prepare_standby(run, group));
  }
}

/// A zone whose end of an outage or shortage its making waits for; null: there is none. It lies in
/// `own` zone, as another one's places are for those that serve. Where places are limited those of
/// its own are, too, as long as an outage sends more there.
Zone* zone_to_await(Replication& run, GroupId group, std::uint32_t own) {
  const RegionId region = run.world.groups[group].region;
  const auto& zones = run.regions[region].zones;
  if (zones[own]->closed[group.index()] > 0) return zones[own].get();
  if (!run.world.regions[region].held_per_zone) return nullptr;
  const auto out = std::find_if(zones.begin(), zones.end(), [group](const auto& zone) {
    return zone->down[group.index()] > 0;
  });
  return out == zones.end() ? nullptr : out->get();
}

}  // namespace

Task<> prepare_standby(Replication& run, GroupId group) {
  GroupState& state = run.groups[group];
  const std::uint64_t number = state.standbys_made++;
  co_await state.all_entered->opened();
  const Deployment& plan = present_way(run, group);
  const auto& zones = run.regions[run.world.groups[group].region].zones;
  StandbyServer server;
  Place room{static_cast<std::uint32_t>(number % zones.size()), {}};
  while (Zone* zone = zone_to_await(run, group, room.zone)) {
    co_await zone->reopened.next();
  }
  auto place = zones[room.zone]->held.acquire();
  room.held = co_await place;
  if (plan.method != Method::manual) server.launched_from = plan.image;
  auto work = set_up(run, group, number, room);
  server.build = co_await work;
  server.zone = room.zone;
  server.held = std::move(room.held);
  // An update came through in the meantime, or the version was found bad and there is another one.
  const bool overtaken =
      &plan != &present_way(run, group) ||
      (is_known_bad(run, server.build) &&
       has_good_version(run, server.build.image, run.world.groups[group].region));
  if (overtaken) {
    run.existing.add(-1);
    run.sim.spawn("standby", prepare_standby(run, group));
    co_return;
  }
  server.stopped_since = run.sim.now();
  run.tell(run.world.groups[group].name,
           [] { return std::string("a stopped instance stands by"); });
  state.standbys.push_back(std::move(server));
}

bool standby_there(const Replication& run, InstanceId id) {
  return usable(run, id) < run.groups[run.instances[id.index()].group].standbys.size();
}

Task<bool> start_standby(Replication& run, InstanceId id) {
  Instance& self = run.instance(id);
  auto& standbys = run.groups[self.group].standbys;
  const std::size_t index = usable(run, id);
  if (index == standbys.size()) co_return false;
  StandbyServer server = std::move(standbys[index]);
  standbys.erase(standbys.begin() + static_cast<std::ptrdiff_t>(index));
  book_stopped(run, self.group, server, run.sim.now());
  run.existing.add(-1);
  run.terminate(id, CostPhase::running);
  self.zone = server.zone;
  self.held = std::move(server.held);
  run.accept(id, server.launched_from);
  run.sim.spawn("standby", prepare_standby(run, self.group));
  run.tell(id, [] { return std::string("a stopped instance is started in its place"); });
  run.mark(id, Activity::launching);
  co_await run.sim.delay(run.draw(run.world.recovery.standby->start, purpose::standby_start,
                                  run.luck(id), self.incidents));
  self.build = server.build;
  co_return true;
}

void lose_standbys(Replication& run, GroupId group, std::uint32_t zone) {
  replace_those(run, group, [zone](const StandbyServer& server) { return server.zone == zone; });
}

void replace_bad_standbys(Replication& run, ImageId image) {
  if (!run.world.recovery.standby) return;
  for (std::size_t index = 0; index < run.groups.size(); ++index) {
    const GroupId group{index};
    if (!has_good_version(run, image, run.world.groups[group].region)) continue;
    replace_those(run, group, [&](const StandbyServer& server) {
      return server.build.image == image && is_known_bad(run, server.build);
    });
  }
}

void renew_standbys(Replication& run) {
  if (!run.world.recovery.standby) return;
  for (std::size_t index = 0; index < run.groups.size(); ++index) {
    const GroupId group{index};
    const Deployment& way = present_way(run, group);
    const RegionId home = run.world.groups[group].region;
    const bool to_make = way.method != Method::manual && has_good_version(run, way.image, home);
    if (!to_make) continue;
    const std::uint32_t version = present_version(run, group, way);
    replace_those(run, group, [&](const StandbyServer& server) {
      const Build& build = server.build;
      return build.image.valid() && (build.image != way.image || build.version != version);
    });
  }
}

void book_standby_storage(Replication& run) {
  for (std::size_t index = 0; index < run.groups.size(); ++index)
    for (const StandbyServer& server : run.groups[GroupId{index}].standbys)
      book_stopped(run, GroupId{index}, server, run.horizon);
}

}  // namespace rollcast::model
