#include "rollcast/scenario/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "graph.hpp"
#include "objectives.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/base/units.hpp"
#include "sources.hpp"
#include "world_reader.hpp"

namespace rollcast::scenario {
namespace {

/// The sections that a strategy states for itself; every other section of a world stands under its
/// `with:`.
constexpr std::array<std::string_view, 5> kOwnSections{"deploy", "update", "rollout", "backup",
                                                       "recover"};

bool is_own(std::string_view key) {
  return std::find(kOwnSections.begin(), kOwnSections.end(), key) != kOwnSections.end();
}

tl::expected<std::shared_ptr<const CsvTable>, std::string> no_tables(std::string_view) {
  return tl::make_unexpected(std::string{"there are no tables"});
}

/// The JSON schema of the sections that make a world.
Json describe_world() {
  Diagnostics diagnostics;
  std::vector<Assumption> assumptions;
  Context context{diagnostics, assumptions, no_tables, ""};
  context.describing = true;
  Json schema;
  const Node empty;
  Resolved resolved;
  Reader root{context, empty, resolved, &schema};
  (void)WorldReader{root}.read(false);
  return schema;
}

std::vector<std::string> world_sections() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> result;
    const Json schema = describe_world();
    for (const auto& section : schema["properties"].items()) result.push_back(section.key());
    return result;
  }();
  return names;
}

/// What the scenario says besides its worlds.
struct Frame {
  Verdict verdict;
  std::vector<ObjectiveSpec> objectives;
};

Value<CivilStart> start_value() {
  return scalar<CivilStart>(
      "a start",
      {{"type", "string"},
       {"description", "date, time and zone of t = 0: 2026-03-06 09:00 Asia/Seoul"}},
      [](Context&, std::string_view text) { return parse_start(text); });
}

Value<std::string> currency_value() {
  return scalar<std::string>(
      "a currency", {{"type", "string"}, {"pattern", "^[A-Z]{3}$"}},
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

/// The fields that everything else depends on: they go into the context.
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
  const std::int64_t replications =
      root.defaulted("replications", count(1),
                     {"1000", Basis::judgement, "narrow enough intervals for most questions"},
                     "replications of each strategy");
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

/// A strategy as an overlay over the scenario's tree.
class Overlays {
 public:
  Overlays(Reader& root) : root_(root) {
    if (const Node* node = root.node().find("strategies"); node != nullptr && node->is_map())
      map_ = node;
  }

  /// Checks the keys of all strategies and that `like:` leads somewhere and not in a circle.
  bool check() {
    if (map_ == nullptr) return false;
    Names names{"strategy", "strategies", {}};
    for (const Entry& entry : map_->entries) names.names.push_back(entry.key);
    Dependencies like(names.names.size());
    bool good = true;
    for (std::size_t i = 0; i < map_->entries.size(); ++i) {
      const Entry& entry = map_->entries[i];
      if (!entry.value.is_map()) {
        root_.error(entry.place, fmt::format("the strategy `{}` is not a map", entry.key),
                    "write `{deploy: IMAGE}` or `{deploy: {by: STAFF}}`, say");
        good = false;
        continue;
      }
      check_keys(entry);
      const Node* other = entry.value.find("like");
      if (other == nullptr) continue;
      const auto index = other->is_scalar() ? names.index(other->text) : std::nullopt;
      if (index)
        like[i].push_back(*index);
      else if (other->is_scalar())
        report_unknown_name(root_.context(), other->place, names, other->text);
      else
        report_kind(root_.context(), *other, "the name of a strategy");
      good = good && index;
    }
    if (const auto cycle = find_cycle(like)) {
      std::vector<std::string> words;
      for (const std::size_t index : *cycle)
        words.push_back(fmt::format("`{}`", names.names[index]));
      root_.error(map_->entries[cycle->front()].place,
                  fmt::format("the strategies are like each other in a circle: {}",
                              join(words, " is like ")),
                  "one of them must stand for itself");
      good = false;
    }
    return good;
  }

  [[nodiscard]] const std::vector<Entry>& entries() const { return map_->entries; }

  /// The tree of the strategy's world. REQUIRES check().
  [[nodiscard]] Node tree(const Entry& entry) const {
    const Node overlay = overlay_of(entry.value);
    Node tree;
    tree.kind = Node::Kind::map;
    tree.place = root_.node().place;
    for (const std::string& section : world_sections()) {
      if (const Node* node = root_.node().find(section))
        tree.make(section, root_.key_place(section)) = *node;
    }
    if (const Node* with = overlay.find("with")) merge(tree, *with);
    Node own = overlay;
    std::erase_if(own.entries, [](const Entry& one) { return !is_own(one.key); });
    merge(tree, own);
    return tree;
  }

 private:
  void check_keys(const Entry& entry) {
    Context& context = root_.context();
    const Place before = std::exchange(context.owner, entry.place);
    Resolved scratch;
    Reader strategy{context, entry.value, scratch, nullptr};
    strategy.ignore("like");
    for (const std::string_view section : kOwnSections) strategy.ignore(section);
    strategy.ignore("with");
    strategy.finish();
    if (const Node* with = entry.value.find("with")) {
      if (!with->is_map()) {
        report_kind(context, *with, "a map of sections");
      } else {
        Reader sections{context, *with, scratch, nullptr};
        for (const std::string& section : world_sections()) sections.ignore(section);
        sections.finish();
      }
    }
    context.owner = before;
  }

  /// The strategy's fields over those of the one that it is like.
  [[nodiscard]] Node overlay_of(const Node& strategy) const {
    Node result;
    result.kind = Node::Kind::map;
    result.place = strategy.place;
    if (const Node* like = strategy.find("like")) result = overlay_of(*map_->find(like->text));
    Node own = strategy;
    std::erase_if(own.entries, [](const Entry& entry) { return entry.key == "like"; });
    merge(result, own);
    return result;
  }

  Reader& root_;
  const Node* map_ = nullptr;
};

class Loader {
 public:
  Loader(const LoadOptions& options, Loaded& loaded)
      : sources_(options, loaded.diagnostics), loaded_(loaded) {}

  void load_file(const std::filesystem::path& file) {
    root_file_ = file.string();
    name_ = file.stem().string();
    read(sources_.from_file(file));
  }
  void load_text(const std::string& name, std::string text) {
    root_file_ = name;
    name_ = std::filesystem::path{name}.stem().string();
    read(sources_.from_text(name, std::move(text)));
  }

 private:
  TableLookup tables() {
    return [this](std::string_view path) { return sources_.table(path); };
  }

  void read(const Node& tree) {
    Diagnostics& diagnostics = loaded_.diagnostics;
    if (tree.is_null() && diagnostics.ok())
      diagnostics.error({root_file_, 0, 0, 0}, "the scenario is empty",
                        "`rollcast init` writes one to start from");
    if (!sources_.whole()) {
      loaded_.text = sources_.text();
      return;
    }
    if (!tree.is_map()) {
      if (diagnostics.ok())
        diagnostics.error(tree.place,
                          "a scenario is a map of sections such as `fleet:` and `strategies:`");
    } else {
      read_scenario(tree);
    }
    loaded_.text = sources_.text();
  }

  void read_scenario(const Node& tree) {
    Diagnostics& diagnostics = loaded_.diagnostics;
    model::Scenario scenario;
    scenario.name = name_;
    std::vector<Assumption> frame_assumptions;
    Context context{diagnostics, frame_assumptions, tables(), root_file_};
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
    } else if (!tree.find("strategies")->is_map() || tree.find("strategies")->entries.empty()) {
      root.error(root.key_place("strategies"), "a scenario has at least one strategy",
                 "write `{by hand: {deploy: {by: STAFF}}}`, say");
    } else if (overlays.check()) {
      read_strategies(overlays, context, base, resolved.entry("strategies"), scenario);
    }
    loaded_.assumptions.insert(loaded_.assumptions.begin(), frame_assumptions.begin(),
                               frame_assumptions.end());
    if (context.start) scenario.months = month_beginnings(*context.start, context.horizon);
    resolve_objectives(root, frame, scenario);
    if (!diagnostics.ok()) return;
    loaded_.resolved_yaml = to_yaml(resolved);
    loaded_.scenario = std::move(scenario);
  }

  /// The sections as they are without any strategy. What is wrong with them is told by the
  /// strategies, which may mend it; without strategies it is told here.
  Resolved read_base(const Node& tree, const Context& context, bool has_strategies) {
    Diagnostics scratch;
    std::vector<Assumption> assumptions;
    Context own{context, scratch, assumptions};
    Resolved resolved;
    Reader root{own, tree, resolved, nullptr};
    (void)WorldReader{root}.read(false);
    if (!has_strategies) loaded_.diagnostics.merge(scratch);
    return resolved;
  }

  void read_strategies(const Overlays& overlays, const Context& context, const Resolved& base,
                       Resolved& resolved, model::Scenario& scenario) {
    std::vector<std::vector<Assumption>> assumptions;
    for (const Entry& entry : overlays.entries()) {
      const Node tree = overlays.tree(entry);
      assumptions.emplace_back();
      Context own{context, loaded_.diagnostics, assumptions.back()};
      Resolved whole;
      Reader root{own, tree, whole, nullptr};
      WorldReader reader{root};
      reader.blame(entry.place);
      scenario.strategies.push_back({entry.key, reader.read(true)});
      Resolved& strategy = resolved.entry(entry.key);
      strategy.kind = Resolved::Kind::map;
      for (const std::string_view section : kOwnSections) {
        if (const Resolved* known = whole.find(section)) strategy.entry(section) = *known;
      }
      Resolved with = difference(base, whole);
      std::erase_if(with.entries, [](const auto& one) { return is_own(one.key); });
      if (!with.entries.empty()) strategy.entry("with") = std::move(with);
    }
    collect(assumptions, scenario);
  }

  /// What all strategies assume stands once, the rest under its strategy.
  void collect(const std::vector<std::vector<Assumption>>& assumptions,
               const model::Scenario& scenario) {
    const auto holds = [](const std::vector<Assumption>& list, const Assumption& one) {
      return std::find(list.begin(), list.end(), one) != list.end();
    };
    const auto shared = [&](const Assumption& one) {
      return std::all_of(assumptions.begin(), assumptions.end(),
                         [&](const auto& list) { return holds(list, one); });
    };
    for (const Assumption& one : assumptions.front()) {
      if (shared(one)) loaded_.assumptions.push_back(one);
    }
    for (std::size_t i = 0; i < assumptions.size(); ++i) {
      for (Assumption one : assumptions[i]) {
        if (shared(one)) continue;
        one.path = fmt::format("strategies.{}.{}", scenario.strategies[i].name, one.path);
        loaded_.assumptions.push_back(std::move(one));
      }
    }
  }

  static std::int64_t fleet_size(const model::World& world) {
    std::int64_t total = 0;
    for (const model::Group& group : world.groups) total += group.count;
    return total;
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
    }
  }

  Sources sources_;
  Loaded& loaded_;
  std::string root_file_;
  std::string name_;
};

}  // namespace

Loaded load_file(const std::filesystem::path& file, const LoadOptions& options) {
  Loaded loaded;
  Loader{options, loaded}.load_file(file);
  return loaded;
}

Loaded load_text(std::string name, std::string text, const LoadOptions& options) {
  Loaded loaded;
  Loader{options, loaded}.load_text(name, std::move(text));
  return loaded;
}

std::string json_schema() {
  Diagnostics diagnostics;
  std::vector<Assumption> assumptions;
  Context context{diagnostics, assumptions, no_tables, ""};
  context.describing = true;
  Json schema;
  schema["$schema"] = "http://json-schema.org/draft-07/schema#";
  schema["title"] = "rollcast scenario";
  schema["type"] = "object";
  schema["additionalProperties"] = false;
  const Node empty;
  Resolved resolved;
  Reader root{context, empty, resolved, &schema};
  model::Scenario scenario;
  read_settings(root, scenario);
  (void)read_frame(root, scenario);
  schema["properties"]["extends"] = {
      {"description",
       "files whose sections this scenario starts from: maps merge, lists and values replace"},
      {"type", "array"},
      {"items", {{"type", "string"}}}};
  const Json world = describe_world();
  Json with{{"description", "any sections of the scenario, as they are for this strategy alone"},
            {"type", "object"},
            {"additionalProperties", false}};
  for (const auto& section : world["properties"].items()) {
    schema["properties"][section.key()] = section.value();
    with["properties"][section.key()] = {{"$ref", "#/properties/" + section.key()}};
  }
  Json strategy{{"type", "object"}, {"additionalProperties", false}};
  strategy["properties"]["like"] = {{"description", "the strategy that this one starts from"},
                                    {"type", "string"}};
  for (const std::string_view section : kOwnSections)
    strategy["properties"][std::string{section}] = {
        {"$ref", fmt::format("#/properties/{}", section)}};
  strategy["properties"]["with"] = std::move(with);
  schema["properties"]["strategies"] = {{"description", "the ways that are compared"},
                                        {"type", "object"},
                                        {"additionalProperties", std::move(strategy)}};
  return schema.dump(2) + "\n";
}

}  // namespace rollcast::scenario
