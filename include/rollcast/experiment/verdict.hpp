#pragma once
/// Which strategy the results speak for, in plain words.
#include <string>
#include <string_view>

#include "rollcast/experiment/results.hpp"

namespace rollcast::experiment {

/// Share of runs that must bring the whole fleet into service where the scenario asks for nothing:
/// what never gets there is cheap, and no answer.
inline constexpr double kUsualReadiness = 0.95;

/// The rule: among the strategies that meet every objective (one-sided 95 % bound) the one with the
/// smallest mean ranked cost. Those shown to be within the scenario's indifference share of it are
/// ties. It is undecided when a strategy that may still turn out to meet all objectives is cheaper,
/// or when of two that meet them the data show neither a tie nor who is dearer
/// (the 95 % interval of the paired difference holds 0; of three or more that meet
/// all, the ones that Kim and Nelson's procedure cannot drop). When every strategy misses an
/// objective, the nearest is the one whose largest shortfall of probability is smallest; ties go to
/// the cheaper. REQUIRES results.scenario, .replications, .strategies (metrics, objectives) and
/// .comparisons.
[[nodiscard]] Verdict decide(const Results& results);

/// Whether a strategy is shown to meet every objective (true without any objective).
[[nodiscard]] bool meets_all(const StrategyResult& strategy);
/// Whether any does: what `--require-objectives` asks.
[[nodiscard]] bool any_meets_all(const Results& results);

/// "licence", "image-fee" ...: as an attribute of "cost".
[[nodiscard]] std::string_view words_of(model::CostKind kind);
/// "deployment", "running", "recovery".
[[nodiscard]] std::string_view words_of(model::CostPhase phase);
/// "deployment, delay and incident cost"; "total cost".
[[nodiscard]] std::string words_of(const model::CostScope& scope);
/// An estimated probability, never without its uncertainty: "99.2 % of runs (at least 98.9 %)",
/// "all 1,000 runs (at least 99.7 %)", "none of 1,000 runs (at most 0.3 %)". Bounds are one-sided
/// at 95 %, on the side of `required`.
[[nodiscard]] std::string words_of(const ObjectiveResult& objective, std::uint64_t replications);

}  // namespace rollcast::experiment
