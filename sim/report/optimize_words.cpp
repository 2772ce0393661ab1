#include "optimize_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>

#include "html.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/experiment/verdict.hpp"
#include "words.hpp"

namespace rollcast::report {
namespace {

using experiment::Cell;
using experiment::Confirmation;
using experiment::Met;
using experiment::OptimizeResults;
using experiment::TriedPlan;
using Found = experiment::SearchResult::Found;
using Of = model::PrecisionTarget::Of;

constexpr std::size_t kNamedPlans = 3;

std::string quoted(const std::string& name) {
  return "“" + without_direction_marks(name) + "”";
}

model::Unit unit_of(const OptimizeResults& results) {
  return model::metric_info(results.problem.minimise.metric).unit;
}

std::string with_range(std::string text, const std::string& range) {
  return range.empty() ? text : text + " (" + range + ")";
}

/// The constraint of which most is missing, and how much: by the confirmation.
std::string shortfall_words(const OptimizeResults& results, const Confirmation& confirmation) {
  std::size_t worst = 0;
  double most = -1.0;
  for (std::size_t k = 0; k < results.constraints.size(); ++k) {
    const double missing =
        results.constraints[k].required - confirmation.constraints[k].value.value_or(0.0);
    if (missing > most) {
      most = missing;
      worst = k;
    }
  }
  if (results.constraints.empty() || most <= 0) return "its fresh runs come to what is asked";
  return fmt::format(
      "it keeps {} in {} of the runs, where {} is asked: {} percentage points short",
      quoted(results.constraints[worst].name), chance_text(confirmation.constraints[worst]),
      human_percent(results.constraints[worst].required), human_number(100 * most, 2));
}

/// The first few names of some plans, and how many more there are.
std::string listed(const std::vector<std::string>& names) {
  const std::size_t told = std::min(kNamedPlans, names.size());
  std::string text = join({names.begin(), names.begin() + static_cast<std::ptrdiff_t>(told)}, "; ");
  if (names.size() > told) text += fmt::format("; and {} more", names.size() - told);
  return text;
}

std::string rivals_words(const OptimizeResults& results) {
  std::vector<std::string> names;
  for (const std::size_t rival : results.rivals) {
    const TriedPlan& plan = results.tried[rival];
    names.push_back(fmt::format("{} ({}{})", plan_words(results, plan),
                                value_text(results, plan.value),
                                plan.keeps_all ? "" : ", not shown to keep all"));
  }
  return fmt::format("The runs do not decide about {}: {}. More replications (-n) would.",
                     plural(names.size(), "other plan"), listed(names));
}

/// Plans that have the value of the one that is named, always; empty where there are none.
std::string equals_words(const OptimizeResults& results) {
  std::vector<std::string> names;
  for (const TriedPlan& plan : results.tried) {
    const TriedPlan* equal = &plan;
    while (equal->fate == experiment::Fate::equal_value) equal = &results.tried[equal->equal_to];
    if (equal != &plan && equal == &results.tried[results.best])
      names.push_back(plan_words(results, plan));
  }
  if (names.empty()) return {};
  return fmt::format("Of the same value, and no sooner ready: {}.", listed(names));
}

}  // namespace

std::string plan_words(const OptimizeResults& results, const TriedPlan& plan) {
  std::string words = quoted(results.scenario.strategies[plan.strategy].name);
  for (std::size_t k = 0; k < plan.values.size(); ++k)
    words += fmt::format(", {} {}", results.problem.variables[k].path, plan.values[k]);
  return words;
}

std::string metric_label(const OptimizeResults& results, model::Metric metric) {
  const model::MetricInfo& info = model::metric_info(metric);
  std::string what = metric == model::Metric::cost_ranked
                         ? experiment::words_of(results.scenario.ranking)
                         : std::string(info.label);
  if (info.unit == model::Unit::money) what += " [" + results.scenario.currency + "]";
  return what;
}

std::string value_label(const OptimizeResults& results) {
  const scenario::Estimate& estimate = results.problem.minimise;
  const std::string what = metric_label(results, estimate.metric);
  if (estimate.of == Of::mean) return "mean " + what;
  return fmt::format("P{} of {}", human_number(estimate.level), what);
}

std::string value_text(const OptimizeResults& results, const Cell& cell) {
  return cell.value ? value_text(*cell.value, unit_of(results))
                    : std::string(absent_text(results.problem.minimise.metric));
}

std::string chance_text(const Cell& cell) {
  return probability_text(*cell.value, *cell.interval);
}

std::string time_text(const Cell& cell) {
  return cell.value ? value_text(*cell.value, model::Unit::seconds) : "not reached";
}

std::string found_sentence(const OptimizeResults& results) {
  if (results.tried.empty()) return "No plan was tried.";
  const TriedPlan& best = results.tried[results.best];
  const Cell& value = results.confirmation ? results.confirmation->value : best.value;
  const std::string what =
      fmt::format("Its {}: {}", value_label(results),
                  with_range(value_text(results, value),
                             value.value ? range_text(value.interval, unit_of(results)) : ""));
  const std::string plan = plan_words(results, best);
  switch (results.found) {
    case Found::best:
      return fmt::format("Take {}. {}.", plan, what);
    case Found::undecided:
      return fmt::format(
          "No plan is shown to keep all that is asked, but the runs do not exclude it either. {} "
          "comes nearest. {}.",
          plan, what);
    case Found::none:
      break;
  }
  return fmt::format(
      "No plan of {} keeps all that is asked. {} comes nearest: {}. {}.",
      human_count(static_cast<std::int64_t>(results.tried.size())), plan,
      results.confirmation ? shortfall_words(results, *results.confirmation) : "not confirmed",
      what);
}

std::vector<std::string> findings_of(const OptimizeResults& results) {
  std::vector<std::string> findings;
  if (!results.confirmation) return findings;
  const Confirmation& confirmation = *results.confirmation;
  bool missed = false;
  for (std::size_t k = 0; k < results.constraints.size(); ++k) {
    const Cell& cell = confirmation.constraints[k];
    const Met met = confirmation.met[k];
    missed = missed || met == Met::no;
    findings.push_back(
        fmt::format("{}: {}, asked {}: {}", quoted(results.constraints[k].name),
                    with_range(chance_text(cell), probability_range(*cell.value, *cell.interval)),
                    human_percent(results.constraints[k].required),
                    met == Met::yes  ? "confirmed"
                    : met == Met::no ? "missed in fresh runs"
                                     : "the fresh runs alone do not decide"));
  }
  if (results.found == Found::best && missed)
    findings.push_back("The fresh runs contradict the choice: take more replications (-n).");
  if (!results.rivals.empty()) findings.push_back(rivals_words(results));
  if (auto equals = equals_words(results); !equals.empty()) findings.push_back(std::move(equals));
  return findings;
}

std::vector<std::string> notes_of(const OptimizeResults& results) {
  std::vector<std::string> notes;
  const auto count = [](std::uint64_t n) { return human_count(static_cast<std::int64_t>(n)); };
  if (results.proposed > 0)
    notes.push_back(fmt::format(
        "{} plans are possible; a genetic algorithm (Pagmo's sga) tried {}, of which the {} most "
        "promising were compared with other luck. That a better one was never proposed cannot be "
        "excluded.",
        count(results.plans), count(results.proposed), results.tried.size()));
  else
    notes.push_back(results.plans == 1
                        ? std::string("The only plan was looked at.")
                        : fmt::format("All {} plans were compared.", count(results.plans)));
  if (results.refused > 0)
    notes.push_back(
        fmt::format("{} the scenario does not allow; `rollcast sweep` over the same "
                    "values says why.",
                    plural(results.refused, "more plan")));
  notes.push_back(fmt::format(
      "Every plan met the same luck, block by block, up to {}. Plans left when they were shown to "
      "miss what is asked, or not to be better by more than {} than one that is shown to keep it "
      "(Kim and Nelson's procedure; of plans with the same value the one that is ready sooner "
      "stays). All these decisions together hold with 95 % confidence.",
      runs_text(results.most), human_percent(results.scenario.indifference)));
  if (results.confirmation)
    notes.push_back(
        fmt::format("The numbers of the plan that is named come from {} with fresh luck, so that "
                    "they are not flattered by the choice.",
                    runs_text(results.confirmation->replications)));
  notes.push_back(
      "The front holds the plans that no other one beats in mean cost, 95 % point of the ready "
      "time and risk (the chance that a run misses something that is asked).");
  return notes;
}

std::vector<std::size_t> in_order(const OptimizeResults& results) {
  std::vector<std::size_t> order(results.tried.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto rank = [&](std::size_t i) {
    const TriedPlan& plan = results.tried[i];
    const bool out =
        plan.fate == experiment::Fate::misses || plan.fate == experiment::Fate::not_reached;
    return std::make_tuple(i != results.best, out, !plan.keeps_all,
                           plan.value.value.value_or(std::numeric_limits<double>::infinity()), i);
  };
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
  return order;
}

}  // namespace rollcast::report
