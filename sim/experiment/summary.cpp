#include "rollcast/experiment/summary.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <span>

#include "estimates.hpp"
#include "ordered.hpp"
#include "rollcast/base/assertion.hpp"
#include "rollcast/experiment/precision.hpp"
#include "rollcast/experiment/verdict.hpp"
#include "rollcast/stats/dominance.hpp"
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
constexpr double kLargest = std::numeric_limits<double>::max();

/// What depends on the number of values only, and is the same for all metrics.
struct SizeTools {
  explicit SizeTools(std::uint64_t values) : size(values) {
    for (const double level : kQuantileLevels)
      ranks.push_back(stats::quantile_ranks(size, level / 100));
  }
  /// Made when it is asked for: only independent values have one.
  const stats::TailBootstrap& tail() {
    if (!bootstrap) bootstrap.emplace(size, kTailShare);
    return *bootstrap;
  }
  std::uint64_t size;
  std::vector<stats::RankInterval> ranks;
  std::optional<stats::TailBootstrap> bootstrap;
};

class Summariser {
 public:
  explicit Summariser(const Samples& samples) : samples_(samples) {}

  MetricSummary summarise(Metric metric) {
    read_values(values_, samples_, metric);
    const MetricSummary kept = summarise_kept(metric);
    const stats::Histogram& rest = samples_.rest[static_cast<std::size_t>(metric)];
    return rest.count() > 0 ? summarise_many(kept, values_, rest) : kept;
  }

  std::vector<ShareReady> summarise_shares_ready() {
    std::vector<ShareReady> shares;
    for (const int percent : kSharesReady) {
      static_assert(model::kReadyPoints == 40);  // every 2.5 % of the fleet
      const auto& times = samples_.ready_curve[static_cast<std::size_t>(percent) * 40 / 100 - 1];
      values_ = {times, clusters_of(times.size(), samples_.cluster), false};
      shares.push_back({percent, summarise_kept(Metric::ready_time)});
    }
    return shares;
  }

 private:
  MetricSummary summarise_kept(Metric metric) {
    const Values& values = values_;
    std::vector<double>& sorted = sorted_;
    MetricSummary summary;
    summary.metric = metric;
    summary.count = values.in_order.size();
    if (values.in_order.empty()) return summary;
    Ordered ordered(values.in_order, sorted);
    add_reached(summary, values);
    if (std::isfinite(sorted.front())) summary.min = sorted.front();
    if (std::isfinite(sorted.back())) {
      summary.max = sorted.back();
      add_mean(summary, values);
    }
    for (std::size_t i = 0; i < kQuantileLevels.size(); ++i) {
      const double level = kQuantileLevels[i];
      const std::uint64_t rank = stats::quantile_rank(sorted.size(), level / 100);
      ordered.place(rank);
      const stats::RankInterval ranks =
          ranks_of(values, sorted[rank - 1], level, tools(sorted.size()).ranks[i]);
      ordered.place(ranks.low);
      ordered.place(ranks.high);
      summary.quantiles[i] = quantile_at(sorted, level, ranks);
    }
    for (const std::uint64_t rank : ranks_of_tails(sorted.size())) ordered.place(rank);
    add_tail(summary, values, sorted);
    return summary;
  }

  /// Where the largest and the smallest `kTailShare` of so many values begin, and their quantiles.
  static std::array<std::uint64_t, 4> ranks_of_tails(std::uint64_t n) {
    const auto tail = static_cast<std::uint64_t>(static_cast<double>(n) * kTailShare);
    const std::uint64_t from = stats::quantile_rank(n, 1 - kTailShare);
    return {n - tail, tail + 1, from, n + 1 - from};
  }

  static void add_reached(MetricSummary& summary, const Values& values) {
    const auto reached =
        static_cast<double>(std::count_if(values.in_order.begin(), values.in_order.end(),
                                          [](double value) { return value < model::kNotReached; }));
    summary.reached = reached / static_cast<double>(values.in_order.size());
    Trials trials{reached, values.in_order.size()};
    if (!values.clusters.empty()) {
      trials = independent_trials(values.in_order, values.clusters,
                                  [](double value) { return std::isfinite(value) ? 1.0 : 0.0; });
    }
    summary.reached_ci = stats::clopper_pearson(trials.successes, trials.trials);
  }

  static void add_mean(MetricSummary& summary, const Values& values) {
    const stats::MeanEstimate estimate = mean_of(values);
    summary.mean = estimate.mean;
    summary.sd = estimate.sd;
    summary.mean_ci = estimate.interval;
    const bool flag = model::metric_info(summary.metric).unit == model::Unit::flag;
    if (!flag || !summary.mean_ci) return;
    const Trials trials = independent_trials(values.in_order, values.clusters);
    summary.mean_ci = stats::clopper_pearson(trials.successes, trials.trials);
  }

  /// Leaves `sorted` in any order.
  void add_tail(MetricSummary& summary, const Values& values, std::vector<double>& sorted) {
    if (!small_is_worse(summary.metric)) {
      add_upper_tail(summary, values, sorted);
      return;
    }
    std::reverse(sorted.begin(), sorted.end());
    for (double& value : sorted) value = -value;
    Values mirrored = values;
    for (double& value : mirrored.in_order) value = -value;
    add_upper_tail(summary, mirrored, sorted);
    if (summary.cvar95) summary.cvar95 = -*summary.cvar95;
    if (summary.cvar95_ci)
      summary.cvar95_ci = Interval{-summary.cvar95_ci->high, -summary.cvar95_ci->low};
  }

  void add_upper_tail(MetricSummary& summary, const Values& values,
                      const std::vector<double>& sorted) {
    const double tail = stats::mean_of_largest(sorted, kTailShare);
    if (!std::isfinite(tail)) return;
    summary.cvar95 = tail;
    const double from = sorted[stats::quantile_rank(sorted.size(), 1 - kTailShare) - 1];
    summary.cvar95_ci =
        values.clusters.empty()
            ? tools(sorted.size()).tail().interval(sorted)
            : stats::clustered_tail_interval(values.in_order, values.clusters, kTailShare, from);
  }

  /// More values than are kept one by one: `kept` is what these say.
  static MetricSummary summarise_many(const MetricSummary& kept, const Values& values,
                                      const stats::Histogram& rest) {
    stats::Histogram all = rest;
    for (const double value : values.in_order) all.add(value);
    const std::uint64_t n = all.count();
    MetricSummary summary;
    summary.metric = kept.metric;
    summary.count = n;
    const double narrower =
        std::sqrt(static_cast<double>(kept.count) / static_cast<double>(summary.count));
    std::uint64_t reached = 0;
    all.each([&](double value, std::uint64_t count) {
      if (std::isfinite(value)) reached += count;
    });
    summary.reached = static_cast<double>(reached) / static_cast<double>(n);
    summary.reached_ci = share_of_many(summary.reached, values, n, kLargest);
    if (std::isfinite(all.at_rank(1))) summary.min = all.at_rank(1);
    if (reached == n) {
      summary.max = all.at_rank(n);
      summary.mean = all.mean();
      summary.sd = n > 1 ? std::optional(std::sqrt(all.variance())) : std::nullopt;
      summary.mean_ci = model::metric_info(kept.metric).unit == model::Unit::flag
                            ? share_of_many(*summary.mean, values, n, 0.5)
                            : moved(kept.mean, kept.mean_ci, *summary.mean, narrower);
      summary.cvar95 = small_is_worse(kept.metric) ? all.mean_of_smallest(kTailShare)
                                                   : all.mean_of_largest(kTailShare);
      summary.cvar95_ci = moved(kept.cvar95, kept.cvar95_ci, *summary.cvar95, narrower);
    }
    for (std::size_t i = 0; i < kQuantileLevels.size(); ++i)
      summary.quantiles[i] = quantile_of_many(all, kQuantileLevels[i] / 100, values);
    return summary;
  }

  /// An interval about an estimate, about another one and with another width.
  static std::optional<Interval> moved(const std::optional<double>& from,
                                       const std::optional<Interval>& interval, double to,
                                       double times) {
    if (!from || !interval) return std::nullopt;
    return Interval{to - (*from - interval->low) * times, to + (interval->high - *from) * times};
  }

  /// As many independent values as `n` are worth for the share of those of at most `bound`, when
  /// the ones that are kept depend on each other.
  static double independent_of(const Values& values, std::uint64_t n, double bound) {
    if (values.clusters.empty() || values.in_order.empty()) return static_cast<double>(n);
    const Trials trials = independent_trials(
        values.in_order, values.clusters, [&](double value) { return value <= bound ? 1.0 : 0.0; });
    return static_cast<double>(n) * static_cast<double>(trials.trials) /
           static_cast<double>(values.in_order.size());
  }

  static Interval share_of_many(double share, const Values& values, std::uint64_t n, double bound) {
    const auto trials =
        std::max<std::uint64_t>(1, static_cast<std::uint64_t>(independent_of(values, n, bound)));
    return stats::clopper_pearson(share * static_cast<double>(trials), trials);
  }

  static QuantileEstimate quantile_of_many(const stats::Histogram& all, double share,
                                           const Values& values) {
    const std::uint64_t n = all.count();
    const std::uint64_t rank = stats::quantile_rank(n, share);
    const double value = all.at_rank(rank);
    QuantileEstimate quantile;
    if (std::isfinite(value)) quantile.value = value;
    const stats::RankInterval ranks = stats::quantile_ranks(n, share);
    const double wider = std::sqrt(static_cast<double>(n) / independent_of(values, n, value));
    const auto at = [&](std::uint64_t end) {
      const double distance = static_cast<double>(end) - static_cast<double>(rank);
      const double moved_to = static_cast<double>(rank) + distance * wider;
      if (moved_to < 1) return -model::kNotReached;
      return moved_to > static_cast<double>(n) ? model::kNotReached
                                               : all.at_rank(static_cast<std::uint64_t>(moved_to));
    };
    const Interval interval{at(ranks.low), at(ranks.high)};
    if (std::isfinite(interval.low) || std::isfinite(interval.high)) quantile.interval = interval;
    return quantile;
  }

  SizeTools& tools(std::uint64_t size) {
    std::unique_ptr<SizeTools>& tools = tools_[size];
    if (!tools) tools = std::make_unique<SizeTools>(size);
    return *tools;
  }

  const Samples& samples_;
  Values values_;               ///< of the metric at hand; kept for their room
  std::vector<double> sorted_;  ///< the same, in ascending order
  std::map<std::uint64_t, std::unique_ptr<SizeTools>> tools_;
};

[[nodiscard]] bool all_finite(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(),
                     [](double value) { return std::isfinite(value); });
}

/// Pairs that dominance is told by; more cost time and change nothing.
constexpr std::size_t kMostPairs = 4'000;

void add_dominance(Comparison& comparison, std::span<const double> a, std::span<const double> b) {
  const auto nan = [](double value) { return std::isnan(value); };
  if (std::any_of(a.begin(), a.end(), nan) || std::any_of(b.begin(), b.end(), nan)) return;
  a = a.first(std::min(a.size(), kMostPairs));
  b = b.first(std::min(b.size(), kMostPairs));
  const auto better = [&](stats::Order order) {
    if (stats::dominance(a, b, order).holds) return Comparison::Better::left;
    if (stats::dominance(b, a, order).holds) return Comparison::Better::right;
    return Comparison::Better::not_shown;
  };
  // Both orders imply the smaller mean, which the samples' own order has in one of two runs where
  // the means are alike: that it is smaller has to be shown as well.
  if (comparison.interval && comparison.interval->contains(0.0)) return;
  comparison.first_order = better(stats::Order::first);
  comparison.second_order = comparison.first_order != Comparison::Better::not_shown
                                ? comparison.first_order  // the first implies the second
                                : better(stats::Order::second);
}

/// The interval of P(a < b) where replications depend on each other; those in which one has no
/// value are left out.
Interval clustered_probability_less(std::span<const double> a, std::span<const double> b,
                                    std::uint32_t cluster) {
  std::vector<double> wins;
  std::vector<std::uint32_t> sizes((a.size() + cluster - 1) / cluster, 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) || std::isnan(b[i])) continue;
    wins.push_back(a[i] < b[i] ? 1.0 : 0.0);
    ++sizes[i / cluster];
  }
  if (wins.empty()) return {0.0, 1.0};
  const Trials trials = independent_trials(wins, sizes);
  return stats::clopper_pearson(trials.successes, trials.trials);
}

/// The mean difference and its interval, where every replication has both values.
void add_difference(Comparison& comparison, std::span<const double> a, std::span<const double> b,
                    std::uint32_t cluster) {
  if (a.empty() || !all_finite(a) || !all_finite(b)) return;
  const stats::PairedDifference difference = stats::paired_difference(a, b);
  comparison.mean_difference = difference.mean;
  comparison.interval = difference.interval;
  comparison.variance_ratio = difference.variance_ratio;
  if (cluster <= 1) return;
  Values differences{std::vector<double>(a.size()), clusters_of(a.size(), cluster), false};
  for (std::size_t i = 0; i < a.size(); ++i) differences.in_order[i] = a[i] - b[i];
  comparison.interval = mean_of(differences).interval;
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
  const std::uint32_t cluster = strategies[left].samples.cluster;
  const stats::ProbabilityLess less = stats::probability_less(a, b);
  comparison.left_smaller = less.probability;
  comparison.equal = less.equal;
  comparison.left_smaller_ci =
      cluster > 1 ? clustered_probability_less(a, b, cluster) : less.interval;
  add_difference(comparison, a, b, cluster);
  add_dominance(comparison, a, b);
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

/// Pooled metrics take a value from each incident, as values_of() has it.
void append_to_rest(Samples& samples, const model::Outcome& outcome) {
  for (std::size_t i = 0; i < model::kMetrics; ++i) {
    const model::Pooling pooling = model::metric_info(static_cast<Metric>(i)).pooling;
    if (pooling == model::Pooling::replications) {
      if (!std::isnan(outcome.metrics[i])) samples.rest[i].add(outcome.metrics[i]);
      continue;
    }
    for (const model::IncidentRecord& incident : outcome.incidents) {
      const double value = pooled_value(incident, pooling);
      if (!std::isnan(value)) samples.rest[i].add(value);
    }
  }
}

}  // namespace

void append(Samples& samples, const model::Outcome& outcome) {
  if (samples.replications == 0) {
    samples.objectives.resize(outcome.objectives.size());
    samples.cash_flow.resize(outcome.cash_flow.size());
  }
  ROLLCAST_ASSERT(samples.objectives.size() == outcome.objectives.size(), "{} objectives, not {}",
                  outcome.objectives.size(), samples.objectives.size());
  for (std::size_t i = 0; i < outcome.objectives.size(); ++i)
    samples.objectives[i].push_back(outcome.objectives[i]);
  if (samples.replications++ >= samples.limit) {
    append_to_rest(samples, outcome);
    return;
  }
  // Zero has no sign in a record either.
  for (std::size_t i = 0; i < model::kMetrics; ++i)
    samples.metrics[i].push_back(outcome.metrics[i] + 0.0);
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

void keep_within(std::vector<Samples>& samples, std::uint64_t most) {
  if (most == 0) return;
  std::uint64_t bytes = 0;
  for (const Samples& one : samples) {
    const std::uint64_t kept = one.incidents_per_replication.size();
    const std::uint64_t values =
        (model::kMetrics + model::kReadyPoints + one.cash_flow.size()) * sizeof(double);
    bytes += kept * (values + sizeof(std::uint32_t)) +
             one.incidents.size() * sizeof(model::IncidentRecord);
  }
  if (bytes < most) return;
  for (Samples& one : samples) one.limit = std::min(one.limit, one.replications);
}

bool small_is_worse(Metric metric) {
  return metric == Metric::ready_share || metric == Metric::availability ||
         metric == Metric::capacity_least || metric == Metric::service_availability ||
         metric == Metric::service_time_to_outage;
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
      const Trials trials = trials_of(samples, i);
      result.probability = trials.successes / static_cast<double>(trials.trials);
      result.interval = stats::clopper_pearson(trials.successes, trials.trials);
      result.at_least = stats::proportion_at_least(trials.successes, trials.trials);
      result.at_most = stats::proportion_at_most(trials.successes, trials.trials);
      result.met = met_by(stats::decide_at_least(trials.successes, trials.trials, result.required));
      const auto needed = stats::trials_to_decide(trials.successes, trials.trials, result.required);
      if (result.met == Met::undecided && needed)
        result.replications_needed = *needed * samples.replications / trials.trials;
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
  results.precision = precision_reached(scenario.precision, samples);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    StrategyResult strategy;
    strategy.name = scenario.strategies[i].name;
    strategy.replications = samples[i].replications;
    strategy.samples = std::move(samples[i]);
    strategy.metrics = summarise(strategy.samples);
    strategy.objectives = judge(scenario.objectives, strategy.samples);
    strategy.cash_flow = cash_flow_of(scenario, strategy.samples);
    strategy.shares_ready = Summariser(strategy.samples).summarise_shares_ready();
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
