#include <algorithm>

#include "processes.hpp"
#include "purposes.hpp"

namespace rollcast::model {
namespace {

bool serves(const Instance& instance) {
  return instance.entered != kNever && instance.out_since == kNever;
}

/// Deletes one copy and books its storage; nothing for one that was never complete.
void delete_copy(Replication& run, std::vector<BackupCopy>& copies, std::size_t index,
                 TimePoint end) {
  const BackupCopy& copy = copies[index];
  const Group& group = run.world.groups[run.instance(copy.of).group];
  const RegionId away = run.world.backup->copied_to;
  if (copy.complete < end) {
    Money price = run.world.regions[group.region].storage_per_gb_month;
    if (away.valid() && away != group.region) price += run.world.regions[away].storage_per_gb_month;
    run.ledger.add(CostKind::storage, CostPhase::running,
                   storage_price(price, group.disk_gb, end - copy.complete), copy.complete, end,
                   run.instance(copy.of).group);
  }
  copies.erase(copies.begin() + static_cast<std::ptrdiff_t>(index));
}

/// Deletes copies that `keep` newer complete ones have made superfluous, each at the moment when
/// that came about.
void delete_superfluous(Replication& run, std::vector<BackupCopy>& copies) {
  const auto keep = static_cast<std::size_t>(run.world.backup->keep);
  while (copies.size() > keep && copies[keep].complete <= run.sim.now())
    delete_copy(run, copies, 0, copies[keep].complete);
}

/// Starts a backup of `id`. Where the quota of images is full the oldest copy gives way, once
/// `keep` are there; else the backup is skipped.
void back_up(Replication& run, std::vector<BackupCopy>& copies, InstanceId id,
             std::uint64_t number) {
  const RegionId region = run.world.groups[run.instance(id).group].region;
  delete_superfluous(run, copies);
  kernel::Token place = run.regions[region].image_places->try_acquire();
  if (!place && copies.size() >= static_cast<std::size_t>(run.world.backup->keep)) {
    delete_copy(run, copies, 0, run.sim.now());
    place = run.regions[region].image_places->try_acquire();
  }
  if (!place) {
    ++run.tally.backups_skipped;
    run.tell(id, [] { return std::string("backup skipped: the quota of images is full"); });
    return;
  }
  const TimePoint start = run.sim.now();
  const Duration takes =
      run.draw(run.world.backup->takes, purpose::backup_time, run.luck(id), number);
  copies.push_back(BackupCopy{start, saturating_add(start, takes), id, run.instance(id).build,
                              number, false, false, std::move(place)});
  run.tell(id, [] { return std::string("backup starts"); });
}

void delete_all(Replication& run, std::vector<BackupCopy>& copies) {
  delete_superfluous(run, copies);
  while (!copies.empty()) delete_copy(run, copies, 0, run.horizon);
}

}  // namespace

Task<> take_backups(Replication& run) {
  const Backup& plan = *run.world.backup;
  TimePoint next = kStart + plan.first;
  for (std::uint64_t number = 0; next <= run.horizon; ++number, next += plan.every) {
    co_await run.sim.until(next);
    for (std::size_t index = 0; index < run.groups.size(); ++index) {
      const GroupId group{index};
      GroupState& state = run.groups[group];
      for (std::int64_t member = 0; member < run.world.groups[group].count; ++member) {
        const std::size_t slot = state.first.index() + static_cast<std::size_t>(member);
        const InstanceId id = run.incumbent(slot);
        if (!id.valid() || !serves(run.instance(id))) continue;
        back_up(run, plan.every_instance ? run.instance_backups[slot] : state.backups, id, number);
        if (!plan.every_instance) break;
      }
    }
  }
}

BackupCopy* newest_backup(Replication& run, InstanceId id, TimePoint onset, RegionId region) {
  if (!run.world.backup) return nullptr;
  const Backup& plan = *run.world.backup;
  const Instance& self = run.instance(id);
  const RegionId home = run.world.groups[self.group].region;
  const bool at_home = region == home;
  if (!at_home && plan.copied_to != region) return nullptr;
  auto& copies =
      plan.every_instance ? run.instance_backups[self.slot] : run.groups[self.group].backups;
  for (std::size_t index = copies.size(); index-- > 0;) {
    BackupCopy& copy = copies[index];
    if (at_home && copy.lost_at_home) continue;
    const Duration on_its_way =
        at_home ? Duration::zero()
                : run.draw(plan.copy_takes, purpose::backup_copy, run.luck(copy.of), copy.number);
    if (saturating_add(copy.complete, on_its_way) <= onset && !copy.unusable) return &copy;
  }
  return nullptr;
}

void lose_backups(Replication& run, RegionId region) {
  for (std::size_t group = 0; group < run.groups.size(); ++group) {
    if (run.world.groups[GroupId{group}].region != region) continue;
    for (BackupCopy& copy : run.groups[GroupId{group}].backups) copy.lost_at_home = true;
  }
  for (std::size_t index = 0; index < run.instance_backups.size(); ++index) {
    if (run.world.groups[run.instances[index].group].region != region) continue;
    for (BackupCopy& copy : run.instance_backups[index]) copy.lost_at_home = true;
  }
}

bool proves_usable(Replication& run, BackupCopy& copy) {
  copy.unusable =
      run.chance(run.world.backup->fails, purpose::backup_fails, run.luck(copy.of), copy.number);
  return !copy.unusable;
}

void drop_unfinished_backups(Replication& run, InstanceId id, TimePoint onset) {
  if (!run.world.backup) return;
  const auto unfinished = [&](const BackupCopy& copy) {
    return copy.of == id && copy.complete > onset;
  };
  const Instance& self = run.instance(id);
  auto& copies = run.world.backup->every_instance ? run.instance_backups[self.slot]
                                                  : run.groups[self.group].backups;
  std::erase_if(copies, unfinished);
}

void book_backup_storage(Replication& run) {
  if (!run.world.backup) return;
  for (GroupState& group : run.groups) delete_all(run, group.backups);
  for (auto& copies : run.instance_backups) delete_all(run, copies);
}

}  // namespace rollcast::model
