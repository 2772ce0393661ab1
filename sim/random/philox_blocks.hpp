#pragma once
/// Consecutive blocks of one Philox4x64-10 stream, by the fastest way that the processor has. All
/// ways give the same numbers.
#include <Random123/philox.h>

#include <cstdint>

namespace rollcast::random::detail {

inline constexpr std::uint32_t kPhiloxBlock = 4;  ///< numbers of a block

/// Writes the four numbers of the block with `counter` to `numbers`.
inline void philox_one_block(const std::uint64_t* counter, const std::uint64_t* key,
                             std::uint64_t* numbers) {
  const philox4x64_ctr_t its_counter{{counter[0], counter[1], counter[2], counter[3]}};
  const philox4x64_key_t its_key{{key[0], key[1]}};
  const philox4x64_ctr_t out = philox4x64(its_counter, its_key);
  // One by one: copied as a whole they would be read back before they have arrived in memory.
  numbers[0] = out.v[0];
  numbers[1] = out.v[1];
  numbers[2] = out.v[2];
  numbers[3] = out.v[3];
}

/// Writes the numbers of `blocks` blocks to `numbers`, the first with `counter`, whose last word
/// counts up.
void philox_blocks(const std::uint64_t* counter, const std::uint64_t* key, std::uint32_t blocks,
                   std::uint64_t* numbers);

/// Sixteen blocks, eight side by side; by philox_blocks where the processor lacks AVX-512.
void philox_sixteen_blocks(const std::uint64_t* counter, const std::uint64_t* key,
                           std::uint64_t* numbers);

/// How many blocks are made at once best: 16 with AVX-512, else 4 one after the other,
/// which keeps the multiplier busy. The environment variable ROLLCAST_PORTABLE asks for the latter.
[[nodiscard]] std::uint32_t philox_group();

}  // namespace rollcast::random::detail
