#include "quality.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <span>
#include <vector>

#include "decision.hpp"
#include "findings.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/stats/mean.hpp"
#include "rollcast/stats/paired.hpp"
#include "words.hpp"

namespace rollcast::report {
namespace {

using experiment::Results;
using model::Metric;
using nlohmann::json;

constexpr std::uint64_t kFirstRuns = 10;
constexpr int kStepsPerDecade = 8;

/// 10 … n, evenly spaced on a logarithmic axis.
std::vector<std::uint64_t> prefixes(std::uint64_t n) {
  std::vector<std::uint64_t> lengths;
  for (int step = 0;; ++step) {
    const double length = static_cast<double>(kFirstRuns) *
                          std::pow(10.0, static_cast<double>(step) / kStepsPerDecade);
    if (length >= static_cast<double>(n)) break;
    lengths.push_back(static_cast<std::uint64_t>(length));
  }
  lengths.push_back(n);
  return lengths;
}

/// Of the mean of the first `length` ranked costs. Where runs depend on each other (antithetic
/// pairs, Sobol' nets), of as many whole clusters.
std::optional<double> relative_half_width(const experiment::Samples& samples,
                                          std::uint64_t length) {
  const auto& all = samples.metrics[static_cast<std::size_t>(Metric::cost_ranked)];
  const std::uint32_t cluster = samples.cluster;
  const std::span<const double> values = std::span(all).first(length / cluster * cluster);
  const stats::MeanEstimate estimate =
      cluster <= 1 ? stats::estimate_mean(values)
                   : stats::estimate_clustered_mean(
                         values, std::vector<std::uint32_t>(length / cluster, cluster));
  if (!estimate.interval || estimate.mean <= 0) return std::nullopt;
  return estimate.interval->half_width() / estimate.mean;
}

std::size_t reference_of(const Results& results) {
  return results.verdict.winner.value_or(0);
}

/// The other strategy's metric as a multiple of the reference's, with its interval.
struct Multiple {
  double value, low, high;
};

/// One number of each cluster of dependent replications: their mean.
std::vector<double> independent_values(const experiment::Samples& samples, Metric metric) {
  const auto& all = samples.metrics[static_cast<std::size_t>(metric)];
  const std::size_t cluster = std::max<std::uint32_t>(1, samples.cluster);
  std::vector<double> means;
  means.reserve(all.size() / cluster);
  for (std::size_t first = 0; first + cluster <= all.size(); first += cluster) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
    means.push_back(std::accumulate(begin, begin + static_cast<std::ptrdiff_t>(cluster), 0.0) /
                    static_cast<double>(cluster));
  }
  return means;
}

/// Absent where a run has no value, the reference costs nothing, or nothing is known of the ratio.
std::optional<Multiple> multiple_of(const Results& results, std::size_t other, Metric metric) {
  const auto& own = results.strategies[reference_of(results)];
  const auto& mean = summary_of(own, metric).mean;
  if (!mean || *mean <= 0 || !summary_of(results.strategies[other], metric).mean)
    return std::nullopt;
  const std::vector<double> left = independent_values(results.strategies[other].samples, metric);
  const std::vector<double> right = independent_values(own.samples, metric);
  if (left.size() != right.size() || left.size() < 2) return std::nullopt;
  const stats::RatioEstimate ratio = stats::ratio_of_means(left, right);
  if (!ratio.interval || ratio.interval->low <= 0) return std::nullopt;
  return Multiple{ratio.ratio, ratio.interval->low, ratio.interval->high};
}

json multiple_json(const std::optional<Multiple>& multiple) {
  if (!multiple) return nullptr;
  return {{"value", multiple->value}, {"low", multiple->low}, {"high", multiple->high}};
}

}  // namespace

json convergence_json(const experiment::Samples& samples) {
  if (samples.replications < 2 * kFirstRuns) return nullptr;
  json runs = json::array(), halves = json::array();
  const std::size_t kept = samples.metrics[static_cast<std::size_t>(Metric::cost_ranked)].size();
  for (const std::uint64_t length : prefixes(kept)) {
    const auto half = relative_half_width(samples, length);
    if (!half || *half <= 0) continue;
    runs.push_back(length);
    halves.push_back(*half);
  }
  if (runs.empty()) return nullptr;
  return {{"runs", runs}, {"half", halves}};
}

std::string convergence_finding(const Results& results) {
  const experiment::StrategyResult* widest = nullptr;
  double most = 0;
  for (const experiment::StrategyResult& strategy : results.strategies) {
    const auto half = relative_half_width(
        strategy.samples,
        strategy.samples.metrics[static_cast<std::size_t>(Metric::cost_ranked)].size());
    if (!half || *half < most) continue;
    most = *half;
    widest = &strategy;
  }
  if (widest == nullptr) return "No mean cost has an interval.";
  return fmt::format("After {} the mean cost of every strategy is known to ±{} or better ({}).",
                     runs_text(results.replications), human_percent(most), quoted(widest->name));
}

json against_json(const Results& results) {
  json rows = json::array();
  const std::size_t reference = reference_of(results);
  for (std::size_t i = 0; i < results.strategies.size(); ++i) {
    if (i == reference) continue;
    const auto cost = multiple_of(results, i, Metric::cost_ranked);
    const auto ready = multiple_of(results, i, Metric::ready_time);
    if (!cost && !ready) continue;
    rows.push_back(
        {{"strategy", i}, {"cost", multiple_json(cost)}, {"ready", multiple_json(ready)}});
  }
  if (rows.empty()) return nullptr;
  return {
      {"reference", reference}, {"indifference", results.scenario.indifference}, {"rows", rows}};
}

std::string against_finding(const Results& results) {
  const std::size_t reference = reference_of(results);
  const auto cost_of = [&](std::size_t i) {
    return summary_of(results.strategies[i], Metric::cost_ranked).mean.value_or(0.0);
  };
  const double own = cost_of(reference);
  std::size_t who = reference;
  for (std::size_t i = 0; i < results.strategies.size(); ++i) {
    if (i == reference || own <= 0 || cost_of(i) <= 0) continue;
    const auto distance = [&](std::size_t k) { return std::fabs(std::log(cost_of(k) / own)); };
    if (who == reference || distance(i) < distance(who)) who = i;
  }
  if (who == reference)
    return fmt::format("No cost can be set against that of {}.",
                       quoted(results.strategies[reference].name));
  const auto multiple = multiple_of(results, who, Metric::cost_ranked);
  const auto low = human_number(multiple ? multiple->low : 0.0);
  const auto high = human_number(multiple ? multiple->high : 0.0);
  const std::string times =
      !multiple
          ? fmt::format("{} times as much, with no interval", human_number(cost_of(who) / own))
      : low == high ? low == "1" ? std::string("as much") : low + " times as much"
                    : fmt::format("{} to {} times as much", low, high);
  return fmt::format("Nearest in cost to {}: {} with {}.",
                     quoted(results.strategies[reference].name),
                     quoted(results.strategies[who].name), times);
}

}  // namespace rollcast::report
