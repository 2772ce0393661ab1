#include "resolve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "overlays.hpp"
#include "precision.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/base/units.hpp"
#include "world_reader.hpp"

namespace rollcast::scenario {
namespace {

/// What the scenario says besides its worlds.

Value<CivilStart> start_value() {
  return scalar<CivilStart>(
      "a start", text_schema("date, time and zone of t = 0: 2026-03-06 09:00 Asia/Seoul"),
      [](Context&, std::string_view text) { return parse_start(text); });
}

Value<std::string> currency_value() {
  return scalar<std::string>(
      "a currency",
      [] {
        return Json{{"type", "string"}, {"pattern", "^[A-Z]{3}$"}};
      },
      [](Context&, std::string_view text) -> tl::expected<std::string, TextError> {
        const bool good = text.size() == 3 && std::all_of(text.begin(), text.end(), [](char c) {
                            return c >= 'A' && c <= 'Z';
                          });
        if (good) return std::string{text};
        return tl::make_unexpected(TextError{0, text.size(),
                                             fmt::format("`{}` is not a currency", text),
                                             "write its three letters, as in `USD`"});
      });
}

}  // namespace

void read_settings(Reader& root, model::Scenario& scenario) {
  Context& context = root.context();
  scenario.question =
      root.required("question", any_text(), "the question that the scenario answers");
  const auto start = root.optional(
      "start", start_value(), "date, time and zone of t = 0; due as soon as any calendar is used");
  context.start = start;
  context.start_is_bad = root.has("start") && !start;
  scenario.has_start = start.has_value();
  if (start) scenario.start = *start;
  scenario.horizon = root.defaulted("horizon", elapsed(), {"30 d", Basis::judgement, "no source"},
                                    "end of the simulated time");
  if (scenario.horizon <= Duration::zero()) {
    root.error(root.place("horizon"), "the horizon is empty",
               "write how long is simulated, as in `30 d`");
    scenario.horizon = std::chrono::hours{24};
  }
  context.horizon = scenario.horizon;
  scenario.seed = static_cast<std::uint64_t>(
      root.defaulted("seed", count(), {"1", Basis::neutral, ""}, "seed of all random numbers"));
  constexpr std::int64_t kMostReplications = 100'000'000;
  const Default usual{"1000", Basis::judgement, "narrow enough intervals for most questions"};
  const Default cap{"100000", Basis::judgement, "a cap; `precision` says when to stop"};
  const std::int64_t replications =
      root.defaulted("replications", count(1), root.has("precision") ? cap : usual,
                     "replications of each strategy; with `precision` at most so many");
  if (replications > kMostReplications)
    root.error(root.place("replications"),
               fmt::format("at most {} replications can be made", human_count(kMostReplications)));
  scenario.replications = static_cast<std::uint64_t>(replications);
  scenario.currency =
      root.defaulted("currency", currency_value(),
                     {"USD", Basis::neutral, "the price list is in USD"}, "currency of all money");
  context.currency = scenario.currency;
  (void)root.defaulted("provider", word_of("a provider profile", {"cvm"}),
                       {"cvm", Basis::provider, "the only profile of this version"},
                       "whose limits, times and list prices are the defaults");
}

Frame read_frame(Reader& root, model::Scenario& scenario) {
  Frame frame;
  frame.verdict = root.section("verdict", verdict(), "how strategies are ranked");
  scenario.ranking = frame.verdict.ranking;
  scenario.indifference = frame.verdict.indifference;
  const auto objectives = root.optional("objectives", list_of(objective(frame.verdict)),
                                        "what must hold, and how surely");
  if (objectives) frame.objectives = *objectives;
  std::vector<std::string> names;
  for (const ObjectiveSpec& spec : frame.objectives) names.push_back(spec.name);
  scenario.precision = root.optional("precision", precision(names),
                                     "replications are made until every estimate is this precise, "
                                     "for every strategy: {ready_time p95: 1 %}")
                           .value_or(std::vector<model::PrecisionTarget>{});
  frame.uncertain = root.optional("uncertain", uncertain(),
                                  "what is not known: paths of values, and ranges or distributions "
                                  "from which each replication draws one value for all strategies")
                        .value_or(std::vector<UncertainSpec>{});
  frame.correlations =
      root.optional("correlation", correlation(),
                    "which uncertain inputs go together, by their ranks; others are independent")
          .value_or(std::vector<CorrelationSpec>{});
  frame.sampling = static_cast<Sampling>(root.defaulted(
      "sampling", word_of("a way of sampling", {"random", "antithetic", "sobol"}),
      {"random", Basis::neutral, "independent draws"},
      "how the uncertain inputs of neighbouring replications lie to each other: independent, "
      "mirrored in pairs, or evenly spread over 64 (scrambled Sobol' points)"));
  if (frame.sampling != Sampling::random && frame.uncertain.empty() && !root.context().describing)
    root.error(root.place("sampling"),
               "without uncertain inputs there is nothing to spread evenly: luck takes another "
               "number of draws in every replication, which no net and no mirror image fits",
               "state `uncertain:` inputs, or remove `sampling`");
  frame.sweep = root.optional("sweep", sweep(names),
                              "what `rollcast sweep` varies; a run takes no notice of it");
  frame.optimize =
      root.optional("optimize", optimize(names),
                    "what `rollcast optimize` may decide; a run takes no notice of it");
  for (std::size_t i = 0; i < frame.objectives.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const bool twice =
          frame.objectives[i].name == frame.objectives[j].name && !frame.objectives[i].name.empty();
      if (twice)
        root.error(frame.objectives[i].place,
                   fmt::format("two objectives are called `{}`", frame.objectives[i].name),
                   "give each a name of its own");
    }
  }
  return frame;
}

namespace {

constexpr std::size_t kMostStrategies = 100;
/// Values that are resolved, once for each strategy: what `check` reads within a second.
constexpr std::size_t kMostValues = 15'000;
/// The same at the two ends of every uncertain input, of every axis and of every variable.
constexpr std::size_t kMostTried = 80'000;

std::size_t values_in(const Node& node) {
  std::size_t values = 1;
  for (const Node& item : node.items) values += values_in(item);
  for (const Entry& entry : node.entries) values += values_in(entry.value);
  return values;
}

/// What a strategy states itself and takes from those that it is like.
std::size_t own_values(const Node& strategies, const Entry& strategy) {
  std::size_t values = 0;
  const Node* at = &strategy.value;
  for (std::size_t steps = 0; at != nullptr && steps < strategies.entries.size(); ++steps) {
    values += values_in(*at);
    const Node* like = at->is_map() ? at->find("like") : nullptr;
    at = like != nullptr && like->is_scalar() ? strategies.find(like->text) : nullptr;
  }
  return values;
}

/// Every strategy resolves the whole scenario for itself.
bool has_a_size_that_resolves(Reader& root, const Node& tree, const Frame& frame,
                              std::size_t room) {
  const Node& map = *tree.find("strategies");
  const std::size_t strategies = map.entries.size();
  if (strategies > kMostStrategies) {
    root.error(root.key_place("strategies"),
               fmt::format("{} strategies; at most {} are compared", strategies, kMostStrategies));
    return false;
  }
  const std::size_t values = values_in(tree) - values_in(map);
  std::size_t all = values * strategies;
  for (const Entry& strategy : map.entries) all += own_values(map, strategy);
  const auto count = [](std::size_t number) {
    return human_count(static_cast<std::int64_t>(number));
  };
  if (all > kMostValues * room) {
    root.error(root.key_place("strategies"),
               fmt::format("{} strategies of a scenario with {} values are too many to compare: at "
                           "most {} in all",
                           strategies, count(all / strategies), count(kMostValues * room)),
               "compare fewer strategies in one run");
    return false;
  }
  const auto resolves = [&](std::string_view section, std::size_t tried, std::string_view what) {
    if (all * (1 + 2 * tried) <= kMostTried * room) return true;
    root.error(root.key_place(section),
               fmt::format("{} {} too many for a scenario of this size: {} strategies with {} "
                           "values each",
                           tried, what, strategies, count(all / strategies)),
               "keep those that matter most");
    return false;
  };
  return resolves("uncertain", frame.uncertain.size(), "uncertain inputs are") &&
         (!frame.sweep || resolves("sweep", frame.sweep->axes.size(), "axes are")) &&
         (!frame.optimize ||
          resolves("optimize", frame.optimize->variables.size(), "variables are"));
}

class Resolver {
 public:
  Resolver(const TreeFacts& facts, Detail detail, Diagnostics& diagnostics, Resolution& resolution)
      : root_file_(facts.root_file),
        name_(facts.name),
        tables_(facts.tables),
        room_(facts.room),
        detail_(detail),
        diagnostics_(diagnostics),
        resolution_(resolution) {}

  void read_scenario(const Node& tree) {
    Diagnostics& diagnostics = diagnostics_;
    model::Scenario scenario;
    scenario.name = name_;
    std::vector<Assumption> frame_assumptions;
    Context context{diagnostics, frame_assumptions, tables_, root_file_};
    context.records = detail_ == Detail::everything;
    Resolved resolved;
    Reader root{context, tree, resolved, nullptr};
    root.ignore("extends");
    read_settings(root, scenario);
    const Frame frame = read_frame(root, scenario);
    const Resolved base = read_base(tree, context, root.has("strategies"));
    for (const std::string& section : world_sections()) root.ignore(section);
    for (const std::string& section : world_sections()) {
      const Resolved* known = base.find(section);
      if (known != nullptr && !is_own(section)) resolved.entry(section) = *known;
    }
    root.ignore("strategies");
    root.finish();
    Overlays overlays{root};
    if (!root.has("strategies")) {
      root.error(root.place(), "`strategies` is missing: the ways that are compared",
                 "write `strategies: {golden image: {deploy: IMAGE}, by hand: {deploy: {by: "
                 "STAFF}}}`, say");
    } else if (const Node& node = *tree.find("strategies"); !node.is_map() && !node.is_null()) {
      root.error(node.place, "`strategies` is a map from a name to what that strategy does",
                 "write `{by hand: {deploy: {by: STAFF}}}`, say");
    } else if (node.entries.empty()) {
      root.error(root.key_place("strategies"), "a scenario has at least one strategy",
                 "write `{by hand: {deploy: {by: STAFF}}}`, say");
    } else if (has_a_size_that_resolves(root, tree, frame, room_) && overlays.check()) {
      read_strategies(overlays, context, base, resolved.entry("strategies"), scenario);
    }
    resolution_.assumptions.insert(resolution_.assumptions.begin(), frame_assumptions.begin(),
                                   frame_assumptions.end());
    if (context.start) scenario.months = month_beginnings(*context.start, context.horizon);
    resolve_objectives(root, frame, scenario);
    resolution_.uncertain = frame.uncertain;
    resolution_.correlations = frame.correlations;
    resolution_.sampling = frame.sampling;
    resolution_.sweep = frame.sweep;
    resolution_.optimize = frame.optimize;
    if (!diagnostics.ok()) return;
    resolution_.resolved = std::move(resolved);
    resolution_.scenario = std::move(scenario);
  }

  /// The sections as they are without any strategy. What is wrong with them is told by the
  /// strategies, which may mend it; without strategies it is told here.
  Resolved read_base(const Node& tree, const Context& context, bool has_strategies) {
    Resolved resolved;
    if (detail_ == Detail::scenario_only) return resolved;
    Diagnostics scratch;
    std::vector<Assumption> assumptions;
    Context own{context, scratch, assumptions};
    Reader root{own, tree, resolved, nullptr};
    (void)WorldReader{root}.read(false);
    if (!has_strategies) diagnostics_.merge(scratch);
    return resolved;
  }

  void read_strategies(const Overlays& overlays, const Context& context, const Resolved& base,
                       Resolved& resolved, model::Scenario& scenario) {
    std::vector<std::vector<Assumption>> assumptions;
    for (const Entry& entry : overlays.entries()) {
      const Node tree = overlays.tree(entry);
      assumptions.emplace_back();
      Context own{context, diagnostics_, assumptions.back()};
      Resolved whole;
      Reader root{own, tree, whole, nullptr};
      WorldReader reader{root};
      reader.blame(entry.place);
      scenario.strategies.push_back({entry.key, reader.read(true)});
      if (detail_ == Detail::scenario_only) continue;
      Resolved& strategy = resolved.entry(entry.key);
      strategy.kind = Resolved::Kind::map;
      for (const std::string_view section : kOwnSections) {
        if (const Resolved* known = whole.find(section)) strategy.entry(section) = *known;
      }
      Resolved with = difference(base, whole);
      std::erase_if(with.entries, [](const auto& one) { return is_own(one.key); });
      if (!with.entries.empty()) strategy.entry("with") = std::move(with);
    }
    if (detail_ == Detail::everything) collect(assumptions, scenario);
  }

  /// What all strategies assume stands once, the rest under its strategy.
  void collect(const std::vector<std::vector<Assumption>>& assumptions,
               const model::Scenario& scenario) {
    std::map<Assumption, std::size_t> holders;
    for (const std::vector<Assumption>& list : assumptions)
      for (const Assumption& one : std::set<Assumption>(list.begin(), list.end())) ++holders[one];
    const auto shared = [&](const Assumption& one) {
      return holders.at(one) == assumptions.size();
    };
    for (const Assumption& one : assumptions.front()) {
      if (shared(one)) resolution_.assumptions.push_back(one);
    }
    for (std::size_t i = 0; i < assumptions.size(); ++i) {
      for (Assumption one : assumptions[i]) {
        if (shared(one)) continue;
        one.path = fmt::format("strategies.{}.{}", scenario.strategies[i].name, one.path);
        resolution_.assumptions.push_back(std::move(one));
      }
    }
  }

  static std::int64_t fleet_size(const model::World& world) {
    std::int64_t total = 0;
    for (const model::Group& group : world.groups) total += group.count;
    return total;
  }

  /// Of a service nothing is known where no group says what suffices.
  static void check_service(Reader& root, const ObjectiveSpec& spec,
                            const model::Scenario& scenario) {
    const model::Condition& condition = scenario.objectives.back().condition;
    const auto* most = std::get_if<model::MetricAtMost>(&condition);
    const auto* least = std::get_if<model::MetricAtLeast>(&condition);
    if (most == nullptr && least == nullptr) return;
    const std::string_view name =
        model::metric_info(most != nullptr ? most->metric : least->metric).name;
    if (!name.starts_with("service.")) return;
    for (const model::Strategy& strategy : scenario.strategies) {
      const auto& groups = strategy.world.groups;
      if (std::any_of(groups.begin(), groups.end(),
                      [](const model::Group& group) { return group.suffices.has_value(); }))
        continue;
      root.error(
          spec.place,
          fmt::format("`{}` asks for `{}`, but no group says what suffices", spec.name, name),
          "add `suffices: 2` or `suffices: 80 %` to a group of `fleet:`");
      return;
    }
  }

  void resolve_objectives(Reader& root, const Frame& frame, model::Scenario& scenario) {
    std::int64_t fleet = 0;
    bool alike = true;
    for (const model::Strategy& strategy : scenario.strategies) {
      const std::int64_t size = fleet_size(strategy.world);
      alike = alike && (fleet == 0 || fleet == size);
      fleet = size;
    }
    for (const ObjectiveSpec& spec : frame.objectives) {
      const auto& whole = spec.ready ? spec.ready : spec.impact;
      if (whole && whole->is_share && !alike) {
        root.error(
            spec.amount_place,
            fmt::format(
                "`{}` speaks of a share of the fleet, but the strategies' fleets differ in size",
                spec.name),
            "write a number of instances");
      }
      if (spec.ready && !spec.ready->is_share && fleet > 0 && spec.ready->count > fleet) {
        root.error(
            spec.amount_place,
            fmt::format("`{}` wants {} ready; the fleet has {}", spec.name,
                        plural(static_cast<std::size_t>(spec.ready->count), "instance"), fleet));
      }
      scenario.objectives.push_back(resolve(spec, fleet));
      check_service(root, spec, scenario);
    }
  }

  const std::string& root_file_;
  const std::string& name_;
  const TableLookup& tables_;
  std::size_t room_;
  Detail detail_;
  Diagnostics& diagnostics_;
  Resolution& resolution_;
};

}  // namespace

Resolution resolve_tree(const Node& tree, const TreeFacts& facts, Detail detail,
                        Diagnostics& diagnostics) {
  Resolution resolution;
  Resolver(facts, detail, diagnostics, resolution).read_scenario(tree);
  return resolution;
}

}  // namespace rollcast::scenario
