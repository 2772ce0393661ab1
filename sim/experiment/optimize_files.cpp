#include "rollcast/experiment/optimize_files.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "rollcast/base/text.hpp"
#include "rollcast/experiment/files.hpp"
#include "rollcast/experiment/summary_json.hpp"

namespace rollcast::experiment {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json cell_json(const Cell& cell) {
  Json json{{"value", cell.value ? number(*cell.value) : Json()}};
  json["ci"] = cell.interval
                   ? Json::array({number(cell.interval->low), number(cell.interval->high)})
                   : Json();
  return json;
}

std::string_view name_of(SearchResult::Found found) {
  switch (found) {
    case SearchResult::Found::best:
      return "plan";
    case SearchResult::Found::undecided:
      return "undecided";
    case SearchResult::Found::none:
      break;
  }
  return "none";
}

Json values_json(const OptimizeResults& results, const TriedPlan& plan) {
  Json values = Json::object();
  for (std::size_t k = 0; k < plan.values.size(); ++k)
    values[results.problem.variables[k].path] = plan.values[k];
  return values;
}

/// What stands in a plan of the list and in the confirmation alike.
template <class Known>
void add_estimates(const OptimizeResults& results, const Known& known, Json& json) {
  json[results.problem.minimise.words] = cell_json(known.value);
  json["cost"] = cell_json(known.cost);
  json["time"] = cell_json(known.time);
  json["risk"] = cell_json(known.risk);
}

Json plan_json(const OptimizeResults& results, const TriedPlan& plan) {
  Json json{{"values", values_json(results, plan)},
            {"strategy", results.scenario.strategies[plan.strategy].name},
            {"replications", plan.replications},
            {"fate", words_of(results, plan)},
            {"keeps_all", plan.keeps_all},
            {"front", name_of(plan.front)}};
  add_estimates(results, plan, json);
  Json chances = Json::object();
  for (std::size_t k = 0; k < results.constraints.size(); ++k)
    chances[results.constraints[k].name] = cell_json(plan.constraints[k]);
  json["constraints"] = std::move(chances);
  return json;
}

Json confirmation_json(const OptimizeResults& results) {
  if (!results.confirmation) return nullptr;
  const Confirmation& confirmation = *results.confirmation;
  Json json{{"replications", confirmation.replications}};
  add_estimates(results, confirmation, json);
  Json chances = Json::object();
  for (std::size_t k = 0; k < results.constraints.size(); ++k) {
    Json one = cell_json(confirmation.constraints[k]);
    one["required"] = results.constraints[k].required;
    one["met"] = name_of(confirmation.met[k]);
    chances[results.constraints[k].name] = std::move(one);
  }
  json["constraints"] = std::move(chances);
  return json;
}

std::string digits(const std::optional<double>& value) {
  if (!value) return {};
  return std::isfinite(*value) ? exact_number(*value) : *value > 0 ? "inf" : "-inf";
}

void add_cell(std::string& csv, const Cell& cell) {
  csv += "," + digits(cell.value);
  csv += "," + digits(cell.interval ? std::optional(cell.interval->low) : std::nullopt);
  csv += "," + digits(cell.interval ? std::optional(cell.interval->high) : std::nullopt);
}

}  // namespace

std::string_view name_of(Front front) {
  switch (front) {
    case Front::surely:
      return "surely";
    case Front::possibly:
      return "possibly";
    case Front::off:
      break;
  }
  return "no";
}

std::string words_of(const OptimizeResults& results, const TriedPlan& plan) {
  switch (plan.fate) {
    case Fate::misses:
      return "misses " + results.constraints[plan.missed].name;
    case Fate::not_reached:
      return "not reached in some runs";
    case Fate::larger_value:
      return "not better";
    case Fate::equal_value:
      return "the same, no sooner";
    case Fate::remaining:
      break;
  }
  return plan.keeps_all ? "keeps all" : "not decided";
}

std::string optimize_json(const OptimizeResults& results) {
  Json json{{"rollcast", results.version},
            {"scenario", results.scenario.name},
            {"digest", results.scenario_digest},
            {"seed", results.seed},
            {"minimise", results.problem.minimise.words}};
  Json variables = Json::array();
  for (const scenario::SweepAxis& axis : results.problem.variables)
    variables.push_back({{"path", axis.path},
                         {"values", axis.words},
                         {"stated", axis.stated.empty() ? Json() : Json(axis.stated)}});
  json["variables"] = std::move(variables);
  Json constraints = Json::array();
  for (const Constraint& one : results.constraints)
    constraints.push_back({{"name", one.name}, {"required", one.required}});
  json["constraints"] = std::move(constraints);
  json["plans"] = results.plans;
  json["proposed"] = results.proposed;
  json["refused"] = results.refused;
  json["replications_at_most"] = results.most;
  json["found"] = name_of(results.found);
  json["best"] = plan_json(results, results.tried[results.best]);
  json["confirmation"] = confirmation_json(results);
  Json rivals = Json::array();
  for (const std::size_t rival : results.rivals) rivals.push_back(rival);
  json["rivals"] = std::move(rivals);
  Json tried = Json::array();
  for (const TriedPlan& plan : results.tried) tried.push_back(plan_json(results, plan));
  json["tried"] = std::move(tried);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string optimize_csv(const OptimizeResults& results) {
  std::string csv;
  for (const scenario::SweepAxis& axis : results.problem.variables)
    csv += csv_field(axis.path) + ",";
  csv += "strategy,fate,keeps_all,front,replications";
  std::vector<std::string> columns{results.problem.minimise.words, "cost", "time", "risk"};
  for (const Constraint& constraint : results.constraints) columns.push_back(constraint.name);
  for (const std::string& column : columns)
    for (const char* what : {"", " low", " high"}) csv += "," + csv_field(column + what);
  csv += "\n";
  for (const TriedPlan& plan : results.tried) {
    for (const std::string& value : plan.values) csv += csv_field(value) + ",";
    csv += csv_field(results.scenario.strategies[plan.strategy].name) + "," +
           csv_field(words_of(results, plan)) + (plan.keeps_all ? ",1," : ",0,");
    csv += std::string(name_of(plan.front)) + "," + std::to_string(plan.replications);
    for (const Cell* cell : {&plan.value, &plan.cost, &plan.time, &plan.risk}) add_cell(csv, *cell);
    for (const Cell& cell : plan.constraints) add_cell(csv, cell);
    csv += "\n";
  }
  return csv;
}

}  // namespace rollcast::experiment
