/// Fail-back: what a region has taken over goes home again.
#include "processes.hpp"
#include "purposes.hpp"

namespace rollcast::model {
namespace {

/// What is launched at home for an instance that serves elsewhere: it exists and costs until it
/// takes over or is given up.
class Homecomer {
 public:
  Homecomer(Replication& run, GroupId group, ImageId image)
      : run_(run), group_(group), image_(image), since_(run.sim.now()) {
    ++run_.tally.launches_attempted;
    run_.existing.add(1);
  }
  Homecomer(const Homecomer&) = delete;
  Homecomer& operator=(const Homecomer&) = delete;
  ~Homecomer() {
    if (!took_over_) book(run_.billed_since(since_));
    run_.existing.add(-1);
  }
  /// It is `id` from now on, in `place`.
  void take_over(InstanceId id, Place place) {
    Instance& self = run_.instance(id);
    run_.terminate(id, CostPhase::running);
    self.region = run_.world.groups[group_].region;
    self.zone = place.zone;
    self.held = std::move(place.held);
    run_.accept(id, image_);
    book(run_.sim.now() - since_);
    self.accepted = since_;
    took_over_ = true;
  }

 private:
  void book(Duration time) {
    run_.ledger_instance_time(group_, image_, since_, Duration::zero(), time,
                              CostPhase::in_incidents);
  }
  Replication& run_;
  GroupId group_;
  ImageId image_;
  TimePoint since_;
  bool took_over_ = false;
};

/// One attempt to launch at home what is to replace `id` there. True: it is ready.
Task<bool> launch_at_home(Replication& run, InstanceId id, std::uint32_t zone) {
  Instance& self = run.instance(id);
  const Launch& plan = run.world.launch;
  const RegionId home = run.world.groups[self.group].region;
  const ImageId image = self.launched_from;
  const std::uint64_t attempt = ++self.launches;
  const double size =
      image.valid() ? run.world.images[image].size_gb : run.world.groups[self.group].disk_gb;
  Duration boots = run.draw(launch_time(run, image), purpose::launch_home, run.luck(id), attempt) +
                   longer_for_size(run, size);
  bool up = !run.chance(plan.fails, purpose::launch_home_fails, run.luck(id), attempt);
  if (plan.time_out && boots > *plan.time_out) {
    boots = *plan.time_out;
    up = false;
  }
  const TimePoint begun = run.sim.now();
  co_await run.sim.delay(boots);
  const auto struck = [&run, id, home, zone, begun] {
    return !run.outages.empty() && (find_outage(run, id, home, zone) != nullptr ||
                                    was_destroyed(run, id, home, zone, begun));
  };
  if (!up || struck()) co_return false;
  if (image.valid() && self.way->script) {
    co_await run.sim.delay(
        run.draw(self.way->script->takes, purpose::script_time, run.luck(id), attempt));
  }
  co_await run.sim.delay(run.draw(plan.readiness, purpose::readiness, run.luck(id), attempt));
  co_return !struck();
}

/// What became of one attempt to go home.
enum class Attempt { failed, ended, moved };

/// A replacement is launched at home while the instance goes on serving where it is. While it is
/// being recovered there it does not move; what only waits for the end of an outage there does.
Task<Attempt> try_to_go_home(Replication& run, InstanceId id, std::uint32_t generation) {
  Instance& self = run.instance(id);
  const RegionId home = run.world.groups[self.group].region;
  const auto is_away = [&self, generation, home] {
    return self.generation == generation && self.region != home;
  };
  auto search = find_place(run, self.group, home, self.home_zone);
  Place place = co_await search;
  auto turn = run.regions[home].launch_slots->acquire();
  const kernel::Token slot = co_await turn;
  ApiGateway& api = *run.regions[home].api;
  if (!api.admit_now()) {
    auto admission = api.wait();
    co_await admission;
  }
  const ImageId image = self.launched_from;
  const bool image_is_gone = image.valid() && run.images[image].destroyed->is_open();
  if (!is_away() || image_is_gone) co_return Attempt::ended;
  Homecomer homecomer(run, self.group, image);
  auto launching = launch_at_home(run, id, place.zone);
  const bool up = co_await launching;
  if (!is_away()) co_return Attempt::ended;
  if (!up) {
    ++run.tally.launches_failed;
    ++self.failures;
    co_return Attempt::failed;
  }
  self.failures = 0;
  const bool out = self.out_since != kNever;
  if (out && (!self.sits_out || self.defect_found)) co_return Attempt::ended;
  homecomer.take_over(id, std::move(place));
  run.tell(id, [] { return std::string("moved back home"); });
  if (out) {  // what it did lies in the region that is out
    self.data_settled = false;
    self.open_data_loss = to_hours(self.damaged_at - run.data_since(self));
    run.moved.trigger();
  }
  co_return Attempt::moved;
}

/// Back home once the outage (null: it is over) has ended.
Task<> go_home(Replication& run, InstanceId id, OutageState* outage) {
  Instance& self = run.instance(id);
  const std::uint32_t generation = self.generation;
  if (outage != nullptr) {
    co_await outage->over.opened();
  }
  for (;;) {
    auto attempt = try_to_go_home(run, id, generation);
    const Attempt result = co_await attempt;
    if (result != Attempt::failed) break;
    co_await run.sim.delay(run.back_off(id));
  }
  if (self.generation == generation) self.goes_home = false;
}

}  // namespace

void send_home(Replication& run, InstanceId id, OutageState* outage) {
  Instance& self = run.instance(id);
  const auto& plan = run.world.recovery.failover;
  const bool away = self.region != run.world.groups[self.group].region;
  if (!plan || !plan->failback || !away || self.goes_home) return;
  self.goes_home = true;
  run.sim.spawn({"fail-back", id.index()}, go_home(run, id, outage));
}

}  // namespace rollcast::model
