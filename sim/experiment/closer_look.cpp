#include "rollcast/experiment/closer_look.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "rollcast/base/text.hpp"

namespace rollcast::experiment {
namespace {

using Json = nlohmann::ordered_json;

// Numbers as text, to the last bit; infinities and NaN are no JSON.
Json of(double value) {
  return exact_number(value);
}
double number(const Json& json) {
  return std::strtod(json.get<std::string>().c_str(), nullptr);
}

Json of(const stats::Interval& interval) {
  return {of(interval.low), of(interval.high)};
}
stats::Interval interval(const Json& json) {
  return {number(json.at(0)), number(json.at(1))};
}

template <class Value>
Json of(const std::optional<Value>& value) {
  return value ? of(*value) : Json();
}
Json of(const std::optional<std::size_t>& value) {
  return value ? Json(*value) : Json();
}

std::optional<double> maybe_number(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional(number(json));
}
std::optional<stats::Interval> maybe_interval(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional(interval(json));
}
std::optional<std::size_t> maybe_index(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional(json.get<std::size_t>());
}

Json of(const QuantileEstimate& estimate) {
  return {of(estimate.value), of(estimate.interval)};
}
QuantileEstimate quantile(const Json& json) {
  return {maybe_number(json.at(0)), maybe_interval(json.at(1))};
}

Json of(const Ignorance& one) {
  return {one.strategy,     static_cast<std::size_t>(one.metric),
          of(one.share),    of(one.share_ci),
          of(one.low),      of(one.high),
          of(one.luck_low), of(one.luck_high)};
}
Ignorance ignorance(const Json& json) {
  return {json.at(0).get<std::size_t>(), static_cast<model::Metric>(json.at(1).get<std::size_t>()),
          maybe_number(json.at(2)),      maybe_interval(json.at(3)),
          quantile(json.at(4)),          quantile(json.at(5)),
          quantile(json.at(6)),          quantile(json.at(7))};
}

Json of(const Gain& gain) {
  return {gain.strategy,    static_cast<std::size_t>(gain.metric),
          of(gain.ratio),   of(gain.ratio_ci),
          of(gain.control), of(gain.mean),
          of(gain.mean_ci)};
}
Gain gain(const Json& json) {
  return {json.at(0).get<std::size_t>(),
          static_cast<model::Metric>(json.at(1).get<std::size_t>()),
          number(json.at(2)),
          interval(json.at(3)),
          maybe_index(json.at(4)),
          number(json.at(5)),
          maybe_interval(json.at(6))};
}

Json of(const Condition& condition) {
  return {condition.path,      condition.stated,     condition.value,
          condition.uncertain, of(condition.winner), condition.turns};
}
Condition condition(const Json& json) {
  return {json.at(0).get<std::string>(), json.at(1).get<std::string>(),
          json.at(2).get<std::string>(), json.at(3).get<bool>(),
          maybe_index(json.at(4)),       json.at(5).get<bool>()};
}

/// Whether everything that is named by its number is there: a file may come from anybody.
bool is_about(const Results& restored, const Results& results) {
  const auto names = [&](std::size_t strategy, model::Metric metric) {
    return strategy < results.strategies.size() &&
           static_cast<std::size_t>(metric) < model::kMetrics;
  };
  const auto& conditions = restored.verdict.conditions;
  return std::all_of(restored.ignorance.begin(), restored.ignorance.end(),
                     [&](const Ignorance& one) { return names(one.strategy, one.metric); }) &&
         std::all_of(restored.gains.begin(), restored.gains.end(),
                     [&](const Gain& one) {
                       return names(one.strategy, one.metric) &&
                              (!one.control || *one.control < results.uncertain.size());
                     }) &&
         std::all_of(conditions.begin(), conditions.end(), [&](const Condition& one) {
           return !one.winner || *one.winner < results.strategies.size();
         });
}

template <class Value>
Json list_of(const std::vector<Value>& values) {
  Json list = Json::array();
  for (const Value& value : values) list.push_back(of(value));
  return list;
}

}  // namespace

std::string closer_look_text(const Results& results) {
  Json json;
  json["sampling"] = results.sampling;
  json["ignorance"] = list_of(results.ignorance);
  json["ignorance_replications"] = results.ignorance_replications;
  json["gains"] = list_of(results.gains);
  json["conditions"] = list_of(results.verdict.conditions);
  json["condition_replications"] = results.verdict.condition_replications;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool restore_closer_look(Results& results, const std::string& text) {
  Results restored;
  try {
    const Json json = Json::parse(text);
    restored.sampling = json.at("sampling").get<std::string>();
    for (const Json& one : json.at("ignorance")) restored.ignorance.push_back(ignorance(one));
    restored.ignorance_replications = json.at("ignorance_replications").get<std::uint64_t>();
    for (const Json& one : json.at("gains")) restored.gains.push_back(gain(one));
    for (const Json& one : json.at("conditions"))
      restored.verdict.conditions.push_back(condition(one));
    restored.verdict.condition_replications =
        json.at("condition_replications").get<std::uint64_t>();
  } catch (const Json::exception&) {
    return false;
  }
  if (!is_about(restored, results)) return false;
  results.sampling = std::move(restored.sampling);
  results.ignorance = std::move(restored.ignorance);
  results.ignorance_replications = restored.ignorance_replications;
  results.gains = std::move(restored.gains);
  results.verdict.conditions = std::move(restored.verdict.conditions);
  results.verdict.condition_replications = restored.verdict.condition_replications;
  return true;
}

}  // namespace rollcast::experiment
