#include "rollcast/scenario/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "rollcast/base/text.hpp"

namespace rollcast::scenario {
namespace {

std::string kind_of(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "nothing";
    case Node::Kind::scalar:
      return fmt::format("`{}`", node.text);
    case Node::Kind::list:
      return "a list";
    case Node::Kind::map:
      return "a map";
  }
  return "something else";
}

}  // namespace

std::optional<std::size_t> Names::index(std::string_view name) const {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

Names names_in(const Node& tree, std::string kind, std::string section) {
  Names names{std::move(kind), std::move(section), {}};
  const Node* map = tree.find(names.section);
  if (map == nullptr) return names;
  for (const Entry& entry : map->entries) names.names.push_back(entry.key);
  return names;
}

void report_unknown_name(Context& context, const Place& place, const Names& names,
                         std::string_view name) {
  const std::string cure = names.names.empty()
                               ? fmt::format("the scenario has no {} yet; define it under `{}:`",
                                             names.kind, names.section)
                               : suggestion(name, names.names,
                                            fmt::format("`{}:` defines {}", names.section,
                                                        join_words(quoted(names.names), "and")));
  context.diagnostics.error(place, fmt::format("unknown {} `{}`", names.kind, name), cure);
}

std::vector<std::string> quoted(const std::vector<std::string>& words) {
  std::vector<std::string> result;
  for (const std::string& word : words) result.push_back(fmt::format("`{}`", word));
  return result;
}

std::string origin_of(const Context& context, const Place& place) {
  if (place.file.empty()) return "default";
  if (place.file == "--set") return "--set";
  if (place.file == context.root_file) return fmt::format("line {}", place.line);
  // From the scenario's folder on: a scenario is the same wherever it lies.
  const std::string folder = context.root_file.substr(0, context.root_file.rfind('/') + 1);
  const bool beside = place.file.starts_with(folder);
  return fmt::format("{} line {}", place.file.substr(beside ? folder.size() : 0), place.line);
}

void report_kind(Context& context, const Node& node, std::string_view what) {
  if (node.is_null()) {
    const std::string name =
        context.path.empty() ? "this" : fmt::format("`{}`", context.path.back());
    context.diagnostics.error(node.place, fmt::format("{} has no value; {} is due", name, what));
    return;
  }
  context.diagnostics.error(node.place,
                            fmt::format("{} stands where {} is due", kind_of(node), what));
}

namespace detail {

const std::string* scalar_text(Context& context, const Node& node, std::string_view what,
                               Resolved& resolved) {
  if (!node.is_scalar()) {
    report_kind(context, node, what);
    return nullptr;
  }
  if (!context.records) return &node.text;
  resolved.kind = Resolved::Kind::leaf;
  resolved.text = yaml_scalar(node.text, false);
  resolved.comment = origin_of(context, node.place);
  return &node.text;
}

void report_part(Context& context, const Node& node, const TextError& error) {
  context.diagnostics.error(node.part(error.offset, error.length), error.message, error.cure);
}

}  // namespace detail

Reader::Reader(Context& context, const Node& node, Resolved& resolved, Json* schema)
    : context_(context), node_(node), resolved_(resolved), schema_(schema), owner_(context.owner) {
  if (owner_.file.empty()) owner_ = node.place;
}

const Entry* Reader::take(std::string_view key) {
  for (const Entry& entry : node_.entries) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

Place Reader::place(std::string_view key) const {
  const Node* value = node_.find(key);
  return value != nullptr ? value->place : owner_;
}

Place Reader::key_place(std::string_view key) const {
  for (const Entry& entry : node_.entries) {
    if (entry.key == key) return entry.place;
  }
  return owner_;
}

void Reader::ignore(std::string_view key) {
  known_.emplace_back(key);
}

void Reader::mark_required(std::string_view key) {
  if (schema_ != nullptr) (*schema_)["required"].push_back(key);
}

bool Reader::at_most_one_of(const std::vector<std::string>& keys) {
  std::vector<std::string> given;
  for (const Entry& entry : node_.entries) {
    if (std::find(keys.begin(), keys.end(), entry.key) != keys.end()) given.push_back(entry.key);
  }
  for (std::size_t i = 1; i < given.size(); ++i) {
    error(key_place(given[i]), fmt::format("`{}` cannot stand beside `{}`", given[i], given[0]),
          fmt::format("keep one of {}", join_words(quoted(keys), "and")));
  }
  return !given.empty();
}

void Reader::finish() {
  const Entry* before = nullptr;
  for (const Entry& entry : node_.entries) {
    const Entry* above = std::exchange(before, &entry);
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    // What stands right below a key without a value was meant to be in it.
    const bool out_of_place = above != nullptr && above->value.is_null();
    error(entry.place, fmt::format("unknown key `{}`", entry.key),
          suggestion(
              entry.key, known_,
              out_of_place
                  ? fmt::format("if it belongs to `{}`, indent it by two blanks more", above->key)
                  : fmt::format("the keys here are {}", join_words(quoted(known_), "and"))));
  }
}

void Reader::report_missing(std::string_view key, std::string_view meaning) {
  Place where = owner_;
  if (where.line == 0 && !node_.entries.empty()) where = node_.entries.front().place;
  error(where, fmt::format("`{}` is missing: {}", key, meaning));
}

Node Reader::default_node(const Default& fallback) {
  const bool composite =
      !fallback.text.empty() && (fallback.text[0] == '[' || fallback.text[0] == '{');
  if (!composite) return scalar_node(fallback.text);
  Diagnostics problems;
  Node node = parse_tree("", fallback.text, problems).tree;
  ROLLCAST_ASSERT(problems.ok(), "the default `{}` is not YAML", fallback.text);
  return node;
}

Resolved Reader::leaf_of(const Default& fallback) {
  Resolved leaf;
  leaf.kind = Resolved::Kind::leaf;
  const Node node = default_node(fallback);
  leaf.text = node.is_scalar() ? yaml_scalar(node.text, false) : flow_text(node);
  leaf.comment = fallback.why.empty() ? "default" : fmt::format("default ({})", fallback.why);
  return leaf;
}

void Reader::assume(std::string_view key, const Default& fallback, std::string_view meaning) {
  std::vector<std::string> path = context_.path;
  path.emplace_back(key);
  Assumption assumption{join(path, "."),      fallback.text, fallback.basis, fallback.why,
                        std::string{meaning}, fallback.low,  fallback.high};
  auto& all = context_.assumptions;
  if (std::find(all.begin(), all.end(), assumption) == all.end())
    all.push_back(std::move(assumption));
}

void Reader::describe_field(std::string_view key, Json schema, std::string_view meaning,
                            const Default* fallback) {
  std::string description{meaning};
  if (fallback != nullptr) {
    description += fmt::format(". Default: {}", fallback->text);
    if (!fallback->why.empty()) description += fmt::format(" ({})", fallback->why);
  }
  schema["description"] = std::move(description);
  (*schema_)["properties"][std::string{key}] = std::move(schema);
}

}  // namespace rollcast::scenario
