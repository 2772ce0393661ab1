#pragma once
/// Probabilities too small to be seen in plain runs: multilevel splitting with fixed effort, on any
/// simulation that can be replayed from a list of branches.
#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "rollcast/experiment/runner.hpp"
#include "rollcast/random/branching.hpp"
#include "rollcast/stats/interval.hpp"

namespace rollcast::experiment {

/// How a trajectory went on.
struct Advance {
  bool reached = false;
  TimePoint time = kNever;   ///< when importance came to the level
  double highest = 0.0;      ///< importance
  std::uint64_t events = 0;  ///< of the kernel, those of the replayed past included
};

/// Replays the way from the start, each branch from its crossing on, and goes on until importance
/// comes to `level` or the run ends (a random::Course keeps the book). Pure: called from many
/// threads at once. A state may hold times that were drawn in its past; every further draw must be
/// of a stream with the way's replication and the branch of its latest crossing.
using Replay = std::function<Advance(const random::Way& way, double level)>;

struct SplittingPlan {
  double event = 0.0;  ///< the importance whose chance to be reached is asked for; above 0
  /// Importance where trajectories are split, ascending, below `event`; absent: a pilot chooses
  /// them, so that about every seventh trajectory comes from one to the next.
  std::optional<std::vector<double>> levels;
  /// Importance rises by multiples of this. Where the pilot sees no trajectory rise any further, up
  /// to eight levels are set evenly between there and the event, multiples of it as well; 0: none.
  double step = 0.0;
  std::uint64_t effort = 1'000;  ///< trajectories a level
  std::uint64_t batches = 20;    ///< independent estimates, whose spread gives the interval
  std::uint64_t seed = 1;        ///< of the choice which trajectory goes on how often
  unsigned jobs = 0;             ///< as in Plan
};

struct SplittingResult {
  double probability = 0.0;  ///< unbiased
  /// 95 %, from the logarithm of the mean of the batches and Student's t; [0, bound] where no
  /// trajectory came to the event: the smaller one of the exact bound of those that came to the
  /// first level, and that of the pilot's whole runs that came to the event. Each of the two is
  /// exceeded with a chance of 2.5 % at most.
  stats::Interval interval{0.0, 1.0};
  /// The level behind which the pilot saw nothing rise any further; absent where it came to the
  /// event.
  std::optional<double> stuck_at;
  std::uint64_t plain = 0;      ///< whole runs of the pilot
  bool bound_is_plain = false;  ///< the interval is the bound of those
  double relative_error = 0.0;  ///< standard error over probability; infinite where that is 0
  std::vector<double> levels;   ///< the event is the last
  std::vector<double> shares;   ///< that came from each to the next, over all batches
  std::uint64_t trajectories = 0, events = 0;  ///< all that was simulated, the pilot included
  /// What plain runs would take for the same relative error: (1 - p) / (p e²) of them, each of as
  /// many events as those of the pilot took on average. Absent where the probability is 0.
  std::optional<double> plain_runs, plain_events;
  bool interrupted = false;
};

/// How an estimate is watched, and goes on where it was.
struct SplittingHooks {
  std::function<void(const Progress&)> progress;  ///< may be empty
  const std::atomic<bool>* stop = nullptr;        ///< as in Hooks
  /// What was handed to `keep` before; null where it was not. Part 0 is the pilot, part 1 + i the
  /// i-th batch. May be empty. Called from many threads at once.
  std::function<const std::vector<double>*(std::uint64_t part)> known;
  /// Each finished part that was not known, as numbers. May be empty.
  std::function<void(std::uint64_t part, const std::vector<double>& numbers)> keep;
};

/// The chance that importance comes to the event before a run ends. The first trajectories are
/// those of replications 0 to batches × effort - 1; the pilot's stand behind them, so that levels
/// do not depend on what they are used for. Equal plans give equal results, whatever the threads.
/// REQUIRES effort >= 2, batches >= 2. Throws whatever `replay` throws.
[[nodiscard]] SplittingResult split(const Replay& replay, const SplittingPlan& plan,
                                    const SplittingHooks& hooks = {});

}  // namespace rollcast::experiment
