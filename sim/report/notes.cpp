#include "notes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <variant>
#include <vector>

#include "decision.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/experiment/verdict.hpp"
#include "words.hpp"

namespace rollcast::report {
namespace {

using experiment::PrecisionReached;
using experiment::Results;

std::string count_text(std::uint64_t count) {
  return human_count(static_cast<std::int64_t>(count));
}

std::string width_text(const model::PrecisionTarget& target, double half_width) {
  const bool objective = target.of == model::PrecisionTarget::Of::objective;
  if (target.relative || objective) return human_percent(half_width);
  return value_text(half_width, model::metric_info(target.metric).unit);
}

/// One target: reached by all strategies, or how far it is from that.
std::string precision_note(const Results& results, std::size_t index) {
  const model::PrecisionTarget& target = results.scenario.precision[index];
  const PrecisionReached* worst = nullptr;
  std::vector<std::string> endless, beyond;
  for (const PrecisionReached& one : results.precision) {
    if (one.target != index) continue;
    if (one.reached && !one.half_width) beyond.push_back(results.strategies[one.strategy].name);
    if (one.reached) continue;
    if (!one.half_width)
      endless.push_back(results.strategies[one.strategy].name);
    else if (worst == nullptr || *one.half_width > *worst->half_width)
      worst = &one;
  }
  std::string text = fmt::format("Precision: {} (half of the 95 % interval)", target.words);
  const std::string late =
      beyond.empty() ? ""
                     : fmt::format("; of {} it lies beyond the horizon", join_words(beyond, "and"));
  if (worst == nullptr && endless.empty() && beyond.size() == results.strategies.size())
    return fmt::format("{}: there is none to reach{}.", text, late);
  if (worst == nullptr && endless.empty())
    return fmt::format("{}: reached by every {} with {}{}.", text,
                       beyond.empty() ? "strategy" : "other strategy",
                       runs_text(results.replications), late);
  text += fmt::format(" is not reached with {}", runs_text(results.replications));
  if (worst != nullptr)
    text += fmt::format(
        ": ± {} for {}{}", width_text(target, *worst->half_width),
        results.strategies[worst->strategy].name,
        worst->needed ? fmt::format(", about {} runs would do", count_text(*worst->needed)) : "");
  if (!endless.empty())
    text += fmt::format("; {} no such number, as some runs have no value of it",
                        join_words(endless, "and") + (endless.size() > 1 ? " have" : " has"));
  return text + late + ".";
}

std::string subject_of(const Results& results, model::Metric metric) {
  return metric == model::Metric::ready_time ? "time until ready"
                                             : experiment::words_of(results.scenario.ranking);
}

std::string value_of(const Results& results, const experiment::QuantileEstimate& quantile,
                     model::Metric metric) {
  return quantile_text(quantile, model::metric_info(metric), to_seconds(results.scenario.horizon));
}

/// Two bands: everything, and luck alone.
std::string ignorance_note(const Results& results, const experiment::Ignorance& one) {
  std::string text = fmt::format("{}, {}: ", results.strategies[one.strategy].name,
                                 subject_of(results, one.metric));
  if (one.share) {
    text += fmt::format(
        "{} of the spread is what we do not know",
        one.share_ci ? probability_text(*one.share, *one.share_ci) : human_percent(*one.share));
    if (one.share_ci) text += fmt::format(" ({})", probability_range(*one.share, *one.share_ci));
    text += ", the rest luck; ";
  }
  return text + fmt::format("P5 to P95 {} to {}, with the inputs at their medians {} to {}.",
                            value_of(results, one.low, one.metric),
                            value_of(results, one.high, one.metric),
                            value_of(results, one.luck_low, one.metric),
                            value_of(results, one.luck_high, one.metric));
}

std::string gain_note(const Results& results, const experiment::Gain& gain) {
  const std::string who = fmt::format("{}, mean {}", results.strategies[gain.strategy].name,
                                      subject_of(results, gain.metric));
  const std::string ratio =
      fmt::format("{}× ({} to {})", human_number(gain.ratio), human_number(gain.ratio_ci.low),
                  human_number(gain.ratio_ci.high));
  if (!gain.control)
    return fmt::format("{}: {} sampling is worth {} as many runs.", who, results.sampling, ratio);
  const model::Unit unit = model::metric_info(gain.metric).unit;
  return fmt::format(
      "{}: that the mean of {} is known (a control variate) makes these runs worth {} as many, and "
      "puts it at {}{}.",
      who, results.uncertain[*gain.control].path, ratio, range_text(gain.mean_ci, unit),
      unit == model::Unit::money ? " " + results.scenario.currency : "");
}

/// Where one strategy is better than others in the same sense, one sentence tells all of them.
class Dominances {
 public:
  explicit Dominances(const Results& results) : results_(results) {}

  void add(const experiment::Comparison& comparison) {
    using Better = experiment::Comparison::Better;
    const bool first = comparison.first_order != Better::not_shown;
    const Better better = first ? comparison.first_order : comparison.second_order;
    if (better == Better::not_shown) return;
    const bool left = better == Better::left;
    const std::size_t winner = left ? comparison.left : comparison.right;
    const std::size_t loser = left ? comparison.right : comparison.left;
    const auto same = std::find_if(all_.begin(), all_.end(), [&](const One& one) {
      return one.metric == comparison.metric && one.better == winner && one.first == first;
    });
    if (same == all_.end())
      all_.push_back({comparison.metric, winner, first, {results_.strategies[loser].name}});
    else
      same->than.push_back(results_.strategies[loser].name);
  }

  void tell(std::vector<std::string>& notes) const {
    for (const One& one : all_) {
      const std::size_t others = results_.strategies.size() - 1;
      const std::string than =
          one.than.size() == others && others > 1 ? "every other" : join_words(one.than, "and");
      notes.push_back(fmt::format(
          "In {}, {} is better than {}, {} (stochastic dominance, bootstrap test at 5 %).",
          subject_of(results_, one.metric), results_.strategies[one.better].name, than,
          one.first ? "whatever limit one sets" : "for whoever dislikes risk"));
    }
  }

 private:
  struct One {
    model::Metric metric;
    std::size_t better;
    bool first;
    std::vector<std::string> than;
  };
  const Results& results_;
  std::vector<One> all_;
};

/// Of n runs with none of a kind, the chance of that kind is at most 3 / n, with 95 % confidence.
constexpr double kRareness = 3.0;

/// Share of the runs that were stopped and never had the whole fleet ready.
double stopped_short(const experiment::StrategyResult& strategy) {
  const auto of = [&](model::Metric metric) -> const std::vector<double>& {
    return strategy.samples.metrics[static_cast<std::size_t>(metric)];
  };
  const auto& aborted = of(model::Metric::rollout_aborted);
  const auto& ready = of(model::Metric::ready_time);
  std::size_t both = 0;
  for (std::size_t i = 0; i < ready.size(); ++i)
    if (aborted[i] > 0 && !std::isfinite(ready[i])) ++both;
  return static_cast<double>(both) / static_cast<double>(std::max<std::size_t>(1, ready.size()));
}

/// Who was not ready within the horizon: what that costs is not all in the sums.
void add_unfinished(const Results& results, std::vector<std::string>& notes) {
  std::vector<std::string> who;
  bool stopped = false;
  for (const experiment::StrategyResult& strategy : results.strategies) {
    const double reached = summary_of(strategy, model::Metric::ready_time).reached;
    if (strategy.replications == 0 || reached >= 1) continue;
    const double aborted = stopped_short(strategy);
    stopped = stopped || aborted > 0;
    const std::string open = human_percent(1 - reached);
    const std::string of_them = aborted > 0 && human_percent(aborted) != open
                                    ? human_percent(aborted) + " because its roll-out was stopped"
                                    : "its roll-out was stopped";
    who.push_back(fmt::format("{} in {} of its runs{}", strategy.name, open,
                              aborted > 0 ? " (" + of_them + ")" : ""));
  }
  if (who.empty()) return;
  const bool waits_cost = std::any_of(
      results.scenario.strategies.begin(), results.scenario.strategies.end(),
      [](const model::Strategy& one) { return one.world.delay_per_missing_hour != Money{}; });
  notes.push_back(fmt::format(
      "Not ready within {}: {}. Costs count what was spent by then: a run that was still under way "
      "would cost more with a longer horizon{}.",
      human_duration(results.scenario.horizon), join_words(who, "and"),
      stopped && waits_cost ? ", and one whose roll-out was stopped pays for the delay up to the "
                              "horizon, so that its "
                              "cost hangs on the horizon chosen"
                            : ""));
}

/// Whose incidents were not all over at the horizon, where an objective asks for that.
void add_open_incidents(const Results& results, std::vector<std::string>& notes) {
  const auto& objectives = results.scenario.objectives;
  const bool asked = std::any_of(objectives.begin(), objectives.end(), [](const auto& objective) {
    const auto* limit = std::get_if<model::MetricAtMost>(&objective.condition);
    return limit != nullptr && (limit->metric == model::Metric::recovery_time_max ||
                                limit->metric == model::Metric::recovery_time_mean);
  });
  if (!asked) return;
  std::vector<std::string> who;
  for (const experiment::StrategyResult& strategy : results.strategies) {
    const auto& open =
        strategy.samples.metrics[static_cast<std::size_t>(model::Metric::recovery_open)];
    const auto runs = std::count_if(open.begin(), open.end(), [](double n) { return n > 0; });
    if (runs == 0) continue;
    const double share = static_cast<double>(runs) / static_cast<double>(open.size());
    who.push_back(fmt::format("{} in {} of its runs", strategy.name, human_percent(share)));
  }
  if (who.empty()) return;
  notes.push_back(fmt::format(
      "Incidents still open at the horizon: {}. However young, they count as not recovered, also "
      "by objectives on the time of recovery.",
      join_words(who, "and")));
}

/// How the services do, where groups say what suffices.
void add_service(const Results& results, std::vector<std::string>& notes) {
  std::vector<std::string> shares;
  for (const experiment::StrategyResult& strategy : results.strategies) {
    const auto& availability = summary_of(strategy, model::Metric::service_availability);
    const auto& outages = summary_of(strategy, model::Metric::service_outages);
    if (!availability.mean || !outages.mean) return;
    shares.push_back(fmt::format("{} ({} outages a run) with {}",
                                 value_text(*availability.mean, model::Unit::share),
                                 human_number(*outages.mean, 2), strategy.name));
  }
  notes.push_back(
      fmt::format("Of the time since the service first stood, as many as suffice serve "
                  "in {}, on average.",
                  join_words(shares, "and")));
}

/// How many conditions were tried, and what that cost.
void add_conditions(const Results& results, std::vector<std::string>& notes) {
  const experiment::Verdict& verdict = results.verdict;
  if (verdict.conditions.empty()) {
    if (verdict.condition_replications > 0)
      notes.push_back(fmt::format(
          "Which untouched defaults and uncertain inputs would turn the verdict was not tried: in "
          "the {} of each strategy that are made again for each value, the verdict is not the one "
          "of all {}. Small changes may turn it.",
          "first " + runs_text(verdict.condition_replications), runs_text(results.replications)));
    return;
  }
  const std::size_t turning = turning_conditions(results).size();
  notes.push_back(fmt::format(
      "{} of {} tried values of untouched defaults and uncertain inputs {} the verdict "
      "({} of each strategy at each, with the same luck: altogether {} of the forecast's own "
      "runs; what happens in fewer than {} of runs may be missed).",
      turning == 0 ? std::string("None") : count_text(turning),
      count_text(verdict.conditions.size()), turning == 1 ? "turns" : "turn",
      runs_text(verdict.condition_replications),
      human_percent(static_cast<double>(verdict.condition_replications) *
                    static_cast<double>(verdict.conditions.size()) /
                    static_cast<double>(results.replications)),
      human_percent(
          std::min(1.0, kRareness / static_cast<double>(verdict.condition_replications)))));
}

}  // namespace

std::vector<std::string> turning_conditions(const Results& results) {
  std::vector<std::string> sentences;
  for (const experiment::Condition& condition : results.verdict.conditions) {
    if (!condition.turns) continue;
    sentences.push_back(fmt::format(
        "The verdict is conditional on {} = {}{}: with {}, {}.", condition.path, condition.stated,
        condition.uncertain ? " (uncertain)" : " (a default)", condition.value,
        condition.winner ? results.strategies[*condition.winner].name + " leads"
                         : std::string("no strategy meets all objectives")));
  }
  return sentences;
}

std::vector<std::string> quality_notes(const Results& results) {
  std::vector<std::string> notes;
  add_unfinished(results, notes);
  add_open_incidents(results, notes);
  add_service(results, notes);
  add_conditions(results, notes);
  for (const experiment::Ignorance& one : results.ignorance)
    notes.push_back(ignorance_note(results, one));
  for (const scenario::InputCorrelation& one : results.correlations)
    notes.push_back(fmt::format(
        "{} and {} {} (rank correlation, {}).", results.uncertain[one.pair.first].path,
        results.uncertain[one.pair.second].path,
        one.pair.normal == 0 ? "do not depend on each other" : "go together", one.words));
  for (const experiment::Gain& gain : results.gains) notes.push_back(gain_note(results, gain));
  Dominances dominances(results);
  const auto winner = results.verdict.winner;
  for (const experiment::Comparison& comparison : results.comparisons) {
    if (comparison.left != winner && comparison.right != winner) continue;
    dominances.add(comparison);
  }
  dominances.tell(notes);
  for (std::size_t i = 0; i < results.scenario.precision.size(); ++i)
    notes.push_back(precision_note(results, i));
  return notes;
}

}  // namespace rollcast::report
