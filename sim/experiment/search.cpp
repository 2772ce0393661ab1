#include "rollcast/experiment/search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

#include "proposals.hpp"
#include "rollcast/base/assertion.hpp"
#include "rollcast/stats/proportion.hpp"
#include "rollcast/stats/quantile.hpp"
#include "rollcast/stats/selection.hpp"

namespace rollcast::experiment {
namespace {

/// Runs of their own: the luck by which plans were proposed, and that of the confirmation, are not
/// those of the selection.
constexpr std::uint64_t kProposing = std::uint64_t{1} << 33U;
constexpr std::uint64_t kConfirming = std::uint64_t{1} << 32U;
constexpr std::uint64_t kProposalRuns = 200;

/// Proposed plans that become candidates at once, and how often as many more follow while none is
/// found that keeps its constraints.
constexpr std::size_t kProposed = 40;
constexpr std::size_t kRounds = 3;
/// Plans that come nearest, of which fresh runs tell the nearest.
constexpr std::size_t kNearest = 5;

/// Chance of error of each of the three ways to err.
constexpr double kEach = 0.05 / 3;

/// Batches, whose means (or quantiles) the selection compares.
struct Batching {
  std::uint64_t size;
  std::uint64_t first_stage;
};
Batching batching_of(const SearchProblem& problem) {
  return problem.level ? Batching{100, 10} : Batching{20, 20};
}

class Selection {
 public:
  Selection(const SearchProblem& problem, const Attempt& attempt, std::vector<Choices> plans)
      : problem_(problem), attempt_(attempt), batching_(batching_of(problem)) {
    for (Choices& plan : plans) {
      candidates_.emplace_back();
      candidates_.back().plan = std::move(plan);
      alive_.push_back(alive_.size());
    }
    kept_.assign(candidates_.size(), std::vector<bool>(problem.required.size(), false));
    batches_.resize(candidates_.size());
  }

  /// False when it was stopped.
  bool run() {
    while (!alive_.empty() && made_ < problem_.most && !settled()) {
      if (!look()) return false;
      for (const std::size_t i : alive_) judge(candidates_[i], kept_[i]);
      leave([&](std::size_t i) { return candidates_[i].fate != Fate::remaining; });
      drop_larger();
    }
    return true;
  }
  [[nodiscard]] std::vector<Candidate> take() { return std::move(candidates_); }

 private:
  /// One is left, and it is shown to keep all.
  [[nodiscard]] bool settled() const {
    return alive_.size() == 1 && candidates_[alive_.front()].keeps_all;
  }

  template <class Gone>
  void leave(Gone gone) {
    alive_.erase(std::remove_if(alive_.begin(), alive_.end(), gone), alive_.end());
  }

  /// So many more runs of every candidate that is left.
  bool look() {
    std::vector<Ask> asked;
    for (const std::size_t i : alive_) asked.push_back({candidates_[i].plan, made_, kLook});
    const auto keep = [&](std::size_t ask, const Evidence& more) {
      auto& columns = candidates_[alive_[ask]].evidence.columns;
      columns.resize(more.columns.size());
      for (std::size_t k = 0; k < columns.size(); ++k)
        columns[k].insert(columns[k].end(), more.columns[k].begin(), more.columns[k].end());
    };
    if (!attempt_(asked, keep)) return false;
    made_ += kLook;
    ++looks_;
    for (const std::size_t i : alive_) add_batches(i);
    return true;
  }

  void add_batches(std::size_t i) {
    const auto& values = candidates_[i].evidence.columns.front();
    const std::uint64_t size = batching_.size;
    while ((batches_[i].size() + 1) * size <= values.size()) {
      const auto from = values.begin() + static_cast<std::ptrdiff_t>(batches_[i].size() * size);
      batches_[i].push_back(value_of(problem_, {from, from + static_cast<std::ptrdiff_t>(size)}));
    }
  }

  /// What the runs so far show of the constraints.
  void judge(Candidate& candidate, std::vector<bool>& kept) {
    candidate.value = value_of(problem_, candidate.evidence.columns.front());
    candidate.shortfall = shortfall_of(problem_, candidate.evidence);
    const auto& second = candidate.evidence.columns[problem_.in_a_tie];
    candidate.in_a_tie =
        std::accumulate(second.begin(), second.end(), 0.0) / static_cast<double>(second.size());
    const double look = static_cast<double>(looks_);
    const double share = kEach / (look * (look + 1));
    const auto constraints = static_cast<double>(problem_.required.size());
    const auto plans = static_cast<double>(candidates_.size());
    bool all = true;
    for (std::size_t k = 0; k < problem_.required.size(); ++k) {
      double held = 0.0;
      for (const double one : candidate.evidence.columns[1 + k]) held += one;
      const double required = problem_.required[k];
      if (!kept[k])
        kept[k] = stats::proportion_at_least(held, made_, 1 - share / plans) >= required;
      all = all && kept[k];
      if (kept[k] || candidate.fate != Fate::remaining) continue;
      if (stats::proportion_at_most(held, made_, 1 - share / constraints) >= required) continue;
      candidate.fate = Fate::misses;
      candidate.missed = k;
    }
    if (candidate.fate == Fate::remaining && !std::isfinite(candidate.value))
      candidate.fate = Fate::not_reached;
    candidate.keeps_all = all && candidate.fate == Fate::remaining;
  }

  /// Kim and Nelson's procedure among those that are left, of which only candidates that are shown
  /// to keep all constraints can drop another one.
  void drop_larger() {
    const std::uint64_t batches = made_ / batching_.size;
    if (alive_.size() < 2 || batches < batching_.first_stage) return;
    if (variances_.empty()) end_first_stage();
    std::vector<double> sums;
    for (const std::vector<double>& values : batches_)
      sums.push_back(std::accumulate(values.begin(), values.end(), 0.0));
    const double taken = static_cast<double>(batches);
    std::vector<std::pair<std::size_t, Fate>> dropped;
    for (const std::size_t i : alive_) {
      Fate fate = Fate::remaining;
      for (const std::size_t l : alive_) {
        if (l == i || !candidates_[l].keeps_all) continue;
        const double region =
            std::max(0.0, zone_ / 2 * (h_squared_ * variance(i, l) / (zone_ * zone_) - taken));
        const double difference = sums[i] - sums[l];
        if (difference > region) fate = Fate::larger_value;
        const bool equal = difference == 0.0 && region == 0.0 && candidates_[i].keeps_all;
        if (!equal || fate != Fate::remaining || !better_in_a_tie(l, i)) continue;
        fate = Fate::equal_value;
        candidates_[i].equal_to = l;
      }
      if (fate != Fate::remaining) dropped.emplace_back(i, fate);
    }
    for (const auto& [i, fate] : dropped) candidates_[i].fate = fate;
    leave([&](std::size_t i) { return candidates_[i].fate != Fate::remaining; });
  }

  [[nodiscard]] bool better_in_a_tie(std::size_t a, std::size_t b) const {
    return std::make_pair(candidates_[a].in_a_tie, a) < std::make_pair(candidates_[b].in_a_tie, b);
  }

  /// The variances of all differences, and the zone in the unit of the value.
  void end_first_stage() {
    const std::size_t k = candidates_.size();
    h_squared_ =
        stats::kn_constants(std::max<std::size_t>(2, k), batching_.first_stage, kEach).h_squared;
    position_.assign(k, 0);
    for (std::size_t i = 0; i < alive_.size(); ++i) position_[alive_[i]] = i;
    compared_ = alive_.size();
    variances_.assign(compared_ * compared_, 0.0);
    double least = std::numeric_limits<double>::infinity(), mean = 0.0;
    for (const std::size_t i : alive_) {
      least = std::min(least, std::abs(candidates_[i].value));
      mean += std::abs(candidates_[i].value) / static_cast<double>(compared_);
    }
    // A best value of nothing has no share: that of the usual value is worth telling apart then.
    zone_ = problem_.indifference * (least > 0 ? least : mean > 0 ? mean : 1.0);
    fill_variances();
  }

  void fill_variances() {
    const std::uint64_t n = batching_.first_stage;
    for (const std::size_t i : alive_)
      for (const std::size_t l : alive_) {
        if (i == l) continue;
        double mean = 0.0, sum = 0.0;
        for (std::uint64_t b = 0; b < n; ++b) mean += batches_[i][b] - batches_[l][b];
        mean /= static_cast<double>(n);
        for (std::uint64_t b = 0; b < n; ++b)
          sum += std::pow(batches_[i][b] - batches_[l][b] - mean, 2);
        variances_[position_[i] * compared_ + position_[l]] = sum / static_cast<double>(n - 1);
      }
  }
  [[nodiscard]] double variance(std::size_t i, std::size_t l) const {
    return variances_[position_[i] * compared_ + position_[l]];
  }

  const SearchProblem& problem_;
  const Attempt& attempt_;
  Batching batching_;
  std::vector<Candidate> candidates_;
  std::vector<std::size_t> alive_;
  std::vector<std::vector<bool>> kept_;       ///< [candidate][constraint]: shown to be kept
  std::vector<std::vector<double>> batches_;  ///< [candidate]
  std::uint64_t made_ = 0;
  std::uint64_t looks_ = 0;
  double h_squared_ = 0.0;
  double zone_ = 0.0;
  std::size_t compared_ = 0;           ///< candidates that reached the end of the first stage
  std::vector<std::size_t> position_;  ///< of a candidate among them
  std::vector<double> variances_;      ///< of the differences of their batches
};

std::vector<Choices> all_plans(const SearchProblem& problem) {
  std::vector<Choices> plans(1);
  for (const std::size_t size : problem.sizes) {
    std::vector<Choices> next;
    for (const Choices& plan : plans)
      for (std::size_t value = 0; value < size; ++value) {
        next.push_back(plan);
        next.back().push_back(value);
      }
    plans = std::move(next);
  }
  std::erase_if(plans, [&](const Choices& plan) { return !problem.allowed(plan); });
  return plans;
}

/// The order of plans that keep less than is asked: what is missing, then the value. A plan that
/// was not finished in some runs has no value, so that it comes last.
std::tuple<bool, double, double, double, std::size_t> nearness(const std::vector<Candidate>& all,
                                                               std::size_t i) {
  return {all[i].fate == Fate::not_reached, std::max(0.0, all[i].shortfall), all[i].value,
          all[i].in_a_tie, i};
}

/// Which of the candidates is to be told of: of those that keep all, or may, the smallest value;
/// where every one misses something, the nearest.
void conclude(SearchResult& result) {
  const auto& all = result.candidates;
  std::vector<std::size_t> keeping, open, missing;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].fate == Fate::misses || all[i].fate == Fate::not_reached) missing.push_back(i);
    if (all[i].fate == Fate::remaining) (all[i].keeps_all ? keeping : open).push_back(i);
  }
  const auto by_value = [&](std::size_t a, std::size_t b) {
    return std::make_tuple(all[a].value, all[a].in_a_tie, a) <
           std::make_tuple(all[b].value, all[b].in_a_tie, b);
  };
  const auto by_nearness = [&](std::size_t a, std::size_t b) {
    return nearness(all, a) < nearness(all, b);
  };
  using Found = SearchResult::Found;
  if (!keeping.empty()) {
    result.found = Found::best;
    result.best = *std::min_element(keeping.begin(), keeping.end(), by_value);
  } else if (!open.empty()) {
    result.found = Found::undecided;
    result.best = *std::min_element(open.begin(), open.end(), by_nearness);
  } else {
    result.found = Found::none;
    result.best = *std::min_element(missing.begin(), missing.end(), by_nearness);
  }
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].fate == Fate::remaining && i != result.best) result.rivals.push_back(i);
  std::sort(result.rivals.begin(), result.rivals.end(), by_value);
}

/// Fresh runs of what was found; where nothing was, of those that come nearest, which may change
/// which one does. False when it was stopped.
bool confirm(const SearchProblem& problem, const Attempt& attempt, SearchResult& result) {
  std::vector<std::size_t> chosen{result.best};
  if (result.found == SearchResult::Found::none) {
    chosen.clear();
    for (std::size_t i = 0; i < result.candidates.size(); ++i)
      if (result.candidates[i].fate != Fate::larger_value) chosen.push_back(i);
    std::sort(chosen.begin(), chosen.end(), [&](std::size_t a, std::size_t b) {
      return nearness(result.candidates, a) < nearness(result.candidates, b);
    });
    if (chosen.size() > kNearest) chosen.resize(kNearest);
  }
  std::vector<Ask> asked;
  for (const std::size_t i : chosen)
    asked.push_back({result.candidates[i].plan, kConfirming, problem.confirm});
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::pair<double, double> least{kInfinity, kInfinity};
  return attempt(asked, [&](std::size_t ask, const Evidence& evidence) {
    const std::pair<double, double> lacks{std::max(0.0, shortfall_of(problem, evidence)),
                                          value_of(problem, evidence.columns.front())};
    if (result.confirmation && !(lacks < least)) return;
    least = lacks;
    result.best = chosen[ask];
    result.confirmation = evidence;
  });
}

bool finds_one_that_keeps_all(const std::vector<Candidate>& candidates) {
  return std::any_of(candidates.begin(), candidates.end(), [](const Candidate& one) {
    return one.keeps_all && one.fate == Fate::remaining;
  });
}

/// The number of combinations, or kFewPlans + 1 and more where it is larger than any number.
double combinations(const SearchProblem& problem) {
  double product = 1.0;
  for (const std::size_t size : problem.sizes) product *= static_cast<double>(size);
  return product;
}

}  // namespace

double value_of(const SearchProblem& problem, const std::vector<double>& column) {
  if (problem.level) {
    std::vector<double> sorted = column;
    const auto rank = stats::quantile_rank(sorted.size(), *problem.level) - 1;
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(rank),
                     sorted.end());
    return sorted[rank];
  }
  double sum = 0.0;
  for (const double value : column) sum += value;
  return sum / static_cast<double>(column.size());
}

SearchResult find_best(const SearchProblem& problem, const Attempt& attempt) {
  ROLLCAST_ASSERT(problem.indifference > 0 && problem.most >= kLook && problem.confirm > 0,
                  "indifference {}, {} runs, {} to confirm", problem.indifference, problem.most,
                  problem.confirm);
  SearchResult result;
  std::vector<Choices> plans;
  const double count = combinations(problem);
  const bool few = count <= static_cast<double>(kFewPlans);
  if (few) {
    plans = all_plans(problem);
    result.plans = plans.size();
  } else {
    Proposals proposals = propose(problem, attempt, kProposing, kProposalRuns);
    result.interrupted = proposals.interrupted;
    result.plans = static_cast<std::uint64_t>(std::min(count, 1e18));
    result.proposed = proposals.tried;
    plans = std::move(proposals.plans);
  }
  const std::size_t each = few ? plans.size() : kProposed;
  const std::size_t rounds = few ? 1 : kRounds;
  for (std::size_t round = 0; round < rounds && !result.interrupted; ++round) {
    const std::size_t from = std::min(round * each, plans.size());
    const std::size_t to = std::min(from + each, plans.size());
    if (from == to || finds_one_that_keeps_all(result.candidates)) break;
    Selection selection(problem, attempt,
                        {plans.begin() + static_cast<std::ptrdiff_t>(from),
                         plans.begin() + static_cast<std::ptrdiff_t>(to)});
    result.interrupted = !selection.run();
    const std::size_t before = result.candidates.size();
    for (Candidate& one : selection.take()) {
      one.equal_to += before;
      result.candidates.push_back(std::move(one));
    }
  }
  if (result.candidates.empty() || result.interrupted) return result;
  conclude(result);
  result.interrupted = !confirm(problem, attempt, result);
  return result;
}

}  // namespace rollcast::experiment
