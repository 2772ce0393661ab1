#include "rollcast/scenario/differences.hpp"

#include <algorithm>
#include <map>

#include "rollcast/scenario/tree.hpp"

namespace rollcast::scenario {
namespace {

using Leaves = std::vector<std::pair<std::string, std::string>>;

std::string joined(const std::string& path, const std::string& key) {
  return path.empty() ? key : path + "." + key;
}

void collect(const Node& node, const std::string& path, Leaves& leaves) {
  if (node.is_map()) {
    for (const Entry& entry : node.entries) collect(entry.value, joined(path, entry.key), leaves);
    if (!node.entries.empty()) return;
  }
  const bool maps = node.is_list() && std::any_of(node.items.begin(), node.items.end(),
                                                  [](const Node& item) { return item.is_map(); });
  if (!maps) {
    leaves.emplace_back(path, flow_text(node));
    return;
  }
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const Node* name = node.items[i].is_map() ? node.items[i].find("name") : nullptr;
    const bool named = name != nullptr && name->is_scalar();
    collect(node.items[i], joined(path, named ? name->text : std::to_string(i)), leaves);
  }
}

Leaves leaves_of(const std::string& text) {
  Diagnostics diagnostics;
  Leaves leaves;
  collect(parse_tree("scenario", text, diagnostics).tree, "", leaves);
  return leaves;
}

}  // namespace

std::vector<ValueDifference> differences(const std::string& before, const std::string& after) {
  const Leaves first = leaves_of(before), second = leaves_of(after);
  const std::map<std::string, std::string> in_first(first.begin(), first.end()),
      in_second(second.begin(), second.end());
  std::vector<ValueDifference> result;
  for (const auto& [path, value] : first) {
    const auto other = in_second.find(path);
    if (other == in_second.end())
      result.push_back({path, value, ""});
    else if (other->second != value)
      result.push_back({path, value, other->second});
  }
  for (const auto& [path, value] : second)
    if (in_first.find(path) == in_first.end()) result.push_back({path, "", value});
  return result;
}

}  // namespace rollcast::scenario
