#include "rollcast/experiment/rare.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>

#include "rollcast/base/assertion.hpp"
#include "rollcast/experiment/draws.hpp"
#include "rollcast/experiment/summary_json.hpp"
#include "rollcast/model/impact.hpp"
#include "rollcast/model/simulate.hpp"

namespace rollcast::experiment {
namespace {

using Json = nlohmann::ordered_json;

/// The scenario of each trajectory's start. Those that share it ask for the same one again and
/// again.
class Starts {
 public:
  explicit Starts(const scenario::Loaded& loaded) : simulator_(loaded) {}

  std::shared_ptr<const model::Scenario> at(std::uint64_t replication) {
    {
      const std::lock_guard lock(mutex_);
      const auto found = known_.find(replication);
      if (found != known_.end()) return found->second;
    }
    auto drawn = std::make_shared<const model::Scenario>(simulator_.scenario_of(replication));
    const std::lock_guard lock(mutex_);
    if (known_.size() >= kMostKnown) known_.clear();
    return known_.emplace(replication, std::move(drawn)).first->second;
  }

 private:
  static constexpr std::size_t kMostKnown = 2'000;
  Simulator simulator_;
  std::mutex mutex_;
  std::map<std::uint64_t, std::shared_ptr<const model::Scenario>> known_;
};

/// One-sided: half of what the two-sided interval leaves out lies on each side, so its ends are
/// stricter than the bounds that objectives elsewhere are judged by.
Met met_by(const SplittingResult& answer, double required) {
  const double allowed = 1.0 - required;
  if (answer.interval.high <= allowed) return Met::yes;
  return answer.interval.low > allowed ? Met::no : Met::undecided;
}

SplittingHooks hooks_of(const RareHooks& hooks, std::size_t event, std::size_t strategy) {
  SplittingHooks inner{hooks.progress, hooks.stop, {}, {}};
  if (hooks.known)
    inner.known = [&hooks, event, strategy](std::uint64_t part) {
      return hooks.known(event, strategy, part);
    };
  if (hooks.keep)
    inner.keep = [&hooks, event, strategy](std::uint64_t part, const std::vector<double>& numbers) {
      hooks.keep(event, strategy, part, numbers);
    };
  return inner;
}

}  // namespace

bool limits_a_peak(const model::Objective& objective) {
  const auto* most = std::get_if<model::MetricAtMost>(&objective.condition);
  return most != nullptr && model::is_impact_peak(most->metric);
}

std::vector<RareEvent> events_of(const model::Scenario& scenario) {
  std::vector<RareEvent> events;
  for (std::size_t i = 0; i < scenario.objectives.size(); ++i) {
    if (!limits_a_peak(scenario.objectives[i])) continue;
    const auto& most = std::get<model::MetricAtMost>(scenario.objectives[i].condition);
    events.push_back({most.metric, static_cast<std::int64_t>(std::floor(most.limit)) + 1, i});
  }
  return events;
}

Replay replay_of(const scenario::Loaded& loaded, std::size_t strategy, model::Metric metric) {
  const std::uint64_t seed = loaded.scenario->seed;
  const auto advance = [=](const model::Scenario& scenario, const random::Way& way, double level) {
    random::Course course(way, level);
    const std::uint64_t events = model::simulate_on(scenario, strategy, seed, metric, course);
    return Advance{course.reached(), course.reached_at(), course.highest(), events};
  };
  if (loaded.uncertain.empty())
    return [&loaded, advance](const random::Way& way, double level) {
      return advance(*loaded.scenario, way, level);
    };
  const auto starts = std::make_shared<Starts>(loaded);
  return [starts, advance](const random::Way& way, double level) {
    return advance(*starts->at(way.replication), way, level);
  };
}

RareResults find_rare(const scenario::Loaded& loaded, const RarePlan& plan,
                      const RareHooks& hooks) {
  RareResults results;
  results.scenario = *loaded.scenario;
  results.seed = loaded.scenario->seed;
  results.plan = plan;
  // Replications whose inputs are drawn together stay in one batch: batches are independent.
  const std::uint64_t together =
      Draws(loaded.uncertain, loaded.sampling, results.seed, loaded.correlations).cluster();
  results.plan.effort = (plan.effort + together - 1) / together * together;
  for (std::size_t e = 0; e < plan.events.size(); ++e) {
    const RareEvent& event = plan.events[e];
    auto& answers = results.answers.emplace_back();
    auto& met = results.met.emplace_back();
    for (std::size_t s = 0; s < results.scenario.strategies.size(); ++s) {
      SplittingPlan splitting;
      splitting.event = static_cast<double>(event.at_least);
      splitting.effort = results.plan.effort;
      splitting.batches = plan.batches;
      splitting.seed = results.seed;
      splitting.jobs = plan.jobs;
      splitting.step = 1;  // an instance more
      answers.push_back(
          split(replay_of(loaded, s, event.metric), splitting, hooks_of(hooks, e, s)));
      if (answers.back().interrupted) {
        results.interrupted = true;
        return results;
      }
      met.emplace_back();
      if (event.objective)
        met.back() = met_by(answers.back(),
                            results.scenario.objectives[*event.objective].probability.value());
    }
  }
  return results;
}

std::string rare_json(const RareResults& results) {
  Json json{{"rollcast", results.version},       {"scenario", results.scenario.name},
            {"digest", results.scenario_digest}, {"seed", results.seed},
            {"effort", results.plan.effort},     {"batches", results.plan.batches}};
  for (std::size_t e = 0; e < results.answers.size(); ++e) {
    const RareEvent& event = results.plan.events[e];
    Json one{{"metric", model::metric_info(event.metric).name}, {"at_least", event.at_least}};
    if (event.objective) {
      const model::Objective& objective = results.scenario.objectives[*event.objective];
      one["objective"] = objective.name;
      one["allowed"] = 1.0 - objective.probability.value();
    }
    for (std::size_t s = 0; s < results.answers[e].size(); ++s) {
      const SplittingResult& answer = results.answers[e][s];
      const auto number = [](const std::optional<double>& x) { return x ? Json(*x) : Json(); };
      Json row{{"name", results.scenario.strategies[s].name},
               {"probability", answer.probability},
               {"ci", {answer.interval.low, answer.interval.high}}};
      row["relative_error"] =
          std::isfinite(answer.relative_error) ? Json(answer.relative_error) : Json();
      if (results.met[e][s]) row["met"] = name_of(*results.met[e][s]);
      if (!(answer.probability > 0))
        row["bound_of"] = answer.bound_is_plain ? "plain runs" : "levels";
      row["stuck_at"] = number(answer.stuck_at);
      row["levels"] = answer.levels;
      row["shares"] = answer.shares;
      row["trajectories"] = answer.trajectories;
      row["events"] = answer.events;
      row["plain_replications"] = number(answer.plain_runs);
      row["plain_events"] = number(answer.plain_events);
      one["strategies"].push_back(std::move(row));
    }
    json["questions"].push_back(std::move(one));
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace rollcast::experiment
