#include "proposals.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <pagmo/algorithm.hpp>
#include <pagmo/algorithms/sga.hpp>
#include <pagmo/population.hpp>
#include <pagmo/problem.hpp>
#include <utility>

namespace rollcast::experiment {
namespace {

constexpr pagmo::population::size_type kPopulation = 40;
/// Generations without a plan that was not tried before: the population has converged.
constexpr int kPatience = 20;

/// Ends the search inside Pagmo: it was stopped.
struct Stopped {};

/// What is known of the plans that were tried. Outlives Pagmo's copies of the problem.
class Tried {
 public:
  Tried(const SearchProblem& problem, const Attempt& attempt, std::uint64_t first,
        std::uint64_t runs)
      : problem_(problem), attempt_(attempt), first_(first), runs_(runs) {}

  /// Smaller is better: plans that keep all constraints come below 1, the others from there on.
  double fitness(const Choices& plan) {
    const auto known = fitness_.find(plan);
    if (known != fitness_.end()) return known->second;
    double fitness = 3.0;
    if (problem_.allowed(plan)) {
      const auto keep = [&](std::size_t, const Evidence& evidence) { fitness = judge(evidence); };
      if (!attempt_({{plan, first_, runs_}}, keep)) throw Stopped{};
      ++simulated_;
    }
    fitness_.emplace(plan, fitness);
    return fitness;
  }
  [[nodiscard]] std::uint64_t simulated() const { return simulated_; }
  [[nodiscard]] std::size_t known() const { return fitness_.size(); }
  [[nodiscard]] const SearchProblem& problem() const { return problem_; }

  [[nodiscard]] std::vector<Choices> best_first() const {
    std::vector<std::pair<double, Choices>> order;
    for (const auto& [plan, fitness] : fitness_)
      if (fitness < 3.0) order.emplace_back(fitness, plan);
    std::sort(order.begin(), order.end());
    std::vector<Choices> plans;
    for (auto& [fitness, plan] : order) plans.push_back(std::move(plan));
    return plans;
  }

 private:
  [[nodiscard]] double judge(const Evidence& evidence) {
    const double shortfall = shortfall_of(problem_, evidence);
    if (shortfall > 0) return 1.0 + shortfall;
    const double value = value_of(problem_, evidence.columns.front());
    if (!std::isfinite(value)) return 2.5;
    if (scale_ == 0.0) scale_ = std::max(std::abs(value), 1e-300);
    return value / (scale_ + std::abs(value));
  }

  const SearchProblem& problem_;
  const Attempt& attempt_;
  std::uint64_t first_;
  std::uint64_t runs_;
  double scale_ = 0.0;
  std::uint64_t simulated_ = 0;
  std::map<Choices, double> fitness_;
};

/// The problem as Pagmo wants it: whole numbers within bounds.
struct IntegerProblem {
  Tried* tried = nullptr;

  [[nodiscard]] pagmo::vector_double fitness(const pagmo::vector_double& decision) const {
    Choices plan;
    for (const double x : decision) plan.push_back(static_cast<std::size_t>(std::llround(x)));
    return {tried->fitness(plan)};
  }
  [[nodiscard]] std::pair<pagmo::vector_double, pagmo::vector_double> get_bounds() const {
    if (tried == nullptr) return {{0.0}, {1.0}};
    pagmo::vector_double high;
    for (const std::size_t size : tried->problem().sizes)
      high.push_back(static_cast<double>(size - 1));
    return {pagmo::vector_double(high.size(), 0.0), high};
  }
  [[nodiscard]] pagmo::vector_double::size_type get_nix() const {
    return tried == nullptr ? 1 : tried->problem().sizes.size();
  }
};

}  // namespace

double shortfall_of(const SearchProblem& problem, const Evidence& evidence) {
  double shortfall = -1.0;
  for (std::size_t k = 0; k < problem.required.size(); ++k) {
    const auto& held = evidence.columns[1 + k];
    double count = 0.0;
    for (const double one : held) count += one;
    shortfall = std::max(shortfall, problem.required[k] - count / static_cast<double>(held.size()));
  }
  return shortfall;
}

Proposals propose(const SearchProblem& problem, const Attempt& attempt, std::uint64_t first,
                  std::uint64_t runs) {
  Tried tried(problem, attempt, first, runs);
  Proposals proposals;
  try {
    const auto seed = static_cast<unsigned>(problem.seed ^ (problem.seed >> 32U));
    pagmo::population population{pagmo::problem{IntegerProblem{&tried}}, kPopulation, seed};
    const pagmo::algorithm algorithm{
        pagmo::sga(1, 0.9, 1.0, 0.1, 1.0, 2, "exponential", "uniform", "tournament", seed)};
    for (int idle = 0; idle < kPatience && tried.simulated() < problem.tried;) {
      const std::size_t before = tried.known();
      population = algorithm.evolve(population);
      idle = tried.known() == before ? idle + 1 : 0;
    }
  } catch (const Stopped&) {
    proposals.interrupted = true;
  }
  proposals.plans = tried.best_first();
  proposals.tried = tried.simulated();
  return proposals;
}

}  // namespace rollcast::experiment
