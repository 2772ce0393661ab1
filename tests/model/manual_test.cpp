#include "world.hpp"

using namespace rollcast;
using namespace rollcast::test;

TEST_CASE("one engineer sets up servers one after another") {
  Scenario scenario = plain_scenario(30);
  by_hand(scenario, 1, uniform_minutes(20, 40));
  std::vector<double> found = sample(scenario, Metric::ready_time, 4000);
  for (double& value : found) value /= 60;
  check_mean(found, 900);
  CHECK(moments(found).variance == doctest::Approx(1000.0).epsilon(0.09));
}

TEST_CASE(
    "by hand a server takes one to two workdays of one person, as one lump or as the graph of its "
    "software") {
  for (const bool graph : {false, true}) {
    Scenario scenario = plain_scenario(1);
    by_hand(scenario, 1, *random::Distribution::uniform(8 * 3600, 16 * 3600));
    World& world = world_of(scenario);
    if (graph) {
      world.software.clear();
      std::vector<ComponentId>& needed = world.groups[GroupId{0}].components;
      needed.clear();
      for (const double share : {15.0, 25.0, 30.0, 15.0, 15.0}) {
        Component step;
        step.share = share;
        if (!needed.empty()) step.after = {needed.back()};
        needed.push_back(world.software.push_back(step));
      }
    }
    const std::vector<double> found = sample(scenario, Metric::ready_time, 4000);
    for (const double value : found) {
      CHECK(value >= 8 * 3600 - 1e-6);
      CHECK(value <= 16 * 3600 + 1e-6);
    }
    check_mean(found, 12 * 3600);
  }
}

TEST_CASE("work stops at night and goes on with the same person in the morning") {
  Scenario scenario = plain_scenario(1);
  by_hand(scenario, 1, random::Distribution::constant(12 * 3600));
  std::vector<std::pair<TimePoint, TimePoint>>& open = world_of(scenario).staff[StaffId{0}].open;
  for (int day = 0; day < 5; ++day)
    open.emplace_back(kStart + hours(24 * day), kStart + hours(24 * day + 8));
  const Outcome outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::ready_time) == doctest::Approx(28 * 3600.0));
  CHECK(metric(outcome, Metric::waiting_staff) == doctest::Approx(16.0));
  CHECK(metric(outcome, Metric::staff_effort_hours) == doctest::Approx(12.0));
  CHECK(metric(outcome, Metric::staff_utilisation) == doctest::Approx(1.0));
}

namespace {

/// A server of steps that need nobody, each exponential with a mean of one hour: an activity
/// network.
Scenario network(const std::vector<std::vector<std::size_t>>& after,
                 const random::Distribution& length) {
  Scenario scenario = plain_scenario(1);
  by_hand(scenario, 1, random::Distribution::constant(0));
  World& world = world_of(scenario);
  world.software.clear();
  std::vector<ComponentId>& needed = world.groups[GroupId{0}].components;
  needed.clear();
  for (const auto& before : after) {
    Component step;
    step.work = RandomEffort{};
    step.unattended = RandomDuration{length};
    for (const std::size_t index : before) step.after.push_back(needed[index]);
    needed.push_back(world.software.push_back(step));
  }
  return scenario;
}

}  // namespace

TEST_CASE("unattended steps run side by side: the bridge network of Kulkarni and Adlakha") {
  // Arcs 1-2, 1-3, 2-3, 2-4, 3-4 in this order.
  const Scenario scenario =
      network({{}, {}, {0}, {0}, {1, 2}}, *random::Distribution::exponential(3600));
  std::vector<double> found = sample(scenario, Metric::ready_time, 20000);
  for (double& value : found) value /= 3600;
  check_mean(found, 3.458333333333333);
}

TEST_CASE("the longer of two branches decides: max(A + B, C)") {
  const Scenario scenario = network({{}, {0}, {}}, *random::Distribution::uniform(0, 3600));
  std::vector<double> found = sample(scenario, Metric::ready_time, 20000);
  for (double& value : found) value /= 3600;
  check_mean(found, 1.0416666666666667);
}

TEST_CASE("a person is free for other servers while a step runs unattended") {
  Scenario scenario = plain_scenario(2);
  by_hand(scenario, 1, constant_minutes(60));
  World& world = world_of(scenario);
  world.software[ComponentId{0}].unattended = RandomDuration{constant_minutes(30)};
  // 0-60 server 1, 60-120 server 2, which then runs by itself until 150.
  CHECK(metric(simulate(scenario, 0, 7, 0), Metric::ready_time) == doctest::Approx(150 * 60));
}

TEST_CASE("a hand-over between roles waits, work that stays with one role does not") {
  Scenario scenario = plain_scenario(1);
  by_hand(scenario, 1, constant_minutes(60));
  World& world = world_of(scenario);
  Staff database_people;
  database_people.name = "dba";
  const StaffId dba = world.staff.push_back(database_people);
  Component second;
  second.name = "database";
  second.after = {ComponentId{0}};
  world.groups[GroupId{0}].components.push_back(world.software.push_back(second));
  world.manual.hand_over = RandomDuration{constant_minutes(180)};
  CHECK(metric(simulate(scenario, 0, 7, 0), Metric::ready_time) == doctest::Approx(60 * 60));
  world.software[ComponentId{1}].by = dba;
  const Outcome handed_over = simulate(scenario, 0, 7, 0);
  CHECK(metric(handed_over, Metric::ready_time) == doctest::Approx((30 + 180 + 30) * 60));
  CHECK(metric(handed_over, Metric::staff_effort_hours) == doctest::Approx(1.0));
}

TEST_CASE("a step of two roles waits until both are free, and passes while both are at work") {
  Scenario scenario = plain_scenario(2);
  by_hand(scenario, 2, constant_minutes(120));
  World& world = world_of(scenario);
  Staff database_people;
  database_people.name = "dba";
  database_people.wage_per_hour = Money::units(100);
  const StaffId dba = world.staff.push_back(database_people);
  Component joint;
  joint.name = "database";
  joint.after = {ComponentId{0}};
  joint.by = StaffId{0};
  joint.together_with = {dba};
  world.groups[GroupId{0}].components.push_back(world.software.push_back(joint));
  // Both servers are begun at once, 60 min each; then the one dba joins one after the other.
  Outcome outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::ready_time) == doctest::Approx(180 * 60));
  CHECK(metric(outcome, Metric::staff_effort_hours) == doctest::Approx(2 * 1 + 2 * 2));
  CHECK(metric(outcome, Metric::cost_staff) == doctest::Approx(200));
  // Both are there only from 2 h to 3 h and from 26 h to 27 h: time for one server each.
  world.software[ComponentId{1}].open_together = {{kStart + hours(2), kStart + hours(3)},
                                                  {kStart + hours(26), kStart + hours(27)}};
  outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::ready_time) == doctest::Approx(27 * 3600));
}

TEST_CASE("two servers that need two people of each of two roles do not wait for each other") {
  Scenario scenario = plain_scenario(30);
  by_hand(scenario, 3, exponential_hours(1));
  World& world = world_of(scenario);
  Staff more;
  more.name = "dba";
  more.people = 3;
  const StaffId dba = world.staff.push_back(more);
  const StaffId ops{0};
  std::vector<ComponentId>& needed = world.groups[GroupId{0}].components;
  for (const auto& [lead, others] : {std::pair{ops, std::vector{dba, ops, dba}},
                                     {dba, std::vector{ops, ops, dba}},
                                     {ops, std::vector<StaffId>{}}}) {
    Component step;
    step.by = lead;
    step.together_with = others;
    needed.push_back(world.software.push_back(step));
  }
  for (std::uint64_t replication = 0; replication < 50; ++replication)
    CHECK(metric(simulate(scenario, 0, 7, replication), Metric::ready_share) == 1.0);
}

TEST_CASE("what one of two people misses the other may find") {
  Scenario scenario = plain_scenario(100);
  by_hand(scenario, 100, constant_minutes(60));
  World& world = world_of(scenario);
  world.staff[StaffId{0}].step_error = Probability{0.2};
  world.staff[StaffId{0}].verification_catches = Probability{0.5};
  world.staff.push_back(world.staff[StaffId{0}]);
  world.software[ComponentId{0}].by = StaffId{0};
  world.software[ComponentId{0}].together_with = {StaffId{1}};
  // As in the case below, with 1 - .5 * .5 found: P = .2 * .25 / (1 - .2 * .75).
  check_mean(sample(scenario, Metric::defects_live, 2000), 100 * 0.05 / 0.85);
}

TEST_CASE("errors that verification misses stay in the server, each server has its own") {
  Scenario scenario = plain_scenario(100);
  by_hand(scenario, 100, constant_minutes(60));
  Staff& staff = world_of(scenario).staff[StaffId{0}];
  staff.step_error = Probability{0.2};
  staff.verification_catches = Probability{0.75};
  // An error is made, found with .75 and the step done again (without cost), until it is right or
  // the error is missed: P = .2 * .25 / (1 - .2 * .75).
  const std::vector<double> found = sample(scenario, Metric::defects_live, 2000);
  check_mean(found, 100 * 0.05 / 0.85);
}

TEST_CASE("an image made first costs its making once and is then launched from") {
  Scenario scenario = plain_scenario(50);
  by_hand(scenario, 2, constant_minutes(600));
  World& world = world_of(scenario);
  const StaffId ops{0};
  Image& image = world.images[ImageId{0}];
  image.exists_in.clear();
  image.bad = std::nullopt;
  image.launch = RandomDuration{constant_minutes(4)};
  image.make = MakeImage{GroupId{0}, ops};
  image.create.takes = RandomDuration{constant_minutes(12)};
  image.test = ImageTest{ops, RandomEffort{constant_minutes(240)}, Probability{0.8}};
  world.deployments[GroupId{0}] = Deployment{Method::image, ImageId{0}, std::nullopt, ops};
  const Outcome outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::ready_time) == doctest::Approx((600 + 12 + 240 + 4) * 60));
  CHECK(metric(outcome, Metric::image_to_ready_time) == doctest::Approx(4 * 60));
  CHECK(metric(outcome, Metric::staff_effort_hours) == doctest::Approx(14.0));
  CHECK(metric(outcome, Metric::capacity_peak) == 50);
}
