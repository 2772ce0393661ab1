/// From text to tree: yaml-cpp's events, with the checks that it does not make.
#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <exception>
#include <optional>
#include <sstream>
#include <utility>

#include "rollcast/base/text.hpp"
#include "rollcast/scenario/tree.hpp"

namespace rollcast::scenario {
namespace {

/// Ends the reading; the diagnostic has been made.
struct Stop : std::exception {};

constexpr std::size_t kMostErrors = 200;

/// As people write it: "!!int".
std::string short_tag(const std::string& tag) {
  constexpr std::string_view kStandard = "tag:yaml.org,2002:";
  return tag.starts_with(kStandard) ? "!!" + tag.substr(kStandard.size()) : tag;
}

class Builder final : public YAML::EventHandler {
 public:
  Builder(const std::string& name, const std::string& text, const TreeLimits& limits,
          Diagnostics& diagnostics)
      : name_(name), lines_(split(text, '\n')), limits_(limits), diagnostics_(diagnostics) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 1) return;
    const Place place = at(mark);
    const bool marked = place.line <= lines_.size() && lines_[place.line - 1].starts_with("---");
    if (marked) {
      stop(place, "a second document begins here; a scenario is one document", "remove the `---`");
    }
    stop(place, "this line does not continue what stands before it",
         "indent it like the lines to which it belongs");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node node;
    node.place = at(mark);
    count(node.place);
    refuse_extras(node.place, "", anchor);
    if (!frames_.empty() && frames_.back().key) node.place = frames_.back().key->place;
    take(std::move(node));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    whole_ = false;
    diagnostics_.error(word_at(mark), "aliases are not part of the scenario language",
                       "write the value out, or put what is shared into a file for `extends:`");
    Node node;
    node.place = at(mark);
    take(std::move(node));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node node = scalar_node(value, at(mark));
    count(node.place);
    node.quoted = tag == "!";
    measure(node);
    refuse_extras(node.place, node.quoted ? "" : tag, anchor);
    refuse_torn(node);
    refuse_control(node);
    take(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(Node::Kind::list, mark, tag, anchor, style);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(Node::Kind::map, mark, tag, anchor, style);
  }
  void OnMapEnd() override { close(); }

  ParsedTree result() { return {std::move(root_), whole_}; }

  /// Where the innermost `{ }` or `[ ]` that is open begins.
  [[nodiscard]] std::optional<Place> open_flow() const {
    if (frames_.empty() || !frames_.back().flow) return std::nullopt;
    return frames_.back().node.place;
  }

 private:
  struct Frame {
    Node node;
    std::optional<Entry> key;  ///< of a map: the key whose value comes next
    bool flow = false;
  };

  [[nodiscard]] Place at(const YAML::Mark& mark) const {
    const auto line = static_cast<std::size_t>(std::max(mark.line, 0)) + 1;
    return {name_, line, static_cast<std::size_t>(std::max(mark.column, 0)) + 1, 1};
  }
  [[nodiscard]] std::string_view from(const Place& place) const {
    if (place.line > lines_.size()) return {};
    const std::string_view line = lines_[place.line - 1];
    return place.column > line.size() ? std::string_view{} : line.substr(place.column - 1);
  }
  [[nodiscard]] Place word_at(const YAML::Mark& mark) const {
    Place place = at(mark);
    place.length =
        std::max<std::size_t>(1, std::min(from(place).find_first_of(" ,]}"), from(place).size()));
    return place;
  }
  [[noreturn]] void stop(const Place& place, std::string message, std::string cure) {
    diagnostics_.error(place, std::move(message), std::move(cure));
    throw Stop{};
  }

  void count(const Place& place) {
    if (diagnostics_.errors() > kMostErrors) throw Stop{};
    if (++nodes_ <= limits_.nodes) return;
    const auto most = static_cast<std::int64_t>(limits_.nodes);
    stop(place, fmt::format("more than {} values in one file", human_count(most)), "");
  }

  /// Finds out how much of the line the scalar takes. Also the check that yaml-cpp omits: that
  /// quotes are closed.
  void measure(Node& node) {
    const std::string_view rest = from(node.place);
    const char first = rest.empty() ? '\0' : rest.front();
    if (node.quoted && (first == '"' || first == '\'')) {
      const std::size_t end = end_of_quotes(node.place, first);
      node.place.length = std::min(end, rest.size());
      node.exact = end <= rest.size() && rest.substr(1, end - 2) == node.text;
      return;
    }
    node.exact = !node.quoted && rest.starts_with(node.text);
    node.place.length = node.exact ? node.text.size() : std::max<std::size_t>(1, trim(rest).size());
  }
  /// Bytes from the opening quote to behind the closing one; more than the line holds when it is on
  /// a later line.
  std::size_t end_of_quotes(const Place& place, char quote) {
    std::size_t length = 1;
    std::string_view rest = from(place).substr(1);
    for (std::size_t line = place.line;; rest = lines_[line++]) {
      for (std::size_t i = 0; i < rest.size(); ++i, ++length) {
        if (quote == '"' && rest[i] == '\\') {
          ++i;
          ++length;
        } else if (rest[i] == quote) {
          const bool doubled = quote == '\'' && i + 1 < rest.size() && rest[i + 1] == quote;
          if (!doubled) return length + 1;
          ++i;
          ++length;
        }
      }
      ++length;
      if (line >= lines_.size()) break;
    }
    stop(place, "this quote is not closed", fmt::format("end the text with `{}`", quote));
  }

  void refuse_extras(const Place& place, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) {
      diagnostics_.error(place, "anchors are not part of the scenario language",
                         "write the value out, or put what is shared into a file for `extends:`");
    }
    if (!tag.empty() && tag != "?") {
      diagnostics_.error(
          place,
          fmt::format("tags such as `{}` are not part of the scenario language", short_tag(tag)),
          "remove the tag; the key says what the value is");
    }
  }
  /// Escapes in double quotes bring in what the file itself may not hold: a name that a terminal
  /// takes for a command.
  void refuse_control(const Node& node) {
    const std::string& text = node.text;
    if (first_invalid_utf8(text)) {  // "\N" and "\_", of which yaml-cpp makes a single byte
      whole_ = false;
      diagnostics_.error(node.place, "an escape of this text gives no UTF-8",
                         "write the character itself");
      return;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      const bool one = (c >= 0 && c < ' ' && c != '\n' && c != '\t') || c == '\x7f';
      const bool two = c == '\xc2' && i + 1 < text.size() && text[i + 1] <= '\x9f';
      if (!one && !two) continue;
      const char last = two ? text[i + 1] : c;
      whole_ = false;
      diagnostics_.error(
          node.place,
          fmt::format("control character {:#04x} in the text", static_cast<unsigned char>(last)),
          "remove it");
      return;
    }
  }
  /// A plain scalar that a comma cut in two: uniform(1 h, 2 h) inside { } or [ ].
  void refuse_torn(const Node& node) {
    if (frames_.empty() || !frames_.back().flow || node.quoted) return;
    const auto count = [&](char c) { return std::count(node.text.begin(), node.text.end(), c); };
    if (count('(') <= count(')')) return;
    const std::string_view rest = from(node.place);
    const std::size_t end = rest.find(')');
    const std::string whole{end == std::string_view::npos ? "…" : rest.substr(0, end + 1)};
    stop(node.place,
         fmt::format("a comma inside {{ }} or [ ] ends the value, here behind `{}`", node.text),
         fmt::format("put the whole value in quotes: `\"{}\"`", whole));
  }

  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YAML::EmitterStyle::value style) {
    Frame frame;
    frame.node.kind = kind;
    frame.node.place = at(mark);
    frame.flow = style == YAML::EmitterStyle::Flow;
    refuse_extras(frame.node.place, tag, anchor);
    count(frame.node.place);
    const bool as_key = !frames_.empty() && frames_.back().node.is_map() && !frames_.back().key;
    if (as_key) stop(frame.node.place, "a key is a plain text, not a list or a map", "");
    if (frames_.size() >= limits_.depth) {
      stop(frame.node.place, fmt::format("nested more than {} levels deep", limits_.depth), "");
    }
    frames_.push_back(std::move(frame));
  }
  void close() {
    Node done = std::move(frames_.back().node);
    frames_.pop_back();
    take(std::move(done));
  }

  void take(Node node) {
    if (frames_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = frames_.back();
    if (frame.node.is_list()) {
      frame.node.items.push_back(std::move(node));
    } else if (!frame.key) {
      take_key(frame, std::move(node));
    } else {
      add_entry(frame, std::move(node));
    }
  }
  void take_key(Frame& frame, Node node) {
    if (!node.is_scalar() || node.text.empty()) {
      stop(node.place, "a key is missing before the `:`", "");
    }
    if (node.text.find('\n') != std::string::npos)
      stop(node.place, "a key is a text of one line", "");
    if (node.text == "<<" && !node.quoted) {
      whole_ = false;
      diagnostics_.error(node.place, "merge keys are not part of the scenario language",
                         "put what is shared into a file for `extends:`");
    }
    frame.key = Entry{std::move(node.text), std::move(node.place), {}};
  }
  void add_entry(Frame& frame, Node value) {
    Entry entry = std::move(*frame.key);
    frame.key.reset();
    const auto& entries = frame.node.entries;
    const auto first = std::find_if(entries.begin(), entries.end(),
                                    [&](const Entry& other) { return other.key == entry.key; });
    if (first != entries.end()) {
      diagnostics_.error(entry.place,
                         fmt::format("duplicate key `{}`; it stands already on line {}", entry.key,
                                     first->place.line),
                         "keep one of the two");
      return;
    }
    if (entries.size() >= limits_.entries)
      stop(entry.place, fmt::format("more than {} entries in one map", limits_.entries), "");
    entry.value = std::move(value);
    frame.node.entries.push_back(std::move(entry));
  }

  const std::string& name_;
  std::vector<std::string_view> lines_;
  TreeLimits limits_;
  Diagnostics& diagnostics_;
  std::vector<Frame> frames_;
  Node root_;
  bool whole_ = true;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

/// yaml-cpp's message, and what to write instead.
struct Wording {
  std::string_view original;
  std::string_view message;
  std::string_view cure;
};
constexpr std::array<Wording, 10> kWordings{{
    {"illegal map value", "a `: ` inside a value begins a new key",
     "put the value in quotes, or the key on a line of its own"},
    {"end of map flow not found",
     "this `{ }` is not written as `{key: value, key: value}`, or its `}` is missing",
     "close it with `}}`{}, separate with commas, and put values that contain `: ` in quotes"},
    {"end of map not found", "this line does not continue the map before it",
     "indent keys of one map alike and write `key: value`"},
    {"end of sequence flow not found",
     "this `[ ]` is not written as `[item, item]`, or its `]` is missing",
     "close it with `]`{} and separate items with commas"},
    {"end of sequence not found", "this line does not continue the list before it",
     "indent the items of one list alike and begin each with `- `"},
    {"illegal block entry", "a list item `- ` cannot stand here",
     "begin the list on a line of its own"},
    {"illegal map key", "a key cannot stand here", "begin the map on a line of its own"},
    {"unknown token", "this character cannot begin a value", "put the value in quotes"},
    {"anchor is not defined", "aliases (`*name`) are not part of the scenario language",
     "write the value again, or put a word that begins with `*` in quotes"},
    {"illegal flow end", "a closing bracket without its opening one",
     "remove it, or add the opening one"},
}};

/// `opening`: of the `{ }` or `[ ]` that is open there, if one is.
void report(const YAML::ParserException& problem, const std::string& name,
            const std::optional<Place>& opening, Diagnostics& diagnostics) {
  const Place place{name, static_cast<std::size_t>(std::max(problem.mark.line, 0)) + 1,
                    static_cast<std::size_t>(std::max(problem.mark.column, 0)) + 1, 1};
  for (const Wording& wording : kWordings) {
    if (problem.msg.find(wording.original) == std::string::npos) continue;
    const bool flow = wording.original.find("flow not found") != std::string_view::npos;
    const std::string where =
        opening && opening->line != place.line
            ? fmt::format(" (it begins on line {}, column {})", opening->line, opening->column)
            : "";
    diagnostics.error(
        place, std::string{wording.message},
        flow ? fmt::format(fmt::runtime(wording.cure), where) : std::string{wording.cure});
    return;
  }
  diagnostics.error(place, fmt::format("this is not YAML: {}", problem.msg),
                    "look at the indentation, the colons and the quotes up to here");
}

Place place_of_byte(const std::string& name, std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  const std::size_t begin =
      before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return {name, line, offset - begin + 1, 1};
}

/// Whether the bytes are text at all; says so if not.
bool is_text(const std::string& name, std::string_view text, Diagnostics& diagnostics) {
  if (const auto bad = first_invalid_utf8(text)) {
    diagnostics.error(place_of_byte(name, text, *bad), "this byte is not UTF-8",
                      "save the file in the encoding UTF-8");
    return false;
  }
  bool good = true;
  for (std::size_t i = 0; i < text.size() && diagnostics.errors() < kMostErrors; ++i) {
    const char c = text[i];
    const bool control = (c >= 0 && c < ' ' && c != '\n') || c == '\x7f';
    if (!control) continue;
    const Place place = place_of_byte(name, text, i);
    if (c == '\t') {
      diagnostics.error(place, "a tab; indentation and gaps are spaces",
                        "replace the tab by spaces");
    } else {
      diagnostics.error(
          place, fmt::format("control character {:#04x} in the text", static_cast<unsigned>(c)),
          "remove it");
    }
    good = false;
    i = std::min(text.find('\n', i), text.size());
  }
  return good;
}

/// Without a byte order mark, and with line ends of one byte.
std::string with_plain_line_ends(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool pair = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if (!pair) result += text[i];
  }
  return result;
}

}  // namespace

ParsedTree parse_tree(const std::string& name, std::string text, Diagnostics& diagnostics,
                      const TreeLimits& limits) {
  if (text.size() > limits.bytes) {
    const auto size = static_cast<std::int64_t>(text.size());
    const auto most = static_cast<std::int64_t>(limits.bytes);
    diagnostics.error({name, 0, 0, 0}, fmt::format("the file has {} bytes; at most {} are read",
                                                   human_count(size), human_count(most)));
    return {{}, false};
  }
  text = with_plain_line_ends(text);
  diagnostics.add_source(name, text);
  if (!is_text(name, text, diagnostics)) return {{}, false};
  // Each opens a value; yaml-cpp takes its time with a million of them before it tells of the
  // first.
  const auto opened =
      std::count_if(text.begin(), text.end(), [](char c) { return c == '[' || c == '{'; });
  if (static_cast<std::size_t>(opened) > limits.nodes) {
    diagnostics.error({name, 0, 0, 0},
                      fmt::format("the file opens more than {} lists and maps",
                                  human_count(static_cast<std::int64_t>(limits.nodes))));
    return {{}, false};
  }
  Builder builder{name, text, limits, diagnostics};
  std::istringstream stream{text};
  try {
    YAML::Parser parser{stream};
    while (parser.HandleNextDocument(builder)) continue;
  } catch (const Stop&) {
    return {{}, false};
  } catch (const YAML::ParserException& problem) {
    report(problem, name, builder.open_flow(), diagnostics);
    return {{}, false};
  } catch (const std::exception& problem) {
    diagnostics.error({name, 0, 0, 0}, fmt::format("this is not YAML: {}", problem.what()));
    return {{}, false};
  }
  return builder.result();
}

}  // namespace rollcast::scenario
