#include "rollcast/experiment/screening.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "evaluations.hpp"
#include "rollcast/base/assertion.hpp"

namespace rollcast::experiment {
namespace {

using stats::MorrisDesign;

/// The effects of each input at each way, run by run: [input][way][run].
std::vector<std::vector<std::vector<double>>> effects_of(const MorrisDesign& design,
                                                         const std::vector<double>& values,
                                                         std::size_t runs) {
  std::vector<std::vector<std::vector<double>>> effects(
      design.inputs(), std::vector<std::vector<double>>(design.ways()));
  for (std::size_t way = 0; way < design.ways(); ++way)
    for (std::size_t step = 0; step < design.inputs(); ++step) {
      const auto [input, by] = design.move(way, step);
      const double* before = values.data() + (way * design.points() + step) * runs;
      const double* after = before + runs;
      for (std::size_t run = 0; run < runs; ++run)
        effects[input][way].push_back((after[run] - before[run]) / by);
    }
  return effects;
}

/// Standard deviation around the means of the points.
std::optional<double> luck_of(const std::vector<double>& values, std::size_t runs) {
  ROLLCAST_ASSERT(runs >= 2, "{} runs at a point", runs);
  double squares = 0.0;
  for (std::size_t point = 0; point < values.size(); point += runs) {
    double mean = 0.0;
    for (std::size_t run = 0; run < runs; ++run)
      mean += values[point + run] / static_cast<double>(runs);
    for (std::size_t run = 0; run < runs; ++run)
      squares += (values[point + run] - mean) * (values[point + run] - mean);
  }
  const std::size_t points = values.size() / runs;
  const double deviation = std::sqrt(squares / static_cast<double>(points * (runs - 1)));
  return std::isfinite(deviation) ? std::optional(deviation) : std::nullopt;
}

nlohmann::ordered_json number(const std::optional<double>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
}

nlohmann::ordered_json row_of(const scenario::UncertainInput& input,
                              const std::optional<stats::ElementaryEffects>& effects) {
  nlohmann::ordered_json row{{"input", input.path}, {"drawn", input.words}};
  const auto put = [&](const char* name, const stats::Index& index) {
    row[name] = index.value;
    row[std::string(name) + "_ci"] = {index.interval.low, index.interval.high};
  };
  if (!effects) return row;
  put("mean_size", effects->mean_size);
  put("mean", effects->mean);
  put("spread", effects->spread);
  row["luck"] = effects->luck;
  return row;
}

}  // namespace

ScreeningResults screen_inputs(const scenario::Loaded& loaded,
                               std::vector<scenario::UncertainInput> inputs,
                               const ScreeningPlan& plan, EvaluationHooks& hooks) {
  ROLLCAST_ASSERT(
      !inputs.empty() && !plan.metrics.empty() && plan.ways >= 2 && plan.replications >= 2,
      "{} inputs, {} metrics, {} ways, {} replications", inputs.size(), plan.metrics.size(),
      plan.ways, plan.replications);
  ScreeningResults results;
  results.scenario = *loaded.scenario;
  results.seed = loaded.scenario->seed;
  results.plan = plan;
  results.inputs = std::move(inputs);
  const MorrisDesign design(results.inputs.size(), plan.ways, results.seed);
  const auto settings = [&](std::uint64_t group) {
    const auto place = design.at(group / design.points(), group % design.points());
    scenario::Settings chosen;
    for (std::size_t j = 0; j < place.size(); ++j)
      chosen.emplace_back(results.inputs[j].path, results.inputs[j].value(place[j]));
    return chosen;
  };
  const auto luck = [&](std::uint64_t group, std::uint64_t replication) {
    return group / design.points() * plan.replications + replication;
  };
  const Evaluations points{plan.ways * design.points(), plan.replications, settings, luck};
  const auto values = evaluate(loaded, plan.metrics, plan.jobs, points, hooks);
  results.interrupted = !values;
  if (!values) return results;
  results.effects.resize(values->size());
  results.luck.resize(values->size());
  for (std::size_t s = 0; s < values->size(); ++s)
    for (const std::vector<double>& of_metric : (*values)[s]) {
      results.luck[s].push_back(luck_of(of_metric, plan.replications));
      results.effects[s].emplace_back();
      for (const auto& effects : effects_of(design, of_metric, plan.replications))
        results.effects[s].back().push_back(stats::elementary_effects(effects));
    }
  return results;
}

std::string screening_json(const ScreeningResults& results) {
  using Json = nlohmann::ordered_json;
  Json json{{"rollcast", results.version},
            {"scenario", results.scenario.name},
            {"digest", results.scenario_digest},
            {"seed", results.seed},
            {"method", "morris"},
            {"ways", results.plan.ways},
            {"replications", results.plan.replications}};
  for (std::size_t s = 0; s < results.effects.size(); ++s) {
    Json metrics = Json::object();
    for (std::size_t m = 0; m < results.plan.metrics.size(); ++m) {
      Json rows = Json::array();
      for (std::size_t j = 0; j < results.inputs.size(); ++j)
        rows.push_back(row_of(results.inputs[j], results.effects[s][m][j]));
      metrics[std::string(model::metric_info(results.plan.metrics[m]).name)] = {
          {"luck_sd", number(results.luck[s][m])}, {"inputs", std::move(rows)}};
    }
    json["strategies"].push_back(
        {{"name", results.scenario.strategies[s].name}, {"metrics", std::move(metrics)}});
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace rollcast::experiment
