#pragma once
/// `uncertain:`: values that are not known, and the check that a scenario takes every one of them.
#include <string>
#include <vector>

#include "rollcast/scenario/parameters.hpp"
#include "rollcast/scenario/reader.hpp"
#include "rollcast/scenario/uncertain.hpp"

namespace rollcast::scenario {

/// An input as written, with its places.
struct UncertainSpec {
  UncertainInput input;
  Place path_place;
  Place value_place;
};

/// A map from paths to ranges, distributions or lists of choices.
[[nodiscard]] Value<std::vector<UncertainSpec>> uncertain();

/// Completes the inputs: each path must be a value of the scenario, and the scenario must take the
/// least and the greatest value that can be drawn. What it does not take becomes a diagnostic.
[[nodiscard]] std::vector<UncertainInput> check_uncertain(const std::vector<UncertainSpec>& specs,
                                                          const Template& source,
                                                          Diagnostics& diagnostics);

/// What the scenario has against setting `path` to `value`; empty when it takes it.
[[nodiscard]] std::string objection(const Template& source, const std::string& path,
                                    const std::string& value);
/// Reports a path that leads to no value of the scenario, with the one that is meant.
void report_unknown_path(const Place& place, const std::string& path, const Template& source,
                         Diagnostics& diagnostics);

}  // namespace rollcast::scenario
