#pragma once
/// From outcomes to results: samples, summaries with intervals, objectives, comparisons, verdict.
/// Everything is computed from the samples in the order of the replications, so equal samples give
/// equal results to the last bit.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "rollcast/experiment/results.hpp"
#include "rollcast/model/outcome.hpp"

namespace rollcast::experiment {

/// Appends the outcome of the next replication. REQUIRES the same number of objectives every time.
void append(Samples& samples, const model::Outcome& outcome);

/// Where the values that are kept one by one take `most` bytes or more, of all strategies together,
/// no more of them are kept so. Called after every replication it depends on nothing but the
/// outcomes. 0: no bound.
void keep_within(std::vector<Samples>& samples, std::uint64_t most);

/// Whether small values of the metric are the bad ones (availability, shares ready, least
/// capacity).
[[nodiscard]] bool small_is_worse(model::Metric metric);

/// Summaries of every metric. Incident metrics pool over incidents (open ones count as not
/// reached); their intervals allow for incidents of one replication depending on each other, as
/// those of clustered samples do. Beyond the samples' limit quantiles are rounded to nine mantissa
/// bits (relative error below 1e-3), and intervals are those of the values that are kept one by
/// one, narrowed as the square root of the number of values says. Quantiles and intervals:
/// stats/quantile.hpp, stats/mean.hpp, stats/tail.hpp; flags are proportions (Clopper-Pearson).
[[nodiscard]] std::vector<MetricSummary> summarise(const Samples& samples);

/// Judges each objective of the scenario by the samples.
[[nodiscard]] std::vector<ObjectiveResult> judge(const std::vector<model::Objective>& objectives,
                                                 const Samples& samples);

/// What identifies a run beside its scenario.
struct RunFacts {
  std::string version;
  std::string scenario_digest;
  std::uint64_t seed = 0;
  std::uint64_t replications_planned = 0;
  bool interrupted = false;
};

/// All results of a run. `samples` holds one entry a strategy, in the scenario's order, all with
/// the same number of replications.
[[nodiscard]] Results analyse(model::Scenario scenario, const RunFacts& facts,
                              std::vector<Samples> samples);

}  // namespace rollcast::experiment
