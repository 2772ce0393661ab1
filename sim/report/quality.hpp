#pragma once
/// How sure the estimates are, as the charts draw it.
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "rollcast/experiment/results.hpp"

namespace rollcast::report {

/// Half-widths of the 95 % interval of a strategy's mean ranked cost, relative to the mean, over
/// its first 10 … all replications: {"runs": […], "half": […]}. Null below 20 replications, or
/// where nothing costs anything.
[[nodiscard]] nlohmann::json convergence_json(const experiment::Samples& samples);
[[nodiscard]] std::string convergence_finding(const experiment::Results& results);

/// Every other strategy against the reference (the verdict's, else the first): its mean ranked cost
/// and ready time as multiples of the reference's, with the intervals of the paired differences.
/// Null with a single strategy, and without any difference that can be stated.
[[nodiscard]] nlohmann::json against_json(const experiment::Results& results);
[[nodiscard]] std::string against_finding(const experiment::Results& results);

}  // namespace rollcast::report
