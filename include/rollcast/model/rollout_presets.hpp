#pragma once
/// The policies of the tools as their users write them: each tool's parameters with its defaults,
/// and what they come to for a fleet, as a Rollout that the one engine executes. Tools that have no
/// step-wise first deployment bring a fleet that does not run yet up all at once.
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "rollcast/base/time.hpp"
#include "rollcast/model/rollout.hpp"
#include "rollcast/model/rollout_policy.hpp"

namespace rollcast::model::policy {

/// What a policy must know of the fleet.
struct FleetShape {
  std::int64_t desired = 0;
  bool running = false;  ///< another version is to be replaced
  int zones = 1;         ///< of the region with most of them
  /// Region and zone of each desired instance, groups in the order of the file.
  std::vector<std::size_t> region;
  std::vector<std::size_t> zone;
};

/// Deployment, RollingUpdate. A policy that names neither bound uses 25 % for both.
struct Kubernetes {
  std::optional<Amount> max_surge;
  std::optional<Amount> max_unavailable;
  Duration min_ready{};
  Duration progress_deadline = std::chrono::seconds(600);
};
struct Ansible {
  std::vector<Amount> serial;  ///< empty: all at once
  std::optional<double> max_fail_percentage;
};
struct CodeDeploy {
  enum class Type { in_place, linear, canary };
  enum class Configuration { one_at_a_time, half_at_a_time, all_at_once };
  Type type = Type::in_place;
  Configuration configuration = Configuration::one_at_a_time;  ///< in place
  std::optional<Amount> minimum_healthy_hosts;                 ///< in place, instead of that
  double percentage = 10;                                      ///< linear, canary: of the traffic
  Duration interval = std::chrono::minutes(1);
  bool auto_rollback = false;
};
struct InstanceRefresh {
  double min_healthy_percentage = 90;
  double max_healthy_percentage = 100;
  Duration instance_warmup{};
  std::vector<double> checkpoint_percentages;  ///< ascending; empty: none
  Duration checkpoint_delay = std::chrono::hours(1);
  Duration bake_time{};
  bool auto_rollback = false;
};
struct Vmss {
  double max_batch_instance_percent = 20;
  double max_unhealthy_instance_percent = 20;
  double max_unhealthy_upgraded_instance_percent = 20;
  Duration pause_between_batches{};
  bool max_surge = false;  ///< a batch's new instances come before its old ones go
};
struct Mig {
  std::optional<Amount> max_surge;        ///< absent: the number of zones
  std::optional<Amount> max_unavailable;  ///< absent: the number of zones
  Duration min_ready{};
  Rounding rounding = Rounding::up;
};
/// One step of a canary: exactly one of the four.
struct ArgoStep {
  enum class Kind { set_weight, pause, approval, analysis };
  Kind kind = Kind::pause;
  std::int64_t weight = 0;
  Duration length{};
  Analysis analysis;
};
struct Argo {
  std::vector<ArgoStep> steps;
  Amount max_surge = Amount::percent(25);
  Amount max_unavailable = Amount::percent(25);
  bool traffic_routing = false;
  Duration min_ready{};
  Duration progress_deadline = std::chrono::seconds(600);
};
struct Flagger {
  Duration interval = std::chrono::seconds(60);
  std::int64_t threshold = 1;
  std::int64_t step_weight = 10;
  std::int64_t max_weight = 100;
};
struct Spinnaker {
  std::vector<double> target_percentages;
  Duration delay_before_disable{};
};
struct BlueGreen {
  Duration reroute_after{};  ///< the new fleet is ready and waits
  bool approved = false;     ///< somebody lets the work move
  Duration bake{};           ///< watched after the work has moved
  Duration retention{};      ///< of the old fleet
};
/// First one instance, then its zone, its region, then growing groups of regions.
struct Waves {
  RandomDuration bake;              ///< watched time after every wave
  double growth = 2;                ///< each group of regions has so many times more
  std::optional<Amount> max_surge;  ///< neither: a wave is replaced all at once
  std::optional<Amount> max_unavailable;
  std::optional<Probability> stop_above = Probability{0.0};
};

using Policy = std::variant<Kubernetes, Ansible, CodeDeploy, InstanceRefresh, Vmss, Mig, Argo,
                            Flagger, Spinnaker, BlueGreen, Waves>;

/// What `policy` comes to for a fleet. REQUIRES desired >= 1, and parameters within the tool's
/// limits (weights and percentages ascending, from 0 to 100).
[[nodiscard]] Rollout resolve(const Policy& policy, const FleetShape& fleet);

}  // namespace rollcast::model::policy
