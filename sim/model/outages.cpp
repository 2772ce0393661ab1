/// States of zones and regions that last: outages, shortages of capacity, raises of a quota.
#include <algorithm>
#include <cmath>

#include "processes.hpp"
#include "purposes.hpp"
#include "rollcast/kernel/compose.hpp"

namespace rollcast::model {
namespace {

bool concerns(const Outage& outage, GroupId group) {
  return outage.groups.empty() ||
         std::find(outage.groups.begin(), outage.groups.end(), group) != outage.groups.end();
}

/// Closes (+1) or reopens (-1) what the outage concerns.
void shift(Replication& run, const Outage& outage, std::int32_t change) {
  auto& zones = run.regions[outage.region].zones;
  for (std::size_t index = 0; index < zones.size(); ++index) {
    if (outage.zone && *outage.zone != static_cast<int>(index)) continue;
    for (std::size_t group = 0; group < run.groups.size(); ++group) {
      if (!concerns(outage, GroupId{group})) continue;
      zones[index]->closed[group] += change;
      if (outage.takes.value() > 0) zones[index]->down[group] += change;
    }
    if (change < 0) zones[index]->reopened.trigger();
  }
}

bool concerns(const Replication& run, const Outage& outage, InstanceId id, RegionId region,
              std::uint32_t zone) {
  return region == outage.region && (!outage.zone || *outage.zone == static_cast<int>(zone)) &&
         concerns(outage, run.instance(id).group);
}

std::uint64_t luck(const Replication& run, const Outage& outage, InstanceId id) {
  return run.luck(id) + random::purpose(outage.name);
}

/// Of what exists where it strikes, an outage takes its share and not each one by chance. Where
/// that is no whole number, chance rounds it up or down.
void take_share(Replication& run, OutageState& outage) {
  const Outage& what = outage.what;
  if (what.takes.value() <= 0 || what.takes.value() >= 1) return;
  struct Candidate {
    double luck;
    std::size_t index;
  };
  std::vector<Candidate> there;
  for (std::size_t index = 0; index < run.instances.size(); ++index) {
    const Instance& self = run.instances[index];
    const InstanceId id{index};
    if (self.accepted == kNever || !concerns(run, what, id, self.region, self.zone)) continue;
    auto random = run.stream(purpose::outage_takes, luck(run, what, id), outage.times);
    there.push_back({random.uniform(), index});
  }
  auto rounding = run.stream(purpose::outage_rounding, random::purpose(what.name), outage.times);
  const double due = what.takes.value() * static_cast<double>(there.size()) + rounding.uniform();
  const auto taken = std::min(there.size(), static_cast<std::size_t>(due));
  std::nth_element(there.begin(), there.begin() + static_cast<std::ptrdiff_t>(taken), there.end(),
                   [](const Candidate& a, const Candidate& b) { return a.luck < b.luck; });
  outage.fates.assign(run.instances.size(), OutageState::Fate::open);
  for (std::size_t rank = 0; rank < there.size(); ++rank)
    outage.fates[there[rank].index] =
        rank < taken ? OutageState::Fate::taken : OutageState::Fate::spared;
}

/// Whether the outage takes the instance in this zone. What comes there later, it takes by chance.
bool hits(const Replication& run, const OutageState& outage, InstanceId id, RegionId region,
          std::uint32_t zone, std::uint64_t times) {
  const Outage& what = outage.what;
  if (!concerns(run, what, id, region, zone)) return false;
  if (id.index() < outage.fates.size() && outage.fates[id.index()] != OutageState::Fate::open)
    return outage.fates[id.index()] == OutageState::Fate::taken;
  return run.chance(what.takes, purpose::outage_takes, luck(run, what, id), times);
}

/// After an outage, an instance whose recovery has not begun serves on as it did.
Task<> serve_after(Replication& run, OutageState& outage, InstanceId id, TimePoint since) {
  co_await outage.over.opened();
  const Instance& self = run.instance(id);
  while (self.sits_out && self.out_since == since) {
    OutageState* another = outage_of(run, id);
    if (another == nullptr) {
      run.serve_on(id);
      co_return;
    }
    co_await another->over.opened();
  }
}

/// Puts out an instance that serves while its defect waits for its recovery.
void strike_waiting(Replication& run, OutageState& outage, InstanceId id) {
  Instance& self = run.instance(id);
  const Outage& what = outage.what;
  run.tell(id, [&] { return fmt::format("struck by {}", what.name); });
  run.go_out(id, what.cost_per_out_hour);
  drop_unfinished_backups(run, id, run.sim.now());
  if (what.destroys) {
    run.lose_machine(id, run.sim.now(), CostPhase::running);
    return;
  }
  self.sits_out = true;
  run.sim.spawn({"outage", id.index()}, serve_after(run, outage, id, self.out_since));
}

/// Puts out what it hits of the instances in service.
void strike(Replication& run, OutageState& outage) {
  const Outage& what = outage.what;
  if (what.takes.value() <= 0) return;
  const bool whole_region =
      what.destroys && !what.zone && what.groups.empty() && what.takes.value() >= 1.0;
  for (std::size_t group = 0; whole_region && group < run.groups.size(); ++group)
    lose_backups(run, GroupId{group}, what.region);
  for (std::size_t zone = 0; what.destroys && zone < run.regions[what.region].zones.size(); ++zone)
    for (std::size_t group = 0; group < run.groups.size(); ++group) {
      const bool there = run.world.groups[GroupId{group}].region == what.region &&
                         (!what.zone || *what.zone == static_cast<int>(zone));
      if (there && concerns(what, GroupId{group}))
        lose_standbys(run, GroupId{group}, static_cast<std::uint32_t>(zone));
    }
  for (std::size_t index = 0; index < run.instances.size(); ++index) {
    Instance& self = run.instances[index];
    const bool waits = !self.at_rest && self.incident_onset != kNever && self.out_since == kNever;
    // What is launched at this moment is lost with its launch (provision.cpp).
    const bool repaired = self.out_since != kNever && self.accepted < self.out_since;
    const bool destroyed_aside = what.destroys && (self.idle || self.sits_out || repaired);
    const bool struck_now = what.destroys && self.struck_by != nullptr;  // by another one
    if (!self.at_rest && !waits && !destroyed_aside && !struck_now) continue;
    if (!hits(run, outage, InstanceId{index}, self.region, self.zone, outage.times)) continue;
    if (struck_now) {
      self.struck_by = &outage;
      continue;
    }
    if (destroyed_aside) {
      run.tell(InstanceId{index}, [&] { return fmt::format("destroyed by {}", what.name); });
      if (self.idle)
        run.retire(InstanceId{index});
      else
        run.lose_machine(InstanceId{index}, self.out_since, CostPhase::running);
      continue;
    }
    if (waits) {
      strike_waiting(run, outage, InstanceId{index});
      continue;
    }
    self.at_rest = false;
    self.struck_by = &outage;
    self.life.interrupt();
  }
}

/// The time until the next one, in a run with branches: drawn again on each.
Task<> gap_on_branches(Replication& run, OutageState& outage, Duration gap) {
  const TimePoint since = run.sim.now();
  const auto entity = random::purpose(outage.what.name);
  for (;;) {
    auto over = run.sim.until(saturating_add(since, gap));
    auto branched = run.branched.next();
    co_await kernel::first_of(over, branched);
    if (over.done()) co_return;
    const Duration age = run.sim.now() - since;
    const auto rest =
        run.draw_rest(*outage.what.every, purpose::outage_gap, entity, outage.times, age);
    if (rest) gap = saturating_add(kStart + age, *rest) - kStart;
  }
}

}  // namespace

OutageState* find_outage(Replication& run, InstanceId id, RegionId region, std::uint32_t zone) {
  if (run.regions[region].zones[zone]->down[run.instance(id).group.index()] == 0) return nullptr;
  for (OutageState& outage : run.outages)
    if (!outage.over.is_open() && hits(run, outage, id, region, zone, outage.times)) return &outage;
  return nullptr;
}

bool was_destroyed(const Replication& run, InstanceId id, RegionId region, std::uint32_t zone,
                   TimePoint since) {
  return std::any_of(run.outages.begin(), run.outages.end(), [&](const OutageState& outage) {
    return outage.what.destroys && outage.struck && *outage.struck >= since &&
           hits(run, outage, id, region, zone, outage.struck_as);
  });
}

Task<> wait_out(Replication& run, InstanceId id) {
  while (OutageState* outage = outage_of(run, id)) {
    run.tell(id, [outage] { return fmt::format("waits for the end of {}", outage->what.name); });
    co_await outage->over.opened();
  }
}

Task<> bring_outages(Replication& run, OutageState& outage) {
  const Outage& what = outage.what;
  const auto entity = random::purpose(what.name);
  for (;; ++outage.times) {
    if (what.every) {
      const Duration gap = run.draw(*what.every, purpose::outage_gap, entity, outage.times);
      if (run.branches()) {
        co_await gap_on_branches(run, outage, gap);
      } else {
        co_await run.sim.delay(gap);
      }
    } else if (what.at > run.sim.now()) {
      co_await run.sim.until(what.at);
    }
    run.tell(what.name, [] { return std::string("begins"); });
    run.mark_outage(what, Activity::in_force);
    outage.over.close();
    outage.struck = run.sim.now();
    outage.struck_as = outage.times;
    shift(run, what, +1);
    take_share(run, outage);
    strike(run, outage);
    co_await run.sim.delay(run.draw(what.lasts, purpose::outage_length, entity, outage.times));
    run.tell(what.name, [] { return std::string("ends"); });
    run.mark_outage(what, Activity::over);
    shift(run, what, -1);
    outage.over.open();
    if (!what.every) co_return;
  }
}

Task<> raise_quota(Replication& run, RegionId id) {
  const Region& region = run.world.regions[id];
  const QuotaRaise& raise = *region.raise;
  co_await run.sim.delay(run.draw(raise.takes, purpose::quota_time, run.luck(id)));
  double share = 1.0;
  if (!run.chance(raise.granted, purpose::quota_granted, run.luck(id))) {
    auto random = run.stream(purpose::quota_part, run.luck(id));
    share = std::clamp(raise.part.sample(random), 0.0, 1.0);
  }
  const std::int64_t now = *region.held_per_zone;
  // 29 % of 100 are 29, which their product in binary falls just short of.
  const auto increase = static_cast<std::int64_t>(
      std::floor(static_cast<double>(raise.held_per_zone - now) * share * (1 + 1e-12)));
  for (auto& zone : run.regions[id].zones) zone->held.set_capacity(now + increase);
  run.tell(region.name,
           [&] { return fmt::format("quota of instances held: {} per zone", now + increase); });
}

}  // namespace rollcast::model
