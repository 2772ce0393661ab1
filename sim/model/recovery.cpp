#include <algorithm>
#include <cmath>

#include "processes.hpp"
#include "purposes.hpp"
#include "recovery.hpp"
#include "rollout.hpp"

namespace rollcast::model {
namespace {

/// The environment of `id` is reinstalled in place: from `build`'s image or a backup. The caller
/// has a person if one is due.
Task<> reinstall(Replication& run, InstanceId id, Build build) {
  const Instance& self = run.instance(id);
  run.mark(id, Activity::recovering);
  co_await run.sim.delay(
      run.draw(run.world.recovery.reinstall, purpose::reinstall, run.luck(id), self.incidents));
  run.instance(id).build = build;
}

/// Whether the image that `id` is deployed from is of use for its recovery without a wait.
bool image_is_usable(const Replication& run, const Instance& self) {
  return self.way->method != Method::manual && !self.pinned &&
         has_good_version(run, self.way->image, self.region);
}

/// True once the image that `id` is deployed from is of use for its recovery; false: it never is.
Task<bool> await_image(Replication& run, InstanceId id) {
  const Instance& self = run.instance(id);
  const Deployment& plan = *self.way;
  if (plan.method == Method::manual) co_return false;
  if (self.pinned)
    co_return !run.images[plan.image].destroyed->is_open() && !self.pinned->defective;
  auto good = await_good_image(run, plan.image, self.region);
  const bool there = co_await good;
  co_return there;
}

Task<bool> restore_backup(Replication& run, InstanceId id, TimePoint onset) {
  const RegionId region = run.instance(id).region;
  if (newest_backup(run, id, onset, region) == nullptr) co_return false;
  if (is_attended(run)) {
    co_await be_attended(run, id);
  }
  run.stop_serving(id);
  auto search = find_backup(run, id, onset, region);
  const auto backup = co_await search;
  if (!backup) co_return false;
  if (run.instance(id).accepted == kNever) {
    run.terminate(id, CostPhase::running);
    const LaunchOrder order(backup->build);
    auto replaced = launch_replacement(run, id, order);
    const LaunchResult launched = co_await replaced;
    if (launched == LaunchResult::given_up) co_return false;
  } else {
    co_await reinstall(run, id, backup->build);
  }
  Instance& self = run.instance(id);
  // A defect leaves the data whole until they are overwritten by what is restored; what else was
  // lost comes from the newest backup that survives (settle_data).
  if (backup->own && !self.keeps_data && self.data_settled)
    self.open_data_loss = to_hours(self.damaged_at - backup->taken);
  run.tell(id, [&] {
    return fmt::format("restored from the backup of {:.3f} h", to_hours(backup->taken - kStart));
  });
  co_return true;
}

Task<bool> reinstall_from_image(Replication& run, InstanceId id) {
  const Deployment& plan = *run.instance(id).way;
  if (run.instance(id).accepted == kNever) co_return false;
  if (!image_is_usable(run, run.instance(id))) {
    auto image = await_image(run, id);
    const bool usable = co_await image;
    if (!usable) co_return false;
  }
  if (is_attended(run)) {
    co_await be_attended(run, id);
  }
  run.stop_serving(id);
  if (run.instance(id).accepted == kNever) co_return false;  // destroyed in the meantime
  const Build build = version_of(run, run.instance(id));
  auto reinstallation = reinstall(run, id, build);
  co_await reinstallation;
  if (plan.script) {
    const std::uint64_t key = (std::uint64_t{1} << 32) + run.instance(id).incidents;
    co_await run.sim.delay(run.draw(plan.script->takes, purpose::script_time, run.luck(id), key));
  }
  co_return true;
}

/// What is lost where another region has taken over, and cannot be launched there again now, is
/// launched at home if that can be.
void choose_region(Replication& run, Instance& self) {
  const RegionId home = run.world.groups[self.group].region;
  if (self.region == home || takes_launches(run, self.group, self.region)) return;
  const bool can_be = takes_launches(run, self.group, home) &&
                      (self.pinned || has_good_version(run, self.way->image, home));
  if (!can_be) return;
  self.region = home;
  self.zone = self.home_zone;
}

Task<bool> relaunch(Replication& run, InstanceId id) {
  const Deployment& plan = *run.instance(id).way;
  if (!image_is_usable(run, run.instance(id))) {
    auto image = await_image(run, id);
    const bool usable = co_await image;
    if (!usable) co_return false;
  }
  if (is_attended(run)) {
    co_await be_attended(run, id);
  }
  run.stop_serving(id);
  const Script* script = plan.script ? &*plan.script : nullptr;
  run.terminate(id, CostPhase::running);
  choose_region(run, run.instance(id));
  const LaunchOrder order(plan.image, script);
  auto replaced = launch_replacement(run, id, order);
  const LaunchResult launched = co_await replaced;
  co_return launched == LaunchResult::ready;
}

Task<bool> rebuild_by_hand(Replication& run, InstanceId id) {
  Instance& self = run.instance(id);
  const Deployment& plan = *self.way;
  if (!plan.by.valid()) co_return false;
  SetupOrder order;
  order.group = self.group;
  order.by = plan.by;
  order.entity = run.luck(id);
  order.index = ++self.setups;
  order.phase = CostPhase::in_incidents;
  order.priority = kUrgent;
  order.on_call = true;
  order.accept = id;
  order.generation = self.generation;
  order.take_out = id;
  const SetupResult result = co_await set_up_by_hand(run, order);
  self.build = build_by_hand(run, result);
  co_return true;
}

Task<bool> take_standby(Replication& run, InstanceId id) {
  if (!standby_there(run, id)) co_return false;
  if (is_attended(run)) {
    co_await be_attended(run, id);
  }
  run.stop_serving(id);
  auto start = start_standby(run, id);
  const bool started = co_await start;
  co_return started;
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
    case RecoveryMeans::standby:
      return take_standby(run, id);
  }
  ROLLCAST_ASSERT(false, "recovery means {}", static_cast<int>(means));
  return relaunch(run, id);
}

/// A failure: the instance is out at once; the machine itself may be gone. Returns how long it is
/// until somebody notices.
Duration suffer_failure(Replication& run, InstanceId id, const FailureClass& failure) {
  run.tell(id, [&] { return fmt::format("fails: {}", failure.name); });
  run.go_out(id, failure.cost_per_out_hour);
  run.ledger.add(CostKind::incidents, CostPhase::in_incidents, failure.cost_per_incident,
                 run.sim.now(), run.sim.now());
  if (failure.kind == FailureKind::instance) run.terminate(id, CostPhase::running);
  drop_unfinished_backups(run, id, run.sim.now());
  return run.draw(failure.detection, purpose::failure_detection, run.luck(id, failure),
                  run.instance(id).incidents);
}

/// A defect is known: if an image brought it, everybody knows now that this version is bad.
void reveal_defect(Replication& run, InstanceId id) {
  Instance& self = run.instance(id);
  self.defect_found = true;
  run.learn_of(self.build);
  const ImageId image = self.build.image;
  const bool pinned_good = self.pinned && !self.pinned->defective;
  if (image.valid() && !pinned_good &&
      run.images[image].versions[self.build.version].build.defective) {
    find_bad(run, image, self.build.version);
    const bool stops = self.fresh && run.rollout.reacts && takes_part(run, self);
    if (stops) run.rollout.found_bad.open();
  }
  run.tell(id, [] { return std::string("found defective"); });
}

/// Its version is, or will be, rolled back: it serves as it is until it is replaced.
bool awaits_rollback(const Replication& run, const Instance& self) {
  const auto& update = run.world.update;
  if (!update || !update->roll_back_when_found || self.outdated) return false;
  if (!self.build.image.valid() || self.pinned) return false;
  return run.images[self.build.image].versions[self.build.version].known_bad;
}

/// The strategy's means, one after the other. True: one of them has brought it back.
Task<bool> try_all_means(Replication& run, InstanceId id) {
  const TimePoint onset = run.instance(id).incident_onset;
  for (const RecoveryMeans means : run.world.recovery.means) {
    auto attempt = try_means(run, id, means, onset);
    const bool back = co_await attempt;
    if (back) co_return true;
  }
  co_return false;
}

/// Whether an outage has destroyed the machine since the incident began, and since it was launched.
bool is_lost(const Replication& run, const Instance& self, InstanceId id) {
  constexpr Duration kTick{1};
  return was_destroyed(run, id, std::max(self.accepted, self.incident_onset + kTick));
}

/// Whether it cannot serve where it is, or is there no more.
bool must_outlast(Replication& run, InstanceId id) {
  const Instance& self = run.instance(id);
  return self.accepted == kNever || outage_of(run, id) != nullptr || is_lost(run, self, id);
}

/// It is back where outages have struck in the meantime: it waits for their ends, or what was
/// brought back is gone again. True: back.
Task<bool> outlast_outages(Replication& run, InstanceId id) {
  const Instance& self = run.instance(id);
  for (;;) {
    OutageState* outage = outage_of(run, id);
    if (self.accepted == kNever || is_lost(run, self, id) ||
        (outage != nullptr && outage->what.destroys)) {
      run.lose_machine(id, self.damaged_at, CostPhase::in_incidents);
      auto again = try_all_means(run, id);
      const bool back = co_await again;
      if (!back) co_return false;
    } else if (outage != nullptr) {
      co_await outage->over.opened();
    } else {
      co_return true;
    }
  }
}

}  // namespace

bool is_attended(const Replication& run) {
  return run.world.recovery.by.valid();
}

Task<> be_attended(Replication& run, InstanceId id) {
  const Recovery& recovery = run.world.recovery;
  const Duration effort = run.draw(recovery.attended, purpose::recovery_effort, run.luck(id),
                                   run.instance(id).incidents);
  const WorkWords words{"recovery", id, false};
  co_await work_once(run, recovery.by, effort, CostPhase::in_incidents, true, words);
}

Task<LaunchResult> launch_replacement(Replication& run, InstanceId id, const LaunchOrder& order) {
  auto place = launch_slot(run, id);
  const kernel::Token slot = co_await place;
  auto launching = launch(run, id, order);
  const LaunchResult result = co_await launching;
  co_return result;
}

Task<std::optional<Restorable>> find_backup(Replication& run, InstanceId id, TimePoint onset,
                                            RegionId region) {
  for (std::uint64_t failed = 0;; ++failed) {
    BackupCopy* copy = newest_backup(run, id, onset, region);
    if (copy == nullptr) co_return std::nullopt;
    if (proves_usable(run, *copy))
      co_return Restorable{copy->build, copy->start, is_own(run, *copy, id)};
    run.tell(id, [] { return std::string("a backup turns out to be unusable"); });
    run.mark(id, Activity::recovering);
    const std::uint64_t key = run.instance(id).incidents * std::uint64_t{64} + failed;
    co_await run.sim.delay(
        run.draw(run.world.recovery.reinstall, purpose::failed_restore, run.luck(id), key));
  }
}

void settle_data(Replication& run, InstanceId id) {
  Instance& self = run.instance(id);
  if (!self.data_settled && self.accepted != kNever && outage_of(run, id) != nullptr) {
    self.open_data_loss = kNoValue;  // nothing has been lost yet
    self.data_settled = true;
  }
  while (!self.data_settled) {
    BackupCopy* copy = newest_own_backup(run, id);
    if (copy == nullptr) break;
    if (!proves_usable(run, *copy)) continue;
    self.open_data_loss = to_hours(self.damaged_at - copy->start);
    self.data_settled = true;
  }
}

Task<bool> recover(Replication& run, InstanceId id, Trouble trouble) {
  Instance& self = run.instance(id);
  const bool defect = trouble.cause == Cause::defect;
  if (self.incident_onset != kNever) self.older_onset = self.incident_onset;  // cannot be repaired
  self.troubled = true;
  ++self.incidents;
  ++run.tally.incidents;
  self.incident_onset = defect ? self.defective_since : run.sim.now();
  self.damaged_at = self.incident_onset;
  self.keeps_data = run.world.groups[self.group].data_disk && trouble.cause != Cause::outage;
  self.data_settled = defect || self.keeps_data;
  self.open_data_loss =
      self.data_settled ? kNoValue : to_hours(self.incident_onset - run.data_since(self));
  bool back = false, goes_on = false;
  if (defect) {
    reveal_defect(run, id);
    if (awaits_rollback(run, self)) {
      co_await run.sim.until(kNever);
    }
  } else if (trouble.cause == Cause::failure) {
    const Duration unnoticed = suffer_failure(run, id, *trouble.failure);
    if (unnoticed > Duration::zero()) {
      co_await run.sim.delay(unnoticed);
    }
  } else {
    auto outage = endure_outage(run, id, *trouble.outage);
    back = co_await outage;
    goes_on = back && self.data_settled && std::isnan(self.open_data_loss);
  }
  if (!back) {
    auto means = try_all_means(run, id);
    back = co_await means;
  }
  TimePoint mounted = kNever;  // the machine that has its data
  while (back) {
    if (must_outlast(run, id)) {
      const TimePoint incarnation = self.accepted;
      auto outages = outlast_outages(run, id);
      back = co_await outages;
      goes_on = goes_on && self.accepted == incarnation;
    }
    if (!back || goes_on || self.accepted == mounted) break;
    mounted = self.accepted;
    const Duration remount =
        run.draw(run.world.recovery.remount, purpose::remount, run.luck(id), self.incidents);
    if (remount > Duration::zero()) {
      co_await run.sim.delay(remount);
    }
  }
  if (!back) {
    run.tell(id, [] { return std::string("cannot be recovered"); });
    if (self.out_since == kNever) co_return true;
    note_given_up(run, id);
    co_return false;
  }
  if (!goes_on) settle_data(run, id);
  run.close_incident(self);
  if (goes_on)
    self.incident_onset = std::exchange(self.older_onset, kNever);
  else
    run.close_older_incident(self);
  run.come_back(id, self.build, goes_on);
  send_home(run, id, nullptr);
  co_return true;
}

}  // namespace rollcast::model
