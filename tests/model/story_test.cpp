/// Logs worked out by hand and compared line by line: what happens to instances in service.
#include "world.hpp"

using namespace rollcast;
using namespace rollcast::test;

namespace {

RandomDuration exactly(Duration length) {
  return RandomDuration{random::Distribution::constant(to_seconds(length))};
}

/// `count` instances in `here`; launches take 4 min. A second region `there` holds the image too.
Scenario two_regions(std::int64_t count) {
  Scenario scenario = plain_scenario(count);
  World& world = world_of(scenario);
  world.images[ImageId{0}].launch = exactly(minutes(4));
  Region there = world.regions[RegionId{0}];
  there.name = "there";
  world.images[ImageId{0}].exists_in.push_back(world.regions.push_back(there));
  return scenario;
}

Outage outage_at(Duration at, Duration lasts, bool destroys) {
  Outage outage;
  outage.name = "outage";
  outage.region = RegionId{0};
  outage.at = kStart + at;
  outage.lasts = exactly(lasts);
  outage.destroys = destroys;
  return outage;
}

Backup backup_every(Duration every) {
  Backup backup;
  backup.every = backup.first = every;
  backup.every_instance = true;
  return backup;
}

}  // namespace

TEST_CASE(
    "a zone is destroyed: the instance comes back in the other region from its copied backup") {
  // Backups at 1 h and 2 h take 10 min and are there 20 min later. At 2 h 15 min the zone goes: the
  // copy of 2 h is on its way, so that of 1 h is what is left. Decided after 30 min, up 4 min
  // later: out for 34 min, and 75 min of data are lost.
  Scenario scenario = two_regions(1);
  World& world = world_of(scenario);
  world.images[ImageId{0}].exists_in.pop_back();  // only the backup lies there
  world.backup = backup_every(hours(1));
  world.backup->takes = exactly(minutes(10));
  world.backup->copied_to = RegionId{1};
  world.backup->copy_takes = exactly(minutes(20));
  world.backup->keep = 3;
  world.outages = {outage_at(minutes(135), hours(24), true)};
  world.outages[0].zone = 0;
  world.recovery.failover = Failover{RegionId{1}, exactly(minutes(30)), true};
  scenario.horizon = minutes(179);
  CHECK(story(scenario) == R"(
     0 golden    available in here
     0 roll-out  batch 1 starts: 1 instance
     0 web[1]    launch accepted, attempt 1
   240 web[1]    enters service
   240 roll-out  ended
  3600 web[1]    backup starts
  7200 web[1]    backup starts
  8100 outage    begins
  8100 web[1]    struck by outage
  8100 web[1]    out of service
  9900 web[1]    fails over to there
  9900 web[1]    launch accepted, attempt 2
 10140 web[1]    back in service
)");
  const Outcome outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::recovery_time_max) == doctest::Approx(34.0 / 60));
  CHECK(metric(outcome, Metric::recovery_data_loss_max) == doctest::Approx(75.0 / 60));
}

TEST_CASE("at night nobody is there: a failure waits for the morning, on call it costs a premium") {
  // People work from 8 h to 16 h and from 32 h to 40 h. The environment breaks at 20 h, is noticed
  // 30 min later, rebuilt by hand in 2 h of work from 32 h on.
  Scenario scenario = two_regions(1);
  by_hand(scenario, 1, constant_minutes(120));
  World& world = world_of(scenario);
  Staff& people = world.staff[StaffId{0}];
  people.open = {{kStart + hours(8), kStart + hours(16)}, {kStart + hours(32), kStart + hours(40)}};
  people.wage_per_hour = Money::units(40);
  people.premium = 0.5;
  world.deployments[GroupId{0}] = Deployment{Method::image, ImageId{0}, std::nullopt, StaffId{0}};
  world.failures.push_back(FailureClass{"environment", FailureKind::environment,
                                        exactly(hours(20) - minutes(4)), exactly(minutes(30)),
                                        Money{}, Money{}});
  world.recovery.means = {RecoveryMeans::rebuild_by_hand};
  scenario.horizon = hours(36);
  CHECK(story(scenario) == R"(
     0 golden    available in here
     0 golden    available in there
     0 roll-out  batch 1 starts: 1 instance
     0 web[1]    launch accepted, attempt 1
   240 web[1]    enters service
   240 roll-out  ended
 72000 web[1]    fails: environment
 72000 web[1]    out of service
122400 web[1]    back in service
)");
  Outcome outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::recovery_time_max) == doctest::Approx(14));
  CHECK(metric(outcome, Metric::cost_staff) == doctest::Approx(2 * 40));
  people.on_call = true;
  outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::recovery_time_max) == doctest::Approx(2.5));
  CHECK(metric(outcome, Metric::cost_staff) == doctest::Approx(2 * 40 * 1.5));
  people.dedicated = true;  // paid from 8 h to 16 h and from 32 h to 36 h, and for the night
  outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::cost_staff) == doctest::Approx(12 * 40 + 2 * 40 * 1.5));
}

TEST_CASE("three instances fail over to a region that has room for two, and come back") {
  // The outage lasts from 1 h to 2 h. Decided after 10 min; two find a place there and are up 4 min
  // later. The third has none, waits for the end, and goes on where it was. The two are launched at
  // home while they serve there, and move 4 min after the end.
  Scenario scenario = two_regions(3);
  World& world = world_of(scenario);
  world.regions[RegionId{1}].held_per_zone = 2;
  world.outages = {outage_at(hours(1), hours(1), false)};
  world.recovery.failover = Failover{RegionId{1}, exactly(minutes(10)), true};
  world.groups[GroupId{0}].price_per_hour = Money::units(60);  // 1 a minute
  scenario.horizon = minutes(150);
  CHECK(story(scenario) == R"(
     0 golden    available in here
     0 golden    available in there
     0 roll-out  batch 1 starts: 3 instances
     0 web[1]    launch accepted, attempt 1
     0 web[2]    launch accepted, attempt 1
     0 web[3]    launch accepted, attempt 1
   240 web[1]    enters service
   240 web[2]    enters service
   240 web[3]    enters service
   240 roll-out  ended
  3600 outage    begins
  3600 web[1]    struck by outage
  3600 web[1]    out of service
  3600 web[2]    struck by outage
  3600 web[2]    out of service
  3600 web[3]    struck by outage
  3600 web[3]    out of service
  4200 web[1]    fails over to there
  4200 web[1]    launch accepted, attempt 2
  4200 web[2]    fails over to there
  4200 web[2]    launch accepted, attempt 2
  4200 web[3]    waits for a place in the region that takes over
  4440 web[1]    back in service
  4440 web[2]    back in service
  7200 outage    ends
  7200 web[3]    back in service
  7440 web[1]    moved back home
  7440 web[2]    moved back home
)");
  const Outcome outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::impact_out_instance_hours) ==
        doctest::Approx((14 + 14 + 60) / 60.));
  // Two of them exist twice for 4 min while they move: 3 * 150 + 2 * 4 instance-minutes.
  CHECK(metric(outcome, Metric::cost_instances) == doctest::Approx(3 * 150 + 8));
  CHECK(metric(outcome, Metric::recovery_open) == 0);
  // The launches back home take calls of the API there, one a minute, and longer for 5 GB.
  world.regions[RegionId{0}].api_calls_per_second = 1 / 60.;
  world.regions[RegionId{0}].api_burst = 1;
  world.regions[RegionId{0}].instances_per_call = 1;
  world.launch.per_gb = seconds(12);
  world.images[ImageId{0}].size_gb = 5;
  const std::string limited = story(scenario);
  CHECK(limited.find("7500 web[1]    moved back home") != std::string::npos);
  CHECK(limited.find("7560 web[2]    moved back home") != std::string::npos);
}

TEST_CASE("a raise of the quota is granted in part: the rest of the fleet waits for ever") {
  Scenario scenario = plain_scenario(4);
  World& world = world_of(scenario);
  world.images[ImageId{0}].launch = exactly(minutes(4));
  world.regions[RegionId{0}].held_per_zone = 2;
  QuotaRaise raise;
  raise.held_per_zone = 4;
  raise.takes = exactly(hours(1));
  raise.granted = Probability{0.0};
  raise.part = random::Distribution::constant(0.5);
  world.regions[RegionId{0}].raise = raise;
  scenario.horizon = hours(2);
  CHECK(story(scenario) == R"(
     0 golden    available in here
     0 roll-out  batch 1 starts: 4 instances
     0 web[1]    launch accepted, attempt 1
     0 web[2]    launch accepted, attempt 1
     0 web[3]    waits for the quota
     0 web[4]    waits for the quota
   240 web[1]    enters service
   240 web[2]    enters service
  3600 here      quota of instances held: 3 per zone
  3600 web[3]    launch accepted, attempt 1
  3840 web[3]    enters service
)");
  const Outcome outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::ready_share) == 0.75);
  CHECK(metric(outcome, Metric::waiting_quota) == doctest::Approx(1.0 + 2.0));
}

TEST_CASE(
    "a backup is found unusable at its restore: the time is lost, the next older one serves") {
  Scenario scenario = two_regions(1);
  World& world = world_of(scenario);
  world.images[ImageId{0}].exists_in.pop_back();
  world.backup = backup_every(hours(1));
  world.backup->keep = 4;
  world.backup->fails = Probability{0.5};
  world.failures.push_back(FailureClass{"environment", FailureKind::environment,
                                        exactly(minutes(206)), RandomDuration{}, Money{}, Money{}});
  world.recovery.means = {RecoveryMeans::restore_backup};
  world.recovery.reinstall = exactly(minutes(10));
  world.recovery.remount = exactly(minutes(3));
  scenario.horizon = hours(5);
  // Fails at 3 h 30 min. With k unusable ones of 3 the restore takes 10 (k + 1) + 3 min, and
  // 30 + 60 k min are lost; when all three are unusable nothing is left.
  std::array<int, 4> found{};
  for (std::uint64_t replication = 0; replication < 400; ++replication) {
    const Outcome outcome = simulate(scenario, 0, 7, replication);
    const double loss = metric(outcome, Metric::recovery_data_loss_max);
    if (metric(outcome, Metric::recovery_open) == 1) {
      ++found[3];
      continue;
    }
    const auto unusable = static_cast<std::size_t>(std::lround(loss - 0.5));
    REQUIRE(unusable < 3);
    ++found[unusable];
    CHECK(metric(outcome, Metric::recovery_time_max) ==
          doctest::Approx((10 * static_cast<double>(unusable + 1) + 3) / 60));
  }
  for (const auto& [unusable, share] : {std::pair{0, 0.5}, {1, 0.25}, {2, 0.125}, {3, 0.125}})
    CHECK(std::abs(found[static_cast<std::size_t>(unusable)] - 400 * share) <
          4 * std::sqrt(400 * share * (1 - share)));
}

TEST_CASE("a region that is destroyed takes its backups along, not their copies elsewhere") {
  Scenario scenario = two_regions(1);
  World& world = world_of(scenario);
  world.backup = backup_every(hours(24));
  world.outages = {outage_at(hours(30), hours(2), true)};
  world.recovery.means = {RecoveryMeans::restore_backup, RecoveryMeans::relaunch};
  scenario.horizon = hours(40);
  // Relaunched from the image when the region is back: everything since service entry is lost.
  Outcome outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::recovery_data_loss_max) == doctest::Approx(30 - 4.0 / 60));
  CHECK(metric(outcome, Metric::recovery_time_max) == doctest::Approx(2 + 4.0 / 60));
  world.outages[0].zone = 0;  // a zone alone: the backups are the region's, and stay
  outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::recovery_data_loss_max) == doctest::Approx(6));
  world.outages[0].zone = std::nullopt;
  world.backup->copied_to = RegionId{1};
  world.recovery.failover = Failover{RegionId{1}, RandomDuration{}, false};
  outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::recovery_data_loss_max) == doctest::Approx(6));
}

TEST_CASE("servers set up by hand come back from their backups when the machine is lost") {
  Scenario scenario = plain_scenario(1);
  by_hand(scenario, 1, constant_minutes(480));
  World& world = world_of(scenario);
  world.launch.time = exactly(minutes(5));
  world.launch.per_gb = seconds(2);
  world.groups[GroupId{0}].disk_gb = 30;
  world.backup = backup_every(hours(24));
  world.failures.push_back(FailureClass{"machine", FailureKind::instance, exactly(hours(20)),
                                        RandomDuration{}, Money{}, Money{}});
  world.recovery.means = {RecoveryMeans::restore_backup, RecoveryMeans::rebuild_by_hand};
  scenario.horizon = hours(30);
  const Outcome outcome = simulate(scenario, 0, 7, 0);
  // In service at 8 h, lost at 28 h, launched from the backup of 24 h: 5 min and 2 s for each GB.
  CHECK(metric(outcome, Metric::recovery_time_max) == doctest::Approx(6.0 / 60));
  CHECK(metric(outcome, Metric::recovery_data_loss_max) == doctest::Approx(4));
}

TEST_CASE("data on a disk of their own outlive the machine; they are mounted again") {
  Scenario scenario = plain_scenario(1);
  World& world = world_of(scenario);
  world.images[ImageId{0}].launch = exactly(minutes(4));
  world.failures.push_back(FailureClass{"machine", FailureKind::instance, exactly(hours(20)),
                                        RandomDuration{}, Money{}, Money{}});
  world.recovery.means = {RecoveryMeans::relaunch};
  world.recovery.remount = exactly(minutes(5));
  scenario.horizon = hours(30);
  Outcome outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::recovery_time_max) == doctest::Approx(9.0 / 60));
  CHECK(metric(outcome, Metric::recovery_data_loss_max) == doctest::Approx(20));
  world.groups[GroupId{0}].data_disk = true;
  outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::recovery_time_max) == doctest::Approx(9.0 / 60));
  CHECK(std::isnan(metric(outcome, Metric::recovery_data_loss_max)));
  world.failures.clear();  // but not the zone
  world.outages = {outage_at(hours(20), hours(1), true)};
  outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::recovery_data_loss_max) == doctest::Approx(20 - 4.0 / 60));
}

TEST_CASE("a stopped instance takes over in a minute, and its place is filled again") {
  Scenario scenario = plain_scenario(2);
  World& world = world_of(scenario);
  world.images[ImageId{0}].launch = exactly(minutes(4));
  world.groups[GroupId{0}].price_per_hour = Money::units(60);  // 1 a minute
  world.groups[GroupId{0}].disk_gb = 100;
  world.images[ImageId{0}].kind = ImageKind::public_image;              // stores nothing
  world.regions[RegionId{0}].storage_per_gb_month = Money::units(432);  // 1 a minute for 100 GB
  world.failures.push_back(FailureClass{"machine", FailureKind::instance, exactly(minutes(56)),
                                        RandomDuration{}, Money{}, Money{}});
  world.recovery.means = {RecoveryMeans::standby, RecoveryMeans::relaunch};
  world.recovery.standby = Standby{{1}, exactly(minutes(1))};
  scenario.horizon = minutes(70);
  // Both machines are lost at 60 min. One is replaced by the stopped instance, the other launched.
  CHECK(story(scenario) == R"(
     0 golden    available in here
     0 roll-out  batch 1 starts: 2 instances
     0 web[1]    launch accepted, attempt 1
     0 web[2]    launch accepted, attempt 1
   240 web[1]    enters service
   240 web[2]    enters service
   240 roll-out  ended
   480 web       a stopped instance stands by
  3600 web[1]    fails: machine
  3600 web[1]    out of service
  3600 web[1]    a stopped instance is started in its place
  3600 web[2]    fails: machine
  3600 web[2]    out of service
  3600 web[2]    launch accepted, attempt 2
  3660 web[1]    back in service
  3840 web[2]    back in service
  3840 web       a stopped instance stands by
)");
  const Outcome outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::capacity_peak) == 3);
  // Two instances for 70 min, and two set-ups of 4 min; stopped from 8 to 60 and from 64 to 70 min.
  CHECK(metric(outcome, Metric::cost_instances) == doctest::Approx(2 * 70 + 2 * 4));
  CHECK(metric(outcome, Metric::cost_storage) == doctest::Approx(52 + 6));
}

TEST_CASE("during an outage of its zone an instance is replaced by a stopped one in another zone") {
  Scenario scenario = plain_scenario(2);
  World& world = world_of(scenario);
  world.regions[RegionId{0}].zones = 2;
  world.images[ImageId{0}].launch = exactly(minutes(4));
  world.recovery.means = {RecoveryMeans::standby};
  world.recovery.standby = Standby{{2}, exactly(minutes(1))};
  world.outages = {outage_at(hours(2), hours(6), false)};
  world.outages[0].zone = 1;
  scenario.horizon = hours(24);
  const Outcome outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::impact_out_instance_hours) == doctest::Approx(1.0 / 60));
  CHECK(metric(outcome, Metric::recovery_data_loss_max) == doctest::Approx(2 - 4.0 / 60));
  world.outages[0].destroys = true;  // with it the stopped one of that zone; the other is left
  CHECK(metric(simulate(scenario, 0, 7, 0), Metric::impact_out_instance_hours) ==
        doctest::Approx(1.0 / 60));
}
