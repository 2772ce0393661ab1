#pragma once
/// How the strategies stand with the objectives: the words of the decision table, on the page and
/// in the terminal.
#include <optional>
#include <string>
#include <vector>

#include "rollcast/experiment/results.hpp"

namespace rollcast::report {

enum class Standing { chosen, meets_all, undecided, misses, no_objectives };

struct StandingWords {
  Standing standing = Standing::no_objectives;
  std::string mark;   ///< one character: ✓, ✗, ? or –
  std::string words;  ///< "meets all", "too slow, too risky", "undecided: on time"
};

[[nodiscard]] StandingWords standing_of(const experiment::Results& results, std::size_t strategy);

/// What an objective speaks of; decides the word for missing it and the chart that shows its limit.
enum class Topic { ready, cost, impact, other, all };
[[nodiscard]] Topic topic_of(const model::Objective& objective);

/// The risk that the page sets against the cost: the chance to miss the objective on impact, else
/// the joint objective, else the first; without objectives the chance that the fleet is not ready
/// within the horizon.
struct Risk {
  std::string label;                     ///< "chance to miss “blast”"
  std::optional<std::size_t> objective;  ///< absent: from the reached share of ready_time
  double allowed = 0.0;                  ///< 1 minus the probability asked for; 0: nothing asked
};
[[nodiscard]] Risk risk_of(const experiment::Results& results);
/// Its value for a strategy.
struct RiskValue {
  double share = 0.0;
  stats::Interval interval;
  std::string text;  ///< "0.4 %", "< 0.15 %"
};
[[nodiscard]] RiskValue risk_value(const experiment::Results& results, const Risk& risk,
                                   std::size_t strategy);

/// The impact that an objective speaks of, else impact.peak: what the page means by impact.
[[nodiscard]] model::Metric impact_metric(const experiment::Results& results);

[[nodiscard]] const experiment::MetricSummary& summary_of(
    const experiment::StrategyResult& strategy, model::Metric metric);
[[nodiscard]] const experiment::QuantileEstimate& quantile_of(
    const experiment::MetricSummary& summary, double level);
/// Horizon in seconds.
[[nodiscard]] double horizon_of(const experiment::Results& results);
/// Desired instances of the whole fleet (of the first strategy; they may differ only in how they
/// deploy).
[[nodiscard]] std::int64_t fleet_of(const experiment::Results& results);
/// "500 instances".
[[nodiscard]] std::string fleet_text(const experiment::Results& results);
/// "Deployment, delay and incident cost": what the verdict ranks by, in its words.
[[nodiscard]] std::string ranked_cost_words(const experiment::Results& results);

}  // namespace rollcast::report
