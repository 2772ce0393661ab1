/// Any scenario that loads can be simulated: no assertion fails, nothing overflows, it ends.
#include "rollcast/model/simulate.hpp"
#include "entry.hpp"
#include "rollcast/scenario/load.hpp"

using namespace rollcast;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  scenario::LoadOptions options;
  options.data_folders = {ROLLCAST_SOURCE_DIR "/scenarios"};
  scenario::Loaded loaded =
      scenario::load_text("input.yaml", std::string(fuzz::text_of(data, size)), options);
  if (!loaded.scenario) return 0;
  const model::Scenario& scenario = *loaded.scenario;
  // A large fleet over years is no finding, only slow.
  constexpr std::int64_t kMostInstances = 300;
  constexpr Duration kLongest = std::chrono::hours(24 * 60);
  if (scenario.horizon > kLongest) return 0;
  for (std::size_t strategy = 0; strategy < scenario.strategies.size(); ++strategy) {
    std::int64_t instances = 0;
    for (const model::Group& group : scenario.strategies[strategy].world.groups)
      instances += group.count;
    if (instances > kMostInstances) return 0;
    const model::Outcome outcome = model::simulate(scenario, strategy, scenario.seed, 0);
    fuzz::expect(outcome.objectives.size() == scenario.objectives.size(), "every objective judged");
  }
  return 0;
}
