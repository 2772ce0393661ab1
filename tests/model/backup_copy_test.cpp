/// Copies of backups in another region: their places, their storage, and the lines they take.
#include "world.hpp"

using namespace rollcast;
using namespace rollcast::test;

namespace {

RandomDuration exactly(Duration length) {
  return RandomDuration{random::Distribution::constant(to_seconds(length))};
}

/// Two instances, launched in 4 min; every hour each is backed up in 10 min and copied to the
/// region `there` in 20 min. 50 GB cost 1 an hour.
Scenario copied_hourly() {
  Scenario scenario = plain_scenario(2);
  World& world = world_of(scenario);
  world.images[ImageId{0}].launch = exactly(minutes(4));
  world.images[ImageId{0}].kind = ImageKind::public_image;  // takes no place and stores nothing
  world.regions[RegionId{0}].storage_per_gb_month = Money::units(14.4);
  Region there = world.regions[RegionId{0}];
  there.name = "there";
  Backup backup;
  backup.copied_to = world.regions.push_back(there);
  backup.every = backup.first = hours(1);
  backup.every_instance = true;
  backup.takes = exactly(minutes(10));
  backup.copy_takes = exactly(minutes(20));
  world.backup = backup;
  scenario.horizon = hours(3) - seconds(1);
  return scenario;
}

}  // namespace

TEST_CASE("copies of backups take places of their own, and give way or are skipped like backups") {
  Scenario scenario = copied_hourly();
  World& world = world_of(scenario);
  Outcome outcome = simulate(scenario, 0, 7, 0);
  // Each at home from 1:10 to 2:10 and from 2:10 on; there from 1:30 to 2:30 and from 2:30 on.
  const double end = 3 - 1 / 3600.0;
  CHECK(metric(outcome, Metric::backups_skipped) == 0);
  CHECK(metric(outcome, Metric::cost_storage) ==
        doctest::Approx(2 * (end - 70 / 60.) + 2 * (end - 90 / 60.)));

  // With one place there the second instance's copies are skipped, and the first one's copy goes
  // at 2:10 for the next, which is there at 2:30.
  world.regions[RegionId{1}].images = 1;
  outcome = simulate(scenario, 0, 7, 0);
  CHECK(metric(outcome, Metric::backups_skipped) == 2);
  CHECK(metric(outcome, Metric::cost_storage) ==
        doctest::Approx(2 * (end - 70 / 60.) + 40 / 60. + (end - 150 / 60.)));
  const std::string told = story(scenario);
  const std::string skipped = "copy of its backup skipped: the quota of images of there is full";
  CHECK(told.find("4200 web[2]    " + skipped) != std::string::npos);
  CHECK(told.find("7800 web[2]    " + skipped) != std::string::npos);
}

TEST_CASE("copies of backups share the line with each other") {
  // 50 GB over 0.025 GB/s take 2000 s alone, 4000 s when both copies share the line. The region is
  // lost 3000 s after the instant backups of 1 h; the image lies there too.
  Scenario scenario = copied_hourly();
  World& world = world_of(scenario);
  world.images[ImageId{0}].exists_in.emplace_back(1);
  world.network.links = {Link{RegionId{0}, RegionId{1}, 0.025, std::nullopt, Money{}}};
  world.backup->takes = RandomDuration{};
  world.backup->every = hours(2);
  world.backup->copy_routes.resize(2);
  world.backup->copy_routes[RegionId{0}] = {0};
  Outage outage;
  outage.name = "outage";
  outage.region = RegionId{0};
  outage.at = kStart + seconds(3600 + 3000);
  outage.lasts = exactly(hours(24));
  outage.destroys = true;
  world.outages = {outage};
  world.recovery.failover = Failover{RegionId{1}, RandomDuration{}, false};
  const auto lost_hours = [&] {
    return metric(simulate(scenario, 0, 7, 0), Metric::recovery_data_loss_max);
  };
  CHECK(lost_hours() == doctest::Approx((6600 - 240) / 3600.0));  // all since service entry
  world.network.links[0].gb_per_second = 0.05;                    // there at 3600 + 2000 s
  CHECK(lost_hours() == doctest::Approx(3000 / 3600.0));
  world.network.links[0].gb_per_second = 0.025;
  world.groups[GroupId{0}].count = 1;  // alone on the line
  world.rollout.sizes = {1};
  world.network.links[0].price_per_gb = Money::units(0.1);
  CHECK(lost_hours() == doctest::Approx(3000 / 3600.0));
  CHECK(metric(simulate(scenario, 0, 7, 0), Metric::cost_transfer) == doctest::Approx(50 * 0.1));
}
