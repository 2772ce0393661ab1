#pragma once
/// Means of recovery that an outage's fail-over uses as well.
#include "processes.hpp"

namespace rollcast::model {

/// Whether somebody must attend a recovery that needs no manual set-up, before anything else.
[[nodiscard]] bool is_attended(const Replication& run);
Task<> be_attended(Replication& run, InstanceId id);

/// What a usable backup brings back.
struct Restorable {
  Build build;
  TimePoint taken;
  bool own = false;  ///< a backup of the instance itself: its state comes back too
};

/// The newest backup in `region` that proves usable; every one that does not costs the time of a
/// reinstall.
Task<std::optional<Restorable>> find_backup(Replication& run, InstanceId id, TimePoint onset,
                                            RegionId region);

/// Launches a replacement, in a launch slot.
Task<LaunchResult> launch_replacement(Replication& run, InstanceId id, const LaunchOrder& order);

/// What the open incident of `id` has lost, as its open_data_loss: up to the newest backup of the
/// instance itself that proves usable, where its data must be brought back.
void settle_data(Replication& run, InstanceId id);

/// An outage has put `id` out. It waits for the end, or fails over; what an outage destroyed must
/// be replaced. True: back (failover.cpp).
Task<bool> endure_outage(Replication& run, InstanceId id, OutageState& outage);

}  // namespace rollcast::model
