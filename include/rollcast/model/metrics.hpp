#pragma once
/// The numbers that every replication yields, with their names, units and how each is censored at
/// the horizon.
#include <array>
#include <cstddef>
#include <limits>
#include <optional>
#include <string_view>

namespace rollcast::model {

enum class CostKind { instances, licences, image_fees, staff, storage, transfer, delay, incidents };
inline constexpr std::size_t kCostKinds = 8;
enum class CostPhase { deployment, running, in_incidents };
inline constexpr std::size_t kCostPhases = 3;

/// Metrics of a replication; the order is that of every table. semantics.md-style definitions are
/// in metric_info().
enum class Metric {
  ready_time,
  image_to_ready_time,
  first_ready_time,
  rollout_time,
  ready_share,
  demand_to_ready_mean,
  demand_to_ready_max,
  launches_attempted,
  launches_failed,
  instances_abandoned,
  defects_live,
  defects_drifted,
  impact_peak,
  impact_out_peak,
  impact_defective_peak,
  impact_image_peak,
  impact_own_peak,
  impact_instance_hours,
  impact_out_instance_hours,
  impact_defective_instance_hours,
  availability,
  recovery_time_mean,
  recovery_time_max,
  recovery_data_loss_mean,
  recovery_data_loss_max,
  recovery_open,
  backups_skipped,
  image_versions,
  patches_missing,
  vulnerable_instance_hours,
  incidents_count,
  staff_effort_hours,
  staff_utilisation,
  staff_out_of_hours,
  capacity_peak,
  capacity_least,
  service_ready_time,
  service_availability,
  service_out_hours,
  service_outages,
  service_time_to_outage,
  mixed_version_instance_hours,
  waiting_staff,
  waiting_quota,
  waiting_api,
  waiting_copy,
  waiting_copy_tasks,
  waiting_image_quota,
  waiting_soak,
  waiting_approval,
  waiting_window,
  rollout_aborted,
  rollout_stalled,
  rollout_rolled_back,
  rollout_rollback_time,
  update_patched_time,
  update_vulnerable_instance_hours,
  cost_total,
  cost_instances,
  cost_licences,
  cost_image_fees,
  cost_staff,
  cost_storage,
  cost_transfer,
  cost_delay,
  cost_incidents,
  cost_deployment,
  cost_running,
  cost_in_incidents,
  cost_images,
  cost_ranked,
  count_
};
inline constexpr std::size_t kMetrics = static_cast<std::size_t>(Metric::count_);

enum class Unit { seconds, hours, share, instances, count, instance_hours, money, flag };

/// What a replication that ended before the value was known contributes.
enum class Censoring {
  not_reached,    ///< infinity: the value lies beyond the horizon (or will never come)
  cut_at_horizon  ///< the value up to the horizon is the value
};

/// Over what a summary pools: one value a replication, or one value an incident (recovery times,
/// data loss).
enum class Pooling { replications, incident_recovery_time, incident_data_loss };

struct MetricInfo {
  std::string_view name;   ///< stable: "impact.peak"
  std::string_view label;  ///< for people: "worst moment: instances out or defective"
  Unit unit;
  Censoring censoring;
  Pooling pooling;
  std::string_view meaning;  ///< one sentence
};

[[nodiscard]] const MetricInfo& metric_info(Metric metric);
[[nodiscard]] std::optional<Metric> find_metric(std::string_view name);

/// Did not come about within the horizon: sorts behind every value.
inline constexpr double kNotReached = std::numeric_limits<double>::infinity();
/// The replication has nothing to say (no incident, so no recovery time).
inline constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();

}  // namespace rollcast::model
