#include "rollout_tools.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <functional>

#include "rollcast/base/text.hpp"
#include "rollcast/base/units.hpp"
#include "world_reader.hpp"

namespace rollcast::scenario {
namespace {

namespace policy = model::policy;
using policy::Amount;

tl::unexpected<TextError> wrong(std::string_view text, std::string message, std::string cure = {}) {
  return tl::make_unexpected(TextError{0, text.size(), std::move(message), std::move(cure)});
}

Default documented(std::string text, std::string tool) {
  return {std::move(text), Basis::provider, fmt::format("the default of {}", tool)};
}

/// A percentage under a name that says so: 90 or 90 %, within [low, high].
Value<double> percentage(double low, double high) {
  const auto schema = [low, high] {
    Json either;
    either["anyOf"] = Json::array(
        {{{"type", "number"}, {"minimum", low}, {"maximum", high}}, {{"type", "string"}}});
    return either;
  };
  return scalar<double>(
      "a percentage", schema,
      [low, high](Context&, std::string_view text) -> tl::expected<double, TextError> {
        std::string_view digits = trim(text);
        if (digits.ends_with('%')) digits = trim(digits.substr(0, digits.size() - 1));
        const auto value = parse_number(digits);
        if (!value) return tl::make_unexpected(value.error());
        if (*value >= low && *value <= high) return *value;
        return wrong(text, fmt::format("`{}` does not lie between {} and {} %", text,
                                       human_number(low), human_number(high)));
      });
}

/// Seconds under a name that says so: 30, or any elapsed time.
Value<Duration> named_seconds() {
  const auto schema = [] {
    return Json{{"anyOf", {{{"type", "number"}, {"minimum", 0}}, {{"type", "string"}}}}};
  };
  return scalar<Duration>("a number of seconds", schema,
                          [](Context&, std::string_view text) -> tl::expected<Duration, TextError> {
                            if (const auto plain = parse_count(text))
                              return std::chrono::seconds{*plain};
                            const auto seconds = parse_elapsed(text);
                            if (!seconds) return tl::make_unexpected(seconds.error());
                            return from_seconds(*seconds);
                          });
}

/// Kubernetes lets a bound be set to nothing.
Value<std::optional<Amount>> bound_or_none() {
  const Value<Amount> amount = policy_amount();
  Value<std::optional<Amount>> value;
  value.read = [amount](Context& context, const Node& node,
                        Resolved& resolved) -> std::optional<std::optional<Amount>> {
    if (node.is_scalar() && node.text == "none") {
      resolved.kind = Resolved::Kind::leaf;
      resolved.text = "none";
      resolved.comment = origin_of(context, node.place);
      return std::optional<std::optional<Amount>>{std::in_place, std::nullopt};
    }
    auto read = amount.read(context, node, resolved);
    if (!read) return std::nullopt;
    return std::optional<std::optional<Amount>>{std::in_place, *read};
  };
  value.describe = amount.describe;
  return value;
}

Value<policy::Policy> kubernetes() {
  return object<policy::Policy>([](Reader& r) {
    policy::Kubernetes tool;
    const std::size_t errors = r.context().diagnostics.error_reports();
    const bool named = r.has("maxSurge") || r.has("maxUnavailable");
    const Default usual =
        named ? Default{"none", Basis::provider, "a bound that is not set is 0 beside one that is"}
              : documented("25 %", "Kubernetes");
    tool.max_surge = r.defaulted("maxSurge", bound_or_none(), usual,
                                 "instances above the fleet's number; a share rounds up");
    tool.max_unavailable =
        r.defaulted("maxUnavailable", bound_or_none(), usual,
                    "instances of the fleet that may be unavailable; a share rounds down");
    tool.min_ready = r.defaulted("minReadySeconds", named_seconds(), documented("0", "Kubernetes"),
                                 "how long an instance serves before it counts as available");
    tool.progress_deadline =
        r.defaulted("progressDeadlineSeconds", named_seconds(), documented("600", "Kubernetes"),
                    "without progress for this long the roll-out is reported as stalled; it is not "
                    "rolled back");
    const auto is_zero = [](const std::optional<Amount>& bound) {
      return !bound || (bound->is_share ? bound->share <= 0 : bound->count == 0);
    };
    const bool readable = r.context().diagnostics.error_reports() == errors;
    if (readable && named && is_zero(tool.max_surge) && is_zero(tool.max_unavailable))
      r.error(r.has("maxUnavailable") ? r.key_place("maxUnavailable") : r.key_place("maxSurge"),
              "`maxSurge` and `maxUnavailable` are both 0: nothing could be replaced",
              "let one of them be at least 1");
    return policy::Policy{tool};
  });
}

Value<policy::Policy> ansible() {
  const auto one = mapped(policy_amount(), [](Amount amount) { return std::vector{amount}; });
  const auto serial = either<std::vector<Amount>>("a batch or a list of batches", one, {},
                                                  list_of(policy_amount()));
  return object<policy::Policy>([serial](Reader& r) {
    policy::Ansible tool;
    tool.serial = r.optional("serial", serial,
                             "sizes of the batches; a share is of all hosts, truncated, at least "
                             "1; the last repeats; without it, all at once")
                      .value_or(std::vector<Amount>{});
    tool.max_fail_percentage =
        r.optional("max_fail_percentage", percentage(0, 100),
                   "the play stops when more than this share of a batch failed; without it, when "
                   "all of a batch failed");
    return policy::Policy{tool};
  });
}

struct Traffic {
  policy::CodeDeploy::Type type = policy::CodeDeploy::Type::linear;
  double percentage = 10;
  Duration interval{};
};

Value<Traffic> traffic_routing() {
  return object<Traffic>([](Reader& r) {
    Traffic traffic;
    const std::size_t type = r.required(
        "type", word_of("a kind of traffic shift", {"TimeBasedLinear", "TimeBasedCanary"}),
        "how traffic moves to the new instances", std::size_t{0});
    const bool linear = type == 0;
    traffic.type = linear ? policy::CodeDeploy::Type::linear : policy::CodeDeploy::Type::canary;
    for (const std::string_view prefix : {"linear", "canary"}) {
      if ((prefix == "linear") != linear && !r.context().describing) continue;
      traffic.percentage = r.required(
          fmt::format("{}Percentage", prefix), percentage(1, 99),
          "share of the traffic that moves first, and in each step of a linear shift", 10.0);
      traffic.interval = r.required(fmt::format("{}Interval", prefix), elapsed(),
                                    "from one step to the next", Duration{std::chrono::minutes{1}});
    }
    return traffic;
  });
}

/// The predefined configurations of the manual's list, without "CodeDeployDefault."; the ECS ones
/// shift traffic to a second fleet.
struct Predefined {
  const char* name;
  policy::CodeDeploy::Type type = policy::CodeDeploy::Type::in_place;
  policy::CodeDeploy::Configuration hosts{};
  double percentage = 0;
  Duration interval{};
};
const std::vector<Predefined>& predefined() {
  using Type = policy::CodeDeploy::Type;
  using Hosts = policy::CodeDeploy::Configuration;
  using std::chrono::minutes;
  static const std::vector<Predefined> all{
      {"OneAtATime", Type::in_place, Hosts::one_at_a_time},
      {"HalfAtATime", Type::in_place, Hosts::half_at_a_time},
      {"AllAtOnce", Type::in_place, Hosts::all_at_once},
      {"ECSLinear10PercentEvery1Minutes", Type::linear, {}, 10, minutes{1}},
      {"ECSLinear10PercentEvery3Minutes", Type::linear, {}, 10, minutes{3}},
      {"ECSCanary10Percent5Minutes", Type::canary, {}, 10, minutes{5}},
      {"ECSCanary10Percent15Minutes", Type::canary, {}, 10, minutes{15}},
      {"ECSAllAtOnce", Type::linear, {}, 100, minutes{0}}};
  return all;
}

Value<Predefined> predefined_configuration() {
  std::vector<std::string> names;
  for (const Predefined& each : predefined()) names.emplace_back(each.name);
  return mapped(word_of("a predefined deployment configuration", names),
                [](std::size_t which) { return predefined()[which]; });
}

Value<policy::Policy> codedeploy() {
  return object<policy::Policy>([](Reader& r) {
    policy::CodeDeploy tool;
    r.at_most_one_of({"minimumHealthyHosts", "deploymentConfig", "trafficRouting"});
    tool.minimum_healthy_hosts = r.optional("minimumHealthyHosts", policy_amount(),
                                            "hosts that must stay healthy; a share rounds up");
    const std::string meaning =
        "CodeDeployDefault.…: how many hosts must stay healthy, or how traffic shifts";
    if (r.has("minimumHealthyHosts") || r.has("trafficRouting")) {
      (void)r.optional("deploymentConfig", predefined_configuration(), meaning);
    } else {
      const Predefined chosen = r.defaulted("deploymentConfig", predefined_configuration(),
                                            documented("OneAtATime", "CodeDeploy"), meaning);
      tool.type = chosen.type;
      tool.configuration = chosen.hosts;
      tool.percentage = chosen.percentage;
      tool.interval = chosen.interval;
    }
    if (const auto traffic = r.optional("trafficRouting", traffic_routing(),
                                        "a second fleet takes over the traffic in steps")) {
      tool.type = traffic->type;
      tool.percentage = traffic->percentage;
      tool.interval = traffic->interval;
    }
    tool.auto_rollback =
        r.defaulted("autoRollback", truth(), documented("false", "CodeDeploy"),
                    "whether a deployment that fails goes back to the old version");
    return policy::Policy{tool};
  });
}

/// Reports a list that does not rise.
void check_rising(Reader& r, std::string_view key, const std::vector<double>& list) {
  for (std::size_t index = 1; index < list.size(); ++index) {
    if (list[index] > list[index - 1]) continue;
    r.error(r.place(key),
            fmt::format("`{}` must rise: {} % stands behind {} %", key, human_number(list[index]),
                        human_number(list[index - 1])),
            "write them in ascending order, each once");
    return;
  }
}

Value<policy::Policy> instance_refresh() {
  return object<policy::Policy>([](Reader& r) {
    policy::InstanceRefresh tool;
    const std::string name = "an instance refresh";
    tool.min_healthy_percentage =
        r.defaulted("MinHealthyPercentage", percentage(0, 100), documented("90", name),
                    "share of the fleet that stays healthy; rounds up; at 100 new instances come "
                    "before old ones go");
    tool.max_healthy_percentage =
        r.defaulted("MaxHealthyPercentage", percentage(100, 200), documented("100", name),
                    "share of the fleet that may exist at once; rounds down");
    if (tool.max_healthy_percentage - tool.min_healthy_percentage > 100)
      r.error(r.place("MaxHealthyPercentage"),
              "`MaxHealthyPercentage` lies more than 100 above `MinHealthyPercentage`",
              "bring them closer together");
    tool.instance_warmup =
        r.defaulted("InstanceWarmup", elapsed(), documented("0 s", name),
                    "how long a new instance serves before it counts as healthy");
    tool.checkpoint_percentages =
        r.optional("CheckpointPercentages", list_of(percentage(1, 100)),
                   "shares of the fleet at which it waits; it ends at the last one")
            .value_or(std::vector<double>{});
    check_rising(r, "CheckpointPercentages", tool.checkpoint_percentages);
    if (r.has("CheckpointPercentages") || r.context().describing)
      tool.checkpoint_delay = r.defaulted("CheckpointDelay", elapsed(), documented("1 h", name),
                                          "wait after each checkpoint but the last");
    tool.bake_time = r.defaulted("BakeTime", elapsed(), documented("0 s", name),
                                 "watched time after the last replacement");
    tool.auto_rollback = r.defaulted("AutoRollback", truth(), documented("false", name),
                                     "whether a refresh that fails goes back to the old version");
    return policy::Policy{tool};
  });
}

Value<policy::Policy> vmss() {
  return object<policy::Policy>([](Reader& r) {
    policy::Vmss tool;
    const std::string name = "scale sets";
    tool.max_batch_instance_percent =
        r.defaulted("maxBatchInstancePercent", percentage(5, 100), documented("20", name),
                    "size of a batch, rounded down, at least 1");
    tool.max_unhealthy_instance_percent =
        r.defaulted("maxUnhealthyInstancePercent", percentage(5, 100), documented("20", name),
                    "it stops when more of the fleet is unhealthy before a batch");
    tool.max_unhealthy_upgraded_instance_percent = r.defaulted(
        "maxUnhealthyUpgradedInstancePercent", percentage(0, 100), documented("20", name),
        "it stops when more of the updated instances are unhealthy after a batch");
    tool.pause_between_batches = r.defaulted("pauseTimeBetweenBatches", elapsed(),
                                             documented("0 s", name), "wait between two batches");
    tool.max_surge = r.defaulted("maxSurge", truth(), documented("false", name),
                                 "new instances of a batch come before its old ones go");
    return policy::Policy{tool};
  });
}

Value<policy::Policy> mig() {
  return object<policy::Policy>([](Reader& r) {
    policy::Mig tool;
    tool.max_surge = r.optional("maxSurge", policy_amount(),
                                "instances above the group's number; without it, the number of "
                                "zones");
    tool.max_unavailable =
        r.optional("maxUnavailable", policy_amount(),
                   "instances that may be unavailable; without it, the number of zones");
    tool.min_ready =
        r.defaulted("minReadySec", named_seconds(), documented("0", "managed instance groups"),
                    "how long an instance serves before it counts as available");
    const std::size_t down = r.defaulted(
        "rounding", word_of("a direction", {"up", "down"}),
        {"up", Basis::interpretation, "the manual leaves open which way a percentage rounds"},
        "which way a share of the group rounds");
    tool.rounding = down == 1 ? policy::Rounding::down : policy::Rounding::up;
    return policy::Policy{tool};
  });
}

Value<model::Analysis> analysis() {
  return object<model::Analysis>([](Reader& r) {
    model::Analysis result;
    result.count = r.defaulted("count", count(1), documented("1", "Argo Rollouts"),
                               "measurements that an analysis takes");
    result.interval = r.defaulted("interval", elapsed(), {"0 s", Basis::neutral, "all at once"},
                                  "before each measurement");
    result.limits.failure_limit = r.defaulted(
        "failureLimit", count(), documented("0", "Argo Rollouts"), "measurements that may fail");
    result.limits.inconclusive_limit =
        r.defaulted("inconclusiveLimit", count(), documented("0", "Argo Rollouts"),
                    "measurements that may come to no result");
    result.limits.consecutive_error_limit =
        r.defaulted("consecutiveErrorLimit", count(), documented("4", "Argo Rollouts"),
                    "measurements one after the other that may not be made at all");
    return result;
  });
}

Value<policy::ArgoStep> argo_step() {
  const auto pause = object<std::optional<Duration>>([](Reader& r) {
    return r.optional("duration", elapsed(), "how long; without it, until it is approved");
  });
  return object<policy::ArgoStep>([pause](Reader& r) {
    policy::ArgoStep step;
    const bool any = r.at_most_one_of({"setWeight", "pause", "analysis"});
    if (!any && !r.context().describing)
      r.error(r.place(), "a step is one of `setWeight`, `pause` and `analysis`",
              "write `- setWeight: 20`, say");
    if (const auto weight = r.optional("setWeight", percentage(0, 100),
                                       "share of the fleet, or of the traffic, for the canary")) {
      step.kind = policy::ArgoStep::Kind::set_weight;
      step.weight = std::llround(*weight);
    }
    if (const auto length = r.optional("pause", pause, "waits, or until it is approved")) {
      step.kind = *length ? policy::ArgoStep::Kind::pause : policy::ArgoStep::Kind::approval;
      step.length = length->value_or(Duration::zero());
    }
    if (const auto measured = r.optional("analysis", analysis(), "measures the new version")) {
      step.kind = policy::ArgoStep::Kind::analysis;
      step.analysis = *measured;
    }
    return step;
  });
}

Value<policy::Policy> argo() {
  return object<policy::Policy>([](Reader& r) {
    policy::Argo tool;
    tool.steps = r.required("steps", list_of(argo_step()), "the steps of the canary",
                            std::vector<policy::ArgoStep>{});
    tool.max_surge = r.defaulted("maxSurge", policy_amount(), documented("25 %", "Argo Rollouts"),
                                 "instances above the fleet's number; a share rounds up");
    tool.max_unavailable =
        r.defaulted("maxUnavailable", policy_amount(), documented("25 %", "Argo Rollouts"),
                    "instances that may be unavailable; a share rounds down");
    tool.traffic_routing =
        r.defaulted("trafficRouting", truth(), documented("false", "Argo Rollouts"),
                    "traffic is split by weight, and the stable version keeps all its instances");
    tool.min_ready =
        r.defaulted("minReadySeconds", named_seconds(), documented("0", "Argo Rollouts"),
                    "how long an instance serves before it counts as available");
    tool.progress_deadline =
        r.defaulted("progressDeadlineSeconds", named_seconds(), documented("600", "Argo Rollouts"),
                    "without progress for this long the roll-out is reported as stalled");
    std::vector<double> weights;
    for (const policy::ArgoStep& step : tool.steps)
      if (step.kind == policy::ArgoStep::Kind::set_weight)
        weights.push_back(static_cast<double>(step.weight));
    check_rising(r, "steps", weights);
    return policy::Policy{tool};
  });
}

Value<policy::Policy> flagger() {
  return object<policy::Policy>([](Reader& r) {
    policy::Flagger tool;
    tool.interval = r.defaulted("interval", elapsed(), documented("60 s", "Flagger"),
                                "from one check to the next");
    tool.threshold = r.defaulted("threshold", count(1), documented("1", "Flagger"),
                                 "failed checks after which it is rolled back");
    tool.step_weight = std::llround(r.required("stepWeight", percentage(1, 100),
                                               "share of the traffic that each step adds", 10.0));
    tool.max_weight =
        std::llround(r.defaulted("maxWeight", percentage(1, 100), documented("100", "Flagger"),
                                 "share of the traffic at which it is promoted"));
    return policy::Policy{tool};
  });
}

Value<policy::Policy> spinnaker() {
  return object<policy::Policy>([](Reader& r) {
    policy::Spinnaker tool;
    tool.target_percentages =
        r.required("targetPercentages", list_of(percentage(1, 100)),
                   "shares of the fleet that are new after each step; 100 is added at the end",
                   std::vector<double>{});
    check_rising(r, "targetPercentages", tool.target_percentages);
    tool.delay_before_disable =
        r.defaulted("delayBeforeDisable", elapsed(), documented("0 s", "Spinnaker"),
                    "wait after a step before its old instances are disabled");
    return policy::Policy{tool};
  });
}

Value<policy::Policy> blue_green() {
  return object<policy::Policy>([](Reader& r) {
    policy::BlueGreen tool;
    const auto approved = word_of("when the work moves", {"at once", "approved"});
    tool.reroute_after = r.defaulted("wait", elapsed(), {"0 s", Basis::neutral, "no wait"},
                                     "from the new fleet's readiness until the work moves to it");
    tool.approved = r.defaulted("reroute", approved, {"at once", Basis::neutral, "nobody is asked"},
                                "whether people let the work move (`approval:` names them)") == 1;
    tool.bake = r.defaulted("bake", elapsed(), {"0 s", Basis::neutral, "not watched"},
                            "watched time after the work has moved");
    tool.retention = r.defaulted(
        "retention", elapsed(), {"1 h", Basis::provider, "the default of CodeDeploy"},
        "how long the old fleet is kept after that; a roll-back within it is immediate");
    return policy::Policy{tool};
  });
}

struct Tool {
  std::string name;
  std::string meaning;
  std::function<Value<policy::Policy>()> value;
};

const std::vector<Tool>& tools() {
  static const std::vector<Tool> all{
      {"kubernetes", "as a Kubernetes Deployment rolls out", kubernetes},
      {"ansible", "as an Ansible play does, batch by batch", ansible},
      {"codedeploy", "as AWS CodeDeploy does", codedeploy},
      {"instance_refresh", "as an instance refresh of EC2 Auto Scaling does", instance_refresh},
      {"vmss", "as a rolling upgrade of an Azure scale set does", vmss},
      {"mig", "as the updater of a GCP managed instance group does", mig},
      {"argo", "as a canary of Argo Rollouts does", argo},
      {"flagger", "as a canary of Flagger does", flagger},
      {"spinnaker", "as a rolling red/black of Spinnaker does", spinnaker},
      {"blue_green", "a second fleet takes over all work at once", blue_green}};
  return all;
}

}  // namespace

Value<policy::Amount> policy_amount() {
  return mapped(amount(), [](rollcast::scenario::Amount read) {
    return policy::Amount{read.is_share, read.share, read.count};
  });
}

Value<policy::Waves> region_waves() {
  return object<policy::Waves>([](Reader& r) {
    policy::Waves tool;
    tool.bake = r.defaulted("bake", random_duration(),
                            {"0 s", Basis::neutral, "the next wave begins at once"},
                            "watched time after every wave");
    tool.growth =
        r.defaulted("growth", number(), {"2", Basis::judgement, "no source; the usual doubling"},
                    "how many times more regions each wave has than the one before it");
    if (!(tool.growth >= 1 && tool.growth <= 100)) {
      r.error(r.place("growth"), "`growth` lies between 1 and 100", "write `2`, say");
      tool.growth = 2;
    }
    tool.max_surge = r.optional("maxSurge", policy_amount(), "instances above the fleet's number");
    tool.max_unavailable =
        r.optional("maxUnavailable", policy_amount(),
                   "instances that may be unavailable at once; without both, a wave is replaced "
                   "all at once");
    return tool;
  });
}

const std::vector<std::string>& tool_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> result;
    for (const Tool& tool : tools()) result.push_back(tool.name);
    return result;
  }();
  return names;
}

std::optional<policy::Policy> read_tool(Reader& r) {
  std::optional<policy::Policy> result;
  for (const Tool& tool : tools()) {
    auto read = r.optional(tool.name, tool.value(), tool.meaning);
    if (read && !result) result = std::move(read);
  }
  return result;
}

}  // namespace rollcast::scenario
