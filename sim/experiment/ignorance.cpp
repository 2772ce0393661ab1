#include "rollcast/experiment/ignorance.hpp"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <cmath>
#include <memory>

#include "estimates.hpp"
#include "rollcast/base/assertion.hpp"
#include "rollcast/experiment/runner.hpp"
#include "rollcast/experiment/summary.hpp"
#include "rollcast/model/simulate.hpp"
#include "rollcast/stats/control.hpp"

namespace rollcast::experiment {
namespace {

using model::Metric;

constexpr Metric kMetrics[] = {Metric::ready_time, Metric::cost_ranked};
/// Luck that no replication of a run has.
constexpr std::uint64_t kOtherLuck = std::uint64_t{1} << 40U;
/// A control variate is told of when it is shown to be worth so many times as many runs.
constexpr double kWorthTelling = 1.1;
constexpr double kTail = (1 - stats::kConfidence) / 2;

const std::vector<double>& column(const Samples& samples, Metric metric) {
  return samples.metrics[static_cast<std::size_t>(metric)];
}

std::vector<Samples> simulate_all(std::size_t strategies, std::uint64_t replications,
                                  Task::Kind kind, const Simulate& simulate,
                                  const Workforce& workforce) {
  std::vector<Samples> samples(strategies);
  if (workforce.ranks != nullptr) workforce.ranks->turn_to({kind, replications});
  Hooks hooks;
  hooks.stop = workforce.stop;
  hooks.helpers = workforce.ranks;
  hooks.keep = [&](const Block& block) {
    for (std::uint64_t offset = 0; offset < block.replications; ++offset)
      for (std::size_t i = 0; i < block.strategies; ++i) append(samples[i], block.at(offset, i));
  };
  const RunEnd end =
      run_replications({strategies, replications, kBlockSize, workforce.jobs}, simulate, hooks);
  if (end.interrupted) samples.clear();
  return samples;
}

QuantileEstimate band_end(const Samples& samples, Metric metric, double level) {
  const Values values = values_of(samples, metric);
  if (values.in_order.empty()) return {};
  std::vector<double> sorted = values.in_order;
  std::sort(sorted.begin(), sorted.end());
  return quantile_of(values, sorted, level, stats::quantile_ranks(sorted.size(), level / 100));
}

bool all_finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

/// How much less the clustered mean varies than that of as many independent values would.
std::optional<Gain> sampling_gain(const Samples& samples, Metric metric) {
  const Values values = values_of(samples, metric);
  const auto m = static_cast<double>(values.clusters.size());
  if (values.in_order.empty() || m < 3 || !all_finite(values.in_order)) return std::nullopt;
  const stats::MeanEstimate mean = mean_of(values);
  if (!mean.interval || mean.interval->half_width() == 0 || *mean.sd == 0) return std::nullopt;
  const double error = mean.interval->half_width() / stats::student_t_quantile(m - 1, 1 - kTail);
  const double alone = *mean.sd / std::sqrt(static_cast<double>(mean.count));
  Gain gain;
  gain.metric = metric;
  gain.ratio = std::pow(alone / error, 2);
  // The variance between clusters has m - 1 degrees of freedom; that of the values far more.
  const boost::math::chi_squared chi(m - 1);
  gain.ratio_ci = {
      gain.ratio * boost::math::quantile(chi, kTail) / (m - 1),
      gain.ratio * boost::math::quantile(boost::math::complement(chi, kTail)) / (m - 1)};
  return gain;
}

/// The input whose draws explain most of the metric, as a control variate: their mean is known.
std::optional<Gain> control_gain(const std::vector<double>& values,
                                 const std::vector<std::vector<double>>& uniforms, Metric metric) {
  std::optional<Gain> best;
  if (values.size() < 100 || !all_finite(values)) return std::nullopt;
  for (std::size_t input = 0; input < uniforms.size(); ++input) {
    const stats::ControlledMean controlled = stats::control_variate(values, uniforms[input], 0.5);
    // Nothing is left to simulate where the input alone decides, but for rounding.
    if (!(controlled.reduction > 0) || controlled.reduction > 1 - 1e-9) continue;
    const double ratio = 1 / (1 - controlled.reduction);
    if (best && ratio <= best->ratio) continue;
    Gain gain;
    gain.metric = metric;
    gain.ratio = ratio;
    const auto n = static_cast<double>(values.size());
    // Fisher's transformation of the correlation.
    const double z = std::atanh(std::sqrt(controlled.reduction));
    const double reach = stats::normal_quantile(1 - kTail) / std::sqrt(n - 3);
    const auto ratio_at = [](double transformed) {
      const double correlation = std::tanh(std::max(0.0, transformed));
      return 1 / (1 - correlation * correlation);
    };
    gain.ratio_ci = {ratio_at(z - reach), ratio_at(z + reach)};
    gain.control = input;
    gain.mean = controlled.mean;
    gain.mean_ci = controlled.interval;
    best = gain;
  }
  return best && best->ratio_ci.low > kWorthTelling ? best : std::nullopt;
}

}  // namespace

std::optional<SharedVariance> shared_variance(std::span<const double> first,
                                              std::span<const double> second) {
  ROLLCAST_ASSERT(first.size() == second.size(), "{} and {} values", first.size(), second.size());
  const auto n = static_cast<double>(first.size());
  if (first.size() < 3) return std::nullopt;
  double mean = 0.0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (!std::isfinite(first[i]) || !std::isfinite(second[i])) return std::nullopt;
    mean += (first[i] + second[i]) / (2 * n);
  }
  double between = 0.0;
  double within = 0.0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    between += 2 * std::pow((first[i] + second[i]) / 2 - mean, 2) / (n - 1);
    within += std::pow(first[i] - second[i], 2) / (2 * n);
  }
  // What rounding leaves is no spread.
  if (between + within <= 1e-24 * mean * mean) return std::nullopt;
  SharedVariance shared;
  shared.share = std::clamp((between - within) / (between + within), 0.0, 1.0);
  if (within == 0) {
    shared.interval = {1.0, 1.0};
    return shared;
  }
  const boost::math::fisher_f f(n - 1, n);
  const double ratio = between / within;
  const double least = ratio / boost::math::quantile(boost::math::complement(f, kTail));
  const double most = ratio / boost::math::quantile(f, kTail);
  shared.interval = {std::clamp((least - 1) / (least + 1), 0.0, 1.0),
                     std::clamp((most - 1) / (most + 1), 0.0, 1.0)};
  return shared;
}

std::uint64_t ignorance_replications(std::uint64_t run) {
  return std::min(run, std::clamp<std::uint64_t>(run / 10, 100, 1'000));
}

Simulate other_luck(Simulator& simulator) {
  return [&simulator](std::size_t strategy, std::uint64_t replication) {
    return simulator.run(strategy, kOtherLuck + replication, replication);
  };
}

Simulate luck_alone(const Simulator& simulator, std::uint64_t seed) {
  const auto medians = std::make_shared<const model::Scenario>(simulator.at_medians());
  return [medians, seed](std::size_t strategy, std::uint64_t replication) {
    return model::simulate(*medians, strategy, seed, replication);
  };
}

std::vector<Ignorance> tell_apart(Simulator& simulator, const Results& results,
                                  std::uint64_t replications, const Workforce& workforce) {
  const std::size_t strategies = results.strategies.size();
  const auto again = simulate_all(strategies, replications, Task::Kind::other_luck,
                                  other_luck(simulator), workforce);
  const auto luck = simulate_all(strategies, replications, Task::Kind::luck_alone,
                                 luck_alone(simulator, results.seed), workforce);
  std::vector<Ignorance> all;
  if (again.empty() || luck.empty()) return all;
  for (const Metric metric : kMetrics)
    for (std::size_t i = 0; i < strategies; ++i) {
      const Samples& samples = results.strategies[i].samples;
      Ignorance one;
      one.strategy = i;
      one.metric = metric;
      const auto pairs = std::min<std::size_t>(replications, column(samples, metric).size());
      const auto shared = shared_variance(std::span(column(samples, metric)).first(pairs),
                                          std::span(column(again[i], metric)).first(pairs));
      if (shared) {
        one.share = shared->share;
        if (samples.cluster == 1) one.share_ci = shared->interval;
      }
      one.low = band_end(samples, metric, 5);
      one.high = band_end(samples, metric, 95);
      one.luck_low = band_end(luck[i], metric, 5);
      one.luck_high = band_end(luck[i], metric, 95);
      all.push_back(one);
    }
  return all;
}

std::vector<Gain> gains_of(const Draws& draws, const Results& results) {
  std::vector<Gain> gains;
  if (draws.inputs().empty()) return gains;
  const Samples& first = results.strategies.front().samples;
  if (first.replications > first.limit) return gains;
  std::vector<std::vector<double>> uniforms(draws.inputs().size());
  for (std::uint64_t k = 0; k < results.replications && draws.cluster() == 1; ++k) {
    const std::vector<double> numbers = draws.uniforms(k);
    for (std::size_t i = 0; i < numbers.size(); ++i) uniforms[i].push_back(numbers[i]);
  }
  for (const Metric metric : kMetrics)
    for (std::size_t i = 0; i < results.strategies.size(); ++i) {
      const Samples& samples = results.strategies[i].samples;
      auto gain = draws.cluster() > 1 ? sampling_gain(samples, metric)
                                      : control_gain(column(samples, metric), uniforms, metric);
      if (!gain) continue;
      gain->strategy = i;
      gains.push_back(*gain);
    }
  return gains;
}

}  // namespace rollcast::experiment
