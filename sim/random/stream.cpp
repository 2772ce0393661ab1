#include "rollcast/random/stream.hpp"

#include <Random123/philox.h>

#include <algorithm>
#include <boost/random/exponential_distribution.hpp>
#include <boost/random/normal_distribution.hpp>

#include "rollcast/base/assertion.hpp"

namespace rollcast::random {

std::array<std::uint64_t, 4> philox_block(const std::array<std::uint64_t, 4>& counter,
                                          const std::array<std::uint64_t, 2>& key) {
  const philox4x64_ctr_t in{{counter[0], counter[1], counter[2], counter[3]}};
  const philox4x64_key_t philox_key{{key[0], key[1]}};
  const philox4x64_ctr_t out = philox4x64(in, philox_key);
  return {out.v[0], out.v[1], out.v[2], out.v[3]};
}

RandomStream::RandomStream(const StreamKey& key)
    : key_{key.seed, key.purpose},
      counter_{key.replication, key.entity, key.index, key.branch << 32} {
  ROLLCAST_ASSERT(key.branch >> 32 == 0, "branch {} of a stream", key.branch);
}

void RandomStream::refill() {
  constexpr std::uint64_t kBlockMask = 0xFFFFFFFFU;
  constexpr std::uint32_t kBlock = 4;
  const std::uint32_t blocks = drawn_ ? kBuffered / kBlock : 1;
  ROLLCAST_ASSERT((counter_[3] & kBlockMask) + blocks <= kBlockMask,
                  "a stream of more than 2^34 draws, purpose {}", key_[1]);
  const philox4x64_key_t key{{key_[0], key_[1]}};
  next_ = kBuffered - blocks * kBlock;
  for (std::uint32_t place = next_; place < kBuffered; place += kBlock) {
    const philox4x64_ctr_t counter{{counter_[0], counter_[1], counter_[2], counter_[3]++}};
    const philox4x64_ctr_t out = philox4x64(counter, key);
    std::copy_n(out.v, kBlock, buffer_.data() + place);
  }
  drawn_ = true;
}

double RandomStream::normal() {
  return boost::random::normal_distribution<double>{}(*this);
}

namespace {

/// Gives one number again before it goes on with the stream.
class Replayed {
 public:
  using result_type = RandomStream::result_type;
  Replayed(RandomStream& stream, result_type number) : stream_(&stream), number_(number) {}
  static constexpr result_type min() { return RandomStream::min(); }
  static constexpr result_type max() { return RandomStream::max(); }
  result_type operator()() {
    if (used_) return (*stream_)();
    used_ = true;
    return number_;
  }

 private:
  RandomStream* stream_;
  result_type number_;
  bool used_ = false;
};

/// The one draw in a hundred that falls outside of its rectangle. Out of line, so that the others
/// stay short.
[[gnu::noinline]] double exponential_outside(RandomStream& stream, std::uint64_t number) {
  Replayed replayed{stream, number};
  return boost::random::detail::unit_exponential_distribution<double>{}(replayed);
}

}  // namespace

double RandomStream::exponential() {
  // The first step of Boost's algorithm, bit for bit: the rectangle by the lowest 8 bits, the place
  // in it by the others but one.
  using Table = boost::random::detail::exponential_table<double>;
  const std::uint64_t number = (*this)();
  const std::uint64_t rectangle = number & 0xFFU;
  const auto bits = static_cast<std::int64_t>((number & ~std::uint64_t{0x800}) >> 8);
  const double place = static_cast<double>(bits) * 0x1p-56;
  const double value = place * Table::table_x[rectangle];
  if (value < Table::table_x[rectangle + 1]) [[likely]]
    return value;
  return exponential_outside(*this, number);
}

std::uint64_t RandomStream::below(std::uint64_t n) {
  __extension__ using Wide = unsigned __int128;
  ROLLCAST_ASSERT(n >= 1, "a number below {}", n);
  Wide product = static_cast<Wide>((*this)()) * n;
  if (static_cast<std::uint64_t>(product) < n) {
    const std::uint64_t threshold = (0 - n) % n;
    while (static_cast<std::uint64_t>(product) < threshold)
      product = static_cast<Wide>((*this)()) * n;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

}  // namespace rollcast::random
