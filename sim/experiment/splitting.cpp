#include "rollcast/experiment/splitting.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

#include "rollcast/base/assertion.hpp"
#include "rollcast/random/stream.hpp"
#include "rollcast/stats/proportion.hpp"

namespace rollcast::experiment {
namespace {

using random::Crossing;
using random::Way;

constexpr std::uint64_t kStarts = random::purpose("splitting starts");
/// Of the pilot's trajectories, the share that is to come to the next level. The work for a given
/// precision hardly changes between 0.05 and 0.3.
constexpr double kAimedShare = 0.15;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool stopped(const std::atomic<bool>* stop) {
  return stop != nullptr && stop->load();
}

/// From which of `entrances` each of `count` trajectories goes on: each of them equally often, and
/// those left over by lot, which keeps the estimate unbiased.
std::vector<std::size_t> starts(std::size_t entrances, std::uint64_t count,
                                random::RandomStream& random) {
  std::vector<std::size_t> chosen;
  while (chosen.size() + entrances <= count)
    for (std::size_t i = 0; i < entrances; ++i) chosen.push_back(i);
  std::vector<std::size_t> rest(entrances);
  for (std::size_t i = 0; i < entrances; ++i) rest[i] = i;
  for (std::size_t i = 0; chosen.size() < count; ++i) {
    std::swap(rest[i], rest[i + random.below(entrances - i)]);
    chosen.push_back(rest[i]);
  }
  return chosen;
}

/// The trajectories of one stage, and where the next one begins.
class Stage {
 public:
  /// The first: replications from `first` on.
  Stage(std::uint64_t first, std::uint64_t effort) {
    for (std::uint64_t i = 0; i < effort; ++i) ways_.push_back({first + i, {}});
  }
  /// From where others came to `level`, each on a branch of its own.
  Stage(const std::vector<Way>& entrances, std::uint64_t effort, std::uint64_t number,
        random::RandomStream& random) {
    for (const std::size_t start : starts(entrances.size(), effort, random)) {
      ways_.push_back(entrances[start]);
      const std::uint64_t branch = number * effort + ways_.size();
      ROLLCAST_ASSERT(branch <= std::numeric_limits<std::uint32_t>::max(),
                      "{} trajectories in stage {}", effort, number);
      ways_.back().crossings.back().branch = static_cast<std::uint32_t>(branch);
    }
  }
  [[nodiscard]] const std::vector<Way>& ways() const { return ways_; }

 private:
  std::vector<Way> ways_;
};

/// One independent estimate.
struct Batch {
  double estimate = 0.0;
  std::vector<std::uint64_t> reached;  ///< at each stage that was begun
  std::uint64_t trajectories = 0, events = 0;
};

Batch run_batch(const Replay& replay, const SplittingPlan& plan, const std::vector<double>& levels,
                std::uint64_t number, const std::atomic<bool>* stop) {
  Batch batch;
  batch.estimate = 1.0;
  random::RandomStream random{{plan.seed, kStarts, number}};
  Stage stage(number * plan.effort, plan.effort);
  for (std::size_t k = 0; k < levels.size(); ++k) {
    std::vector<Way> entrances;
    for (const Way& way : stage.ways()) {
      if (stopped(stop)) return batch;
      const Advance advance = replay(way, levels[k]);
      ++batch.trajectories;
      batch.events += advance.events;
      if (!advance.reached) continue;
      entrances.push_back(way);
      entrances.back().crossings.push_back({levels[k], 0, advance.time});
    }
    batch.reached.push_back(entrances.size());
    batch.estimate *= static_cast<double>(entrances.size()) / static_cast<double>(plan.effort);
    if (entrances.empty() || k + 1 == levels.size()) break;
    stage = Stage(entrances, plan.effort, k, random);
  }
  return batch;
}

/// The next level: the highest that the aimed share reaches, above the one that all have reached.
double next_level(std::vector<double> highest, double above) {
  std::sort(highest.begin(), highest.end(), std::greater<>());
  const auto aimed = static_cast<std::size_t>(kAimedShare * static_cast<double>(highest.size()));
  const double level = highest[std::min(aimed, highest.size() - 1)];
  if (level > above) return level;
  // More are stuck than the share leaves: the least step that any of them made.
  const auto stuck =
      std::find_if(highest.rbegin(), highest.rend(), [&](double value) { return value > above; });
  return stuck == highest.rend() ? kInfinity : *stuck;
}

struct Pilot {
  std::vector<double> levels;
  std::uint64_t trajectories = 0, events = 0;
  double events_of_plain_run = 0.0;
};

/// Whole runs: those of the first stage are plain ones, and those that came to a level go on.
Pilot run_pilot(const Replay& replay, const SplittingPlan& plan, const std::atomic<bool>* stop) {
  Pilot pilot;
  random::RandomStream random{{plan.seed, kStarts, plan.batches}};
  Stage stage(plan.batches * plan.effort, plan.effort);
  double level = 0.0;
  for (std::uint64_t k = 0;; ++k) {
    std::vector<double> highest;
    for (const Way& way : stage.ways()) {
      if (stopped(stop)) return pilot;
      const Advance advance = replay(way, kInfinity);
      pilot.events += advance.events;
      highest.push_back(advance.highest);
    }
    pilot.trajectories += plan.effort;
    if (k == 0)
      pilot.events_of_plain_run =
          static_cast<double>(pilot.events) / static_cast<double>(plan.effort);
    if (plan.levels) {
      pilot.levels = *plan.levels;
      break;
    }
    level = next_level(highest, level);
    if (level >= plan.event) break;
    pilot.levels.push_back(level);
    std::vector<Way> entrances;
    for (std::size_t i = 0; i < highest.size(); ++i) {
      if (highest[i] < level) continue;
      entrances.push_back(stage.ways()[i]);
      entrances.back().crossings.push_back({level, 0, kNever});
    }
    stage = Stage(entrances, plan.effort, k, random);
  }
  pilot.levels.push_back(plan.event);
  return pilot;
}

/// The shares over all batches.
void fill_shares(const std::vector<Batch>& batches, std::uint64_t effort, SplittingResult& result) {
  for (std::size_t k = 0; k < result.levels.size(); ++k) {
    std::uint64_t reached = 0, begun = 0;
    for (const Batch& batch : batches) {
      if (k >= batch.reached.size()) continue;
      reached += batch.reached[k];
      begun += effort;
    }
    if (begun == 0) break;
    result.shares.push_back(static_cast<double>(reached) / static_cast<double>(begun));
  }
}

void fill_estimate(const std::vector<Batch>& batches, const Pilot& pilot, const SplittingPlan& plan,
                   SplittingResult& result) {
  const auto n = static_cast<double>(batches.size());
  double mean = 0.0, squares = 0.0;
  for (const Batch& batch : batches) mean += batch.estimate / n;
  for (const Batch& batch : batches) squares += (batch.estimate - mean) * (batch.estimate - mean);
  result.probability = mean;
  const std::uint64_t runs = plan.batches * plan.effort;
  if (!(mean > 0.0)) {
    // Nobody came there. Whoever does comes to the first level before, which is a plain proportion.
    std::uint64_t first = 0;
    for (const Batch& batch : batches) first += batch.reached.front();
    result.interval = {0.0, stats::clopper_pearson(static_cast<double>(first), runs).high};
    result.relative_error = kInfinity;
    return;
  }
  result.relative_error = std::sqrt(squares / (n - 1) / n) / mean;
  const boost::math::students_t student(n - 1);
  const double factor = std::exp(boost::math::quantile(student, 0.975) * result.relative_error);
  result.interval = {mean / factor, std::min(1.0, mean * factor)};
  if (result.levels.size() == 1)  // plain runs
    result.interval = stats::clopper_pearson(std::round(mean * static_cast<double>(runs)), runs);
  if (!(result.relative_error > 0.0)) return;
  result.plain_runs = (1 - mean) / (mean * result.relative_error * result.relative_error);
  result.plain_events = *result.plain_runs * pilot.events_of_plain_run;
}

}  // namespace

SplittingResult split(const Replay& replay, const SplittingPlan& plan,
                      const std::function<void(const Progress&)>& progress,
                      const std::atomic<bool>* stop) {
  ROLLCAST_ASSERT(plan.event > 0 && plan.effort >= 2 && plan.batches >= 2,
                  "event {}, effort {}, {} batches", plan.event, plan.effort, plan.batches);
  SplittingResult result;
  const Pilot pilot = run_pilot(replay, plan, stop);
  result.interrupted = stopped(stop);
  if (result.interrupted) return result;
  result.levels = pilot.levels;
  ROLLCAST_ASSERT(
      std::is_sorted(result.levels.begin(), result.levels.end()) && result.levels.front() > 0,
      "{} levels do not ascend from above 0", result.levels.size());
  std::vector<Batch> batches(plan.batches);
  const auto run = [&](std::size_t, std::uint64_t batch) {
    batches[batch] = run_batch(replay, plan, result.levels, batch, stop);
    return model::Outcome{};
  };
  Hooks hooks;
  // Told in trajectories, as far as their number is known beforehand.
  const std::uint64_t each = plan.effort * result.levels.size();
  if (progress)
    hooks.progress = [&](Progress done) {
      done.finished *= each;
      done.planned *= each;
      progress(done);
    };
  hooks.stop = stop;
  result.interrupted =
      run_replications({1, plan.batches, 1, plan.jobs}, run, hooks).interrupted || stopped(stop);
  if (result.interrupted) return result;
  result.trajectories = pilot.trajectories;
  result.events = pilot.events;
  for (const Batch& batch : batches) {
    result.trajectories += batch.trajectories;
    result.events += batch.events;
  }
  fill_shares(batches, plan.effort, result);
  fill_estimate(batches, pilot, plan, result);
  return result;
}

}  // namespace rollcast::experiment
