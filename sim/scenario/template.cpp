#include "template.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "resolve.hpp"
#include "rollcast/base/text.hpp"
#include "settings.hpp"

namespace rollcast::scenario {
namespace {

/// The scenario was within the limits when it was loaded.
constexpr std::size_t kAnyRoom = 1'000;

void list(const Resolved& node, const std::string& path, std::vector<Parameter>& parameters) {
  const auto below = [&](const std::string& key) { return path.empty() ? key : path + "." + key; };
  switch (node.kind) {
    case Resolved::Kind::absent:
      return;
    case Resolved::Kind::leaf:
      parameters.push_back({path, node.text, node.comment.starts_with("default")});
      return;
    case Resolved::Kind::list:
      for (std::size_t i = 0; i < node.items.size(); ++i)
        list(node.items[i], below(std::to_string(i)), parameters);
      return;
    case Resolved::Kind::map:
      for (const ResolvedEntry& entry : node.entries)
        list(entry.value, below(entry.key), parameters);
  }
}

/// A value as a node; lists and maps are parsed.
std::optional<Node> node_of(const std::string& text, const Place& place, Diagnostics& diagnostics) {
  const bool composite = text.starts_with('[') || text.starts_with('{') || text.starts_with('"') ||
                         text.starts_with('\'');
  if (!composite) return scalar_node(text, place);
  ParsedTree parsed = parse_tree(place.file, text, diagnostics);
  return parsed.whole ? std::optional{std::move(parsed.tree)} : std::nullopt;
}

}  // namespace

Template::Template(std::shared_ptr<const Source> source) : source_(std::move(source)) {
  list(source_->resolved, "", parameters_);
}

const Parameter* Template::find(std::string_view path) const {
  const auto found =
      std::find_if(parameters_.begin(), parameters_.end(),
                   [path](const Parameter& parameter) { return parameter.path == path; });
  return found == parameters_.end() ? nullptr : &*found;
}

std::optional<model::Scenario> Template::with(const Settings& settings,
                                              Diagnostics& diagnostics) const {
  Node tree = source_->tree;
  std::erase_if(tree.entries, [](const Entry& entry) {
    return entry.key == "uncertain" || entry.key == "correlation" || entry.key == "sampling" ||
           entry.key == "sweep" || entry.key == "optimize";
  });
  for (const auto& [path, value] : settings) {
    const Place place{path, 1, 1, value.size()};
    auto node = node_of(value, place, diagnostics);
    if (!node) return std::nullopt;
    if (const auto problem = set_value(tree, place, path, std::move(*node))) {
      diagnostics.error(place, problem->message, problem->cure);
      return std::nullopt;
    }
  }
  const TreeFacts facts{source_->root_file, source_->name, source_->tables, kAnyRoom};
  return resolve_tree(tree, facts, Detail::scenario_only, diagnostics).scenario;
}

}  // namespace rollcast::scenario
