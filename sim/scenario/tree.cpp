#include "rollcast/scenario/tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "rollcast/base/text.hpp"

namespace rollcast::scenario {
namespace {

using Keys = std::vector<std::string_view>;

bool names(const Keys& keys, std::string_view key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

/// A tool's own policy, under `rollout`.
const Keys kTools{"kubernetes", "ansible", "codedeploy", "instance_refresh", "vmss",
                  "mig",        "argo",    "flagger",    "spinnaker",        "blue_green"};

/// Keys of one map of which at most one may stand: laying one over another replaces it.
std::vector<Keys> exclusive_keys() {
  Keys forms{"batches", "serial", "canary", "waves"};
  forms.insert(forms.end(), kTools.begin(), kTools.end());
  return {forms, {"exists", "make", "import"}, {"within", "by"}};
}

void drop_excluded(Node& base, const Node& over) {
  static const std::vector<Keys> kExclusive = exclusive_keys();
  const auto brings = [&](std::string_view key) {
    return over.find(key) != nullptr && base.find(key) == nullptr;
  };
  for (const Keys& group : kExclusive) {
    if (std::none_of(group.begin(), group.end(), brings)) continue;
    std::erase_if(base.entries, [&](const Entry& entry) {
      return names(group, entry.key) && over.find(entry.key) == nullptr;
    });
  }
  // What belongs to batches goes with them.
  if (std::any_of(kTools.begin(), kTools.end(), brings))
    std::erase_if(base.entries,
                  [](const Entry& entry) { return entry.key == "pause" || entry.key == "soak"; });
}

/// A deploy spec for the whole fleet names an image or people; else the map holds one spec for each
/// group.
bool is_deploy_spec(const Node& node) {
  return node.is_map() && (node.find("image") != nullptr || node.find("by") != nullptr);
}

bool needs_quotes(std::string_view text, bool in_flow) {
  static const std::set<std::string_view> kWords{"null", "Null", "NULL", "~"};
  if (text.empty() || kWords.contains(text)) return true;
  if (text.front() == ' ' || text.back() == ' ' || text.back() == ':') return true;
  constexpr std::string_view kIndicators = "-?:,[]{}#&*!|>'\"%@`";
  const bool negative = text.size() > 1 && text[0] == '-' && text[1] != ' ' && text[1] != '-';
  if (kIndicators.find(text.front()) != std::string_view::npos && !negative) return true;
  if (text.starts_with("...") || text.starts_with("<<")) return true;
  if (text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos)
    return true;
  if (in_flow && text.find_first_of(",?[]{}") != std::string_view::npos) return true;
  // What a comma inside of brackets would have cut in two.
  const auto count = [&](char c) { return std::count(text.begin(), text.end(), c); };
  if (in_flow && count('(') > count(')')) return true;
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= 0 && c < ' '; });
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

Node* Node::find(std::string_view key) {
  return const_cast<Node*>(static_cast<const Node*>(this)->find(key));
}

Node& Node::make(std::string_view key, const Place& at) {
  if (Node* known = find(key)) return *known;
  Node value;
  value.place = at;
  entries.push_back({std::string{key}, at, std::move(value)});
  return entries.back().value;
}

Place Node::part(std::size_t offset, std::size_t length) const {
  if (!exact) return place;
  const bool in_quotes = place.length == text.size() + 2;
  return {place.file, place.line, place.column + offset + (in_quotes ? 1 : 0), length};
}

Node scalar_node(std::string text, Place place) {
  Node node;
  node.kind = Node::Kind::scalar;
  node.text = std::move(text);
  node.place = std::move(place);
  return node;
}

namespace {

/// `recover: [..]` is short for `recover: {means: [..]}`: what else is set there stays.
Node recovery_in_full(const Node& node) {
  if (!node.is_list()) return node;
  Node map;
  map.kind = Node::Kind::map;
  map.place = node.place;
  map.entries.push_back({"means", node.place, node});
  return map;
}

}  // namespace

void merge(Node& base, const Node& over) {
  if (!base.is_map() || !over.is_map()) {
    base = over;
    return;
  }
  drop_excluded(base, over);
  for (const Entry& entry : over.entries) {
    Node* known = base.find(entry.key);
    if (known == nullptr) {
      base.entries.push_back(entry);
      continue;
    }
    const bool replace =
        entry.key == "deploy" && (is_deploy_spec(*known) || is_deploy_spec(entry.value));
    if (replace) {
      *known = entry.value;
    } else if (entry.key == "recover" && known->is_list() != entry.value.is_list()) {
      *known = recovery_in_full(*known);
      merge(*known, recovery_in_full(entry.value));
    } else {
      merge(*known, entry.value);
    }
  }
}

std::string yaml_scalar(std::string_view text, bool in_flow, bool force_quotes) {
  if (!force_quotes && !needs_quotes(text, in_flow)) return std::string{text};
  std::string result = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        result += "\\\"";
        break;
      case '\\':
        result += "\\\\";
        break;
      case '\n':
        result += "\\n";
        break;
      case '\t':
        result += "\\t";
        break;
      default:
        result += c >= 0 && c < ' ' ? fmt::format("\\x{:02x}", static_cast<unsigned>(c))
                                    : std::string(1, c);
    }
  }
  return result + "\"";
}

std::string flow_text(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "null";
    case Node::Kind::scalar:
      return yaml_scalar(node.text, true);
    case Node::Kind::list: {
      std::vector<std::string> items;
      for (const Node& item : node.items) items.push_back(flow_text(item));
      return fmt::format("[{}]", join(items, ", "));
    }
    case Node::Kind::map: {
      std::vector<std::string> entries;
      for (const Entry& entry : node.entries) {
        entries.push_back(
            fmt::format("{}: {}", yaml_scalar(entry.key, true), flow_text(entry.value)));
      }
      return fmt::format("{{{}}}", join(entries, ", "));
    }
  }
  return {};
}

}  // namespace rollcast::scenario
