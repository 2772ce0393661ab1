/// What the tools' rounding makes of a fleet, told before anything is simulated.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "rollcast/base/text.hpp"
#include "rollout_tools.hpp"

namespace rollcast::scenario {
namespace {

namespace policy = model::policy;

std::string said(const policy::Amount& amount) {
  return amount.is_share ? human_percent(amount.share) : human_count(amount.count);
}

std::string fleet_words(std::int64_t desired) {
  return plural(static_cast<std::size_t>(desired), "instance");
}

double exact(const policy::Amount& amount, std::int64_t desired) {
  return amount.share * static_cast<double>(desired);
}

/// Where to point and how to say it.
struct Traps {
  Reader& root;
  const Place& place;
  const policy::FleetShape& fleet;

  void warn(std::string message, std::string cure = {}) const {
    root.warning(place, std::move(message), std::move(cure));
  }
  void refuse(std::string message, std::string cure = {}) const {
    root.error(place, std::move(message), std::move(cure));
  }

  /// A surge of less than one instance is one whole instance.
  void surge_of_one(const policy::Amount& surge) const {
    if (!surge.is_share || surge.share <= 0 || exact(surge, fleet.desired) >= 1) return;
    warn(fmt::format("a surge of {} of {} rounds up to one whole instance: {}", said(surge),
                     fleet_words(fleet.desired),
                     human_percent(1.0 / static_cast<double>(fleet.desired))));
  }
  /// An allowance that rounds down to nothing.
  void unavailable_of_none(const policy::Amount& unavailable, bool surges) const {
    const bool none = unavailable.is_share && unavailable.share > 0 &&
                      policy::rounded_down(unavailable, fleet.desired) == 0;
    if (!none) return;
    warn(fmt::format(
             "{} unavailable of {} resolves to 0{}", said(unavailable), fleet_words(fleet.desired),
             surges ? "" : "; as there is no surge either, one may be unavailable all the same"),
         surges ? "write a number, as in `1`, if one may be" : "");
  }
  /// Tools that replace, and find nothing to replace.
  void nothing_to_replace(std::string_view tool) const {
    if (fleet.running) return;
    warn(fmt::format("{} finds nothing to replace in a first deployment: all {} start at once",
                     tool, fleet_words(fleet.desired)),
         "say what runs with `update: {from: IMAGE}`, or deploy in `batches` or `waves`");
  }

  void operator()(const policy::Kubernetes& tool) const {
    if (tool.max_surge) surge_of_one(*tool.max_surge);
    const bool surges = tool.max_surge && policy::rounded_up(*tool.max_surge, fleet.desired) > 0;
    if (tool.max_unavailable) unavailable_of_none(*tool.max_unavailable, surges);
    nothing_to_replace("Kubernetes");
  }
  void operator()(const policy::Ansible& tool) const {
    for (const policy::Amount& batch : tool.serial) {
      if (!batch.is_share || batch.share <= 0) continue;
      if (exact(batch, fleet.desired) < 1)
        warn(fmt::format("{} of {} is less than one instance; the batch has 1", said(batch),
                         fleet_words(fleet.desired)));
    }
    if (tool.serial.empty()) return;
    const policy::Amount& last = tool.serial.back();
    if (!last.is_share || last.share <= 0) return;
    const std::int64_t usual = policy::ansible_batches({last}, fleet.desired).front();
    const auto batches = policy::ansible_batches(tool.serial, fleet.desired);
    if (batches.size() <= tool.serial.size() || batches.back() * 2 >= usual) return;
    warn(fmt::format("{} of {} is truncated to {}; a last batch of {} remains", said(last),
                     fleet_words(fleet.desired), usual, batches.back()));
  }
  void operator()(const policy::CodeDeploy& tool) const {
    if (tool.type != policy::CodeDeploy::Type::in_place) {
      nothing_to_replace("a shift of traffic");
      return;
    }
    if (!tool.minimum_healthy_hosts) return;
    const std::int64_t minimum =
        policy::codedeploy_minimum(*tool.minimum_healthy_hosts, fleet.desired);
    const std::int64_t at_once = policy::codedeploy_concurrency(fleet.desired, minimum);
    if (at_once > 0) return;
    const double largest = std::floor(100.0 * static_cast<double>(fleet.desired - 1) /
                                      static_cast<double>(fleet.desired));
    warn(fmt::format("{} healthy of {} is {} at least: none can be deployed to, and the deployment "
                     "fails at once",
                     said(*tool.minimum_healthy_hosts), fleet_words(fleet.desired), minimum),
         fleet.desired > 1 ? fmt::format("`{:g} %`, or `{}`, deploys to one at a time", largest,
                                         fleet.desired - 1)
                           : "`0` lets the only one be deployed to");
  }
  void operator()(const policy::InstanceRefresh& tool) const {
    nothing_to_replace("an instance refresh");
    const policy::Amount minimum = policy::Amount::percent(tool.min_healthy_percentage);
    const std::int64_t least = policy::rounded_up(minimum, fleet.desired);
    if (tool.min_healthy_percentage < 100 && least == fleet.desired)
      warn(
          fmt::format("{} healthy of {} rounds up to all of them; one at a time is replaced all "
                      "the same",
                      said(minimum), fleet_words(fleet.desired)));
    if (!tool.checkpoint_percentages.empty() && tool.checkpoint_percentages.back() < 100)
      warn(fmt::format(
               "the last checkpoint is {} %: the refresh ends there, with {} of {}",
               human_number(tool.checkpoint_percentages.back()),
               policy::instance_refresh_checkpoints(tool.checkpoint_percentages, fleet.desired)
                   .back(),
               fleet.desired),
           "end `CheckpointPercentages` with 100 to replace all");
  }
  void operator()(const policy::Vmss& tool) const {
    nothing_to_replace("a rolling upgrade");
    const auto batches = policy::vmss_batches(tool.max_batch_instance_percent, fleet.desired);
    const auto expected =
        static_cast<std::size_t>(std::ceil(100.0 / tool.max_batch_instance_percent - 1e-9));
    if (batches.size() <= expected) return;
    warn(fmt::format("{} % of {} is rounded down to {}: {} batches, not {}",
                     human_number(tool.max_batch_instance_percent), fleet_words(fleet.desired),
                     batches.front(), batches.size(), expected));
  }
  void operator()(const policy::Mig& tool) const {
    if (tool.max_surge && tool.rounding == policy::Rounding::up) surge_of_one(*tool.max_surge);
    nothing_to_replace("the updater of a managed instance group");
  }
  void operator()(const policy::Argo& tool) const {
    nothing_to_replace("Argo Rollouts");
    if (tool.traffic_routing) return;
    const std::int64_t surge =
        policy::kubernetes_bounds(tool.max_surge, tool.max_unavailable, fleet.desired).surge;
    for (const policy::ArgoStep& step : tool.steps) {
      if (step.kind != policy::ArgoStep::Kind::set_weight) continue;
      const auto counts = policy::argo_counts(fleet.desired, step.weight, surge);
      const double got = 100.0 * static_cast<double>(counts.canary) /
                         static_cast<double>(counts.canary + counts.stable);
      if (std::abs(got - static_cast<double>(step.weight)) < 5) continue;
      warn(fmt::format("a weight of {} % of {} is {} new beside {} old: {} %", step.weight,
                       fleet_words(fleet.desired), counts.canary, counts.stable, human_number(got)),
           "`trafficRouting: true` splits the traffic as the weight says");
    }
  }
  void operator()(const policy::Flagger&) const { nothing_to_replace("Flagger"); }
  void operator()(const policy::Spinnaker&) const { nothing_to_replace("a red/black"); }
  void operator()(const policy::BlueGreen&) const { nothing_to_replace("blue/green"); }
  void operator()(const policy::Waves&) const {}
};

}  // namespace

void warn_of_traps(Reader& root, const Place& place, const policy::Policy& policy,
                   const policy::FleetShape& fleet) {
  const Traps traps{root, place, fleet};
  std::visit(traps, policy);
}

void refuse_misuse(Reader& root, const Place& place, const policy::Policy& policy,
                   const policy::FleetShape& fleet) {
  const auto* group = std::get_if<policy::Mig>(&policy);
  if (group == nullptr) return;
  const Traps traps{root, place, fleet};
  const policy::Amount zones = policy::Amount::of(fleet.zones);
  const auto bounds =
      policy::mig_bounds(group->max_surge.value_or(zones), group->max_unavailable.value_or(zones),
                         fleet.desired, group->rounding);
  if (bounds.surge == 0 && bounds.unavailable == 0)
    traps.refuse(
        "`maxSurge` and `maxUnavailable` come to 0: a managed instance group wants one of "
        "them above 0");
  for (const auto& amount : {group->max_surge, group->max_unavailable}) {
    if (!amount) continue;
    if (amount->is_share && fleet.desired < 10)
      traps.refuse(fmt::format("a managed instance group takes percentages from 10 instances on; "
                               "this one has {}",
                               fleet.desired),
                   "write a number");
    const bool too_few = !amount->is_share && amount->count > 0 && amount->count < fleet.zones;
    if (too_few)
      traps.refuse(
          fmt::format("{} is less than the {} of the region: a regional group wants 0, or "
                      "one for each",
                      amount->count, plural(static_cast<std::size_t>(fleet.zones), "zone")),
          fmt::format("write 0, or {} or more", fleet.zones));
  }
}

}  // namespace rollcast::scenario
