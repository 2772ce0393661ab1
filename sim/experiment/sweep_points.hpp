#pragma once
/// What the points of a sweep mean to the scenario.
#include <string>
#include <vector>

#include "rollcast/experiment/sweep.hpp"

namespace rollcast::experiment {

/// The scenario's values at a point.
[[nodiscard]] inline scenario::Settings settings_of(const scenario::Sweep& sweep,
                                                    const std::vector<std::string>& values) {
  scenario::Settings settings;
  for (std::size_t k = 0; k < sweep.axes.size(); ++k)
    settings.emplace_back(sweep.axes[k].path, values[k]);
  return settings;
}

/// Why the scenario does not take these values; empty when it does.
[[nodiscard]] std::string refusal_of(const scenario::Loaded& loaded,
                                     const scenario::Settings& settings);

}  // namespace rollcast::experiment
