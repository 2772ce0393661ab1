#include "settings.hpp"

#include <fmt/format.h>

#include <charconv>

#include "rollcast/base/text.hpp"

namespace rollcast::scenario {
namespace {

/// The item of a list that a segment of a path names: by position, or by its `name`.
Node* item_of(Node& list, std::string_view segment) {
  std::size_t index = 0;
  const auto [end, problem] =
      std::from_chars(segment.data(), segment.data() + segment.size(), index);
  const bool whole = problem == std::errc{} && end == segment.data() + segment.size();
  if (whole && index < list.items.size()) return &list.items[index];
  for (Node& item : list.items) {
    const Node* name = item.find("name");
    if (name != nullptr && name->text == segment) return &item;
  }
  return nullptr;
}

}  // namespace

std::optional<PathProblem> set_value(Node& tree, const Place& place, const std::string& path,
                                     Node value) {
  std::vector<std::string> segments;
  for (const std::string_view segment : split(path, '.')) segments.emplace_back(trim(segment));
  Node* at = &tree;
  std::size_t next = 0;
  while (
      next <
      segments.size()) {  // down as far as the path exists, but not into the value that is replaced
    Node* below = nullptr;
    std::size_t used = 0;
    for (std::size_t take = segments.size() - next; take > 0 && below == nullptr;
         --take) {  // keys may contain points
      const std::vector<std::string> words(
          segments.begin() + static_cast<std::ptrdiff_t>(next),
          segments.begin() + static_cast<std::ptrdiff_t>(next + take));
      const std::string key = join(words, ".");
      below = at->is_list() ? item_of(*at, key) : at->find(key);
      used = take;
    }
    if (below == nullptr || next + used == segments.size()) break;
    at = below;
    next += used;
  }
  if (at->is_list()) {
    Node* item = item_of(
        *at, join({segments.begin() + static_cast<std::ptrdiff_t>(next), segments.end()}, "."));
    if (item == nullptr) {
      return PathProblem{fmt::format("the list has no item `{}`", segments[next]),
                         "name an item by its `name`, or by its position from 0"};
    }
    merge(*item, value);
    return std::nullopt;
  }
  if (!at->is_map() && !at->is_null()) {
    return PathProblem{
        fmt::format(
            "there is nothing below `{}`: it is a single value",
            join({segments.begin(), segments.begin() + static_cast<std::ptrdiff_t>(next)}, ".")),
        "set the place value"};
  }
  std::vector<std::string> keys(segments.begin() + static_cast<std::ptrdiff_t>(next),
                                segments.end());
  const std::string joined = join(keys, ".");
  if (at->find(joined) != nullptr) keys = {joined};
  // An empty map empties what is there: laid over it, it would change nothing.
  if (value.is_map() && value.entries.empty() && keys.size() == 1)
    if (Node* known = at->find(keys.front()); known != nullptr && known->is_map())
      known->entries.clear();
  Node overlay = std::move(value);
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
    Node map;
    map.kind = Node::Kind::map;
    map.place = place;
    map.entries.push_back({*key, place, std::move(overlay)});
    overlay = std::move(map);
  }
  at->kind = Node::Kind::map;
  merge(*at, overlay);
  return std::nullopt;
}

}  // namespace rollcast::scenario
