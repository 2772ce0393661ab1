#include "world.hpp"

using namespace rollcast;
using namespace rollcast::test;

namespace {

double kind(const Outcome& outcome, CostKind which) {
  return outcome
      .metrics[static_cast<std::size_t>(Metric::cost_instances) + static_cast<std::size_t>(which)];
}
double phase(const Outcome& outcome, CostPhase which) {
  return outcome
      .metrics[static_cast<std::size_t>(Metric::cost_deployment) + static_cast<std::size_t>(which)];
}

}  // namespace

TEST_CASE(
    "an instance costs from launch acceptance to the horizon, before service entry as deployment") {
  Scenario scenario = plain_scenario(10);
  World& world = world_of(scenario);
  world.images[ImageId{0}].launch = RandomDuration{constant_minutes(6)};
  world.images[ImageId{0}].fee_per_hour = Money::units(0.5);
  world.groups[GroupId{0}].price_per_hour = Money::units(2);
  world.groups[GroupId{0}].licence_per_hour = Money::units(1);
  scenario.horizon = hours(10);
  const Outcome outcome = simulate(scenario, 0, 7, 0);
  CHECK(kind(outcome, CostKind::instances) == doctest::Approx(200));
  CHECK(kind(outcome, CostKind::licences) == doctest::Approx(100));
  CHECK(kind(outcome, CostKind::image_fees) == doctest::Approx(50));
  CHECK(phase(outcome, CostPhase::deployment) == doctest::Approx(10 * 0.1 * 3.5));
  CHECK(phase(outcome, CostPhase::running) == doctest::Approx(10 * 9.9 * 3.5));
}

TEST_CASE("tiers multiply the price from their age on: 96 h full, to 360 h half, then 34 %") {
  Scenario scenario = plain_scenario(1);
  World& world = world_of(scenario);
  world.images[ImageId{0}].launch = RandomDuration{};
  world.groups[GroupId{0}].price_per_hour = Money::units(1);
  world.groups[GroupId{0}].tiers = {{hours(96), 0.5}, {hours(360), 0.34}};
  scenario.horizon = hours(500);
  CHECK(kind(simulate(scenario, 0, 7, 0), CostKind::instances) ==
        doctest::Approx(96 + 264 * 0.5 + 140 * 0.34));
}

TEST_CASE("discounts take a share off the prices they are for, while they hold, and multiply") {
  Scenario scenario = plain_scenario(2);
  World& world = world_of(scenario);
  world.images[ImageId{0}].launch = RandomDuration{};
  world.images[ImageId{0}].fee_per_hour = Money::units(0.5);
  world.groups[GroupId{0}].price_per_hour = Money::units(10);
  world.groups[GroupId{0}].licence_per_hour = Money::units(1);
  world.groups[GroupId{0}].tiers = {{hours(60), 0.5}};
  world.groups.push_back(world.groups[GroupId{0}]);
  world.deployments.push_back(world.deployments[GroupId{0}]);
  world.rollout.sizes = {4};
  scenario.horizon = hours(100);
  const Discount commitment{"commitment",       {CostKind::instances, CostKind::licences},
                            {GroupId{0}},       kStart + hours(20),
                            kStart + hours(80), 0.3};
  const Discount volume{"volume", {CostKind::instances}, {}, kStart + hours(50), kNever, 0.1};
  world.discounts = {commitment, volume};
  Trace trace;
  const Outcome outcome = simulate(scenario, 0, 7, 0, &trace);
  // Group 0: 20 h full, 30 h at 70 %, 10 h at 63 %; then half price: 20 h at 63 %, 20 h at 90 %.
  // Group 1: 50 h full, 10 h at 90 %, then half price: 40 h at 90 %.
  const double first = 20 + 30 * 0.7 + 10 * 0.63 + 0.5 * (20 * 0.63 + 20 * 0.9);
  const double second = 50 + 10 * 0.9 + 0.5 * 40 * 0.9;
  CHECK(kind(outcome, CostKind::instances) == doctest::Approx(2 * 10 * (first + second)));
  CHECK(kind(outcome, CostKind::licences) == doctest::Approx(2 * (40 + 60 * 0.7) + 2 * 100));
  CHECK(kind(outcome, CostKind::image_fees) == doctest::Approx(4 * 0.5 * 100));
  for (const LedgerLine& line : trace.ledger()) {  // no line reaches over a border of a discount
    const bool discounted = line.kind == CostKind::instances;
    if (discounted) CHECK((line.to <= kStart + hours(50) || line.from >= kStart + hours(50)));
  }
}

TEST_CASE("a second that has begun is billed, and a minimum where there is one") {
  // Run time Exp(300 s), billed per second with a minimum of 60 s: mean 306.03 s. The instance is
  // lost for good at its failure.
  Scenario scenario = plain_scenario(1);
  World& world = world_of(scenario);
  world.images[ImageId{0}].launch = RandomDuration{};
  world.groups[GroupId{0}].price_per_hour = Money::units(3600);
  world.billing_minimum = seconds(60);
  FailureClass failure;
  failure.name = "ends";
  failure.kind = FailureKind::instance;
  failure.time_to_failure = RandomDuration{*random::Distribution::exponential(300)};
  world.failures.push_back(failure);
  check_mean(sample(scenario, Metric::cost_instances, 20000), 306.0288187251006);
}

TEST_CASE("people cost the hours they work, dedicated people all their working hours") {
  Scenario scenario = plain_scenario(4);
  by_hand(scenario, 2, constant_minutes(90));
  Staff& staff = world_of(scenario).staff[StaffId{0}];
  staff.wage_per_hour = Money::units(40);
  scenario.horizon = hours(10);
  const Outcome outcome = simulate(scenario, 0, 7, 0);
  CHECK(kind(outcome, CostKind::staff) == doctest::Approx(4 * 1.5 * 40));
  CHECK(phase(outcome, CostPhase::deployment) == doctest::Approx(4 * 1.5 * 40));
  staff.dedicated = true;
  const Outcome dedicated = simulate(scenario, 0, 7, 0);
  CHECK(kind(dedicated, CostKind::staff) == doctest::Approx(2 * 10 * 40));
  // What they worked is the price of the deployment all the same; the rest they were idle.
  CHECK(phase(dedicated, CostPhase::deployment) == doctest::Approx(4 * 1.5 * 40));
  CHECK(phase(dedicated, CostPhase::running) == doctest::Approx((20 - 4 * 1.5) * 40));
}

TEST_CASE("wages are paid for the hours that people are there: by month, and with a discount") {
  // 8 h of work from 3 h before the shift ends: 3 h in the first month, 5 h in the second, after 14
  // h of night.
  Scenario scenario = plain_scenario(1);
  by_hand(scenario, 1, constant_minutes(8 * 60));
  Staff& staff = world_of(scenario).staff[StaffId{0}];
  staff.wage_per_hour = Money::units(10);
  staff.open = {{kStart, kStart + hours(3)}, {kStart + hours(17), kStart + hours(27)}};
  scenario.horizon = hours(48);
  scenario.months = {kStart + hours(10)};
  Outcome outcome = simulate(scenario, 0, 7, 0);
  REQUIRE(outcome.cash_flow.size() == 2);
  CHECK(outcome.cash_flow[0] == doctest::Approx(30));
  CHECK(outcome.cash_flow[1] == doctest::Approx(50));
  world_of(scenario).discounts.push_back(
      Discount{"later", {CostKind::staff}, {}, kStart + hours(10), kNever, 0.5});
  outcome = simulate(scenario, 0, 7, 0);
  CHECK(kind(outcome, CostKind::staff) == doctest::Approx(30 + 25));
  staff.dedicated = true;  // 3 h, then 10 h at half the price
  outcome = simulate(scenario, 0, 7, 0);
  CHECK(kind(outcome, CostKind::staff) == doctest::Approx(30 + 50));
}

TEST_CASE("a server by hand costs from when somebody begins, not from when the night does") {
  Scenario scenario = plain_scenario(1);
  by_hand(scenario, 1, constant_minutes(60));
  World& world = world_of(scenario);
  world.staff[StaffId{0}].open = {{kStart + hours(15), kStart + hours(23)}};
  world.groups[GroupId{0}].price_per_hour = Money::units(1);
  scenario.horizon = hours(24);
  const Outcome outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::ready_time) == doctest::Approx(16 * 3600));
  CHECK(metric(outcome, Metric::waiting_staff) == doctest::Approx(15));
  CHECK(kind(outcome, CostKind::instances) == doctest::Approx(9));
}

TEST_CASE("work that the horizon cuts costs what was worked") {
  Scenario scenario = plain_scenario(1);
  by_hand(scenario, 1, constant_minutes(600));
  world_of(scenario).staff[StaffId{0}].wage_per_hour = Money::units(40);
  scenario.horizon = hours(3);
  const Outcome outcome = simulate(scenario, 0, 7, 0);
  CHECK(kind(outcome, CostKind::staff) == doctest::Approx(120));
  CHECK(std::isinf(metric(outcome, Metric::ready_time)));
  CHECK(metric(outcome, Metric::rollout_stalled) == 1);
}

TEST_CASE("delay has a price for each missing instance-hour") {
  Scenario scenario = plain_scenario(10);
  World& world = world_of(scenario);
  world.images[ImageId{0}].launch = RandomDuration{constant_minutes(30)};
  world.rollout.sizes = {5, 5};
  world.delay_per_missing_hour = Money::units(2);
  CHECK(kind(simulate(scenario, 0, 7, 0), CostKind::delay) ==
        doctest::Approx((5 * 0.5 + 5 * 1.0) * 2));
}

TEST_CASE("backups cost storage from their completion until newer ones replace them") {
  Scenario scenario = plain_scenario(1);
  World& world = world_of(scenario);
  world.images[ImageId{0}].launch = RandomDuration{};
  world.images[ImageId{0}].kind = ImageKind::public_image;
  world.groups[GroupId{0}].disk_gb = 100;
  world.regions[RegionId{0}].storage_per_gb_month = Money::units(0.72);  // 0.1 an hour for 100 GB
  Backup backup;
  backup.every = backup.first = hours(24);
  backup.takes = RandomDuration{constant_minutes(60)};
  backup.keep = 2;
  world.backup = backup;
  scenario.horizon = hours(100);
  // Starts at 24, 48, 72, 96; complete at 25, 49, 73, 97; kept 25-73, 49-97, 73-100, 97-100.
  CHECK(kind(simulate(scenario, 0, 7, 0), CostKind::storage) ==
        doctest::Approx((48 + 48 + 27 + 3) * 0.1));
}

TEST_CASE("kinds and phases of the ledger both sum to the total, whatever happens") {
  Scenario scenario = plain_scenario(20);
  by_hand(scenario, 3, constant_minutes(45));
  World& world = world_of(scenario);
  world.deployments[GroupId{0}] = Deployment{Method::image, ImageId{0}, std::nullopt, StaffId{0}};
  world.staff[StaffId{0}].wage_per_hour = Money::units(42.51);
  world.staff[StaffId{0}].step_error = Probability{0.1};
  world.images[ImageId{0}].bad = Probability{0.5};
  world.launch.fails = Probability{0.1};
  world.launch.back_off = RandomDuration{constant_minutes(1)};
  world.groups[GroupId{0}].price_per_hour = Money::units(0.07);
  world.groups[GroupId{0}].licence_per_hour = Money::units(0.01);
  world.regions[RegionId{0}].storage_per_gb_month = Money::units(0.026);
  world.delay_per_missing_hour = Money::units(1);
  world.defects = Defects{RandomDuration{exponential_hours(24)},
                          RandomDuration{exponential_hours(0.5)}, Money::units(2)};
  for (const FailureKind what : {FailureKind::environment, FailureKind::instance})
    world.failures.push_back(FailureClass{"failure", what, RandomDuration{exponential_hours(300)},
                                          RandomDuration{constant_minutes(5)}, Money::units(3),
                                          Money::units(10)});
  world.recovery.means = {RecoveryMeans::restore_backup, RecoveryMeans::reinstall,
                          RecoveryMeans::relaunch, RecoveryMeans::rebuild_by_hand};
  world.recovery.reinstall = RandomDuration{uniform_minutes(10, 30)};
  Backup backup;
  backup.every = backup.first = hours(24);
  backup.takes = RandomDuration{constant_minutes(20)};
  backup.every_instance = true;
  backup.keep = 2;
  world.backup = backup;
  for (std::uint64_t replication = 0; replication < 100; ++replication) {
    const Outcome outcome = simulate(scenario, 0, 7, replication);
    double kinds = 0, phases = 0;
    for (std::size_t index = 0; index < kCostKinds; ++index)
      kinds += kind(outcome, static_cast<CostKind>(index));
    for (std::size_t index = 0; index < kCostPhases; ++index)
      phases += phase(outcome, static_cast<CostPhase>(index));
    CHECK(kinds == doctest::Approx(metric(outcome, Metric::cost_total)).epsilon(1e-9));
    CHECK(phases == doctest::Approx(metric(outcome, Metric::cost_total)).epsilon(1e-9));
    // Conservation: out and defective instances never exceed the fleet, and together make the
    // impact.
    CHECK(metric(outcome, Metric::impact_peak) <= 20);
    CHECK(metric(outcome, Metric::impact_instance_hours) ==
          doctest::Approx(metric(outcome, Metric::impact_out_instance_hours) +
                          metric(outcome, Metric::impact_defective_instance_hours)));
    CHECK(outcome.digest == simulate(scenario, 0, 7, replication).digest);
  }
}
