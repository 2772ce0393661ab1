#pragma once
/// What differs between two scenarios, value by value.
#include <string>
#include <vector>

namespace rollcast::scenario {

/// A value that is not the same in both; empty where one has none.
struct ValueDifference {
  std::string path;  ///< "fleet.web.count"
  std::string before, after;
  friend bool operator==(const ValueDifference&, const ValueDifference&) = default;
};

/// Differences of two resolved scenarios (Loaded::resolved_yaml), in the order of the first. Items
/// of a list go by their `name`, or by their position. Comments do not count.
[[nodiscard]] std::vector<ValueDifference> differences(const std::string& before,
                                                       const std::string& after);

}  // namespace rollcast::scenario
