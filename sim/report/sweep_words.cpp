#include "sweep_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "html.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/experiment/verdict.hpp"
#include "words.hpp"

namespace rollcast::report {
namespace {

using experiment::BreakEven;
using experiment::Cell;
using experiment::SweepResults;
using Of = model::PrecisionTarget::Of;

std::string quoted(const std::string& name) {
  return "“" + without_direction_marks(name) + "”";
}

/// A number of an axis as a scenario writes it.
std::string axis_text(const scenario::SweepAxis& axis, double number) {
  if (axis.time) return human_duration(number);
  return human_number(number) + (axis.unit.empty() ? "" : " " + axis.unit);
}

std::string interval_words(const scenario::SweepAxis& axis, const stats::Interval& interval) {
  const bool low = std::isfinite(interval.low), high = std::isfinite(interval.high);
  if (low && high)
    return fmt::format("95 % interval {} to {}", axis_text(axis, interval.low),
                       axis_text(axis, interval.high));
  if (low)
    return fmt::format("95 % interval from {} to beyond the axis", axis_text(axis, interval.low));
  if (high)
    return fmt::format("95 % interval from below the axis to {}", axis_text(axis, interval.high));
  return "the runs do not show whether it lies on the axis at all";
}

std::string others_words(const SweepResults& results, const std::vector<std::string>& others,
                         std::size_t axis) {
  std::string with;
  for (std::size_t k = 0; k < others.size(); ++k)
    if (k != axis) with += fmt::format(" with {} {}", results.sweep.axes[k].path, others[k]);
  return with;
}

/// What was looked at between the points of the grid, and how sure that is; empty where a sweep is
/// not refined.
std::string refinement_note(const SweepResults& results) {
  const auto axis = experiment::refined_axis(results.sweep);
  if (!axis) return {};
  const auto refined = static_cast<std::uint64_t>(
      std::count_if(results.points.begin(), results.points.end(),
                    [](const experiment::SweepPoint& point) { return point.refined; }));
  const scenario::SweepAxis& along = results.sweep.axes[*axis];
  std::string text;
  if (!results.thresholds.empty())
    text = fmt::format(
        "Each point of a threshold is judged with {} confidence, so that it is right with {}, all "
        "its looks together, where the chance moves one way along {}. ",
        human_number(100 * experiment::confidence_along(results.sweep, *axis)) + " %",
        human_percent(stats::kConfidence), along.path);
  if (refined > 0)
    text += fmt::format(
        "{} (°) between those of the grid, halving its steps down to {}. ",
        refined == 1 ? "1 point lies" : fmt::format("{} points lie", refined),
        along.whole ? "neighbouring whole numbers" : "a hundredth of the axis, or to the interval");
  if (refined >= results.sweep.refine)
    text += fmt::format("These are all that --refine {} allows: more would narrow further.",
                        results.sweep.refine);
  return std::string(trim(text));
}

}  // namespace

model::Unit unit_of(const scenario::Estimate& estimate) {
  return estimate.of == Of::objective ? model::Unit::share
                                      : model::metric_info(estimate.metric).unit;
}

std::string label_of(const SweepResults& results, std::size_t index) {
  const scenario::Estimate& estimate = results.estimates[index];
  if (estimate.of == Of::objective)
    return "chance of " + quoted(results.scenario.objectives[estimate.objective].name);
  const model::MetricInfo& info = model::metric_info(estimate.metric);
  std::string what = estimate.metric == model::Metric::cost_ranked
                         ? experiment::words_of(results.scenario.ranking)
                         : std::string(info.label);
  if (info.unit == model::Unit::money) what += " [" + results.scenario.currency + "]";
  if (estimate.of == Of::mean) return "mean " + what;
  return fmt::format("P{} of {}", human_number(estimate.level), what);
}

std::string cell_text(const SweepResults& results, std::size_t estimate, const Cell& cell) {
  const scenario::Estimate& of = results.estimates[estimate];
  if (!cell.value) return std::string(absent_text(of.metric));
  if (of.of == Of::objective)
    return cell.interval ? probability_text(*cell.value, *cell.interval)
                         : human_percent(*cell.value);
  return value_text(*cell.value, unit_of(of));
}

std::string cell_with_half_width(const SweepResults& results, std::size_t estimate,
                                 const Cell& cell) {
  std::string text = cell_text(results, estimate, cell);
  if (!cell.value || !cell.interval || !std::isfinite(cell.interval->half_width())) return text;
  const double half = cell.interval->half_width();
  const scenario::Estimate& of = results.estimates[estimate];
  if (of.of != Of::objective) return text + " ±" + value_text(half, unit_of(of));
  // What never or always held has a bound and no interval around it.
  const bool certain = *cell.value <= 0 || *cell.value >= 1;
  return certain ? text : text + " ±" + human_number(100 * half, 2);
}

std::string cell_range(const SweepResults& results, std::size_t estimate, const Cell& cell) {
  if (!cell.interval) return {};
  const scenario::Estimate& of = results.estimates[estimate];
  if (of.of == Of::objective) return probability_range(*cell.value, *cell.interval);
  if (std::isfinite(cell.interval->low) && std::isfinite(cell.interval->high))
    return range_text(cell.interval, unit_of(of));
  return {};
}

std::string words_of(const SweepResults& results, const BreakEven& even) {
  const scenario::SweepAxis& axis = results.sweep.axes[even.axis];
  const auto name = [&](std::size_t i) { return quoted(results.scenario.strategies[i].name); };
  const std::string with = others_words(results, even.others, even.axis);
  const std::string beyond =
      fmt::format("; beyond it {} has more", name(even.left_grows ? even.left : even.right));
  if (even.alike.low < even.alike.high)
    return fmt::format("{} and {} are alike in the {} from {} {} to {}{}{}", name(even.left),
                       name(even.right), label_of(results, even.estimate), axis.path,
                       axis_text(axis, even.alike.low), axis_text(axis, even.alike.high), with,
                       beyond);
  return fmt::format(
      "{} and {} break even in the {} at {} {}{} ({}{}){}", name(even.left), name(even.right),
      label_of(results, even.estimate), axis.path, axis_text(axis, even.at), with,
      interval_words(axis, even.interval),
      even.refined ? fmt::format(", refined to {} and {}", even.before, even.after) : "", beyond);
}

std::string words_of(const SweepResults& results, const experiment::Threshold& one) {
  return fmt::format("{} meets {} {} {} {}{}{}; at {} {}{}",
                     quoted(results.scenario.strategies[one.strategy].name),
                     quoted(results.scenario.objectives[one.objective].name),
                     one.upwards ? "from" : "up to", results.sweep.axes[one.axis].path, one.value,
                     one.upwards ? " on" : "", others_words(results, one.others, one.axis),
                     one.next, one.next_misses ? "it misses it" : "the runs cannot tell",
                     one.refined ? " (refined)" : "");
}

std::vector<std::size_t> reading_order(const SweepResults& results) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < results.points.size(); ++i) order.push_back(i);
  const auto& points = results.points;
  if (std::none_of(points.begin(), points.end(), [](const auto& one) { return one.refined; }))
    return order;
  const auto& axes = results.sweep.axes;
  std::vector<std::vector<double>> places;
  for (const experiment::SweepPoint& point : points) {
    places.emplace_back();
    for (std::size_t k = 0; k < axes.size(); ++k) {
      const auto& values = axes[k].values;
      places.back().push_back(
          axes[k].numbers.empty()
              ? static_cast<double>(std::find(values.begin(), values.end(), point.values[k]) -
                                    values.begin())
              : axes[k].number_of(point.values[k]));
    }
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return places[a] < places[b]; });
  return order;
}

std::vector<std::string> values_of(const SweepResults& results,
                                   const experiment::SweepPoint& point) {
  std::vector<std::string> values = point.values;
  if (const auto axis = experiment::refined_axis(results.sweep); axis && point.refined)
    values[*axis] += "°";
  return values;
}

std::string leader_sentence(const SweepResults& results) {
  std::vector<std::size_t> leads(results.scenario.strategies.size(), 0);
  std::size_t nobody = 0, points = 0;
  for (std::size_t i = 0; i < results.points.size(); ++i) {
    const auto& result = results.results[i];
    if (!result || results.points[i].refined) continue;
    ++points;
    if (result->leader)
      ++leads[*result->leader];
    else
      ++nobody;
  }
  const bool asks = !results.scenario.objectives.empty();
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < leads.size(); ++i)
    if (leads[i] > 0)
      parts.push_back(fmt::format("{} at {}", quoted(results.scenario.strategies[i].name),
                                  plural(leads[i], "point")));
  std::string text;
  if (!parts.empty())
    text = fmt::format(
        "Cheapest of those that {}: {}.",
        asks ? "meet all objectives by the observed shares" : "are ready in 95 % of the runs",
        join_words(parts, "and"));
  if (nobody > 0)
    text += fmt::format(
        "{}No strategy {} at {} of {} points.", text.empty() ? "" : " ",
        asks ? "meets all objectives by the observed shares" : "is ready in 95 % of the runs",
        nobody, points);
  return text.empty() ? "No point was simulated." : text;
}

std::vector<std::string> sweep_notes(const SweepResults& results) {
  std::vector<std::string> notes;
  notes.push_back(fmt::format(
      "{} of each strategy at each point, with the same luck at all points: differences between "
      "points and between strategies are surer than the values themselves.",
      runs_text(results.replications)));
  if (!results.break_evens.empty())
    notes.push_back(
        "Break-evens lie on straight lines between neighbouring points. Their intervals come from "
        "drawing the runs again (bootstrap) and tell nothing of how straight the truth is: a finer "
        "step does.");
  if (const auto note = refinement_note(results); !note.empty()) notes.push_back(note);
  if (results.break_evens.empty() && results.sweep.design != scenario::Design::grid)
    notes.push_back("Break-evens are looked for on grids only.");
  std::size_t refused = 0, missing = 0;
  for (std::size_t i = 0; i < results.points.size(); ++i) {
    if (!results.points[i].refused.empty())
      ++refused;
    else if (!results.results[i])
      ++missing;
  }
  if (refused > 0)
    notes.push_back(fmt::format("{} the scenario does not allow; the table says why.",
                                plural(refused, "point")));
  if (missing > 0)
    notes.push_back(
        fmt::format("The sweep was interrupted: {} not simulated yet.",
                    missing == 1 ? "1 point is" : fmt::format("{} points are", missing)));
  return notes;
}

}  // namespace rollcast::report
