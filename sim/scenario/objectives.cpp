#include "objectives.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "rollcast/base/text.hpp"
#include "rollcast/base/units.hpp"

namespace rollcast::scenario {
namespace {

using model::CostKind;
using model::CostPhase;
using model::Metric;

constexpr std::array<std::string_view, model::kCostKinds> kKinds{
    "instances", "licences", "image_fees", "staff", "storage", "transfer", "delay", "incidents"};
constexpr std::array<std::string_view, model::kCostPhases> kPhases{"deployment", "running",
                                                                   "in_incidents"};

std::vector<std::string> scope_words() {
  std::vector<std::string> words(kPhases.begin(), kPhases.end());
  words.insert(words.end(), kKinds.begin(), kKinds.end());
  words.emplace_back("total");
  return words;
}

/// `words` are indices into scope_words().
model::CostScope scope_of(const std::vector<std::size_t>& words) {
  model::CostScope scope;
  for (const std::size_t word : words) {
    if (word < kPhases.size())
      scope.phases.push_back(static_cast<CostPhase>(word));
    else if (word < kPhases.size() + kKinds.size())
      scope.kinds.push_back(static_cast<CostKind>(word - kPhases.size()));
    else
      scope.total = true;
  }
  return scope;
}

Value<model::CostScope> scope() {
  return mapped(list_of(word_of("a part of the costs", scope_words())), scope_of);
}

Value<model::Condition> cost_limit(const Verdict& verdict) {
  const auto of_scalar =
      mapped(money(), [ranking = verdict.ranking](Money limit) -> model::Condition {
        return model::CostAtMost{ranking, limit};
      });
  const auto of_map = object<model::Condition>([](Reader& r) -> model::Condition {
    model::CostAtMost cost;
    if (r.has("of") || r.has("at most") || r.context().describing) {
      cost.scope = r.required("of", scope(), "parts of the costs that are added up");
      cost.limit = r.required("at most", money(), "their sum may be at most this");
    }
    const auto words = scope_words();
    std::vector<std::string> given;
    for (std::size_t i = 0; i < words.size(); ++i) {
      const auto limit =
          r.optional(words[i], money(), fmt::format("`{}` costs may be at most this", words[i]));
      if (!limit) continue;
      given.push_back(words[i]);
      cost.scope = scope_of({i});
      cost.limit = *limit;
    }
    const bool both = !given.empty() && r.has("of");
    if (given.size() > 1 || both)
      r.error(r.place(), "a limit speaks of one part of the costs, or of their sum",
              "write `{of: [deployment, delay], at most: 4000 USD}`, or one objective for each");
    if (given.empty() && !r.has("of") && !r.context().describing)
      r.error(r.place(), "it does not say which costs", "write `{deployment: 4000 USD}`, say");
    return cost;
  });
  return either<model::Condition>("an amount of money, or a map `{deployment: 4000 USD}`",
                                  of_scalar, of_map);
}

void read_deadline(Reader& r, ObjectiveSpec& spec) {
  Context& context = r.context();
  r.at_most_one_of({"by", "within"});
  const auto within = r.optional("within", elapsed(), "elapsed time from the start");
  const auto by =
      r.optional("by", any_text(),
                 "a moment, as in `Fri 18:00` or `2026-03-06 18:00`; the next after the start");
  if (context.describing) return;
  if (within) {
    spec.by = kStart + *within;
    spec.by_words = fmt::format("within {}", human_duration(*within));
  } else if (by && context.start) {
    const auto moment = parse_moment(*by, *context.start);
    if (!moment) {
      detail::report_part(context, *r.node().find("by"), moment.error());
    } else {
      spec.by = *moment;
      spec.by_words = fmt::format("by {}", civil_text(*moment, *context.start));
      if (*moment <= kStart)
        r.error(r.place("by"), "the deadline is not after the start",
                fmt::format("write a later moment than {}, or change `start:`",
                            civil_text(kStart, *context.start)));
    }
  } else if (by && !context.start_is_bad) {
    r.error(r.place("by"), "a date needs a `start:` that says when the simulated time begins",
            "add `start: 2026-03-06 09:00 Asia/Seoul` to the scenario, or write `within: 8 h`");
  } else if (!r.has("by") && !r.has("within")) {
    r.error(r.place("ready"), "`ready` does not say by when",
            "add `by: Fri 18:00` or `within: 8 h`");
  }
  if (spec.by != kNever && spec.by > kStart + context.horizon) {
    r.warning(
        r.has("by") ? r.place("by") : r.place("within"),
        fmt::format("the deadline lies beyond the horizon of {}", human_duration(context.horizon)),
        "extend `horizon:`; what comes behind it is not simulated");
  }
}

void read_metric(Reader& r, ObjectiveSpec& spec) {
  const auto names = metric_names();
  const auto index = r.optional("metric", word_of("a metric", names), "any metric by its name");
  const Metric metric = static_cast<Metric>(index.value_or(0));
  if (!index && !r.context().describing) {
    if (!r.has("metric")) return;
    r.ignore("at most");
    r.ignore("at least");
    return;
  }
  r.at_most_one_of({"at most", "at least"});
  const auto most = r.optional(
      "at most", metric_limit(metric),
      "the metric is not above this; a run in which it has no value (no incident, say) keeps it");
  const auto least = r.optional("at least", metric_limit(metric),
                                "the metric has a value, which is not below this");
  if (!index) return;
  const std::string_view label = model::metric_info(metric).label;
  const auto limit_words = [&r](std::string_view key) { return r.node().find(key)->text; };
  if (most) {
    spec.condition = model::MetricAtMost{metric, *most};
    spec.words = fmt::format("{}: at most {}", label, limit_words("at most"));
  } else if (least) {
    spec.condition = model::MetricAtLeast{metric, *least};
    spec.words = fmt::format("{}: at least {}", label, limit_words("at least"));
  } else if (!r.has("at most") && !r.has("at least")) {
    r.error(r.place("metric"), "the metric has no limit", "add `at most:` or `at least:`");
  }
}

ObjectiveSpec read_objective(Reader& r, const Verdict& verdict) {
  const std::vector<std::string> kinds{"ready",    "cost",   "impact", "data loss",
                                       "recovery", "metric", "all"};
  ObjectiveSpec spec;
  spec.place = r.place("name");
  spec.name = r.required("name", entity_name(), "what it is called in tables");
  const bool any = r.at_most_one_of(kinds);
  const bool describing = r.context().describing;
  if (!any && !describing) {
    r.error(r.place(), "the objective does not say what must hold",
            "add one of `ready`, `cost`, `impact`, `data loss`, `recovery`, `metric` and `all`");
  }
  if (r.has("ready")) spec.amount_place = r.place("ready");
  if (r.has("impact")) spec.amount_place = r.place("impact");
  spec.ready = r.optional(
      "ready", amount(),
      "that many instances, or that share of the fleet, have entered service by the deadline");
  if (r.has("ready") || describing) read_deadline(r, spec);
  if (const auto cost = r.optional(
          "cost", cost_limit(verdict),
          "a limit of the ranked cost, or of a part of the costs: {deployment: 4000 USD}")) {
    spec.condition = *cost;
    const auto& limit = std::get<model::CostAtMost>(*cost);
    spec.words = fmt::format("cost ({}) at most {}", words_of(limit.scope),
                             human_money(limit.limit, r.context().currency));
  }
  spec.impact = r.optional("impact", amount(),
                           "never more than this many instances out or defective at once");
  if (const auto loss = r.optional("data loss", elapsed(), "no incident loses more than this")) {
    spec.condition = model::MetricAtMost{Metric::recovery_data_loss_max, to_hours(*loss)};
    spec.words = fmt::format("no incident loses more than {} of data", human_duration(*loss));
  }
  if (const auto recovery =
          r.optional("recovery", elapsed(), "every incident is recovered within this")) {
    spec.condition = model::MetricAtMost{Metric::recovery_time_max, to_hours(*recovery)};
    spec.words = fmt::format("every incident is recovered within {}", human_duration(*recovery));
  }
  read_metric(r, spec);
  if (const auto all =
          r.optional("all", truth(), "all other objectives hold in the same replication")) {
    spec.condition = model::AllObjectives{};
    spec.words = "all other objectives together";
    if (!*all)
      r.error(r.place("all"), "`all: false` says nothing",
              "write `all: true`, or remove the objective");
  }
  spec.probability =
      r.defaulted("probability", probability(), {"95 %", Basis::judgement, "a usual level"},
                  "share of the replications in which it must hold");
  if (spec.probability.value() >= 1)
    r.warning(r.place("probability"), "no number of replications can show that it holds in all",
              "ask for 99.9 %, say: runs in which it fails are told all the same");
  return spec;
}

}  // namespace

Value<model::CostKind> cost_kind() {
  return mapped(word_of("a kind of cost", {kKinds.begin(), kKinds.end()}),
                [](std::size_t index) { return static_cast<CostKind>(index); });
}

Value<double> metric_limit(Metric metric) {
  const model::Unit unit = model::metric_info(metric).unit;
  switch (unit) {
    case model::Unit::seconds:
      return mapped(elapsed(), [](Duration limit) { return to_seconds(limit); });
    case model::Unit::hours:
      return scalar<double>(
          "a number of hours",
          [] {
            return Json{{"type", "string"}};
          },
          [](Context&, std::string_view text) -> tl::expected<double, TextError> {
            if (const auto plain = parse_number(text)) return *plain;
            const bool work = text.find("work") != std::string_view::npos;
            const auto seconds = work ? parse_effort(text) : parse_elapsed(text);
            if (!seconds) return tl::make_unexpected(seconds.error());
            return *seconds / 3600.0;
          });
    case model::Unit::share:
      return share();
    case model::Unit::money:
      return mapped(money(), [](Money limit) { return limit.units(); });
    case model::Unit::instances:
    case model::Unit::count:
    case model::Unit::instance_hours:
    case model::Unit::flag:
      return number();
  }
  return number();
}

std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < model::kMetrics; ++i)
    names.emplace_back(model::metric_info(static_cast<Metric>(i)).name);
  return names;
}

std::string words_of(const model::CostScope& scope) {
  std::vector<std::string> words;
  if (scope.total) words.emplace_back("total");
  for (const CostPhase phase : scope.phases)
    words.emplace_back(kPhases[static_cast<std::size_t>(phase)]);
  for (const CostKind kind : scope.kinds)
    words.emplace_back(kKinds[static_cast<std::size_t>(kind)]);
  return join(words, " + ");
}

Value<Verdict> verdict() {
  return object<Verdict>([](Reader& r) {
    Verdict result;
    result.ranking =
        r.defaulted("cost", scope(),
                    {"[deployment, incidents, delay]", Basis::interpretation,
                     "a slow strategy runs fewer instance-hours, so the total would favour it"},
                    "what the verdict ranks by: the union of these parts of the costs");
    result.indifference =
        r.defaulted("tie", share(), {"1 %", Basis::judgement, "no planner decides on less"},
                    "costs within this share of the cheapest are called ties");
    if (r.has("cost") && result.ranking.kinds.empty() && result.ranking.phases.empty() &&
        !result.ranking.total && !r.context().describing && r.node().find("cost")->items.empty()) {
      r.error(r.place("cost"), "the verdict has nothing to rank by",
              "write `[deployment, incidents, delay]`, say");
    }
    return result;
  });
}

Value<ObjectiveSpec> objective(const Verdict& verdict) {
  return object<ObjectiveSpec>([verdict](Reader& r) { return read_objective(r, verdict); });
}

model::Objective resolve(const ObjectiveSpec& spec, std::int64_t fleet) {
  model::Objective objective;
  objective.name = spec.name;
  objective.probability = spec.probability;
  objective.words = spec.words;
  const auto whole = static_cast<double>(fleet);
  if (spec.ready) {
    const auto entered =
        spec.ready->is_share
            ? static_cast<std::int64_t>(std::ceil(spec.ready->share * whole - 1e-9))
            : spec.ready->count;
    objective.condition = model::ReadyBy{entered, spec.by};
    const std::string what = !spec.ready->is_share
                                 ? plural(static_cast<std::size_t>(entered), "instance")
                             : spec.ready->share >= 1.0
                                 ? "the whole fleet"
                                 : fmt::format("{} of the fleet", human_percent(spec.ready->share));
    objective.words = fmt::format("{} ready {}", what, spec.by_words);
  } else if (spec.impact) {
    const auto most = spec.impact->is_share
                          ? static_cast<std::int64_t>(std::floor(spec.impact->share * whole + 1e-9))
                          : spec.impact->count;
    objective.condition = model::MetricAtMost{Metric::impact_peak, static_cast<double>(most)};
    objective.words = fmt::format(
        "never more than {} out or defective{}", plural(static_cast<std::size_t>(most), "instance"),
        spec.impact->is_share ? fmt::format(" ({} of the fleet)", human_percent(spec.impact->share))
                              : "");
  } else if (spec.condition) {
    objective.condition = *spec.condition;
  }
  return objective;
}

}  // namespace rollcast::scenario
