#include "philox_blocks.hpp"

#include <cstdlib>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace rollcast::random::detail {

void philox_blocks(const std::uint64_t* counter, const std::uint64_t* key, std::uint32_t blocks,
                   std::uint64_t* numbers) {
  std::uint64_t place[] = {counter[0], counter[1], counter[2], counter[3]};
  for (std::uint32_t block = 0; block < blocks; ++block, ++place[3], numbers += kPhiloxBlock)
    philox_one_block(place, key, numbers);
}

#if defined(__x86_64__)
#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 takes the deliberately undefined operand in its own intrinsics for a mistake (GCC PR
// 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
namespace {

#define ROLLCAST_WIDE __attribute__((target("avx512f")))
#define ROLLCAST_WIDE_INLINE __attribute__((target("avx512f"), always_inline)) inline

[[nodiscard]] bool has_wide_registers() {
  return __builtin_cpu_supports("avx512f") != 0;
}

/// A number of 64 bits in every lane, as it is and its upper half.
struct Factor {
  __m512i whole;
  __m512i upper;
};
/// The halves of a product of 128 bits in every lane.
struct Product {
  __m512i high;
  __m512i low;
};

ROLLCAST_WIDE_INLINE __m512i lanes(std::uint64_t value) {
  return _mm512_set1_epi64(static_cast<std::int64_t>(value));
}
ROLLCAST_WIDE_INLINE Factor factor_of(std::uint64_t value) {
  return {lanes(value), lanes(value >> 32)};
}

/// 64 by 64 bits from four products of 32 by 32 bits.
ROLLCAST_WIDE_INLINE Product multiply(__m512i value, const Factor& factor) {
  constexpr __mmask16 kUpperHalves = 0xAAAA;
  const __m512i upper = _mm512_srli_epi64(value, 32);
  const __m512i low_low = _mm512_mul_epu32(value, factor.whole);
  const __m512i high_low = _mm512_mul_epu32(upper, factor.whole);
  const __m512i low_high = _mm512_mul_epu32(value, factor.upper);
  const __m512i high_high = _mm512_mul_epu32(upper, factor.upper);
  const __m512i middle = _mm512_add_epi64(high_low, _mm512_srli_epi64(low_low, 32));
  const __m512i carried = _mm512_add_epi64(low_high, _mm512_and_si512(middle, lanes(0xFFFFFFFFU)));
  const __m512i high = _mm512_add_epi64(high_high, _mm512_srli_epi64(middle, 32));
  return {_mm512_add_epi64(high, _mm512_srli_epi64(carried, 32)),
          _mm512_mask_blend_epi32(kUpperHalves, low_low, _mm512_slli_epi64(carried, 32))};
}

/// Eight blocks: each word of theirs in a register, a block a lane.
struct EightBlocks {
  __m512i words[4];
};

ROLLCAST_WIDE_INLINE EightBlocks eight_counters(const std::uint64_t* counter, std::uint64_t ahead) {
  const __m512i steps = _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0);
  return {{lanes(counter[0]), lanes(counter[1]), lanes(counter[2]),
           _mm512_add_epi64(lanes(counter[3] + ahead), steps)}};
}

ROLLCAST_WIDE_INLINE void make_round(EightBlocks& blocks, const Factor& first, const Factor& second,
                                     __m512i key_0, __m512i key_1) {
  constexpr int kExclusiveOr = 0x96;  // of three
  auto& words = blocks.words;
  const Product a = multiply(words[0], first);
  const Product b = multiply(words[2], second);
  words[0] = _mm512_ternarylogic_epi64(b.high, words[1], key_0, kExclusiveOr);
  words[1] = b.low;
  words[2] = _mm512_ternarylogic_epi64(a.high, words[3], key_1, kExclusiveOr);
  words[3] = a.low;
}

/// To the words of a block side by side: first those of two, then pairs of pairs.
ROLLCAST_WIDE_INLINE void write(const EightBlocks& blocks, std::uint64_t* numbers) {
  const auto& words = blocks.words;
  const __m512i even_01 = _mm512_unpacklo_epi64(words[0], words[1]);  // of the blocks 0, 2, 4, 6
  const __m512i odd_01 = _mm512_unpackhi_epi64(words[0], words[1]);   // of the blocks 1, 3, 5, 7
  const __m512i even_23 = _mm512_unpacklo_epi64(words[2], words[3]);
  const __m512i odd_23 = _mm512_unpackhi_epi64(words[2], words[3]);
  const __m512i lower = _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0);
  const __m512i upper = _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4);
  const __m512i blocks_02 = _mm512_permutex2var_epi64(even_01, lower, even_23);
  const __m512i blocks_13 = _mm512_permutex2var_epi64(odd_01, lower, odd_23);
  const __m512i blocks_46 = _mm512_permutex2var_epi64(even_01, upper, even_23);
  const __m512i blocks_57 = _mm512_permutex2var_epi64(odd_01, upper, odd_23);
  _mm512_storeu_si512(numbers, _mm512_shuffle_i64x2(blocks_02, blocks_13, 0x44));
  _mm512_storeu_si512(numbers + 8, _mm512_shuffle_i64x2(blocks_02, blocks_13, 0xEE));
  _mm512_storeu_si512(numbers + 16, _mm512_shuffle_i64x2(blocks_46, blocks_57, 0x44));
  _mm512_storeu_si512(numbers + 24, _mm512_shuffle_i64x2(blocks_46, blocks_57, 0xEE));
}

/// Two sets of eight blocks: while one waits for its products, the other's are made.
ROLLCAST_WIDE void sixteen_blocks(const std::uint64_t* counter, const std::uint64_t* key,
                                  std::uint64_t* numbers) {
  constexpr int kRounds = 10;
  const Factor first = factor_of(PHILOX_M4x64_0);
  const Factor second = factor_of(PHILOX_M4x64_1);
  __m512i key_0 = lanes(key[0]);
  __m512i key_1 = lanes(key[1]);
  EightBlocks earlier = eight_counters(counter, 0);
  EightBlocks later = eight_counters(counter, 8);
  for (int round = 0; round < kRounds; ++round) {
    make_round(earlier, first, second, key_0, key_1);
    make_round(later, first, second, key_0, key_1);
    key_0 = _mm512_add_epi64(key_0, lanes(PHILOX_W64_0));
    key_1 = _mm512_add_epi64(key_1, lanes(PHILOX_W64_1));
  }
  write(earlier, numbers);
  write(later, numbers + 32);
}

}  // namespace
#endif

void philox_sixteen_blocks(const std::uint64_t* counter, const std::uint64_t* key,
                           std::uint64_t* numbers) {
#if defined(__x86_64__)
  if (has_wide_registers()) return sixteen_blocks(counter, key, numbers);
#endif
  philox_blocks(counter, key, 16, numbers);
}

std::uint32_t philox_group() {
#if defined(__x86_64__)
  if (has_wide_registers() && std::getenv("ROLLCAST_PORTABLE") == nullptr) return 16;
#endif
  return 4;
}

}  // namespace rollcast::random::detail
