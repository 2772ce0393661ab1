#include "rollcast/model/simulate.hpp"
#include "sample_results.hpp"

namespace rollcast::report {

model::Scenario eventful_scenario() {
  model::Scenario scenario;
  scenario.horizon = std::chrono::hours(48);
  model::World world;
  model::Region region;
  region.name = "north \"1\" </script>";
  region.held_per_zone = 30;
  region.launches = 3;
  const model::RegionId here = world.regions.push_back(region);
  model::Region other = region;
  other.name = "south";
  const model::RegionId there = world.regions.push_back(other);
  model::Staff staff;
  staff.name = "ops";
  staff.people = 2;
  staff.open = {{kStart, kStart + std::chrono::hours(8)},
                {kStart + std::chrono::hours(24), kStart + std::chrono::hours(32)}};
  const model::StaffId ops = world.staff.push_back(staff);
  model::Component server;
  server.name = "server";
  const model::ComponentId component = world.software.push_back(server);
  world.manual.effort = model::RandomEffort{*random::Distribution::uniform(3 * 3600.0, 5 * 3600.0)};
  model::Image image;
  image.name = "golden";
  image.exists_in = {here};
  image.launch = model::RandomDuration{*random::Distribution::uniform(180, 300)};
  image.bad = Probability{0.0};
  image.copied_to = {model::ImageCopy{there, {}, false}};
  image.copy = model::RandomDuration{random::Distribution::constant(3000)};
  const model::ImageId golden = world.images.push_back(image);
  model::Group web, db;
  web.name = "web";
  web.count = 12;
  db.name = "db";
  db.count = 5;
  web.region = db.region = here;
  db.components = {component};
  world.groups.push_back(web);
  world.groups.push_back(db);
  model::Deployment from_image, by_hand;
  from_image.image = golden;
  by_hand.method = model::Method::manual;
  by_hand.by = ops;
  world.deployments.push_back(from_image);
  world.deployments.push_back(by_hand);
  world.launch.fails = Probability{0.2};
  world.launch.attempts = 6;
  world.launch.back_off = model::RandomDuration{random::Distribution::constant(30)};
  world.rollout.sizes = {6, 11};
  world.rollout.soak = model::RandomDuration{random::Distribution::constant(600)};
  world.rollout.approval_by = ops;
  world.rollout.approval_effort = model::RandomEffort{random::Distribution::constant(900)};
  world.failures.push_back({"environment", model::FailureKind::environment,
                            model::RandomDuration{*random::Distribution::exponential(20 * 3600.0)},
                            model::RandomDuration{random::Distribution::constant(60)}, Money{},
                            Money{}});
  world.recovery.means = {model::RecoveryMeans::reinstall, model::RecoveryMeans::rebuild_by_hand};
  world.recovery.reinstall = model::RandomDuration{random::Distribution::constant(1200)};
  model::Outage outage;
  outage.name = "zone down";
  outage.region = here;
  outage.at = kStart + std::chrono::hours(10);
  outage.lasts = model::RandomDuration{random::Distribution::constant(7200)};
  outage.takes = Probability{0.5};
  world.outages.push_back(outage);
  scenario.strategies.push_back({"only", world});
  return scenario;
}

Replay sample_replay(experiment::Results& results) {
  results.scenario.strategies[0].world = eventful_scenario().strategies[0].world;
  Replay replay{0, 0, "the first", model::Trace(false)};
  static_cast<void>(model::simulate(results.scenario, 0, 3, 0, &replay.trace));
  return replay;
}

}  // namespace rollcast::report
