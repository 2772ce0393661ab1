#include <algorithm>

#include "world.hpp"

using namespace rollcast;
using namespace rollcast::test;

TEST_CASE(
    "the fleet is ready when its slowest instance is: 100 launches of 3 to 5 minutes at once") {
  const Scenario scenario = plain_scenario(100);
  std::vector<double> minutes_to_ready = sample(scenario, Metric::ready_time, 4000);
  for (double& value : minutes_to_ready) value /= 60;
  check_mean(minutes_to_ready, 4.98019802);
}

TEST_CASE("ten batches of ten without a pause take the sum of their slowest launches") {
  Scenario scenario = plain_scenario(100);
  world_of(scenario).rollout.sizes.assign(10, 10);
  std::vector<double> found = sample(scenario, Metric::ready_time, 4000);
  for (double& value : found) value /= 60;
  check_mean(found, 48.18181818181818);
  const Moments spread = moments(found);
  // The variance of a nearly normal sample has a relative standard error of sqrt(2/n) = 2.2 %; 4 of
  // them are allowed.
  CHECK(spread.variance == doctest::Approx(0.27548209366391185).epsilon(0.09));
}

TEST_CASE("one launch that succeeds nine times in ten is retried at once until it does") {
  Scenario scenario = plain_scenario(1);
  world_of(scenario).launch.fails = Probability{0.1};
  std::vector<double> found = sample(scenario, Metric::ready_time, 20000);
  for (double& value : found) value /= 60;
  check_mean(found, 4.444444444444445);
  std::sort(found.begin(), found.end());
  // Exact value inside the 99.99 % interval of order statistics: ranks 19000 -/+ 3.89 sqrt(20000 *
  // .95 * .05).
  CHECK(found[19000 - 120] <= 8.114381916835873);
  CHECK(8.114381916835873 <= found[19000 + 120]);
}

TEST_CASE("a hundred such launches in parallel") {
  Scenario scenario = plain_scenario(100);
  world_of(scenario).launch.fails = Probability{0.1};
  std::vector<double> found = sample(scenario, Metric::ready_time, 4000);
  for (double& value : found) value /= 60;
  check_mean(found, 11.528046658130075);
}

TEST_CASE("ten waves of ten with retries") {
  Scenario scenario = plain_scenario(100);
  world_of(scenario).launch.fails = Probability{0.1};
  world_of(scenario).rollout.sizes.assign(10, 10);
  std::vector<double> found = sample(scenario, Metric::ready_time, 4000);
  for (double& value : found) value /= 60;
  check_mean(found, 74.28959107140031);
}

TEST_CASE("after three failed attempts an instance is given up and the fleet is never ready") {
  Scenario scenario = plain_scenario(1);
  World& world = world_of(scenario);
  world.launch.fails = Probability{0.1};
  world.launch.attempts = 3;
  std::int64_t given_up = 0;
  std::vector<double> attempts;
  for (std::uint64_t replication = 0; replication < 40000; ++replication) {
    const Outcome outcome = simulate(scenario, 0, 7, replication);
    attempts.push_back(metric(outcome, Metric::launches_attempted));
    const bool ready = !std::isinf(metric(outcome, Metric::ready_time));
    CHECK(ready == (metric(outcome, Metric::instances_abandoned) == 0));
    given_up += ready ? 0 : 1;
  }
  check_mean(attempts, 1.11);
  // 40 expected; a Poisson count lies outside 18 to 70 with probability below 1e-4.
  CHECK(given_up >= 18);
  CHECK(given_up <= 70);
}

TEST_CASE("80 % of the fleet is in service with the 80th of 100 entries") {
  const Scenario scenario = plain_scenario(100);
  std::vector<double> found;
  for (std::uint64_t replication = 0; replication < 4000; ++replication)
    found.push_back(simulate(scenario, 0, 7, replication).ready_curve[31] / 60);
  check_mean(found, 4.584158415841584);
}

TEST_CASE("calls to the API pass its token bucket") {
  Scenario scenario = plain_scenario(200);
  World& world = world_of(scenario);
  world.images[ImageId{0}].launch = RandomDuration{random::Distribution::constant(0)};
  Region& region = world.regions[RegionId{0}];
  region.api_burst = 50;
  region.api_calls_per_second = 2;
  region.instances_per_call = 1;
  const Outcome outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::ready_time) == doctest::Approx(75.0));
  region.instances_per_call = 100;
  CHECK(metric(simulate(scenario, 0, 7, 0), Metric::ready_time) == doctest::Approx(0.0));
}

TEST_CASE("a quota of launches makes the rest wait") {
  Scenario scenario = plain_scenario(20);
  World& world = world_of(scenario);
  world.images[ImageId{0}].launch = RandomDuration{*random::Distribution::exponential(30.0 * 60)};
  world.regions[RegionId{0}].launches = 3;
  std::vector<double> found = sample(scenario, Metric::ready_time, 5000);
  for (double& value : found) value /= 60;
  check_mean(found, 225.0);
}

TEST_CASE("an image that must be copied is waited for, and the wait is told") {
  Scenario scenario = plain_scenario(5);
  World& world = world_of(scenario);
  Region there;
  there.name = "there";
  const RegionId other = world.regions.push_back(there);
  world.groups[GroupId{0}].region = other;
  world.images[ImageId{0}].copied_to = {ImageCopy{other, {}, false}};
  world.images[ImageId{0}].copy = RandomDuration{constant_minutes(20)};
  world.images[ImageId{0}].launch = RandomDuration{constant_minutes(4)};
  const Outcome outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::ready_time) == doctest::Approx(24 * 60));
  CHECK(metric(outcome, Metric::image_to_ready_time) == doctest::Approx(4 * 60));
  CHECK(metric(outcome, Metric::waiting_copy) == doctest::Approx(5 * 20 / 60.0));
}

TEST_CASE(
    "an image's fate is one draw: bad for all of its instances or for none, in every strategy "
    "alike") {
  Scenario scenario = plain_scenario(50);
  World& world = world_of(scenario);
  world.images[ImageId{0}].bad = Probability{0.1};
  world.defects.detection = RandomDuration{exponential_hours(24)};
  scenario.strategies.push_back(Strategy{"in batches", world});
  scenario.strategies[1].world.rollout.sizes.assign(5, 10);
  std::int64_t bad = 0;
  for (std::uint64_t replication = 0; replication < 2000; ++replication) {
    const double first =
        metric(simulate(scenario, 0, 7, replication), Metric::impact_defective_peak);
    const double second =
        metric(simulate(scenario, 1, 7, replication), Metric::impact_defective_peak);
    CHECK((first == 0 || first >= 45));
    CHECK((first > 0) == (second > 0));
    bad += first > 0 ? 1 : 0;
  }
  // 200 expected, standard deviation 13.4.
  CHECK(std::abs(bad - 200) <= 54);
}

TEST_CASE("what strategies share has the same luck in all of them, whatever else they add") {
  Scenario scenario = plain_scenario(20);
  scenario.strategies.reserve(2);
  World& world = world_of(scenario);
  world.launch.fails = Probability{0.2};
  world.failures = {FailureClass{"machine", FailureKind::environment,
                                 RandomDuration{exponential_hours(100)},
                                 RandomDuration{exponential_hours(1)}, Money{}, Money{}}};
  world.recovery.means = {RecoveryMeans::reinstall};
  scenario.strategies.push_back(scenario.strategies[0]);
  World& other = scenario.strategies[1].world;  // another group, failure and outage before them
  Group more = other.groups[GroupId{0}];
  more.name = "db";
  IdVector<GroupId, Group> groups;
  groups.push_back(more);
  groups.push_back(other.groups[GroupId{0}]);
  other.groups = groups;
  other.deployments.push_back(other.deployments[GroupId{0}]);
  other.rollout.sizes = {40};
  FailureClass never = world.failures[0];
  never.name = "never";
  never.time_to_failure = RandomDuration{random::Distribution::constant(1e9)};
  other.failures.insert(other.failures.begin(), never);
  const auto story_of_web = [&](std::size_t strategy) {
    Trace trace;
    const Outcome outcome = simulate(scenario, strategy, 7, 3, &trace);
    static_cast<void>(outcome);
    std::vector<std::string> lines;
    for (const TraceEvent& event : trace.events())
      if (event.subject.starts_with("web["))
        lines.push_back(fmt::format("{} {} {}", event.time.time_since_epoch().count(),
                                    event.subject, event.what));
    return lines;
  };
  const auto alone = story_of_web(0);
  CHECK(alone.size() > 100);
  CHECK(alone == story_of_web(1));
}

TEST_CASE("a canary stops a bad image before it spreads, and the roll-out then never ends") {
  Scenario scenario = plain_scenario(100);
  World& world = world_of(scenario);
  world.images[ImageId{0}].bad = Probability{1.0};
  world.rollout.sizes = {1, 9, 90};
  world.rollout.soak = RandomDuration{constant_minutes(60)};
  world.rollout.stop_above = Probability{0.0};
  world.defects.detection = RandomDuration{random::Distribution::constant(1e7)};
  world.defects.detection_soak = RandomDuration{constant_minutes(30)};
  const Outcome outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::rollout_aborted) == 1);
  CHECK(metric(outcome, Metric::impact_peak) == 1);
  CHECK(metric(outcome, Metric::ready_share) == doctest::Approx(0.01));
  CHECK(std::isinf(metric(outcome, Metric::ready_time)));
  CHECK(std::isinf(metric(outcome, Metric::rollout_time)));
}

TEST_CASE("a group waits for another") {
  Scenario scenario = plain_scenario(10);
  World& world = world_of(scenario);
  Group second = world.groups[GroupId{0}];
  second.name = "later";
  second.after = {Group::Wait{GroupId{0}, 10}};
  world.groups.push_back(second);
  world.deployments.push_back(world.deployments[GroupId{0}]);
  world.images[ImageId{0}].launch = RandomDuration{constant_minutes(4)};
  world.rollout.sizes = {20};
  CHECK(metric(simulate(scenario, 0, 7, 0), Metric::ready_time) == doctest::Approx(8 * 60));
}
