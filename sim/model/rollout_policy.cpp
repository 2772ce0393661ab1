#include "rollcast/model/rollout_policy.hpp"

#include <algorithm>
#include <cmath>

#include "rollcast/base/assertion.hpp"

namespace rollcast::model::policy {
namespace {

constexpr double kHair = 1e-9;

std::int64_t ceiling(double value) {
  return static_cast<std::int64_t>(std::ceil(value - kHair));
}
std::int64_t floor_of(double value) {
  return static_cast<std::int64_t>(std::floor(value + kHair));
}

}  // namespace

std::int64_t rounded_up(const Amount& amount, std::int64_t whole) {
  return amount.is_share ? ceiling(amount.share * static_cast<double>(whole)) : amount.count;
}

std::int64_t rounded_down(const Amount& amount, std::int64_t whole) {
  return amount.is_share ? floor_of(amount.share * static_cast<double>(whole)) : amount.count;
}

Bounds kubernetes_bounds(const std::optional<Amount>& max_surge,
                         const std::optional<Amount>& max_unavailable, std::int64_t desired) {
  Bounds bounds;
  if (max_surge) bounds.surge = rounded_up(*max_surge, desired);
  if (max_unavailable) bounds.unavailable = rounded_down(*max_unavailable, desired);
  if (bounds.surge == 0 && bounds.unavailable == 0) bounds.unavailable = 1;
  return bounds;
}

std::int64_t may_launch(const Rolling& now, const Bounds& bounds, std::int64_t until) {
  const std::int64_t room = now.desired + bounds.surge - (now.fresh - now.gone) - now.old;
  return std::clamp<std::int64_t>(std::min(room, until - now.fresh), 0, now.desired);
}

Removals may_remove(const Rolling& now, const Bounds& bounds, std::int64_t keep) {
  const std::int64_t least =
      now.desired - std::min(bounds.unavailable, now.desired);  // U <= N, whatever was asked for
  const std::int64_t not_yet = now.fresh - now.fresh_available;
  const std::int64_t surplus = now.old - keep;
  const std::int64_t at_most = std::min(now.fresh + now.old - least - not_yet, surplus);
  Removals removals;
  if (at_most <= 0) return removals;
  removals.unhealthy = std::min(at_most, now.old - now.old_available);
  const std::int64_t spare = now.fresh_available + now.old_available - least;
  removals.available =
      std::clamp<std::int64_t>(std::min(spare, surplus - removals.unhealthy), 0, now.old_available);
  return removals;
}

Bounds mig_bounds(const Amount& max_surge, const Amount& max_unavailable, std::int64_t desired,
                  Rounding rounding) {
  const auto resolve = [&](const Amount& amount) {
    return rounding == Rounding::up ? rounded_up(amount, desired) : rounded_down(amount, desired);
  };
  return {resolve(max_surge), resolve(max_unavailable)};
}

CanaryCounts argo_counts(std::int64_t desired, std::int64_t weight, std::int64_t max_surge) {
  ROLLCAST_ASSERT(weight >= 0 && weight <= 100, "a weight of {} %", weight);
  if (desired == 0) return {};
  const std::int64_t most = (desired * weight + 99) / 100;
  const std::int64_t fewest = desired * weight / 100;
  const auto tied = [weight](std::int64_t total) { return total * weight % 100 == 50; };
  const bool empty_side = weight == 0 || weight == 100 || (desired == 1 && max_surge == 0);
  struct Candidate {
    std::int64_t canary, total;
  };
  std::vector<Candidate> candidates;
  if (most < desired || empty_side) candidates.push_back({most, desired});
  if (!tied(desired) && (fewest != 0 || empty_side)) candidates.push_back({fewest, desired});
  if (max_surge > 0) {
    candidates.push_back({most, desired + 1});
    if (!tied(desired + 1) && (fewest != 0 || empty_side))
      candidates.push_back({fewest, desired + 1});
  }
  if (candidates.empty()) return {0, desired};
  const auto distance = [weight](const Candidate& candidate) {
    const double share =
        static_cast<double>(candidate.canary * 100) / static_cast<double>(candidate.total);
    return std::abs(share - static_cast<double>(weight));
  };
  Candidate best = candidates.front();
  for (const Candidate& candidate : candidates)
    if (distance(candidate) < distance(best)) best = candidate;
  return {best.canary, best.total - best.canary};
}

CanaryCounts argo_counts_with_traffic(std::int64_t desired, std::int64_t weight) {
  ROLLCAST_ASSERT(weight >= 0 && weight <= 100, "a weight of {} %", weight);
  return {(desired * weight + 99) / 100, desired};
}

Verdict argo_verdict(const std::vector<Measurement>& measurements, std::int64_t count,
                     const AnalysisLimits& limits) {
  std::int64_t failures = 0, inconclusive = 0, errors = 0, done = 0;
  for (const Measurement measurement : measurements) {
    errors = measurement == Measurement::error ? errors + 1 : 0;
    if (measurement != Measurement::error) ++done;
    if (measurement == Measurement::failed) ++failures;
    if (measurement == Measurement::inconclusive) ++inconclusive;
    if (failures > limits.failure_limit) return Verdict::failed;
    if (inconclusive > limits.inconclusive_limit) return Verdict::inconclusive;
    if (errors > limits.consecutive_error_limit) return Verdict::error;
  }
  return done >= count ? Verdict::successful : Verdict::running;
}

std::vector<std::int64_t> ansible_batches(const std::vector<Amount>& serial, std::int64_t hosts) {
  std::vector<std::int64_t> batches;
  std::size_t next = 0;
  for (std::int64_t left = hosts; left > 0;) {
    Amount size = Amount::of(0);
    if (!serial.empty()) size = serial[std::min(next++, serial.size() - 1)];
    // Truncated as Ansible does it, with the error of the binary fraction: 29 % of 100 is 28.
    const auto share = static_cast<std::int64_t>(size.share * static_cast<double>(hosts));
    std::int64_t batch = size.is_share ? std::max<std::int64_t>(1, share) : size.count;
    if (batch <= 0) batch = left;
    batches.push_back(std::min(batch, left));
    left -= batches.back();
  }
  return batches;
}

bool ansible_stops(std::int64_t failed, std::int64_t batch,
                   std::optional<double> max_fail_percentage) {
  ROLLCAST_ASSERT(failed >= 0 && failed <= batch, "{} of {} failed", failed, batch);
  if (batch > 0 && failed == batch) return true;
  if (!max_fail_percentage) return false;
  return static_cast<double>(failed) / static_cast<double>(batch) > *max_fail_percentage / 100.0;
}

std::int64_t codedeploy_minimum(const Amount& minimum_healthy, std::int64_t hosts) {
  return rounded_up(minimum_healthy, hosts);
}

std::int64_t codedeploy_one_at_a_time(std::int64_t hosts) {
  return std::max<std::int64_t>(0, hosts - 1);
}

std::int64_t codedeploy_half_at_a_time(std::int64_t hosts) {
  return (hosts + 1) / 2;
}

std::int64_t codedeploy_concurrency(std::int64_t healthy, std::int64_t minimum) {
  return std::max<std::int64_t>(0, healthy - minimum);
}

DeploymentState codedeploy_state(std::int64_t hosts, std::int64_t succeeded, std::int64_t failed,
                                 std::int64_t under_way, std::int64_t minimum) {
  const std::int64_t waiting = hosts - succeeded - failed - under_way;
  ROLLCAST_ASSERT(waiting >= 0, "{} + {} + {} of {} hosts", succeeded, failed, under_way, hosts);
  if (under_way > 0) return DeploymentState::running;
  if (waiting == 0) return succeeded > 0 ? DeploymentState::succeeded : DeploymentState::failed;
  return codedeploy_concurrency(hosts - failed, minimum) == 0 ? DeploymentState::failed
                                                              : DeploymentState::running;
}

std::vector<TrafficStep> linear_traffic(double percentage, Duration interval) {
  ROLLCAST_ASSERT(percentage > 0 && percentage <= 100, "traffic shifts by {} %", percentage);
  std::vector<TrafficStep> steps;
  for (std::int64_t number = 1;; ++number) {
    const double share = std::min(1.0, percentage * static_cast<double>(number) / 100.0);
    steps.push_back({interval * (number - 1), share});
    if (share >= 1.0 - kHair) return steps;
  }
}

std::vector<TrafficStep> canary_traffic(double percentage, Duration interval) {
  ROLLCAST_ASSERT(percentage > 0 && percentage <= 100, "traffic shifts by {} %", percentage);
  if (percentage >= 100) return {{Duration::zero(), 1.0}};
  return {{Duration::zero(), percentage / 100.0}, {interval, 1.0}};
}

Bounds instance_refresh_bounds(double min_healthy_percentage, double max_healthy_percentage,
                               std::int64_t desired) {
  const auto whole = static_cast<double>(desired);
  const std::int64_t least = ceiling(min_healthy_percentage * whole / 100.0);
  Bounds bounds;
  bounds.surge =
      std::max<std::int64_t>(0, floor_of(max_healthy_percentage * whole / 100.0) - desired);
  if (min_healthy_percentage >= 100.0)
    bounds.surge = std::max<std::int64_t>(1, bounds.surge);
  else
    bounds.unavailable = std::max<std::int64_t>(1, desired - least);
  return bounds;
}

std::vector<std::int64_t> instance_refresh_checkpoints(const std::vector<double>& percentages,
                                                       std::int64_t desired) {
  std::vector<std::int64_t> counts;
  for (const double percentage : percentages)
    counts.push_back(ceiling(percentage * static_cast<double>(desired) / 100.0));
  return counts;
}

std::vector<std::int64_t> vmss_batches(double max_batch_instance_percent, std::int64_t instances) {
  const std::int64_t size = std::max<std::int64_t>(
      1, floor_of(max_batch_instance_percent * static_cast<double>(instances) / 100.0));
  std::vector<std::int64_t> batches;
  for (std::int64_t left = instances; left > 0; left -= batches.back())
    batches.push_back(std::min(size, left));
  return batches;
}

std::vector<std::int64_t> flagger_weights(std::int64_t step_weight, std::int64_t max_weight) {
  ROLLCAST_ASSERT(step_weight > 0 && max_weight > 0 && max_weight <= 100,
                  "steps of {} up to a weight of {}", step_weight, max_weight);
  std::vector<std::int64_t> weights;
  for (std::int64_t weight = 0; weight < max_weight;) {
    weight = std::min<std::int64_t>(100, weight + step_weight);
    weights.push_back(weight);
  }
  return weights;
}

Duration flagger_promotion(Duration interval, std::int64_t step_weight, std::int64_t max_weight) {
  return interval * static_cast<std::int64_t>(flagger_weights(step_weight, max_weight).size());
}

Duration flagger_rollback(Duration interval, std::int64_t threshold) {
  return interval * threshold;
}

std::vector<std::int64_t> spinnaker_targets(const std::vector<double>& percentages,
                                            std::int64_t desired) {
  std::vector<std::int64_t> targets;
  for (const double percentage : percentages)
    targets.push_back(ceiling(percentage * static_cast<double>(desired) / 100.0));
  const bool complete = !percentages.empty() && percentages.back() >= 100.0;
  if (!complete) targets.push_back(desired);
  return targets;
}

std::vector<double> growing_shares(double first, double growth) {
  ROLLCAST_ASSERT(first > 0 && growth >= 1, "waves from {} % growing by {}", first, growth);
  std::vector<double> shares;
  double wave = first;
  for (double sum = first; sum < 100.0 - kHair; sum += wave) {
    shares.push_back(sum);
    wave *= growth;
  }
  shares.push_back(100.0);
  return shares;
}

std::vector<std::int64_t> growing_groups(std::int64_t units, std::int64_t first, double growth) {
  ROLLCAST_ASSERT(first >= 1 && growth >= 1, "waves from {} growing by {}", first, growth);
  std::vector<std::int64_t> groups;
  auto size = static_cast<double>(first);
  for (std::int64_t left = units; left > 0; left -= groups.back()) {
    groups.push_back(std::min(left, floor_of(size)));
    size *= growth;
  }
  return groups;
}

}  // namespace rollcast::model::policy
