#include <algorithm>

#include "processes.hpp"
#include "purposes.hpp"

namespace rollcast::model {
namespace {

/// When a copy is deleted: once `keep` newer ones are complete; else at the horizon.
TimePoint deleted_at(const std::vector<BackupCopy>& copies, std::size_t index, std::int64_t keep,
                     TimePoint horizon) {
  const std::size_t newer = index + static_cast<std::size_t>(keep);
  return newer < copies.size() ? std::min(copies[newer].complete, horizon) : horizon;
}

bool serves(const Instance& instance) {
  return instance.entered != kNever && instance.out_since == kNever;
}

void back_up(Replication& run, std::vector<BackupCopy>& copies, InstanceId id,
             std::uint64_t number) {
  const TimePoint start = run.sim.now();
  const Duration takes =
      run.draw(run.world.backup->takes, purpose::backup_time, id.index(), number);
  copies.push_back(
      BackupCopy{start, saturating_add(start, takes), id, run.instance(id).build, number, false});
  run.tell(id, [&] { return std::string("backup starts"); });
}

void book_storage(Replication& run, const std::vector<BackupCopy>& copies, const Group& group) {
  const Money price = run.world.regions[group.region].storage_per_gb_month;
  for (std::size_t index = 0; index < copies.size(); ++index) {
    const TimePoint from = copies[index].complete;
    const TimePoint to = deleted_at(copies, index, run.world.backup->keep, run.horizon);
    if (from < to)
      run.ledger.add(CostKind::storage, CostPhase::running,
                     storage_price(price, group.disk_gb, to - from));
  }
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
        const InstanceId id{state.first.index() + static_cast<std::size_t>(member)};
        if (!serves(run.instance(id))) continue;
        back_up(run, plan.every_instance ? run.instance_backups[id.index()] : state.backups, id,
                number);
        if (!plan.every_instance) break;
      }
    }
  }
}

const BackupCopy* newest_backup(Replication& run, InstanceId id, TimePoint onset, RegionId region) {
  if (!run.world.backup) return nullptr;
  const Backup& plan = *run.world.backup;
  const Instance& self = run.instance(id);
  const RegionId home = run.world.groups[self.group].region;
  const bool at_home = region == home;
  if (!at_home && plan.copied_to != region) return nullptr;
  auto& copies =
      plan.every_instance ? run.instance_backups[id.index()] : run.groups[self.group].backups;
  for (std::size_t index = copies.size(); index-- > 0;) {
    BackupCopy& copy = copies[index];
    const Duration on_its_way =
        at_home ? Duration::zero()
                : run.draw(plan.copy_takes, purpose::backup_copy, copy.of.index(), copy.number);
    if (saturating_add(copy.complete, on_its_way) > onset || copy.unusable) continue;
    copy.unusable = run.chance(plan.fails, purpose::backup_fails, copy.of.index(), copy.number);
    if (!copy.unusable) return &copy;
    run.tell(id, [] { return std::string("a backup turns out to be unusable"); });
  }
  return nullptr;
}

void drop_unfinished_backups(Replication& run, InstanceId id, TimePoint onset) {
  if (!run.world.backup) return;
  const auto unfinished = [&](const BackupCopy& copy) {
    return copy.of == id && copy.complete > onset;
  };
  auto& copies = run.world.backup->every_instance ? run.instance_backups[id.index()]
                                                  : run.groups[run.instance(id).group].backups;
  std::erase_if(copies, unfinished);
}

void book_backup_storage(Replication& run) {
  if (!run.world.backup) return;
  for (std::size_t index = 0; index < run.groups.size(); ++index)
    book_storage(run, run.groups[GroupId{index}].backups, run.world.groups[GroupId{index}]);
  for (std::size_t index = 0; index < run.instance_backups.size(); ++index)
    book_storage(run, run.instance_backups[index], run.world.groups[run.instances[index].group]);
}

}  // namespace rollcast::model
