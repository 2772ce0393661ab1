#pragma once
/// The best plan of a scenario's decision problem: search.hpp over its variables and strategies,
/// and what the plans that were tried show of cost, time and risk.
#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "rollcast/experiment/results.hpp"
#include "rollcast/experiment/runner.hpp"
#include "rollcast/experiment/search.hpp"
#include "rollcast/experiment/sweep.hpp"
#include "rollcast/scenario/load.hpp"

namespace rollcast::experiment {

/// One thing that must hold: an objective of the scenario, or a limit.
struct Constraint {
  std::string name;   ///< "on time", "ready_time p95 at most 8 h"
  std::string words;  ///< what it asks of a run
  double required = 0.0;
};
/// The objectives that the problem names, then its limits; where it names no objective, that the
/// fleet is ready in kUsualReadiness of the runs, as the verdict of a run asks.
[[nodiscard]] std::vector<Constraint> constraints_of(const scenario::Loaded& loaded);

/// Where a plan lies towards the front: the plans that no other one beats in cost, time and risk.
enum class Front {
  off,       ///< another plan is shown to be better in one of them and worse in none
  possibly,  ///< the runs cannot tell
  surely     ///< every other plan is shown to be worse in one of them
};

/// A plan that was looked at more closely than by the search for proposals.
struct TriedPlan {
  std::vector<std::string> values;  ///< of the variables, as a scenario writes them
  std::size_t strategy = 0;
  Fate fate = Fate::remaining;
  std::size_t missed = 0;    ///< a constraint, where `fate` says so
  bool keeps_all = false;    ///< shown to keep every constraint
  double shortfall = 0.0;    ///< largest of asked minus observed chances
  std::size_t equal_to = 0;  ///< of the tried plans, where `fate` says so
  std::uint64_t replications = 0;
  Cell value;                     ///< what is minimised
  std::vector<Cell> constraints;  ///< their chances
  Cell cost;                      ///< mean of front_cost()
  Cell time;                      ///< 95 % point of the ready time
  Cell risk;                      ///< chance that a run misses at least one constraint
  Front front = Front::off;
};

/// What fresh runs say of the plan that was found.
struct Confirmation {
  std::uint64_t replications = 0;
  Cell value, cost, time, risk;
  std::vector<Cell> constraints;
  std::vector<Met> met;  ///< by the one-sided 95 % bound
};

struct OptimizeResults {
  std::string version, scenario_digest;
  model::Scenario scenario;
  scenario::Optimisation problem;
  std::vector<Constraint> constraints;
  std::uint64_t seed = 0;
  std::uint64_t most = 0;      ///< replications of a plan at most
  std::uint64_t plans = 0;     ///< as SearchResult
  std::uint64_t proposed = 0;  ///< as SearchResult
  std::uint64_t refused = 0;   ///< plans that were looked at and that the scenario does not allow
  SearchResult::Found found = SearchResult::Found::none;
  std::size_t best = 0;  ///< of `tried`
  std::vector<std::size_t> rivals;
  std::vector<TriedPlan> tried;
  std::optional<Confirmation> confirmation;
  bool interrupted = false;
};

struct OptimizePlan {
  std::uint64_t most = 2'000;     ///< as in SearchProblem
  std::uint64_t confirm = 2'000;  ///< as in SearchProblem
  unsigned jobs = 0;              ///< as in Plan
};

/// What was simulated: a step is some runs of one plan. The same problem takes the same steps, so
/// that a record of them lets it go on where it was.
struct OptimizeHooks {
  /// What is known of a step from before; may be empty.
  std::function<const PointResult*(std::size_t step)> known;
  /// Each finished step that was not known, in order; `point` has the values of the plan.
  std::function<void(std::size_t step, const SweepPoint& point, const PointResult& result)> keep;
  std::function<void(const Progress& progress)> progress;  ///< of the steps under way; may be empty
  const std::atomic<bool>* stop = nullptr;                 ///< as in Hooks
};

/// What stands for cost on the front: what is minimised where that is the mean of an amount of
/// money, else the ranked cost.
[[nodiscard]] model::Metric front_cost(const scenario::Optimisation& problem);

/// The columns of a step, as words for the record: the value, the constraints, cost and ready time.
[[nodiscard]] std::vector<std::string> columns_of(const scenario::Loaded& loaded);

/// REQUIRES loaded.optimize, at least one strategy. Uncertain inputs are drawn independently,
/// whatever the scenario's `sampling` says. Does not depend on the number of threads.
[[nodiscard]] OptimizeResults optimize(const scenario::Loaded& loaded, const OptimizePlan& plan,
                                       const OptimizeHooks& hooks);

}  // namespace rollcast::experiment
