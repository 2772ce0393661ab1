#include "rollcast/experiment/summary_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rollcast/base/text.hpp"

namespace rollcast::experiment {
namespace {

// Infinite numbers and those that are none are written as null by the library.
using Json = nlohmann::ordered_json;

template <class Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json pair_of(const stats::Interval& interval) {
  return Json::array({interval.low, interval.high});
}

Json or_null(const std::optional<stats::Interval>& interval) {
  return interval ? pair_of(*interval) : Json(nullptr);
}

Json to_json(const MetricSummary& summary) {
  Json json;
  json["count"] = summary.count;
  json["mean"] = or_null(summary.mean);
  json["mean_ci"] = or_null(summary.mean_ci);
  json["sd"] = or_null(summary.sd);
  json["min"] = or_null(summary.min);
  json["max"] = or_null(summary.max);
  for (std::size_t i = 0; i < kQuantileLevels.size(); ++i)
    json[fmt::format("p{}", kQuantileLevels[i])] = or_null(summary.quantiles[i].value);
  for (std::size_t i = 0; i < kQuantileLevels.size(); ++i)
    json[fmt::format("p{}_ci", kQuantileLevels[i])] = or_null(summary.quantiles[i].interval);
  json["cvar95"] = or_null(summary.cvar95);
  json["cvar95_ci"] = or_null(summary.cvar95_ci);
  json["reached"] = summary.count > 0 ? Json(summary.reached) : Json(nullptr);
  json["reached_ci"] = summary.count > 0 ? pair_of(summary.reached_ci) : Json(nullptr);
  return json;
}

Json to_json(const ObjectiveResult& objective, std::uint64_t replications) {
  const bool known = replications > 0;
  Json json;
  json["name"] = objective.name;
  json["words"] = objective.words;
  json["required"] = objective.required;
  json["probability"] = known ? Json(objective.probability) : Json(nullptr);
  json["ci"] = replications > 1 ? pair_of(objective.interval) : Json(nullptr);
  json["at_least"] = known ? Json(objective.at_least) : Json(nullptr);
  json["at_most"] = known ? Json(objective.at_most) : Json(nullptr);
  json["met"] = name_of(objective.met);
  json["replications_needed"] = or_null(objective.replications_needed);
  return json;
}

Json to_json(const MonthSummary& month) {
  Json json;
  json["from"] = to_seconds(month.from - kStart);
  json["to"] = to_seconds(month.to - kStart);
  json["mean"] = month.mean;
  json["p5"] = month.p5;
  json["p95"] = month.p95;
  return json;
}

Json to_json(const StrategyResult& strategy) {
  Json json;
  json["name"] = strategy.name;
  json["replications"] = strategy.replications;
  Json& metrics = json["metrics"] = Json::object();
  for (const MetricSummary& summary : strategy.metrics)
    metrics[std::string(model::metric_info(summary.metric).name)] = to_json(summary);
  Json& shares = json["ready_time_of_share"] = Json::object();
  for (const ShareReady& share : strategy.shares_ready)
    shares[fmt::format("{} %", share.percent)] = to_json(share.time);
  Json& objectives = json["objectives"] = Json::array();
  for (const ObjectiveResult& objective : strategy.objectives)
    objectives.push_back(to_json(objective, strategy.replications));
  Json& cash_flow = json["cash_flow"] = Json::array();
  for (const MonthSummary& month : strategy.cash_flow) cash_flow.push_back(to_json(month));
  return json;
}

std::string name_of(Comparison::Better better) {
  switch (better) {
    case Comparison::Better::left:
      return "left";
    case Comparison::Better::right:
      return "right";
    case Comparison::Better::not_shown:
      break;
  }
  return "not shown";
}

Json to_json(const Comparison& comparison, const Results& results) {
  Json json;
  json["left"] = results.strategies[comparison.left].name;
  json["right"] = results.strategies[comparison.right].name;
  json["metric"] = model::metric_info(comparison.metric).name;
  json["mean_difference"] = or_null(comparison.mean_difference);
  json["mean_difference_ci"] = or_null(comparison.interval);
  json["left_smaller"] = comparison.left_smaller;
  json["left_smaller_ci"] =
      results.replications > 1 ? pair_of(comparison.left_smaller_ci) : Json(nullptr);
  json["equal"] = comparison.equal;
  json["variance_ratio"] = or_null(comparison.variance_ratio);
  json["better_for_all"] = name_of(comparison.first_order);
  json["better_for_risk_averse"] = name_of(comparison.second_order);
  return json;
}

Json to_json(const Ignorance& one, const Results& results) {
  const auto band = [](const QuantileEstimate& low, const QuantileEstimate& high) {
    return Json::array({or_null(low.value), or_null(high.value)});
  };
  Json json;
  json["strategy"] = results.strategies[one.strategy].name;
  json["metric"] = model::metric_info(one.metric).name;
  json["share_of_inputs"] = or_null(one.share);
  json["share_of_inputs_ci"] = or_null(one.share_ci);
  json["p5_p95"] = band(one.low, one.high);
  json["p5_p95_of_luck"] = band(one.luck_low, one.luck_high);
  return json;
}

Json to_json(const Gain& gain, const Results& results) {
  Json json;
  json["strategy"] = results.strategies[gain.strategy].name;
  json["metric"] = model::metric_info(gain.metric).name;
  json["by"] = gain.control ? results.uncertain[*gain.control].path : results.sampling;
  json["variance_ratio"] = gain.ratio;
  json["variance_ratio_ci"] = pair_of(gain.ratio_ci);
  if (gain.control) {
    json["mean"] = gain.mean;
    json["mean_ci"] = or_null(gain.mean_ci);
  }
  return json;
}

Json uncertainty_json(const Results& results) {
  Json json;
  json["sampling"] = results.sampling;
  Json& inputs = json["inputs"] = Json::array();
  for (const scenario::UncertainInput& input : results.uncertain)
    inputs.push_back(Json{{"path", input.path}, {"drawn", input.words}, {"stated", input.stated}});
  for (const scenario::InputCorrelation& one : results.correlations)
    json["correlations"].push_back(
        Json{{"between",
              {results.uncertain[one.pair.first].path, results.uncertain[one.pair.second].path}},
             {"rank", one.words}});
  json["extra_replications"] = 2 * results.ignorance_replications;
  Json& shares = json["shares"] = Json::array();
  for (const Ignorance& one : results.ignorance) shares.push_back(to_json(one, results));
  Json& gains = json["gains"] = Json::array();
  for (const Gain& gain : results.gains) gains.push_back(to_json(gain, results));
  return json;
}

Json to_json(const Condition& condition, const Results& results) {
  Json json;
  json["path"] = condition.path;
  json["stated"] = condition.stated;
  json["tried"] = condition.value;
  json["uncertain"] = condition.uncertain;
  json["leader"] =
      condition.winner ? Json(results.strategies[*condition.winner].name) : Json(nullptr);
  json["turns"] = condition.turns;
  return json;
}

Json to_json(const PrecisionReached& precision, const Results& results) {
  const model::PrecisionTarget& target = results.scenario.precision[precision.target];
  Json json;
  json["estimate"] = target.words;
  json["strategy"] = results.strategies[precision.strategy].name;
  json["half_width"] = or_null(precision.half_width);
  json["wanted"] = target.half_width;
  json["relative"] = target.relative;
  json["reached"] = precision.reached;
  json["replications_needed"] = or_null(precision.needed);
  return json;
}

Json to_json(const Verdict& verdict, const Results& results) {
  Json json;
  json["kind"] = name_of(verdict.kind);
  json["strategy"] =
      verdict.winner ? Json(results.strategies[*verdict.winner].name) : Json(nullptr);
  Json& ties = json["ties"] = Json::array();
  for (const std::size_t tie : verdict.ties) ties.push_back(results.strategies[tie].name);
  json["sentence"] = verdict.sentence;
  json["rule"] = verdict.rule;
  json["others"] = verdict.misses;
  json["replications_needed"] = or_null(verdict.replications_needed);
  json["condition_replications"] = verdict.condition_replications;
  Json& conditions = json["conditions"] = Json::array();
  for (const Condition& condition : verdict.conditions)
    conditions.push_back(to_json(condition, results));
  return json;
}

/// Levels of nesting that get lines of their own: one metric a line.
constexpr std::size_t kBroken = 4;

bool is_flat(const Json& json) {
  return !json.is_structured() ||
         (json.is_array() && std::none_of(json.begin(), json.end(),
                                          [](const Json& item) { return item.is_structured(); }));
}

void write(std::string& text, const Json& json, std::size_t depth) {
  if (is_flat(json) || json.empty() || depth >= kBroken) {
    text += json.dump(-1, ' ', false, Json::error_handler_t::replace);
    return;
  }
  const std::string indent(2 * (depth + 1), ' ');
  text += json.is_object() ? "{" : "[";
  const char* separator = "\n";
  for (const auto& item : json.items()) {
    text += separator + indent;
    if (json.is_object()) text += Json(item.key()).dump() + ": ";
    write(text, item.value(), depth + 1);
    separator = ",\n";
  }
  text += "\n" + std::string(2 * depth, ' ') + (json.is_object() ? "}" : "]");
}

}  // namespace

std::string name_of(Met met) {
  switch (met) {
    case Met::yes:
      return "yes";
    case Met::no:
      return "no";
    case Met::undecided:
      break;
  }
  return "undecided";
}

std::string name_of(Verdict::Kind kind) {
  switch (kind) {
    case Verdict::Kind::best:
      return "best";
    case Verdict::Kind::tie:
      return "tie";
    case Verdict::Kind::none_meets:
      return "none meets";
    case Verdict::Kind::single:
      return "single";
    case Verdict::Kind::undecided:
      break;
  }
  return "undecided";
}

std::string summary_json(const Results& results) {
  Json json;
  json["rollcast"] = results.version;
  json["scenario"] = results.scenario.name;
  json["question"] = results.scenario.question;
  json["digest"] = results.scenario_digest;
  json["seed"] = results.seed;
  json["replications"] = results.replications;
  json["replications_planned"] = results.replications_planned;
  json["interrupted"] = results.interrupted;
  const Samples& samples = results.strategies.front().samples;
  if (samples.replications > samples.limit) json["kept_one_by_one"] = samples.limit;
  json["currency"] = results.scenario.currency;
  json["horizon"] = to_seconds(results.scenario.horizon);
  Json& strategies = json["strategies"] = Json::array();
  for (const StrategyResult& strategy : results.strategies) strategies.push_back(to_json(strategy));
  Json& comparisons = json["comparisons"] = Json::array();
  for (const Comparison& comparison : results.comparisons)
    comparisons.push_back(to_json(comparison, results));
  if (!results.uncertain.empty()) json["uncertainty"] = uncertainty_json(results);
  Json& precision = json["precision"] = Json::array();
  for (const PrecisionReached& one : results.precision) precision.push_back(to_json(one, results));
  json["verdict"] = to_json(results.verdict, results);
  std::string text;
  write(text, json, 0);
  return text + "\n";
}

}  // namespace rollcast::experiment
