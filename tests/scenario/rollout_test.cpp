/// A tool's policy in a scenario comes to what the tool would do with that fleet, and the shipped
/// scenarios about roll-outs run.
#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <string>

#include "rollcast/model/simulate.hpp"
#include "rollcast/scenario/load.hpp"

using namespace rollcast;
using Counts = std::vector<std::int64_t>;

namespace {

const std::filesystem::path kSource{ROLLCAST_SOURCE_DIR};

/// A fleet of `count` that runs "old" and is updated to "new" as `rollout` says.
model::World world_of(std::int64_t count, const std::string& rollout) {
  const std::string text =
      "question: How is it rolled out?\n"
      "start: 2026-03-02 00:00 UTC\n"
      "regions: {ap-seoul: {zones: 2, quota: {held: 300 per zone}}}\n"
      "staff: {ops: {hours: always, wage: 40 USD per work h}}\n"
      "fleet: {web: {count: " +
      std::to_string(count) +
      ", region: ap-seoul, type: S2.MEDIUM4, os: linux}}\n"
      "images:\n"
      "  old: {kind: custom, os: linux, exists: {regions: [ap-seoul]}}\n"
      "  new: {kind: custom, os: linux, exists: {regions: [ap-seoul]}}\n"
      "strategies: {only: {update: {from: old, to: new}, rollout: " +
      rollout + "}}\n";
  const auto loaded = scenario::load_text("rollout.yaml", text);
  INFO(loaded.diagnostics.render());
  REQUIRE(loaded.scenario.has_value());
  return loaded.scenario->strategies[0].world;
}

double metric(const model::Outcome& outcome, model::Metric which) {
  return outcome.metrics[static_cast<std::size_t>(which)];
}

/// Every strategy of a shipped scenario, a few replications each.
void run_shipped(const std::string& file) {
  const auto loaded = scenario::load_file(kSource / "scenarios" / file);
  INFO(loaded.diagnostics.render());
  REQUIRE(loaded.scenario.has_value());
  for (std::size_t strategy = 0; strategy < loaded.scenario->strategies.size(); ++strategy) {
    CAPTURE(loaded.scenario->strategies[strategy].name);
    for (std::uint64_t replication = 0; replication < 10; ++replication) {
      CAPTURE(replication);
      const auto outcome =
          model::simulate(*loaded.scenario, strategy, loaded.scenario->seed, replication);
      const bool patched = std::isfinite(metric(outcome, model::Metric::update_patched_time));
      const bool back = metric(outcome, model::Metric::rollout_rolled_back) == 1;
      const bool stuck = metric(outcome, model::Metric::rollout_aborted) == 1 ||
                         metric(outcome, model::Metric::rollout_stalled) == 1;
      CHECK((patched || back || stuck));
      CHECK(metric(outcome, model::Metric::update_vulnerable_instance_hours) > 0);
    }
  }
}

}  // namespace

TEST_CASE("kubernetes in a scenario: a bound that is not named is 0, and 25 % when neither is") {
  auto world = world_of(10, "{kubernetes: {}}");
  CHECK(world.rollout.surge == 3);
  CHECK(world.rollout.unavailable == 2);
  CHECK(world.rollout.progress_deadline == std::chrono::seconds(600));
  world = world_of(10, "{kubernetes: {maxUnavailable: 39 %}}");
  CHECK(world.rollout.surge == 0);
  CHECK(world.rollout.unavailable == 3);
  world = world_of(10, "{kubernetes: {maxSurge: 39 %, maxUnavailable: none, minReadySeconds: 30}}");
  CHECK(world.rollout.surge == 4);
  CHECK(world.rollout.unavailable == 0);
  CHECK(world.rollout.min_ready == std::chrono::seconds(30));
  CHECK(world.rollout.after_stop == model::AfterStop::keep);
}

TEST_CASE("ansible, codedeploy and scale sets in a scenario") {
  CHECK(world_of(37, "{ansible: {serial: [1, 30 %, 30 %, 100 %]}}").rollout.sizes ==
        Counts{1, 11, 11, 14});
  CHECK(
      world_of(10, "{ansible: {serial: 2, max_fail_percentage: 20}}").rollout.stop_above->value() ==
      doctest::Approx(0.2));
  CHECK(world_of(9, "{codedeploy: {deploymentConfig: HalfAtATime}}").rollout.unavailable == 4);
  CHECK(world_of(9, "{codedeploy: {}}").rollout.unavailable == 1);
  CHECK(world_of(200, "{codedeploy: {minimumHealthyHosts: 99 %}}").rollout.unavailable == 2);
  CHECK(world_of(3, "{codedeploy: {minimumHealthyHosts: 75 %}}").rollout.unavailable == 0);
  CHECK(world_of(9, "{vmss: {}}").rollout.sizes == Counts(9, 1));
  CHECK(world_of(10, "{vmss: {}, on stop: roll back}").rollout.after_stop ==
        model::AfterStop::roll_back);
}

TEST_CASE("traffic and steps in a scenario") {
  const auto linear = world_of(10,
                               "{codedeploy: {trafficRouting: {type: TimeBasedLinear, "
                               "linearPercentage: 10, linearInterval: 3 min}}}")
                          .rollout;
  CHECK(linear.sizes.front() == 10);
  CHECK(linear.traffic == Counts{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  const auto predefined =
      world_of(10, "{codedeploy: {deploymentConfig: ECSCanary10Percent5Minutes}}").rollout;
  CHECK(predefined.traffic == Counts{1, 10});
  CHECK(predefined.ends.front().pause.seconds.mean() == 300);
  const auto argo = world_of(10,
                             "{argo: {steps: [{setWeight: 18}, {pause: {duration: 10 min}}], "
                             "maxSurge: 1, maxUnavailable: 0}}")
                        .rollout;
  CHECK(argo.sizes == Counts{2, 0, 8});
  CHECK(argo.keep_old == Counts{9, 9, 0});
  CHECK(argo.health.misses.value() == 0);
  const auto refresh =
      world_of(10,
               "{instance_refresh: {MinHealthyPercentage: 80, CheckpointPercentages: [20, 50]}}")
          .rollout;
  CHECK(refresh.sizes == Counts{2, 3});
  CHECK(refresh.unavailable == 2);
  CHECK(world_of(10, "{mig: {}}").rollout.surge == 2);  // one for each zone
  CHECK(world_of(7, "{spinnaker: {targetPercentages: [1, 33, 66]}}").rollout.sizes ==
        Counts{1, 2, 2, 2, 0});
  CHECK(world_of(10, "{flagger: {stepWeight: 20, maxWeight: 50}}").rollout.traffic ==
        Counts{2, 4, 6, 10});
}

TEST_CASE("windows and freezes leave what is open in both") {
  const auto hours = [](double value) { return kStart + from_hours(value); };
  const auto windows =
      world_of(10, "{batches: 5, windows: 'daily 01:00-05:00', freeze: [{from: 2 h, until: 26 h}]}")
          .rollout.windows;
  REQUIRE(windows.size() > 3);
  CHECK(windows[0] == std::pair{hours(1), hours(2)});
  CHECK(windows[1] == std::pair{hours(26), hours(29)});
  CHECK(windows[2] == std::pair{hours(49), hours(53)});
}

TEST_CASE("waves go from one instance over its zone and its region to groups of regions") {
  const auto loaded = scenario::load_file(kSource / "scenarios/waves.yaml");
  INFO(loaded.diagnostics.render());
  REQUIRE(loaded.scenario.has_value());
  // 22 regions of 3 zones with 30 instances each: 1, its zone, its region, 2, 4, 8 and 7 regions.
  CHECK(loaded.scenario->strategies[1].world.rollout.sizes == Counts{1, 9, 20, 60, 120, 240, 210});
}

TEST_CASE("rollout-styles.yaml and waves.yaml: every strategy ends in one way or another") {
  run_shipped("rollout-styles.yaml");
  run_shipped("waves.yaml");
}
