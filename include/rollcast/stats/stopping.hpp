#pragma once
/// When to look whether an estimate is precise enough, so that stopping does not spoil it.
#include <cstdint>

namespace rollcast::stats {

/// Values before the first look. A rule that may stop earlier stops too often on values that happen
/// to lie close together.
inline constexpr std::uint64_t kFirstLook = 500;

/// The number of values at which a sequential rule looks after it has looked at `looked` (0: not
/// yet): the first at kFirstLook, then about half as many more each time, always whole blocks. Few
/// looks keep the interval's coverage near its nominal one (Glynn and Whitt, Annals of Applied
/// Probability 2, 1992: such rules are valid in the limit of small widths; the tests measure it at
/// the widths that are used). REQUIRES block >= 1.
[[nodiscard]] std::uint64_t next_look(std::uint64_t looked, std::uint64_t block);

/// Up to how many values a rule goes on that has looked at `values` and thinks that `needed` will
/// do: whole blocks, and at least a tenth more, as looks that follow each other closely stop too
/// early by chance.
[[nodiscard]] std::uint64_t planned_values(std::uint64_t values, std::uint64_t needed,
                                           std::uint64_t block);

/// About how many values it takes to bring a half-width down to `wanted`, given that `values` gave
/// `half_width`: half-widths shrink with the square root. Infinite demands give UINT64_MAX.
[[nodiscard]] std::uint64_t values_for(std::uint64_t values, double half_width, double wanted);

}  // namespace rollcast::stats
