#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "binning.hpp"
#include "decision.hpp"
#include "html.hpp"
#include "quality.hpp"
#include "replay.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/experiment/verdict.hpp"
#include "rollcast/report/report.hpp"
#include "waits.hpp"
#include "words.hpp"

namespace rollcast::report {
namespace {

using experiment::Results;
using experiment::StrategyResult;
using model::Metric;
using nlohmann::json;

constexpr std::size_t kDensityBins = 56;

/// Six significant digits are more than a drawing shows, and keep the page small.
double brief(double value) {
  return std::isfinite(value) ? std::strtod(fmt::format("{:.6g}", value).c_str(), nullptr) : value;
}
/// The same, never below the value, so that an S-curve read off there includes it.
double brief_above(double value) {
  const double near = brief(value);
  return near < value ? brief(near + std::pow(10.0, std::floor(std::log10(near)) - 5.0)) : near;
}

json brief_list(const std::vector<double>& values) {
  json list = json::array();
  for (const double value : values) list.push_back(brief(value));
  return list;
}

json optional_number(const std::optional<double>& value, double factor = 1.0) {
  return value ? json(*value * factor) : json(nullptr);
}

std::string_view kind_of(Topic topic) {
  switch (topic) {
    case Topic::ready:
      return "ready";
    case Topic::cost:
      return "cost";
    case Topic::impact:
      return "impact";
    case Topic::other:
      return "other";
    case Topic::all:
      return "all";
  }
  return "";
}

json objectives_json(const Results& results) {
  json list = json::array();
  for (const model::Objective& objective : results.scenario.objectives) {
    json item{{"name", clean_text(objective.name)},
              {"words", objective.words},
              {"kind", kind_of(topic_of(objective))},
              {"required", objective.probability.value()}};
    if (const auto* ready = std::get_if<model::ReadyBy>(&objective.condition)) {
      item["deadline"] = to_seconds(ready->by);
    } else if (const auto* limit = std::get_if<model::MetricAtMost>(&objective.condition)) {
      item["limit"] = limit->limit;
    }
    list.push_back(std::move(item));
  }
  return list;
}

/// Quantiles and mean of a summary, as numbers (`factor` makes seconds of hours) and as the words
/// of the tables.
json summary_json(const experiment::MetricSummary& summary, double horizon, double factor) {
  const model::MetricInfo& info = model::metric_info(summary.metric);
  json item;
  for (std::size_t i = 0; i < summary.quantiles.size(); ++i) {
    const std::string name = fmt::format("p{:.0f}", experiment::kQuantileLevels[i]);
    item[name] = optional_number(summary.quantiles[i].value, factor);
    item[name + "_text"] = quantile_beside_range(summary.quantiles[i], info, horizon);
    item[name + "_range"] = quantile_range(summary.quantiles[i], info, horizon);
  }
  const std::string none = summary.count == 0 ? "no value" : "not stated: some runs did not finish";
  item["mean_text"] = summary.mean ? text_beside(*summary.mean, summary.mean_ci, info.unit) : none;
  item["mean_range"] = range_text(summary.mean_ci, info.unit);
  item["max"] = optional_number(summary.max, factor);
  item["reached"] = summary.reached;
  return item;
}

json density_json(const Density& density) {
  json heights = json::array();
  for (const double height : density.heights)
    heights.push_back(std::round(height * 1000.0) / 1000.0);
  return {{"from", brief(density.from)}, {"to", brief(density.to)}, {"heights", heights}};
}

json cost_json(const experiment::MetricSummary& summary) {
  json item{{"mean", optional_number(summary.mean)}, {"low", nullptr}, {"high", nullptr}};
  item["text"] =
      summary.mean ? text_beside(*summary.mean, summary.mean_ci, model::Unit::money) : "not stated";
  item["range"] = range_text(summary.mean_ci, model::Unit::money);
  if (summary.mean_ci) {
    item["low"] = summary.mean_ci->low;
    item["high"] = summary.mean_ci->high;
  }
  return item;
}

json means_json(const StrategyResult& strategy, Metric first, std::size_t count) {
  json list = json::array();
  for (std::size_t i = 0; i < count; ++i) {
    const auto metric = static_cast<Metric>(static_cast<std::size_t>(first) + i);
    list.push_back(brief(summary_of(strategy, metric).mean.value_or(0.0)));
  }
  return list;
}

json waiting_json(const StrategyResult& strategy, double fleet) {
  json item;
  for (const Wait& cause : kWaits) {
    const experiment::MetricSummary& summary = summary_of(strategy, cause.metric);
    const double scale = 1.0 / (cause.per_instance ? std::max(fleet, 1.0) : 1.0);
    item[cause.name] = brief(summary.mean.value_or(0.0) * scale * 3600.0);
    std::optional<stats::Interval> interval = summary.mean_ci;
    if (interval) interval = stats::Interval{interval->low * scale, interval->high * scale};
    item[fmt::format("{}_range", cause.name)] = range_text(interval, model::Unit::hours);
  }
  return item;
}

json fan_json(const experiment::Samples& samples) {
  static constexpr std::array<double, 3> kLevels{0.05, 0.50, 0.95};
  std::array<json, 3> bands{json::array(), json::array(), json::array()};
  for (const std::vector<double>& point : samples.ready_curve) {
    const auto quantiles = quantiles_at(point, kLevels);
    for (std::size_t i = 0; i < kLevels.size(); ++i) {
      bands[i].push_back(quantiles[i] ? json(brief(*quantiles[i])) : json(nullptr));
    }
  }
  return {{"low", bands[0]}, {"middle", bands[1]}, {"high", bands[2]}};
}

json risk_json(const Results& results, const Risk& risk, std::size_t strategy) {
  const RiskValue value = risk_value(results, risk, strategy);
  return {{"p", value.share},
          {"low", value.interval.low},
          {"high", value.interval.high},
          {"text", value.text},
          {"range", probability_range(value.share, value.interval)}};
}

json incident_json(const StrategyResult& strategy, Metric metric,
                   float model::IncidentRecord::*field, double horizon) {
  const experiment::MetricSummary& summary = summary_of(strategy, metric);
  if (summary.count == 0) return nullptr;
  const bool recovery = field == &model::IncidentRecord::recovery_hours;
  const auto seconds = [&](const model::IncidentRecord& incident) {
    return recovery && incident.open ? model::kNotReached
                                     : static_cast<double>(incident.*field) * 3600.0;
  };
  json item = summary_json(summary, horizon, 3600.0);
  item["density"] = density_json(density_of(strategy.samples.incidents, kDensityBins, seconds));
  return item;
}

json recovery_json(const StrategyResult& strategy, double horizon) {
  const json time = incident_json(strategy, Metric::recovery_time_mean,
                                  &model::IncidentRecord::recovery_hours, horizon);
  const json loss = incident_json(strategy, Metric::recovery_data_loss_mean,
                                  &model::IncidentRecord::data_loss_hours, horizon);
  return {{"time", time}, {"loss", loss}};
}

std::string_view impact_label(Metric metric) {
  switch (metric) {
    case Metric::impact_out_peak:
      return "instances out at the worst moment";
    case Metric::impact_defective_peak:
      return "defective instances in service at the worst moment";
    default:
      return "instances out or defective at the worst moment";
  }
}

/// What all strategies share: the grids their curves are read off at.
struct Grids {
  std::vector<std::vector<double>> ready;  // sorted, a strategy each
  std::vector<std::vector<double>> impact, image_defects, own_defects;
  std::vector<double> times, impacts, defects;
};

double worst_of(const std::vector<std::vector<double>>& sorted) {
  double worst = 1.0;
  for (const std::vector<double>& values : sorted)
    if (!values.empty()) worst = std::max(worst, values.back());
  return worst;
}

Grids grids_of(const Results& results) {
  Grids grids;
  std::vector<double> extra;
  for (const StrategyResult& strategy : results.strategies) {
    const auto sorted = [&](Metric metric) {
      return sorted_values(strategy.samples.metrics[static_cast<std::size_t>(metric)]);
    };
    grids.ready.push_back(sorted(Metric::ready_time));
    grids.impact.push_back(sorted(impact_metric(results)));
    grids.image_defects.push_back(sorted(Metric::impact_image_peak));
    grids.own_defects.push_back(sorted(Metric::impact_own_peak));
    const experiment::MetricSummary& summary = summary_of(strategy, Metric::ready_time);
    for (const experiment::QuantileEstimate& quantile : summary.quantiles)
      if (quantile.value) extra.push_back(*quantile.value);
  }
  for (const model::Objective& objective : results.scenario.objectives) {
    const auto* by = std::get_if<model::ReadyBy>(&objective.condition);
    if (by != nullptr) extra.push_back(to_seconds(by->by));
  }
  const std::size_t strategies = std::max<std::size_t>(1, results.strategies.size());
  const std::size_t points = std::clamp<std::size_t>(1200 / strategies, 12, 160);
  for (const double time : curve_times(grids.ready, points, extra)) {
    if (time > 0.0) grids.times.push_back(brief_above(time));
  }
  grids.times.erase(std::unique(grids.times.begin(), grids.times.end()), grids.times.end());
  grids.impacts = sparse_counts(worst_of(grids.impact) + 1.0, 160);
  const double most = std::max(worst_of(grids.image_defects), worst_of(grids.own_defects));
  grids.defects = sparse_counts(most + 1.0, 160);
  return grids;
}

json exceedance_json(const std::vector<double>& sorted, const std::vector<double>& counts) {
  json shares = json::array();
  for (const double count : counts) shares.push_back(brief(share_at_least(sorted, count)));
  return shares;
}

json strategy_json(const Results& results, const Grids& grids, const Risk& risk,
                   std::size_t index) {
  const StrategyResult& strategy = results.strategies[index];
  const double horizon = horizon_of(results);
  json ready = summary_json(summary_of(strategy, Metric::ready_time), horizon, 1.0);
  json curve = json::array();
  for (const double time : grids.times)
    curve.push_back(brief(share_at_most(grids.ready[index], time)));
  ready["curve"] = std::move(curve);
  ready["density"] = density_json(density_of(grids.ready[index], kDensityBins));
  json item{{"name", clean_text(strategy.name)}, {"index", index}, {"runs", strategy.replications}};
  item["ready"] = std::move(ready);
  item["impact"] = {{"curve", exceedance_json(grids.impact[index], grids.impacts)},
                    {"image", exceedance_json(grids.image_defects[index], grids.defects)},
                    {"own", exceedance_json(grids.own_defects[index], grids.defects)}};
  item["cost"] = {{"total", cost_json(summary_of(strategy, Metric::cost_total))},
                  {"ranked", cost_json(summary_of(strategy, Metric::cost_ranked))},
                  {"kinds", means_json(strategy, Metric::cost_instances, model::kCostKinds)},
                  {"phases", means_json(strategy, Metric::cost_deployment, model::kCostPhases)}};
  item["risk"] = risk_json(results, risk, index);
  item["fan"] = fan_json(strategy.samples);
  item["waiting"] = waiting_json(strategy, static_cast<double>(fleet_of(results)));
  item["recovery"] = recovery_json(strategy, horizon);
  item["convergence"] = convergence_json(strategy.samples);
  json objectives = json::array();
  for (const experiment::ObjectiveResult& outcome : strategy.objectives) {
    objectives.push_back({{"probability", outcome.probability},
                          {"low", outcome.interval.low},
                          {"high", outcome.interval.high}});
  }
  item["objectives"] = std::move(objectives);
  return item;
}

}  // namespace

std::string report_data_json(const ReportInput& input) {
  const Results& results = input.results;
  const Grids grids = grids_of(results);
  const Risk risk = risk_of(results);
  json causes = json::array();
  for (const Wait& cause : kWaits) causes.push_back({{"name", cause.name}, {"label", cause.what}});
  json phases = json::array();
  for (std::size_t i = 0; i < model::kCostPhases; ++i)
    phases.push_back(experiment::words_of(static_cast<model::CostPhase>(i)));
  json strategies = json::array();
  for (std::size_t i = 0; i < results.strategies.size(); ++i) {
    strategies.push_back(strategy_json(results, grids, risk, i));
  }
  const double runs = static_cast<double>(std::max<std::uint64_t>(1, results.replications));
  const json data{
      {"name", results.scenario.name},
      {"runs", results.replications},
      {"horizon", horizon_of(results)},
      {"currency", results.scenario.currency},
      {"fleet", fleet_of(results)},
      {"objectives", objectives_json(results)},
      {"risk_label", risk.label},
      {"risk_limit", risk.allowed},
      {"cost_label", ranked_cost_words(results) + ", mean"},
      {"cost_kinds",
       {"instances", "licences", "image fees", "people", "storage", "transfer", "delay",
        "incidents"}},
      {"cost_phases", phases},
      {"waiting_causes", causes},
      {"times", brief_list(grids.times)},
      {"impacts", brief_list(grids.impacts)},
      {"impact_label", impact_label(impact_metric(results))},
      {"defects", brief_list(grids.defects)},
      {"image_defects_label", "instances that a bad image makes defective, at the worst moment"},
      {"own_defects_label", "instances with a defect of their own, at the worst moment"},
      {"impact_floor", brief(std::min(0.01, 0.7 / runs))},
      {"ready_points", model::kReadyPoints},
      {"replay", replay_json(input)},
      {"against", against_json(results)},
      {"reference_name", clean_text(results.strategies[results.verdict.winner.value_or(0)].name)},
      {"strategies", strategies}};
  return data.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace rollcast::report
