/// Whole roll-outs of the tools on a fleet that runs another version, worked out by hand.
#include "update_world.hpp"

using namespace rollcast;
using namespace rollcast::test;
using policy::Amount;

namespace {

constexpr auto kLaunch = minutes(4);

Run kubernetes(std::int64_t fleet, std::optional<Amount> surge, std::optional<Amount> unavailable) {
  Scenario scenario = update_scenario(fleet, kLaunch);
  policy::Kubernetes tool;
  tool.max_surge = surge;
  tool.max_unavailable = unavailable;
  use(scenario, tool);
  return run_once(scenario);
}

}  // namespace

TEST_CASE("Kubernetes: length, peak and least available of whole rolling updates") {
  struct Row {
    std::int64_t fleet;
    Amount surge, unavailable;
    double launches;
    std::int64_t peak, least;
  };
  const std::vector<Row> rows{
      {4, Amount::percent(25), Amount::percent(25), 2, 5, 3},
      {10, Amount::percent(25), Amount::percent(25), 2, 13, 8},
      {10, Amount::of(1), Amount::of(0), 10, 11, 10},
      {10, Amount::of(0), Amount::of(3), 4, 10, 7},
      {1, Amount::percent(0), Amount::percent(1), 1, 1, 0},
      {50, Amount::percent(10), Amount::percent(10), 5, 55, 45},
  };
  for (const Row& row : rows) {
    CAPTURE(row.fleet);
    const Run run = kubernetes(row.fleet, row.surge, row.unavailable);
    CHECK(run.minutes_long() == doctest::Approx(row.launches * 4));
    CHECK(run(Metric::ready_time) == doctest::Approx(row.launches * 240));
    CHECK(run.peak() == row.peak);
    CHECK(run(Metric::capacity_peak) == static_cast<double>(row.peak));
    CHECK(run.least() == row.least);
    CHECK(run(Metric::capacity_least) == static_cast<double>(row.least));
    CHECK(run(Metric::impact_peak) == 0);
    CHECK(run(Metric::availability) == 1.0);
  }
}

TEST_CASE("Kubernetes: a version that never becomes ready stalls, and nothing rolls it back") {
  Scenario scenario = update_scenario(10, kLaunch);
  world_of(scenario).images[ImageId{0}].launch =
      RandomDuration{random::Distribution::constant(1e9)};
  policy::Kubernetes tool;
  tool.max_surge = Amount::of(3);
  tool.max_unavailable = Amount::of(2);
  use(scenario, tool);
  const Run run = run_once(scenario);
  CHECK(run(Metric::rollout_stalled) == 1);
  CHECK(run(Metric::rollout_aborted) == 0);
  CHECK(run(Metric::rollout_rolled_back) == 0);
  CHECK(std::isinf(run(Metric::ready_time)));
  CHECK(run(Metric::capacity_least) == 8);
  CHECK(run.told("stalled: no progress for 10 min"));
  const RolloutStep& last = run.trace.steps().back();
  CHECK(last.fresh == 5);
  CHECK(last.old == 8);
  CHECK(last.time == kStart + seconds(600));
}

TEST_CASE("Kubernetes: minReadySeconds counts before an instance is available") {
  Scenario scenario = update_scenario(4, kLaunch);
  policy::Kubernetes tool;
  tool.min_ready = minutes(1);
  use(scenario, tool);
  CHECK(run_once(scenario).minutes_long() == doctest::Approx(10));
}

TEST_CASE("Kubernetes step by step: four instances, one more and one fewer") {
  const Run run = kubernetes(4, std::nullopt, std::nullopt);
  CHECK(steps_of(run.trace) == R"(
    0 stage 1: 4 new instances       0   4   4  
    0 2 launched, 1 removed          2   3   3  2 to be available
  240 2 launched, 2 removed          4   1   3  2 to be available
  480 0 launched, 1 removed          4   0   4  0 to be available
  480 ended                          4   0   4  
)");
}

TEST_CASE("Ansible replaces batch by batch and stops when too much of a batch failed") {
  Scenario scenario = update_scenario(10, kLaunch);
  policy::Ansible tool;
  tool.serial = {Amount::of(1), Amount::percent(30)};
  use(scenario, tool);
  const Run run = run_once(scenario);
  CHECK(run.minutes_long() == doctest::Approx(16));  // 1, 3, 3, 3
  CHECK(run(Metric::capacity_peak) == 10);
  CHECK(run(Metric::capacity_least) == 7);

  World& world = world_of(scenario);
  world.launch.fails = Probability{1.0};
  world.launch.attempts = 1;
  const Run failed = run_once(scenario);
  CHECK(failed(Metric::rollout_aborted) == 1);
  CHECK(failed(Metric::rollout_rolled_back) == 0);  // a play stops, and no more
  CHECK(failed(Metric::instances_abandoned) == 1);
  CHECK(failed.told("stopped: 1 of 1 failed"));
}

TEST_CASE("CodeDeploy deploys to as many at once as may be unhealthy, and to none of too few") {
  Scenario scenario = update_scenario(9, kLaunch);
  policy::CodeDeploy tool;
  tool.configuration = policy::CodeDeploy::Configuration::half_at_a_time;
  use(scenario, tool);
  const Run run = run_once(scenario);
  CHECK(run.minutes_long() == doctest::Approx(12));  // 4, 4, 1
  CHECK(run.least() == 5);
  CHECK(run.peak() == 9);

  scenario = update_scenario(10, kLaunch);
  tool.minimum_healthy_hosts = Amount::percent(95);
  use(scenario, tool);
  const Run none = run_once(scenario);
  CHECK(none(Metric::rollout_aborted) == 1);
  CHECK(none(Metric::launches_attempted) == 0);
  CHECK(none(Metric::capacity_least) == 10);
}

TEST_CASE("CodeDeploy stops at the minimum; a first deployment counts hosts not begun as healthy") {
  Scenario scenario = plain_scenario(10);
  World& world = world_of(scenario);
  world.images[ImageId{0}].launch = RandomDuration{constant_minutes(4)};
  policy::CodeDeploy tool;
  tool.minimum_healthy_hosts = Amount::of(8);
  use(scenario, tool);
  const Run run = run_once(scenario);
  CHECK(run.minutes_long() == doctest::Approx(20));  // two at once
  world.launch.fails = Probability{1.0};
  world.launch.attempts = 1;
  const Run failed = run_once(scenario);
  CHECK(failed(Metric::rollout_aborted) == 1);
  CHECK(failed(Metric::instances_abandoned) == 2);
  CHECK(failed.told("stopped: 8 of 8 healthy") == false);
}

TEST_CASE("CodeDeploy shifts traffic in steps: the new fleet exists beside the old one") {
  Scenario scenario = update_scenario(10, kLaunch);
  policy::CodeDeploy tool;
  tool.type = policy::CodeDeploy::Type::linear;
  tool.interval = minutes(3);
  use(scenario, tool);
  const Run run = run_once(scenario);
  CHECK(run(Metric::first_ready_time) == doctest::Approx(4 * 60));
  CHECK(run(Metric::ready_time) == doctest::Approx((4 + 27) * 60));
  CHECK(run(Metric::capacity_peak) == 20);
  CHECK(run(Metric::capacity_least) == 10);
  // k of 10 serve the new version in the k-th interval of 3 min: mixed throughout.
  CHECK(run(Metric::mixed_version_instance_hours) == doctest::Approx(27 * 10 / 60.0));
  CHECK(run(Metric::update_vulnerable_instance_hours) ==
        doctest::Approx((4 * 10 + 3 * (9 + 8 + 7 + 6 + 5 + 4 + 3 + 2 + 1)) / 60.0));
}

TEST_CASE("instance refresh: checkpoints, warm-up, and that it ends at its last checkpoint") {
  Scenario scenario = update_scenario(10, seconds(0));
  policy::InstanceRefresh tool;
  tool.min_healthy_percentage = 80;
  tool.instance_warmup = minutes(10);
  tool.checkpoint_percentages = {20, 50};
  tool.checkpoint_delay = minutes(15);
  use(scenario, tool);
  const Run run = run_once(scenario);
  CHECK(steps_of(run.trace) == R"(
    0 stage 1: 2 new instances       0  10  10  
    0 2 launched, 2 removed          2   8   8  2 to be available
  600 pause after stage 1            2   8  10  the pause of 15 min
 1500 stage 2: 3 new instances       2   8  10  
 1500 2 launched, 2 removed          4   6   8  2 to be available
 2100 1 launched, 1 removed          5   5   9  1 to be available
 2700 ended                          5   5  10  
)");
  CHECK(run(Metric::ready_share) == doctest::Approx(0.5));
  CHECK(std::isinf(run(Metric::ready_time)));
}

TEST_CASE("scale sets: a batch after the other, with pauses; too many unhealthy ones stop it") {
  Scenario scenario = update_scenario(10, kLaunch);
  policy::Vmss tool;
  tool.pause_between_batches = minutes(1);
  use(scenario, tool);
  const Run run = run_once(scenario);
  CHECK(run.minutes_long() == doctest::Approx(5 * 4 + 4));
  CHECK(run(Metric::capacity_least) == 8);
  tool.max_surge = true;
  use(scenario, tool);
  const Run surging = run_once(scenario);
  CHECK(surging(Metric::capacity_peak) == 12);
  CHECK(surging(Metric::capacity_least) == 10);
  World& world = world_of(scenario);
  world.launch.fails = Probability{1.0};
  world.launch.attempts = 1;
  tool.max_surge = false;
  use(scenario, tool);
  const Run failed = run_once(scenario);
  CHECK(failed(Metric::rollout_aborted) == 1);
  CHECK(failed(Metric::instances_abandoned) == 2);
}

TEST_CASE("Argo Rollouts: weights, a pause, and the rest") {
  Scenario scenario = update_scenario(10, kLaunch);
  using Step = policy::ArgoStep;
  policy::Argo tool;
  tool.max_surge = Amount::of(1);
  tool.max_unavailable = Amount::of(0);
  tool.steps = {Step{Step::Kind::set_weight, 18, {}, {}},
                Step{Step::Kind::pause, 0, minutes(10), {}}};
  use(scenario, tool);
  CHECK(world_of(scenario).rollout.sizes == std::vector<std::int64_t>{2, 0, 8});
  CHECK(world_of(scenario).rollout.keep_old == std::vector<std::int64_t>{9, 9, 0});
  const Run run = run_once(scenario);
  // 2 with one more at once: 8 min; 10 min; 8 more, one at a time as 11 exist: 32 min.
  CHECK(run.minutes_long() == doctest::Approx(8 + 10 + 32));
  CHECK(run(Metric::capacity_peak) == 11);
  CHECK(run(Metric::capacity_least) == 10);
}

TEST_CASE("Argo Rollouts: a failed analysis brings the stable version back") {
  Scenario scenario = update_scenario(10, kLaunch);
  World& world = world_of(scenario);
  world.images[ImageId{0}].bad = Probability{1.0};
  world.defects.detection = RandomDuration{random::Distribution::constant(1e8)};
  using Step = policy::ArgoStep;
  policy::Argo tool;
  tool.traffic_routing = true;
  Analysis analysis;
  analysis.count = 3;
  analysis.interval = minutes(1);
  tool.steps = {Step{Step::Kind::set_weight, 20, {}, {}},
                Step{Step::Kind::analysis, 0, {}, analysis}};
  use(scenario, tool);
  world.rollout.health.misses = Probability{0.0};
  const Run run = run_once(scenario);
  CHECK(run(Metric::rollout_aborted) == 1);
  CHECK(run(Metric::rollout_rolled_back) == 1);
  CHECK(run(Metric::impact_defective_peak) == 2);
  // Two bad ones serve from their entry until the first measurement fails.
  CHECK(run(Metric::impact_defective_instance_hours) == doctest::Approx(2 / 60.0));
  CHECK(run(Metric::rollout_rollback_time) == doctest::Approx(0.0));
  CHECK(run(Metric::capacity_least) == 10);
  CHECK(std::isinf(run(Metric::update_patched_time)));
}

TEST_CASE("Flagger: promoted after one interval a step, rolled back after the threshold") {
  Scenario scenario = update_scenario(10, kLaunch);
  World& world = world_of(scenario);
  policy::Flagger tool;
  tool.step_weight = 20;
  tool.max_weight = 50;
  tool.threshold = 5;
  use(scenario, tool);
  world.rollout.health.misses = Probability{0.0};
  const Run run = run_once(scenario);
  CHECK(run.minutes_long() == doctest::Approx(4 + 3));
  CHECK(run(Metric::capacity_peak) == 20);
  world.images[ImageId{0}].bad = Probability{1.0};
  world.defects.detection = RandomDuration{random::Distribution::constant(1e8)};
  const Run bad = run_once(scenario);
  CHECK(bad(Metric::rollout_rolled_back) == 1);
  CHECK(bad(Metric::impact_defective_peak) == 2);
  CHECK(bad(Metric::impact_defective_instance_hours) == doctest::Approx(2 * 5 / 60.0));
}

TEST_CASE("Spinnaker: red/black in steps of 1, 33, 66 and 100 % of seven") {
  Scenario scenario = update_scenario(7, kLaunch);
  policy::Spinnaker tool;
  tool.target_percentages = {1, 33, 66};
  tool.delay_before_disable = minutes(2);
  use(scenario, tool);
  CHECK(world_of(scenario).rollout.sizes == std::vector<std::int64_t>{1, 2, 2, 2, 0});
  const Run run = run_once(scenario);
  CHECK(run.minutes_long() == doctest::Approx(4 * (4 + 2)));
  CHECK(run(Metric::capacity_peak) == 9);
  CHECK(run(Metric::capacity_least) == 7);
}

TEST_CASE("blue/green: all new, then all work, and the old fleet is kept for a while") {
  Scenario scenario = update_scenario(10, kLaunch);
  World& world = world_of(scenario);
  policy::BlueGreen tool;
  tool.reroute_after = minutes(5);
  tool.bake = minutes(30);
  tool.retention = minutes(60);
  use(scenario, tool);
  const Run run = run_once(scenario);
  CHECK(run(Metric::ready_time) == doctest::Approx(9 * 60));
  CHECK(run(Metric::capacity_peak) == 20);
  CHECK(run(Metric::mixed_version_instance_hours) == 0);
  world.images[ImageId{0}].bad = Probability{1.0};
  world.defects.detection = RandomDuration{constant_minutes(50)};
  world.defects.detection_soak = world.defects.detection;
  const Run bad = run_once(scenario);  // found 20 min after the bake: the old fleet is still there
  CHECK(bad(Metric::rollout_rolled_back) == 1);
  CHECK(bad(Metric::rollout_rollback_time) == doctest::Approx(0.0));
  CHECK(bad(Metric::impact_defective_instance_hours) == doctest::Approx(10 * 50 / 60.0));
  CHECK(bad(Metric::capacity_least) == 10);
}

TEST_CASE("health checks find a bad version at the end of its first batch, or overlook it") {
  Scenario scenario = update_scenario(10, kLaunch);
  World& world = world_of(scenario);
  world.images[ImageId{0}].bad = Probability{1.0};
  world.defects.detection = RandomDuration{random::Distribution::constant(1e8)};
  policy::Vmss tool;
  use(scenario, tool);
  world.rollout.health.misses = Probability{0.0};
  const Run found = run_once(scenario);
  CHECK(found(Metric::rollout_aborted) == 1);
  CHECK(found(Metric::impact_defective_peak) == 2);
  CHECK(found(Metric::rollout_rolled_back) == 1);  // people do that, once it is known
  world.rollout.health.misses = Probability{1.0};
  const Run overlooked = run_once(scenario);
  CHECK(overlooked(Metric::rollout_aborted) == 0);
  CHECK(overlooked(Metric::impact_defective_peak) == 10);
  // Of two checks that each overlook half, the first batch passes with probability 1/4.
  world.rollout.health.misses = Probability{0.5};
  std::int64_t passed = 0;
  for (std::uint64_t replication = 0; replication < 800; ++replication)
    passed += run_once(scenario, replication)(Metric::impact_defective_peak) > 2 ? 1 : 0;
  CHECK(std::abs(passed - 200) <= 4 * 12.3);  // standard deviation sqrt(800 / 4 * 3 / 4)
}

TEST_CASE("false alarms stop a sound version") {
  Scenario scenario = update_scenario(10, kLaunch);
  policy::Vmss tool;
  use(scenario, tool);
  world_of(scenario).rollout.health.false_alarms = Probability{1.0};
  const Run run = run_once(scenario);
  CHECK(run(Metric::rollout_aborted) == 1);
  CHECK(run(Metric::rollout_rolled_back) == 0);
  CHECK(run(Metric::impact_peak) == 0);
  CHECK(run(Metric::ready_share) == doctest::Approx(0.2));
}

TEST_CASE("stages are approved in working hours, and the wait is told apart") {
  Scenario scenario = update_scenario(4, kLaunch);
  World& world = world_of(scenario);
  Staff people;
  people.name = "ops";
  people.open = {{kStart + hours(2), kStart + hours(10)}};
  const StaffId ops = world.staff.push_back(people);
  policy::BlueGreen tool;
  tool.approved = true;
  use(scenario, tool);
  world.rollout.approval_by = ops;
  world.rollout.approval_effort = RandomEffort{constant_minutes(15)};
  const Run run = run_once(scenario);
  CHECK(run(Metric::ready_time) == doctest::Approx((2 * 60 + 15) * 60));
  CHECK(run(Metric::waiting_approval) == doctest::Approx((2 * 60 + 15 - 4) / 60.0));
}

TEST_CASE("a bad version is found after its detection, and the roll-back takes its time") {
  Scenario scenario = update_scenario(10, kLaunch);
  World& world = world_of(scenario);
  world.images[ImageId{0}].bad = Probability{1.0};
  world.defects.detection = RandomDuration{constant_minutes(60)};
  policy::Kubernetes tool;
  use(scenario, tool);  // ready after 8 min; the first five are found at 64 min
  const Run run = run_once(scenario);
  CHECK(run(Metric::rollout_aborted) == 0);
  CHECK(run(Metric::rollout_rolled_back) == 1);
  CHECK(run(Metric::rollout_rollback_time) == doctest::Approx(8 / 60.0));
  CHECK(run(Metric::impact_defective_peak) == 10);
  // 5 serve from 4 min and 5 from 8 min; 2 go at 64 min, 5 at 68 min, the rest at 72 min.
  CHECK(run(Metric::impact_defective_instance_hours) ==
        doctest::Approx((5 * 60 + 5 * 56 + 8 * 4 + 3 * 4) / 60.0));
  CHECK(std::isinf(run(Metric::update_patched_time)));
  world.update->roll_back_when_found = false;
  world.recovery.means = {RecoveryMeans::reinstall};
  CHECK(run_once(scenario)(Metric::rollout_rolled_back) == 0);
}

TEST_CASE("a roll-back fails where the old version cannot be launched any more") {
  Scenario scenario = update_scenario(4, kLaunch);
  World& world = world_of(scenario);
  world.images[ImageId{0}].bad = Probability{1.0};
  world.defects.detection = RandomDuration{constant_minutes(60)};
  world.images[ImageId{1}].destroyed = kStart + minutes(30);
  policy::Ansible tool;
  use(scenario, tool);
  const Run run = run_once(scenario);
  CHECK(run(Metric::rollout_rolled_back) == 1);
  CHECK(std::isinf(run(Metric::rollout_rollback_time)));
}

TEST_CASE("an update begins at its time, keeps to its windows, and counts what it waits") {
  Scenario scenario = update_scenario(4, kLaunch);
  World& world = world_of(scenario);
  world.update->at = kStart + hours(2);
  policy::Ansible tool;
  tool.serial = {Amount::of(1)};
  use(scenario, tool);
  world.rollout.windows = {{kStart + hours(3), kStart + hours(3) + minutes(7)},
                           {kStart + hours(27), kStart + hours(30)}};
  const Run run = run_once(scenario);
  // Batches begin at 3:00 and 3:04, end at 3:08; the others follow at 27:00.
  CHECK(run(Metric::rollout_time) == doctest::Approx((27 * 60 + 8) * 60));
  CHECK(run(Metric::waiting_window) == doctest::Approx(1 + 24 - 3 - 8 / 60.0 + 3 - 1 + 1));
  CHECK(run(Metric::update_patched_time) == doctest::Approx((27 * 60 + 8) * 60));
}

TEST_CASE("a bad version that its readiness check finds never serves") {
  Scenario scenario = update_scenario(10, kLaunch);
  World& world = world_of(scenario);
  world.images[ImageId{0}].bad = Probability{1.0};
  world.launch.readiness_finds = Probability{1.0};
  world.launch.back_off = RandomDuration{constant_minutes(1)};
  policy::Kubernetes tool;
  tool.progress_deadline = minutes(30);
  use(scenario, tool);
  scenario.horizon = hours(2);
  const Run run = run_once(scenario);
  CHECK(run(Metric::rollout_stalled) == 1);
  CHECK(run(Metric::impact_peak) == 0);
  CHECK(run(Metric::capacity_least) == 8);
}

TEST_CASE("the price of an update: what exists beside its replacement belongs to the deployment") {
  Scenario scenario = update_scenario(2, kLaunch);
  World& world = world_of(scenario);
  world.groups[GroupId{0}].price_per_hour = Money::units(60);  // one a minute
  policy::BlueGreen tool;
  tool.retention = minutes(10);
  use(scenario, tool);
  scenario.horizon = minutes(30);
  const Run run = run_once(scenario);
  // Old: 4 min running, 10 min kept; new: 4 min to launch, 26 min running; two of each.
  CHECK(run(Metric::cost_deployment) == doctest::Approx(2 * (10 + 4)));
  CHECK(run(Metric::cost_running) == doctest::Approx(2 * (4 + 26)));
  CHECK(run(Metric::cost_total) == doctest::Approx(2 * 44));
}
