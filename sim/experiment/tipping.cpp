#include <algorithm>
#include <cmath>
#include <map>

#include "estimates.hpp"
#include "rollcast/experiment/sweep.hpp"
#include "rollcast/stats/crossing.hpp"
#include "rollcast/stats/proportion.hpp"
#include "sweep_points.hpp"

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
  std::vector<std::size_t> points;
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
    part.points.push_back(point);
    part.samples.push_back({left, right});
  }
  return part;
}

/// Whether points are shown to meet an objective with a strategy.
class PointJudge {
 public:
  PointJudge(const SweepResults& results, std::size_t strategy, std::size_t estimate,
             double confidence)
      : results_(results),
        strategy_(strategy),
        estimate_(estimate),
        required_(
            results.scenario.objectives[results.estimates[estimate].objective].probability.value()),
        confidence_(confidence) {}
  [[nodiscard]] stats::Decision at(std::size_t point) const {
    const auto& held = results_.results[point]->samples[strategy_][estimate_];
    const Trials trials = trials_of(held, results_.cluster);
    return stats::decide_at_least(trials.successes, trials.trials, required_, confidence_);
  }

 private:
  const SweepResults& results_;
  std::size_t strategy_, estimate_;
  double required_, confidence_;
};

/// Halves the gap behind the grid's threshold as far as the points are there. Points that were set
/// for another threshold are not looked at: their number is not foreseen in the confidence.
void narrow(const SweepResults& results, const PointJudge& judge, Threshold& found) {
  const scenario::SweepAxis& axis = results.sweep.axes[found.axis];
  std::vector<std::string> values = found.others;
  while (const auto middle = axis.between(found.value, found.next)) {
    values[found.axis] = *middle;
    const auto place =
        std::find_if(results.points.begin(), results.points.end(),
                     [&](const SweepPoint& point) { return point.values == values; });
    if (place == results.points.end()) return;
    const auto point = static_cast<std::size_t>(place - results.points.begin());
    if (!results.results[point]) return;
    const stats::Decision decision = judge.at(point);
    found.refined = true;
    if (decision == stats::Decision::holds) {
      found.value = *middle;
    } else {
      found.next = *middle;
      found.next_misses = decision == stats::Decision::fails;
    }
  }
}

/// The threshold on a line, its points taken in ascending or in descending order.
void find_threshold(const SweepResults& results, const Line& line, std::size_t strategy,
                    std::size_t estimate, bool upwards, std::vector<Threshold>& found) {
  std::vector<std::size_t> points;
  for (const auto& [number, point] : line.points)
    if (!results.points[point].refined) points.push_back(point);
  if (upwards) std::reverse(points.begin(), points.end());
  const PointJudge judge(results, strategy, estimate, confidence_along(results.sweep, line.axis));
  std::size_t holding = 0;
  stats::Decision next = stats::Decision::holds;
  for (const std::size_t point : points) {
    next = judge.at(point);
    if (next != stats::Decision::holds) break;
    ++holding;
  }
  if (holding == 0 || holding == points.size()) return;
  const auto value_at = [&](std::size_t i) { return results.points[points[i]].values[line.axis]; };
  found.push_back({results.estimates[estimate].objective, strategy, line.axis, line.others, upwards,
                   value_at(holding - 1), value_at(holding), next == stats::Decision::fails});
  if (refined_axis(results.sweep) == line.axis) narrow(results, judge, found.back());
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
    even.alike = {back(one.alike.low), back(one.alike.high)};
    even.left_grows = one.left_grows;
    const SweepPoint& before = results.points[part.points[one.before]];
    const SweepPoint& after = results.points[part.points[one.after]];
    even.before = before.values[line.axis];
    even.after = after.values[line.axis];
    even.refined = before.refined || after.refined;
    found.push_back(std::move(even));
  }
}

/// The point with this value of the axis, unless it is there already.
void add_point(const scenario::Loaded& loaded, const SweepResults& results, std::size_t axis,
               std::vector<std::string> values, const std::optional<std::string>& value,
               std::vector<SweepPoint>& found) {
  if (!value) return;
  values[axis] = *value;
  const auto same = [&](const SweepPoint& point) { return point.values == values; };
  if (std::any_of(results.points.begin(), results.points.end(), same) ||
      std::any_of(found.begin(), found.end(), same))
    return;
  found.push_back({values, refusal_of(loaded, settings_of(results.sweep, values)), true});
}

}  // namespace

std::optional<std::size_t> refined_axis(const scenario::Sweep& sweep) {
  if (sweep.design != scenario::Design::grid || sweep.refine == 0) return std::nullopt;
  std::optional<std::size_t> found;
  for (std::size_t axis = 0; axis < sweep.axes.size(); ++axis) {
    if (sweep.axes[axis].numbers.size() < 2) continue;
    if (found) return std::nullopt;
    found = axis;
  }
  return found;
}

double confidence_along(const scenario::Sweep& sweep, std::size_t axis) {
  if (refined_axis(sweep) != axis) return stats::kConfidence;
  return 1 - (1 - stats::kConfidence) / (1.0 + sweep.axes[axis].halvings());
}

std::vector<SweepPoint> refinements_of(const scenario::Loaded& loaded,
                                       const SweepResults& results) {
  std::vector<SweepPoint> found;
  const auto along = refined_axis(results.sweep);
  if (!along) return found;
  const scenario::SweepAxis& axis = results.sweep.axes[*along];
  for (const Threshold& one : results.thresholds)
    add_point(loaded, results, *along, one.others, axis.between(one.value, one.next), found);
  for (const BreakEven& one : results.break_evens) {
    const auto [low, high] = std::minmax({axis.number_of(one.before), axis.number_of(one.after)});
    if (one.interval.low <= low && high <= one.interval.high) continue;
    add_point(loaded, results, *along, one.others, axis.between(one.before, one.after), found);
  }
  const auto refined = static_cast<std::uint64_t>(
      std::count_if(results.points.begin(), results.points.end(),
                    [](const SweepPoint& point) { return point.refined; }));
  const std::uint64_t left = results.sweep.refine - std::min(results.sweep.refine, refined);
  if (found.size() > left) found.resize(left);
  return found;
}

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
            find_on(results, line, {estimate, left, right, axis, line.others}, found);
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
