/// New versions of an image that replace what runs, what images cost, and what their end means:
/// logs and numbers worked out by hand.
#include "world.hpp"

using namespace rollcast;
using namespace rollcast::test;

namespace {

const ImageId kGolden{0};

RandomDuration exactly(Duration length) {
  return RandomDuration{random::Distribution::constant(to_seconds(length))};
}

/// Four instances, launched in 4 min from an image that `ops` rebuild every 24 h: an hour of work,
/// 10 min of creation. Each instance costs 1 a minute, an hour of work 40.
Scenario rebuilt_daily() {
  Scenario scenario = plain_scenario(4);
  World& world = world_of(scenario);
  Staff ops;
  ops.name = "ops";
  ops.wage_per_hour = Money::units(40);
  world.groups[GroupId{0}].price_per_hour = Money::units(60);
  Image& golden = world.images[kGolden];
  golden.launch = exactly(minutes(4));
  golden.create.takes = exactly(minutes(10));
  golden.bad.reset();  // as good as the work on it
  ImageRenewal renewal;
  renewal.by = world.staff.push_back(ops);
  renewal.work = RandomEffort{constant_minutes(60)};
  renewal.every = hours(24);
  renewal.keep = 2;
  golden.renewal = renewal;
  scenario.horizon = hours(26);
  return scenario;
}

Rollout in_batches(std::vector<std::int64_t> sizes) {
  Rollout rollout;
  rollout.sizes = std::move(sizes);
  return rollout;
}

}  // namespace

TEST_CASE("a new version replaces what runs, batch by batch, and with it the patches it lacked") {
  // A patch comes out every 12 h: on 12 h and 24 h, before the new version of 25 h 10 min.
  Scenario scenario = rebuilt_daily();
  World& world = world_of(scenario);
  world.patches = Patches{exactly(hours(12)), Money{}};
  world.images[kGolden].renewal->rollout = in_batches({2, 2});
  CHECK(story(scenario) == R"(
     0 golden    available in here
     0 roll-out  batch 1 starts: 4 instances
     0 web[1]    launch accepted, attempt 1
     0 web[2]    launch accepted, attempt 1
     0 web[3]    launch accepted, attempt 1
     0 web[4]    launch accepted, attempt 1
   240 web[1]    enters service
   240 web[2]    enters service
   240 web[3]    enters service
   240 web[4]    enters service
   240 roll-out  ended
 90600 golden    version 2 created
 90600 golden    version 2 available in here
 90600 golden    version 2 is rolled out
 90600 roll-out  batch 1 starts: 2 instances
 90600 web[1]    retired
 90600 web[2]    retired
 90600 web[1]'   launch accepted, attempt 1
 90600 web[2]'   launch accepted, attempt 1
 90840 web[1]'   enters service
 90840 web[2]'   enters service
 90840 roll-out  batch 2 starts: 2 instances
 90840 web[3]    retired
 90840 web[4]    retired
 90840 web[3]'   launch accepted, attempt 1
 90840 web[4]'   launch accepted, attempt 1
 91080 web[3]'   enters service
 91080 web[4]'   enters service
 91080 golden    version 2 has replaced the others
)");
  Outcome outcome = simulate(scenario, 0, 7, 0);
  // Two serve the first version until 90,600 s, two until 90,840 s, and all the second one without
  // a gap in its patches: 93,120 s of service each.
  const double lacked = 2 * (47'400 + 4'200) + 2 * (47'640 + 4'440);
  CHECK(metric(outcome, Metric::patches_missing) == doctest::Approx(lacked / (4 * 93'120)));
  CHECK(metric(outcome, Metric::vulnerable_instance_hours) ==
        doctest::Approx((2 * 47'400 + 2 * 47'640) / 3600.0));
  // Planned: nobody is out. The first deployment costs 4 times 4 min; the replacement is a cost of
  // running, as is the rebuild.
  CHECK(metric(outcome, Metric::impact_peak) == 0);
  CHECK(metric(outcome, Metric::capacity_least) == 2);
  CHECK(metric(outcome, Metric::ready_time) == 240);
  CHECK(metric(outcome, Metric::cost_deployment) == doctest::Approx(16));
  CHECK(metric(outcome, Metric::cost_running) == doctest::Approx(4 * 26 * 60 - 16 + 40));
  CHECK(metric(outcome, Metric::cost_images) == doctest::Approx(40));

  // Without the roll-out they go on with the first version and lack both patches to the end.
  world.images[kGolden].renewal->rollout.reset();
  outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::patches_missing) ==
        doctest::Approx((50'400 + 7'200) / (93'600.0 - 240)));
}

TEST_CASE("only the groups that are deployed from the image are replaced") {
  Scenario scenario = rebuilt_daily();
  World& world = world_of(scenario);
  Image other = world.images[kGolden];
  other.name = "other";
  other.renewal.reset();
  Group db = world.groups[GroupId{0}];
  db.name = "db";
  world.groups.push_back(db);
  world.deployments.push_back(
      Deployment{Method::image, world.images.push_back(other), std::nullopt, StaffId{}});
  world.rollout.sizes = {8};
  world.images[kGolden].renewal->rollout = in_batches({3, 1});
  // A machine of the other group is lost meanwhile, and comes back.
  world.failures.push_back(FailureClass{"machine", FailureKind::instance,
                                        exactly(seconds(90'700 - 240)), RandomDuration{}, Money{},
                                        Money{}});
  world.recovery.means = {RecoveryMeans::relaunch};
  const std::string told = story(scenario);
  CHECK(told.find("golden    version 2 has replaced the others") != std::string::npos);
  CHECK(told.find("db[1]     retired") == std::string::npos);
  CHECK(told.find("db[4]     back in service") != std::string::npos);
  CHECK(told.find("web[4]'   enters service") != std::string::npos);
  CHECK(metric(simulate(scenario, 0, 7, 0), Metric::capacity_peak) == 8);
}

TEST_CASE("a new version that is found bad in its soak goes back to the one that was kept") {
  Scenario scenario = rebuilt_daily();
  World& world = world_of(scenario);
  world.staff[StaffId{0}].step_error = Probability{1.0};  // every rebuild is bad
  world.defects.detection = exactly(hours(10));
  world.defects.detection_soak = exactly(minutes(10));
  world.recovery.means = {RecoveryMeans::relaunch};
  Rollout canary = in_batches({1, 3});
  canary.soak = exactly(hours(1));
  world.images[kGolden].renewal->rollout = canary;
  const std::string told = story(scenario);
  CHECK(told.substr(told.find(" 90600 golden    version 2 is")) ==
        R"( 90600 golden    version 2 is rolled out
 90600 roll-out  batch 1 starts: 1 instance
 90600 web[1]    retired
 90600 web[1]'   launch accepted, attempt 1
 90840 web[1]'   enters service with a hidden defect
 90840 roll-out  batch 1 soaks
 91440 golden    version 2 is known to be bad; it is mended
 91440 web[1]'   found defective
 91440 web[1]'   out of service
 91440 web[1]'   launch accepted, attempt 2
 91440 roll-out  stopped: its version is bad
 91440 roll-out  rolls back
 91440 roll-out  stage 1: 1 new instance, at most 0 more and 3 fewer at once
 91440 web[1]'   retired
 91440 web[1]    launch accepted, attempt 2
 91680 web[1]    enters service
 91680 roll-out  rolled back: 4 of 4 run the old version
)");
  const Outcome outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::rollout_rolled_back) == 1);
  CHECK(metric(outcome, Metric::impact_image_peak) == 1);
  CHECK(metric(outcome, Metric::impact_own_peak) == 0);
  CHECK(metric(outcome, Metric::impact_defective_instance_hours) == doctest::Approx(600 / 3600.0));
}

TEST_CASE("of two instances that a stopped roll-out left in a slot the next one replaces one") {
  Scenario scenario = rebuilt_daily();
  World& world = world_of(scenario);
  world.groups[GroupId{0}].count = 1;
  world.rollout.sizes = {1};
  world.staff[StaffId{0}].step_error = Probability{1.0};  // every rebuild is bad
  world.defects.detection = exactly(minutes(10));
  world.recovery.means = {RecoveryMeans::relaunch};
  Rollout surging = in_batches({1});
  surging.pace = Pace::rolling;
  surging.surge = 1;
  surging.min_ready = hours(1);
  world.images[kGolden].renewal->rollout = surging;
  world.images[kGolden].renewal->rollout->after_stop = AfterStop::keep;
  scenario.horizon = minutes(1600);
  std::string told = story(scenario);
  CHECK(told.substr(told.find(" 91440 web[1]'   out")) == R"( 91440 web[1]'   out of service
 91440 web[1]'   launch accepted, attempt 2
 91680 web[1]'   back in service
 95640 golden    version 3 created
 95640 golden    version 3 available in here
 95640 golden    version 1 destroyed in here
 95640 golden    version 3 is rolled out
 95640 web[1]'   retired
 95640 roll-out  stage 1: 1 new instance, at most 1 more and 0 fewer at once
 95640 web[1]'   launch accepted, attempt 3
 95880 web[1]'   enters service with a hidden defect
)");
  CHECK(metric(simulate(scenario, 0, 7, 0), Metric::capacity_peak) == 2);

  // Rolled back, the one beside goes at once, though every slot runs the old version.
  world.images[kGolden].renewal->rollout->after_stop = AfterStop::roll_back;
  told = story(scenario);
  CHECK(told.find(R"(
 91440 roll-out  rolls back
 91440 web[1]'   retired
 91440 roll-out  rolled back: 1 of 1 run the old version
)") != std::string::npos);
}

TEST_CASE("a recovery that waits for a mended image falls to the next way when it is destroyed") {
  Scenario scenario = rebuilt_daily();
  by_hand(scenario, 2, constant_minutes(120));
  World& world = world_of(scenario);
  Group& web = world.groups[GroupId{0}];
  web.count = 1;
  world.rollout.sizes = {1};
  const StaffId hands{1};
  world.deployments[GroupId{0}] = Deployment{Method::image, kGolden, std::nullopt, hands};
  Image& golden = world.images[kGolden];
  golden.bad = Probability{1.0};
  golden.renewal->work = RandomEffort{constant_minutes(600)};
  golden.destroyed = kStart + hours(1);
  world.defects.detection = exactly(minutes(30));
  world.recovery.means = {RecoveryMeans::relaunch, RecoveryMeans::rebuild_by_hand};
  scenario.horizon = hours(4);
  CHECK(story(scenario) == R"(
     0 golden    available in here
     0 roll-out  batch 1 starts: 1 instance
     0 web[1]    launch accepted, attempt 1
   240 web[1]    enters service with a hidden defect
   240 roll-out  ended
  2040 golden    version 1 is known to be bad; it is mended
  2040 web[1]    found defective
  2040 golden    a recovery waits for it
  3600 golden    destroyed
  3600 web[1]    out of service
 10800 web[1]    back in service
)");
  world.recovery.means = {RecoveryMeans::relaunch};  // and when there is no other way it is told
  CHECK(story(scenario).find("3600 web[1]    cannot be recovered") != std::string::npos);
}

TEST_CASE("an image that is destroyed before it is there leaves its instances given up") {
  Scenario scenario = rebuilt_daily();
  World& world = world_of(scenario);
  Image& golden = world.images[kGolden];
  golden.renewal.reset();
  golden.import = ImportImage{RegionId{0}};
  golden.create.takes = exactly(hours(2));
  golden.destroyed = kStart + hours(1);
  world.groups[GroupId{0}].count = 1;
  world.rollout.sizes = {1};
  CHECK(story(scenario) == R"(
     0 golden    import begins
     0 roll-out  batch 1 starts: 1 instance
  3600 golden    destroyed
  3600 web[1]    given up
  3600 roll-out  ended
  7200 golden    version 1 created
)");
  CHECK(metric(simulate(scenario, 0, 7, 0), Metric::instances_abandoned) == 1);
}

TEST_CASE("an image has the same luck whatever other images a strategy has") {
  Scenario scenario = rebuilt_daily();
  scenario.strategies.reserve(2);
  by_hand(scenario, 2, exponential_hours(4));
  World& world = world_of(scenario);
  Region there = world.regions[RegionId{0}];
  there.name = "there";
  const RegionId other_region = world.regions.push_back(there);
  world.deployments[GroupId{0}] = Deployment{Method::image, kGolden, std::nullopt, StaffId{}};
  world.staff[StaffId{1}].step_error = Probability{0.5};
  world.launch.readiness_finds = Probability{0.3};
  Image& golden = world.images[kGolden];
  golden.make = MakeImage{GroupId{0}, StaffId{1}};
  golden.create.takes = RandomDuration{exponential_hours(1)};
  golden.test = ImageTest{StaffId{0}, RandomEffort{exponential_hours(1)}, Probability{0.5}, true};
  golden.copied_to = {ImageCopy{other_region, {}, false}};
  golden.copy = RandomDuration{exponential_hours(1)};
  golden.renewal->work = RandomEffort{exponential_hours(1)};
  golden.compromised = Probability{0.3};
  scenario.horizon = hours(72);
  scenario.strategies.push_back(scenario.strategies[0]);
  World& second = scenario.strategies[1].world;
  Image unused = plain_scenario(1).strategies[0].world.images[kGolden];
  unused.name = "unused";
  IdVector<ImageId, Image> images;
  images.push_back(unused);
  second.deployments[GroupId{0}].image = images.push_back(golden);
  second.images = images;
  const auto told = [&](std::size_t strategy) {
    std::string text;
    for (std::uint64_t replication = 0; replication < 40; ++replication) {
      Trace trace;
      const Outcome outcome = simulate(scenario, strategy, 7, replication, &trace);
      text += fmt::format("{} ", metric(outcome, Metric::defects_live));
      for (const TraceEvent& event : trace.events())
        text += fmt::format("{} {} {}\n", event.time.time_since_epoch().count(), event.subject,
                            event.what);
    }
    return text;
  };
  const std::string alone = told(0);
  CHECK(alone.find("test finds it bad") != std::string::npos);
  CHECK(alone.find("with a hidden defect") != std::string::npos);
  CHECK(alone == told(1));
}

TEST_CASE("what an image costs: people, the instance, copies and storage, told once more") {
  // Set up by hand in 8 h, created in 10 min, tested in 4 h, copied in 20 min for 0.1 per GB; a GB
  // is stored for 14.4 a month, so the image of 50 GB costs 1 an hour in each region.
  Scenario scenario = rebuilt_daily();
  by_hand(scenario, 1, constant_minutes(480));
  World& world = world_of(scenario);
  world.regions[RegionId{0}].storage_per_gb_month = Money::units(14.4);
  Region there = world.regions[RegionId{0}];
  there.name = "there";
  const RegionId other = world.regions.push_back(there);
  world.groups[GroupId{0}].count = 1;
  world.rollout.sizes = {1};
  world.deployments[GroupId{0}] = Deployment{Method::image, kGolden, std::nullopt, StaffId{}};
  world.staff[StaffId{1}].wage_per_hour = Money::units(40);
  world.network.price_per_gb = Money::units(0.1);
  Image& golden = world.images[kGolden];
  golden.renewal.reset();
  golden.make = MakeImage{GroupId{0}, StaffId{1}};
  golden.test = ImageTest{StaffId{1}, RandomEffort{constant_minutes(240)}, Probability{1.0}, true};
  golden.copied_to = {ImageCopy{other, {}, false}};
  golden.copy = exactly(minutes(20));
  scenario.horizon = hours(24);
  const Outcome outcome = simulate(scenario, 0, 7, 0);
  const double there_at = 12 + 10 / 60.0;
  const double created_at = there_at - 4;  // and stored from then on
  const double stored = (24 - created_at) + (24 - there_at - 20 / 60.0);
  const double image = 12 * 40 + there_at * 60 + 50 * 0.1 + stored;
  CHECK(metric(outcome, Metric::cost_images) == doctest::Approx(image));
  CHECK(metric(outcome, Metric::cost_total) == doctest::Approx(image + (24 - there_at) * 60));
  Trace trace;
  const Outcome traced = simulate(scenario, 0, 7, 0, &trace);
  Money sum;
  for (const LedgerLine& line : trace.ledger())
    if (line.for_image) sum += line.amount;
  CHECK(sum.units() == metric(traced, Metric::cost_images));
}
