#pragma once
/// Scenarios written as users write them, and what their replications yield.
#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

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

/// A scenario in which nothing varies, and what comes out by hand.
struct Case {
  struct Expected {
    model::Metric metric;
    double value;
  };
  std::string what;
  std::string scenario;
  std::vector<Expected> expected;
};

inline void check(const Case& one) {
  CAPTURE(one.what);
  const model::Outcome outcome = simulate(load(one.scenario), 0, 1, 0);
  for (const Case::Expected& expected : one.expected) {
    INFO(metric_info(expected.metric).name);
    CHECK(metric(outcome, expected.metric) == doctest::Approx(expected.value));
  }
}

}  // namespace rollcast::test
