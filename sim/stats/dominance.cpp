#include "rollcast/stats/dominance.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <random>
#include <vector>

#include "rollcast/base/assertion.hpp"

namespace rollcast::stats {
namespace {

constexpr std::size_t kFewestPairs = 100;
constexpr std::size_t kGrid = 200;
constexpr int kResamples = 200;

/// Distinct values of both samples at even ranks; the greatest finite one is always there.
std::vector<double> grid_of(std::span<const double> left, std::span<const double> right) {
  std::vector<double> pooled(left.begin(), left.end());
  pooled.insert(pooled.end(), right.begin(), right.end());
  std::sort(pooled.begin(), pooled.end());
  std::vector<double> grid;
  for (std::size_t i = 1; i <= kGrid; ++i) {
    const double value = pooled[(pooled.size() - 1) * i / kGrid];
    if (std::isfinite(value) && (grid.empty() || value > grid.back())) grid.push_back(value);
  }
  return grid;
}

/// Cell k: above grid[k - 1], at most grid[k]; the last lies above all.
std::vector<std::uint32_t> cells_of(std::span<const double> values,
                                    const std::vector<double>& grid) {
  std::vector<std::uint32_t> cells;
  cells.reserve(values.size());
  for (const double value : values)
    cells.push_back(static_cast<std::uint32_t>(std::lower_bound(grid.begin(), grid.end(), value) -
                                               grid.begin()));
  return cells;
}

class Test {
 public:
  Test(std::span<const double> left, std::span<const double> right, Order order)
      : grid_(grid_of(left, right)),
        left_(cells_of(left, grid_)),
        right_(cells_of(right, grid_)),
        order_(order) {}

  [[nodiscard]] bool varies() const { return !grid_.empty(); }

  Dominance run(double alpha) {
    const std::size_t n = left_.size();
    std::vector<std::uint32_t> times(n, 1);
    const std::vector<double> observed = differences(times);
    const double against = largest(observed, 1.0);
    const double converse = largest(observed, -1.0);
    int against_beaten = 0;
    int converse_beaten = 0;
    std::mt19937_64 random(n);
    std::vector<double> off(observed.size());
    for (int resample = 0; resample < kResamples; ++resample) {
      std::fill(times.begin(), times.end(), 0U);
      for (std::size_t i = 0; i < n; ++i) ++times[(random() >> 32U) * n >> 32U];
      const std::vector<double> again = differences(times);
      for (std::size_t k = 0; k < off.size(); ++k) off[k] = again[k] - observed[k];
      if (largest(off, 1.0) >= against) ++against_beaten;
      if (largest(off, -1.0) >= converse) ++converse_beaten;
    }
    Dominance result;
    result.tested = true;
    result.p_dominates = against > 0 ? static_cast<double>(against_beaten) / kResamples : 1.0;
    result.p_converse = converse > 0 ? static_cast<double>(converse_beaten) / kResamples : 1.0;
    result.holds = result.p_converse <= alpha;
    return result;
  }

 private:
  /// At every point of the grid what speaks against left: how much more often (first order), or by
  /// how much more on average (second order), it is above the point than right is.
  [[nodiscard]] std::vector<double> differences(const std::vector<std::uint32_t>& times) const {
    std::vector<double> density(grid_.size() + 1, 0.0);
    for (std::size_t i = 0; i < times.size(); ++i) {
      if (times[i] == 0) continue;
      density[right_[i]] += times[i];
      density[left_[i]] -= times[i];
    }
    const auto n = static_cast<double>(times.size());
    std::vector<double> above(grid_.size());
    double sum = 0.0;
    for (std::size_t k = 0; k < above.size(); ++k) above[k] = (sum += density[k]) / n;
    if (order_ == Order::first) return above;
    double excess = 0.0;
    for (std::size_t k = above.size(); k-- > 1;) {
      const double here = above[k - 1] * (grid_[k] - grid_[k - 1]);
      above[k] = excess;
      excess += here;
    }
    above[0] = excess;
    return above;
  }

  static double largest(const std::vector<double>& differences, double sign) {
    double most = 0.0;
    for (const double difference : differences) most = std::max(most, sign * difference);
    return most;
  }

  std::vector<double> grid_;
  std::vector<std::uint32_t> left_, right_;
  Order order_;
};

/// Whether the samples themselves show that left dominates right, value by value from the worst:
/// each (first order), or each sum of the worst (second order), is no larger.
bool shown_by_samples(std::span<const double> left, std::span<const double> right, Order order) {
  std::vector<double> lefts(left.begin(), left.end()), rights(right.begin(), right.end());
  std::sort(lefts.begin(), lefts.end(), std::greater<>());
  std::sort(rights.begin(), rights.end(), std::greater<>());
  double excess = 0.0;
  for (std::size_t i = 0; i < lefts.size(); ++i) {
    if (order == Order::first && lefts[i] > rights[i]) return false;
    if (order == Order::first) continue;
    excess += lefts[i] - rights[i];
    if (excess > 1e-9 * std::abs(rights[i])) return false;  // beyond rounding
  }
  return true;
}

}  // namespace

Dominance dominance(std::span<const double> left, std::span<const double> right, Order order,
                    double alpha) {
  ROLLCAST_ASSERT(left.size() == right.size(), "{} values, {} values", left.size(), right.size());
  const auto finite = [](std::span<const double> values) {
    return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
  };
  if (left.size() < kFewestPairs) return {};
  if (order == Order::second && (!finite(left) || !finite(right))) return {};
  Test test(left, right, order);
  if (!test.varies()) return {};
  Dominance result = test.run(alpha);
  result.holds = result.holds && shown_by_samples(left, right, order);
  return result;
}

}  // namespace rollcast::stats
