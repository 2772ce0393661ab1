#include "rollcast/experiment/information.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <utility>

#include "evaluations.hpp"
#include "rollcast/base/assertion.hpp"
#include "rollcast/experiment/draws.hpp"
#include "rollcast/experiment/summary.hpp"

namespace rollcast::experiment {
namespace {

Information told_of(model::Metric metric, const stats::InformedRuns& runs) {
  Information information;
  information.metric = metric;
  std::vector<double> sums;
  for (const auto& losses : runs.losses)
    sums.push_back(std::accumulate(losses.begin(), losses.end(), 0.0));
  information.best =
      static_cast<std::size_t>(std::min_element(sums.begin(), sums.end()) - sums.begin());
  std::vector<std::size_t> all(runs.draws.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  for (const std::size_t input : all)
    information.inputs.push_back(stats::worth_of_knowing(runs, std::span(&input, 1)));
  information.all = stats::worth_of_knowing(runs, all);
  return information;
}

}  // namespace

std::optional<std::vector<Information>> value_information(
    const scenario::Loaded& loaded, const std::vector<scenario::UncertainInput>& inputs,
    const InformationPlan& plan, EvaluationHooks& hooks) {
  ROLLCAST_ASSERT(!inputs.empty() && plan.replications >= kLeastInformedRuns, "{} inputs, {} runs",
                  inputs.size(), plan.replications);
  const std::size_t strategies = loaded.scenario->strategies.size();
  if (strategies < 2) return std::vector<Information>{};
  const Draws draws(inputs, Sampling::random, loaded.scenario->seed, plan.correlations);
  const Evaluations runs_of{plan.replications, 1,
                            [&](std::uint64_t run) { return draws.settings(draws.uniforms(run)); },
                            [](std::uint64_t run, std::uint64_t) { return run; }};
  auto values = evaluate(loaded, plan.metrics, plan.jobs, runs_of, hooks);
  if (!values) return std::nullopt;
  stats::InformedRuns runs;
  runs.draws.resize(inputs.size());
  std::vector<std::map<std::string, std::uint32_t>> seen(inputs.size());
  runs.levels.resize(inputs.size());
  for (std::uint64_t run = 0; run < plan.replications; ++run) {
    const std::vector<double> uniforms = draws.uniforms(run);
    for (std::size_t j = 0; j < inputs.size(); ++j) {
      runs.draws[j].push_back(uniforms[j]);
      if (!inputs[j].whole && inputs[j].choices.empty()) continue;
      const auto next = static_cast<std::uint32_t>(seen[j].size());
      runs.levels[j].push_back(seen[j].emplace(inputs[j].value(uniforms[j]), next).first->second);
    }
  }
  std::vector<Information> told;
  for (std::size_t m = 0; m < plan.metrics.size(); ++m) {
    runs.losses.clear();
    for (std::size_t s = 0; s < strategies; ++s) {
      runs.losses.push_back(std::move((*values)[s][m]));
      if (!small_is_worse(plan.metrics[m])) continue;
      for (double& value : runs.losses.back()) value = -value;
    }
    told.push_back(told_of(plan.metrics[m], runs));
  }
  return told;
}

}  // namespace rollcast::experiment
