#include "world.hpp"

using namespace rollcast;
using namespace rollcast::test;

TEST_CASE("five instances in two batches, worked out by hand line by line") {
  // Two launch slots; launches take 4 min; batches of 3 and 2 with 1 min between. The third
  // instance fails 30 min after it entered service (all do, those before the horizon of 45 min
  // show), is noticed after 1 min and reinstalled in 10 min.
  Scenario scenario = plain_scenario(5);
  World& world = world_of(scenario);
  world.images[ImageId{0}].launch = RandomDuration{constant_minutes(4)};
  world.regions[RegionId{0}].launches = 2;
  world.rollout.sizes = {3, 2};
  world.rollout.pause = RandomDuration{constant_minutes(1)};
  world.failures.push_back(FailureClass{"environment", FailureKind::environment,
                                        RandomDuration{constant_minutes(30)},
                                        RandomDuration{constant_minutes(1)}, Money{}, Money{}});
  world.recovery.means = {RecoveryMeans::reinstall};
  world.recovery.reinstall = RandomDuration{constant_minutes(10)};
  scenario.horizon = minutes(45);
  CHECK(story(scenario) == R"(
     0 golden    available in here
     0 roll-out  batch 1 starts: 3 instances
     0 web[1]    launch accepted, attempt 1
     0 web[2]    launch accepted, attempt 1
   240 web[1]    enters service
   240 web[2]    enters service
   240 web[3]    launch accepted, attempt 1
   480 web[3]    enters service
   540 roll-out  batch 2 starts: 2 instances
   540 web[4]    launch accepted, attempt 1
   540 web[5]    launch accepted, attempt 1
   780 web[4]    enters service
   780 web[5]    enters service
   780 roll-out  ended
  2040 web[1]    fails: environment
  2040 web[1]    out of service
  2040 web[2]    fails: environment
  2040 web[2]    out of service
  2280 web[3]    fails: environment
  2280 web[3]    out of service
  2580 web[4]    fails: environment
  2580 web[4]    out of service
  2580 web[5]    fails: environment
  2580 web[5]    out of service
  2700 web[1]    back in service
  2700 web[2]    back in service
)");
}

TEST_CASE(
    "an image is copied, then shared in the other region; it cannot be destroyed while it is "
    "shared") {
  Scenario scenario = plain_scenario(1);
  World& world = world_of(scenario);
  Region there;
  there.name = "there";
  const RegionId other = world.regions.push_back(there);
  Image& image = world.images[ImageId{0}];
  image.launch = RandomDuration{constant_minutes(4)};
  image.copied_to = {ImageCopy{other, {}, false}};
  image.copy = RandomDuration{constant_minutes(20)};
  image.shares = {Image::Share{"partner", other, kStart, kStart + minutes(50)}};
  image.destroyed = kStart + minutes(30);
  scenario.horizon = minutes(60);
  // The copy is there at 20 min and shared at once; destroying it at 30 min is refused, and done
  // when the share ends at 50 min. The running instance is not affected.
  CHECK(story(scenario) == R"(
     0 golden    available in here
     0 roll-out  batch 1 starts: 1 instance
     0 web[1]    launch accepted, attempt 1
   240 web[1]    enters service
   240 roll-out  ended
  1200 golden    available in there
  1200 golden    shared with partner in there
  1800 golden    cannot be destroyed: shared with 1
  3000 golden    shared with partner no longer
  3000 golden    destroyed
)");
}

TEST_CASE(
    "a full quota of images: the oldest backup gives way once enough are kept, else the backup is "
    "skipped") {
  Scenario scenario = plain_scenario(2);
  World& world = world_of(scenario);
  world.images[ImageId{0}].launch = RandomDuration{constant_minutes(4)};
  world.regions[RegionId{0}].images = 3;  // the golden image and two backups
  Backup backup;
  backup.every = backup.first = minutes(60);
  backup.every_instance = true;
  backup.keep = 2;
  world.backup = backup;
  scenario.horizon = minutes(130);
  CHECK(story(scenario) == R"(
     0 golden    available in here
     0 roll-out  batch 1 starts: 2 instances
     0 web[1]    launch accepted, attempt 1
     0 web[2]    launch accepted, attempt 1
   240 web[1]    enters service
   240 web[2]    enters service
   240 roll-out  ended
  3600 web[1]    backup starts
  3600 web[2]    backup starts
  7200 web[1]    backup skipped: the quota of images is full
  7200 web[2]    backup skipped: the quota of images is full
)");
  CHECK(metric(simulate(scenario, 0, 7, 0), Metric::backups_skipped) == 2);
  world.backup->keep = 1;
  CHECK(metric(simulate(scenario, 0, 7, 0), Metric::backups_skipped) == 0);
}

TEST_CASE(
    "a replication's ledger lists what it spent, in time, and adds up to the metrics and to the "
    "cash flow") {
  Scenario scenario = plain_scenario(5);
  World& world = world_of(scenario);
  world.groups[GroupId{0}].price_per_hour = Money::units(2);
  world.regions[RegionId{0}].storage_per_gb_month = Money::units(0.5);
  scenario.months = {kStart + hours(24 * 10), kStart + hours(24 * 20)};
  Trace trace;
  const Outcome outcome = simulate(scenario, 0, 7, 0, &trace);
  Money sum;
  for (const LedgerLine& line : trace.ledger()) {
    CHECK(line.from <= line.to);
    sum += line.amount;
  }
  CHECK(sum.units() == doctest::Approx(metric(outcome, Metric::cost_total)));
  REQUIRE(outcome.cash_flow.size() == 3);
  CHECK(outcome.cash_flow[0] + outcome.cash_flow[1] + outcome.cash_flow[2] ==
        doctest::Approx(sum.units()));
  CHECK(outcome.cash_flow[1] == doctest::Approx(outcome.cash_flow[2]).epsilon(1e-6));
}

namespace {

/// "0 launching, 240 serving" of one track.
std::string activities(const Trace& trace, TrackKind track, std::uint32_t index) {
  static constexpr std::array<const char*, kActivities> kNames{
      "after group", "after image", "quota",   "api",        "people",
      "by hand",     "launching",   "script",  "check",      "back-off",
      "serving",     "defective",   "out",     "recovering", "given up",
      "bringing up", "soaking",     "pausing", "approval",   "waiting for window",
      "standing by", "retired",     "copying", "in force",   "over"};
  std::vector<std::string> parts;
  for (const ActivityChange& change : trace.changes())
    if (change.track == track && change.index == index)
      parts.push_back(fmt::format("{} {}", to_seconds(change.time - kStart),
                                  kNames[static_cast<std::size_t>(change.activity)]));
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

TEST_CASE("what everything does when: quota, launch, failure and recovery, worked out by hand") {
  // One launch slot; 4 min a launch; failures 30 min after entry, noticed after 1 min, reinstalled
  // in 10 min; an outage of no consequence from 50 min to 55 min.
  Scenario scenario = plain_scenario(2);
  World& world = world_of(scenario);
  world.images[ImageId{0}].launch = RandomDuration{constant_minutes(4)};
  world.regions[RegionId{0}].launches = 1;
  world.rollout.soak = RandomDuration{constant_minutes(2)};
  world.failures.push_back(FailureClass{"environment", FailureKind::environment,
                                        RandomDuration{constant_minutes(30)},
                                        RandomDuration{constant_minutes(1)}, Money{}, Money{}});
  world.recovery.means = {RecoveryMeans::reinstall};
  world.recovery.reinstall = RandomDuration{constant_minutes(10)};
  Outage shortage;
  shortage.name = "shortage";
  shortage.region = RegionId{0};
  shortage.at = kStart + minutes(50);
  shortage.lasts = RandomDuration{constant_minutes(5)};
  shortage.takes = Probability{0};
  world.outages.push_back(shortage);
  scenario.horizon = minutes(60);
  Trace trace(false);
  const Outcome traced = simulate(scenario, 0, 7, 0, &trace);
  CHECK(traced.digest == simulate(scenario, 0, 7, 0).digest);
  CHECK(trace.events().empty());
  CHECK(trace.ledger().empty());
  CHECK(activities(trace, TrackKind::instance, 0) ==
        "0 after group, 0 quota, 0 launching, 240 serving, 480 soaking, 600 serving, 2040 out, "
        "2100 recovering, 2700 serving");
  CHECK(activities(trace, TrackKind::instance, 1) ==
        "0 after group, 0 quota, 240 launching, 480 serving, 480 soaking, 600 serving, 2280 out, "
        "2340 recovering, 2940 serving");
  CHECK(activities(trace, TrackKind::rollout, 0) == "0 bringing up, 480 soaking, 600 over");
  CHECK(activities(trace, TrackKind::outage, 0) == "3000 in force, 3300 over");
}

TEST_CASE("copies of images are tracks of their own, by image and destination") {
  Scenario scenario = plain_scenario(1);
  World& world = world_of(scenario);
  Region there = world.regions[RegionId{0}];
  there.name = "there";
  const RegionId to = world.regions.push_back(there);
  Image& image = world.images[ImageId{0}];
  image.copied_to = {ImageCopy{to, {}, false}};
  image.copy = RandomDuration{constant_minutes(20)};
  scenario.horizon = hours(1);
  Trace trace(false);
  static_cast<void>(simulate(scenario, 0, 7, 0, &trace));
  CHECK(activities(trace, TrackKind::copy, 1) == "0 copying, 1200 over");  // image 0 of 2 regions
  CHECK(activities(trace, TrackKind::copy, 0).empty());
}

TEST_CASE("a person's work is told piece by piece; who waits for people is told too") {
  Scenario scenario = plain_scenario(2);
  by_hand(scenario, 1, constant_minutes(60));
  scenario.horizon = hours(3);
  Trace trace;
  const Outcome outcome = simulate(scenario, 0, 7, 0, &trace);
  CHECK(metric(outcome, Metric::ready_time) == 7200);
  CHECK(activities(trace, TrackKind::instance, 1) ==
        "0 after group, 0 people, 3600 by hand, 7200 serving");
  REQUIRE(trace.work().size() == 2);
  for (std::uint32_t piece = 0; piece < 2; ++piece) {
    const WorkPiece& work = trace.work()[piece];
    CHECK(to_seconds(work.from - kStart) == 3600 * piece);
    CHECK(to_seconds(work.to - kStart) == 3600 * (piece + 1));
    CHECK(work.on.index() == piece);
    CHECK(std::string(work.what) == "set-up");
  }
}
