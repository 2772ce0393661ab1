#include "world.hpp"

using namespace rollcast;
using namespace rollcast::test;

namespace {

std::string story(const Scenario& scenario) {
  Trace trace;
  const Outcome outcome = simulate(scenario, 0, 7, 0, &trace);
  static_cast<void>(outcome);
  std::string text = "\n";
  for (const TraceEvent& event : trace.events())
    text +=
        fmt::format("{:>6} {:<9} {}\n", to_seconds(event.time - kStart), event.subject, event.what);
  return text;
}

}  // namespace

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
     0 roll-out  batch 1 of 3 starts
     0 web[1]    launch accepted, attempt 1
     0 web[2]    launch accepted, attempt 1
   240 web[1]    enters service
   240 web[2]    enters service
   240 web[3]    launch accepted, attempt 1
   480 web[3]    enters service
   540 roll-out  batch 2 of 2 starts
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
