/// What a roll-out finds: which instances take part, in what order, and which run its version.
#include <algorithm>

#include "processes.hpp"
#include "rollout.hpp"

namespace rollcast::model {
namespace {

/// Whether `id` runs the version that is to be rolled out.
bool runs_version(const Replication& run, const VersionOrder& order, InstanceId id) {
  const Instance& self = run.instance(id);
  const Deployment& way = order.ways[self.group];
  if (way.method == Method::manual || !self.build.image.valid()) return false;
  if (self.build.image != way.image) return false;
  if (order.pinned.size() > 0 && order.pinned[self.group])
    return self.build.version == order.pinned[self.group]->version;
  return !run.images[way.image].versions.empty() &&
         self.build.version ==
             version_to_launch(run, way.image, run.world.groups[self.group].region);
}

bool exists(const Replication& run, InstanceId id) {
  return id.index() < run.instances.size() &&
         (run.instance(id).accepted != kNever || run.instance(id).entered != kNever ||
          !run.instance(id).life.is_done());
}

/// What speaks for keeping an instance, where a roll-out that stopped has left two in one slot:
/// that it has served, serves now, and a version not known to be bad.
int worth(const Replication& run, InstanceId id) {
  const Instance& self = run.instance(id);
  if (self.entered == kNever) return 0;
  if (self.out_since != kNever || self.idle) return 1;
  const Build& build = self.build;
  return build.image.valid() && run.images[build.image].versions[build.version].known_bad ? 2 : 3;
}

/// One instance is left in each slot, where both are old or both are new: the next roll-out has one
/// to replace by another. Of two that are worth the same, the first stays.
void retire_left_over(Replication& run, const VersionOrder& order,
                      const std::vector<std::uint32_t>& slots) {
  if (run.instances.size() == static_cast<std::size_t>(run.desired())) return;  // no twins
  for (const std::uint32_t slot : slots) {
    const InstanceId home{slot};
    const InstanceId twin = run.twin(home);
    const bool two = exists(run, twin) && exists(run, home);
    if (!two || runs_version(run, order, home) != runs_version(run, order, twin)) continue;
    run.retire(worth(run, home) < worth(run, twin) ? home : twin);
  }
}

/// The seat of a slot: which of its instances is new, old, or to be launched. True: the new one is
/// there already.
bool fill_seat(Replication& run, const VersionOrder& order, Seat& seat) {
  const InstanceId home{seat.slot};
  const InstanceId twin = run.twin(home);
  for (const InstanceId id : {home, twin}) {
    if (!exists(run, id)) continue;
    Instance& self = run.instance(id);
    self.fresh = runs_version(run, order, id);
    (self.fresh ? seat.fresh : seat.old) = id;
  }
  const bool there = seat.fresh.valid();
  if (!there) seat.fresh = seat.old == home ? twin : home;
  if (!there) {
    Instance& next = run.instance(seat.fresh);
    next.way = &order.ways[next.group];
    next.pinned = order.pinned.size() > 0 ? order.pinned[next.group] : std::nullopt;
  }
  seat.host = order.plan.hosts_exist && !there && !seat.old.valid();
  return there;
}

/// How many groups come one after the other before `id` may come.
std::size_t rank_of(const Replication& run, GroupId id) {
  std::size_t rank = 0;
  for (const Group::Wait& wait : run.world.groups[id].after)
    rank = std::max(rank, rank_of(run, wait.group) + 1);
  return rank;
}

/// The slots in the plan's order (empty: as they are), but instances of a group after those of the
/// groups that it waits for: a stage that had only the former would wait for ever.
std::vector<std::uint32_t> put_in_turn(const Replication& run,
                                       const std::vector<std::uint32_t>& slots,
                                       const std::vector<std::size_t>& order) {
  std::vector<std::uint32_t> in_turn = slots;
  for (std::size_t next = 0; next < order.size(); ++next) in_turn[next] = slots[order[next]];
  std::vector<std::size_t> ranks;
  for (std::size_t index = 0; index < run.world.groups.size(); ++index)
    ranks.push_back(rank_of(run, GroupId{index}));
  if (std::all_of(ranks.begin(), ranks.end(), [](std::size_t rank) { return rank == 0; }))
    return in_turn;
  const auto rank = [&](std::uint32_t slot) { return ranks[run.instances[slot].group.index()]; };
  std::stable_sort(in_turn.begin(), in_turn.end(), [&](std::uint32_t left, std::uint32_t right) {
    return rank(left) < rank(right);
  });
  return in_turn;
}

}  // namespace

std::vector<std::uint32_t> slots_of(const Replication& run, ImageId only) {
  std::vector<std::uint32_t> slots;
  slots.reserve(static_cast<std::size_t>(run.desired()));
  for (std::uint32_t slot = 0; slot < static_cast<std::uint32_t>(run.desired()); ++slot) {
    const GroupId group = run.instances[slot].group;
    if (!only.valid() || run.world.deployments[group].image == only) slots.push_back(slot);
  }
  return slots;
}

void take_stock(Replication& run, const VersionOrder& order) {
  RolloutState& state = run.rollout;
  const std::vector<std::uint32_t> slots = slots_of(run, order.only);
  const std::size_t desired = slots.size();
  state.plan = &order.plan;
  retire_left_over(run, order, slots);
  state.first = order.first;
  state.phase = order.phase;
  state.reacts = order.reacts;
  state.now = policy::Rolling{};
  state.now.desired = static_cast<std::int64_t>(desired);
  state.launched = state.settled = state.cleared = 0;
  state.given_up = state.failed_checks = 0;
  state.progressed = run.sim.now();
  state.seats.clear();
  state.seats.reserve(desired);
  const std::vector<std::uint32_t> in_turn = put_in_turn(run, slots, order.plan.order);
  for (std::size_t next = 0; next < desired; ++next) {
    Seat& seat = state.seats.emplace_back();
    seat.slot = in_turn[next];
    seat.settled = fill_seat(run, order, seat);
    state.launched += seat.settled ? 1 : 0;
  }
  state.settled = state.launched;
  const auto is_there = [](const Seat& seat) { return seat.settled; };
  if (state.launched > 0) std::stable_partition(state.seats.begin(), state.seats.end(), is_there);
  state.seat_of.assign(static_cast<std::size_t>(run.desired()), kNoSeat);
  for (std::size_t index = 0; index < desired; ++index) {
    const Seat& seat = state.seats[index];
    state.seat_of[seat.slot] = static_cast<std::uint32_t>(index);
    run.instance(seat.fresh).troubled = false;
    if (index < state.launched) ++state.now.fresh;
    if (index < state.launched && run.instance(seat.fresh).available) ++state.now.fresh_available;
    if (seat.has_old()) ++state.now.old;
    const bool old_available = seat.host || (seat.old.valid() && run.instance(seat.old).available);
    if (old_available) ++state.now.old_available;
  }
  state.working = order.plan.traffic.empty() ? desired : state.launched;
}

void wait_in_turn_again(Replication& run) {
  for (GroupState& group : run.groups) {
    group.entered = 0;
    for (std::size_t index = 0; index < group.reached.size(); ++index)
      if (group.thresholds[index] > 0) group.reached[index]->close();
  }
  for (std::size_t index = 0; index < run.rollout.launched; ++index)
    run.count_turn(run.instance(run.rollout.seats[index].fresh).group);
}

void reuse_idle(Replication& run) {
  RolloutState& state = run.rollout;
  for (std::size_t index = 0; index < state.launched; ++index) {
    Seat& seat = state.seats[index];
    if (!run.instance(seat.fresh).idle) continue;
    run.resume(seat.fresh);
    run.instance(seat.fresh).life =
        run.sim.spawn({"instance", seat.fresh.index()}, resumed_life(run, seat.fresh));
  }
}

}  // namespace rollcast::model
