#include "replication.hpp"

#include "purposes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "processes.hpp"
#include "rollout.hpp"

namespace rollcast::model {
namespace {

/// A quota that never binds.
constexpr std::int64_t kUnlimited = std::numeric_limits<std::int64_t>::max() / 2;

void open_region(Replication& run, const Region& region) {
  RegionState& state = run.regions[run.regions.push_back(RegionState{})];
  for (int zone = 0; zone < region.zones; ++zone)
    state.zones.push_back(
        std::make_unique<Zone>(run.sim, region.held_per_zone.value_or(kUnlimited)));
  state.image_places = std::make_unique<kernel::Pool>(run.sim, region.images);
  state.launch_slots =
      std::make_unique<kernel::Pool>(run.sim, region.launches.value_or(kUnlimited));
  state.api = std::make_unique<ApiGateway>(run.sim, region.api_calls_per_second, region.api_burst,
                                           region.instances_per_call);
}

/// Instances of a region go round its zones.
void make_instances(Replication& run) {
  const World& world = run.world;
  std::vector<std::uint32_t> next_zone(world.regions.size(), 0);
  std::int64_t desired = 0;
  for (const Group& group : world.groups) desired += group.count;
  run.instances.reserve(2 * static_cast<std::size_t>(desired));
  for (std::size_t index = 0; index < world.groups.size(); ++index) {
    const GroupId id{index};
    const Group& group = world.groups[id];
    run.groups[id].first = InstanceId{run.instances.size()};
    if (group.suffices) run.service.watch();
    for (std::int64_t member = 0; member < group.count; ++member) {
      std::uint32_t& zone = next_zone[group.region.index()];
      run.instances.emplace_back(world.deployments[id], id, run.instances.size(), group.region,
                                 zone);
      zone = (zone + 1) % static_cast<std::uint32_t>(world.regions[group.region].zones);
    }
  }
}

/// `after: {db: ready 100 %}`: a gate on the other group that opens with the given entry.
void make_waits(Replication& run) {
  for (std::size_t index = 0; index < run.world.groups.size(); ++index) {
    for (const Group::Wait& wait : run.world.groups[GroupId{index}].after) {
      GroupState& other = run.groups[wait.group];
      other.thresholds.push_back(wait.entered);
      other.reached.push_back(std::make_unique<kernel::Gate>(run.sim, wait.entered <= 0));
      run.groups[GroupId{index}].waits.push_back(other.reached.back().get());
    }
  }
}

void make_images(Replication& run) {
  for (std::size_t index = 0; index < run.world.images.size(); ++index) {
    ImageState& state = run.images[run.images.push_back(ImageState{})];
    const ImageId id{index};
    state.unshared = std::make_unique<kernel::Signal>(run.sim);
    state.arrived = std::make_unique<kernel::Signal>(run.sim);
    state.found_bad = std::make_unique<kernel::Signal>(run.sim);
    state.destroyed = std::make_unique<kernel::Gate>(run.sim, false);
    state.compromised =
        run.chance(run.world.images[id].compromised, purpose::image_compromised, run.luck(id));
    for (std::size_t region = 0; region < run.world.regions.size(); ++region)
      state.available.push_back(std::make_unique<kernel::Gate>(run.sim, false));
    state.newest_good.resize(run.world.regions.size());
  }
  for (const Deployment& deployment : run.world.deployments)
    if (deployment.image.valid()) run.images[deployment.image].used = true;
  if (run.world.update)
    for (const ImageId image : run.world.update->from) run.images[image].used = true;
  for (std::size_t index = 0; index < run.world.images.size(); ++index) {
    const Image& image = run.world.images[ImageId{index}];
    ImageState& state = run.images[ImageId{index}];
    if (state.used || image.kind != ImageKind::custom || image.make || image.import) continue;
    for (const RegionId region : image.exists_in)
      state.places.push_back(run.regions[region].image_places->try_acquire());
  }
}

/// Security patches come out one after the other, back to the day when the oldest image was made.
void publish_patches(Replication& run) {
  if (!run.world.patches) return;
  TimePoint oldest = kStart;
  for (const Image& image : run.world.images) oldest = std::min(oldest, image.built);
  const RandomDuration& every = run.world.patches->every;
  TimePoint before = kStart;
  for (std::uint64_t number = 0; before >= oldest; ++number) {
    before -= run.draw(every, purpose::patch_gap, 1, number);
    run.patches.push_back(before);
  }
  TimePoint after = kStart;
  for (std::uint64_t number = 0; after <= run.horizon; ++number) {
    after = saturating_add(after, run.draw(every, purpose::patch_gap, 0, number));
    run.patches.push_back(after);
  }
  std::sort(run.patches.begin(), run.patches.end());
}

kernel::WorkCalendar calendar_of(const std::vector<std::pair<TimePoint, TimePoint>>& open) {
  return open.empty() ? kernel::WorkCalendar::always_open() : kernel::WorkCalendar(open);
}

}  // namespace

Replication::Replication(Workspace& workspace, const Scenario& of, const World& in,
                         std::uint64_t with_seed, std::uint64_t replication, Trace* trace)
    : scenario(of),
      world(in),
      seed(with_seed),
      number(replication),
      horizon(kStart + of.horizon),
      sim(workspace.sim),
      instances(workspace.instances),
      rollout(sim, workspace),
      network(sim, in.network),
      moved(sim),
      ledger(of.months, in.discounts,
             trace != nullptr && trace->wants_words() ? &trace->ledger() : nullptr),
      missing_hours(ledger.borders()),
      defect_hours(ledger.borders()),
      patch_hours(ledger.borders()),
      out(sim),
      defective(sim),
      image_defects(sim),
      own_defects(sim),
      impacted(sim),
      serving(sim),
      existing(sim),
      missing(sim),
      mixed(sim),
      vulnerable(sim),
      entries(workspace.entries),
      shared_memory(workspace.shared_memory),
      branched(sim),
      trace_(trace) {
  sim.reset();
  sim.set_horizon(horizon);
  entries.clear();
  rollout.seats.clear();
  for (const Region& region : world.regions) open_region(*this, region);
  for (const Staff& pool : world.staff) {
    StaffState& state = staff[staff.push_back(StaffState{})];
    state.people = std::make_unique<kernel::Pool>(sim, pool.people);
    if (pool.on_call) state.on_duty = std::make_unique<kernel::Pool>(sim, pool.people);
    calendars.push_back(calendar_of(pool.open));
  }
  for (const Component& component : world.software)
    together.push_back(calendar_of(component.open_together));
  for (const Group& group : world.groups) {
    groups[groups.push_back(GroupState{})].losses.resize(world.regions.size());
    group_luck_.push_back(random::purpose(group.name));
  }
  for (const Image& image : world.images) image_luck_.push_back(random::purpose(image.name));
  for (const FailureClass& failure : world.failures)
    failure_luck_.push_back(random::purpose(failure.name));
  make_instances(*this);
  desired_ = static_cast<std::int64_t>(instances.size());
  state_demand(*this);
  make_waits(*this);
  make_images(*this);
  publish_patches(*this);
  for (const Outage& outage : world.outages) outages.emplace_back(sim, outage);
  for (RegionState& region : regions)
    for (auto& zone : region.zones) {
      zone->closed.assign(world.groups.size(), 0);
      zone->down.assign(world.groups.size(), 0);
    }
  if (world.recovery.standby)
    for (GroupState& group : groups) group.all_entered = std::make_unique<kernel::Gate>(sim, false);
  if (world.backup && world.backup->every_instance) instance_backups.resize(instances.size());
  entries.reserve(instances.size());
  const auto at_once = std::count_if(instances.begin(), instances.end(),
                                     [](const Instance& one) { return one.asked <= kStart; });
  if (!world.update) missing.set(static_cast<double>(at_once));
}

Replication::~Replication() {
  sim.destroy_processes();
  instances.clear();  // and with them their places in the quotas
}

Duration Replication::draw(const random::Distribution& seconds, std::uint64_t purpose,
                           std::uint64_t entity, std::uint64_t index) const {
  if (seconds.is_constant()) return std::max(Duration::zero(), from_seconds(seconds.mean()));
  auto random = stream(purpose, entity, index);
  return sample_length(seconds, random);
}

Duration Replication::back_off(InstanceId id) const {
  const Launch& plan = world.launch;
  const Instance& self = instance(id);
  const Duration first = draw(plan.back_off, purpose::back_off, luck(id), self.launches);
  if (plan.back_off_grows == 1.0 || first == Duration::zero())
    return std::min(first, plan.back_off_most);
  const double grown = to_seconds(first) * std::pow(plan.back_off_grows, self.failures - 1.0);
  return grown < to_seconds(plan.back_off_most) ? from_seconds(grown) : plan.back_off_most;
}

bool Replication::chance(Probability probability, std::uint64_t purpose, std::uint64_t entity,
                         std::uint64_t index) const {
  if (probability.value() <= 0.0) return false;
  if (probability.value() >= 1.0) return true;
  auto random = stream(purpose, entity, index);
  return random.bernoulli(probability);
}

std::string Replication::instance_name(InstanceId id) const {
  const GroupId group = instances[id.index()].group;
  const bool twin = id.index() >= static_cast<std::size_t>(desired_);
  return fmt::format("{}[{}]{}", world.groups[group].name,
                     instances[id.index()].slot - groups[group].first.index() + 1, twin ? "'" : "");
}

void Replication::bill(InstanceId id, Duration until_age, CostPhase phase) {
  Instance& self = instance(id);
  const Duration from = self.billed_until - self.accepted;
  if (until_age <= from) return;
  ledger_instance_time(self.group, self.launched_from, self.accepted, from, until_age, phase);
  self.billed_until = self.accepted + until_age;
}

void Replication::ledger_tiers(GroupId id, TimePoint accepted, Duration from, Duration until,
                               CostPhase phase) {
  const Group& group = world.groups[id];
  Duration since = from;
  const auto book_to = [&](Duration age) {  // one entry a tier: money is spent evenly within each
    if (age <= since) return;
    ledger.add(CostKind::instances, phase, tiered_price(group, since, age), accepted + since,
               accepted + age, id);
    since = age;
  };
  for (const Group::Tier& tier : group.tiers) book_to(std::min(tier.from, until));
  book_to(until);
}

void Replication::ledger_instance_time(GroupId id, ImageId image, TimePoint accepted, Duration from,
                                       Duration until, CostPhase phase) {
  const Group& group = world.groups[id];
  if (group.tiers.empty())
    ledger.add(CostKind::instances, phase, hourly(group.price_per_hour, until - from),
               accepted + from, accepted + until, id);
  else
    ledger_tiers(id, accepted, from, until, phase);
  const auto book_by_hour = [&](CostKind kind, Money price) {
    if (price == Money{}) return;
    ledger.add(kind, phase, hourly(price, until - from), accepted + from, accepted + until, id);
  };
  book_by_hour(CostKind::licences, group.licence_per_hour);
  if (image.valid()) book_by_hour(CostKind::image_fees, world.images[image].fee_per_hour);
}

void Replication::accept(InstanceId id, ImageId image) {
  Instance& self = instance(id);
  ROLLCAST_ASSERT(self.accepted == kNever,
                  "instance {} exists already at {} s, seed {}, replication {}", id.index(),
                  to_seconds(sim.now()), seed, number);
  self.accepted = self.billed_until = sim.now();
  self.launched_from = image;
  existing.add(1);
}

void Replication::terminate(InstanceId id, CostPhase phase) {
  Instance& self = instance(id);
  self.held.release();
  if (self.accepted == kNever) return;
  bill(id,
       billed_length(sim.now() - self.accepted, world.billing_granularity, world.billing_minimum),
       phase);
  self.accepted = kNever;
  existing.add(-1);
}

void Replication::enter_service(InstanceId id, const Build& build) {
  Instance& self = instance(id);
  bill(id, sim.now() - self.accepted, rollout.phase);
  self.entered = sim.now();
  self.build = build;
  self.defect_found = false;
  begin_serving(id);
  if (build.defective) {
    ++tally.defects_live;
    begin_defect(self);
    shift_defective(self, 1);
    impacted.add(1);
    note_impact();
  }
  mark(id, build.defective ? Activity::serving_defective : Activity::serving);
  Instance& desired = instances[self.slot];
  const bool late = !world.update && !desired.counted;  // given up before, and now there
  const bool counts = rollout.first || late;
  if (!std::exchange(self.turned, false) && (counts || world.update)) count_turn(self.group);
  if (counts) count_entry();
  desired.counted = true;
  desired.data_since = std::min(desired.data_since, sim.now());
  tell(id, [&] {
    return std::string(build.defective ? "enters service with a hidden defect" : "enters service");
  });
  note_serving(*this, id);
}

void Replication::count_turn(GroupId id) {
  GroupState& group = groups[id];
  ++group.entered;
  if (group.all_entered != nullptr && group.entered == world.groups[id].count)
    group.all_entered->open();
  for (std::size_t index = 0; index < group.thresholds.size(); ++index)
    if (group.entered == group.thresholds[index]) group.reached[index]->open();
}

void Replication::count_entry() {
  entries.push_back(sim.now());
  if (world.update) return;
  shift_missing(-1);
  if (static_cast<std::int64_t>(entries.size()) == desired())
    tally.least_serving = static_cast<std::int64_t>(serving.value());
}

void Replication::go_out(InstanceId id, Money price) {
  Instance& self = instance(id);
  ROLLCAST_ASSERT(self.out_since == kNever && self.entered != kNever,
                  "instance {} goes out at {} s, seed {}, replication {}", id.index(),
                  to_seconds(sim.now()), seed, number);
  count_missing_patches(self);
  self.out_since = sim.now();
  self.out_price = price;
  mark(id, Activity::out);
  out.add(1);
  shift_serving(self, -1);
  if (self.build.defective)
    shift_defective(self, -1);
  else
    impacted.add(1);
  note_impact();
  tell(id, [] { return std::string("out of service"); });
  note_out(*this, id);
}

void Replication::lose_machine(InstanceId id, TimePoint damaged, CostPhase phase) {
  Instance& self = instance(id);
  terminate(id, phase);
  moved.trigger();
  self.sits_out = self.data_settled = false;
  self.damaged_at = damaged;
  self.open_data_loss = to_hours(damaged - data_since(self));
}

void Replication::stop_serving(InstanceId id) {
  instance(id).sits_out = false;
  if (instance(id).out_since == kNever) go_out(id, world.defects.cost_per_hour);
}

void Replication::return_to_service(InstanceId id) {
  Instance& self = instance(id);
  book_outage(self);
  self.out_since = kNever;
  mark(id, self.build.defective ? Activity::serving_defective : Activity::serving);
  out.add(-1);
  begin_serving(id);
  if (self.build.defective) {
    shift_defective(self, 1);
    note_impact();
  } else {
    impacted.add(-1);
  }
}

void Replication::serve_on(InstanceId id) {
  instance(id).sits_out = false;
  return_to_service(id);
  tell(id, [] { return std::string("serves on with its defect"); });
  note_serving(*this, id);
}

void Replication::shift_missing(double change) {
  if (world.delay_per_missing_hour != Money{}) missing_hours.advance(sim.now(), missing.value());
  missing.add(change);
}

void Replication::begin_defect(Instance& self) {
  self.defect_due = false;
  self.defective_since = sim.now();
  self.defect_index = self.incidents;
}

void Replication::turn_defective(InstanceId id) {
  Instance& self = instance(id);
  ROLLCAST_ASSERT(self.out_since == kNever && !self.build.defective,
                  "instance {} drifts at {} s, seed {}, replication {}", id.index(),
                  to_seconds(sim.now()), seed, number);
  self.build.defective = true;
  self.build.by_image = false;
  self.build.defect = next_defect();
  begin_defect(self);
  self.defect_found = false;
  ++tally.drifted;
  shift_defective(self, 1);
  impacted.add(1);
  note_impact();
  tell(id, [] { return std::string("has drifted into a defect"); });
}

void Replication::count_missing_patches(const Instance& self) {
  if (!world.patches) return;
  const TimePoint now = sim.now();
  tally.patched_service_hours += to_hours(now - self.serving_since);
  const auto first = std::upper_bound(patches.begin(), patches.end(), self.build.made);
  for (auto patch = first; patch != patches.end() && *patch < now; ++patch) {
    const double lacking = to_hours(now - std::max(*patch, self.serving_since));
    tally.missing_patch_hours += lacking;
    if (patch != first) continue;
    tally.vulnerable_hours += lacking;
    if (world.patches->cost_per_hour != Money{})
      patch_hours.add(std::max(*patch, self.serving_since), now, 1.0);
  }
}

void Replication::book_outage(Instance& self) {
  if (self.out_since == kNever) return;
  ledger.add(CostKind::incidents, CostPhase::in_incidents,
             hourly(self.out_price, sim.now() - self.out_since), self.out_since, sim.now());
}

void Replication::come_back(InstanceId id, const Build& build, bool unchanged) {
  Instance& self = instance(id);
  if (self.accepted >= self.out_since) bill(id, sim.now() - self.accepted, CostPhase::in_incidents);
  self.build = build;
  if (!unchanged) self.defect_found = false;
  if (build.defective && !unchanged) {
    ++tally.defects_live;
    begin_defect(self);
  }
  return_to_service(id);
  tell(id, [] { return std::string("back in service"); });
  note_serving(*this, id);
}

void Replication::book_work(StaffId who, const kernel::WorkCalendar& calendar, const DoneWork& work,
                            CostPhase phase, bool for_image) {
  const Staff& pool = world.staff[who];
  // What is done has been in hours all the time, unless it went on outside of them.
  const Duration in_hours = work.complete && !work.always
                                ? work.effort
                                : std::min(work.effort, calendar.worked(work.begin, work.end));
  const Duration done = work.always ? work.end - work.begin : in_hours;
  const Duration out_of_hours = std::max(Duration::zero(), done - in_hours);
  tally.effort_hours += to_hours(done);
  tally.out_of_hours += to_hours(out_of_hours);
  if (phase == CostPhase::deployment) tally.deployment_effort_hours += to_hours(done);
  const Money usual = hourly(pool.wage_per_hour, in_hours);
  ledger.add_wages(phase, usual, work.begin, work.end, &calendar, for_image);
  if (out_of_hours > Duration::zero()) {
    const Money price = pool.wage_per_hour * (1.0 + pool.premium);
    for (TimePoint begin = work.begin; begin < work.end;) {
      const TimePoint open = std::min(calendar.next_open(begin), work.end);
      ledger.add_wages(phase, hourly(price, open - begin), begin, open, nullptr, for_image);
      begin = open < work.end ? calendar.next_change(open) : open;
    }
  }
  // All working hours of dedicated people are booked as running at the end: not those twice.
  if (pool.dedicated)
    ledger.add_wages(CostPhase::running, Money{} - usual, work.begin, work.end, &calendar, false);
}

void Replication::learn_of(const Build& build) {
  if (build.defective && !build.by_image) known_defects_[build.defect] = true;
}

bool Replication::has_known_defect(const Build& build) const {
  if (!build.defective) return false;
  return build.by_image ? images[build.image].versions[build.version].known_bad
                        : known_defects_[build.defect];
}

}  // namespace rollcast::model
