#include "rollcast/stats/crossing.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "rollcast/base/assertion.hpp"
#include "rollcast/stats/quantile.hpp"

namespace rollcast::stats {
namespace {

constexpr std::size_t kResamples = 999;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

using Rows = std::vector<std::uint32_t>;

double mean_difference(const PairedSamples& samples, const Rows& rows) {
  double sum = 0.0;
  for (const std::uint32_t row : rows) sum += samples.left[row] - samples.right[row];
  return sum / static_cast<double>(rows.size());
}

double quantile_at(std::span<const double> values, const Rows& rows, double level,
                   std::vector<double>& scratch) {
  scratch.clear();
  for (const std::uint32_t row : rows) scratch.push_back(values[row]);
  const auto nth =
      scratch.begin() + static_cast<std::ptrdiff_t>(quantile_rank(scratch.size(), level) - 1);
  std::nth_element(scratch.begin(), nth, scratch.end());
  return *nth;
}

/// left - right at every point, of the replications in `rows`.
std::vector<double> differences(std::span<const PairedSamples> samples, const Rows& rows,
                                const CrossingOptions& options) {
  std::vector<double> result;
  std::vector<double> scratch;
  for (const PairedSamples& point : samples)
    result.push_back(options.level ? quantile_at(point.left, rows, *options.level, scratch) -
                                         quantile_at(point.right, rows, *options.level, scratch)
                                   : mean_difference(point, rows));
  return result;
}

/// A difference of exactly nothing belongs to the point in front: a crossing stands where the sign
/// has changed for good.
std::vector<Crossing> found_in(std::span<const double> axis, const std::vector<double>& values) {
  std::vector<Crossing> found;
  std::size_t last = values.size();  // of the last point with a sign
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] == 0.0) continue;
    if (last < values.size() && (values[i] > 0) != (values[last] > 0)) {
      double at = axis[last] + (axis[i] - axis[last]) * values[last] / (values[last] - values[i]);
      Interval alike{at, at};
      if (i - last > 1) {  // between them lie only points without a difference
        alike = {axis[last + 1], axis[i - 1]};
        at = alike.low + (alike.high - alike.low) / 2;
      }
      found.push_back({last, i, at, values[i] > 0, {}, alike});
    }
    last = i;
  }
  return found;
}

/// Where `wanted` lies in a resample.
double nearest(std::span<const double> axis, const std::vector<double>& values,
               const Crossing& wanted) {
  double best = wanted.left_grows ? kInfinity : -kInfinity;
  double distance = kInfinity;
  const double total = std::accumulate(values.begin(), values.end(), 0.0);
  if (total > 0) best = -best;
  for (const Crossing& one : found_in(axis, values)) {
    if (one.left_grows != wanted.left_grows || std::abs(one.at - wanted.at) >= distance) continue;
    best = one.at;
    distance = std::abs(one.at - wanted.at);
  }
  return best;
}

/// The rows of a resample, cluster by cluster.
void draw(std::mt19937_64& random, std::uint32_t cluster, std::size_t size, Rows& rows) {
  const std::size_t clusters = (size + cluster - 1) / cluster;
  rows.clear();
  for (std::size_t i = 0; i < clusters; ++i) {
    const auto pick = static_cast<std::size_t>(static_cast<double>(random() >> 11U) * 0x1p-53 *
                                               static_cast<double>(clusters));
    for (std::size_t row = pick * cluster; row < std::min(size, (pick + 1) * cluster); ++row)
      rows.push_back(static_cast<std::uint32_t>(row));
  }
}

}  // namespace

std::vector<Crossing> crossings(std::span<const double> axis,
                                std::span<const PairedSamples> samples,
                                const CrossingOptions& options) {
  ROLLCAST_ASSERT(axis.size() == samples.size() && options.cluster >= 1,
                  "{} points, samples of {}, clusters of {}", axis.size(), samples.size(),
                  options.cluster);
  if (samples.empty()) return {};
  const std::size_t size = samples.front().left.size();
  Rows rows(size);
  std::iota(rows.begin(), rows.end(), 0U);
  std::vector<Crossing> found = found_in(axis, differences(samples, rows, options));
  if (found.empty()) return found;
  std::mt19937_64 random(size);
  std::vector<std::vector<double>> places(found.size());
  for (std::size_t resample = 0; resample < kResamples; ++resample) {
    draw(random, options.cluster, size, rows);
    const std::vector<double> values = differences(samples, rows, options);
    for (std::size_t i = 0; i < found.size(); ++i)
      places[i].push_back(nearest(axis, values, found[i]));
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    std::sort(places[i].begin(), places[i].end());
    const double tail = (1.0 - options.confidence) / 2;
    const auto low = static_cast<std::size_t>(std::floor(tail * (kResamples + 1)));
    found[i].interval = {places[i][std::max<std::size_t>(1, low) - 1],
                         places[i][kResamples - std::max<std::size_t>(1, low)]};
  }
  return found;
}

}  // namespace rollcast::stats
