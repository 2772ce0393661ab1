#pragma once
/// Every quantity of a scenario, a stated share up and down: what is tried when nobody says what is
/// not known.
#include <string>
#include <string_view>
#include <vector>

#include "rollcast/scenario/parameters.hpp"
#include "rollcast/scenario/uncertain.hpp"

namespace rollcast::scenario {

/// A quantity or distribution with every number that carries a unit times `factor`: "3 min to 5
/// min" times 1.2 is "3.6 min to 6 min". Weights, shapes and the 90 of "90 % between" stay. Empty
/// for what has no such number: counts, dates, working hours, tables.
[[nodiscard]] std::string scaled(std::string_view text, double factor);

/// The durations, efforts, rates, shares and prices of the scenario, defaults included, each from
/// (1 - range) to (1 + range) times what it is, in 21 even steps of which the middle one is the
/// stated value. Left out is what the scenario does not take at both ends, and what says how it is
/// looked at (objectives, verdict, horizon). REQUIRES 0 < range < 1.
[[nodiscard]] std::vector<UncertainInput> scaled_inputs(const Template& source, double range);

}  // namespace rollcast::scenario
