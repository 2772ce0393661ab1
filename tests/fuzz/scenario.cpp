/// Any bytes as a scenario: it loads or it has errors, and what it resolves to loads as the same.
#include "entry.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/scenario/load.hpp"

using namespace rollcast;

namespace {

/// A resolved scenario without its comments: they say where in the file before each value stood.
std::string values_of(const std::string& resolved) {
  std::string values;
  for (std::string_view line : split(resolved, '\n')) {
    values += line.substr(0, line.rfind("  # "));
    values += '\n';
  }
  return values;
}

}  // namespace

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
  const bool same = values_of(again.resolved_yaml) == values_of(loaded.resolved_yaml);
  if (!same) std::cerr << loaded.resolved_yaml << "--- and then\n" << again.resolved_yaml;
  fuzz::expect(same, "and resolves to itself");
  return 0;
}
