#include "rollcast/experiment/summary.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <span>

#include "rollcast/base/assertion.hpp"
#include "rollcast/experiment/verdict.hpp"
#include "rollcast/stats/mean.hpp"
#include "rollcast/stats/paired.hpp"
#include "rollcast/stats/proportion.hpp"
#include "rollcast/stats/quantile.hpp"
#include "rollcast/stats/tail.hpp"

namespace rollcast::experiment {
namespace {

using model::Metric;
using stats::Interval;

constexpr double kTailShare = 0.05;

/// What depends on the number of values only, and is the same for all metrics.
struct SizeTools {
  explicit SizeTools(std::uint64_t size) : tail(size, kTailShare) {
    for (const double level : kQuantileLevels)
      ranks.push_back(stats::quantile_ranks(size, level / 100));
  }
  std::vector<stats::RankInterval> ranks;
  stats::TailBootstrap tail;
};

/// The values of one metric: finite or not reached, those without a value left out.
struct Values {
  std::vector<double> in_order;
  /// How many of them each replication contributed, when they pool over incidents; else empty.
  std::vector<std::uint32_t> clusters;

  [[nodiscard]] bool pooled() const { return !clusters.empty(); }
};

class Summariser {
 public:
  explicit Summariser(const Samples& samples) : samples_(samples) {}

  MetricSummary summarise(Metric metric) {
    const model::MetricInfo& info = model::metric_info(metric);
    const Values values = values_of(metric, info.pooling);
    MetricSummary summary;
    summary.metric = metric;
    summary.count = values.in_order.size();
    if (values.in_order.empty()) return summary;
    std::vector<double> sorted = values.in_order;
    std::sort(sorted.begin(), sorted.end());
    add_reached(summary, values, sorted);
    if (std::isfinite(sorted.front())) summary.min = sorted.front();
    if (std::isfinite(sorted.back())) {
      summary.max = sorted.back();
      add_mean(summary, values, info.unit);
    }
    add_quantiles(summary, values, sorted);
    add_tail(summary, values, std::move(sorted));
    return summary;
  }

 private:
  [[nodiscard]] Values values_of(Metric metric, model::Pooling pooling) const {
    if (pooling != model::Pooling::replications) return pooled_values(pooling);
    Values values;
    for (const double value : samples_.metrics[static_cast<std::size_t>(metric)])
      if (!std::isnan(value)) values.in_order.push_back(value);
    return values;
  }

  [[nodiscard]] Values pooled_values(model::Pooling pooling) const {
    Values values;
    std::size_t next = 0;
    for (const std::uint32_t count : samples_.incidents_per_replication) {
      const std::size_t before = values.in_order.size();
      for (std::uint32_t i = 0; i < count; ++i) {
        const model::IncidentRecord& incident = samples_.incidents[next++];
        const double value = pooling == model::Pooling::incident_data_loss
                                 ? incident.data_loss_hours
                             : incident.open ? model::kNotReached
                                             : incident.recovery_hours;
        if (!std::isnan(value)) values.in_order.push_back(value);
      }
      values.clusters.push_back(static_cast<std::uint32_t>(values.in_order.size() - before));
    }
    return values;
  }

  SizeTools& tools(std::uint64_t size) {
    std::unique_ptr<SizeTools>& tools = tools_[size];
    if (!tools) tools = std::make_unique<SizeTools>(size);
    return *tools;
  }

  static void add_reached(MetricSummary& summary, const Values& values,
                          const std::vector<double>& sorted) {
    const auto beyond = std::lower_bound(sorted.begin(), sorted.end(), model::kNotReached);
    const auto reached = static_cast<double>(beyond - sorted.begin());
    const double count = static_cast<double>(sorted.size());
    summary.reached = reached / count;
    if (!values.pooled()) {
      summary.reached_ci = stats::clopper_pearson(reached, sorted.size());
      return;
    }
    std::vector<double> flags(values.in_order.size());
    std::transform(values.in_order.begin(), values.in_order.end(), flags.begin(),
                   [](double value) { return std::isfinite(value) ? 1.0 : 0.0; });
    const auto clusters =
        static_cast<std::uint64_t>(std::count_if(values.clusters.begin(), values.clusters.end(),
                                                 [](std::uint32_t size) { return size > 0; }));
    // With all or none reached the incidents of one replication count as one.
    const auto share = stats::estimate_clustered_mean(flags, values.clusters).interval;
    if (reached == 0 || reached == count || !share)
      summary.reached_ci =
          stats::clopper_pearson(summary.reached * static_cast<double>(clusters), clusters);
    else
      summary.reached_ci = {std::max(0.0, share->low), std::min(1.0, share->high)};
  }

  static void add_mean(MetricSummary& summary, const Values& values, model::Unit unit) {
    const stats::MeanEstimate estimate =
        values.pooled() ? stats::estimate_clustered_mean(values.in_order, values.clusters)
                        : stats::estimate_mean(values.in_order);
    summary.mean = estimate.mean;
    summary.sd = estimate.sd;
    summary.mean_ci = estimate.interval;
    if (unit == model::Unit::flag && summary.mean_ci)
      summary.mean_ci = stats::clopper_pearson(
          std::round(estimate.mean * static_cast<double>(estimate.count)), estimate.count);
  }

  void add_quantiles(MetricSummary& summary, const Values& values,
                     const std::vector<double>& sorted) {
    for (std::size_t i = 0; i < kQuantileLevels.size(); ++i) {
      const double share = kQuantileLevels[i] / 100;
      const double value = sorted[stats::quantile_rank(sorted.size(), share) - 1];
      QuantileEstimate& quantile = summary.quantiles[i];
      if (std::isfinite(value)) quantile.value = value;
      const stats::RankInterval ranks =
          values.pooled()
              ? stats::clustered_quantile_ranks(values.in_order, values.clusters, value, share)
              : tools(sorted.size()).ranks[i];
      const Interval interval = stats::interval_at(sorted, ranks);
      const bool bounded = std::isfinite(interval.low) || std::isfinite(interval.high);
      if (bounded && sorted.size() > 1) quantile.interval = interval;
    }
  }

  void add_tail(MetricSummary& summary, const Values& values, std::vector<double> sorted) {
    const double sign = small_is_worse(summary.metric) ? -1.0 : 1.0;
    if (sign < 0) {
      std::reverse(sorted.begin(), sorted.end());
      for (double& value : sorted) value = -value;
    }
    const double tail = stats::mean_of_largest(sorted, kTailShare);
    if (!std::isfinite(tail)) return;
    summary.cvar95 = sign * tail;
    if (values.pooled()) return;
    const auto interval = tools(sorted.size()).tail.interval(sorted);
    if (interval)
      summary.cvar95_ci = sign > 0 ? *interval : Interval{-interval->high, -interval->low};
  }

  const Samples& samples_;
  std::map<std::uint64_t, std::unique_ptr<SizeTools>> tools_;
};

[[nodiscard]] bool all_finite(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(),
                     [](double value) { return std::isfinite(value); });
}

Comparison compare(const std::vector<StrategyResult>& strategies, std::size_t left,
                   std::size_t right, Metric metric) {
  const auto index = static_cast<std::size_t>(metric);
  const std::vector<double>& a = strategies[left].samples.metrics[index];
  const std::vector<double>& b = strategies[right].samples.metrics[index];
  Comparison comparison;
  comparison.left = left;
  comparison.right = right;
  comparison.metric = metric;
  const stats::ProbabilityLess less = stats::probability_less(a, b);
  comparison.left_smaller = less.probability;
  comparison.left_smaller_ci = less.interval;
  if (a.empty() || !all_finite(a) || !all_finite(b)) return comparison;
  const stats::PairedDifference difference = stats::paired_difference(a, b);
  comparison.mean_difference = difference.mean;
  comparison.interval = difference.interval;
  comparison.variance_ratio = difference.variance_ratio;
  return comparison;
}

Met met_by(stats::Decision decision) {
  switch (decision) {
    case stats::Decision::holds:
      return Met::yes;
    case stats::Decision::fails:
      return Met::no;
    case stats::Decision::open:
      break;
  }
  return Met::undecided;
}

std::vector<MonthSummary> cash_flow_of(const model::Scenario& scenario, const Samples& samples) {
  std::vector<MonthSummary> months;
  if (!scenario.has_start || samples.replications == 0) return months;
  for (std::size_t i = 0; i < samples.cash_flow.size(); ++i) {
    std::vector<double> sorted = samples.cash_flow[i];
    std::sort(sorted.begin(), sorted.end());
    MonthSummary month;
    month.from = i == 0 ? kStart : scenario.months[i - 1];
    month.to = i < scenario.months.size() ? scenario.months[i] : kStart + scenario.horizon;
    month.mean = stats::estimate_mean(samples.cash_flow[i]).mean;
    month.p5 = sorted[stats::quantile_rank(sorted.size(), 0.05) - 1];
    month.p95 = sorted[stats::quantile_rank(sorted.size(), 0.95) - 1];
    months.push_back(month);
  }
  return months;
}

}  // namespace

void append(Samples& samples, const model::Outcome& outcome) {
  if (samples.replications == 0) {
    samples.objectives.resize(outcome.objectives.size());
    samples.cash_flow.resize(outcome.cash_flow.size());
  }
  ROLLCAST_ASSERT(samples.objectives.size() == outcome.objectives.size(), "{} objectives, not {}",
                  outcome.objectives.size(), samples.objectives.size());
  ++samples.replications;
  for (std::size_t i = 0; i < model::kMetrics; ++i)
    samples.metrics[i].push_back(outcome.metrics[i]);
  for (std::size_t i = 0; i < outcome.objectives.size(); ++i)
    samples.objectives[i].push_back(outcome.objectives[i]);
  ROLLCAST_ASSERT(samples.cash_flow.size() == outcome.cash_flow.size(), "{} months, not {}",
                  outcome.cash_flow.size(), samples.cash_flow.size());
  for (std::size_t month = 0; month < outcome.cash_flow.size(); ++month)
    samples.cash_flow[month].push_back(outcome.cash_flow[month]);
  for (std::size_t i = 0; i < model::kReadyPoints; ++i)
    samples.ready_curve[i].push_back(outcome.ready_curve[i]);
  samples.incidents.insert(samples.incidents.end(), outcome.incidents.begin(),
                           outcome.incidents.end());
  samples.incidents_per_replication.push_back(static_cast<std::uint32_t>(outcome.incidents.size()));
}

bool small_is_worse(Metric metric) {
  return metric == Metric::ready_share || metric == Metric::availability ||
         metric == Metric::capacity_least;
}

std::vector<MetricSummary> summarise(const Samples& samples) {
  Summariser summariser(samples);
  std::vector<MetricSummary> summaries;
  for (std::size_t i = 0; i < model::kMetrics; ++i)
    summaries.push_back(summariser.summarise(static_cast<Metric>(i)));
  return summaries;
}

std::vector<ObjectiveResult> judge(const std::vector<model::Objective>& objectives,
                                   const Samples& samples) {
  std::vector<ObjectiveResult> results;
  for (std::size_t i = 0; i < objectives.size(); ++i) {
    const model::Objective& objective = objectives[i];
    ObjectiveResult result;
    result.name = objective.name;
    result.words = objective.words;
    result.required = objective.probability.value();
    result.interval = {0.0, 1.0};
    if (samples.replications > 0) {
      const auto& held = samples.objectives[i];
      const auto successes =
          static_cast<std::uint64_t>(std::count(held.begin(), held.end(), std::uint8_t{1}));
      const std::uint64_t trials = samples.replications;
      result.probability = static_cast<double>(successes) / static_cast<double>(trials);
      result.interval = stats::clopper_pearson(static_cast<double>(successes), trials);
      result.at_least = stats::proportion_at_least(static_cast<double>(successes), trials);
      result.at_most = stats::proportion_at_most(static_cast<double>(successes), trials);
      result.met = met_by(stats::decide_at_least(successes, trials, result.required));
      if (result.met == Met::undecided)
        result.replications_needed = stats::trials_to_decide(successes, trials, result.required);
    }
    results.push_back(std::move(result));
  }
  return results;
}

Results analyse(model::Scenario scenario, const RunFacts& facts, std::vector<Samples> samples) {
  ROLLCAST_ASSERT(samples.size() == scenario.strategies.size(), "samples of {} strategies, not {}",
                  samples.size(), scenario.strategies.size());
  Results results;
  results.version = facts.version;
  results.scenario_digest = facts.scenario_digest;
  results.seed = facts.seed;
  results.replications = samples.front().replications;
  results.replications_planned = facts.replications_planned;
  results.interrupted = facts.interrupted;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    StrategyResult strategy;
    strategy.name = scenario.strategies[i].name;
    strategy.replications = samples[i].replications;
    strategy.samples = std::move(samples[i]);
    strategy.metrics = summarise(strategy.samples);
    strategy.objectives = judge(scenario.objectives, strategy.samples);
    strategy.cash_flow = cash_flow_of(scenario, strategy.samples);
    results.strategies.push_back(std::move(strategy));
  }
  for (const Metric metric : {Metric::ready_time, Metric::cost_ranked})
    for (std::size_t left = 0; left < results.strategies.size(); ++left)
      for (std::size_t right = left + 1; right < results.strategies.size(); ++right)
        results.comparisons.push_back(compare(results.strategies, left, right, metric));
  results.scenario = std::move(scenario);
  results.verdict = decide(results);
  return results;
}

}  // namespace rollcast::experiment
