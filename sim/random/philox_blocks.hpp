#pragma once
/// Consecutive blocks of one Philox4x64-10 stream, by the fastest way that the processor has. All
/// ways give the same numbers.
#include <cstdint>

namespace rollcast::random::detail {

inline constexpr std::uint32_t kPhiloxBlock = 4;  ///< numbers of a block

/// Writes the four numbers of the block with `counter` to `numbers`.
void philox_one_block(const std::uint64_t* counter, const std::uint64_t* key,
                      std::uint64_t* numbers);

/// Writes the numbers of `blocks` blocks to `numbers`, the first with `counter`, whose last word
/// counts up.
void philox_blocks(const std::uint64_t* counter, const std::uint64_t* key, std::uint32_t blocks,
                   std::uint64_t* numbers);

/// Eight blocks side by side; by philox_blocks where the processor lacks AVX-512.
void philox_eight_blocks(const std::uint64_t* counter, const std::uint64_t* key,
                         std::uint64_t* numbers);

/// How many blocks are made at once best: 8 side by side with AVX-512, else 4 one after the other,
/// which keeps the multiplier busy. The environment variable ROLLCAST_PORTABLE asks for the latter.
[[nodiscard]] std::uint32_t philox_group();

}  // namespace rollcast::random::detail
