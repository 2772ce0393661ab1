#pragma once
/// The roll-out engine: how it is asked, and what the rest of the model tells it.
#include "replication.hpp"

namespace rollcast::model {

/// What is rolled out, and how.
struct VersionOrder {
  /// Must outlive the roll-out.
  const Rollout& plan;
  /// How each group's instances are brought into service; must outlive the instances.
  const IdVector<GroupId, Deployment>& ways;
  /// The version of each group's image that is launched; absent (or an empty list): its newest.
  IdVector<GroupId, std::optional<Build>> pinned;
  /// Entries into service are those of the fleet (Metric::ready_time and its like).
  bool first = false;
  /// When the version is found to be bad, the roll-out stops.
  bool reacts = false;
  /// Only the groups that the strategy deploys from this image take part; invalid: the whole fleet.
  ImageId only = ImageId{};
  /// Whose price is what the new instances cost until they serve, and what exists beside them.
  CostPhase phase = CostPhase::deployment;
};

enum class RolloutResult { complete, stopped };

/// Brings the version to every instance that takes part and does not run it, whether the fleet is
/// being deployed or runs another version; waits while another roll-out is under way. Draws soaks,
/// pauses, checks and approvals. Does not roll back.
Task<RolloutResult> roll_out_version(Replication& run, VersionOrder order);

/// Brings back the versions of `order`, whose plan is that of the roll-out that is undone: no more
/// at once than it had. An old instance that still exists works again at once. Nothing is watched
/// or approved.
Task<RolloutResult> roll_back(Replication& run, VersionOrder order);

/// The desired instances that take part in a roll-out, in the order of the file.
[[nodiscard]] std::vector<std::uint32_t> slots_of(const Replication& run, ImageId only);

// ---- what it finds as it begins (rollout_stock.cpp)

/// Takes stock of what takes part. Seats that have the new version already come first.
void take_stock(Replication& run, const VersionOrder& order);
/// An old version comes back: instances of a group wait for those of others to come back as well.
void wait_in_turn_again(Replication& run);
/// What exists of the version that is wanted again works again at once.
void reuse_idle(Replication& run);

/// Whether the instance takes part in the roll-out under way.
[[nodiscard]] bool takes_part(const Replication& run, const Instance& instance);

/// The version that `instance` is launched with now.
[[nodiscard]] const Build& version_of(const Replication& run, const Instance& instance);

/// Whether a new instance may serve now (traffic moves in steps); else it is to be given work
/// later.
[[nodiscard]] bool has_work(const Replication& run, InstanceId id);
/// Waits until a new instance may serve. REQUIRES that it may not yet.
Task<> be_given_work(Replication& run, InstanceId id);

// ---- what the roll-out is told

/// `id` serves: it is available at once or after the minimum ready time.
void note_serving(Replication& run, InstanceId id);
void note_out(Replication& run, InstanceId id);
void note_given_up(Replication& run, InstanceId id);

// ---- gates at a stage's end (rollout_gates.cpp)

/// A stage, and what is judged at its end: the new instances of the seats [from, to), which it has
/// brought up or, where work moves in steps, given work.
struct Stage {
  std::size_t number, from, to;
  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(to - from); }
};

/// Soak, stop rules, analysis, pause and approval at the end of a stage. False: the roll-out stops.
Task<bool> pass_stage_end(Replication& run, Stage stage);
/// The health check of an instance that serves, which overlooks some defects and fails some that
/// are sound. What it finds is known from now on.
bool passes_check(Replication& run, InstanceId id, std::uint64_t number);
/// Why the roll-out may not begin its next stage; empty: it may.
[[nodiscard]] std::string refuse_to_begin(const Replication& run);
/// Waits until instances may be replaced (windows), or the version is found to be bad.
Task<> wait_for_window(Replication& run);
/// Waits, or until the version is found to be bad; it counts as waiting of the roll-out, up to the
/// horizon.
Task<> wait_counted(Replication& run, Duration length);

}  // namespace rollcast::model
