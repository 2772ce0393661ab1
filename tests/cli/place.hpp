#pragma once
/// A folder with the scenarios of the tests that kill, split and starve runs.
#include <string>
#include <vector>

#include "process.hpp"

namespace rollcast::cli::testing {

/// The small scenario with what makes a run harder to go on with: inputs that are drawn, a way of
/// drawing them, an end that the estimates decide.
inline std::string hard_scenario() {
  return small_scenario() + R"(uncertain:
  images.golden.bad: 1 % to 10 %
  failures.broken.every: [exponential(1000 h), exponential(4000 h)]
sampling: antithetic
precision: {ready_time p50: 8 %}
)";
}

struct Place : Folder {
  std::string scenario = file("small.yaml", small_scenario());
  std::string hard = file("hard.yaml", hard_scenario());

  [[nodiscard]] Ended run(const std::string& what, const std::string& out,
                          std::vector<std::string> options,
                          const Surroundings& surroundings = {}) const {
    std::vector<std::string> arguments{"run", what, "--out", *this / out, "--quiet"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return testing::rollcast(arguments, surroundings);
  }
  [[nodiscard]] std::string summary(const std::string& out) const {
    return contents(*this / (out + "/summary.json"));
  }
};

}  // namespace rollcast::cli::testing
