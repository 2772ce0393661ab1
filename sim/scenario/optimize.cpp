#include "optimize.hpp"

#include <fmt/format.h>

#include "objectives.hpp"
#include "precision.hpp"
#include "rollcast/base/text.hpp"

namespace rollcast::scenario {
namespace {

using Of = model::PrecisionTarget::Of;

/// Plans that a search may try. More are a mistake of a decimal point.
constexpr std::int64_t kMostTried = 100'000;

bool pools_over_runs(Context& context, const Place& place, const Estimate& estimate) {
  const bool fine = estimate.of == Of::objective ||
                    model::metric_info(estimate.metric).pooling == model::Pooling::replications;
  if (!fine)
    context.diagnostics.error(
        place,
        fmt::format("`{}` pools over incidents: a run has no single value of it",
                    model::metric_info(estimate.metric).name),
        "take a metric with one value a run, as in `cost.ranked mean`");
  return fine;
}

/// What is to be small: an estimate of a metric.
Value<Estimate> minimised(const std::vector<std::string>& objectives) {
  Value<Estimate> value = estimate(objectives);
  const auto read = value.read;
  value.read = [read](Context& context, const Node& node,
                      Resolved& resolved) -> std::optional<Estimate> {
    auto found = read(context, node, resolved);
    if (!found || !pools_over_runs(context, node.place, *found)) return std::nullopt;
    if (found->of != Of::objective) return found;
    context.diagnostics.error(node.place, "the chance of an objective is nothing to be small",
                              "objectives are what must hold; minimise `cost.ranked mean`, say");
    return std::nullopt;
  };
  return value;
}

constexpr std::string_view kAtMost = "at most ";
constexpr std::string_view kAtLeast = "at least ";

/// `ready_time p95: at most 8 h`.
Value<Limit> limit() {
  Value<Limit> value;
  value.read = [](Context& context, const Node& node, Resolved& resolved) -> std::optional<Limit> {
    const std::string key = context.path.back();
    model::PrecisionTarget target;
    if (!read_estimate(context, key, {}, target)) return std::nullopt;
    const std::string* text =
        detail::scalar_text(context, node, "a limit such as `at most 8 h`", resolved);
    const Estimate known{target.of, target.metric, target.level, 0, key};
    if (text == nullptr || !pools_over_runs(context, context.owner, known)) return std::nullopt;
    if (target.of != Of::quantile) {
      context.diagnostics.error(
          context.owner, fmt::format("`{}` is no quantile", key),
          "a limit holds in a stated share of the runs, as in `ready_time p95: at most 8 h`");
      return std::nullopt;
    }
    const bool most = text->starts_with(kAtMost), least = text->starts_with(kAtLeast);
    if (!most && !least) {
      context.diagnostics.error(node.place, fmt::format("`{}` does not say which side", *text),
                                "write `at most 8 h` or `at least 99 %`");
      return std::nullopt;
    }
    Node number = node;
    number.text = trim(std::string_view(*text).substr(most ? kAtMost.size() : kAtLeast.size()));
    Resolved scratch;
    const auto bound = metric_limit(target.metric).read(context, number, scratch);
    if (!bound) return std::nullopt;
    return Limit{target.metric, target.level, most, *bound, key + " " + *text};
  };
  value.describe = [](Context&) {
    return Json{{"type", "string"}, {"description", "at most 8 h, at least 99 %"}};
  };
  return value;
}

}  // namespace

Value<OptimizeSpec> optimize(std::vector<std::string> objectives) {
  return object<OptimizeSpec>([objectives](Reader& r) {
    OptimizeSpec spec;
    spec.variables = variables_of(
        r, "variables", "what may be decided: paths, and ranges or lists of values for each");
    spec.minimise = r.defaulted("minimise", minimised(objectives),
                                {"cost.ranked mean", Basis::judgement, "what the verdict ranks by"},
                                "what is to be small: the mean or a quantile of a metric");
    Names known{"stated objective", "objectives", objectives};
    const auto chosen = r.optional("objectives", list_of(reference(known)),
                                   "objectives that a plan must meet; without it all of them");
    if (chosen)
      spec.objectives = *chosen;
    else
      for (std::size_t i = 0; i < objectives.size(); ++i) spec.objectives.push_back(i);
    const auto limits =
        r.optional("limits", keyed(any_text(), limit()),
                   "quantiles that are limited besides: {ready_time p95: at most 8 h}");
    if (limits)
      for (const auto& entry : *limits)
        if (!entry.value.words.empty()) spec.limits.push_back(entry.value);
    spec.tried =
        r.defaulted("tried", count(100), {"1000", Basis::judgement, "some minutes of simulation"},
                    "plans that the search may try where there are too many to try all of them");
    if (spec.tried > kMostTried)
      r.error(r.place("tried"),
              fmt::format("at most {} plans can be tried", human_count(kMostTried)));
    return spec;
  });
}

Optimisation check_optimize(const OptimizeSpec& spec, const Template& source,
                            Diagnostics& diagnostics) {
  Optimisation problem;
  problem.minimise = spec.minimise;
  problem.objectives = spec.objectives;
  problem.limits = spec.limits;
  problem.tried = static_cast<std::uint64_t>(spec.tried);
  for (const SweepSpec::Axis& one : spec.variables)
    if (auto axis = check_axis(one, Design::grid, source, diagnostics))
      problem.variables.push_back(std::move(*axis));
  return problem;
}

}  // namespace rollcast::scenario
