#pragma once
/// Small worlds for tests, built by hand from the plain data, and the statistics that judge them.
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "rollcast/model/simulate.hpp"

namespace rollcast::test {

using namespace rollcast::model;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

inline random::Distribution uniform_minutes(double low, double high) {
  return *random::Distribution::uniform(low * 60, high * 60);
}
inline random::Distribution constant_minutes(double value) {
  return random::Distribution::constant(value * 60);
}
inline random::Distribution exponential_hours(double mean) {
  return *random::Distribution::exponential(mean * 3600);
}

/// One region without limits, one group of `count` Linux instances, launched all at once from an
/// image that exists and takes 3 to 5 minutes; nothing fails. Tests change what they are about.
inline Scenario plain_scenario(std::int64_t count) {
  Scenario scenario;
  scenario.name = "test";
  scenario.horizon = hours(24 * 30);
  World world;
  Region region;
  region.name = "here";
  region.api_calls_per_second = 1000;
  region.api_burst = 1000;
  region.instances_per_call = 1'000'000;
  const RegionId here = world.regions.push_back(region);
  Group group;
  group.name = "web";
  group.count = count;
  group.region = here;
  const GroupId web = world.groups.push_back(group);
  Image image;
  image.name = "golden";
  image.exists_in = {here};
  image.launch = RandomDuration{uniform_minutes(3, 5)};
  image.bad = Probability{0.0};
  const ImageId golden = world.images.push_back(image);
  Deployment deployment;
  deployment.image = golden;
  world.deployments.push_back(deployment);
  world.rollout.sizes = {count};
  static_cast<void>(web);
  scenario.strategies.push_back(Strategy{"only", world});
  return scenario;
}

inline World& world_of(Scenario& scenario) {
  return scenario.strategies[0].world;
}

/// Turns the plain scenario's group into one that is set up by hand by `people` people around the
/// clock, `effort` each.
inline void by_hand(Scenario& scenario, std::int64_t people, random::Distribution effort) {
  World& world = world_of(scenario);
  Staff staff;
  staff.name = "ops";
  staff.people = people;
  const StaffId ops = world.staff.push_back(staff);
  Component server;
  server.name = "server";
  const ComponentId component = world.software.push_back(server);
  world.manual.effort = RandomEffort{std::move(effort)};
  Group& group = world.groups[GroupId{0}];
  group.components = {component};
  world.deployments[GroupId{0}] = Deployment{Method::manual, ImageId{}, std::nullopt, ops};
}

inline double metric(const Outcome& outcome, Metric which) {
  return outcome.metrics[static_cast<std::size_t>(which)];
}

/// Values of one metric over replications 0 … n-1 of seed 7.
inline std::vector<double> sample(const Scenario& scenario, Metric which,
                                  std::uint64_t replications) {
  std::vector<double> values;
  for (std::uint64_t replication = 0; replication < replications; ++replication)
    values.push_back(metric(simulate(scenario, 0, 7, replication), which));
  return values;
}

/// What happens in the first replication, a line an event: seconds, subject, words.
inline std::string story(const Scenario& scenario) {
  Trace trace;
  const Outcome outcome = simulate(scenario, 0, 7, 0, &trace);
  static_cast<void>(outcome);
  std::string text = "\n";
  for (const TraceEvent& event : trace.events())
    text +=
        fmt::format("{:>6} {:<9} {}\n", to_seconds(event.time - kStart), event.subject, event.what);
  return text;
}

struct Moments {
  double mean = 0, variance = 0, standard_error = 0;
};

inline Moments moments(const std::vector<double>& values) {
  Moments result;
  const auto n = static_cast<double>(values.size());
  for (const double value : values) result.mean += value / n;
  for (const double value : values)
    result.variance += (value - result.mean) * (value - result.mean) / (n - 1);
  result.standard_error = std::sqrt(result.variance / n);
  return result;
}

/// The mean lies within 4 standard errors of the truth: a right model fails with probability 6e-5.
inline void check_mean(const std::vector<double>& values, double truth) {
  const Moments found = moments(values);
  INFO("mean ", found.mean, " truth ", truth, " standard error ", found.standard_error);
  CHECK(std::abs(found.mean - truth) <= 4 * found.standard_error);
}

}  // namespace rollcast::test
