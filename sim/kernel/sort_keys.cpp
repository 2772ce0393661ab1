#include "rollcast/kernel/detail/sort_keys.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace rollcast::kernel::detail {

void sort_keys_portable(EventKey* first, EventKey* last) {
  constexpr std::ptrdiff_t kInsertionLimit = 24;
  if (last - first > kInsertionLimit) return std::sort(first, last);
  for (EventKey* next = first; next < last; ++next) {
    const EventKey key = *next;
    EventKey* hole = next;
    for (; hole > first && key < hole[-1]; --hole) *hole = hole[-1];
    *hole = key;
  }
}

#if defined(__x86_64__)
namespace {

constexpr std::size_t kLanes = 4;
constexpr std::size_t kVectors = 4;  ///< as many as are counted at once
constexpr std::size_t kGroup = kLanes * kVectors;
constexpr std::size_t kFewest = 4;
constexpr std::size_t kMost = 128;
using Numbers = std::array<std::int64_t, kMost>;

/// ranks[i]: how many of the first `count` times are smaller than times[i]; for `vectors` times
/// four of them, from `from` on.
template <std::size_t vectors>
__attribute__((target("avx2"))) void count_smaller(const Numbers& times, std::size_t from,
                                                   std::size_t count, Numbers& ranks) {
  __m256i own[vectors];
  __m256i smaller[vectors];
  for (std::size_t v = 0; v < vectors; ++v) {
    own[v] = _mm256_load_si256(reinterpret_cast<const __m256i*>(&times[from + v * kLanes]));
    smaller[v] = _mm256_setzero_si256();
  }
  for (std::size_t other = 0; other < count; ++other) {
    const __m256i its_time = _mm256_set1_epi64x(times[other]);
    for (std::size_t v = 0; v < vectors; ++v)
      smaller[v] = _mm256_sub_epi64(smaller[v], _mm256_cmpgt_epi64(own[v], its_time));
  }
  for (std::size_t v = 0; v < vectors; ++v)
    _mm256_store_si256(reinterpret_cast<__m256i*>(&ranks[from + v * kLanes]), smaller[v]);
}

__attribute__((target("avx2"))) void sort_by_rank_avx2(EventKey* first, EventKey* last) {
  const auto count = static_cast<std::size_t>(last - first);
  if (count < kFewest || count > kMost) return sort_keys_portable(first, last);
  std::array<EventKey, kMost> keys;  // of these three, what is read has been written before
  alignas(32) Numbers times;
  alignas(32) Numbers ranks;
  for (std::size_t i = 0; i < count; ++i) {
    keys[i] = first[i];
    times[i] = static_cast<std::int64_t>(nanoseconds_of(keys[i]));
  }
  for (std::size_t i = count; i % kGroup != 0; ++i) times[i] = 0;
  std::size_t from = 0;
  for (; from + kGroup / 2 < count; from += kGroup)
    count_smaller<kVectors>(times, from, count, ranks);
  if (from < count) count_smaller<kVectors / 2>(times, from, count, ranks);
  // Equal times count neither before the other: then the ranks are not all of 0 to count - 1.
  std::size_t sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += static_cast<std::size_t>(ranks[i]);
  if (2 * sum != count * (count - 1)) return sort_keys_portable(first, last);
  for (std::size_t i = 0; i < count; ++i) first[ranks[i]] = keys[i];
}

}  // namespace
#endif

void sort_keys_by_rank(EventKey* first, EventKey* last) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") != 0) return sort_by_rank_avx2(first, last);
#endif
  sort_keys_portable(first, last);
}

SortKeys fastest_sort_keys() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") != 0 && std::getenv("ROLLCAST_PORTABLE") == nullptr)
    return sort_by_rank_avx2;
#endif
  return sort_keys_portable;
}

}  // namespace rollcast::kernel::detail
