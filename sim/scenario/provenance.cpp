#include "rollcast/scenario/provenance.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "rollcast/base/text.hpp"
#include "rollcast/scenario/tree.hpp"

namespace rollcast::scenario {
namespace {

bool all_leaves(const std::vector<Resolved>& items) {
  return std::all_of(items.begin(), items.end(),
                     [](const Resolved& item) { return item.kind == Resolved::Kind::leaf; });
}

/// A leaf's text where commas and brackets would end it.
std::string inside_flow(const std::string& text) {
  const bool composed =
      !text.empty() && std::string_view{"[{\""}.find(text[0]) != std::string_view::npos;
  return composed ? text : yaml_scalar(text, true);
}

/// Without comments and layout: what a difference is measured by.
std::string essence(const Resolved& resolved) {
  switch (resolved.kind) {
    case Resolved::Kind::absent:
      return "";
    case Resolved::Kind::leaf:
      return inside_flow(resolved.text);
    case Resolved::Kind::list: {
      std::vector<std::string> items;
      for (const Resolved& item : resolved.items) items.push_back(essence(item));
      return fmt::format("[{}]", join(items, ", "));
    }
    case Resolved::Kind::map: {
      std::vector<std::string> entries;
      for (const auto& [key, value] : resolved.entries) {
        entries.push_back(fmt::format("{}: {}", yaml_scalar(key, true), essence(value)));
      }
      return fmt::format("{{{}}}", join(entries, ", "));
    }
  }
  return {};
}

std::string with_comment(const std::string& text, const std::string& comment) {
  return comment.empty() ? text + "\n" : fmt::format("{}  # {}\n", text, comment);
}

/// What stands behind `key:` or `- `; `indent` is that of the value's own lines.
std::string value_text(const Resolved& value, std::size_t indent, bool in_list) {
  const std::string margin(indent, ' ');
  const std::string before = in_list ? "" : " ";
  switch (value.kind) {
    case Resolved::Kind::absent:
      return before + "null\n";
    case Resolved::Kind::leaf:
      return with_comment(before + value.text, value.comment);
    case Resolved::Kind::list: {
      if (all_leaves(value.items)) return with_comment(before + essence(value), value.comment);
      std::string text = "\n";
      for (const Resolved& item : value.items)
        text += margin + "- " + value_text(item, indent + 2, true);
      return text;
    }
    case Resolved::Kind::map: {
      if (value.entries.empty()) return with_comment(before + "{}", value.comment);
      std::string text = in_list ? "" : "\n";
      bool first = in_list;
      for (const auto& [key, entry] : value.entries) {
        if (entry.kind == Resolved::Kind::absent) continue;
        text += (first ? "" : margin) + yaml_scalar(key, false) + ":" +
                value_text(entry, indent + 2, false);
        first = false;
      }
      return text;
    }
  }
  return {};
}

}  // namespace

const Resolved* Resolved::find(std::string_view key) const {
  for (const auto& [name, value] : entries) {
    if (name == key) return &value;
  }
  return nullptr;
}

Resolved& Resolved::entry(std::string_view key) {
  if (kind == Kind::absent) kind = Kind::map;
  for (auto& [name, value] : entries) {
    if (name == key) return value;
  }
  entries.push_back({std::string{key}, Resolved{}});
  return entries.back().value;
}

std::string_view name_of(Basis basis) {
  switch (basis) {
    case Basis::neutral:
      return "neutral";
    case Basis::provider:
      return "provider";
    case Basis::measured:
      return "measured";
    case Basis::interpretation:
      return "interpretation";
    case Basis::judgement:
      return "judgement";
  }
  return "unknown";
}

std::string to_yaml(const Resolved& resolved) {
  std::string text;
  for (const auto& [key, entry] : resolved.entries) {
    if (entry.kind == Resolved::Kind::absent) continue;
    text += yaml_scalar(key, false) + ":" + value_text(entry, 2, false);
  }
  return text;
}

Resolved difference(const Resolved& base, const Resolved& over) {
  Resolved result;
  result.kind = Resolved::Kind::map;
  for (const auto& [key, value] : over.entries) {
    const Resolved* known = base.find(key);
    if (known != nullptr && essence(*known) == essence(value)) continue;
    const bool both_maps =
        known != nullptr && known->kind == Resolved::Kind::map && value.kind == Resolved::Kind::map;
    result.entry(key) = both_maps ? difference(*known, value) : value;
  }
  return result;
}

}  // namespace rollcast::scenario
