#pragma once
/// Scenarios written as users write them, and what their replications yield.
#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "rollcast/model/simulate.hpp"
#include "rollcast/scenario/load.hpp"

namespace rollcast::test {

inline scenario::LoadOptions with_data() {
  scenario::LoadOptions options;
  options.data_folders = {std::filesystem::path{ROLLCAST_SOURCE_DIR} / "scenarios"};
  return options;
}

/// The scenario, which must be right.
inline model::Scenario load(const std::string& text) {
  const auto loaded = scenario::load_text("test.yaml", text, with_data());
  INFO(loaded.diagnostics.render());
  REQUIRE(loaded.scenario.has_value());
  return *loaded.scenario;
}

inline double metric(const model::Outcome& outcome, model::Metric which) {
  return outcome.metrics[static_cast<std::size_t>(which)];
}

}  // namespace rollcast::test
