#include "rollcast/stats/sensitivity.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>

#include "rollcast/base/assertion.hpp"

namespace rollcast::stats {
namespace {

constexpr std::size_t kResamples = 999;

using Rows = std::vector<std::uint32_t>;

bool finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

struct Moments {
  double mean = 0.0, variance = 0.0;
};
/// Of both samples together.
Moments moments_of(const SaltelliRows& rows, const Rows& chosen) {
  Moments moments;
  const double n = 2.0 * static_cast<double>(chosen.size());
  for (const std::uint32_t i : chosen) moments.mean += rows.a[i] + rows.b[i];
  moments.mean /= n;
  for (const std::uint32_t i : chosen)
    moments.variance += (rows.a[i] - moments.mean) * (rows.a[i] - moments.mean) +
                        (rows.b[i] - moments.mean) * (rows.b[i] - moments.mean);
  moments.variance /= n;
  return moments;
}

struct Pair {
  double first = 0.0, total = 0.0;
};
Pair indices_of(const SaltelliRows& rows, std::size_t input, const Rows& chosen,
                const Moments& moments) {
  Pair sums;
  const std::vector<double>& mixed = rows.ab[input];
  for (const std::uint32_t i : chosen) {
    // Centred: the estimate is then the same for a function to which a constant is added.
    sums.first += (rows.b[i] - moments.mean) * (mixed[i] - rows.a[i]);
    sums.total += (rows.a[i] - mixed[i]) * (rows.a[i] - mixed[i]);
  }
  const double scale = static_cast<double>(chosen.size()) * moments.variance;
  return {sums.first / scale, sums.total / (2 * scale)};
}

Interval interval_of(std::vector<double>& values, double confidence) {
  std::sort(values.begin(), values.end());
  const double tail = (1.0 - confidence) / 2;
  const auto low =
      static_cast<std::size_t>(std::floor(tail * static_cast<double>(values.size() + 1)));
  const std::size_t rank = std::max<std::size_t>(1, low);
  return {values[rank - 1], values[values.size() - rank]};
}

}  // namespace

std::optional<SobolIndices> sobol_indices(const SaltelliRows& rows, double confidence) {
  const std::size_t size = rows.a.size(), inputs = rows.ab.size();
  ROLLCAST_ASSERT(size >= 2 && rows.b.size() == size, "{} and {} rows", size, rows.b.size());
  if (!finite(rows.a) || !finite(rows.b) || !std::all_of(rows.ab.begin(), rows.ab.end(), finite))
    return std::nullopt;
  Rows all(size);
  std::iota(all.begin(), all.end(), 0U);
  const Moments moments = moments_of(rows, all);
  if (!(moments.variance > 1e-24 * moments.mean * moments.mean) || !(moments.variance > 0))
    return std::nullopt;
  SobolIndices indices;
  indices.variance = moments.variance;
  std::vector<std::vector<double>> firsts(inputs), totals(inputs);
  std::mt19937_64 random(size);
  Rows chosen(size);
  for (std::size_t resample = 0; resample < kResamples; ++resample) {
    for (std::uint32_t& row : chosen)
      row = static_cast<std::uint32_t>(static_cast<double>(random() >> 11U) * 0x1p-53 *
                                       static_cast<double>(size));
    const Moments again = moments_of(rows, chosen);
    if (!(again.variance > 0)) continue;
    for (std::size_t j = 0; j < inputs; ++j) {
      const Pair pair = indices_of(rows, j, chosen, again);
      firsts[j].push_back(pair.first);
      totals[j].push_back(pair.total);
    }
  }
  for (std::size_t j = 0; j < inputs; ++j) {
    const Pair pair = indices_of(rows, j, all, moments);
    std::size_t moved = 0;
    for (std::size_t i = 0; i < size; ++i) moved += rows.ab[j][i] != rows.a[i] ? 1U : 0U;
    indices.first.push_back({pair.first, interval_of(firsts[j], confidence), moved});
    indices.total.push_back({pair.total, interval_of(totals[j], confidence), moved});
  }
  return indices;
}

}  // namespace rollcast::stats
