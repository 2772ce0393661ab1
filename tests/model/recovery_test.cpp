#include "world.hpp"

using namespace rollcast;
using namespace rollcast::test;

namespace {

/// One instance in service from t = 0 that fails at exponential times, is noticed at once, and is
/// back after `repair`.
Scenario breaking(double mean_hours, random::Distribution repair) {
  Scenario scenario = plain_scenario(1);
  World& world = world_of(scenario);
  world.images[ImageId{0}].launch = RandomDuration{};
  FailureClass failure;
  failure.name = "breaks";
  failure.time_to_failure = RandomDuration{exponential_hours(mean_hours)};
  world.failures.push_back(failure);
  world.recovery.means = {RecoveryMeans::reinstall};
  world.recovery.reinstall = RandomDuration{std::move(repair)};
  return scenario;
}

/// Data losses and their count over many replications; backups every six hours that take `takes`.
std::vector<double> losses(Duration takes) {
  Scenario scenario = breaking(200, random::Distribution::constant(0));
  scenario.horizon = hours(8760);
  World& world = world_of(scenario);
  world.recovery.means = {RecoveryMeans::restore_backup, RecoveryMeans::reinstall};
  Backup backup;
  backup.every = backup.first = hours(6);
  backup.takes = RandomDuration{random::Distribution::constant(to_seconds(takes))};
  backup.every_instance = true;
  world.backup = backup;
  std::vector<double> found;
  for (std::uint64_t replication = 0; replication < 200; ++replication)
    for (const IncidentRecord& incident : simulate(scenario, 0, 7, replication).incidents)
      found.push_back(incident.data_loss_hours);
  return found;
}

}  // namespace

TEST_CASE("availability over a month: exponential failures and repairs") {
  Scenario scenario = breaking(500, exponential_hours(4));
  const std::vector<double> found = sample(scenario, Metric::availability, 20000);
  check_mean(found, 0.9921072338400381);
  const std::vector<double> downtime = sample(scenario, Metric::impact_out_instance_hours, 20000);
  check_mean(downtime, 5.682791635172587);
  double without_failure = 0;
  for (const double count : sample(scenario, Metric::incidents_count, 20000))
    without_failure += count == 0 ? 1 : 0;
  // Binomial with p = .23692775868212176: standard error .0030.
  CHECK(without_failure / 20000 == doctest::Approx(0.23692775868212176).epsilon(0.05));
}

TEST_CASE("instant backups every six hours lose three hours on average") {
  const std::vector<double> found = losses(Duration::zero());
  check_mean(found, 3.0);
  CHECK(moments(found).variance == doctest::Approx(3.0).epsilon(0.06));
  double above_five = 0;
  for (const double loss : found) above_five += loss > 5 ? 1 : 0;
  CHECK(above_five / static_cast<double>(found.size()) == doctest::Approx(1.0 / 6).epsilon(0.1));
}

TEST_CASE("backups that take twenty minutes lose twenty minutes more") {
  check_mean(losses(minutes(20)), 3.0 + 20.0 / 60);
}

TEST_CASE("without a backup everything since service entry is lost") {
  Scenario scenario = breaking(200, constant_minutes(20));
  const Outcome outcome = simulate(scenario, 0, 7, 3);
  REQUIRE(!outcome.incidents.empty());
  double last = 0;
  for (const IncidentRecord& incident : outcome.incidents) {
    CHECK(incident.recovery_hours == doctest::Approx(1.0 / 3));
    CHECK(incident.data_loss_hours > last);
    last = incident.data_loss_hours;
  }
}

TEST_CASE("two of three, three of five, eight of ten: mean time until too few are left") {
  for (const auto& [least, of, truth] : {std::tuple{2, 3, 833.3333333333334},
                                         {3, 5, 783.3333333333334},
                                         {8, 10, 336.1111111111111}}) {
    Scenario scenario = breaking(1000, random::Distribution::constant(0));
    World& world = world_of(scenario);
    world.groups[GroupId{0}].count = of;
    world.rollout.sizes = {of};
    world.recovery.means.clear();  // no repair
    std::vector<double> found;
    scenario.horizon = hours(24 * 365 * 10);
    for (std::uint64_t replication = 0; replication < 4000; ++replication) {
      Trace trace;
      const Outcome outcome = simulate(scenario, 0, 7, replication, &trace);
      static_cast<void>(outcome);
      int serving = of;
      for (const TraceEvent& event : trace.events()) {
        if (event.what != "out of service") continue;
        if (--serving == least - 1) found.push_back(to_hours(event.time - kStart));
      }
    }
    check_mean(found, truth);
  }
}

TEST_CASE("machines wait for engineers: the machine repair model") {
  // 20 instances, each fails after Exp(50 h); 2 engineers repair one in Exp(5 h).
  Scenario scenario = plain_scenario(20);
  by_hand(scenario, 2, exponential_hours(5));
  World& world = world_of(scenario);
  world.deployments[GroupId{0}] = Deployment{Method::image, ImageId{0}, std::nullopt, StaffId{0}};
  world.images[ImageId{0}].launch = RandomDuration{};
  FailureClass failure;
  failure.name = "breaks";
  failure.time_to_failure = RandomDuration{exponential_hours(50)};
  world.failures.push_back(failure);
  world.recovery.means = {RecoveryMeans::rebuild_by_hand};
  scenario.horizon = hours(20000);
  const std::vector<double> found = sample(scenario, Metric::availability, 60);
  // The fleet starts with all up; over 20,000 h that adds less than 1e-4 to the availability.
  const Moments spread = moments(found);
  CHECK(std::abs(spread.mean - 0.8273952878126073) <= 4 * spread.standard_error + 1e-4);
}

TEST_CASE("a failure at night waits for the morning unless somebody is on call") {
  Scenario scenario = plain_scenario(1);
  by_hand(scenario, 1, constant_minutes(120));
  World& world = world_of(scenario);
  world.deployments[GroupId{0}] = Deployment{Method::image, ImageId{0}, std::nullopt, StaffId{0}};
  world.images[ImageId{0}].launch = RandomDuration{};
  FailureClass failure;
  failure.name = "breaks";
  failure.time_to_failure = RandomDuration{random::Distribution::constant(20 * 3600)};
  failure.detection = RandomDuration{constant_minutes(15)};
  world.failures.push_back(failure);
  world.recovery.means = {RecoveryMeans::rebuild_by_hand};
  scenario.horizon = hours(40);
  auto& open = world.staff[StaffId{0}].open;
  for (int day = 0; day < 3; ++day)
    open.emplace_back(kStart + hours(24 * day), kStart + hours(24 * day + 8));
  // Fails at 20 h, noticed at 20.25 h, worked on from 24 h to 26 h.
  CHECK(metric(simulate(scenario, 0, 7, 0), Metric::recovery_time_max) == doctest::Approx(6.0));
  world.staff[StaffId{0}].on_call = true;
  const Outcome on_call = simulate(scenario, 0, 7, 0);
  CHECK(metric(on_call, Metric::recovery_time_max) == doctest::Approx(2.25));
  CHECK(metric(on_call, Metric::staff_out_of_hours) == doctest::Approx(2.0));
}

TEST_CASE("a lost machine is replaced, an instance that nothing can recover stays out") {
  Scenario scenario = breaking(100, constant_minutes(20));
  World& world = world_of(scenario);
  world.failures[0].kind = FailureKind::instance;
  world.images[ImageId{0}].launch = RandomDuration{constant_minutes(4)};
  world.recovery.means = {RecoveryMeans::reinstall, RecoveryMeans::relaunch};
  Outcome outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::recovery_time_max) == doctest::Approx(4.0 / 60));
  world.recovery.means = {RecoveryMeans::reinstall};
  outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::recovery_open) == 1);
  CHECK(std::isinf(metric(outcome, Metric::recovery_time_mean)));
}
