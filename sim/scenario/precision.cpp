#include "precision.hpp"

#include <fmt/format.h>

#include "objectives.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/base/units.hpp"

namespace rollcast::scenario {
namespace {

using model::Metric;
using model::PrecisionTarget;

constexpr std::string_view kObjective = "objective ";

bool read_objective(Context& context, std::string_view name,
                    const std::vector<std::string>& objectives, PrecisionTarget& target) {
  name = trim(name);
  if (name.size() > 1 && name.front() == '"' && name.back() == '"')
    name = name.substr(1, name.size() - 2);
  target.of = PrecisionTarget::Of::objective;
  for (std::size_t i = 0; i < objectives.size(); ++i) {
    if (objectives[i] != name) continue;
    target.objective = i;
    return true;
  }
  context.diagnostics.error(context.owner, fmt::format("unknown objective `{}`", name),
                            objectives.empty()
                                ? "the scenario has no objectives"
                                : suggestion(name, objectives,
                                             fmt::format("`objectives:` defines {}",
                                                         join_words(quoted(objectives), "and"))));
  return false;
}

/// "ready_time p95", "cost.total mean".
bool read_metric(Context& context, std::string_view key, PrecisionTarget& target) {
  const std::size_t space = key.find_last_of(' ');
  const std::string_view metric = trim(key.substr(0, space));
  const std::string_view what =
      space == std::string_view::npos ? std::string_view{} : trim(key.substr(space));
  const auto known = model::find_metric(metric);
  if (!known) {
    const auto names = metric_names();
    context.diagnostics.error(
        context.owner, fmt::format("unknown metric `{}`", metric),
        suggestion(metric, names,
                   "the metrics are named as in summary.json, as in `ready_time p95`"));
    return false;
  }
  target.metric = *known;
  if (what == "mean") return true;
  const bool percentile = what.starts_with('p');
  const auto level = parse_number(percentile ? what.substr(1) : what);
  if (percentile && level && *level > 0 && *level < 100) {
    target.of = PrecisionTarget::Of::quantile;
    target.level = *level;
    return true;
  }
  context.diagnostics.error(
      context.owner, fmt::format("`{}` does not say which estimate of `{}`", key, metric),
      fmt::format("write `{0} mean` or a percentile from p0 to p100, as in `{0} p95`", metric));
  return false;
}

/// A width in percent is relative to the estimate, but of shares and probabilities it is one of
/// percentage points.
bool read_width(Context& context, const Node& node, PrecisionTarget& target) {
  const bool of_share = target.of == PrecisionTarget::Of::objective ||
                        model::metric_info(target.metric).unit == model::Unit::share ||
                        model::metric_info(target.metric).unit == model::Unit::flag;
  Resolved scratch;
  const bool percent = node.is_scalar() && node.text.find('%') != std::string::npos;
  target.relative = percent && !of_share;
  const Value<double> value = percent || of_share ? share() : metric_limit(target.metric);
  const auto width = value.read(context, node, scratch);
  if (!width) return false;
  target.half_width = *width;
  if (*width > 0) return true;
  context.diagnostics.error(node.place, "no number of replications makes an estimate exact",
                            "write a half-width above 0, as in `1 %`");
  return false;
}

Value<PrecisionTarget> target_of(const std::vector<std::string>& objectives) {
  Value<PrecisionTarget> value;
  value.read = [objectives](Context& context, const Node& node,
                            Resolved& resolved) -> std::optional<PrecisionTarget> {
    PrecisionTarget target;
    const std::string key = context.path.back();
    const bool known = read_estimate(context, key, objectives, target);
    if (!known || !read_width(context, node, target)) return std::nullopt;
    (void)detail::scalar_text(context, node, "a half-width", resolved);
    target.words = fmt::format("{} to {}", key, node.text);
    return target;
  };
  value.describe = [](Context&) {
    return Json{{"type", "string"},
                {"description",
                 "half-width of the 95 % interval: relative (1 %), or in the metric's unit (50 "
                 "USD); of shares and probabilities in percentage points"}};
  };
  return value;
}

std::vector<PrecisionTarget> values_of(std::vector<Keyed<std::string, PrecisionTarget>> entries) {
  std::vector<PrecisionTarget> targets;
  for (auto& entry : entries)
    if (entry.value.half_width > 0) targets.push_back(std::move(entry.value));
  return targets;
}

}  // namespace

bool read_estimate(Context& context, std::string_view words,
                   const std::vector<std::string>& objectives, PrecisionTarget& target) {
  return words.starts_with(kObjective)
             ? read_objective(context, words.substr(kObjective.size()), objectives, target)
             : read_metric(context, words, target);
}

Value<std::vector<PrecisionTarget>> precision(std::vector<std::string> objectives) {
  const auto map = mapped(keyed(any_text(), target_of(objectives)), values_of);
  const auto list = mapped(list_of(map), [](std::vector<std::vector<PrecisionTarget>> parts) {
    std::vector<PrecisionTarget> targets;
    for (auto& part : parts)
      for (PrecisionTarget& target : part) targets.push_back(std::move(target));
    return targets;
  });
  return either<std::vector<PrecisionTarget>>("a map `{ready_time p95: 1 %}`", {}, map, list);
}

}  // namespace rollcast::scenario
