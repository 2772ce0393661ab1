#include "rollcast/scenario/load.hpp"

#include <fmt/format.h>

#include "overlays.hpp"
#include "resolve.hpp"
#include "rollcast/base/text.hpp"
#include "sources.hpp"
#include "template.hpp"

namespace rollcast::scenario {
namespace {

/// What is no file is a record's resolved scenario, which was a file within the limits.
constexpr std::size_t kRoomOfTexts = 8;

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
    room_ = kRoomOfTexts;
    read(sources_.from_text(name, std::move(text)));
  }

 private:
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
                          "a scenario is a map of sections such as `fleet:` and `strategies:`",
                          "`rollcast init` writes one to start from");
    } else {
      try {
        resolve(tree);
      } catch (const TooMuchRead&) {
        sources_.report_too_much_read();
      }
    }
    loaded_.text = sources_.text();
    loaded_.tables = sources_.table_texts();
  }

  void resolve(const Node& tree) {
    const TreeFacts facts{root_file_, name_,
                          [this](std::string_view path) { return sources_.table(path); }, room_};
    Resolution resolution = resolve_tree(tree, facts, Detail::everything, loaded_.diagnostics);
    loaded_.assumptions = std::move(resolution.assumptions);
    if (!resolution.scenario) return;
    const std::size_t tried = resolution.uncertain.size() +
                              (resolution.sweep ? resolution.sweep->axes.size() : 0) +
                              (resolution.optimize ? resolution.optimize->variables.size() : 0);
    if (!sources_.can_read_again(1 + 2 * tried)) return;
    const auto source = std::make_shared<const Template>(std::make_shared<const Template::Source>(
        Template::Source{tree, root_file_, name_, sources_.tables(), resolution.resolved}));
    loaded_.uncertain = check_uncertain(resolution.uncertain, *source, loaded_.diagnostics);
    auto correlations =
        check_correlation(resolution.correlations, resolution.uncertain, loaded_.diagnostics);
    if (resolution.sweep)
      loaded_.sweep = check_sweep(*resolution.sweep, *source, loaded_.diagnostics);
    if (resolution.optimize)
      loaded_.optimize = check_optimize(*resolution.optimize, *source, loaded_.diagnostics);
    if (!loaded_.diagnostics.ok()) return;
    loaded_.sampling = resolution.sampling;
    loaded_.correlations = std::move(correlations);
    loaded_.source = source;
    loaded_.resolved_yaml = to_yaml(resolution.resolved);
    loaded_.scenario = std::move(resolution.scenario);
  }

  Sources sources_;
  Loaded& loaded_;
  std::string root_file_;
  std::string name_;
  std::size_t room_ = 1;
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
  Context context{diagnostics, assumptions, no_tables(), ""};
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
