#include "rollcast/experiment/sensitivity.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "evaluations.hpp"
#include "rollcast/base/assertion.hpp"
#include "rollcast/random/stream.hpp"
#include "rollcast/stats/lowdiscrepancy.hpp"

namespace rollcast::experiment {
namespace {

using scenario::Settings;
using scenario::UncertainInput;

/// Saltelli's design: for each row A, B, A with each input from B, A with the luck of B.
class Design {
 public:
  Design(const std::vector<UncertainInput>& inputs, std::uint64_t rows, std::uint64_t seed)
      : inputs_(inputs), net_(2 * inputs.size(), rows) {
    constexpr std::uint64_t kPurpose = random::purpose("sensitivity design");
    for (const UncertainInput& input : inputs) {
      random::RandomStream random(
          random::StreamKey{seed, kPurpose, 0, random::purpose(input.path)});
      keys_.emplace_back(random(), random());
    }
  }
  [[nodiscard]] std::uint64_t columns() const { return inputs_.size() + 3; }

  [[nodiscard]] Settings settings(std::uint64_t group) const {
    const std::uint64_t row = group / columns(), column = group % columns();
    Settings settings;
    for (std::size_t j = 0; j < inputs_.size(); ++j) {
      const bool from_b = column == 1 || column == 2 + j;
      const double u = from_b ? net_.at(row, inputs_.size() + j, keys_[j].second)
                              : net_.at(row, j, keys_[j].first);
      settings.emplace_back(inputs_[j].path, inputs_[j].value(u));
    }
    return settings;
  }
  [[nodiscard]] std::uint64_t luck(std::uint64_t group) const {
    const std::uint64_t row = group / columns(), column = group % columns();
    return 2 * row + (column == 1 || column + 1 == columns() ? 1 : 0);
  }
  [[nodiscard]] stats::SaltelliRows rows_of(const std::vector<double>& values) const {
    stats::SaltelliRows rows;
    rows.ab.resize(inputs_.size() + 1);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::size_t column = i % columns();
      (column == 0 ? rows.a : column == 1 ? rows.b : rows.ab[column - 2]).push_back(values[i]);
    }
    return rows;
  }

 private:
  const std::vector<UncertainInput>& inputs_;
  stats::ScrambledSobol net_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> keys_;
};

void fill_indices(const Design& design, const Evaluated& values, SensitivityResults& results) {
  for (std::size_t s = 0; s < values.size(); ++s)
    for (std::size_t m = 0; m < values[s].size(); ++m) {
      const auto indices = stats::sobol_indices(design.rows_of(values[s][m]));
      if (!indices) continue;
      for (std::size_t j = 0; j < indices->first.size(); ++j) {
        results.influences[s][m][j].first = indices->first[j];
        results.influences[s][m][j].total = indices->total[j];
      }
    }
}

/// Group 0: all in the middle; then low and high end of each input.
Settings end_settings(const std::vector<UncertainInput>& inputs, std::uint64_t group) {
  Settings settings;
  for (std::size_t j = 0; j < inputs.size(); ++j) {
    settings.emplace_back(inputs[j].path, group == 1 + 2 * j   ? inputs[j].low_end()
                                          : group == 2 + 2 * j ? inputs[j].high_end()
                                                               : inputs[j].value(0.5));
  }
  return settings;
}

void fill_swings(const Evaluated& values, SensitivityResults& results) {
  const std::size_t each = results.plan.replications;
  for (std::size_t s = 0; s < values.size(); ++s)
    for (std::size_t m = 0; m < values[s].size(); ++m) {
      const auto part = [&](std::size_t group) {
        return std::span<const double>(values[s][m]).subspan(group * each, each);
      };
      const auto mean = [&](std::size_t group) -> std::optional<double> {
        double sum = 0.0;
        for (const double value : part(group)) sum += value;
        return std::isfinite(sum) ? std::optional(sum / static_cast<double>(each)) : std::nullopt;
      };
      results.middle[s][m] = mean(0);
      for (std::size_t j = 0; j < results.inputs.size(); ++j) {
        Influence& influence = results.influences[s][m][j];
        influence.low = mean(1 + 2 * j);
        influence.high = mean(2 + 2 * j);
        if (influence.low && influence.high)
          influence.swing = stats::paired_difference(part(2 + 2 * j), part(1 + 2 * j)).interval;
      }
    }
}

nlohmann::ordered_json index_json(const std::optional<stats::Index>& index) {
  if (!index) return nullptr;
  return {{"value", index->value}, {"ci", {index->interval.low, index->interval.high}}};
}

nlohmann::ordered_json number_json(const std::optional<double>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
}

}  // namespace

SensitivityResults find_influences(const scenario::Loaded& loaded,
                                   std::vector<UncertainInput> inputs, const SensitivityPlan& plan,
                                   EvaluationHooks& hooks) {
  ROLLCAST_ASSERT(!inputs.empty() && !plan.metrics.empty() && plan.replications >= 2,
                  "{} inputs, {} metrics, {} replications", inputs.size(), plan.metrics.size(),
                  plan.replications);
  SensitivityResults results;
  results.scenario = *loaded.scenario;
  results.seed = loaded.scenario->seed;
  results.plan = plan;
  results.inputs = std::move(inputs);
  const std::size_t strategies = results.scenario.strategies.size();
  results.influences.assign(
      strategies, std::vector<std::vector<Influence>>(
                      plan.metrics.size(), std::vector<Influence>(results.inputs.size() + 1)));
  results.middle.assign(strategies, std::vector<std::optional<double>>(plan.metrics.size()));
  const Evaluations ends{1 + 2 * results.inputs.size(), plan.replications,
                         [&](std::uint64_t group) { return end_settings(results.inputs, group); },
                         [](std::uint64_t, std::uint64_t replication) { return replication; }};
  if (const auto values = evaluate(loaded, plan.metrics, plan.jobs, ends, hooks))
    fill_swings(*values, results);
  else
    results.interrupted = true;
  if (plan.points == 0 || results.interrupted) return results;
  const Design design(results.inputs, plan.points, results.seed);
  const Evaluations rows{plan.points * design.columns(), 1,
                         [&](std::uint64_t group) { return design.settings(group); },
                         [&](std::uint64_t group, std::uint64_t) { return design.luck(group); }};
  if (const auto values = evaluate(loaded, plan.metrics, plan.jobs, rows, hooks))
    fill_indices(design, *values, results);
  else
    results.interrupted = true;
  return results;
}

namespace {

nlohmann::ordered_json worth_json(const std::optional<stats::Worth>& worth) {
  if (!worth) return nullptr;
  return {{"value", worth->value}, {"ci", {worth->interval.low, worth->interval.high}}};
}

nlohmann::ordered_json information_json(const SensitivityResults& results) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const Information& one : results.information) {
    nlohmann::ordered_json inputs = nlohmann::ordered_json::array();
    for (std::size_t j = 0; j < results.inputs.size(); ++j)
      inputs.push_back({{"input", results.inputs[j].path}, {"worth", worth_json(one.inputs[j])}});
    json.push_back({{"metric", model::metric_info(one.metric).name},
                    {"without", results.scenario.strategies[one.best].name},
                    {"replications", results.informed},
                    {"inputs", std::move(inputs)},
                    {"all", worth_json(one.all)}});
  }
  return json;
}

}  // namespace

std::string sensitivity_json(const SensitivityResults& results) {
  using Json = nlohmann::ordered_json;
  Json json{{"rollcast", results.version},       {"scenario", results.scenario.name},
            {"digest", results.scenario_digest}, {"seed", results.seed},
            {"points", results.plan.points},     {"replications", results.plan.replications}};
  for (std::size_t s = 0; s < results.influences.size(); ++s) {
    Json metrics = Json::object();
    for (std::size_t m = 0; m < results.plan.metrics.size(); ++m) {
      Json rows = Json::array();
      for (std::size_t j = 0; j <= results.inputs.size(); ++j) {
        const Influence& one = results.influences[s][m][j];
        const bool luck = j == results.inputs.size();
        Json row{{"input", luck ? "luck" : results.inputs[j].path}};
        if (!luck) {
          row["range"] = {results.inputs[j].low_end(), results.inputs[j].high_end()};
          row["low"] = number_json(one.low);
          row["high"] = number_json(one.high);
          row["swing_ci"] = one.swing ? Json{one.swing->low, one.swing->high} : Json();
        }
        row["first"] = index_json(one.first);
        row["total"] = index_json(one.total);
        rows.push_back(std::move(row));
      }
      metrics[std::string(model::metric_info(results.plan.metrics[m]).name)] = {
          {"middle", number_json(results.middle[s][m])}, {"inputs", std::move(rows)}};
    }
    json["strategies"].push_back(
        {{"name", results.scenario.strategies[s].name}, {"metrics", std::move(metrics)}});
  }
  json["information"] = information_json(results);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace rollcast::experiment
