/// What holds in every step of every roll-out, over policies, fleets and luck drawn at random.
#include <random>

#include "update_world.hpp"

using namespace rollcast;
using namespace rollcast::test;
using policy::Amount;

namespace {

/// Draws whole numbers of one seed; std::uniform_int_distribution differs between libraries.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : bits_(seed) {}
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(bits_() % static_cast<std::uint64_t>(high - low + 1));
  }
  Amount amount(std::int64_t fleet) {
    return between(0, 1) == 0 ? Amount::of(between(0, fleet))
                              : Amount::percent(static_cast<double>(between(0, 60)));
  }

 private:
  std::mt19937_64 bits_;
};

policy::Policy any_policy(Dice& dice, std::int64_t fleet) {
  using Step = policy::ArgoStep;
  switch (dice.between(0, 10)) {
    case 0: {
      policy::Kubernetes tool;
      tool.max_surge = dice.amount(fleet);
      tool.max_unavailable = dice.amount(fleet);
      tool.min_ready = minutes(dice.between(0, 2));
      return tool;
    }
    case 1:
      return policy::Ansible{{Amount::of(dice.between(1, 4)), dice.amount(fleet)}, std::nullopt};
    case 2: {
      policy::CodeDeploy tool;
      tool.minimum_healthy_hosts = Amount::of(dice.between(0, fleet - 1));
      return tool;
    }
    case 3: {
      policy::InstanceRefresh tool;
      tool.min_healthy_percentage = static_cast<double>(dice.between(50, 100));
      tool.max_healthy_percentage = static_cast<double>(dice.between(100, 150));
      tool.instance_warmup = minutes(dice.between(0, 3));
      return tool;
    }
    case 4: {
      policy::Vmss tool;
      tool.max_batch_instance_percent = static_cast<double>(dice.between(5, 60));
      tool.max_unhealthy_instance_percent = 100;
      tool.max_surge = dice.between(0, 1) == 0;
      return tool;
    }
    case 5: {
      policy::Spinnaker tool;
      tool.target_percentages = {static_cast<double>(dice.between(1, 40)),
                                 static_cast<double>(dice.between(41, 99))};
      tool.delay_before_disable = minutes(dice.between(0, 5));
      return tool;
    }
    case 6: {
      policy::CodeDeploy tool;
      tool.type = dice.between(0, 1) == 0 ? policy::CodeDeploy::Type::linear
                                          : policy::CodeDeploy::Type::canary;
      tool.percentage = static_cast<double>(dice.between(1, 100));
      tool.interval = minutes(dice.between(0, 5));
      tool.auto_rollback = true;
      return tool;
    }
    case 7: {
      policy::Flagger tool;
      tool.step_weight = dice.between(1, 60);
      tool.max_weight = dice.between(1, 100);
      return tool;
    }
    case 8: {
      policy::BlueGreen tool;
      tool.reroute_after = minutes(dice.between(0, 10));
      tool.retention = minutes(dice.between(0, 30));
      return tool;
    }
    case 9: {
      policy::Waves tool;
      tool.bake = RandomDuration{uniform_minutes(0, 30)};
      tool.growth = static_cast<double>(dice.between(1, 3));
      if (dice.between(0, 1) == 0) tool.max_unavailable = dice.amount(fleet);
      return tool;
    }
    default: {
      policy::Argo tool;
      tool.traffic_routing = dice.between(0, 2) == 0;
      tool.max_surge = Amount::of(dice.between(1, 3));
      tool.max_unavailable = Amount::of(dice.between(0, 2));
      tool.steps = {Step{Step::Kind::set_weight, dice.between(1, 40), {}, {}},
                    Step{Step::Kind::pause, 0, minutes(dice.between(0, 5)), {}},
                    Step{Step::Kind::set_weight, dice.between(41, 99), {}, {}}};
      return tool;
    }
  }
}

/// Most instances that may exist beside the fleet: a second fleet where traffic is shifted.
std::int64_t most_extra(const Rollout& plan, std::int64_t fleet) {
  return plan.traffic.empty() ? plan.surge : fleet;
}

/// The least that the plan leaves in service.
std::int64_t promised(const Rollout& plan, std::int64_t fleet) {
  if (!plan.traffic.empty()) return fleet;
  if (plan.pace == Pace::rolling) return fleet - plan.unavailable;
  return fleet - *std::max_element(plan.sizes.begin(), plan.sizes.end());
}

}  // namespace

TEST_CASE(
    "in every step the fleet is whole, no larger than its surge, and as available as promised") {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Dice dice(seed);
    const std::int64_t fleet = dice.between(1, 40);
    Scenario scenario = update_scenario(fleet, minutes(4));
    World& world = world_of(scenario);
    world.images[ImageId{0}].launch = RandomDuration{uniform_minutes(1, 9)};
    world.launch.fails = Probability{0.1};
    scenario.horizon = hours(24 * 20);
    use(scenario, any_policy(dice, fleet));
    const Rollout& plan = world.rollout;
    const Run run = run_once(scenario, seed);
    CAPTURE(seed);
    for (const RolloutStep& step : run.trace.steps()) {
      CAPTURE(step.step);
      CHECK(step.fresh + step.old >= fleet);
      CHECK(step.fresh + step.old <= fleet + most_extra(plan, fleet));
      CHECK(step.available >= promised(plan, fleet));
      CHECK(step.available <= step.fresh + step.old);
      CHECK(step.fresh <= fleet);
      CHECK(step.old <= fleet);
    }
    CHECK(run(Metric::rollout_aborted) == 0);
    CHECK(run(Metric::ready_share) == 1.0);
    CHECK(run.trace.steps().back().fresh == fleet);
    CHECK(run.trace.steps().back().old == 0);
    CHECK(run(Metric::capacity_peak) <= static_cast<double>(fleet + most_extra(plan, fleet)));
    CHECK(run(Metric::capacity_least) >= static_cast<double>(promised(plan, fleet)));
    CHECK(run(Metric::impact_peak) == 0);
  }
}

TEST_CASE("where less is available than promised something has failed, and it is told") {
  std::int64_t below = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    Dice dice(seed);
    const std::int64_t fleet = dice.between(5, 30);
    Scenario scenario = update_scenario(fleet, minutes(4));
    World& world = world_of(scenario);
    world.failures.push_back(FailureClass{"environment", FailureKind::environment,
                                          RandomDuration{exponential_hours(1)},
                                          RandomDuration{constant_minutes(1)}, Money{}, Money{}});
    world.recovery.means = {RecoveryMeans::reinstall};
    world.recovery.reinstall = RandomDuration{constant_minutes(10)};
    scenario.horizon = hours(12);
    use(scenario, any_policy(dice, fleet));
    const Run run = run_once(scenario, seed);
    bool told = false;
    std::size_t event = 0;
    const auto& events = run.trace.events();
    for (const RolloutStep& step : run.trace.steps()) {
      for (; event < events.size() && events[event].time <= step.time; ++event)
        told = told || events[event].what == "fails: environment";
      if (step.available >= promised(world.rollout, fleet)) continue;
      ++below;
      CAPTURE(seed);
      CHECK(told);
    }
  }
  CHECK(below > 0);
}

TEST_CASE("a bad version serves until it is rolled back, and the whole fleet comes back") {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    Dice dice(seed);
    const std::int64_t fleet = dice.between(2, 30);
    Scenario scenario = update_scenario(fleet, minutes(4));
    World& world = world_of(scenario);
    world.images[ImageId{0}].bad = Probability{1.0};
    world.images[ImageId{1}].launch = RandomDuration{uniform_minutes(2, 6)};
    world.defects.detection = RandomDuration{exponential_hours(2)};
    scenario.horizon = hours(24 * 20);
    use(scenario, any_policy(dice, fleet));
    CAPTURE(seed);
    const Run run = run_once(scenario, seed);
    CHECK(run(Metric::rollout_rolled_back) == 1);
    CHECK(std::isfinite(run(Metric::rollout_rollback_time)));
    CHECK(std::isinf(run(Metric::update_patched_time)));
    const RolloutStep& last = run.trace.steps().back();
    CHECK(last.fresh == fleet);
    CHECK(last.available == fleet);
    CHECK(last.old == 0);
    // Nothing defective is left: a horizon twice as far adds no defective hours.
    const double hours_until = run(Metric::impact_defective_instance_hours);
    scenario.horizon *= 2;
    CHECK(run_once(scenario, seed)(Metric::impact_defective_instance_hours) ==
          doctest::Approx(hours_until));
  }
}

TEST_CASE("the same policies deploy a fleet for the first time") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Dice dice(seed);
    const std::int64_t fleet = dice.between(1, 40);
    Scenario scenario = plain_scenario(fleet);
    world_of(scenario).launch.fails = Probability{0.1};
    use(scenario, any_policy(dice, fleet));
    const Run run = run_once(scenario, seed);
    CAPTURE(seed);
    CHECK(run(Metric::ready_share) == 1.0);
    CHECK(run(Metric::rollout_stalled) == 0);
    CHECK(run(Metric::capacity_peak) == static_cast<double>(fleet));
    CHECK(run(Metric::mixed_version_instance_hours) == 0);
    CHECK(std::isnan(run(Metric::update_patched_time)));
  }
}
