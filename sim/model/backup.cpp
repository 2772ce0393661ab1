/// Backups: taken on schedule, copied to another region, kept, superseded, lost, and found again.
#include <algorithm>

#include "processes.hpp"
#include "purposes.hpp"

namespace rollcast::model {
namespace {

bool serves(const Instance& instance) {
  return instance.entered != kNever && instance.out_since == kNever;
}

BackupStore& store_of(Replication& run, InstanceId id) {
  const Instance& self = run.instance(id);
  return run.world.backup->every_instance ? run.instance_backups[self.slot]
                                          : run.groups[self.group].backups;
}

RegionId home_of(const Replication& run, InstanceId id) {
  return run.world.groups[run.instance(id).group].region;
}

/// Whether the backups of a group in `home` are copied away.
bool are_copied(const Replication& run, RegionId home) {
  const RegionId away = run.world.backup->copied_to;
  return away.valid() && away != home;
}

/// Deletes one copy in `region` and books its storage; nothing for one that was never complete.
void delete_copy(Replication& run, std::vector<BackupCopy>& copies, std::size_t index,
                 RegionId region, TimePoint end) {
  const BackupCopy& copy = copies[index];
  const GroupId group = run.instance(copy.of).group;
  if (copy.complete < end)
    run.ledger.add(CostKind::storage, CostPhase::running,
                   storage_price(run.world.regions[region].storage_per_gb_month,
                                 run.world.groups[group].disk_gb, end - copy.complete),
                   copy.complete, end, group);
  copies.erase(copies.begin() + static_cast<std::ptrdiff_t>(index));
}

/// Deletes copies that `keep` newer complete ones have made superfluous.
void delete_superfluous(Replication& run, std::vector<BackupCopy>& copies, RegionId region) {
  const auto keep = static_cast<std::size_t>(run.world.backup->keep);
  while (copies.size() > keep && copies[keep].complete <= run.sim.now())
    delete_copy(run, copies, 0, region, run.sim.now());
}

/// A place for one more copy. Where the quota of images is full the oldest copy gives way, once
/// `keep` are there; else there is none.
kernel::Token find_place(Replication& run, std::vector<BackupCopy>& copies, RegionId region) {
  kernel::Pool& places = *run.regions[region].image_places;
  kernel::Token place = places.try_acquire();
  if (!place && copies.size() >= static_cast<std::size_t>(run.world.backup->keep)) {
    delete_copy(run, copies, 0, region, run.sim.now());
    place = places.try_acquire();
  }
  if (!place) ++run.tally.backups_skipped;
  return place;
}

auto find_number(std::vector<BackupCopy>& copies, InstanceId of, std::uint64_t number) {
  return std::find_if(copies.begin(), copies.end(), [&](const BackupCopy& copy) {
    return copy.of == of && copy.number == number;
  });
}

/// Copies a complete backup to the other region, where it takes a place of its own. What is under
/// way when its source region is destroyed never gets there.
Task<> copy_away(Replication& run, InstanceId id, std::uint64_t number) {
  const Backup& plan = *run.world.backup;
  const RegionId home = home_of(run, id), away = plan.copied_to;
  BackupStore& store = store_of(run, id);
  const auto found = find_number(store.at_home, id, number);
  if (found == store.at_home.end()) co_return;  // superfluous as soon as it was complete
  const BackupCopy& source = *found;
  const Group& group = run.world.groups[run.instance(id).group];
  const TimePoint start = source.start;
  const Build build = source.build;
  kernel::Token place = find_place(run, store.away, away);
  if (!place) {
    run.tell(id, [&] {
      return fmt::format("copy of its backup skipped: the quota of images of {} is full",
                         run.world.regions[away].name);
    });
    co_return;
  }
  store.away.push_back(BackupCopy{start, kNever, id, build, number, false, std::move(place)});
  CopyTask task{group.name, away, {}, group.disk_gb};
  if (!plan.copy_routes.empty()) task.route = plan.copy_routes[home];
  if (task.route.empty())
    task.takes = run.draw(plan.copy_takes, purpose::backup_copy, run.luck(id), number);
  const std::uint64_t lost_before = run.regions[home].destroyed;
  auto moving = move_copy(run, task);
  const TimePoint begun = co_await moving;
  run.ledger.add(CostKind::transfer, CostPhase::running, transfer_price(run, task), begun,
                 run.sim.now(), run.instance(id).group);
  const auto copy = find_number(store.away, id, number);
  if (copy == store.away.end()) co_return;
  if (run.regions[home].destroyed != lost_before) {
    store.away.erase(copy);
    co_return;
  }
  copy->complete = run.sim.now();
  delete_superfluous(run, store.away, away);
}

/// One backup from its start to its copy elsewhere.
Task<> finish_backup(Replication& run, InstanceId id, std::uint64_t number, TimePoint complete) {
  co_await run.sim.until(complete);
  BackupStore& store = store_of(run, id);
  const RegionId home = home_of(run, id);
  if (find_number(store.at_home, id, number) == store.at_home.end()) {
    delete_superfluous(run, store.away, run.world.backup->copied_to);
    co_return;
  }
  delete_superfluous(run, store.at_home, home);
  if (!are_copied(run, home)) co_return;
  auto copying = copy_away(run, id, number);
  co_await copying;
}

/// Starts a backup of `id`, or skips it where the quota has no place for it. Where it has failed
/// over to the region that backups are copied to, it lies there from the start.
void back_up(Replication& run, InstanceId id, std::uint64_t number) {
  const RegionId home = home_of(run, id), here = run.instance(id).region;
  const bool away = here != home && here == run.world.backup->copied_to;
  auto& copies = away ? store_of(run, id).away : store_of(run, id).at_home;
  kernel::Token place = find_place(run, copies, away ? here : home);
  if (!place) {
    run.tell(id, [] { return std::string("backup skipped: the quota of images is full"); });
    return;
  }
  const TimePoint start = run.sim.now();
  const Duration takes =
      run.draw(run.world.backup->takes, purpose::backup_time, run.luck(id), number);
  const TimePoint complete = saturating_add(start, takes);
  copies.push_back(
      BackupCopy{start, complete, id, run.instance(id).build, number, false, std::move(place)});
  run.tell(id, [] { return std::string("backup starts"); });
  run.sim.spawn({"backup", id.index()}, finish_backup(run, id, number, complete));
}

/// All that lies in the region, or is on its way to it.
void lose(Replication& run, BackupStore& store, RegionId home, RegionId lost) {
  const auto lose_all = [&](std::vector<BackupCopy>& copies) {
    while (!copies.empty()) delete_copy(run, copies, 0, lost, run.sim.now());
  };
  if (home == lost) lose_all(store.at_home);
  if (run.world.backup->copied_to == lost) lose_all(store.away);
}

void book_storage(Replication& run, BackupStore& store, RegionId home) {
  while (!store.at_home.empty()) delete_copy(run, store.at_home, 0, home, run.horizon);
  while (!store.away.empty())
    delete_copy(run, store.away, 0, run.world.backup->copied_to, run.horizon);
}

/// Does `what(store, home)` with every store.
template <class What>
void for_each_store(Replication& run, What what) {
  for (std::size_t group = 0; group < run.groups.size(); ++group)
    what(run.groups[GroupId{group}].backups, run.world.groups[GroupId{group}].region);
  for (std::size_t slot = 0; slot < run.instance_backups.size(); ++slot)
    what(run.instance_backups[slot], run.world.groups[run.instances[slot].group].region);
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
        back_up(run, id, number);
        if (!plan.every_instance) break;
      }
    }
  }
}

BackupCopy* newest_backup(Replication& run, InstanceId id, TimePoint onset, RegionId region) {
  if (!run.world.backup) return nullptr;
  BackupStore& store = store_of(run, id);
  const bool at_home = region == home_of(run, id);
  if (!at_home && run.world.backup->copied_to != region) return nullptr;
  auto& copies = at_home ? store.at_home : store.away;
  for (std::size_t index = copies.size(); index-- > 0;) {
    BackupCopy& copy = copies[index];
    if (copy.complete <= onset && !copy.unusable) return &copy;
  }
  return nullptr;
}

bool is_own(const Replication& run, const BackupCopy& copy, InstanceId id) {
  return run.instance(copy.of).slot == run.instance(id).slot;
}

BackupCopy* newest_own_backup(Replication& run, InstanceId id) {
  BackupCopy* newest = nullptr;
  for (std::size_t region = 0; region < run.regions.size(); ++region) {
    BackupCopy* copy = newest_backup(run, id, run.instance(id).damaged_at, RegionId{region});
    if (copy == nullptr || !is_own(run, *copy, id)) continue;
    if (newest == nullptr || copy->start > newest->start) newest = copy;
  }
  return newest;
}

void lose_backups(Replication& run, RegionId region) {
  ++run.regions[region].destroyed;
  if (!run.world.backup) return;
  for_each_store(run, [&](BackupStore& store, RegionId home) { lose(run, store, home, region); });
}

bool proves_usable(Replication& run, BackupCopy& copy) {
  copy.unusable =
      run.chance(run.world.backup->fails, purpose::backup_fails, run.luck(copy.of), copy.number);
  return !copy.unusable;
}

void drop_unfinished_backups(Replication& run, InstanceId id, TimePoint onset) {
  if (!run.world.backup) return;
  const auto unfinished = [&](const BackupCopy& copy) {
    return copy.of == id && copy.complete > onset && copy.complete != kNever;
  };
  std::erase_if(store_of(run, id).at_home, unfinished);
  std::erase_if(store_of(run, id).away, unfinished);
}

void book_backup_storage(Replication& run) {
  if (!run.world.backup) return;
  for_each_store(run, [&](BackupStore& store, RegionId home) { book_storage(run, store, home); });
}

}  // namespace rollcast::model
