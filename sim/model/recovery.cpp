#include <cmath>

#include "processes.hpp"
#include "purposes.hpp"
#include "rollcast/kernel/compose.hpp"

namespace rollcast::model {
namespace {

/// The environment of `id` is reinstalled in place: from `build`'s image or a backup. The caller
/// has a person if one is due.
Task<> reinstall(Replication& run, InstanceId id, Build build) {
  const Instance& self = run.instance(id);
  run.mark(id, Activity::recovering);
  co_await run.sim.delay(
      run.draw(run.world.recovery.reinstall, purpose::reinstall, id.index(), self.incidents));
  run.instance(id).build = build;
}

/// Whoever must attend a recovery that needs no manual set-up does so first.
Task<> be_attended(Replication& run, InstanceId id) {
  const Recovery& recovery = run.world.recovery;
  if (!recovery.by.valid()) co_return;
  const Duration effort =
      run.draw(recovery.attended, purpose::recovery_effort, id.index(), run.instance(id).incidents);
  co_await work_once(run, recovery.by, effort, CostPhase::in_incidents, true, "recovery", id);
}

void stop_serving(Replication& run, InstanceId id) {
  if (run.instance(id).out_since == kNever) run.go_out(id, run.world.defects.cost_per_hour);
}

/// The image that a group is deployed from, and whether it is of any use for a recovery.
bool image_usable(const Replication& run, const Deployment& plan) {
  return plan.method != Method::manual && !run.images[plan.image].known_bad &&
         !run.images[plan.image].destroyed;
}

/// A replacement of an instance that is gone or is given up, launched from `image`.
Task<bool> replace(Replication& run, InstanceId id, ImageId image, const Script* script) {
  run.terminate(id, CostPhase::running);
  auto launched = launch(run, id, LaunchOrder(image, script));
  const LaunchResult result = co_await launched;
  co_return result == LaunchResult::ready;
}

Task<bool> restore_backup(Replication& run, InstanceId id, TimePoint onset) {
  const BackupCopy* backup = newest_backup(run, id, onset, run.instance(id).region);
  if (backup == nullptr) co_return false;
  const Build build = backup->build;
  const TimePoint taken = backup->start;
  const bool own = backup->of == id;
  co_await be_attended(run, id);
  stop_serving(run, id);
  if (run.instance(id).accepted == kNever) {
    const ImageId image = run.world.deployments[run.instance(id).group].image;
    if (!image.valid()) co_return false;
    const bool launched = co_await replace(run, id, image, nullptr);
    if (!launched) co_return false;
    run.instance(id).build = build;
  } else {
    co_await reinstall(run, id, build);
  }
  if (own) run.instance(id).open_data_loss = to_hours(onset - taken);
  run.tell(id, [&] {
    return fmt::format("restored from the backup of {:.3f} h", to_hours(taken - kStart));
  });
  co_return true;
}

Task<bool> reinstall_from_image(Replication& run, InstanceId id) {
  const Deployment& plan = run.world.deployments[run.instance(id).group];
  if (!image_usable(run, plan) || run.instance(id).accepted == kNever) co_return false;
  co_await be_attended(run, id);
  stop_serving(run, id);
  const ImageState& image = run.images[plan.image];
  const Build build{plan.image, image.version, image.bad};
  co_await reinstall(run, id, build);
  if (plan.script) {
    const std::uint64_t key = (std::uint64_t{1} << 32) + run.instance(id).incidents;
    co_await run.sim.delay(run.draw(plan.script->takes, purpose::script_time, id.index(), key));
  }
  co_return true;
}

Task<bool> relaunch(Replication& run, InstanceId id) {
  const Deployment& plan = run.world.deployments[run.instance(id).group];
  if (!image_usable(run, plan)) co_return false;
  co_await be_attended(run, id);
  stop_serving(run, id);
  const Script* script = plan.script ? &*plan.script : nullptr;
  const bool launched = co_await replace(run, id, plan.image, script);
  co_return launched;
}

Task<bool> rebuild_by_hand(Replication& run, InstanceId id) {
  Instance& self = run.instance(id);
  const Deployment& plan = run.world.deployments[self.group];
  if (!plan.by.valid()) co_return false;
  if (!self.held) {
    auto place = run.regions[self.region].zones[self.zone]->held.acquire();
    self.held = co_await place;
  }
  SetupOrder order;
  order.group = self.group;
  order.by = plan.by;
  order.entity = id.index();
  order.index = ++self.setups;
  order.phase = CostPhase::in_incidents;
  order.priority = kUrgent;
  order.on_call = true;
  order.accept = id;
  order.take_out = id;
  const SetupResult result = co_await set_up_by_hand(run, order);
  self.build = Build{ImageId{}, 0, result.defective};
  co_return true;
}

Task<bool> try_means(Replication& run, InstanceId id, RecoveryMeans means, TimePoint onset) {
  switch (means) {
    case RecoveryMeans::restore_backup:
      return restore_backup(run, id, onset);
    case RecoveryMeans::reinstall:
      return reinstall_from_image(run, id);
    case RecoveryMeans::relaunch:
      return relaunch(run, id);
    case RecoveryMeans::rebuild_by_hand:
      return rebuild_by_hand(run, id);
  }
  ROLLCAST_ASSERT(false, "recovery means {}", static_cast<int>(means));
  return relaunch(run, id);
}

/// A failure: the instance is out at once; the machine itself may be gone. Somebody notices after
/// the detection delay.
Task<> suffer_failure(Replication& run, InstanceId id, Trouble trouble) {
  const FailureClass& failure = *trouble.failure;
  run.tell(id, [&] { return fmt::format("fails: {}", failure.name); });
  run.go_out(id, failure.cost_per_out_hour);
  run.ledger.add(CostKind::incidents, CostPhase::in_incidents, failure.cost_per_incident,
                 run.sim.now(), run.sim.now());
  if (failure.kind == FailureKind::instance) run.terminate(id, CostPhase::running);
  drop_unfinished_backups(run, id, run.sim.now());
  const Duration unnoticed =
      run.draw(failure.detection, purpose::failure_detection, id.index(), trouble.detection_key);
  if (unnoticed > Duration::zero()) {
    co_await run.sim.delay(unnoticed);
  }
}

/// A defect is known: if an image brought it, everybody knows now that this version is bad.
void reveal_defect(Replication& run, InstanceId id) {
  Instance& self = run.instance(id);
  self.defect_found = true;
  if (self.build.image.valid()) {
    ImageState& image = run.images[self.build.image];
    const bool guilty = image.bad && self.build.version == image.version;
    if (guilty && !image.known_bad && image.compromised)
      run.ledger.add(CostKind::incidents, CostPhase::in_incidents,
                     run.world.images[self.build.image].compromise_cost, run.sim.now(),
                     run.sim.now());
    image.known_bad = image.known_bad || guilty;
  }
  run.tell(id, [] { return std::string("found defective"); });
}

/// Back home once the outage is over: a replacement is launched there while the instance goes on
/// serving where it is.
Task<> fail_back(Replication& run, InstanceId id, OutageState& outage, ImageId image) {
  co_await outage.over.opened();
  Instance& self = run.instance(id);
  const Group& group = run.world.groups[self.group];
  if (self.region == group.region) co_return;
  auto place = run.regions[group.region].zones[0]->held.acquire();
  auto held = co_await place;
  const Duration launch =
      run.draw(run.world.images[image].launch, purpose::launch_time, id.index(), ++self.launches);
  co_await run.sim.delay(launch);
  if (self.out_since != kNever || self.region == group.region) co_return;
  run.terminate(id, CostPhase::running);
  self.region = group.region;
  self.zone = 0;
  self.held = std::move(held);
  run.accept(id, image);
  run.ledger.add(CostKind::instances, CostPhase::in_incidents, hourly(group.price_per_hour, launch),
                 run.sim.now() - launch, run.sim.now());
  run.ledger.add(CostKind::licences, CostPhase::in_incidents,
                 hourly(group.licence_per_hour, launch), run.sim.now() - launch, run.sim.now());
  run.tell(id, [] { return std::string("moved back home"); });
}

/// Another region takes over, if the image is there. False: it cannot.
Task<bool> fail_over(Replication& run, InstanceId id, OutageState& outage, TimePoint onset) {
  const Failover& plan = *run.world.recovery.failover;
  Instance& self = run.instance(id);
  const Deployment& deployment = run.world.deployments[self.group];
  if (!image_usable(run, deployment) || self.region == plan.to) co_return false;
  if (!run.images[deployment.image].available[plan.to.index()]->is_open()) co_return false;
  run.terminate(id, CostPhase::running);
  const RegionId home = self.region;
  self.region = plan.to;
  self.zone = id.index() % static_cast<std::uint32_t>(run.regions[plan.to].zones.size());
  run.tell(id, [&] { return fmt::format("fails over to {}", run.world.regions[plan.to].name); });
  auto launched = launch(
      run, id, LaunchOrder(deployment.image, deployment.script ? &*deployment.script : nullptr));
  const LaunchResult result = co_await launched;
  if (result == LaunchResult::given_up) {
    self.region = home;
    self.zone = 0;
    co_return false;
  }
  const BackupCopy* backup = newest_backup(run, id, onset, plan.to);
  self.open_data_loss =
      to_hours(onset - (backup != nullptr && backup->of == id ? backup->start : self.entered));
  if (plan.failback)
    run.sim.spawn({"fail-back", id.index()}, fail_back(run, id, outage, deployment.image));
  co_return true;
}

/// An outage has put `id` out. It waits for the end, or fails over; what the outage destroyed must
/// be replaced. True: back.
Task<bool> endure_outage(Replication& run, InstanceId id, OutageState& state) {
  Instance& self = run.instance(id);
  const Outage& outage = state.what;
  const TimePoint onset = run.sim.now();
  run.tell(id, [&] { return fmt::format("struck by {}", outage.name); });
  run.go_out(id, outage.cost_per_out_hour);
  drop_unfinished_backups(run, id, onset);
  if (outage.destroys) run.terminate(id, CostPhase::running);
  if (run.world.recovery.failover) {
    auto over = state.over.opened();
    auto decision = run.sim.delay(run.draw(run.world.recovery.failover->after, purpose::failover,
                                           id.index(), self.incidents));
    co_await kernel::first_of(over, decision);
    if (!over.done() || outage.destroys) {
      auto move = fail_over(run, id, state, onset);
      const bool moved = co_await move;
      if (moved) co_return true;
    }
  }
  if (outage.destroys) co_return false;
  self.open_data_loss = kNoValue;  // nothing is restored: it goes on where it was
  if (self.accepted == kNever) co_return false;
  co_await state.over.opened();
  co_return true;
}

/// Notes the end of the open incident.
void close_incident(Replication& run, Instance& self) {
  const double hours = to_hours(run.sim.now() - self.incident_onset);
  run.incidents.push_back(
      IncidentRecord{static_cast<float>(hours), static_cast<float>(self.open_data_loss), false});
  double& longest = run.tally.longest_recovery;
  longest = std::isnan(longest) ? hours : std::max(longest, hours);
  self.incident_onset = kNever;
}

}  // namespace

Task<bool> recover(Replication& run, InstanceId id, Trouble trouble) {
  Instance& self = run.instance(id);
  const bool defect = trouble.cause == Cause::defect;
  self.troubled = true;
  ++self.incidents;
  ++run.tally.incidents;
  self.incident_onset = defect ? self.serving_since : run.sim.now();
  self.open_data_loss = defect ? kNoValue : to_hours(self.incident_onset - self.entered);
  bool back = false;
  if (defect) {
    reveal_defect(run, id);
  } else if (trouble.cause == Cause::failure) {
    auto failure = suffer_failure(run, id, trouble);
    co_await failure;
  } else {
    auto outage = endure_outage(run, id, *trouble.outage);
    back = co_await outage;
  }
  const auto& means = run.world.recovery.means;
  for (std::size_t next = 0; !back && next < means.size(); ++next) {
    auto attempt = try_means(run, id, means[next], self.incident_onset);
    back = co_await attempt;
  }
  if (!back) {
    run.tell(id, [] { return std::string("cannot be recovered"); });
    co_return false;
  }
  close_incident(run, self);
  run.come_back(id, self.build);
  co_return true;
}

}  // namespace rollcast::model
