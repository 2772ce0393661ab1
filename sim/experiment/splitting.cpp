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
  bool whole = false;  ///< false: stopped
};

double number(std::uint64_t count) {
  return static_cast<double>(count);
}
std::uint64_t count(double number) {
  return static_cast<std::uint64_t>(number);
}

/// A batch as it is kept.
std::vector<double> packed(const Batch& batch) {
  std::vector<double> numbers{batch.estimate, number(batch.trajectories), number(batch.events)};
  for (const std::uint64_t reached : batch.reached) numbers.push_back(number(reached));
  return numbers;
}
Batch batch_of(const std::vector<double>& numbers) {
  ROLLCAST_ASSERT(numbers.size() > 3, "a batch of {} numbers", numbers.size());
  Batch batch{numbers[0], {}, count(numbers[1]), count(numbers[2]), true};
  for (std::size_t i = 3; i < numbers.size(); ++i) batch.reached.push_back(count(numbers[i]));
  return batch;
}

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
  batch.whole = true;
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
  std::uint64_t plain_reached = 0;  ///< whole runs that came to the event
  std::optional<double> stuck_at;
  bool whole = false;  ///< false: stopped
};

/// A pilot as it is kept.
std::vector<double> packed(const Pilot& pilot) {
  std::vector<double> numbers{number(pilot.trajectories), number(pilot.events),
                              pilot.events_of_plain_run, number(pilot.plain_reached),
                              pilot.stuck_at.value_or(-1.0)};
  numbers.insert(numbers.end(), pilot.levels.begin(), pilot.levels.end());
  return numbers;
}
Pilot pilot_of(const std::vector<double>& numbers) {
  ROLLCAST_ASSERT(numbers.size() > 5, "a pilot of {} numbers", numbers.size());
  Pilot pilot{{numbers.begin() + 5, numbers.end()},
              count(numbers[0]),
              count(numbers[1]),
              numbers[2],
              count(numbers[3]),
              std::nullopt,
              true};
  if (numbers[4] >= 0) pilot.stuck_at = numbers[4];
  return pilot;
}

/// Where no trajectory of the pilot rises above `level`, others may: levels up to the event.
void fill_up(double level, const SplittingPlan& plan, Pilot& pilot) {
  constexpr double kMost = 8;
  pilot.stuck_at = level;
  if (!(plan.step > 0)) return;
  const double steps = std::ceil((plan.event - level) / plan.step) - 1;
  const double filled = std::min(kMost, steps);
  for (double i = 1; i <= filled; ++i)
    pilot.levels.push_back(level + plan.step * std::round(i * (steps + 1) / (filled + 1)));
}

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
    if (k == 0) {
      pilot.events_of_plain_run = number(pilot.events) / number(plan.effort);
      for (const double most : highest) pilot.plain_reached += most >= plan.event ? 1 : 0;
    }
    if (plan.levels) {
      pilot.levels = *plan.levels;
      break;
    }
    const double next = next_level(highest, level);
    if (next == kInfinity) fill_up(level, plan, pilot);
    if (next >= plan.event) break;
    level = next;
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
  pilot.whole = true;
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
    const double by_level = stats::clopper_pearson(number(first), runs).high;
    // Levels do not help where impact leaps over them; the pilot's first stage are whole runs.
    const double plain = stats::clopper_pearson(number(pilot.plain_reached), plan.effort).high;
    result.bound_is_plain = plain < by_level;
    result.interval = {0.0, std::min(plain, by_level)};
    result.relative_error = kInfinity;
    return;
  }
  result.relative_error = std::sqrt(squares / (n - 1) / n) / mean;
  if (result.relative_error < 1e-12) result.relative_error = 0.0;  // rounding
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
                      const SplittingHooks& hooks) {
  ROLLCAST_ASSERT(plan.event > 0 && plan.effort >= 2 && plan.batches >= 2,
                  "event {}, effort {}, {} batches", plan.event, plan.effort, plan.batches);
  const auto known = [&](std::uint64_t part) { return hooks.known ? hooks.known(part) : nullptr; };
  SplittingResult result;
  const auto* before = known(0);
  const Pilot pilot = before != nullptr ? pilot_of(*before) : run_pilot(replay, plan, hooks.stop);
  result.interrupted = !pilot.whole;
  if (result.interrupted) return result;
  if (before == nullptr && hooks.keep) hooks.keep(0, packed(pilot));
  result.levels = pilot.levels;
  ROLLCAST_ASSERT(
      std::is_sorted(result.levels.begin(), result.levels.end()) && result.levels.front() > 0,
      "{} levels do not ascend from above 0", result.levels.size());
  std::vector<Batch> batches(plan.batches);
  const auto run = [&](std::size_t, std::uint64_t batch) {
    const auto* part = known(1 + batch);
    batches[batch] = part != nullptr ? batch_of(*part)
                                     : run_batch(replay, plan, result.levels, batch, hooks.stop);
    return model::Outcome{};
  };
  Hooks inner;
  inner.keep = [&](const Block& block) {
    const bool fresh = known(1 + block.first) == nullptr;
    if (fresh && batches[block.first].whole && hooks.keep)
      hooks.keep(1 + block.first, packed(batches[block.first]));
  };
  // Told in trajectories, as far as their number is known beforehand.
  const std::uint64_t each = plan.effort * result.levels.size();
  if (hooks.progress)
    inner.progress = [&](Progress done) {
      done.finished *= each;
      done.planned *= each;
      hooks.progress(done);
    };
  inner.stop = hooks.stop;
  (void)run_replications({1, plan.batches, 1, plan.jobs}, run, inner);
  result.interrupted =
      !std::all_of(batches.begin(), batches.end(), [](const Batch& batch) { return batch.whole; });
  if (result.interrupted) return result;
  result.trajectories = pilot.trajectories;
  result.events = pilot.events;
  result.stuck_at = pilot.stuck_at;
  result.plain = plan.effort;
  for (const Batch& batch : batches) {
    result.trajectories += batch.trajectories;
    result.events += batch.events;
  }
  fill_shares(batches, plan.effort, result);
  fill_estimate(batches, pilot, plan, result);
  return result;
}

}  // namespace rollcast::experiment
