#pragma once
/// A YAML document as a plain tree in which every node knows where it stands. Scalars stay text:
/// nothing is converted, so 010 stays "010". Stricter than YAML: duplicate keys, anchors, aliases,
/// merge keys, tags, several documents, tabs and bytes that are not UTF-8 are errors.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rollcast/base/diagnostics.hpp"

namespace rollcast::scenario {

struct Entry;

struct Node {
  enum class Kind { null, scalar, list, map };
  Kind kind = Kind::null;
  std::string text;     ///< of a scalar
  bool quoted = false;  ///< it stands in quotes or as a block: "null" is then a text
  Place place;  ///< of a scalar the whole of it on its first line; of a map or list where it begins
  bool exact = false;  ///< byte i of `text` stands at column place.column + i (+ 1 behind a quote)
  std::vector<Node> items;     ///< of a list
  std::vector<Entry> entries;  ///< of a map, in the order of the file; keys are unique

  [[nodiscard]] bool is_map() const { return kind == Kind::map; }
  [[nodiscard]] bool is_list() const { return kind == Kind::list; }
  [[nodiscard]] bool is_scalar() const { return kind == Kind::scalar; }
  [[nodiscard]] bool is_null() const { return kind == Kind::null; }
  [[nodiscard]] const Node* find(std::string_view key) const;
  [[nodiscard]] Node* find(std::string_view key);
  /// The value of `key`, which is made (null, at `place`) if it is not there. REQUIRES a map.
  Node& make(std::string_view key, const Place& place);
  /// The place of bytes [offset, offset + length) of `text`; the whole scalar when the source does
  /// not show them one by one.
  [[nodiscard]] Place part(std::size_t offset, std::size_t length) const;
};

struct Entry {
  std::string key;
  Place place;  ///< of the key
  Node value;
};

[[nodiscard]] Node scalar_node(std::string text, Place place = {});

/// What a document may be at most; beyond it is an error, so that no input exhausts the machine.
struct TreeLimits {
  std::size_t bytes = 1U << 20U;
  std::size_t nodes = 100'000;
  std::size_t depth = 40;
  std::size_t entries = 500;  ///< of one map
};

/// A document as far as it could be read.
struct ParsedTree {
  Node tree;          ///< an empty document is a null node
  bool whole = true;  ///< false when it is not what was meant: reading it further would only blame
                      ///< the consequences
};

/// Reads one document. `name` stands before the line in diagnostics. Registers the text as a source
/// of `diagnostics`.
[[nodiscard]] ParsedTree parse_tree(const std::string& name, std::string text,
                                    Diagnostics& diagnostics, const TreeLimits& limits = {});

/// Lays `over` over `base`: maps merge key by key, everything else replaces. Keys that exclude each
/// other (the forms of a roll-out, the origins of an image, the shapes of a deploy spec) replace
/// each other.
void merge(Node& base, const Node& over);

/// The node as one line of YAML that reads back as the same tree.
[[nodiscard]] std::string flow_text(const Node& node);
/// A text as a YAML scalar, quoted where it must be. `in_flow`: inside { } or [ ], where commas and
/// brackets need quotes.
[[nodiscard]] std::string yaml_scalar(std::string_view text, bool in_flow,
                                      bool force_quotes = false);

}  // namespace rollcast::scenario
