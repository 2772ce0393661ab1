#pragma once
/// `correlation:`: which uncertain inputs go together, and the check that they can.
#include <string>
#include <vector>

#include "rollcast/scenario/reader.hpp"
#include "uncertain.hpp"

namespace rollcast::scenario {

/// An entry as written: every two of the named inputs go together.
struct CorrelationSpec {
  struct Named {
    std::string path;
    Place place;
  };
  std::vector<Named> between;
  double rank = 0.0;
  bool kendall = false;
  Place place;  ///< of the number
};

/// A list of `{between: [PATH, PATH], spearman: 0.7}`.
[[nodiscard]] Value<std::vector<CorrelationSpec>> correlation();

/// The pairs, by position in `inputs`. Reports paths that are no uncertain input, pairs that are
/// stated twice, and correlations that no inputs can have together.
[[nodiscard]] std::vector<InputCorrelation> check_correlation(
    const std::vector<CorrelationSpec>& specs, const std::vector<UncertainSpec>& inputs,
    Diagnostics& diagnostics);

}  // namespace rollcast::scenario
