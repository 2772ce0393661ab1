#include "rollcast/stats/lowdiscrepancy.hpp"

#include <bit>
#include <boost/random/sobol.hpp>

#include "rollcast/base/assertion.hpp"

namespace rollcast::stats {
namespace {

/// The finaliser of splitmix64 (Steele, Lea, Flood 2014): every bit of the result depends on every
/// bit of the argument.
std::uint64_t mixed(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30U)) * 0xBF58476D1CE4E5B9U;
  bits = (bits ^ (bits >> 27U)) * 0x94D049BB133111EBU;
  return bits ^ (bits >> 31U);
}

/// Nested uniform scrambling: digit d is flipped by a coin keyed by the digits above it.
std::uint32_t scrambled(std::uint32_t point, std::uint64_t key) {
  std::uint32_t result = 0;
  for (unsigned digit = 0; digit < 32; ++digit) {
    const std::uint64_t prefix =
        digit == 0 ? 1 : (std::uint64_t{1} << digit) | point >> (32 - digit);
    const auto coin = static_cast<std::uint32_t>(mixed(key ^ mixed(prefix)) >> 63U);
    const std::uint32_t bit = (point >> (31 - digit)) & 1U;
    result = result << 1U | (bit ^ coin);
  }
  return result;
}

}  // namespace

ScrambledSobol::ScrambledSobol(std::size_t dimensions, std::size_t size)
    : dimensions_(dimensions), size_(size), points_(dimensions * size, 0) {
  ROLLCAST_ASSERT(dimensions >= 1 && dimensions <= 3667 && std::has_single_bit(size) &&
                      size <= (std::size_t{1} << 20U),
                  "{} dimensions, {} points", dimensions, size);
  // Boost's engine begins behind the origin, without which the points are no net.
  boost::random::sobol_engine<std::uint32_t, 32> engine(dimensions);
  for (std::size_t i = dimensions; i < points_.size(); ++i) points_[i] = engine();
}

double ScrambledSobol::at(std::size_t index, std::size_t dimension, std::uint64_t key) const {
  ROLLCAST_ASSERT(index < size_ && dimension < dimensions_, "point {}, dimension {}", index,
                  dimension);
  const std::uint32_t point = points_[index * dimensions_ + dimension];
  const std::uint32_t bits = scrambled(point, mixed(key ^ mixed(0x5851F42D4C957F2DU + dimension)));
  return (static_cast<double>(bits) + 0.5) * 0x1p-32;
}

}  // namespace rollcast::stats
