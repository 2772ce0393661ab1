#include "rollcast/stats/stopping.hpp"

#include <algorithm>
#include <cmath>

#include "rollcast/base/assertion.hpp"

namespace rollcast::stats {
namespace {

constexpr double kGrowth = 1.5;

}  // namespace

std::uint64_t next_look(std::uint64_t looked, std::uint64_t block) {
  ROLLCAST_ASSERT(block >= 1, "blocks of {}", block);
  const auto grown = static_cast<std::uint64_t>(std::ceil(static_cast<double>(looked) * kGrowth));
  const std::uint64_t wanted = std::max({kFirstLook, grown, looked + 1});
  return (wanted + block - 1) / block * block;
}

std::uint64_t planned_values(std::uint64_t values, std::uint64_t needed, std::uint64_t block) {
  ROLLCAST_ASSERT(block >= 1, "blocks of {}", block);
  const std::uint64_t least = values + values / 10 + 1;
  const std::uint64_t wanted = std::max(needed, least);
  return wanted > UINT64_MAX - block ? UINT64_MAX : (wanted + block - 1) / block * block;
}

std::uint64_t values_for(std::uint64_t values, double half_width, double wanted) {
  constexpr double kMost = 1e15;
  if (half_width <= wanted) return values;
  const double needed = static_cast<double>(values) * std::pow(half_width / wanted, 2);
  return needed < kMost ? static_cast<std::uint64_t>(std::ceil(needed)) : UINT64_MAX;
}

}  // namespace rollcast::stats
