#include "rollcast/model/rollout_presets.hpp"

#include <algorithm>
#include <tuple>

#include "rollcast/base/assertion.hpp"

namespace rollcast::model::policy {
namespace {

RandomDuration constant(Duration length) {
  return RandomDuration{random::Distribution::constant(to_seconds(length))};
}

/// Everything at once, as a tool does it that finds nothing to replace.
Rollout all_at_once(const FleetShape& fleet) {
  Rollout rollout;
  rollout.sizes = {fleet.desired};
  return rollout;
}

/// Step by step within bounds, towards the whole fleet.
Rollout within(const Bounds& bounds, const FleetShape& fleet) {
  Rollout rollout = all_at_once(fleet);
  rollout.pace = Pace::rolling;
  rollout.surge = bounds.surge;
  rollout.unavailable = std::min(bounds.unavailable, fleet.desired);
  rollout.after_stop = AfterStop::keep;
  return rollout;
}

/// Sizes of the stages that reach these counts; a count that was reached before adds nothing.
std::vector<std::int64_t> increments(const std::vector<std::int64_t>& counts) {
  std::vector<std::int64_t> sizes;
  std::int64_t reached = 0;
  for (const std::int64_t count : counts) {
    sizes.push_back(std::max<std::int64_t>(0, count - reached));
    reached = std::max(reached, count);
  }
  return sizes;
}

Rollout resolve_policy(const Kubernetes& tool, const FleetShape& fleet) {
  std::optional<Amount> surge = tool.max_surge, unavailable = tool.max_unavailable;
  if (!surge && !unavailable) surge = unavailable = Amount::percent(25);
  Rollout rollout = within(kubernetes_bounds(surge, unavailable, fleet.desired), fleet);
  rollout.min_ready = tool.min_ready;
  rollout.progress_deadline = tool.progress_deadline;
  rollout.retries_forever = true;
  return rollout;
}

Rollout resolve_policy(const Ansible& tool, const FleetShape& fleet) {
  Rollout rollout;
  rollout.sizes = ansible_batches(tool.serial, fleet.desired);
  if (tool.max_fail_percentage) rollout.stop_above = Probability{*tool.max_fail_percentage / 100.0};
  rollout.stop.whole_stage_failed = true;
  rollout.after_stop = AfterStop::keep;
  return rollout;
}

std::int64_t minimum_healthy(const CodeDeploy& tool, std::int64_t hosts) {
  if (tool.minimum_healthy_hosts) return codedeploy_minimum(*tool.minimum_healthy_hosts, hosts);
  switch (tool.configuration) {
    case CodeDeploy::Configuration::one_at_a_time:
      return codedeploy_one_at_a_time(hosts);
    case CodeDeploy::Configuration::half_at_a_time:
      return codedeploy_half_at_a_time(hosts);
    case CodeDeploy::Configuration::all_at_once:
      return 0;
  }
  return 0;
}

Rollout resolve_policy(const CodeDeploy& tool, const FleetShape& fleet) {
  const AfterStop after = tool.auto_rollback ? AfterStop::roll_back : AfterStop::keep;
  if (tool.type == CodeDeploy::Type::in_place) {
    Rollout rollout = within(
        {0, codedeploy_concurrency(fleet.desired, minimum_healthy(tool, fleet.desired))}, fleet);
    rollout.hosts_exist = true;
    rollout.stop.stuck = true;
    rollout.stop.nothing_succeeded = true;
    rollout.checks = InstanceChecks::when_available;
    rollout.after_stop = after;
    return rollout;
  }
  Rollout rollout = all_at_once(fleet);
  rollout.after_stop = after;
  if (!fleet.running) return rollout;
  rollout.stop_above = Probability{0.0};
  const auto steps = tool.type == CodeDeploy::Type::linear
                         ? linear_traffic(tool.percentage, tool.interval)
                         : canary_traffic(tool.percentage, tool.interval);
  rollout.sizes.resize(steps.size(), 0);
  for (std::size_t step = 0; step < steps.size(); ++step) {
    rollout.traffic.push_back(rounded_up(Amount::percent(steps[step].share * 100), fleet.desired));
    StageEnd end;
    if (step + 1 < steps.size()) end.pause = constant(steps[step + 1].after - steps[step].after);
    rollout.ends.push_back(end);
  }
  return rollout;
}

Rollout resolve_policy(const InstanceRefresh& tool, const FleetShape& fleet) {
  if (!fleet.running) return all_at_once(fleet);
  Rollout rollout = within(instance_refresh_bounds(tool.min_healthy_percentage,
                                                   tool.max_healthy_percentage, fleet.desired),
                           fleet);
  if (!tool.checkpoint_percentages.empty())
    rollout.sizes =
        increments(instance_refresh_checkpoints(tool.checkpoint_percentages, fleet.desired));
  rollout.ends.resize(rollout.sizes.size());
  for (StageEnd& end : rollout.ends) end.pause = constant(tool.checkpoint_delay);
  rollout.ends.back().pause = RandomDuration{};
  rollout.ends.back().soak = constant(tool.bake_time);
  rollout.min_ready = tool.instance_warmup;
  rollout.retries_forever = true;
  if (tool.auto_rollback) rollout.after_stop = AfterStop::roll_back;
  return rollout;
}

Rollout resolve_policy(const Vmss& tool, const FleetShape& fleet) {
  if (!fleet.running) return all_at_once(fleet);
  Rollout rollout;
  rollout.sizes = vmss_batches(tool.max_batch_instance_percent, fleet.desired);
  if (tool.max_surge) {
    rollout.pace = Pace::rolling;
    rollout.surge = rollout.sizes.front();
  }
  rollout.pause = constant(tool.pause_between_batches);
  rollout.stop.unhealthy_before_above = Probability{tool.max_unhealthy_instance_percent / 100.0};
  rollout.stop.unhealthy_updated_above =
      Probability{tool.max_unhealthy_upgraded_instance_percent / 100.0};
  rollout.after_stop = AfterStop::keep;
  return rollout;
}

Rollout resolve_policy(const Mig& tool, const FleetShape& fleet) {
  const Amount zones = Amount::of(fleet.zones);
  Rollout rollout =
      within(mig_bounds(tool.max_surge.value_or(zones), tool.max_unavailable.value_or(zones),
                        fleet.desired, tool.rounding),
             fleet);
  rollout.min_ready = tool.min_ready;
  rollout.retries_forever = true;
  return rollout;
}

Rollout resolve_policy(const Argo& tool, const FleetShape& fleet) {
  const Bounds bounds = kubernetes_bounds(tool.max_surge, tool.max_unavailable, fleet.desired);
  Rollout rollout = within(bounds, fleet);
  rollout.min_ready = tool.min_ready;
  rollout.progress_deadline = tool.progress_deadline;
  rollout.retries_forever = true;
  rollout.after_stop = AfterStop::roll_back;
  if (!fleet.running) return rollout;
  rollout.checks = InstanceChecks::never;
  if (tool.traffic_routing) rollout.surge = fleet.desired;
  rollout.sizes.clear();
  CanaryCounts counts{0, fleet.desired};
  std::int64_t reached = 0;
  const auto add_stage = [&](const StageEnd& end) {
    rollout.sizes.push_back(std::max<std::int64_t>(0, counts.canary - reached));
    reached = std::max(reached, counts.canary);
    rollout.keep_old.push_back(counts.stable);
    rollout.ends.push_back(end);
  };
  for (const ArgoStep& step : tool.steps) {
    StageEnd end;
    if (step.kind == ArgoStep::Kind::set_weight)
      counts = tool.traffic_routing ? argo_counts_with_traffic(fleet.desired, step.weight)
                                    : argo_counts(fleet.desired, step.weight, bounds.surge);
    if (step.kind == ArgoStep::Kind::pause) end.pause = constant(step.length);
    if (step.kind == ArgoStep::Kind::approval) end.approval = true;
    if (step.kind == ArgoStep::Kind::analysis) end.analysis = step.analysis;
    add_stage(end);
  }
  if (tool.traffic_routing) {  // every canary serves before the first stable one goes
    counts = {fleet.desired, fleet.desired};
    add_stage(StageEnd{});
  }
  counts = {fleet.desired, 0};
  add_stage(StageEnd{});
  return rollout;
}

Rollout resolve_policy(const Flagger& tool, const FleetShape& fleet) {
  Rollout rollout = all_at_once(fleet);
  if (!fleet.running) return rollout;
  rollout.checks = InstanceChecks::never;
  Analysis check;
  check.interval = tool.interval;
  check.limits.failure_limit = tool.threshold - 1;
  check.repeats = true;
  StageEnd checked;
  checked.analysis = check;
  for (const std::int64_t weight : flagger_weights(tool.step_weight, tool.max_weight)) {
    rollout.traffic.push_back((weight * fleet.desired + 99) / 100);
    rollout.ends.push_back(checked);
  }
  rollout.traffic.push_back(fleet.desired);
  rollout.ends.push_back(StageEnd{});
  rollout.sizes.resize(rollout.traffic.size(), 0);
  return rollout;
}

/// The old ones of a step are disabled after its wait: as the next stage begins.
Rollout resolve_policy(const Spinnaker& tool, const FleetShape& fleet) {
  if (!fleet.running) return all_at_once(fleet);
  Rollout rollout = within({fleet.desired, 0}, fleet);
  std::vector<std::int64_t> targets = spinnaker_targets(tool.target_percentages, fleet.desired);
  rollout.sizes = increments(targets);
  rollout.sizes.push_back(0);
  rollout.keep_old = {fleet.desired};
  for (const std::int64_t target : targets) rollout.keep_old.push_back(fleet.desired - target);
  rollout.ends.resize(rollout.sizes.size());
  for (std::size_t step = 0; step < targets.size(); ++step)
    rollout.ends[step].pause = constant(tool.delay_before_disable);
  rollout.retries_forever = true;
  return rollout;
}

Rollout resolve_policy(const BlueGreen& tool, const FleetShape& fleet) {
  Rollout rollout = all_at_once(fleet);
  if (!fleet.running) return rollout;
  rollout.sizes = {fleet.desired, 0};
  rollout.traffic = {0, fleet.desired};
  rollout.ends.resize(2);
  rollout.ends[0].pause = constant(tool.reroute_after);
  rollout.ends[0].approval = tool.approved;
  rollout.ends[1].soak = constant(tool.bake);
  rollout.retention = tool.retention;
  rollout.stop_above = Probability{0.0};
  return rollout;
}

/// Instances in the order of the waves: the first, its zone, its region, then region after region.
std::vector<std::size_t> order_of_waves(const FleetShape& fleet) {
  std::vector<std::size_t> order(static_cast<std::size_t>(fleet.desired));
  for (std::size_t slot = 0; slot < order.size(); ++slot) order[slot] = slot;
  const std::size_t first_region = fleet.region.front(), first_zone = fleet.zone.front();
  const auto rank = [&](std::size_t slot) {
    const bool other = fleet.region[slot] != first_region;
    return std::tuple(other, other ? fleet.region[slot] : 0, fleet.zone[slot] != first_zone,
                      fleet.zone[slot], slot);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t left, std::size_t right) { return rank(left) < rank(right); });
  return order;
}

Rollout resolve_policy(const Waves& tool, const FleetShape& fleet) {
  ROLLCAST_ASSERT(fleet.region.size() == static_cast<std::size_t>(fleet.desired) &&
                      fleet.zone.size() == fleet.region.size(),
                  "places of {} and {} of {} instances", fleet.region.size(), fleet.zone.size(),
                  fleet.desired);
  Rollout rollout;
  rollout.order = order_of_waves(fleet);
  std::vector<std::int64_t> regions;  // instances of each, in the order of the waves
  std::int64_t zone = 0;
  for (std::size_t next = 0; next < rollout.order.size(); ++next) {
    const std::size_t slot = rollout.order[next];
    const bool begins = next == 0 || fleet.region[slot] != fleet.region[rollout.order[next - 1]];
    if (begins) regions.push_back(0);
    ++regions.back();
    const bool home = fleet.region[slot] == fleet.region.front();
    zone += home && fleet.zone[slot] == fleet.zone.front() ? 1 : 0;
  }
  std::vector<std::int64_t> reached{1, zone, regions.front()};
  std::size_t region = 1;
  const auto others = static_cast<std::int64_t>(regions.size()) - 1;
  const auto first = std::max<std::int64_t>(1, static_cast<std::int64_t>(tool.growth));
  for (const std::int64_t group : growing_groups(others, first, tool.growth)) {
    reached.push_back(reached.back());
    for (std::int64_t next = 0; next < group; ++next) reached.back() += regions[region++];
  }
  for (const std::int64_t size : increments(reached))
    if (size > 0) rollout.sizes.push_back(size);
  rollout.soak = tool.bake;
  rollout.stop_above = tool.stop_above;
  if (fleet.running && (tool.max_surge || tool.max_unavailable)) {
    const Bounds bounds = kubernetes_bounds(tool.max_surge, tool.max_unavailable, fleet.desired);
    rollout.pace = Pace::rolling;
    rollout.surge = bounds.surge;
    rollout.unavailable = bounds.unavailable;
  }
  return rollout;
}

}  // namespace

Rollout resolve(const Policy& policy, const FleetShape& fleet) {
  ROLLCAST_ASSERT(fleet.desired >= 1, "a fleet of {}", fleet.desired);
  return std::visit([&fleet](const auto& tool) { return resolve_policy(tool, fleet); }, policy);
}

}  // namespace rollcast::model::policy
