#include "rollcast/experiment/sweep_files.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "rollcast/base/text.hpp"
#include "rollcast/experiment/files.hpp"

namespace rollcast::experiment {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json interval_json(const std::optional<stats::Interval>& interval) {
  if (!interval) return nullptr;
  return Json::array({number(interval->low), number(interval->high)});
}

std::string_view name_of(scenario::Design design) {
  switch (design) {
    case scenario::Design::grid:
      return "grid";
    case scenario::Design::latin_hypercube:
      return "latin hypercube";
    case scenario::Design::sobol:
      break;
  }
  return "sobol";
}

Json point_json(const SweepResults& results, std::size_t index) {
  Json values = Json::array();
  for (const std::string& value : results.points[index].values) values.push_back(value);
  Json point{{"values", values}};
  if (results.points[index].refined) point["refined"] = true;
  if (!results.points[index].refused.empty()) {
    point["refused"] = results.points[index].refused;
    return point;
  }
  if (!results.results[index]) {
    point["simulated"] = false;
    return point;
  }
  const PointResult& result = *results.results[index];
  point["leader"] = result.leader ? Json(results.scenario.strategies[*result.leader].name) : Json();
  Json strategies = Json::array();
  for (std::size_t i = 0; i < result.cells.size(); ++i) {
    Json estimates = Json::object();
    for (std::size_t k = 0; k < result.cells[i].size(); ++k) {
      const Cell& cell = result.cells[i][k];
      estimates[results.estimates[k].words] = {{"value", cell.value ? Json(*cell.value) : Json()},
                                               {"ci", interval_json(cell.interval)}};
    }
    strategies.push_back(
        {{"name", results.scenario.strategies[i].name}, {"estimates", std::move(estimates)}});
  }
  point["strategies"] = std::move(strategies);
  return point;
}

Json others_json(const SweepResults& results, const std::vector<std::string>& others,
                 std::size_t axis) {
  Json json = Json::object();
  for (std::size_t k = 0; k < others.size(); ++k)
    if (k != axis) json[results.sweep.axes[k].path] = others[k];
  return json;
}

Json threshold_json(const SweepResults& results, const Threshold& one) {
  return {{"objective", results.scenario.objectives[one.objective].name},
          {"strategy", results.scenario.strategies[one.strategy].name},
          {"axis", results.sweep.axes[one.axis].path},
          {"with", others_json(results, one.others, one.axis)},
          {one.upwards ? "from" : "up_to", one.value},
          {"neighbour", one.next},
          {"neighbour_met", one.next_misses ? "no" : "undecided"},
          {"refined", one.refined},
          {"confidence", stats::kConfidence},
          {"confidence_of_each_look", confidence_along(results.sweep, one.axis)}};
}

Json break_even_json(const SweepResults& results, const BreakEven& one) {
  const auto name = [&](std::size_t strategy) {
    return results.scenario.strategies[strategy].name;
  };
  Json json{{"estimate", results.estimates[one.estimate].words},
            {"between", {name(one.left), name(one.right)}},
            {"axis", results.sweep.axes[one.axis].path}};
  json["with"] = others_json(results, one.others, one.axis);
  json["at"] = one.at;
  json["alike"] = interval_json(one.alike);
  // The interval is that of one place.
  json["ci"] = one.alike.low < one.alike.high ? Json() : interval_json(one.interval);
  json["between_points"] = {one.before, one.after};
  json["refined"] = one.refined;
  json["larger_beyond"] = name(one.left_grows ? one.left : one.right);
  return json;
}

std::string digits(double value) {
  return std::isfinite(value) ? exact_number(value) : value > 0 ? "inf" : "-inf";
}

}  // namespace

std::string sweep_json(const SweepResults& results) {
  Json json{{"rollcast", results.version},          {"scenario", results.scenario.name},
            {"digest", results.scenario_digest},    {"seed", results.seed},
            {"replications", results.replications}, {"design", name_of(results.sweep.design)},
            {"interrupted", results.interrupted}};
  Json axes = Json::array();
  for (const scenario::SweepAxis& axis : results.sweep.axes) {
    axes.push_back({{"path", axis.path},
                    {"values", axis.words},
                    {"stated", axis.stated.empty() ? Json() : Json(axis.stated)},
                    {"unit", axis.time ? "s" : axis.unit}});
  }
  json["axes"] = std::move(axes);
  Json points = Json::array();
  for (std::size_t i = 0; i < results.points.size(); ++i) points.push_back(point_json(results, i));
  json["points"] = std::move(points);
  Json evens = Json::array();
  for (const BreakEven& one : results.break_evens) evens.push_back(break_even_json(results, one));
  json["break_evens"] = std::move(evens);
  Json thresholds = Json::array();
  for (const Threshold& one : results.thresholds)
    thresholds.push_back(threshold_json(results, one));
  json["thresholds"] = std::move(thresholds);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string sweep_csv(const SweepResults& results) {
  std::string csv;
  for (const scenario::SweepAxis& axis : results.sweep.axes) csv += csv_field(axis.path) + ",";
  csv += "strategy,leads";
  for (const scenario::Estimate& estimate : results.estimates)
    for (const char* what : {"", " low", " high"}) csv += "," + csv_field(estimate.words + what);
  csv += ",refined\n";
  for (std::size_t i = 0; i < results.points.size(); ++i) {
    for (std::size_t s = 0; s < results.scenario.strategies.size(); ++s) {
      for (const std::string& value : results.points[i].values) csv += csv_field(value) + ",";
      csv += csv_field(results.scenario.strategies[s].name);
      const auto& result = results.results[i];
      csv += !result ? "," : result->leader == s ? ",1" : ",0";
      for (std::size_t k = 0; k < results.estimates.size(); ++k) {
        const Cell cell = result ? result->cells[s][k] : Cell{};
        csv += "," + (cell.value ? digits(*cell.value) : "");
        csv += "," + (cell.interval ? digits(cell.interval->low) : "");
        csv += "," + (cell.interval ? digits(cell.interval->high) : "");
      }
      csv += results.points[i].refined ? ",1\n" : ",0\n";
    }
  }
  return csv;
}

}  // namespace rollcast::experiment
