/// The life of images: how they come about, are copied, shared, renewed and destroyed.
#include "world.hpp"

using namespace rollcast;
using namespace rollcast::test;

namespace {

const ImageId kGolden{0};
const RegionId kHere{0};

/// One instance, launched in 4 min, from an image of 10 GB.
Scenario one_instance() {
  Scenario scenario = plain_scenario(1);
  Image& golden = world_of(scenario).images[kGolden];
  golden.launch = RandomDuration{constant_minutes(4)};
  golden.size_gb = 10;
  return scenario;
}

RegionId add_region(World& world, const std::string& name) {
  Region region;
  region.name = name;
  return world.regions.push_back(region);
}

StaffId add_staff(World& world) {
  Staff ops;
  ops.name = "ops";
  return world.staff.push_back(ops);
}

/// New versions by `ops`: an hour of work, 10 min of creation, no test.
ImageRenewal renewal_by(StaffId ops) {
  ImageRenewal renewal;
  renewal.by = ops;
  renewal.work = RandomEffort{constant_minutes(60)};
  return renewal;
}

Outcome run(const Scenario& scenario) {
  return simulate(scenario, 0, 7, 0);
}

}  // namespace

TEST_CASE("copies by two routes queue for the one copy task and share the line between them") {
  // here -- a at 0.01 GB/s, a -- b at 0.02 GB/s: a copy to a takes 1000 s, to b 1000 + 500 s.
  Scenario scenario = one_instance();
  World& world = world_of(scenario);
  const RegionId a = add_region(world, "a"), b = add_region(world, "b");
  world.network.links = {Link{kHere, a, 0.01, std::nullopt, Money{}},
                         Link{a, b, 0.02, std::nullopt, Money::units(0.5)}};
  world.network.tasks = 1;
  world.images[kGolden].copied_to = {ImageCopy{b, {0, 1}, false}, ImageCopy{a, {0}, false}};
  scenario.horizon = minutes(60);
  CHECK(story(scenario) == R"(
     0 golden    available in here
     0 roll-out  batch 1 starts: 1 instance
     0 golden    copy to a waits for its turn
     0 web[1]    launch accepted, attempt 1
   240 web[1]    enters service
   240 roll-out  ended
  1500 golden    available in b
  2500 golden    available in a
)");
  CHECK(metric(run(scenario), Metric::waiting_copy_tasks) == doctest::Approx(1500 / 3600.0));
  CHECK(metric(run(scenario), Metric::cost_transfer) == doctest::Approx(10 * 0.5));

  // Without a limit both begin at once. The first line gives each half of its 0.01 GB/s until both
  // are through at 2000 s; b needs 500 s more.
  world.network.tasks.reset();
  CHECK(story(scenario).find("2000 golden    available in a\n  2500 golden    available in b") !=
        std::string::npos);
  CHECK(metric(run(scenario), Metric::waiting_copy_tasks) == 0);

  // In turn: b's copy has the first line until 1000 s, a's copy until 2000 s.
  world.network.shared = false;
  CHECK(story(scenario).find("1500 golden    available in b\n  2000 golden    available in a") !=
        std::string::npos);
  CHECK(metric(run(scenario), Metric::waiting_copy_tasks) == doctest::Approx(1000 / 3600.0));
}

TEST_CASE("copies that share a line get equal parts of it, as in processor sharing") {
  // 10 GB and 30 GB over 0.1 GB/s: both have half until the small one ends at 200 s with 10 GB each
  // moved; the large one's other 20 GB take 200 s alone. A cap of 0.05 GB/s a copy makes that 400
  // s.
  Scenario scenario = one_instance();
  World& world = world_of(scenario);
  const RegionId a = add_region(world, "a");
  world.network.links = {Link{kHere, a, 0.1, std::nullopt, Money{}}};
  world.images[kGolden].copied_to = {ImageCopy{a, {0}, false}};
  Image large = world.images[kGolden];
  large.name = "large";
  large.size_gb = 30;
  const ImageId other = world.images.push_back(large);
  Group group = world.groups[GroupId{0}];
  group.name = "db";
  world.groups.push_back(group);
  world.deployments.push_back(Deployment{Method::image, other, std::nullopt, StaffId{}});
  world.rollout.sizes = {2};
  CHECK(story(scenario).find("200 golden    available in a") != std::string::npos);
  CHECK(story(scenario).find("400 large     available in a") != std::string::npos);
  world.network.links[0].gb_per_second_of_a_copy = 0.05;
  CHECK(story(scenario).find("200 golden    available in a") != std::string::npos);
  CHECK(story(scenario).find("600 large     available in a") != std::string::npos);
}

TEST_CASE("an imported image is uploaded, tested, and only then launched from") {
  Scenario scenario = one_instance();
  World& world = world_of(scenario);
  const StaffId ops = add_staff(world);
  Image& golden = world.images[kGolden];
  golden.import = ImportImage{kHere};
  golden.create = ImageCreation{RandomDuration{constant_minutes(20)}, 0.1};  // + 10 GB / 0.1 GB/s
  golden.test = ImageTest{ops, RandomEffort{constant_minutes(60)}, Probability{1.0}, true};
  scenario.horizon = minutes(120);
  CHECK(story(scenario) == R"(
     0 golden    import begins
     0 roll-out  batch 1 starts: 1 instance
  1300 golden    version 1 created
  4900 golden    available in here
  4900 web[1]    launch accepted, attempt 1
  5140 web[1]    enters service
  5140 roll-out  ended
)");
  CHECK(metric(run(scenario), Metric::waiting_copy) == doctest::Approx(4900 / 3600.0));
}

TEST_CASE(
    "the quota of images is full on day 2: a new version waits for the image that goes then") {
  Scenario scenario = one_instance();
  World& world = world_of(scenario);
  const StaffId ops = add_staff(world);
  world.regions[kHere].images = 2;
  Image& golden = world.images[kGolden];
  golden.create.takes = RandomDuration{constant_minutes(10)};
  golden.renewal = renewal_by(ops);
  golden.renewal->every = hours(24);
  golden.renewal->keep = 2;
  scenario.horizon = hours(49);
  CHECK(story(scenario) == R"(
     0 golden    available in here
     0 roll-out  batch 1 starts: 1 instance
     0 web[1]    launch accepted, attempt 1
   240 web[1]    enters service
   240 roll-out  ended
 90600 golden    version 2 created
 90600 golden    version 2 available in here
172800 golden    waits: the quota of images of here is full
)");
  // From 48 h to the horizon.
  CHECK(metric(run(scenario), Metric::waiting_image_quota) == doctest::Approx(1.0));
  CHECK(metric(run(scenario), Metric::image_versions) == 1);
  golden.renewal->keep = 1;  // then the first version went when the second was there
  scenario.horizon = hours(50);
  CHECK(metric(run(scenario), Metric::waiting_image_quota) == 0);
  CHECK(metric(run(scenario), Metric::image_versions) == 2);
}

TEST_CASE("a bad version found in service is mended, and what waits for it is relaunched from it") {
  Scenario scenario = one_instance();
  World& world = world_of(scenario);
  const StaffId ops = add_staff(world);
  Image& golden = world.images[kGolden];
  golden.bad = Probability{1.0};
  golden.create.takes = RandomDuration{constant_minutes(10)};
  golden.renewal = renewal_by(ops);
  golden.renewal->keep = 1;
  world.defects.detection = RandomDuration{constant_minutes(30)};
  world.recovery.means = {RecoveryMeans::relaunch};
  scenario.horizon = minutes(110);
  // Found at 240 + 1800 s; work and creation take 4200 s, the relaunch 240 s. The new version is
  // drawn again, and bad again with this chance: nothing is new but the number.
  CHECK(story(scenario) == R"(
     0 golden    available in here
     0 roll-out  batch 1 starts: 1 instance
     0 web[1]    launch accepted, attempt 1
   240 web[1]    enters service with a hidden defect
   240 roll-out  ended
  2040 golden    version 1 is known to be bad; it is mended
  2040 web[1]    found defective
  2040 golden    a recovery waits for it
  6240 golden    version 2 created
  6240 golden    version 2 available in here
  6240 golden    version 1 destroyed in here
  6240 web[1]    out of service
  6240 web[1]    launch accepted, attempt 2
  6480 web[1]    back in service
)");
  golden.renewal.reset();  // nobody mends it: the relaunch is of no use
  CHECK(story(scenario).find("web[1]    cannot be recovered") != std::string::npos);
}

TEST_CASE("a rebuild draws again whether the version is bad: as often as the first one") {
  Scenario scenario = one_instance();
  World& world = world_of(scenario);
  const StaffId ops = add_staff(world);
  Image& golden = world.images[kGolden];
  golden.bad = Probability{0.3};
  golden.create.takes = RandomDuration{constant_minutes(10)};
  golden.renewal = renewal_by(ops);
  golden.renewal->every = hours(24);
  // The instance fails once, on day 2, and is relaunched from the version of day 1. With detection
  // beyond the horizon, entries with a defect are 0.3 + 0.3 on average, independent of each other.
  world.defects.detection = RandomDuration{constant_minutes(60 * 24 * 30)};
  world.failures.push_back(FailureClass{"lost", FailureKind::instance,
                                        RandomDuration{constant_minutes(60 * 48)},
                                        RandomDuration{constant_minutes(1)}, Money{}, Money{}});
  world.recovery.means = {RecoveryMeans::relaunch};
  scenario.horizon = hours(72);
  const auto defects = sample(scenario, Metric::defects_live, 2000);
  check_mean(defects, 0.6);
  CHECK(moments(defects).variance == doctest::Approx(2 * 0.3 * 0.7).epsilon(0.1));
}

TEST_CASE("a partner's image is tested before use; what is found is mended by the partner") {
  Scenario scenario = one_instance();
  World& world = world_of(scenario);
  const StaffId ops = add_staff(world);
  Image& partner = world.images[kGolden];
  partner.kind = ImageKind::shared;
  partner.compromised = Probability{1.0};
  partner.compromise_cost = Money::units(500);
  partner.test = ImageTest{ops, RandomEffort{constant_minutes(60)}, Probability{1.0}, true};
  ImageRenewal renewal;
  renewal.takes = RandomDuration{constant_minutes(600)};
  partner.renewal = renewal;
  scenario.horizon = hours(24);
  CHECK(story(scenario) == R"(
     0 roll-out  batch 1 starts: 1 instance
  3600 golden    test finds it bad; it is mended
 39600 golden    its maker brings version 2
 43200 golden    available in here
 43200 web[1]    launch accepted, attempt 1
 43440 web[1]    enters service
 43440 roll-out  ended
)");
  CHECK(metric(run(scenario), Metric::cost_incidents) == 0);

  // Untested it goes into service, is found there, and costs what a discovery costs, once.
  partner.test.reset();
  world.defects.detection = RandomDuration{constant_minutes(30)};
  world.recovery.means = {RecoveryMeans::relaunch};
  CHECK(metric(run(scenario), Metric::cost_incidents) == doctest::Approx(500));
  CHECK(metric(run(scenario), Metric::recovery_time_mean) ==
        doctest::Approx((1800 + 36000 + 240) / 3600.0));

  // A test that nobody acts on keeps a bad image out: the fleet never gets ready.
  partner.test = ImageTest{ops, RandomEffort{constant_minutes(60)}, Probability{1.0}, true};
  partner.renewal.reset();
  CHECK(std::isinf(metric(run(scenario), Metric::ready_time)));
}

TEST_CASE("a bad image strikes all servers at once, errors by hand strike each on its own") {
  // Both ways a server is defective with probability 0.1. The mean peak is the same, its spread is
  // not: n^2 p (1 - p) against n p (1 - p).
  constexpr double kServers = 40, kBad = 0.1;
  Scenario image = plain_scenario(40);
  world_of(image).images[kGolden].bad = Probability{kBad};
  world_of(image).defects.detection = RandomDuration{constant_minutes(60 * 24 * 60)};
  const auto common = sample(image, Metric::impact_defective_peak, 2000);
  check_mean(common, kServers * kBad);
  for (const double peak : common) CHECK((peak == 0 || peak == kServers));

  Scenario hand = plain_scenario(40);
  by_hand(hand, 40, constant_minutes(60));
  world_of(hand).staff[StaffId{0}].step_error = Probability{kBad};
  world_of(hand).defects.detection = RandomDuration{constant_minutes(60 * 24 * 60)};
  const auto independent = sample(hand, Metric::impact_defective_peak, 2000);
  check_mean(independent, kServers * kBad);
  // The variance of a sample variance of 2000 is about 2/2000 of its square: 5 standard errors.
  CHECK(moments(common).variance ==
        doctest::Approx(kServers * kServers * kBad * (1 - kBad)).epsilon(0.17));
  CHECK(moments(independent).variance ==
        doctest::Approx(kServers * kBad * (1 - kBad)).epsilon(0.17));
}

TEST_CASE("servers set up by hand drift apart; those from an image do not, unless it is said") {
  // 50 servers for 30 days, a defect after 60 days of service on average: 50 (1 - exp(-30/60)).
  Scenario hand = plain_scenario(50);
  by_hand(hand, 50, constant_minutes(0));
  World& world = world_of(hand);
  world.drift.by_hand = RandomDuration{exponential_hours(24 * 60)};
  world.defects.detection = RandomDuration{constant_minutes(60 * 24 * 60)};
  const auto drifted = sample(hand, Metric::defects_drifted, 400);
  check_mean(drifted, 50 * (1 - std::exp(-0.5)));
  check_mean(sample(hand, Metric::impact_defective_peak, 400), 50 * (1 - std::exp(-0.5)));
  CHECK(moments(drifted).variance ==
        doctest::Approx(50 * std::exp(-0.5) * (1 - std::exp(-0.5))).epsilon(0.36));

  Scenario image = plain_scenario(50);
  world_of(image).drift.by_hand = world.drift.by_hand;
  CHECK(metric(run(image), Metric::defects_drifted) == 0);
}

TEST_CASE("a drifted server is found like any defect, and a relaunch resets it") {
  Scenario scenario = one_instance();
  World& world = world_of(scenario);
  world.drift.from_image = RandomDuration{constant_minutes(60)};
  world.defects.detection = RandomDuration{constant_minutes(30)};
  world.recovery.means = {RecoveryMeans::relaunch};
  scenario.horizon = minutes(170);
  CHECK(story(scenario) == R"(
     0 golden    available in here
     0 roll-out  batch 1 starts: 1 instance
     0 web[1]    launch accepted, attempt 1
   240 web[1]    enters service
   240 roll-out  ended
  3840 web[1]    has drifted into a defect
  5640 web[1]    found defective
  5640 web[1]    out of service
  5640 web[1]    launch accepted, attempt 2
  5880 web[1]    back in service
  9480 web[1]    has drifted into a defect
)");
  const Outcome outcome = run(scenario);
  CHECK(metric(outcome, Metric::defects_drifted) == 2);
  CHECK(metric(outcome, Metric::impact_defective_instance_hours) ==
        doctest::Approx((1800 + 720) / 3600.0));
  // The clock runs from the drift: half an hour until it is found, 4 min for the launch.
  CHECK(metric(outcome, Metric::recovery_time_max) == doctest::Approx(34 / 60.0));
}

TEST_CASE("patches that are missing grow with the age of the image, until it is rebuilt") {
  // One patch a week on days 7, 14, 21 and 28; the image was made ten days before the start, so it
  // lacks the patch of day -7 too. Serving from 4 min on, for 28 days.
  Scenario scenario = one_instance();
  World& world = world_of(scenario);
  world.patches = Patches{RandomDuration{constant_minutes(60 * 24 * 7)}, Money::units(0.01)};
  world.images[kGolden].built = kStart - hours(24 * 10);
  scenario.horizon = hours(24 * 28);
  const double served = 24 * 28 - 240 / 3600.0;
  const Outcome outcome = run(scenario);
  CHECK(metric(outcome, Metric::patches_missing) ==
        doctest::Approx((served + 24 * (21 + 14 + 7)) / served));
  CHECK(metric(outcome, Metric::vulnerable_instance_hours) == doctest::Approx(served));
  CHECK(metric(outcome, Metric::cost_incidents) == doctest::Approx(0.01 * served));

  // Made at the start it lacks nothing before day 7.
  world.images[kGolden].built = kStart;
  CHECK(metric(run(scenario), Metric::vulnerable_instance_hours) == doctest::Approx(24 * 21));
  world.patches.reset();
  CHECK(std::isnan(metric(run(scenario), Metric::patches_missing)));
}
