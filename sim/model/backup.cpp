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

/// What the store has in `region`; null: nothing is ever kept there.
std::vector<BackupCopy>* copies_in(const Replication& run, BackupStore& store, RegionId home,
                                   RegionId region) {
  if (region == home) return &store.at_home;
  if (region == run.world.backup->copied_to) return &store.away;
  const auto& failover = run.world.recovery.failover;
  return failover && region == failover->to ? &store.elsewhere : nullptr;
}

/// Does `what(copies, region)` with all that the store of a group in `home` has.
template <class What>
void for_each_place(const Replication& run, BackupStore& store, RegionId home, What what) {
  what(store.at_home, home);
  if (are_copied(run, home)) what(store.away, run.world.backup->copied_to);
  if (!store.elsewhere.empty()) what(store.elsewhere, run.world.recovery.failover->to);
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

/// Copies a complete backup from the region where it lies to the other one, where it takes a place
/// of its own. What is under way when one of them is destroyed never gets there.
Task<> copy_away(Replication& run, InstanceId id, std::uint64_t number, RegionId here) {
  const Backup& plan = *run.world.backup;
  const RegionId away = plan.copied_to;
  BackupStore& store = store_of(run, id);
  auto& sources = *copies_in(run, store, home_of(run, id), here);
  const auto found = find_number(sources, id, number);
  if (found == sources.end()) co_return;  // superfluous as soon as it was complete
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
  if (!plan.copy_routes.empty()) task.route = plan.copy_routes[here];
  if (task.route.empty())
    task.takes = run.draw(plan.copy_takes, purpose::backup_copy, run.luck(id), number);
  const std::uint64_t& losses = run.groups[run.instance(id).group].losses[here];
  const std::uint64_t lost_before = losses;
  auto moving = move_copy(run, task);
  const TimePoint begun = co_await moving;
  run.ledger.add(CostKind::transfer, CostPhase::running, transfer_price(run, task), begun,
                 run.sim.now(), run.instance(id).group);
  const auto copy = find_number(store.away, id, number);
  if (copy == store.away.end()) co_return;
  if (losses != lost_before) {
    store.away.erase(copy);
    co_return;
  }
  copy->complete = run.sim.now();
  delete_superfluous(run, store.away, away);
}

/// One backup in `here`, from its start to its copy elsewhere.
Task<> finish_backup(Replication& run, InstanceId id, std::uint64_t number, TimePoint complete,
                     RegionId here) {
  co_await run.sim.until(complete);
  const RegionId home = home_of(run, id);
  auto& copies = *copies_in(run, store_of(run, id), home, here);
  if (find_number(copies, id, number) == copies.end()) co_return;
  delete_superfluous(run, copies, here);
  if (!are_copied(run, home) || here == run.world.backup->copied_to) co_return;
  auto copying = copy_away(run, id, number, here);
  co_await copying;
}

/// Starts a backup of `id` in the region where it is, or skips it where the quota has no place for
/// it.
void back_up(Replication& run, InstanceId id, std::uint64_t number) {
  const RegionId here = run.instance(id).region;
  auto& copies = *copies_in(run, store_of(run, id), home_of(run, id), here);
  kernel::Token place = find_place(run, copies, here);
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
  run.sim.spawn({"backup", id.index()}, finish_backup(run, id, number, complete, here));
}

/// The first instance of the group that serves; invalid: none does.
InstanceId representative(const Replication& run, GroupId group) {
  const std::size_t first = run.groups[group].first.index();
  const auto count = static_cast<std::size_t>(run.world.groups[group].count);
  for (std::size_t slot = first; slot < first + count; ++slot) {
    const InstanceId id = run.incumbent(slot);
    if (id.valid() && serves(run.instance(id))) return id;
  }
  return InstanceId{};
}

/// Does `what(store, group)` with every store.
template <class What>
void for_each_store(Replication& run, What what) {
  for (std::size_t group = 0; group < run.groups.size(); ++group)
    what(run.groups[GroupId{group}].backups, GroupId{group});
  for (std::size_t slot = 0; slot < run.instance_backups.size(); ++slot)
    what(run.instance_backups[slot], run.instances[slot].group);
}

/// The newest copy in `region` that was complete before `onset`, may be usable, and is accepted.
template <class Accept>
BackupCopy* newest_copy(Replication& run, InstanceId id, TimePoint onset, RegionId region,
                        Accept accept) {
  if (!run.world.backup) return nullptr;
  auto* copies = copies_in(run, store_of(run, id), home_of(run, id), region);
  if (copies == nullptr) return nullptr;
  for (std::size_t index = copies->size(); index-- > 0;) {
    BackupCopy& copy = (*copies)[index];
    if (copy.complete <= onset && !copy.unusable && accept(copy)) return &copy;
  }
  return nullptr;
}

}  // namespace

Task<> take_backups(Replication& run) {
  const Backup& plan = *run.world.backup;
  TimePoint next = kStart + plan.first;
  for (std::uint64_t number = 0; next <= run.horizon; ++number, next += plan.every) {
    co_await run.sim.until(next);
    for (std::size_t index = 0; index < run.groups.size(); ++index) {
      const GroupId group{index};
      if (!plan.every_instance) {
        const InstanceId id = representative(run, group);
        if (id.valid()) back_up(run, id, number);
        continue;
      }
      const std::size_t first = run.groups[group].first.index();
      const auto count = static_cast<std::size_t>(run.world.groups[group].count);
      for (std::size_t slot = first; slot < first + count; ++slot) {
        const InstanceId id = run.incumbent(slot);
        if (id.valid() && serves(run.instance(id))) back_up(run, id, number);
      }
    }
  }
}

Task<> take_backups_of(Replication& run, InstanceId id) {
  const Backup& plan = *run.world.backup;
  const TimePoint since = run.instance(id).serving_since;
  for (TimePoint next = saturating_add(since, plan.first); next <= run.horizon;
       next = saturating_add(next, plan.every)) {
    co_await run.sim.until(next);
    Instance& self = run.instance(id);
    if (self.serving_since != since || !serves(self)) co_return;
    if (run.incumbent(self.slot) != id) continue;
    if (plan.every_instance || id == representative(run, self.group))
      back_up(run, id, self.backups++);
  }
}

BackupCopy* newest_backup(Replication& run, InstanceId id, TimePoint onset, RegionId region) {
  return newest_copy(run, id, onset, region,
                     [&](const BackupCopy& copy) { return !run.has_known_defect(copy.build); });
}

bool is_own(const Replication& run, const BackupCopy& copy, InstanceId id) {
  return run.instance(copy.of).slot == run.instance(id).slot;
}

namespace {

/// Whether nothing of the group can be reached in the region now.
bool is_out(const Replication& run, GroupId group, RegionId region) {
  const auto& zones = run.regions[region].zones;
  return std::all_of(zones.begin(), zones.end(),
                     [group](const auto& zone) { return zone->down[group.index()] > 0; });
}

}  // namespace

BackupCopy* newest_own_backup(Replication& run, InstanceId id) {
  const auto own = [&](const BackupCopy& copy) { return is_own(run, copy, id); };
  BackupCopy* newest = nullptr;
  for (std::size_t region = 0; region < run.regions.size(); ++region) {
    BackupCopy* copy = newest_copy(run, id, run.instance(id).damaged_at, RegionId{region}, own);
    if (copy == nullptr || is_out(run, run.instance(id).group, RegionId{region})) continue;
    if (newest == nullptr || copy->start > newest->start) newest = copy;
  }
  return newest;
}

void lose_backups(Replication& run, GroupId of, RegionId lost) {
  if (!run.world.backup) return;
  ++run.groups[of].losses[lost];
  for_each_store(run, [&](BackupStore& store, GroupId group) {
    if (group != of) return;
    for_each_place(run, store, run.world.groups[group].region,
                   [&](std::vector<BackupCopy>& copies, RegionId region) {
                     while (region == lost && !copies.empty())
                       delete_copy(run, copies, 0, region, run.sim.now());
                   });
  });
}

bool proves_usable(Replication& run, BackupCopy& copy) {
  copy.unusable =
      run.chance(run.world.backup->fails, purpose::backup_fails, run.luck(copy.of), copy.number);
  return !copy.unusable;
}

void drop_unfinished_backups(Replication& run, InstanceId id, TimePoint onset) {
  if (!run.world.backup) return;
  for_each_place(run, store_of(run, id), home_of(run, id),
                 [&](std::vector<BackupCopy>& copies, RegionId) {
                   std::erase_if(copies, [&](const BackupCopy& copy) {
                     return copy.of == id && copy.complete > onset && copy.complete != kNever;
                   });
                 });
}

void book_backup_storage(Replication& run) {
  if (!run.world.backup) return;
  for_each_store(run, [&](BackupStore& store, GroupId group) {
    for_each_place(run, store, run.world.groups[group].region,
                   [&](std::vector<BackupCopy>& copies, RegionId region) {
                     while (!copies.empty()) delete_copy(run, copies, 0, region, run.horizon);
                   });
  });
}

}  // namespace rollcast::model
