#include "rollcast/experiment/sweep.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "estimates.hpp"
#include "open_points.hpp"
#include "rollcast/base/assertion.hpp"
#include "rollcast/experiment/draws.hpp"
#include "rollcast/experiment/summary.hpp"
#include "rollcast/experiment/verdict.hpp"
#include "rollcast/random/stream.hpp"
#include "rollcast/stats/lowdiscrepancy.hpp"
#include "rollcast/stats/proportion.hpp"
#include "sweep_points.hpp"

namespace rollcast::experiment {
namespace {

using model::Metric;
using Of = model::PrecisionTarget::Of;
using scenario::Estimate;
using scenario::SweepAxis;

random::RandomStream stream_of(std::uint64_t seed, const std::string& path) {
  constexpr std::uint64_t kPurpose = random::purpose("sweep design");
  return random::RandomStream(random::StreamKey{seed, kPurpose, 0, random::purpose(path)});
}

/// One number in (0, 1) for each point: each of as many equal parts holds one of them.
std::vector<double> latin_column(random::RandomStream& random, std::uint64_t points) {
  std::vector<std::uint64_t> order(points);
  for (std::uint64_t i = 0; i < points; ++i) order[i] = i;
  for (std::uint64_t i = points - 1; i > 0; --i) std::swap(order[i], order[random.below(i + 1)]);
  std::vector<double> column;
  for (const std::uint64_t part : order)
    column.push_back((static_cast<double>(part) + random.uniform()) / static_cast<double>(points));
  return column;
}

std::vector<double> sobol_column(random::RandomStream& random, const stats::ScrambledSobol& net,
                                 std::size_t dimension, std::uint64_t points) {
  const std::uint64_t key = random();
  std::vector<double> column;
  for (std::uint64_t i = 0; i < points; ++i) column.push_back(net.at(i, dimension, key));
  return column;
}

std::vector<SweepPoint> spread(const scenario::Sweep& sweep, std::uint64_t seed) {
  std::vector<SweepPoint> points(sweep.points);
  const stats::ScrambledSobol net(sweep.axes.size(), std::bit_ceil(sweep.points));
  for (std::size_t k = 0; k < sweep.axes.size(); ++k) {
    random::RandomStream random = stream_of(seed, sweep.axes[k].path);
    const std::vector<double> column = sweep.design == scenario::Design::sobol
                                           ? sobol_column(random, net, k, sweep.points)
                                           : latin_column(random, sweep.points);
    for (std::size_t i = 0; i < points.size(); ++i)
      points[i].values.push_back(sweep.axes[k].drawn(column[i]));
  }
  return points;
}

std::vector<SweepPoint> grid(const std::vector<SweepAxis>& axes) {
  std::vector<SweepPoint> points(1);
  for (const SweepAxis& axis : axes) {
    std::vector<SweepPoint> next;
    for (const SweepPoint& point : points)
      for (const std::string& value : axis.values) {
        next.push_back(point);
        next.back().values.push_back(value);
      }
    points = std::move(next);
  }
  return points;
}

Cell cell_of(const Samples& samples, const Estimate& estimate) {
  if (estimate.of == Of::objective) {
    const auto& held = samples.objectives[estimate.objective];
    const auto count = static_cast<double>(std::count(held.begin(), held.end(), 1));
    const Trials trials = trials_of(samples, estimate.objective);
    return {count / static_cast<double>(held.size()),
            stats::clopper_pearson(trials.successes, trials.trials)};
  }
  const Values values = values_of(samples, estimate.metric);
  const auto& in_order = values.in_order;
  if (in_order.empty()) return {};
  if (estimate.of == Of::mean) {
    const bool whole = std::all_of(in_order.begin(), in_order.end(),
                                   [](double value) { return std::isfinite(value); });
    if (!whole) return {};
    const stats::MeanEstimate mean = mean_of(values);
    return {mean.mean, mean.interval};
  }
  std::vector<double> sorted = in_order;
  std::sort(sorted.begin(), sorted.end());
  const QuantileEstimate quantile = quantile_of(
      values, sorted, estimate.level, stats::quantile_ranks(sorted.size(), estimate.level / 100));
  return {quantile.value, quantile.interval};
}

std::vector<double> column_of(const Samples& samples, const Estimate& estimate) {
  if (estimate.of == Of::objective) {
    const auto& held = samples.objectives[estimate.objective];
    return {held.begin(), held.end()};
  }
  if (model::metric_info(estimate.metric).pooling != model::Pooling::replications) return {};
  return samples.metrics[static_cast<std::size_t>(estimate.metric)];
}

double share_of(const std::vector<std::uint8_t>& held) {
  return static_cast<double>(std::count(held.begin(), held.end(), 1)) /
         static_cast<double>(held.size());
}

bool meets(const Samples& samples, const std::vector<model::Objective>& objectives) {
  for (std::size_t k = 0; k < objectives.size(); ++k)
    if (share_of(samples.objectives[k]) < objectives[k].probability.value() - 1e-9) return false;
  if (!objectives.empty()) return true;
  const auto& ready = samples.metrics[static_cast<std::size_t>(Metric::ready_time)];
  const auto there =
      std::count_if(ready.begin(), ready.end(), [](double time) { return std::isfinite(time); });
  return static_cast<double>(there) >= kUsualReadiness * static_cast<double>(ready.size());
}

PointResult result_of(const std::vector<Samples>& samples, const std::vector<Estimate>& estimates,
                      const std::vector<model::Objective>& objectives) {
  PointResult result;
  std::optional<double> cheapest;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    result.cells.emplace_back();
    result.samples.emplace_back();
    for (const Estimate& estimate : estimates) {
      result.cells.back().push_back(cell_of(samples[i], estimate));
      result.samples.back().push_back(column_of(samples[i], estimate));
    }
    double cost = 0.0;
    for (const double one : samples[i].metrics[static_cast<std::size_t>(Metric::cost_ranked)])
      cost += one;
    if (!meets(samples[i], objectives) || (cheapest && cost >= *cheapest)) continue;
    cheapest = cost;
    result.leader = i;
  }
  return result;
}

}  // namespace

std::vector<Estimate> estimates_of(const scenario::Loaded& loaded) {
  if (!loaded.sweep->estimates.empty()) return loaded.sweep->estimates;
  std::vector<Estimate> estimates{{Of::mean, Metric::cost_ranked, 0.0, 0, "cost.ranked mean"},
                                  {Of::quantile, Metric::ready_time, 95.0, 0, "ready_time p95"}};
  const auto& objectives = loaded.scenario->objectives;
  for (std::size_t k = 0; k < objectives.size(); ++k)
    estimates.push_back({Of::objective, {}, 0.0, k, "objective " + objectives[k].name});
  return estimates;
}

std::string refusal_of(const scenario::Loaded& loaded, const scenario::Settings& settings) {
  Diagnostics problems;
  if (loaded.source->with(settings, problems)) return {};
  for (const Diagnostic& problem : problems.sorted())
    if (problem.severity == Severity::error) return problem.message;
  return "the scenario does not take it";
}

std::vector<SweepPoint> points_of(const scenario::Loaded& loaded) {
  const scenario::Sweep& sweep = *loaded.sweep;
  std::vector<SweepPoint> points = sweep.design == scenario::Design::grid
                                       ? grid(sweep.axes)
                                       : spread(sweep, loaded.scenario->seed);
  for (SweepPoint& point : points)
    point.refused = refusal_of(loaded, settings_of(sweep, point.values));
  return points;
}

bool run_sweep(const scenario::Loaded& loaded, const std::vector<Estimate>& estimates,
               const std::vector<SweepPoint>& points, const std::vector<bool>& done,
               const SweepPlan& plan, const SweepHooks& hooks) {
  ROLLCAST_ASSERT(points.size() == done.size(), "{} points, {} flags", points.size(), done.size());
  std::vector<std::size_t> due;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (!done[i] && points[i].refused.empty()) due.push_back(i);
  if (due.empty()) return true;
  OpenPoints open(
      loaded, [&](std::size_t point) { return settings_of(*loaded.sweep, points[point].values); });
  const std::uint64_t each = plan.replications;
  const std::uint32_t cluster =
      Draws(loaded.uncertain, loaded.sampling, loaded.scenario->seed).cluster();
  const std::size_t strategies = loaded.scenario->strategies.size();
  std::vector<Samples> samples;
  Hooks inner;
  inner.stop = hooks.stop;
  inner.progress = hooks.progress;
  inner.keep = [&](const Block& block) {
    for (std::uint64_t offset = 0; offset < block.replications; ++offset) {
      if (samples.empty()) {
        samples.resize(strategies);
        for (Samples& one : samples) one.cluster = cluster;
      }
      for (std::size_t strategy = 0; strategy < strategies; ++strategy)
        append(samples[strategy], block.at(offset, strategy));
      const std::uint64_t made = block.first + offset + 1;
      if (made % each != 0) continue;
      const std::size_t point = due[made / each - 1];
      open.close(point);
      hooks.keep(point, result_of(samples, estimates, loaded.scenario->objectives));
      samples.clear();
    }
  };
  // One run over all points, so that the threads never wait for the end of one.
  const Plan whole{strategies, each * due.size(), kBlockSize, plan.jobs};
  const auto simulate = [&](std::size_t strategy, std::uint64_t index) {
    return open.at(due[index / each])->run(strategy, index % each);
  };
  return !run_replications(whole, simulate, inner).interrupted;
}

}  // namespace rollcast::experiment
