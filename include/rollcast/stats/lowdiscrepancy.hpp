#pragma once
/// Points that fill the unit cube more evenly than random ones.
#include <cstddef>
#include <cstdint>
#include <vector>

namespace rollcast::stats {

/// The first 2^k points of Sobol's sequence (Boost's direction numbers of Joe and Kuo), the origin
/// included, scrambled after Owen (1995): every digit is flipped by a coin that depends on the
/// digits before it. Each point is then uniform in the cube, while the points of one scrambling
/// keep the even spread of the net; scramblings with different keys are independent, so that the
/// means over them are independent, unbiased estimates.
class ScrambledSobol {
 public:
  /// REQUIRES 1 <= dimensions <= 3667, size a power of two up to 2^20.
  ScrambledSobol(std::size_t dimensions, std::size_t size);
  /// Coordinate `dimension` of point `index` in the scrambling `key`, in (0, 1): an odd multiple of
  /// 2^-33. Pure.
  [[nodiscard]] double at(std::size_t index, std::size_t dimension, std::uint64_t key) const;
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::size_t dimensions_;
  std::size_t size_;
  std::vector<std::uint32_t> points_;  ///< [index][dimension]
};

}  // namespace rollcast::stats
