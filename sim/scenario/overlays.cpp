#include "overlays.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "graph.hpp"
#include "rollcast/base/text.hpp"
#include "world_reader.hpp"

namespace rollcast::scenario {

bool is_own(std::string_view key) {
  return std::find(kOwnSections.begin(), kOwnSections.end(), key) != kOwnSections.end();
}

TableLookup no_tables() {
  return [](std::string_view) -> tl::expected<std::shared_ptr<const CsvTable>, std::string> {
    return tl::make_unexpected(std::string{"there are no tables"});
  };
}

Json describe_world() {
  Diagnostics diagnostics;
  std::vector<Assumption> assumptions;
  Context context{diagnostics, assumptions, no_tables(), ""};
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

Overlays::Overlays(Reader& root) : root_(root) {
  if (const Node* node = root.node().find("strategies"); node != nullptr && node->is_map())
    map_ = node;
}

bool Overlays::check() {
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
    for (const std::size_t index : *cycle) words.push_back(fmt::format("`{}`", names.names[index]));
    root_.error(
        map_->entries[cycle->front()].place,
        fmt::format("the strategies are like each other in a circle: {}", join(words, " is like ")),
        "one of them must stand for itself");
    good = false;
  }
  return good;
}

Node Overlays::tree(const Entry& entry) const {
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

void Overlays::check_keys(const Entry& entry) {
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

Node Overlays::overlay_of(const Node& strategy) const {
  Node result;
  result.kind = Node::Kind::map;
  result.place = strategy.place;
  if (const Node* like = strategy.find("like")) result = overlay_of(*map_->find(like->text));
  Node own = strategy;
  std::erase_if(own.entries, [](const Entry& entry) { return entry.key == "like"; });
  merge(result, own);
  return result;
}

}  // namespace rollcast::scenario
