#pragma once
/// Worlds in which a running fleet is updated.
#include "rollcast/model/rollout_presets.hpp"
#include "world.hpp"

namespace rollcast::test {

/// `count` instances run "old"; "golden", which is launched in exactly `launch`, replaces it.
inline Scenario update_scenario(std::int64_t count, std::chrono::nanoseconds launch) {
  Scenario scenario = plain_scenario(count);
  World& world = world_of(scenario);
  Image old = world.images[ImageId{0}];
  old.name = "old";
  old.launch = RandomDuration{random::Distribution::constant(to_seconds(launch))};
  const ImageId runs = world.images.push_back(old);
  world.images[ImageId{0}].launch = old.launch;
  Update update;
  update.from.push_back(runs);
  world.update = update;
  return scenario;
}

/// The facts of the plain scenario's fleet.
inline policy::FleetShape shape_of(const Scenario& scenario) {
  const World& world = scenario.strategies[0].world;
  policy::FleetShape shape;
  for (std::size_t group = 0; group < world.groups.size(); ++group) {
    const Group& each = world.groups[GroupId{group}];
    shape.desired += each.count;
    for (std::int64_t member = 0; member < each.count; ++member) {
      const int zones = world.regions[each.region].zones;
      shape.region.push_back(each.region.index());
      shape.zone.push_back(static_cast<std::size_t>(member % zones));
      shape.zones = std::max(shape.zones, zones);
    }
  }
  shape.running = world.update.has_value();
  return shape;
}

inline void use(Scenario& scenario, const policy::Policy& policy) {
  world_of(scenario).rollout = policy::resolve(policy, shape_of(scenario));
}

/// One replication with its steps.
struct Run {
  Outcome outcome;
  Trace trace;
  [[nodiscard]] double operator()(Metric which) const { return metric(outcome, which); }
  /// When the roll-out ended, in minutes.
  [[nodiscard]] double minutes_long() const { return (*this)(Metric::rollout_time) / 60; }
  /// Most instances that existed after any step, and the fewest available ones.
  [[nodiscard]] std::int64_t peak() const {
    std::int64_t most = 0;
    for (const RolloutStep& step : trace.steps()) most = std::max(most, step.fresh + step.old);
    return most;
  }
  [[nodiscard]] std::int64_t least() const {
    std::int64_t fewest = trace.steps().empty() ? 0 : trace.steps().front().available;
    for (const RolloutStep& step : trace.steps()) fewest = std::min(fewest, step.available);
    return fewest;
  }
  /// Whether the story has this line of the roll-out.
  [[nodiscard]] bool told(const std::string& what) const {
    for (const TraceEvent& event : trace.events())
      if (event.what.find(what) != std::string::npos) return true;
    return false;
  }
};

inline Run run_once(const Scenario& scenario, std::uint64_t replication = 0) {
  Run run;
  run.outcome = simulate(scenario, 0, 7, replication, &run.trace);
  return run;
}

/// Everything that is told of the roll-out's steps, a line each.
inline std::string steps_of(const Trace& trace) {
  std::string text = "\n";
  for (const RolloutStep& step : trace.steps())
    text += fmt::format("{:>5} {:<28} {:>3} {:>3} {:>3}  {}\n", to_seconds(step.time - kStart),
                        step.step, step.fresh, step.old, step.available, step.waits_for);
  return text;
}

}  // namespace rollcast::test
