#include "rollcast/experiment/precision.hpp"

#include <algorithm>
#include <cmath>

#include "estimates.hpp"
#include "rollcast/base/assertion.hpp"
#include "rollcast/stats/proportion.hpp"
#include "rollcast/stats/stopping.hpp"

namespace rollcast::experiment {
namespace {

using model::PrecisionTarget;

struct Estimated {
  double value = 0.0;
  std::optional<stats::Interval> interval;
  bool beyond_horizon = false;  ///< nothing is left to be told more precisely
};

Estimated objective_of(const Samples& samples, std::size_t objective) {
  const Trials trials = trials_of(samples, objective);
  return {trials.successes / static_cast<double>(trials.trials),
          stats::clopper_pearson(trials.successes, trials.trials), false};
}

Estimated mean_of(const Samples& samples, model::Metric metric) {
  const Values values = values_of(samples, metric);
  const auto finite = [](double value) { return std::isfinite(value); };
  if (!std::all_of(values.in_order.begin(), values.in_order.end(), finite)) return {};
  const stats::MeanEstimate mean = experiment::mean_of(values);
  return {mean.mean, mean.interval, false};
}

Estimated quantile_of(const Samples& samples, model::Metric metric, double level) {
  const Values values = values_of(samples, metric);
  if (values.in_order.empty()) return {};
  std::vector<double> sorted = values.in_order;
  std::sort(sorted.begin(), sorted.end());
  const QuantileEstimate quantile = experiment::quantile_of(
      values, sorted, level, stats::quantile_ranks(sorted.size(), level / 100));
  const bool beyond = !quantile.value && (!quantile.interval || std::isinf(quantile.interval->low));
  return {quantile.value.value_or(0.0), quantile.interval, beyond};
}

Estimated estimate(const PrecisionTarget& target, const Samples& samples) {
  switch (target.of) {
    case PrecisionTarget::Of::mean:
      return mean_of(samples, target.metric);
    case PrecisionTarget::Of::quantile:
      return quantile_of(samples, target.metric, target.level);
    case PrecisionTarget::Of::objective:
      break;
  }
  return objective_of(samples, target.objective);
}

PrecisionReached reached(const PrecisionTarget& target, const Samples& samples) {
  PrecisionReached result;
  if (samples.replications == 0) return result;
  const Estimated found = estimate(target, samples);
  result.reached = found.beyond_horizon;
  if (!found.interval || !std::isfinite(found.interval->half_width())) return result;
  double width = found.interval->half_width();
  // Values that are not kept one by one narrow the interval as those do that are.
  if (target.of != PrecisionTarget::Of::objective && samples.replications > samples.limit)
    width *=
        std::sqrt(static_cast<double>(samples.limit) / static_cast<double>(samples.replications));
  const double scale = target.relative ? std::abs(found.value) : 1.0;
  if (width > 0 && scale == 0.0) return result;
  result.half_width = width == 0.0 ? 0.0 : width / scale;
  result.reached = *result.half_width <= target.half_width;
  if (!result.reached)
    result.needed = stats::values_for(samples.replications, *result.half_width, target.half_width);
  return result;
}

}  // namespace

std::vector<PrecisionReached> precision_reached(const std::vector<PrecisionTarget>& targets,
                                                const std::vector<Samples>& samples) {
  std::vector<PrecisionReached> all;
  for (std::size_t target = 0; target < targets.size(); ++target)
    for (std::size_t strategy = 0; strategy < samples.size(); ++strategy) {
      PrecisionReached one = reached(targets[target], samples[strategy]);
      one.target = target;
      one.strategy = strategy;
      all.push_back(one);
    }
  return all;
}

StoppingRule::StoppingRule(const std::vector<PrecisionTarget>& targets, std::uint64_t most,
                           std::uint64_t block)
    : targets_(targets),
      most_(most),
      block_(block),
      look_(stats::next_look(0, block)),
      planned_(most) {
  ROLLCAST_ASSERT(!targets.empty() && most >= 1, "{} targets, at most {}", targets.size(), most);
}

std::uint64_t StoppingRule::plan(const std::vector<Samples>& samples) {
  const std::uint64_t made = samples.front().replications;
  if (made < look_ && made < planned_) return planned_;
  std::uint64_t needed = made;
  for (const PrecisionReached& one : precision_reached(targets_, samples))
    if (!one.reached) needed = std::max({needed, made + 1, one.needed.value_or(most_)});
  if (needed == made) return made;
  look_ = stats::next_look(made, block_);
  planned_ = std::min(most_, stats::planned_values(made, needed, block_));
  return planned_;
}

}  // namespace rollcast::experiment
