#include "processes.hpp"
#include "purposes.hpp"

namespace rollcast::model {
namespace {

/// Why an instance needs a recovery. No failure class: a defect was found.
struct Trouble {
  bool any = false;
  const FailureClass* failure = nullptr;
  std::uint64_t detection_key = 0;
};

/// Waits until something happens to an instance in service: a failure, or a defect shows (by
/// itself, or because the soak's watch interrupts).
Task<Trouble> next_trouble(Replication& run, InstanceId id) {
  Instance& self = run.instance(id);
  const World& world = run.world;
  Trouble trouble;
  Duration until = Duration::max();
  const std::uint64_t classes = world.failures.size();
  for (std::uint64_t kind = 0; kind < classes; ++kind) {
    const std::uint64_t key = self.incidents * classes + kind;
    const Duration life =
        run.draw(world.failures[kind].time_to_failure, purpose::failure, id.index(), key);
    if (life >= until) continue;
    until = life;
    trouble = Trouble{true, &world.failures[kind], key};
  }
  const bool hidden = self.build.defective && !self.defect_found;
  if (hidden) {
    const Duration shows =
        run.draw(world.defects.detection, purpose::defect_detection, id.index(), self.incidents);
    if (shows < until) {
      until = shows;
      trouble = Trouble{true, nullptr, 0};
    }
  }
  if (!trouble.any) co_return trouble;
  auto wait = run.sim.delay(until);
  const auto ended = co_await wait;
  if (ended == kernel::Outcome::interrupted) trouble = Trouble{true, nullptr, 0};
  co_return trouble;
}

/// The environment of `id` is reinstalled in place: from `build`'s image or a backup. The caller
/// has a person if one is due.
Task<> reinstall(Replication& run, InstanceId id, Build build) {
  const Instance& self = run.instance(id);
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
  co_await work_once(run, recovery.by, effort, CostPhase::in_incidents, true);
}

void stop_serving(Replication& run, InstanceId id) {
  if (run.instance(id).out_since == kNever) run.go_out(id, run.world.defects.cost_per_hour);
}

/// The image that a group is deployed from, and whether it is of any use for a recovery.
bool image_usable(const Replication& run, const Deployment& plan) {
  return plan.method != Method::manual && !run.images[plan.image].known_bad;
}

/// A replacement of an instance that is gone or is given up, launched from `image`.
Task<bool> replace(Replication& run, InstanceId id, ImageId image, const Script* script) {
  run.terminate(id, CostPhase::running);
  auto launched = launch(run, id, LaunchOrder(image, script));
  const LaunchResult result = co_await launched;
  co_return result == LaunchResult::ready;
}

Task<bool> restore_backup(Replication& run, InstanceId id, TimePoint onset) {
  const BackupCopy* backup = newest_backup(run, id, onset);
  if (backup == nullptr) co_return false;
  const BackupCopy copy = *backup;
  co_await be_attended(run, id);
  stop_serving(run, id);
  if (run.instance(id).accepted == kNever) {
    const ImageId image = run.world.deployments[run.instance(id).group].image;
    if (!image.valid()) co_return false;
    const bool launched = co_await replace(run, id, image, nullptr);
    if (!launched) co_return false;
    run.instance(id).build = copy.build;
  } else {
    co_await reinstall(run, id, copy.build);
  }
  if (copy.of == id) run.instance(id).open_data_loss = to_hours(onset - copy.start);
  run.tell(id, [&] {
    return fmt::format("restored from the backup of {:.3f} h", to_hours(copy.start - kStart));
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
    auto place = run.regions[run.world.groups[self.group].region].zones[self.zone]->acquire();
    self.held = co_await place;
  }
  SetupOrder order;
  order.group = self.group;
  order.by = plan.by;
  order.entity = id.index();
  order.index = ++self.setups;
  order.phase = CostPhase::in_incidents;
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
Task<> suffer(Replication& run, InstanceId id, Trouble trouble) {
  const FailureClass& failure = *trouble.failure;
  run.tell(id, [&] { return fmt::format("fails: {}", failure.name); });
  run.go_out(id, failure.cost_per_out_hour);
  run.ledger.add(CostKind::incidents, CostPhase::in_incidents, failure.cost_per_incident);
  if (failure.kind == FailureKind::instance) run.terminate(id, CostPhase::running);
  drop_unfinished_backups(run, id, run.sim.now());
  co_await run.sim.delay(
      run.draw(failure.detection, purpose::failure_detection, id.index(), trouble.detection_key));
}

/// A defect is known: if an image brought it, everybody knows now that this version is bad.
void reveal_defect(Replication& run, InstanceId id) {
  Instance& self = run.instance(id);
  self.defect_found = true;
  if (self.build.image.valid() && run.images[self.build.image].bad &&
      self.build.version == run.images[self.build.image].version)
    run.images[self.build.image].known_bad = true;
  run.tell(id, [] { return std::string("found defective"); });
}

/// Notes the end of the open incident.
void close_incident(Replication& run, Instance& self, bool failure) {
  const double hours = to_hours(run.sim.now() - self.incident_onset);
  run.incidents.push_back(
      IncidentRecord{static_cast<float>(hours),
                     static_cast<float>(failure ? self.open_data_loss : kNoValue), false});
  run.tally.longest_recovery =
      std::isnan(run.tally.longest_recovery) ? hours : std::max(run.tally.longest_recovery, hours);
  self.incident_onset = kNever;
}

/// Brings `id` back by the first of the strategy's means that works. False: none did, it stays as
/// it is.
Task<bool> recover(Replication& run, InstanceId id, Trouble trouble) {
  Instance& self = run.instance(id);
  const bool failure = trouble.failure != nullptr;
  self.troubled = true;
  ++self.incidents;
  ++run.tally.incidents;
  self.incident_onset = failure ? run.sim.now() : self.serving_since;
  self.open_data_loss = failure ? to_hours(self.incident_onset - self.entered) : kNoValue;
  if (failure) {
    co_await suffer(run, id, trouble);
  } else {
    reveal_defect(run, id);
  }
  for (const RecoveryMeans means : run.world.recovery.means) {
    auto attempt = try_means(run, id, means, self.incident_onset);
    const bool back = co_await attempt;
    if (!back) continue;
    close_incident(run, self, failure);
    run.come_back(id, self.build);
    co_return true;
  }
  run.tell(id, [] { return std::string("cannot be recovered"); });
  co_return false;
}

/// First deployment by hand.
Task<bool> deploy_by_hand(Replication& run, InstanceId id) {
  Instance& self = run.instance(id);
  const TimePoint asked = run.sim.now();
  auto place = run.regions[run.world.groups[self.group].region].zones[self.zone]->acquire();
  self.held = co_await place;
  run.tally.wait_quota += to_hours(run.sim.now() - asked);
  SetupOrder order;
  order.group = self.group;
  order.by = run.world.deployments[self.group].by;
  order.entity = id.index();
  order.index = ++self.setups;
  order.accept = id;
  const SetupResult result = co_await set_up_by_hand(run, order);
  run.enter_service(id, Build{ImageId{}, 0, result.defective});
  co_return true;
}

/// First deployment from an image, once it is there. False: given up.
Task<bool> deploy_from_image(Replication& run, InstanceId id) {
  Instance& self = run.instance(id);
  const Deployment& plan = run.world.deployments[self.group];
  kernel::Gate& available =
      *run.images[plan.image].available[run.world.groups[self.group].region.index()];
  if (!available.is_open()) {
    const TimePoint asked = run.sim.now();
    co_await available.opened();
    run.tally.wait_copy += to_hours(run.sim.now() - asked);
  }
  auto launched = launch(run, id, LaunchOrder(plan));
  const LaunchResult result = co_await launched;
  if (result == LaunchResult::ready) {
    run.enter_service(id, self.build);
    co_return true;
  }
  self.troubled = true;
  ++run.tally.abandoned;
  run.tell(id, [] { return std::string("given up"); });
  co_return false;
}

/// First deployment, by the strategy's method, when the groups it waits for are ready. False: given
/// up.
Task<bool> bring_into_service(Replication& run, InstanceId id) {
  const GroupId group = run.instance(id).group;
  for (kernel::Gate* gate : run.groups[group].waits) co_await gate->opened();
  const bool by_hand = run.world.deployments[group].method == Method::manual;
  auto deployment = by_hand ? deploy_by_hand(run, id) : deploy_from_image(run, id);
  const bool entered = co_await deployment;
  co_return entered;
}

}  // namespace

Task<> instance_life(Replication& run, InstanceId id, Batch& batch) {
  auto deployment = bring_into_service(run, id);
  const bool entered = co_await deployment;
  batch.settled->count_down();
  if (!entered) co_return;
  for (;;) {
    const Trouble trouble = co_await next_trouble(run, id);
    if (!trouble.any) co_return;
    const bool back = co_await recover(run, id, trouble);
    if (!back && run.instance(id).out_since != kNever) co_return;
  }
}

}  // namespace rollcast::model
