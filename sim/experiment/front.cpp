#include "front.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "rollcast/stats/paired.hpp"
#include "rollcast/stats/proportion.hpp"
#include "rollcast/stats/quantile.hpp"

namespace rollcast::experiment {
namespace {

constexpr double kRiskZone = 0.01;
constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// What is compared of one plan.
struct Points {
  std::vector<double> cost, time, risk;
};

Points points_of(const Candidate& candidate) {
  const auto& columns = candidate.evidence.columns;
  return {columns[columns.size() - 2], columns[columns.size() - 1],
          risk_column(candidate.evidence)};
}

/// The least and the largest that the runs leave for left minus right.
using Bounds = stats::Interval;

Bounds cost_difference(std::span<const double> left, std::span<const double> right) {
  const auto difference = stats::paired_difference(left, right);
  return difference.interval.value_or(Bounds{-kInfinite, kInfinite});
}

Bounds risk_difference(std::span<const double> left, std::span<const double> right) {
  double only_left = 0.0, only_right = 0.0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    only_left += left[i] > right[i] ? 1.0 : 0.0;
    only_right += right[i] > left[i] ? 1.0 : 0.0;
  }
  const Bounds more = stats::clopper_pearson(only_left, left.size());
  const Bounds less = stats::clopper_pearson(only_right, left.size());
  return {more.low - less.high, more.high - less.low};
}

Bounds time_of(std::span<const double> times) {
  std::vector<double> sorted(times.begin(), times.end());
  std::sort(sorted.begin(), sorted.end());
  return stats::interval_at(sorted, stats::quantile_ranks(sorted.size(), kFrontTime));
}

Bounds time_difference(const Bounds& left, const Bounds& right) {
  // Both beyond the horizon: nothing tells them apart.
  const auto minus = [](double a, double b, double unknown) {
    return std::isfinite(a) || std::isfinite(b) ? a - b : unknown;
  };
  return {minus(left.low, right.high, -kInfinite), minus(left.high, right.low, kInfinite)};
}

/// How one plan stands towards another one.
struct Standing {
  bool better = false;    ///< shown to be better in something
  bool not_worse = true;  ///< shown to be worse in nothing that counts
};

class Comparer {
 public:
  Comparer(const std::vector<TriedPlan>& plans, const std::vector<Candidate>& candidates,
           double indifference)
      : plans_(plans), indifference_(indifference) {
    for (const Candidate& candidate : candidates) {
      points_.push_back(points_of(candidate));
      times_.push_back(time_of(points_.back().time));
    }
  }

  [[nodiscard]] Standing compare(std::size_t i, std::size_t j) const {
    const std::size_t common = std::min(points_[i].cost.size(), points_[j].cost.size());
    const auto part = [common](const std::vector<double>& all) {
      return std::span<const double>(all).subspan(0, common);
    };
    Standing result;
    const auto judge = [&result](const Bounds& difference, double zone) {
      result.better = result.better || difference.high < 0;
      result.not_worse = result.not_worse && difference.high <= zone;
    };
    judge(cost_difference(part(points_[i].cost), part(points_[j].cost)),
          indifference_ * std::abs(plans_[j].cost.value.value_or(0.0)));
    judge(risk_difference(part(points_[i].risk), part(points_[j].risk)), kRiskZone);
    const double time = plans_[j].time.value.value_or(0.0);
    judge(time_difference(times_[i], times_[j]), indifference_ * time);
    return result;
  }

 private:
  const std::vector<TriedPlan>& plans_;
  double indifference_;
  std::vector<Points> points_;
  std::vector<Bounds> times_;
};

}  // namespace

std::vector<double> risk_column(const Evidence& evidence) {
  const auto& columns = evidence.columns;
  std::vector<double> risk;
  for (std::size_t i = 0; i < columns.front().size(); ++i) {
    bool fine = columns.size() > 3 || std::isfinite(columns.back()[i]);
    for (std::size_t k = 1; k + 2 < columns.size(); ++k) fine = fine && columns[k][i] > 0;
    risk.push_back(fine ? 0.0 : 1.0);
  }
  return risk;
}

void place_on_front(std::vector<TriedPlan>& plans, const std::vector<Candidate>& candidates,
                    double indifference) {
  const Comparer comparer(plans, candidates, indifference);
  for (std::size_t i = 0; i < plans.size(); ++i) {
    bool beaten = false, surely = true;
    for (std::size_t j = 0; j < plans.size() && !beaten; ++j) {
      if (i == j) continue;
      const Standing other = comparer.compare(j, i);
      const bool better = comparer.compare(i, j).better;
      beaten = other.better && other.not_worse && !better;
      surely = surely && better;
    }
    plans[i].front = beaten ? Front::off : surely ? Front::surely : Front::possibly;
  }
}

}  // namespace rollcast::experiment
