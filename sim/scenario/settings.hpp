#pragma once
/// Setting one value of a scenario's tree by its path.
#include <optional>
#include <string>

#include "rollcast/base/diagnostics.hpp"
#include "rollcast/scenario/tree.hpp"

namespace rollcast::scenario {

/// Why a path leads nowhere.
struct PathProblem {
  std::string message;
  std::string cure;
};

/// Puts `value` where `path` leads, as `--set` does: maps merge, everything else is replaced, what
/// is not there is made. Keys may contain points; items of lists go by their `name` or their
/// position. New nodes stand at `place`.
[[nodiscard]] std::optional<PathProblem> set_value(Node& tree, const Place& place,
                                                   const std::string& path, Node value);

}  // namespace rollcast::scenario
