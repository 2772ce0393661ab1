#pragma once
/// `sweep:`: the values that are varied, and the check that the scenario takes them.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rollcast/scenario/parameters.hpp"
#include "rollcast/scenario/reader.hpp"
#include "rollcast/scenario/sweep.hpp"

namespace rollcast::scenario {

/// A sweep as written, with its places.
struct SweepSpec {
  struct Axis {
    SweepAxis axis;
    double step = 0.0;        ///< of a range; 0: none is given
    std::int64_t number = 0;  ///< of values in a range; 0: none is given
    Place path_place;
    Place value_place;
  };
  Design design = Design::grid;
  std::int64_t points = 64;
  std::int64_t refine = 0;
  std::vector<Axis> axes;
  std::vector<Estimate> estimates;
  Place place;
};

[[nodiscard]] Value<SweepSpec> sweep(std::vector<std::string> objectives);

/// The map of varied values under `key`; at least one, else a diagnostic.
[[nodiscard]] std::vector<SweepSpec::Axis> variables_of(Reader& r, std::string_view key,
                                                        std::string_view meaning);
/// An estimate by its words: "ready_time p95".
[[nodiscard]] Value<Estimate> estimate(const std::vector<std::string>& objectives);

/// Completes an axis; nothing after a diagnostic, as in check_sweep().
[[nodiscard]] std::optional<SweepAxis> check_axis(const SweepSpec::Axis& spec, Design design,
                                                  const Template& source, Diagnostics& diagnostics);

/// Completes the axes: every path must be one that the scenario takes, and the scenario must take
/// at least one of the values that are tried. Becomes a diagnostic otherwise.
[[nodiscard]] Sweep check_sweep(const SweepSpec& spec, const Template& source,
                                Diagnostics& diagnostics);

}  // namespace rollcast::scenario
