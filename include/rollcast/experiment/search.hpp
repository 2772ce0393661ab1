#pragma once
/// Finds the best of many plans that can only be tried by simulation: the smallest value among
/// those that keep their chance constraints. Knows nothing of scenarios.
///
/// Few plans (kFewPlans) are all candidates. Of more, a genetic algorithm (Pagmo's `sga`) proposes
/// the candidates: plans are compared by Deb's rules (one that keeps the constraints in its first
/// runs before one that does not, then the smaller value, or the smaller shortfall; Deb, Computer
/// Methods in Applied Mechanics and Engineering 186, 2000), all with the same luck.
///
/// Among candidates, ranking and selection: all are run block by block with the same luck, other
/// than that of the proposals. A candidate leaves
///   - when the chance of a constraint is shown to be below what is asked: exact bounds, whose
///     error probability is divided over the looks as 1/(l (l + 1)), so that it holds for all looks
///     together;
///   - when it is shown to have the larger value than a candidate that is shown to keep all
///     constraints: Kim and Nelson's procedure (stats/selection.hpp) on means of batches. Of equal
///     values the one with the smaller mean of another column is kept.
/// This is the idea of Andradottir and Kim (Naval Research Logistics 57, 2010) with probabilities
/// for constraints. Error probabilities are a third of 5 % each for: the best plan is dropped as
/// one that misses a constraint; any candidate that misses one is taken for one that keeps all; the
/// best is dropped as dearer. So with 95 % confidence the plan that is chosen keeps its constraints
/// and no candidate that keeps them is better by more than the indifference zone, unless some stay
/// undecided, which is told. It assumes nearly normal batch means.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace rollcast::experiment {

/// So many plans are all tried; of more a search chooses.
inline constexpr std::size_t kFewPlans = 500;
/// Runs between two looks of the selection.
inline constexpr std::uint64_t kLook = 100;

/// A plan: for each variable the index of one of its values.
using Choices = std::vector<std::size_t>;

/// Runs first … first + count - 1 of a plan. Run i of every plan has the same luck.
struct Ask {
  Choices plan;
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

/// What runs of a plan showed, a column each: the value, one for each constraint (1 where it held),
/// and whatever else the caller wants to keep.
struct Evidence {
  std::vector<std::vector<double>> columns;
};

/// Makes the runs that are asked for, and hands over what each ask showed, in order. False when it
/// was stopped.
using Attempt =
    std::function<bool(const std::vector<Ask>& asked,
                       const std::function<void(std::size_t ask, const Evidence& evidence)>& keep)>;

struct SearchProblem {
  std::vector<std::size_t> sizes;  ///< values of each variable
  std::vector<double> required;    ///< chance of each constraint, 0 < p < 1
  /// Quantile of the values that is to be small, 0 < level < 1; absent: their mean.
  std::optional<double> level;
  std::size_t in_a_tie = 0;  ///< the column whose smaller mean decides between equal values
  double indifference =
      0.01;  ///< smallest share of the best value that is worth telling apart; > 0
  std::uint64_t most = 2'000;     ///< runs of a candidate at most; at least 2,000 for a quantile
  std::uint64_t confirm = 2'000;  ///< fresh runs of the plan that is found
  std::uint64_t tried = 1'000;    ///< plans that are tried where there are more than kFewPlans
  std::uint64_t seed = 1;         ///< of the proposals
  /// Whether a plan can be had at all. Called once a plan, in an order that does not change.
  std::function<bool(const Choices& plan)> allowed;
};

/// Why a candidate is no longer looked at.
enum class Fate {
  remaining,     ///< it is looked at to the end
  misses,        ///< shown to miss a constraint
  not_reached,   ///< the value of a run was not reached, so that there is no mean
  larger_value,  ///< shown not to be better than another by more than the indifference zone
  equal_value,   ///< it has the value of another in all batches, and is no better in a tie
};

struct Candidate {
  Choices plan;
  Evidence evidence;  ///< of the selection's runs, from run 0 on
  Fate fate = Fate::remaining;
  std::size_t missed = 0;    ///< the constraint, where `fate` says so
  bool keeps_all = false;    ///< shown to keep every constraint
  double shortfall = 0.0;    ///< the largest of asked minus observed chances; at most 0: none
  double value = 0.0;        ///< observed; infinite where it was not reached
  double in_a_tie = 0.0;     ///< mean of the column that decides between equal values
  std::size_t equal_to = 0;  ///< a candidate, where `fate` says so
};

struct SearchResult {
  enum class Found {
    best,       ///< one is left that keeps all, or several whose order was not told apart
    undecided,  ///< none is shown to keep all, but some may
    none        ///< every candidate is shown to miss something
  } found = Found::none;
  bool interrupted = false;
  std::uint64_t plans = 0;     ///< that can be had, where all are tried; else all combinations
  std::uint64_t proposed = 0;  ///< tried by the search; 0 where all plans are candidates
  std::vector<Candidate> candidates;
  std::size_t best = 0;  ///< index: what is found; where none is, the one that comes nearest
  /// Others that are left: no dearer by what the runs show, or not shown to miss a constraint.
  std::vector<std::size_t> rivals;
  std::optional<Evidence> confirmation;  ///< of `best`, from fresh runs
};

/// Deterministic: equal problems and equal answers give equal results.
[[nodiscard]] SearchResult find_best(const SearchProblem& problem, const Attempt& attempt);

/// The mean or the quantile of a column, as the problem wants it.
[[nodiscard]] double value_of(const SearchProblem& problem, const std::vector<double>& column);

}  // namespace rollcast::experiment
