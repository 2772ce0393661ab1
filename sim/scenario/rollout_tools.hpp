#pragma once
/// Reads the policies of the tools: `rollout: {kubernetes: {maxSurge: 25 %}}`, every parameter
/// under the tool's own name.
#include <optional>
#include <string>
#include <vector>

#include "rollcast/model/rollout_presets.hpp"
#include "rollcast/scenario/reader.hpp"

namespace rollcast::scenario {

/// The keys of the tools, as they stand under `rollout:`.
[[nodiscard]] const std::vector<std::string>& tool_names();

/// Reads the one tool that `r` has, if it has one; describes all of them for a schema.
[[nodiscard]] std::optional<model::policy::Policy> read_tool(Reader& r);

/// `waves: {bake: 2 h, growth: 2}`: over instances, zones and regions.
[[nodiscard]] Value<model::policy::Waves> region_waves();

/// A number, or a share of the fleet, as the arithmetic takes it.
[[nodiscard]] Value<model::policy::Amount> policy_amount();

/// What the tool's rounding makes of a fleet where that is likely to surprise: warnings with the
/// numbers. `what` stands for the fleet in words: "10 instances".
void warn_of_traps(Reader& root, const Place& place, const model::policy::Policy& policy,
                   const model::policy::FleetShape& fleet);
/// What the tool refuses for this fleet.
void refuse_misuse(Reader& root, const Place& place, const model::policy::Policy& policy,
                   const model::policy::FleetShape& fleet);

}  // namespace rollcast::scenario
