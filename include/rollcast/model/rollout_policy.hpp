#pragma once
/// The arithmetic of the tools that roll fleets out: their rounding, their defaults, their stopping
/// rules. Pure functions; nothing is drawn at random and nothing fails but by a broken REQUIRES.
/// Each names the part of the tool that it follows. rollout_presets.hpp turns a tool's parameters
/// into a Rollout with them.
#include <cstdint>
#include <optional>
#include <vector>

#include "rollcast/base/time.hpp"

namespace rollcast::model::policy {

/// A number of instances, or a share of a whole: 3, 25 %. REQUIRES count >= 0, share >= 0.
struct Amount {
  [[nodiscard]] static Amount of(std::int64_t instances) { return {false, 0.0, instances}; }
  [[nodiscard]] static Amount percent(double percentage) { return {true, percentage / 100.0, 0}; }
  bool is_share = false;
  double share = 0.0;
  std::int64_t count = 0;
};

/// The amount in instances of `whole`; a share within 1e-9 of a whole number is that number.
[[nodiscard]] std::int64_t rounded_up(const Amount& amount, std::int64_t whole);
[[nodiscard]] std::int64_t rounded_down(const Amount& amount, std::int64_t whole);

// ---- rolling within bounds: Kubernetes Deployment, and all that roll like it

/// Instances above and below the desired number that a rolling update may use.
struct Bounds {
  std::int64_t surge = 0;
  std::int64_t unavailable = 0;
  friend bool operator==(const Bounds&, const Bounds&) = default;
};

/// Kubernetes (ResolveFenceposts): surge rounds up, unavailable down; a parameter that is set to
/// nothing is 0, and where both are 0 one instance may be unavailable.
[[nodiscard]] Bounds kubernetes_bounds(const std::optional<Amount>& max_surge,
                                       const std::optional<Amount>& max_unavailable,
                                       std::int64_t desired);

/// Where a rolling update stands. "Available": serving for at least the minimum ready time.
struct Rolling {
  std::int64_t desired = 0;
  std::int64_t fresh = 0;  ///< instances of the new version that exist or are being launched
  std::int64_t fresh_available = 0;
  std::int64_t old = 0;  ///< instances of other versions that exist
  std::int64_t old_available = 0;
  /// Of the new ones, those that were given up and take no place any more.
  std::int64_t gone = 0;
};
/// New instances that may be launched now: while fewer than desired + surge exist and fewer than
/// `until` are new (NewRSNewReplicas). REQUIRES until <= desired.
[[nodiscard]] std::int64_t may_launch(const Rolling& now, const Bounds& bounds, std::int64_t until);
/// Old instances that may go now.
struct Removals {
  std::int64_t unhealthy = 0;  ///< of those that are not available
  std::int64_t available = 0;
  friend bool operator==(const Removals&, const Removals&) = default;
};
/// Those that are not available go first, then others while more than desired - unavailable are
/// available; new instances that are not available yet let fewer go (reconcileOldReplicaSets). At
/// least `keep` old ones stay.
[[nodiscard]] Removals may_remove(const Rolling& now, const Bounds& bounds, std::int64_t keep);

/// GCP managed instance group: counts, or shares of a group of at least 10; the manual leaves open
/// which way a share rounds.
enum class Rounding { up, down };
[[nodiscard]] Bounds mig_bounds(const Amount& max_surge, const Amount& max_unavailable,
                                std::int64_t desired, Rounding rounding);

// ---- canary with steps: Argo Rollouts

struct CanaryCounts {
  std::int64_t canary = 0;
  std::int64_t stable = 0;
  friend bool operator==(const CanaryCounts&, const CanaryCounts&) = default;
};
/// Replicas that come nearest to a weight of `weight` percent without traffic splitting, of
/// `desired` or, with a surge, of one more (approximateWeightedCanaryStableReplicaCounts). REQUIRES
/// 0 <= weight <= 100.
[[nodiscard]] CanaryCounts argo_counts(std::int64_t desired, std::int64_t weight,
                                       std::int64_t max_surge);
/// With traffic splitting: the canary rounds up, the stable version keeps all its replicas.
[[nodiscard]] CanaryCounts argo_counts_with_traffic(std::int64_t desired, std::int64_t weight);

/// One measurement of an analysis.
enum class Measurement { successful, failed, inconclusive, error };
struct AnalysisLimits {
  std::int64_t failure_limit = 0;
  std::int64_t inconclusive_limit = 0;
  std::int64_t consecutive_error_limit = 4;
};
enum class Verdict { running, successful, failed, inconclusive, error };
/// What is known after these measurements of `count`: one over a limit ends the analysis.
[[nodiscard]] Verdict argo_verdict(const std::vector<Measurement>& measurements, std::int64_t count,
                                   const AnalysisLimits& limits);

// ---- fixed batches: Ansible

/// Batches of `serial` (PlaybookExecutor): the last entry repeats; a share is of the original
/// number, truncated, at least 1; 0 and an empty list mean all that are left.
[[nodiscard]] std::vector<std::int64_t> ansible_batches(const std::vector<Amount>& serial,
                                                        std::int64_t hosts);
/// Whether the play ends after a batch: strictly more than max_fail_percentage of it failed, or all
/// of it. REQUIRES 0 <= failed <= batch.
[[nodiscard]] bool ansible_stops(std::int64_t failed, std::int64_t batch,
                                 std::optional<double> max_fail_percentage);

// ---- minimum healthy hosts: AWS CodeDeploy

/// A percentage rounds up.
[[nodiscard]] std::int64_t codedeploy_minimum(const Amount& minimum_healthy, std::int64_t hosts);
/// The predefined configurations, as minimum healthy hosts.
[[nodiscard]] std::int64_t codedeploy_one_at_a_time(std::int64_t hosts);
[[nodiscard]] std::int64_t codedeploy_half_at_a_time(std::int64_t hosts);
/// Hosts that may be deployed to at once; a host that is being deployed to counts as healthy.
[[nodiscard]] std::int64_t codedeploy_concurrency(std::int64_t healthy, std::int64_t minimum);
enum class DeploymentState { running, succeeded, failed };
/// How a deployment stands: it fails when hosts wait and not more than the minimum are healthy; the
/// last host may fail; one success at least is due. REQUIRES succeeded + failed + under_way <=
/// hosts.
[[nodiscard]] DeploymentState codedeploy_state(std::int64_t hosts, std::int64_t succeeded,
                                               std::int64_t failed, std::int64_t under_way,
                                               std::int64_t minimum);
/// One step of a shift of traffic: the share of the new version from `after` on.
struct TrafficStep {
  Duration after{};
  double share = 0.0;
  friend bool operator==(const TrafficStep&, const TrafficStep&) = default;
};
/// `percentage` at once and after every further `interval`, until all is shifted. REQUIRES 0 <
/// percentage <= 100.
[[nodiscard]] std::vector<TrafficStep> linear_traffic(double percentage, Duration interval);
/// `percentage` at once, the rest after `interval`.
[[nodiscard]] std::vector<TrafficStep> canary_traffic(double percentage, Duration interval);

// ---- replacement within health bounds: EC2 Auto Scaling instance refresh

/// The minimum rounds up; below 100 % at least one instance may go before its replacement is there.
/// The maximum rounds down; a minimum of 100 % launches at least one before any goes. REQUIRES 0 <=
/// min <= 100 <= max <= 200.
[[nodiscard]] Bounds instance_refresh_bounds(double min_healthy_percentage,
                                             double max_healthy_percentage, std::int64_t desired);
/// New instances at each checkpoint; a share rounds up ("at least").
[[nodiscard]] std::vector<std::int64_t> instance_refresh_checkpoints(
    const std::vector<double>& percentages, std::int64_t desired);

// ---- percent batches: Azure virtual machine scale sets

/// Size of the batches: a percentage rounded down, at least 1; the last is what is left.
[[nodiscard]] std::vector<std::int64_t> vmss_batches(double max_batch_instance_percent,
                                                     std::int64_t instances);

// ---- traffic steps: Flagger

/// Weights that a promotion passes: step, 2 step, ... up to the first at or above `max_weight`,
/// none above 100; then it is promoted. REQUIRES 0 < step_weight, 0 < max_weight <= 100.
[[nodiscard]] std::vector<std::int64_t> flagger_weights(std::int64_t step_weight,
                                                        std::int64_t max_weight);
/// The least time to promote, and to roll back after `threshold` failed checks.
[[nodiscard]] Duration flagger_promotion(Duration interval, std::int64_t step_weight,
                                         std::int64_t max_weight);
[[nodiscard]] Duration flagger_rollback(Duration interval, std::int64_t threshold);

// ---- red/black in steps: Spinnaker

/// New instances after each step: a percentage rounded up; 100 is appended unless it is there.
[[nodiscard]] std::vector<std::int64_t> spinnaker_targets(const std::vector<double>& percentages,
                                                          std::int64_t desired);

// ---- waves

/// Cumulative percentages first, first + first·growth, ... as in first·growth^k cumulated, the last
/// 100. With `first` 2 and `growth` 2 the waves are 2, 4, 8, ... % large. REQUIRES 0 < first <=
/// 100, growth >= 1.
[[nodiscard]] std::vector<double> growing_shares(double first, double growth);
/// How many units (regions, say) each wave takes: first, first·growth, ..., until all are taken;
/// a fraction is rounded down, at least 1. REQUIRES first >= 1, growth >= 1.
[[nodiscard]] std::vector<std::int64_t> growing_groups(std::int64_t units, std::int64_t first,
                                                       double growth);

}  // namespace rollcast::model::policy
