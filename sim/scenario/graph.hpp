#pragma once
/// Dependencies between named things: an order that respects them, or the cycle that forbids one
/// (Boost.Graph). And shortest ways between places.
#include <cstddef>
#include <optional>
#include <vector>

namespace rollcast::scenario {

/// `after[i]` lists what must come before i.
using Dependencies = std::vector<std::vector<std::size_t>>;

/// Some cycle, each member followed by one that it waits for; the first is also the last. None:
/// there is no cycle.
[[nodiscard]] std::optional<std::vector<std::size_t>> find_cycle(const Dependencies& after);

/// `needed` and all that it depends on, every one behind what it waits for, otherwise in the order
/// of the indices as far as possible. REQUIRES no cycle.
[[nodiscard]] std::vector<std::size_t> in_order(const Dependencies& after,
                                                const std::vector<std::size_t>& needed);

/// A line between two places, usable in both directions; a way's length is the sum of its lines'.
struct Line {
  std::size_t one, other;
  double length;  ///< at least 0
};

/// The lines of the shortest way from the nearest of `from` to `to`, in the order in which they are
/// passed; none: no way leads there. REQUIRES places below `places`, `from` not holding `to`.
[[nodiscard]] std::optional<std::vector<std::size_t>> shortest_way(
    std::size_t places, const std::vector<Line>& lines, const std::vector<std::size_t>& from,
    std::size_t to);

}  // namespace rollcast::scenario
