#include "rollcast/experiment/optimize.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "front.hpp"
#include "open_points.hpp"
#include "rollcast/base/assertion.hpp"
#include "rollcast/experiment/verdict.hpp"
#include "rollcast/stats/mean.hpp"
#include "rollcast/stats/proportion.hpp"
#include "rollcast/stats/quantile.hpp"

namespace rollcast::experiment {
namespace {

using model::Metric;
using Of = model::PrecisionTarget::Of;

/// The plans of a scenario as the search sees them: the variables' values, then the strategy.
class World {
 public:
  World(const scenario::Loaded& loaded, const OptimizePlan& plan, const OptimizeHooks& hooks)
      : loaded_(loaded), problem_(*loaded.optimize), plan_(plan), hooks_(hooks) {}

  [[nodiscard]] std::vector<std::size_t> sizes() const {
    std::vector<std::size_t> sizes;
    for (const scenario::SweepAxis& axis : problem_.variables) sizes.push_back(axis.values.size());
    sizes.push_back(loaded_.scenario->strategies.size());
    return sizes;
  }
  [[nodiscard]] std::vector<std::string> values(const Choices& plan) const {
    std::vector<std::string> values;
    for (std::size_t k = 0; k < problem_.variables.size(); ++k)
      values.push_back(problem_.variables[k].values[plan[k]]);
    return values;
  }
  /// Plans of one point stand or fall together: what the scenario says of it is asked once.
  [[nodiscard]] bool allowed(const Choices& plan) {
    const Choices point(plan.begin(), plan.end() - 1);
    const auto known = allowed_.find(point);
    bool fine = known != allowed_.end() && known->second;
    if (known == allowed_.end()) {
      Diagnostics problems;
      fine = loaded_.source->with(settings(plan), problems).has_value();
      allowed_.emplace(point, fine);
    }
    if (!fine) ++refused_;
    return fine;
  }

  /// Plans of those that were asked for which the scenario does not allow.
  [[nodiscard]] std::uint64_t refused() const { return refused_; }

  /// An Attempt: steps that are known are handed over, the others are simulated.
  bool attempt(const std::vector<Ask>& asked,
               const std::function<void(std::size_t, const Evidence&)>& keep) {
    const std::size_t first_step = steps_;
    steps_ += asked.size();
    const auto known = [&](std::size_t ask) -> const PointResult* {
      return hooks_.known ? hooks_.known(first_step + ask) : nullptr;
    };
    std::size_t done = 0;
    for (; done < asked.size() && known(done) != nullptr; ++done)
      keep(done, Evidence{known(done)->samples.front()});
    const auto simulated = [&](std::size_t ask, Evidence&& evidence) {
      PointResult result;
      result.leader = asked[ask].plan.back();
      result.cells.emplace_back(evidence.columns.size());
      result.samples = {std::move(evidence.columns)};
      if (hooks_.keep) hooks_.keep(first_step + ask, {values(asked[ask].plan), ""}, result);
      keep(ask, Evidence{std::move(result.samples.front())});
    };
    return done == asked.size() ||
           simulate({asked.begin() + static_cast<std::ptrdiff_t>(done), asked.end()},
                    [&](std::size_t ask, Evidence&& evidence) {
                      simulated(done + ask, std::move(evidence));
                    });
  }

 private:
  [[nodiscard]] scenario::Settings settings(const Choices& plan) const {
    scenario::Settings settings;
    for (std::size_t k = 0; k < problem_.variables.size(); ++k)
      settings.emplace_back(problem_.variables[k].path, problem_.variables[k].values[plan[k]]);
    return settings;
  }

  /// The asks of one call are for equally many runs. False when it was stopped.
  bool simulate(const std::vector<Ask>& asked,
                const std::function<void(std::size_t, Evidence&&)>& keep) {
    const std::uint64_t each = asked.front().count;
    OpenPoints open(loaded_, [&](std::size_t ask) { return settings(asked[ask].plan); });
    Evidence evidence;
    Hooks inner;
    inner.stop = hooks_.stop;
    inner.progress = hooks_.progress;
    inner.keep = [&](const Block& block) {
      for (std::uint64_t offset = 0; offset < block.replications; ++offset) {
        append(evidence, block.at(offset, 0));
        const std::uint64_t made = block.first + offset + 1;
        if (made % each != 0) continue;
        open.close(made / each - 1);
        keep(made / each - 1, std::exchange(evidence, {}));
      }
    };
    const auto simulate = [&](std::size_t, std::uint64_t index) {
      const Ask& ask = asked[index / each];
      return open.at(index / each)->run_alone(ask.plan.back(), ask.first + index % each);
    };
    const Plan run{1, each * asked.size(), kBlockSize, plan_.jobs};
    return !run_replications(run, simulate, inner).interrupted;
  }

  void append(Evidence& evidence, const model::Outcome& outcome) const {
    std::vector<double> row{outcome.metrics[static_cast<std::size_t>(problem_.minimise.metric)]};
    for (const std::size_t objective : problem_.objectives)
      row.push_back(outcome.objectives[objective]);
    for (const scenario::Limit& limit : problem_.limits)
      row.push_back(limit.holds(outcome.metrics[static_cast<std::size_t>(limit.metric)]) ? 1.0
                                                                                         : 0.0);
    const double ready = outcome.metrics[static_cast<std::size_t>(Metric::ready_time)];
    if (problem_.objectives.empty()) row.push_back(std::isfinite(ready) ? 1.0 : 0.0);
    for (const Metric metric : {front_cost(problem_), Metric::ready_time})
      row.push_back(outcome.metrics[static_cast<std::size_t>(metric)]);
    evidence.columns.resize(row.size());
    for (std::size_t k = 0; k < row.size(); ++k) evidence.columns[k].push_back(row[k]);
  }

  const scenario::Loaded& loaded_;
  const scenario::Optimisation& problem_;
  const OptimizePlan& plan_;
  const OptimizeHooks& hooks_;
  std::map<Choices, bool> allowed_;
  std::size_t steps_ = 0;
  std::uint64_t refused_ = 0;
};

Cell mean_cell(const std::vector<double>& column) {
  if (!std::all_of(column.begin(), column.end(), [](double x) { return std::isfinite(x); }))
    return {};
  const stats::MeanEstimate mean = stats::estimate_mean(column);
  return {mean.mean, mean.interval};
}

Cell quantile_cell(std::vector<double> column, double level) {
  std::sort(column.begin(), column.end());
  const double value = column[stats::quantile_rank(column.size(), level) - 1];
  Cell cell{std::nullopt, stats::interval_at(column, stats::quantile_ranks(column.size(), level))};
  if (std::isfinite(value)) cell.value = value;
  return cell;
}

Cell share_cell(const std::vector<double>& column) {
  const auto held = static_cast<double>(std::count(column.begin(), column.end(), 1.0));
  return {held / static_cast<double>(column.size()), stats::clopper_pearson(held, column.size())};
}

/// What a plan's runs show, for tables.
struct Shown {
  Cell value, cost, time, risk;
  std::vector<Cell> constraints;
};
Shown shown(const scenario::Optimisation& problem, const Evidence& evidence) {
  const auto& columns = evidence.columns;
  const std::size_t constraints = columns.size() - 3;
  Shown shown;
  shown.value = problem.minimise.of == Of::mean
                    ? mean_cell(columns[0])
                    : quantile_cell(columns[0], problem.minimise.level / 100);
  for (std::size_t k = 0; k < constraints; ++k)
    shown.constraints.push_back(share_cell(columns[1 + k]));
  shown.cost = mean_cell(columns[constraints + 1]);
  shown.time = quantile_cell(columns[constraints + 2], kFrontTime);
  shown.risk = share_cell(risk_column(evidence));
  return shown;
}

SearchProblem search_problem(const scenario::Loaded& loaded, const OptimizePlan& plan,
                             const std::vector<Constraint>& constraints) {
  const scenario::Optimisation& problem = *loaded.optimize;
  SearchProblem search;
  for (const Constraint& constraint : constraints) search.required.push_back(constraint.required);
  if (problem.minimise.of == Of::quantile) search.level = problem.minimise.level / 100;
  // A scenario may want to tell everything apart; what is nothing cannot be simulated.
  constexpr double kLeast = 0.0001;
  search.indifference = std::max(kLeast, loaded.scenario->indifference);
  search.in_a_tie = 1 + constraints.size() + 1;  // the ready time, see columns_of()
  search.most = plan.most;
  search.confirm = plan.confirm;
  search.tried = problem.tried;
  search.seed = loaded.scenario->seed;
  return search;
}

TriedPlan tried_plan(const scenario::Optimisation& problem, const World& world,
                     const Candidate& candidate) {
  Shown known = shown(problem, candidate.evidence);
  TriedPlan plan;
  plan.values = world.values(candidate.plan);
  plan.strategy = candidate.plan.back();
  plan.fate = candidate.fate;
  plan.missed = candidate.missed;
  plan.keeps_all = candidate.keeps_all;
  plan.shortfall = candidate.shortfall;
  plan.equal_to = candidate.equal_to;
  plan.replications = candidate.evidence.columns.front().size();
  plan.value = known.value;
  plan.cost = known.cost;
  plan.time = known.time;
  plan.risk = known.risk;
  plan.constraints = std::move(known.constraints);
  return plan;
}

Confirmation confirmation_of(const OptimizeResults& results, const Evidence& evidence) {
  Shown known = shown(results.problem, evidence);
  Confirmation confirmation{
      evidence.columns.front().size(), known.value, known.cost, known.time, known.risk, {}, {}};
  for (std::size_t k = 0; k < results.constraints.size(); ++k) {
    const auto& held = evidence.columns[1 + k];
    const auto count = static_cast<double>(std::count(held.begin(), held.end(), 1.0));
    const auto decision =
        stats::decide_at_least(count, held.size(), results.constraints[k].required);
    confirmation.met.push_back(decision == stats::Decision::holds   ? Met::yes
                               : decision == stats::Decision::fails ? Met::no
                                                                    : Met::undecided);
  }
  confirmation.constraints = std::move(known.constraints);
  return confirmation;
}

}  // namespace

model::Metric front_cost(const scenario::Optimisation& problem) {
  const bool money = problem.minimise.of == Of::mean &&
                     model::metric_info(problem.minimise.metric).unit == model::Unit::money;
  return money ? problem.minimise.metric : Metric::cost_ranked;
}

std::vector<Constraint> constraints_of(const scenario::Loaded& loaded) {
  std::vector<Constraint> constraints;
  for (const std::size_t i : loaded.optimize->objectives) {
    const model::Objective& objective = loaded.scenario->objectives[i];
    constraints.push_back({objective.name, objective.words, objective.probability.value()});
  }
  for (const scenario::Limit& limit : loaded.optimize->limits)
    constraints.push_back({limit.words, limit.words, limit.required()});
  if (loaded.optimize->objectives.empty())
    constraints.push_back(
        {"ready", "the whole fleet is ready within the horizon", kUsualReadiness});
  return constraints;
}

std::vector<std::string> columns_of(const scenario::Loaded& loaded) {
  std::vector<std::string> columns{loaded.optimize->minimise.words};
  for (const Constraint& constraint : constraints_of(loaded)) columns.push_back(constraint.name);
  columns.emplace_back(model::metric_info(front_cost(*loaded.optimize)).name);
  columns.emplace_back("ready_time");
  return columns;
}

OptimizeResults optimize(const scenario::Loaded& loaded, const OptimizePlan& plan,
                         const OptimizeHooks& hooks) {
  ROLLCAST_ASSERT(loaded.optimize.has_value(), "no decision problem in {}", loaded.scenario->name);
  scenario::Loaded independent = loaded;
  independent.sampling = scenario::Sampling::random;
  OptimizeResults results;
  results.scenario = *loaded.scenario;
  results.problem = *loaded.optimize;
  results.constraints = constraints_of(loaded);
  results.seed = loaded.scenario->seed;
  World world(independent, plan, hooks);
  SearchProblem search = search_problem(loaded, plan, results.constraints);
  search.sizes = world.sizes();
  search.allowed = [&](const Choices& choices) { return world.allowed(choices); };
  // A quantile needs batches of its own.
  if (search.level) search.most = std::max<std::uint64_t>(search.most, 2'000);
  results.most = search.most;
  const SearchResult found =
      find_best(search, [&](const std::vector<Ask>& asked,
                            const std::function<void(std::size_t, const Evidence&)>& keep) {
        return world.attempt(asked, keep);
      });
  results.plans = found.plans;
  results.proposed = found.proposed;
  results.refused = world.refused();
  results.found = found.found;
  results.best = found.best;
  results.rivals = found.rivals;
  results.interrupted = found.interrupted;
  if (results.interrupted) return results;
  for (const Candidate& candidate : found.candidates)
    results.tried.push_back(tried_plan(results.problem, world, candidate));
  place_on_front(results.tried, found.candidates, search.indifference);
  if (found.confirmation) results.confirmation = confirmation_of(results, *found.confirmation);
  return results;
}

}  // namespace rollcast::experiment
