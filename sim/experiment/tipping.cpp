#include <algorithm>
#include <cmath>
#include <map>

#include "rollcast/experiment/sweep.hpp"
#include "rollcast/stats/crossing.hpp"
#include "rollcast/stats/proportion.hpp"

namespace rollcast::experiment {
namespace {

using Of = model::PrecisionTarget::Of;

/// The points along one axis, the others standing, in ascending order of its numbers.
struct Line {
  std::size_t axis = 0;
  std::vector<std::string> others;
  std::vector<std::pair<double, std::size_t>> points;  ///< number on the axis, index of the point
};

std::vector<Line> lines_of(const SweepResults& results, std::size_t axis) {
  std::map<std::vector<std::string>, std::size_t> known;
  std::vector<Line> lines;
  for (std::size_t i = 0; i < results.points.size(); ++i) {
    if (!results.results[i]) continue;
    std::vector<std::string> others = results.points[i].values;
    const double number = results.sweep.axes[axis].number_of(others[axis]);
    others[axis].clear();
    const auto [place, added] = known.emplace(others, lines.size());
    if (added) lines.push_back({axis, others, {}});
    lines[place->second].points.emplace_back(number, i);
  }
  for (Line& line : lines) std::sort(line.points.begin(), line.points.end());
  return lines;
}

bool all_finite(const std::vector<double>& values) {
  return !values.empty() &&
         std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

/// The part of a line on which both strategies have a value in every replication.
struct Compared {
  std::vector<double> axis;
  std::vector<stats::PairedSamples> samples;
};
Compared compared(const SweepResults& results, const Line& line, const BreakEven& wanted,
                  bool log) {
  Compared part;
  for (const auto& [number, point] : line.points) {
    const auto& samples = results.results[point]->samples;
    const auto& left = samples[wanted.left][wanted.estimate];
    const auto& right = samples[wanted.right][wanted.estimate];
    if (!all_finite(left) || !all_finite(right)) continue;
    part.axis.push_back(log ? std::log(number) : number);
    part.samples.push_back({left, right});
  }
  return part;
}

/// Whether a point is shown to meet an objective.
stats::Decision decision_at(const SweepResults& results, std::size_t point, std::size_t strategy,
                            std::size_t estimate) {
  const auto& held = results.results[point]->samples[strategy][estimate];
  const auto count = static_cast<std::uint64_t>(std::count(held.begin(), held.end(), 1.0));
  const auto& objective = results.scenario.objectives[results.estimates[estimate].objective];
  return stats::decide_at_least(count, held.size(), objective.probability.value());
}

/// The threshold on a line, its points taken in ascending or in descending order.
void find_threshold(const SweepResults& results, const Line& line, std::size_t strategy,
                    std::size_t estimate, bool upwards, std::vector<Threshold>& found) {
  auto points = line.points;
  if (upwards) std::reverse(points.begin(), points.end());
  std::size_t holding = 0;
  stats::Decision next = stats::Decision::holds;
  for (const auto& [number, point] : points) {
    next = decision_at(results, point, strategy, estimate);
    if (next != stats::Decision::holds) break;
    ++holding;
  }
  if (holding == 0 || holding == points.size()) return;
  const auto value_at = [&](std::size_t i) {
    return results.points[points[i].second].values[line.axis];
  };
  found.push_back({results.estimates[estimate].objective, strategy, line.axis, line.others, upwards,
                   value_at(holding - 1), value_at(holding), next == stats::Decision::fails});
}

void find_on(const SweepResults& results, const Line& line, const BreakEven& wanted,
             std::vector<BreakEven>& found) {
  const bool log = results.sweep.axes[line.axis].log;
  const auto& estimate = results.estimates[wanted.estimate];
  const Compared part = compared(results, line, wanted, log);
  stats::CrossingOptions options;
  options.cluster = results.cluster;
  if (estimate.of == Of::quantile) options.level = estimate.level / 100;
  for (const stats::Crossing& one : stats::crossings(part.axis, part.samples, options)) {
    BreakEven even = wanted;
    const auto back = [log](double at) { return log && std::isfinite(at) ? std::exp(at) : at; };
    even.at = back(one.at);
    even.interval = {back(one.interval.low), back(one.interval.high)};
    even.left_grows = one.left_grows;
    found.push_back(std::move(even));
  }
}

}  // namespace

std::vector<BreakEven> break_evens_of(const SweepResults& results) {
  std::vector<BreakEven> found;
  if (results.sweep.design != scenario::Design::grid) return found;
  const std::size_t strategies = results.scenario.strategies.size();
  for (std::size_t axis = 0; axis < results.sweep.axes.size(); ++axis) {
    if (results.sweep.axes[axis].numbers.size() < 2) continue;
    for (const Line& line : lines_of(results, axis))
      for (std::size_t estimate = 0; estimate < results.estimates.size(); ++estimate)
        for (std::size_t left = 0; left < strategies; ++left)
          for (std::size_t right = left + 1; right < strategies; ++right)
            find_on(results, line, {estimate, left, right, axis, line.others, 0.0, {}, false},
                    found);
  }
  return found;
}

std::vector<Threshold> thresholds_of(const SweepResults& results) {
  std::vector<Threshold> found;
  if (results.sweep.design != scenario::Design::grid) return found;
  for (std::size_t axis = 0; axis < results.sweep.axes.size(); ++axis) {
    if (results.sweep.axes[axis].numbers.size() < 2) continue;
    for (const Line& line : lines_of(results, axis))
      for (std::size_t estimate = 0; estimate < results.estimates.size(); ++estimate) {
        if (results.estimates[estimate].of != Of::objective) continue;
        for (std::size_t strategy = 0; strategy < results.scenario.strategies.size(); ++strategy)
          for (const bool upwards : {true, false})
            find_threshold(results, line, strategy, estimate, upwards, found);
      }
  }
  return found;
}

}  // namespace rollcast::experiment
