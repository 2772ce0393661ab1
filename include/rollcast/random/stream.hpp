#pragma once
/// Keyed random streams: any draw can be had again from its key alone, and a new purpose moves no
/// other draw.
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "rollcast/base/assertion.hpp"
#include "rollcast/base/probability.hpp"

namespace rollcast::random {

/// The number of a named purpose ("launch time"): FNV-1a over the name, finished with a mixer. It
/// is part of every result: renaming a purpose changes the numbers.
[[nodiscard]] constexpr std::uint64_t purpose(std::string_view name) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char letter : name) {
    hash ^= static_cast<unsigned char>(letter);
    hash *= 0x100000001B3U;
  }
  hash ^= hash >> 32;
  hash *= 0xD6E8FEB86659FD93U;
  return hash ^ (hash >> 32);
}

/// Which stream. Two streams whose keys differ in any field share no block of the generator.
struct StreamKey {
  std::uint64_t seed = 0;
  std::uint64_t purpose = 0;  ///< from purpose("...")
  std::uint64_t replication = 0;
  std::uint64_t entity = 0;  ///< the instance, region, person ... that draws
  std::uint64_t index = 0;   ///< the how-manieth use by that entity (attempt, incident)
  std::uint64_t branch = 0;  ///< of a splitting run; below 2^32
};

/// The generator itself: Philox4x64-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as
/// easy as 1, 2, 3, SC 2011) of Random123.
[[nodiscard]] std::array<std::uint64_t, 4> philox_block(const std::array<std::uint64_t, 4>& counter,
                                                        const std::array<std::uint64_t, 2>& key);

class RandomStream;

namespace detail {

/// A rectangle of Boost.Random's ziggurat for the exponential distribution.
struct ExponentialRectangle {
  double width;       ///< times 2^-56, the unit of a place in it
  double next_width;  ///< what lies below this is under the curve
};
extern const std::array<ExponentialRectangle, 256> exponential_rectangles;
/// The first step of a draw.
struct ExponentialStep {
  double value;
  bool inside;  ///< it is the draw
};
[[nodiscard]] inline ExponentialStep exponential_step(std::uint64_t number) {
  const ExponentialRectangle& rectangle = exponential_rectangles[number & 0xFFU];
  const auto place = static_cast<std::int64_t>((number & ~std::uint64_t{0x800}) >> 8);
  const double value = static_cast<double>(place) * rectangle.width;
  return {value, value < rectangle.next_width};
}
/// The one draw in a hundred whose first step, by `number`, falls outside of its rectangle.
[[nodiscard]] double exponential_outside(RandomStream& stream, std::uint64_t number);

}  // namespace detail

/// The random numbers of one key, a uniform random bit generator in the sense of the standard
/// library.
///
/// Philox key: (seed, purpose). Counter: (replication, entity, index, branch · 2^32 + block). The
/// block number has 32 bits of its own, so no stream reaches another one: 2^34 draws a stream
/// (checked). Construction computes nothing.
class RandomStream {
 public:
  using result_type = std::uint64_t;
  /// REQUIRES key.branch < 2^32.
  explicit RandomStream(const StreamKey& key)
      : key_{key.seed, key.purpose},
        counter_{key.replication, key.entity, key.index, key.branch << 32} {
    ROLLCAST_ASSERT(key.branch >> 32 == 0, "branch {} of a stream", key.branch);
  }

  [[nodiscard]] static constexpr result_type min() { return 0; }
  [[nodiscard]] static constexpr result_type max() {
    return std::numeric_limits<result_type>::max();
  }
  result_type operator()() {
    if (next_ == kBuffered) [[unlikely]]
      refill();
    return buffer_[next_++];
  }

  /// Uniform on the open interval (0, 1): an odd multiple of 2^-53, so 1 - u is as exact as u.
  [[nodiscard]] double uniform() { return static_cast<double>(((*this)() >> 11) | 1U) * 0x1p-53; }
  /// True with this probability; always draws one number. 0 is never, 1 is always.
  [[nodiscard]] bool bernoulli(double probability) { return uniform() < probability; }
  [[nodiscard]] bool bernoulli(Probability probability) { return bernoulli(probability.value()); }
  /// Mean 0, standard deviation 1 (Boost.Random's ziggurat).
  [[nodiscard]] double normal();
  /// Mean 1 (Boost.Random's ziggurat; its first step here, bit for bit: the rectangle by the lowest
  /// 8 bits, the place in it by the others but one).
  [[nodiscard]] double exponential() {
    if (ahead_at_ == next_) [[likely]] {
      const double value = ahead_;
      ++next_;
      look_ahead();
      return value;
    }
    const std::uint64_t number = (*this)();
    const detail::ExponentialStep step = detail::exponential_step(number);
    if (!step.inside) [[unlikely]]
      return detail::exponential_outside(*this, number);
    look_ahead();
    return step.value;
  }
  /// 0 to n - 1, each equally likely, without bias (Lemire 2019). REQUIRES n >= 1.
  [[nodiscard]] std::uint64_t below(std::uint64_t n);

 private:
  static constexpr std::uint32_t kBuffered = 64;
  static constexpr std::uint32_t kNowhere = static_cast<std::uint32_t>(-1);

  /// The first block is made alone, as many streams draw once or twice; the later ones in groups,
  /// which keeps the multipliers busy; they fill the buffer's end.
  void refill();
  /// Makes the next number an exponential one, in case that is what it will be: then it is there at
  /// once when a process draws how long it waits, and what it is compared with need not wait for
  /// it.
  void look_ahead() {
    if (!grouped_ || next_ == kBuffered) return;
    const detail::ExponentialStep step = detail::exponential_step(buffer_[next_]);
    ahead_ = step.value;
    ahead_at_ = step.inside ? next_ : kNowhere;
  }

  std::array<std::uint64_t, 2> key_;
  std::array<std::uint64_t, 4> counter_;         ///< of the next block
  std::array<std::uint64_t, kBuffered> buffer_;  ///< what was not drawn yet: from next_ on
  std::uint32_t next_ = kBuffered;
  bool drawn_ = false;                 ///< the first block is made
  bool grouped_ = false;               ///< and later ones
  std::uint32_t ahead_at_ = kNowhere;  ///< which place of the buffer gives the exponential ahead_
  double ahead_ = 0.0;
};

}  // namespace rollcast::random
