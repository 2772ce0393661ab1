/// Any bytes as a scenario: it loads or it has errors, and what it resolves to loads as the same.
#include "entry.hpp"
#include "rollcast/scenario/load.hpp"

using namespace rollcast;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  scenario::LoadOptions options;
  options.data_folders = {ROLLCAST_SOURCE_DIR "/scenarios"};
  const std::string text(fuzz::text_of(data, size));
  const scenario::Loaded loaded = scenario::load_text("input.yaml", text, options);
  fuzz::expect(loaded.scenario.has_value() == loaded.diagnostics.ok(), "a scenario or errors");
  (void)loaded.diagnostics.render();
  if (!loaded.scenario) return 0;
  const scenario::Loaded again = scenario::load_text("input.yaml", loaded.resolved_yaml, options);
  if (!again.scenario) std::cerr << again.diagnostics.render() << loaded.resolved_yaml;
  fuzz::expect(again.scenario.has_value(), "the resolved scenario loads");
  fuzz::expect(again.resolved_yaml == loaded.resolved_yaml, "and resolves to itself");
  return 0;
}
