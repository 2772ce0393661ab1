#pragma once
/// How likely is what hardly ever happens: the chance that so many instances are out of service or
/// defective at once, down to one in a billion.
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rollcast/experiment/results.hpp"
#include "rollcast/experiment/splitting.hpp"
#include "rollcast/scenario/load.hpp"

namespace rollcast::experiment {

/// "At least `at_least` instances at once": a value of impact.peak, impact.out_peak or
/// impact.defective_peak that a replication reaches or not.
struct RareEvent {
  model::Metric metric = model::Metric::impact_out_peak;
  std::int64_t at_least = 1;
  /// Of an objective: its index; what it allows is one less, and how surely.
  std::optional<std::size_t> objective;
};

/// Whether an objective limits a peak of impact, so that find_rare() can tell how surely it holds.
[[nodiscard]] bool limits_a_peak(const model::Objective& objective);
/// What the objectives on peaks of impact call a miss, in their order.
[[nodiscard]] std::vector<RareEvent> events_of(const model::Scenario& scenario);

/// The trajectories of one strategy, for split(). Uncertain inputs are drawn once a replication and
/// are part of a trajectory's start. `loaded` must have a scenario and outlive the replay.
[[nodiscard]] Replay replay_of(const scenario::Loaded& loaded, std::size_t strategy,
                               model::Metric metric);

struct RarePlan {
  std::vector<RareEvent> events;
  std::uint64_t effort = 0;  ///< as in SplittingPlan; rounded up to what is drawn together
  std::uint64_t batches = 0;
  unsigned jobs = 0;
};

struct RareResults {
  std::string version, scenario_digest;
  model::Scenario scenario;
  std::uint64_t seed = 0;
  RarePlan plan;
  std::vector<std::vector<SplittingResult>> answers;  ///< [event][strategy]
  /// [event][strategy]: of an objective, whether it is met by the one-sided 95 % bound.
  std::vector<std::vector<std::optional<Met>>> met;
  bool interrupted = false;
};

/// How the estimates are watched, and go on where they were.
struct RareHooks {
  std::function<void(const Progress&)> progress;  ///< may be empty
  const std::atomic<bool>* stop = nullptr;        ///< as in Hooks
  /// As in SplittingHooks, of the estimate of an event with a strategy. May be empty.
  std::function<const std::vector<double>*(std::size_t event, std::size_t strategy,
                                           std::uint64_t part)>
      known;
  std::function<void(std::size_t event, std::size_t strategy, std::uint64_t part,
                     const std::vector<double>& numbers)>
      keep;
};

/// REQUIRES events that are possible: at most as many instances as any strategy has.
[[nodiscard]] RareResults find_rare(const scenario::Loaded& loaded, const RarePlan& plan,
                                    const RareHooks& hooks = {});

/// rare.json, with a line end.
[[nodiscard]] std::string rare_json(const RareResults& results);

}  // namespace rollcast::experiment
