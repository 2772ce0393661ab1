#pragma once
/// What a run found: samples, their summaries with intervals, objectives, comparisons and the
/// verdict, as plain data. Reports and tables print these numbers and compute none of their own.
#include <array>
#include <boost/container/deque.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rollcast/model/outcome.hpp"
#include "rollcast/model/scenario.hpp"
#include "rollcast/scenario/uncertain.hpp"
#include "rollcast/stats/histogram.hpp"
#include "rollcast/stats/interval.hpp"

namespace rollcast::experiment {

/// Quantile levels of every summary, in percent.
inline constexpr std::array<double, 9> kQuantileLevels{5, 10, 25, 50, 75, 80, 90, 95, 99};

/// A quantile with its interval; absent where it lies beyond the reached share ("not within the
/// horizon").
struct QuantileEstimate {
  std::optional<double> value;
  std::optional<stats::Interval>
      interval;  ///< 95 %, order statistics; high end infinity = beyond what was reached,
                 ///< low end -infinity = too few values for a bound; absent without either,
                 ///< and below two values
};

/// One metric of one strategy. Money in whole currency units, times in seconds, as in
/// model/metrics.hpp.
struct MetricSummary {
  model::Metric metric{};
  std::uint64_t count =
      0;  ///< values pooled (replications, or incidents); those with no value left out
  std::optional<double> mean;  ///< absent when any value was not reached, or there is none
  std::optional<stats::Interval> mean_ci;  ///< 95 %; absent with fewer than two values
  std::optional<double> sd, min, max;
  std::array<QuantileEstimate, kQuantileLevels.size()> quantiles;
  std::optional<double>
      cvar95;  ///< mean of the worst 5 % (the largest; the smallest of shares that are good
               ///< when high); absent when one of them was not reached
  std::optional<stats::Interval> cvar95_ci;
  double reached = 1.0;                  ///< share of values that were reached
  stats::Interval reached_ci{0.0, 1.0};  ///< 95 %
};

enum class Met { yes, no, undecided };

struct ObjectiveResult {
  std::string name;
  std::string words;
  double required = 0.0;     ///< probability asked for
  double probability = 0.0;  ///< share of replications in which it held
  stats::Interval interval;  ///< two-sided 95 %, Clopper-Pearson
  double at_least = 0.0;  ///< one-sided 95 % bounds of the probability, exact: what `met` goes by,
  double at_most = 1.0;   ///< and what is said where it held in every or in no replication
  Met met = Met::undecided;  ///< by the one-sided 95 % bound
  std::optional<std::uint64_t>
      replications_needed;  ///< when undecided: about how many would decide it
};

/// Replications whose values are kept one by one.
inline constexpr std::uint64_t kExactSamples = 10'000'000;

/// Millions of them are appended and read through; none is moved.
using Incidents = boost::container::deque<
    model::IncidentRecord, void,
    boost::container::deque_options<boost::container::block_bytes<std::size_t{1} << 16>>::type>;

/// Samples of one strategy, a column a metric, in the order of the replications. kNotReached and
/// kNoValue as in the model. Of replications beyond `limit` only objectives and histograms are
/// kept: curves, months and comparisons are then those of the first `limit` replications.
struct Samples {
  std::uint64_t replications = 0;
  std::uint64_t limit = kExactSamples;
  std::uint32_t cluster = 1;  ///< so many consecutive replications depend on each other (antithetic
                              ///< pairs, Sobol' nets); 1: all are independent
  std::array<std::vector<double>, model::kMetrics> metrics;
  std::array<stats::Histogram, model::kMetrics> rest;  ///< values beyond the limit, pooled as the
                                                       ///< metric says
  std::vector<std::vector<std::uint8_t>> objectives;   ///< [objective][replication]
  std::array<std::vector<double>, model::kReadyPoints>
      ready_curve;                                       ///< [point][replication], seconds
  std::vector<std::vector<double>> cash_flow;            ///< [month][replication]
  Incidents incidents;                                   ///< all replications, in order
  std::vector<std::uint32_t> incidents_per_replication;  ///< how many of them each replication had
};

/// What is spent in one calendar month of the horizon.
struct MonthSummary {
  TimePoint from, to;  ///< the first begins at the start, the last ends at the horizon
  double mean = 0.0;   ///< with the bounds between which 90 % of the replications lie: the
                       ///< order statistics of the 5 % and the 95 % quantile
  double p5 = 0.0, p95 = 0.0;
};

/// Percentages of the fleet whose way into service is told beside that of the whole.
inline constexpr std::array<int, 4> kSharesReady{50, 80, 90, 95};

/// When ceil(percent of the fleet) instances had entered service, in seconds, as ready_time; of the
/// replications that are kept one by one.
struct ShareReady {
  int percent = 0;
  MetricSummary time;
};

struct StrategyResult {
  std::string name;
  std::uint64_t replications = 0;
  std::vector<MetricSummary> metrics;   ///< one for each model::Metric, in its order
  std::vector<MonthSummary> cash_flow;  ///< empty without a start, or without replications
  std::vector<ShareReady> shares_ready;
  std::vector<ObjectiveResult> objectives;
  Samples samples;
};

/// Paired difference of a metric between two strategies under common random numbers: left minus
/// right.
struct Comparison {
  /// Who is better for everybody (stats/dominance.hpp; 5 % level): smaller values are better.
  enum class Better { not_shown, left, right };
  std::size_t left = 0, right = 0;  ///< indices of strategies
  model::Metric metric{};
  std::optional<double> mean_difference;
  std::optional<stats::Interval> interval;  ///< 95 %, paired t
  double left_smaller = 0.0;                ///< share of replications in which left is smaller
  stats::Interval left_smaller_ci{0.0, 1.0};
  double equal = 0.0;                       ///< share of replications in which both are the same
  std::optional<double> variance_ratio;     ///< independent over paired variance of the difference:
                                            ///< what common luck gained
  Better first_order = Better::not_shown;   ///< for everybody who prefers less
  Better second_order = Better::not_shown;  ///< for everybody who also dislikes risk
};

/// How much of the spread of a metric comes from not knowing the uncertain inputs, and how much
/// from luck.
struct Ignorance {
  std::size_t strategy = 0;
  model::Metric metric{};
  /// Share of the variance that the inputs cause (the rest is luck); absent when a run did not
  /// finish or nothing varies. Interval: 95 %, F.
  std::optional<double> share;
  std::optional<stats::Interval> share_ci;
  QuantileEstimate low, high;            ///< P5 and P95 with everything: what the run shows
  QuantileEstimate luck_low, luck_high;  ///< P5 and P95 with every input at its median: luck alone
};

/// What a way of sampling, or a control variate, gained for a mean.
struct Gain {
  std::size_t strategy = 0;
  model::Metric metric{};
  double ratio = 1.0;  ///< variance of the mean under independent sampling over the present one
  stats::Interval ratio_ci;  ///< 95 %, chi-squared; of control variates Fisher's
  /// Of a control variate: which input's draws (index into the uncertain inputs), and the mean that
  /// they correct. Absent for ways of sampling.
  std::optional<std::size_t> control;
  double mean = 0.0;
  std::optional<stats::Interval> mean_ci;
};

/// One uncertain input or untouched default that was moved within its stated range.
struct Condition {
  std::string path;
  std::string stated;  ///< what the verdict rests on: "1 %"
  std::string value;   ///< what was tried: "10 %"
  bool uncertain = false;
  std::optional<std::size_t> winner;  ///< who leads then; absent: nobody meets all objectives
  bool turns = false;                 ///< the verdict would be another one
};

/// How precise one estimate of one strategy became, of those that the scenario's `precision` names.
struct PrecisionReached {
  std::size_t target = 0;  ///< index into the scenario's precision
  std::size_t strategy = 0;
  /// Of the 95 % interval: in the metric's unit, or as a share of the estimate where the target is
  /// relative. Absent where there is no interval: runs that did not finish leave no mean.
  std::optional<double> half_width;
  bool reached = false;
  std::optional<std::uint64_t> needed;  ///< where not reached: about how many replications it takes
};

struct Verdict {
  enum class Kind { best, tie, none_meets, undecided, single } kind = Kind::undecided;
  std::optional<std::size_t> winner;  ///< or the nearest, when none meets all objectives
  std::vector<std::size_t>
      ties;  ///< other strategies that meet all and are shown to lie within the indifference zone
  std::string sentence;             ///< what the page and the terminal say first
  std::string rule;                 ///< how it was decided
  std::vector<std::string> misses;  ///< for each other strategy one sentence: what it misses and by
                                    ///< how much, or what it costs more
  std::optional<std::uint64_t> replications_needed;
  std::vector<Condition> conditions;  ///< all that were tried
  /// Of each strategy at each value. 0: none was to be tried; without conditions: so few do not
  /// lead to the verdict of all.
  std::uint64_t condition_replications = 0;
};

struct Results {
  std::string version;          ///< of rollcast
  std::string scenario_digest;  ///< of the scenario text, hexadecimal
  model::Scenario scenario;
  std::uint64_t seed = 0;
  std::uint64_t replications = 0;  ///< finished, of every strategy
  std::uint64_t replications_planned = 0;
  bool interrupted = false;
  std::vector<StrategyResult> strategies;
  std::string sampling = "random";  ///< of the uncertain inputs
  std::vector<scenario::UncertainInput> uncertain;
  std::vector<scenario::InputCorrelation> correlations;  ///< of these inputs
  std::vector<Ignorance> ignorance;                      ///< of ready_time and the ranked cost
  std::uint64_t ignorance_replications = 0;  ///< made in addition, twice, of each strategy
  std::vector<Gain> gains;
  std::vector<Comparison> comparisons;      ///< every pair, for ready_time and the ranked cost
  std::vector<PrecisionReached> precision;  ///< target by target, the strategies of each
  Verdict verdict;
};

}  // namespace rollcast::experiment
