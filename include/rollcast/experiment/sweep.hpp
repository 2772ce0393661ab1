#pragma once
/// A sweep: the scenario at many points, every strategy, with the same luck at each.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "rollcast/experiment/results.hpp"
#include "rollcast/experiment/runner.hpp"
#include "rollcast/scenario/load.hpp"

namespace rollcast::experiment {

/// One point of a sweep.
struct SweepPoint {
  std::vector<std::string> values;  ///< one an axis, as a scenario writes them
  std::string refused;              ///< why the scenario does not take them; empty when it does
  bool refined = false;             ///< set between those of the grid, by refinements_of()
};

/// What is told of each point when the sweep names nothing.
[[nodiscard]] std::vector<scenario::Estimate> estimates_of(const scenario::Loaded& loaded);

/// The points in order: of a grid the last axis changes first; others by the seed of the scenario.
/// Each is checked against the scenario. REQUIRES loaded.sweep.
[[nodiscard]] std::vector<SweepPoint> points_of(const scenario::Loaded& loaded);

/// An estimate with its 95 % interval.
struct Cell {
  std::optional<double> value;  ///< absent where some runs did not finish
  std::optional<stats::Interval> interval;
};

/// What was found at a point.
struct PointResult {
  std::vector<std::vector<Cell>> cells;  ///< [strategy][estimate]
  /// The value of each replication behind each estimate, [strategy][estimate]: a metric, or 1 where
  /// the objective held. Empty for metrics that pool over incidents.
  std::vector<std::vector<std::vector<double>>> samples;
  /// The cheapest by the ranked cost among the strategies whose observed shares meet all
  /// objectives; where the scenario asks for nothing, whose fleet is ready in 95 % of the runs.
  std::optional<std::size_t> leader;
};

/// Where two strategies change places in an estimate while one axis moves and the others stand.
struct BreakEven {
  std::size_t estimate = 0;
  std::size_t left = 0, right = 0;  ///< strategies
  std::size_t axis = 0;
  std::vector<std::string> others;  ///< values of the other axes; that of `axis` is empty
  double at = 0.0;                  ///< number on the axis; of a stretch the middle
  stats::Interval interval{};       ///< 95 %, bootstrap; infinite ends lie beyond the axis
  bool left_grows = false;          ///< beyond it left has the larger value
  std::string before{}, after{};    ///< values of the axis between which it lies
  bool refined = false;             ///< one of the two is a refined point
  stats::Interval alike{};          ///< the stretch on which nothing lies between the two, or `at`
};

/// From which value of an axis on a strategy meets an objective while the other axes stand.
struct Threshold {
  std::size_t objective = 0;  ///< index of the scenario's
  std::size_t strategy = 0;
  std::size_t axis = 0;
  std::vector<std::string> others;  ///< as in BreakEven
  bool upwards = true;              ///< it meets it from `value` upwards; else up to `value`
  /// The last that is shown to do, here and at all points beyond: the one-sided bound of the chance
  /// clears what is asked.
  std::string value;
  std::string next;          ///< the neighbour that is not shown to do
  bool next_misses = false;  ///< the neighbour is shown not to; else the runs cannot tell
  bool refined = false;      ///< one of the two is a refined point
};

struct SweepResults {
  std::string version;
  std::string scenario_digest;
  model::Scenario scenario;  ///< as stated, for its words
  scenario::Sweep sweep;
  std::vector<scenario::Estimate> estimates;
  std::uint64_t seed = 0;
  std::uint64_t replications = 0;  ///< of every strategy at every point
  std::uint32_t cluster = 1;
  std::vector<SweepPoint> points;
  std::vector<std::optional<PointResult>> results;  ///< absent: refused, or not simulated yet
  bool interrupted = false;
  std::vector<BreakEven> break_evens;
  std::vector<Threshold> thresholds;
};

struct SweepPlan {
  std::uint64_t replications = 0;
  unsigned jobs = 0;  ///< as in Plan
};

struct SweepHooks {
  /// Each finished point, in the order of the points.
  std::function<void(std::size_t point, const PointResult& result)> keep;
  std::function<void(const Progress& progress)> progress;  ///< may be empty
  const std::atomic<bool>* stop = nullptr;                 ///< as in Hooks
};

/// Simulates every point of `points` that is neither refused nor in `done`. All points meet the
/// luck of the scenario's seed: replication i of a point is replication i of `rollcast run` with
/// the point's values, to the last bit. The threads go on from point to point. False when stopped.
bool run_sweep(const scenario::Loaded& loaded, const std::vector<scenario::Estimate>& estimates,
               const std::vector<SweepPoint>& points, const std::vector<bool>& done,
               const SweepPlan& plan, const SweepHooks& hooks);

/// Every break-even of every pair of strategies in every estimate along every axis whose values
/// are numbers: stats/crossing.hpp. Estimates of runs that did not finish have none, and those that
/// pool over incidents. Only of grids.
[[nodiscard]] std::vector<BreakEven> break_evens_of(const SweepResults& results);

/// The axis along which points are set between those of the grid: the only one whose values are
/// numbers, of at least two; nothing where the sweep is no grid or is not to be refined.
[[nodiscard]] std::optional<std::size_t> refined_axis(const scenario::Sweep& sweep);

/// With which confidence each point is judged along an axis, so that a threshold is wrong with a
/// chance of 5 % at most. Points are taken one after the other and no further than the first that
/// is not shown to do; where the chance moves one way along the axis, the first of them that does
/// not do in truth is the same whatever the luck, and 95 % at each are 95 % for all. Halving the
/// gap behind it looks at `halvings` more such points at most: then each is judged with 1 - 5 % /
/// (1 + halvings) (Bonferroni), whose sum is 5 %.
[[nodiscard]] double confidence_along(const scenario::Sweep& sweep, std::size_t axis);

/// The points to simulate next: the middle between `value` and `next` of each threshold, and of the
/// two points on either side of each break-even, as long as these are no neighbours
/// (SweepAxis::between) and do not lie within its interval, which more points would not narrow.
/// Nothing once all are, or so many points are set as the sweep allows. REQUIRES break_evens and
/// thresholds of what is simulated.
[[nodiscard]] std::vector<SweepPoint> refinements_of(const scenario::Loaded& loaded,
                                                     const SweepResults& results);

/// For each objective among the estimates, each strategy and each axis whose values are numbers:
/// the least value from which on every greater one meets the objective, or the greatest up to which
/// every smaller one does. Nothing where all values meet it, none does, or it is met in the middle
/// only. Only of grids. Each point is judged with confidence_along() its axis.
[[nodiscard]] std::vector<Threshold> thresholds_of(const SweepResults& results);

}  // namespace rollcast::experiment
