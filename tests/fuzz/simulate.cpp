/// Any scenario that loads can be simulated: no assertion fails, nothing overflows, it ends.
/// Telling the story of a replication, or following its way to a rare event, changes nothing of it.
#include "rollcast/model/simulate.hpp"

#include <limits>

#include "entry.hpp"
#include "rollcast/scenario/load.hpp"

using namespace rollcast;

namespace {

/// Several, for what strikes one replication in a few (a bad version, a lost zone).
constexpr std::uint64_t kReplications = 3;

/// A large fleet over years is no finding, only slow.
bool is_small(const model::Scenario& scenario) {
  constexpr std::int64_t kMostInstances = 60;
  constexpr std::size_t kMostStrategies = 24;
  constexpr Duration kLongest = std::chrono::hours(24 * 21);
  if (scenario.horizon > kLongest || scenario.strategies.size() > kMostStrategies) return false;
  for (const model::Strategy& strategy : scenario.strategies) {
    std::int64_t instances = 0;
    for (const model::Group& group : strategy.world.groups) instances += group.count;
    if (instances > kMostInstances) return false;
  }
  return true;
}

/// One that leaves its past where the first instance is impaired, followed twice to its end.
void follow_to_rare_event(const model::Scenario& scenario, std::size_t strategy, double peak) {
  const auto metric = model::Metric::impact_peak;
  const double to_the_end = std::numeric_limits<double>::infinity();
  random::Way way{0, {}};
  random::Course whole(way, to_the_end);
  model::simulate_on(scenario, strategy, scenario.seed, metric, whole);
  fuzz::expect(whole.highest() == peak, "a way without crossings is the replication itself");
  random::Course first(way, 1.0);
  model::simulate_on(scenario, strategy, scenario.seed, metric, first);
  if (!first.reached()) return;
  way.crossings.push_back({1.0, 1, first.reached_at()});
  random::Course branch(way, to_the_end);
  const auto events = model::simulate_on(scenario, strategy, scenario.seed, metric, branch);
  random::Course again(way, to_the_end);
  fuzz::expect(model::simulate_on(scenario, strategy, scenario.seed, metric, again) == events &&
                   again.highest() == branch.highest(),
               "the same way is the same future");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  scenario::LoadOptions options;
  options.data_folders = {ROLLCAST_SOURCE_DIR "/scenarios"};
  scenario::Loaded loaded =
      scenario::load_text("input.yaml", std::string(fuzz::text_of(data, size)), options);
  if (!loaded.scenario || !is_small(*loaded.scenario)) return 0;
  const model::Scenario& scenario = *loaded.scenario;
  for (std::size_t strategy = 0; strategy < scenario.strategies.size(); ++strategy) {
    model::Trace trace;
    const model::Outcome told = model::simulate(scenario, strategy, scenario.seed, 0, &trace);
    for (std::uint64_t replication = 0; replication < kReplications; ++replication) {
      const model::Outcome outcome =
          model::simulate(scenario, strategy, scenario.seed, replication);
      fuzz::expect(outcome.objectives.size() == scenario.objectives.size(),
                   "every objective is judged");
      if (replication > 0) continue;
      fuzz::expect(outcome.digest == told.digest && outcome.objectives == told.objectives,
                   "a replication that is told is the one of the run");
      const auto peak = static_cast<std::size_t>(model::Metric::impact_peak);
      follow_to_rare_event(scenario, strategy, outcome.metrics[peak]);
    }
  }
  return 0;
}
