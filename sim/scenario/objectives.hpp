#pragma once
/// Objectives, the verdict's ranking, and how they are said.
#include <optional>
#include <string>
#include <vector>

#include "world_reader.hpp"

namespace rollcast::scenario {

/// An objective as written; what it means may depend on the size of the fleet, which is known
/// later.
struct ObjectiveSpec {
  std::string name;
  Probability probability;
  std::optional<Amount> ready;  ///< with `by`
  TimePoint by = kNever;
  std::string by_words;
  std::optional<Amount> impact;
  std::optional<model::Condition> condition;  ///< every other kind
  std::string words;
  Place place;         ///< of its name
  Place amount_place;  ///< of `ready` or `impact`
};

struct Verdict {
  model::CostScope ranking;
  double indifference = 0.01;
};

[[nodiscard]] Value<Verdict> verdict();
/// One kind of cost by its name.
[[nodiscard]] Value<model::CostKind> cost_kind();
[[nodiscard]] Value<ObjectiveSpec> objective(const Verdict& verdict);
/// The objective for a fleet of that size.
[[nodiscard]] model::Objective resolve(const ObjectiveSpec& spec, std::int64_t fleet);
/// A value of a metric, in the metric's unit.
[[nodiscard]] Value<double> metric_limit(model::Metric metric);
[[nodiscard]] std::vector<std::string> metric_names();
/// "deployment + incidents + delay".
[[nodiscard]] std::string words_of(const model::CostScope& scope);

}  // namespace rollcast::scenario
