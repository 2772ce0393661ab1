#include "sample_results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "rollcast/base/text.hpp"
#include "rollcast/stats/mean.hpp"
#include "rollcast/stats/proportion.hpp"
#include "rollcast/stats/quantile.hpp"

namespace rollcast::report {
namespace {

using experiment::Met;
using experiment::MetricSummary;
using experiment::Results;
using experiment::StrategyResult;
using model::Metric;

constexpr double kFleet = 500.0;
constexpr double kHour = 3600.0;
constexpr double kDeadline = 105.0 * kHour;
constexpr double kHorizon = 30.0 * 24.0 * kHour;
constexpr double kCostLimit = 9000.0;

std::vector<double>& column(StrategyResult& strategy, Metric metric) {
  return strategy.samples.metrics[static_cast<std::size_t>(metric)];
}

MetricSummary summarise(Metric metric, std::vector<double> values) {
  MetricSummary summary;
  summary.metric = metric;
  std::erase_if(values, [](double value) { return std::isnan(value); });
  std::sort(values.begin(), values.end());
  summary.count = values.size();
  if (values.empty()) return summary;
  const auto reached = static_cast<std::uint64_t>(std::count_if(
      values.begin(), values.end(), [](double value) { return std::isfinite(value); }));
  summary.reached = static_cast<double>(reached) / static_cast<double>(values.size());
  summary.reached_ci = stats::clopper_pearson(static_cast<double>(reached), values.size());
  for (std::size_t i = 0; i < summary.quantiles.size(); ++i) {
    const double p = experiment::kQuantileLevels[i] / 100.0;
    const double value = values[stats::quantile_rank(values.size(), p) - 1];
    if (std::isinf(value)) continue;
    summary.quantiles[i].value = value;
    if (values.size() > 1) {
      summary.quantiles[i].interval =
          stats::interval_at(values, stats::quantile_ranks(values.size(), p));
    }
  }
  if (reached < values.size()) return summary;
  const stats::MeanEstimate mean = stats::estimate_mean(values);
  summary.mean = mean.mean;
  summary.mean_ci = mean.interval;
  summary.sd = mean.sd;
  summary.min = values.front();
  summary.max = values.back();
  return summary;
}

/// What the list of decisive inputs reads.
void describe(model::World& world, const SampleStrategy& strategy) {
  model::Region region;
  region.name = "ap-seoul";
  region.zones = 2;
  region.held_per_zone = 200;
  world.regions.push_back(region);
  model::Staff staff;
  staff.name = "ops";
  staff.people = 12;
  staff.wage_per_hour = Money::units(42.51);
  staff.step_error = Probability{0.02};
  staff.verification_catches = Probability{0.8};
  world.staff.push_back(staff);
  world.manual.effort.seconds = random::Distribution::uniform(8 * kHour, 16 * kHour).value();
  world.defects.detection.seconds =
      random::Distribution::lognormal_from_median_p95(4 * kHour, 24 * kHour).value();
  world.launch.fails = Probability{0.00073};
  model::Image image;
  image.name = strategy.name == "golden images" ? "golden-linux" : "new-linux";
  image.bad = Probability{0.02};
  if (strategy.name == "golden, made first") {
    image.bad.reset();
    image.make = model::MakeImage{};
    image.test = model::ImageTest{};
    image.test->catches = Probability{0.8};
  }
  world.images.push_back(image);
  model::Deployment deployment;
  deployment.method = strategy.name == "by hand" ? model::Method::manual : model::Method::image;
  deployment.image = model::ImageId{std::size_t{0}};
  world.deployments.push_back(deployment);
}

model::Scenario scenario_of(const std::vector<SampleStrategy>& strategies) {
  model::Scenario scenario;
  scenario.name = "web-tier";
  scenario.question =
      "Which way brings 500 servers into service by Friday evening, at what cost and risk?";
  scenario.horizon = from_seconds(kHorizon);
  scenario.ranking.phases = {model::CostPhase::deployment, model::CostPhase::in_incidents};
  scenario.ranking.kinds = {model::CostKind::delay};
  scenario.objectives = {
      {"on time", model::ReadyBy{475, TimePoint{from_seconds(kDeadline)}}, Probability{0.95},
       "95 % of the fleet ready by Fri 2026-03-06 18:00"},
      {"in budget", model::CostAtMost{scenario.ranking, Money::units(kCostLimit)},
       Probability{0.90}, "deployment and incidents cost at most 9,000 USD"},
      {"blast", model::MetricAtMost{Metric::impact_peak, 5.0}, Probability{0.95},
       "never more than 5 instances (1 % of the fleet) out or defective at once"},
  };
  for (const SampleStrategy& strategy : strategies) {
    model::Strategy item;
    item.name = strategy.name;
    model::Group group;
    group.name = "web";
    group.count = static_cast<std::int64_t>(kFleet);
    item.world.groups.push_back(group);
    describe(item.world, strategy);
    scenario.strategies.push_back(std::move(item));
  }
  return scenario;
}

/// One replication's values, in every metric that the report shows.
void draw(StrategyResult& strategy, const SampleStrategy& shape, std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  const double unbounded = shape.ready_median * std::exp(shape.ready_spread * normal(random));
  const double ready = unbounded > kHorizon ? model::kNotReached : unbounded;
  const bool bad = uniform(random) < shape.bad_image;
  std::poisson_distribution<int> hits(shape.mean_impact);
  const double impact = bad ? kFleet : std::min(kFleet, static_cast<double>(hits(random)));
  for (std::vector<double>& values : strategy.samples.metrics) values.push_back(0.0);
  const auto set = [&](Metric metric, double value) { column(strategy, metric).back() = value; };
  set(Metric::ready_time, ready);
  set(Metric::first_ready_time, unbounded * 0.06);
  set(Metric::impact_peak, impact);
  set(Metric::impact_image_peak, bad ? impact : 0.0);
  set(Metric::impact_own_peak, bad ? 0.0 : impact);
  set(Metric::waiting_staff, shape.waits_for_people * kFleet * std::exp(0.2 * normal(random)));
  set(Metric::waiting_quota, shape.waits_for_quota * kFleet * std::exp(0.3 * normal(random)));
  set(Metric::waiting_soak, shape.soaks);
  const double running = 0.05 * kFleet * std::max(0.0, kHorizon - unbounded) / kHour;
  const double people = shape.staff_cost * std::exp(0.1 * normal(random));
  const double incidents = impact * 14.0;
  set(Metric::cost_instances, running);
  set(Metric::cost_licences, running * 0.3);
  set(Metric::cost_staff, people);
  set(Metric::cost_storage, 12.5);
  set(Metric::cost_incidents, incidents);
  set(Metric::cost_deployment, people + 12.5);
  set(Metric::cost_running, running * 1.3);
  set(Metric::cost_in_incidents, incidents);
  set(Metric::cost_total, running * 1.3 + people + 12.5 + incidents);
  set(Metric::cost_ranked, people + 12.5 + incidents);
  for (std::size_t k = 0; k < model::kReadyPoints; ++k) {
    const double share = static_cast<double>(k + 1) / static_cast<double>(model::kReadyPoints);
    const double time =
        unbounded * (0.06 + 0.94 * std::pow(share, 1.3)) * std::exp(0.02 * normal(random));
    strategy.samples.ready_curve[k].push_back(
        k + 1 == model::kReadyPoints ? ready : (time > kHorizon ? model::kNotReached : time));
  }
  std::poisson_distribution<int> incidents_of(shape.incidents);
  for (int left = incidents_of(random); left > 0; --left) {
    const double hours = shape.recovery_median * std::exp(0.5 * normal(random));
    strategy.samples.incidents.push_back(
        {static_cast<float>(hours), static_cast<float>(24.0 * uniform(random)), false});
  }
}

bool holds(const model::Objective& objective, StrategyResult& strategy, std::size_t run) {
  if (std::holds_alternative<model::ReadyBy>(objective.condition)) {
    return strategy.samples.ready_curve[37][run] <= kDeadline;  // 95 % of 40 points
  }
  if (std::holds_alternative<model::CostAtMost>(objective.condition)) {
    return column(strategy, Metric::cost_ranked)[run] <= kCostLimit;
  }
  return column(strategy, Metric::impact_peak)[run] <= 5.0;
}

experiment::ObjectiveResult judge(const model::Objective& objective, StrategyResult& strategy,
                                  std::uint64_t runs) {
  std::uint64_t kept = 0;
  std::vector<std::uint8_t> held;
  for (std::size_t run = 0; run < runs; ++run) {
    held.push_back(holds(objective, strategy, run) ? 1 : 0);
    kept += held.back();
  }
  strategy.samples.objectives.push_back(held);
  experiment::ObjectiveResult result;
  result.name = objective.name;
  result.words = objective.words;
  result.required = objective.probability.value();
  result.probability = static_cast<double>(kept) / static_cast<double>(runs);
  result.interval = stats::clopper_pearson(static_cast<double>(kept), runs);
  result.at_least = stats::proportion_at_least(static_cast<double>(kept), runs);
  result.at_most = stats::proportion_at_most(static_cast<double>(kept), runs);
  const stats::Decision decision = stats::decide_at_least(kept, runs, result.required);
  result.met = decision == stats::Decision::holds   ? Met::yes
               : decision == stats::Decision::fails ? Met::no
                                                    : Met::undecided;
  if (result.met == Met::undecided)
    result.replications_needed = stats::trials_to_decide(kept, runs, result.required);
  return result;
}

void summarise_all(StrategyResult& strategy) {
  std::vector<double> recovery, loss;
  for (const model::IncidentRecord& incident : strategy.samples.incidents) {
    recovery.push_back(static_cast<double>(incident.recovery_hours));
    loss.push_back(static_cast<double>(incident.data_loss_hours));
  }
  for (std::size_t i = 0; i < model::kMetrics; ++i) {
    const auto metric = static_cast<Metric>(i);
    const model::Pooling pooling = model::metric_info(metric).pooling;
    strategy.metrics.push_back(summarise(
        metric, pooling == model::Pooling::incident_recovery_time ? recovery
                : pooling == model::Pooling::incident_data_loss   ? loss
                                                                  : strategy.samples.metrics[i]));
  }
}

void compare(Results& results) {
  for (std::size_t left = 0; left < results.strategies.size(); ++left) {
    for (std::size_t right = left + 1; right < results.strategies.size(); ++right) {
      experiment::Comparison comparison;
      comparison.left = left;
      comparison.right = right;
      comparison.metric = Metric::cost_ranked;
      std::vector<double> differences;
      std::uint64_t smaller = 0;
      const auto& a = column(results.strategies[left], Metric::cost_ranked);
      const auto& b = column(results.strategies[right], Metric::cost_ranked);
      for (std::size_t i = 0; i < a.size(); ++i) {
        differences.push_back(a[i] - b[i]);
        smaller += a[i] < b[i] ? 1 : 0;
      }
      const stats::MeanEstimate mean = stats::estimate_mean(differences);
      comparison.mean_difference = mean.mean;
      comparison.interval = mean.interval;
      comparison.left_smaller = static_cast<double>(smaller) / static_cast<double>(a.size());
      comparison.left_smaller_ci = stats::clopper_pearson(static_cast<double>(smaller), a.size());
      comparison.variance_ratio = 1.2;
      results.comparisons.push_back(comparison);
    }
  }
}

bool meets_all(const StrategyResult& strategy) {
  return std::all_of(
      strategy.objectives.begin(), strategy.objectives.end(),
      [](const experiment::ObjectiveResult& outcome) { return outcome.met == Met::yes; });
}

double ranked_cost(const StrategyResult& strategy) {
  return strategy.metrics[static_cast<std::size_t>(Metric::cost_ranked)].mean.value_or(1e18);
}

/// The cheapest that meets all; words as long as those of a real verdict.
void decide(Results& results) {
  experiment::Verdict& verdict = results.verdict;
  for (std::size_t i = 0; i < results.strategies.size(); ++i) {
    if (!meets_all(results.strategies[i])) continue;
    if (!verdict.winner ||
        ranked_cost(results.strategies[i]) < ranked_cost(results.strategies[*verdict.winner])) {
      verdict.winner = i;
    }
  }
  verdict.kind =
      verdict.winner ? experiment::Verdict::Kind::best : experiment::Verdict::Kind::none_meets;
  verdict.rule =
      "an objective is met when its one-sided 95 % bound clears the probability asked for; among "
      "the strategies "
      "that meet all, the one with the lowest mean of the ranked cost";
  if (!verdict.winner) {
    verdict.winner = 0;
    verdict.sentence =
        results.strategies[0].name + " comes nearest, but no strategy meets every objective.";
    return;
  }
  const StrategyResult& winner = results.strategies[*verdict.winner];
  verdict.sentence = fmt::format(
      "{} is the cheapest strategy that meets every objective: on time in {} of runs, mean cost "
      "{}.",
      winner.name, human_percent(winner.objectives[0].probability),
      human_money(ranked_cost(winner), "USD"));
  for (std::size_t i = 0; i < results.strategies.size(); ++i) {
    if (i == *verdict.winner) continue;
    verdict.misses.push_back(fmt::format(
        "{} costs {} on average and is on time in {} of runs.", results.strategies[i].name,
        human_money(ranked_cost(results.strategies[i]), "USD"),
        human_percent(results.strategies[i].objectives[0].probability)));
  }
}

}  // namespace

std::vector<SampleStrategy> four_ways() {
  return {
      {"golden images", 1.3 * kHour, 0.22, 0.10, 1.2, 620.0, 0.1, 0.35, 0.0, 0.3, 0.4},
      {"golden, made first", 21.0 * kHour, 0.14, 0.004, 1.1, 1900.0, 7.5, 0.3, 6.0, 0.3, 0.4},
      {"image + script", 5.6 * kHour, 0.35, 0.0, 2.6, 2900.0, 0.0, 0.6, 1.5, 0.5, 0.9},
      {"by hand", 20.0 * 24 * kHour, 0.20, 0.0, 6.5, 212000.0, 96.0, 0.0, 0.0, 1.1, 14.0},
  };
}

Results sample_results(const std::vector<SampleStrategy>& strategies, std::uint64_t replications) {
  Results results;
  results.version = "0.1.0";
  results.scenario_digest = "5f2c9d03a7be41c8";
  results.scenario = scenario_of(strategies);
  results.seed = 2026;
  results.replications = results.replications_planned = replications;
  std::mt19937_64 random(20260306);
  for (const SampleStrategy& shape : strategies) {
    StrategyResult strategy;
    strategy.name = shape.name;
    strategy.replications = strategy.samples.replications = replications;
    for (std::uint64_t run = 0; run < replications; ++run) draw(strategy, shape, random);
    summarise_all(strategy);
    for (const model::Objective& objective : results.scenario.objectives) {
      strategy.objectives.push_back(judge(objective, strategy, replications));
    }
    results.strategies.push_back(std::move(strategy));
  }
  compare(results);
  decide(results);
  return results;
}

Results nothing_finished(std::uint64_t replications) {
  std::vector<SampleStrategy> strategies = four_ways();
  strategies.resize(2);
  for (SampleStrategy& strategy : strategies) {
    strategy.ready_median = 1e12;
    strategy.incidents = strategy.mean_impact = strategy.bad_image = 0.0;
  }
  return sample_results(strategies, replications);
}

std::vector<Assumption> sample_assumptions() {
  return {
      {"manual.effort", "uniform(8 work h, 16 work h)",
       "interpretation: the source says 1-2 days and no more",
       "work of setting up one server by hand"},
      {"regions.ap-seoul.mainland", "false", "provider: the price list says so",
       "whether the region is in mainland China"},
      {"staff.ops.skill", "routine", "measured: HEART task E: 2 % of steps",
       "chance that one step of manual work is done wrong, before verification"},
      {"defects.detected", "lognormal(median 4 h, p95 24 h)", "judgement: no source",
       "time until a defect is noticed"},
      {"staff.ops.wage", "42.51 USD per work h",
       "measured: mean of US administrators, May 2019, wage only", "paid for every hour worked"},
      {"delay", "0 USD per instance h", "neutral: being late costs nothing",
       "price of an instance-hour that the fleet is short of before it is ready"},
      {"launch.fails", "0.073 %", "measured: 4 of 5,502 unloaded launches failed",
       "chance that a launch attempt fails"},
  };
}

ReportInput sample_input(const Results& results) {
  return {results, sample_assumptions(),
          "rollcast run scenarios/web-tier.yaml --replications 2000 --seed 2026",
          "scenarios/web-tier.yaml", "2026-02-20 14:05 UTC"};
}

}  // namespace rollcast::report
