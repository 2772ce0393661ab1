#include "rollcast/random/stream.hpp"

#include <Random123/philox.h>

#include <algorithm>
#include <boost/random/exponential_distribution.hpp>
#include <boost/random/normal_distribution.hpp>

#include "philox_blocks.hpp"
#include "rollcast/base/assertion.hpp"

namespace rollcast::random {

std::array<std::uint64_t, 4> philox_block(const std::array<std::uint64_t, 4>& counter,
                                          const std::array<std::uint64_t, 2>& key) {
  const philox4x64_ctr_t in{{counter[0], counter[1], counter[2], counter[3]}};
  const philox4x64_key_t philox_key{{key[0], key[1]}};
  const philox4x64_ctr_t out = philox4x64(in, philox_key);
  return {out.v[0], out.v[1], out.v[2], out.v[3]};
}

namespace {
const std::uint32_t group = detail::philox_group();  // blocks
}  // namespace

void RandomStream::refill() {
  if (!drawn_) {
    next_ = kBuffered - detail::kPhiloxBlock;
    detail::philox_one_block(counter_.data(), key_.data(), buffer_.data() + next_);
    ++counter_[3];
    drawn_ = true;
    return;
  }
  constexpr std::uint64_t kBlockMask = 0xFFFFFFFFU;
  ROLLCAST_ASSERT((counter_[3] & kBlockMask) + group <= kBlockMask,
                  "a stream of more than 2^34 draws, purpose {}", key_[1]);
  next_ = kBuffered - group * detail::kPhiloxBlock;
  if (next_ == 0)
    detail::philox_sixteen_blocks(counter_.data(), key_.data(), buffer_.data());
  else
    detail::philox_blocks(counter_.data(), key_.data(), group, buffer_.data() + next_);
  counter_[3] += group;
  grouped_ = true;
  ahead_at_ = kNowhere;
}

double RandomStream::normal() {
  return boost::random::normal_distribution<double>{}(*this);
}

namespace detail {
namespace {

using Edges = boost::random::detail::exponential_table<double>;

std::array<ExponentialRectangle, 256> rectangles_of_boost() {
  std::array<ExponentialRectangle, 256> rectangles{};
  for (std::size_t i = 0; i < rectangles.size(); ++i)
    rectangles[i] = {Edges::table_x[i] * 0x1p-56, Edges::table_x[i + 1]};
  return rectangles;
}

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

}  // namespace

const std::array<ExponentialRectangle, 256> exponential_rectangles = rectangles_of_boost();

double exponential_outside(RandomStream& stream, std::uint64_t number) {
  Replayed replayed{stream, number};
  return boost::random::detail::unit_exponential_distribution<double>{}(replayed);
}

}  // namespace detail

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
