/// The end of a replication: accounts are closed at the horizon, and sums become metrics.
#include <algorithm>
#include <cmath>

#include "processes.hpp"
#include "recovery.hpp"

namespace rollcast::model {
namespace {

double& at(Outcome& outcome, Metric metric) {
  return outcome.metrics[static_cast<std::size_t>(metric)];
}

/// Storage of the images' copies that are left.
void book_image_storage(Replication& run) {
  for (std::size_t index = 0; index < run.images.size(); ++index)
    for (const ImageVersion& version : run.images[ImageId{index}].versions)
      for (const StoredCopy& copy : version.copies)
        book_image_copy(run, ImageId{index}, copy, run.horizon);
}

/// Dedicated people cost all their working hours: what they worked for is booked already, and taken
/// off there.
void book_dedicated_staff(Replication& run) {
  for (std::size_t index = 0; index < run.staff.size(); ++index) {
    const Staff& pool = run.world.staff[StaffId{index}];
    if (!pool.dedicated) continue;
    const kernel::WorkCalendar& calendar = run.calendars[StaffId{index}];
    const Duration hours = calendar.worked(kStart, run.horizon);
    const Money wages = hourly(pool.wage_per_hour, hours) * static_cast<double>(pool.people);
    run.ledger.add_wages(CostPhase::running, wages, kStart, run.horizon, &calendar, false);
  }
}

double utilisation(const Replication& run) {
  const TimePoint end = std::min(run.tally.rollout_ended, run.horizon);
  double capacity = 0;
  for (std::size_t index = 0; index < run.staff.size(); ++index)
    capacity += to_hours(run.calendars[StaffId{index}].worked(kStart, end)) *
                static_cast<double>(run.world.staff[StaffId{index}].people);
  return capacity > 0 ? std::min(1.0, run.tally.deployment_effort_hours / capacity) : 0.0;
}

bool holds(const Replication& run, const Outcome& outcome, const Condition& condition,
           bool all_others) {
  if (const auto* ready = std::get_if<ReadyBy>(&condition)) {
    const auto needed = static_cast<std::size_t>(std::max<std::int64_t>(ready->entered, 0));
    if (needed == 0) return true;
    return run.entries.size() >= needed && run.entries[needed - 1] <= ready->by;
  }
  if (const auto* cost = std::get_if<CostAtMost>(&condition))
    return run.ledger.of(cost->scope) <= cost->limit;
  if (const auto* most = std::get_if<MetricAtMost>(&condition)) {
    const double value = outcome.metrics[static_cast<std::size_t>(most->metric)];
    // A run with nothing to say (no incident, so no recovery) breaks no limit.
    return std::isnan(value) || value <= most->limit;
  }
  if (const auto* least = std::get_if<MetricAtLeast>(&condition)) {
    const double value = outcome.metrics[static_cast<std::size_t>(least->metric)];
    // Nothing is not enough: where no instance ever served, none was available. What never comes
    // is late enough where it is an outage.
    const bool good_if_never = least->metric == Metric::service_time_to_outage;
    return value >= least->limit && (good_if_never || !std::isinf(value));
  }
  return all_others;
}

void judge_objectives(const Replication& run, Outcome& outcome) {
  bool all = true;
  for (const Objective& objective : run.scenario.objectives)
    if (!std::holds_alternative<AllObjectives>(objective.condition))
      all = all && holds(run, outcome, objective.condition, true);
  for (const Objective& objective : run.scenario.objectives)
    outcome.objectives.push_back(holds(run, outcome, objective.condition, all) ? 1 : 0);
}

/// Of the groups that are asked for over time: from being asked for to service entry.
void fill_demand(const Replication& run, Outcome& outcome) {
  double sum = 0, longest = 0, asked = 0;
  bool all = true;
  for (std::size_t slot = 0; slot < static_cast<std::size_t>(run.desired()); ++slot) {
    const Instance& self = run.instances[slot];
    const bool over_time = run.world.groups[self.group].demand.has_value();
    if (!over_time || self.asked > run.horizon) continue;
    asked += 1;
    all = all && self.entered != kNever;
    if (!all) continue;
    sum += to_seconds(self.entered - self.asked);
    longest = std::max(longest, to_seconds(self.entered - self.asked));
  }
  at(outcome, Metric::demand_to_ready_mean) = asked == 0 ? kNoValue
                                              : all      ? sum / asked
                                                         : kNotReached;
  at(outcome, Metric::demand_to_ready_max) = asked == 0 ? kNoValue : all ? longest : kNotReached;
}

void fill_ready(const Replication& run, Outcome& outcome) {
  const auto desired = static_cast<std::size_t>(run.desired());
  const bool complete = run.entries.size() == desired;
  const bool ended = complete && !run.tally.aborted && run.tally.rollout_ended <= run.horizon;
  const auto seconds = [](TimePoint time) { return to_seconds(time - kStart); };
  const double ready = complete ? seconds(run.entries.back()) : kNotReached;
  bool any_image = false;
  for (const ImageState& image : run.images) any_image = any_image || image.used;
  at(outcome, Metric::ready_time) = ready;
  at(outcome, Metric::image_to_ready_time) = !any_image ? kNoValue
                                             : complete ? ready - seconds(run.tally.images_ready)
                                                        : kNotReached;
  at(outcome, Metric::first_ready_time) =
      run.entries.empty() ? kNotReached : seconds(run.entries.front());
  at(outcome, Metric::rollout_time) = ended ? seconds(run.tally.rollout_ended) : kNotReached;
  at(outcome, Metric::ready_share) =
      static_cast<double>(run.entries.size()) / static_cast<double>(desired);
  fill_demand(run, outcome);
  at(outcome, Metric::rollout_aborted) = run.tally.aborted ? 1 : 0;
  at(outcome, Metric::rollout_stalled) =
      run.tally.stalled || run.tally.rollout_ended > run.horizon ? 1 : 0;
  for (std::size_t point = 0; point < kReadyPoints; ++point) {
    const std::size_t entry = ((point + 1) * desired + kReadyPoints - 1) / kReadyPoints;
    outcome.ready_curve[point] =
        entry <= run.entries.size() ? seconds(run.entries[entry - 1]) : kNotReached;
  }
}

void fill_impact(Replication& run, Outcome& outcome) {
  const double out_hours = run.out.integral() / 3600.0;
  const double in_service_hours = run.serving.integral() / 3600.0 + out_hours;
  const bool complete = static_cast<std::int64_t>(run.entries.size()) == run.desired();
  at(outcome, Metric::impact_peak) = run.impacted.max();
  at(outcome, Metric::impact_out_peak) = run.out.max();
  at(outcome, Metric::impact_defective_peak) = run.defective.max();
  at(outcome, Metric::impact_image_peak) = run.image_defects.max();
  at(outcome, Metric::impact_own_peak) = run.own_defects.max();
  at(outcome, Metric::impact_instance_hours) = run.impacted.integral() / 3600.0;
  at(outcome, Metric::impact_out_instance_hours) = out_hours;
  at(outcome, Metric::impact_defective_instance_hours) = run.defective.integral() / 3600.0;
  at(outcome, Metric::availability) =
      in_service_hours > 0 ? 1.0 - out_hours / in_service_hours : kNoValue;
  at(outcome, Metric::capacity_peak) = run.existing.max();
  const bool was_whole = complete || run.world.update;
  at(outcome, Metric::capacity_least) =
      was_whole ? static_cast<double>(run.tally.least_serving) : 0.0;
}

void fill_service(Replication& run, Outcome& outcome) {
  ServiceLevel& service = run.service;
  for (const Metric metric :
       {Metric::service_ready_time, Metric::service_availability, Metric::service_out_hours,
        Metric::service_outages, Metric::service_time_to_outage})
    at(outcome, metric) = kNoValue;
  if (!service.is_watched()) return;
  service.close(run.horizon);
  const TimePoint stood = service.stood();
  if (stood == kNever) {  // one outage, from the start to the horizon
    at(outcome, Metric::service_ready_time) = kNotReached;
    at(outcome, Metric::service_availability) = 0;
    at(outcome, Metric::service_out_hours) = to_hours(run.horizon - kStart);
    at(outcome, Metric::service_outages) = 1;
    at(outcome, Metric::service_time_to_outage) = 0;
    return;
  }
  const double hours = to_hours(service.out());
  const double since_then = to_hours(run.horizon - stood);
  at(outcome, Metric::service_ready_time) = to_seconds(stood - kStart);
  at(outcome, Metric::service_availability) = since_then > 0 ? 1.0 - hours / since_then : 1.0;
  at(outcome, Metric::service_out_hours) = hours;
  at(outcome, Metric::service_outages) = static_cast<double>(service.outages());
  at(outcome, Metric::service_time_to_outage) =
      service.first_outage() == kNever ? kNotReached : to_seconds(service.first_outage() - stood);
}

void fill_update(Replication& run, Outcome& outcome) {
  const bool updated = run.world.update.has_value();
  const Tally& tally = run.tally;
  const bool patched = tally.patched != kNever && !tally.rolled_back;
  at(outcome, Metric::mixed_version_instance_hours) = run.mixed.integral() / 3600.0;
  at(outcome, Metric::update_patched_time) = !updated  ? kNoValue
                                             : patched ? to_seconds(tally.patched - kStart)
                                                       : kNotReached;
  at(outcome, Metric::update_vulnerable_instance_hours) = run.vulnerable.integral() / 3600.0;
  at(outcome, Metric::rollout_rolled_back) = tally.rolled_back ? 1 : 0;
  at(outcome, Metric::rollout_rollback_time) = tally.rollback_hours;
}

/// Incidents that nothing has ended: what they have lost is lost all the same.
void keep_open_incidents(Replication& run) {
  const auto keep = [&run](TimePoint onset, double loss) {
    if (onset == kNever) return;
    ++run.tally.open_incidents;
    run.incidents.push_back(IncidentRecord{static_cast<float>(to_hours(run.horizon - onset)),
                                           static_cast<float>(loss), true});
  };
  for (std::size_t index = 0; index < run.instances.size(); ++index) {
    Instance& self = run.instances[index];
    if (self.incident_onset != kNever) {
      settle_data(run, InstanceId{index});
      run.note_loss(self.open_data_loss);
    }
    keep(self.incident_onset, self.open_data_loss);
    keep(self.older_onset, kNoValue);
  }
}

void fill_recovery(const Replication& run, Outcome& outcome) {
  const Tally& tally = run.tally;
  const auto count = static_cast<double>(run.incidents.size());
  const std::int64_t open = tally.open_incidents;
  at(outcome, Metric::recovery_time_mean) = open > 0    ? kNotReached
                                            : count > 0 ? tally.recovery_hours / count
                                                        : kNoValue;
  at(outcome, Metric::recovery_time_max) = open > 0 ? kNotReached : tally.longest_recovery;
  at(outcome, Metric::recovery_data_loss_mean) =
      tally.losses > 0 ? tally.lost_hours / static_cast<double>(tally.losses) : kNoValue;
  at(outcome, Metric::recovery_data_loss_max) = tally.largest_loss;
  at(outcome, Metric::recovery_open) = static_cast<double>(open);
  at(outcome, Metric::incidents_count) = static_cast<double>(tally.incidents);
}

void fill_work(const Replication& run, Outcome& outcome) {
  const Tally& tally = run.tally;
  at(outcome, Metric::launches_attempted) = static_cast<double>(tally.launches_attempted);
  at(outcome, Metric::launches_failed) = static_cast<double>(tally.launches_failed);
  at(outcome, Metric::instances_abandoned) = static_cast<double>(tally.abandoned);
  at(outcome, Metric::defects_live) = static_cast<double>(tally.defects_live);
  at(outcome, Metric::backups_skipped) = static_cast<double>(tally.backups_skipped);
  at(outcome, Metric::staff_effort_hours) = tally.effort_hours;
  at(outcome, Metric::staff_utilisation) = utilisation(run);
  at(outcome, Metric::staff_out_of_hours) = tally.out_of_hours;
  at(outcome, Metric::waiting_staff) = tally.wait_staff;
  at(outcome, Metric::waiting_quota) = tally.wait_quota;
  at(outcome, Metric::waiting_api) = tally.wait_api;
  at(outcome, Metric::waiting_copy) = tally.wait_copy;
  at(outcome, Metric::waiting_image_quota) = tally.wait_image_quota;
  at(outcome, Metric::waiting_copy_tasks) = tally.wait_copy_tasks;
  at(outcome, Metric::image_versions) = static_cast<double>(tally.image_versions);
  at(outcome, Metric::defects_drifted) = static_cast<double>(tally.drifted);
  const bool patched = tally.patched_service_hours > 0;
  at(outcome, Metric::patches_missing) =
      patched ? tally.missing_patch_hours / tally.patched_service_hours : kNoValue;
  at(outcome, Metric::vulnerable_instance_hours) = patched ? tally.vulnerable_hours : kNoValue;
  at(outcome, Metric::waiting_soak) = tally.wait_soak;
  at(outcome, Metric::waiting_approval) = tally.wait_approval;
  at(outcome, Metric::waiting_window) = tally.wait_window;
}

}  // namespace

void Replication::close_accounts() {
  for (std::size_t index = 0; index < instances.size(); ++index) {
    Instance& self = instances[index];
    book_outage(self);
    const bool serves = self.entered != kNever && self.out_since == kNever && !self.idle;
    if (serves) count_missing_patches(self);
    if (self.accepted == kNever) continue;
    const CostPhase phase = self.entered == kNever || self.idle ? rollout.phase
                            : self.accepted >= self.out_since   ? CostPhase::in_incidents
                                                                : CostPhase::running;
    bill(InstanceId{index}, horizon - self.accepted, phase);
  }
  book_image_storage(*this);
  book_backup_storage(*this);
  book_standby_storage(*this);
  book_dedicated_staff(*this);
  missing_hours.advance(horizon, missing.value());
  missing_hours.book(ledger, CostKind::delay, CostPhase::running, world.delay_per_missing_hour);
  defect_hours.advance(horizon, defective.value());
  defect_hours.book(ledger, CostKind::incidents, CostPhase::in_incidents,
                    world.defects.cost_per_hour);
  if (world.patches)
    patch_hours.book(ledger, CostKind::incidents, CostPhase::in_incidents,
                     world.patches->cost_per_hour);
}

void Replication::fill_costs(Outcome& outcome) {
  constexpr auto kFirstKind = static_cast<std::size_t>(Metric::cost_instances);
  constexpr auto kFirstPhase = static_cast<std::size_t>(Metric::cost_deployment);
  at(outcome, Metric::cost_total) = ledger.total().units();
  for (std::size_t kind = 0; kind < kCostKinds; ++kind)
    outcome.metrics[kFirstKind + kind] = ledger.of(static_cast<CostKind>(kind)).units();
  for (std::size_t phase = 0; phase < kCostPhases; ++phase)
    outcome.metrics[kFirstPhase + phase] = ledger.of(static_cast<CostPhase>(phase)).units();
  at(outcome, Metric::cost_images) = ledger.for_images().units();
  at(outcome, Metric::cost_ranked) = ledger.of(scenario.ranking).units();
}

Outcome Replication::finish() {
  sim.destroy_processes();
  keep_open_incidents(*this);  // before their backups are deleted
  close_accounts();
  Outcome outcome;
  outcome.digest = sim.digest();
  outcome.events = sim.events();
  fill_ready(*this, outcome);
  fill_impact(*this, outcome);
  fill_service(*this, outcome);
  fill_update(*this, outcome);
  fill_recovery(*this, outcome);
  fill_work(*this, outcome);
  fill_costs(outcome);
  judge_objectives(*this, outcome);
  outcome.incidents = std::move(incidents);
  for (const Money month : ledger.cash_flow()) outcome.cash_flow.push_back(month.units());
  return outcome;
}

}  // namespace rollcast::model
