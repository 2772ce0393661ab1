/// Instances that come and go as planned: twins that replace the desired ones, and the counts of
/// what serves.
#include <algorithm>
#include <cmath>

#include "processes.hpp"
#include "recovery.hpp"
#include "rollout.hpp"

namespace rollcast::model {

InstanceId Replication::incumbent(std::size_t slot) const {
  const Instance& one = instances[slot];
  if (one.entered != kNever && !one.idle) return InstanceId{slot};
  const InstanceId other = twin(InstanceId{slot});
  if (other.index() >= instances.size()) return InstanceId{};
  const Instance& two = instances[other.index()];
  return two.entered != kNever && !two.idle ? other : InstanceId{};
}

void Replication::provide_twins() {
  const auto desired = static_cast<std::size_t>(desired_);
  if (instances.size() > desired) return;
  ROLLCAST_ASSERT(instances.capacity() >= 2 * desired, "room for {} of {} instances",
                  instances.capacity(), 2 * desired);
  for (std::size_t slot = 0; slot < desired; ++slot) {
    const Instance& one = instances[slot];
    instances.emplace_back(*one.way, one.group, slot, world.groups[one.group].region,
                           one.home_zone);
  }
}

void Replication::begin_serving(InstanceId id) {
  Instance& self = instance(id);
  self.serving_since = sim.now();
  self.failures = 0;
  shift_serving(self, 1);
  if (world.backup && world.backup->from_service)
    sim.spawn({"backups", id.index()}, take_backups_of(*this, id));
}

void Replication::shift_serving(const Instance& self, int change) {
  serving.add(change);
  tally.least_serving = std::min(tally.least_serving, static_cast<std::int64_t>(serving.value()));
  if (runs_old_version(self)) vulnerable.add(change);
  if (service.is_watched()) shift_service(self.group, change);
  if (!self.build.image.valid()) return;
  GroupState& group = groups[self.group];
  const auto same = [&](const GroupState::Version& version) {
    return version.image == self.build.image && version.number == self.build.version;
  };
  if (group.versions.size() == 1 && same(group.versions.front())) {
    group.versions.front().serving += change;
    return;
  }
  auto version = std::find_if(group.versions.begin(), group.versions.end(), same);
  if (version == group.versions.end())
    version =
        group.versions.insert(version, {self.build.image, self.build.version, std::int64_t{0}});
  version->serving += change;
  if (group.versions.size() < 2) return;
  std::int64_t all = 0, kinds = 0;
  for (const GroupState::Version& each : group.versions) {
    all += each.serving;
    kinds += each.serving > 0 ? 1 : 0;
  }
  const double mixture = kinds > 1 ? static_cast<double>(all) : 0.0;
  mixed.add(mixture - group.mixed);
  group.mixed = mixture;
}

void Replication::shift_service(GroupId id, int change) {
  const auto& suffices = world.groups[id].suffices;
  if (!suffices) return;
  std::int64_t& now = groups[id].serving;
  const bool was_enough = now >= *suffices;
  now += change;
  const bool is_enough = now >= *suffices;
  if (was_enough != is_enough) service.change(sim.now(), is_enough);
}

bool Replication::runs_old_version(const Instance& self) const {
  if (!world.update) return false;
  return self.build.image.valid() ? self.build.image == world.update->from[self.group]
                                  : self.outdated;
}

void Replication::shift_defective(const Instance& self, int change) {
  if (world.defects.cost_per_hour != Money{}) defect_hours.advance(sim.now(), defective.value());
  defective.add(change);
  (self.build.by_image ? image_defects : own_defects).add(change);
}

void Replication::start_in_service(InstanceId id, Build build) {
  Instance& self = instance(id);
  auto& zone = *regions[self.region].zones[self.zone];
  self.held = zone.held.try_acquire();
  accept(id, build.image);
  self.entered = self.data_since = sim.now();
  self.build = build;
  self.available = true;
  mark(id, Activity::serving);
  begin_serving(id);
}

void Replication::note_loss(double lost_hours) {
  if (std::isnan(lost_hours)) return;
  tally.lost_hours += lost_hours;
  ++tally.losses;
  tally.largest_loss =
      std::isnan(tally.largest_loss) ? lost_hours : std::max(tally.largest_loss, lost_hours);
}

void Replication::close_incident(Instance& self) {
  const double hours = to_hours(sim.now() - self.incident_onset);
  tally.recovery_hours += hours;
  note_loss(self.open_data_loss);
  incidents.push_back(
      IncidentRecord{static_cast<float>(hours), static_cast<float>(self.open_data_loss), false});
  double& longest = tally.longest_recovery;
  longest = std::isnan(longest) ? hours : std::max(longest, hours);
  self.incident_onset = kNever;
}

void Replication::close_older_incident(Instance& self) {
  if (self.older_onset == kNever) return;
  self.incident_onset = std::exchange(self.older_onset, kNever);
  self.open_data_loss = kNoValue;
  close_incident(self);
}

void Replication::leave_service(InstanceId id) {
  Instance& self = instance(id);
  self.life.destroy();
  self.at_rest = false;
  self.struck_by = nullptr;
  self.sits_out = false;
  note_out(*this, id);
  if (self.incident_onset != kNever) {
    settle_data(*this, id);
    close_incident(self);
  }
  close_older_incident(self);
  if (self.entered == kNever || self.idle) return;
  if (self.out_since != kNever) {
    book_outage(self);
    self.out_since = kNever;
    out.add(-1);
    impacted.add(-1);
  } else {
    count_missing_patches(self);
    shift_serving(self, -1);
    if (self.build.defective) {
      shift_defective(self, -1);
      impacted.add(-1);
    }
  }
}

void Replication::withdraw(InstanceId id) {
  Instance& self = instance(id);
  ROLLCAST_ASSERT(self.entered != kNever && self.out_since == kNever && !self.idle,
                  "instance {} is withdrawn at {} s, seed {}, replication {}", id.index(),
                  to_seconds(sim.now()), seed, number);
  leave_service(id);
  bill(id, sim.now() - self.accepted, CostPhase::running);
  self.idle = true;
  mark(id, Activity::standing_by);
}

void Replication::resume(InstanceId id) {
  Instance& self = instance(id);
  self.idle = false;
  begin_serving(id);
  if (self.build.defective) {
    begin_defect(self);
    shift_defective(self, 1);
    impacted.add(1);
    note_impact();
  }
  mark(id, self.build.defective ? Activity::serving_defective : Activity::serving);
  tell(id, [] { return std::string("serves again"); });
  note_serving(*this, id);
}

void Replication::retire(InstanceId id) {
  Instance& self = instance(id);
  const bool served = self.entered != kNever;
  // What was launched to recover it is the price of that, and not of the roll-out.
  const bool is_recovered = self.out_since != kNever && self.accepted >= self.out_since;
  leave_service(id);
  const Instance& other = instance(twin(id));
  // What exists beside its replacement, or never served, is the price of the roll-out.
  if (self.accepted != kNever && served && !is_recovered && other.entered != kNever &&
      !other.idle && other.serving_since > self.billed_until)
    bill(id, other.serving_since - self.accepted, CostPhase::running);
  const bool beside = served && other.entered != kNever && !other.idle;
  terminate(id, is_recovered        ? CostPhase::in_incidents
                : served && !beside ? CostPhase::running
                                    : rollout.phase);
  ++self.generation;
  self.entered = self.serving_since = kNever;
  self.idle = self.fresh = self.defect_found = self.troubled = self.turned = false;
  self.goes_home = false;
  self.build = Build{};
  self.region = world.groups[self.group].region;
  self.zone = self.home_zone;
  self.open_data_loss = kNoValue;
  mark(id, Activity::retired);
  tell(id, [] { return std::string("retired"); });
}

}  // namespace rollcast::model
