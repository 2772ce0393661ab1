#include "philox_blocks.hpp"

#include <Random123/philox.h>

#include <cstdlib>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace rollcast::random::detail {

void philox_one_block(const std::uint64_t* counter, const std::uint64_t* key,
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

/// A word of eight blocks in each register, a block a lane.
ROLLCAST_WIDE void eight_blocks(const std::uint64_t* counter, const std::uint64_t* key,
                                std::uint64_t* numbers) {
  constexpr int kRounds = 10;
  constexpr int kExclusiveOr = 0x96;  // of three
  const Factor first = factor_of(PHILOX_M4x64_0);
  const Factor second = factor_of(PHILOX_M4x64_1);
  __m512i key_0 = lanes(key[0]);
  __m512i key_1 = lanes(key[1]);
  __m512i word_0 = lanes(counter[0]);
  __m512i word_1 = lanes(counter[1]);
  __m512i word_2 = lanes(counter[2]);
  __m512i word_3 = _mm512_add_epi64(lanes(counter[3]), _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0));
  for (int round = 0; round < kRounds; ++round) {
    const Product a = multiply(word_0, first);
    const Product b = multiply(word_2, second);
    word_0 = _mm512_ternarylogic_epi64(b.high, word_1, key_0, kExclusiveOr);
    word_1 = b.low;
    word_2 = _mm512_ternarylogic_epi64(a.high, word_3, key_1, kExclusiveOr);
    word_3 = a.low;
    key_0 = _mm512_add_epi64(key_0, lanes(PHILOX_W64_0));
    key_1 = _mm512_add_epi64(key_1, lanes(PHILOX_W64_1));
  }
  // To the words of a block side by side: first those of two, then pairs of pairs.
  const __m512i even_01 = _mm512_unpacklo_epi64(word_0, word_1);  // of the blocks 0, 2, 4, 6
  const __m512i odd_01 = _mm512_unpackhi_epi64(word_0, word_1);   // of the blocks 1, 3, 5, 7
  const __m512i even_23 = _mm512_unpacklo_epi64(word_2, word_3);
  const __m512i odd_23 = _mm512_unpackhi_epi64(word_2, word_3);
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

}  // namespace
#endif

void philox_eight_blocks(const std::uint64_t* counter, const std::uint64_t* key,
                         std::uint64_t* numbers) {
#if defined(__x86_64__)
  if (has_wide_registers()) return eight_blocks(counter, key, numbers);
#endif
  philox_blocks(counter, key, 8, numbers);
}

std::uint32_t philox_group() {
#if defined(__x86_64__)
  if (has_wide_registers() && std::getenv("ROLLCAST_PORTABLE") == nullptr) return 8;
#endif
  return 4;
}

}  // namespace rollcast::random::detail
