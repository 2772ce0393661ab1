#include "sources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include "rollcast/base/text.hpp"
#include "settings.hpp"

namespace rollcast::scenario {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 32;
constexpr std::size_t kMostBytes = 2U << 20U;        ///< of all files with what they extend
constexpr std::size_t kMostTableBytes = 16U << 20U;  ///< of one table
constexpr std::size_t kMostFields = 2'000'000;       ///< of all tables
constexpr std::size_t kMostRowsRead = 4'000'000;     ///< each use of a table counts its rows
constexpr std::size_t kMostBytesOfTables = 32U << 20U;
constexpr std::string_view kOverrides = "--set";

/// Moves everything that was read from an override's value to where it stands in the override.
void shift(Place& place, std::size_t line, std::size_t columns) {
  if (place.line == 0) place.column = 1;
  place.line = line;
  place.column += columns;
}

void shift(Node& node, std::size_t line, std::size_t columns) {
  shift(node.place, line, columns);
  for (Node& item : node.items) shift(item, line, columns);
  for (Entry& entry : node.entries) {
    shift(entry.place, line, columns);
    shift(entry.value, line, columns);
  }
}

bool is_inside(const fs::path& path, const fs::path& folder) {
  const auto [end, ignored] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end();
}

}  // namespace

tl::expected<std::string, std::string> read_bytes(const fs::path& file, std::size_t limit) {
  std::error_code problem;
  const fs::file_status status = fs::status(file, problem);
  if (!fs::exists(status))
    return tl::make_unexpected(problem && problem != std::errc::no_such_file_or_directory
                                   ? problem.message()
                                   : std::string{"there is no such file"});
  if (fs::is_directory(status)) return tl::make_unexpected(std::string{"it is a folder"});
  if (!fs::is_regular_file(status))
    return tl::make_unexpected(std::string{"it is not a regular file"});
  const auto too_long = [&] {
    return tl::make_unexpected(
        fmt::format("it has more than {} bytes", human_count(static_cast<std::int64_t>(limit))));
  };
  const std::uintmax_t size = fs::file_size(file, problem);
  if (!problem && size > limit) return too_long();
  errno = 0;
  std::ifstream stream{file, std::ios::binary};
  if (!stream)
    return tl::make_unexpected(
        std::string{errno != 0 ? std::strerror(errno) : "it cannot be opened"});
  std::string bytes(limit + 1, '\0');
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (stream.bad()) return tl::make_unexpected(std::string{"reading it failed"});
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  if (bytes.size() > limit) return too_long();
  return bytes;
}

void Sources::record(const std::string& name, const std::string& text) {
  // Without its folder: the same scenario is the same wherever it lies.
  text_ += fmt::format("# --- {}\n{}", fs::path(name).filename().string(), text);
  if (!text_.ends_with('\n')) text_ += '\n';
}

Node Sources::from_file(const fs::path& file) {
  name_ = file.string();
  std::error_code problem;
  const fs::path whole = fs::weakly_canonical(file, problem);
  folder_ = problem ? file.parent_path() : whole.parent_path();
  Node tree = read_with_extends(problem ? file : whole, file.string(), {});
  apply_overrides(tree);
  return tree;
}

Node Sources::from_text(const std::string& name, std::string text) {
  name_ = name;
  record(name, text);
  ParsedTree parsed = parse_tree(name, std::move(text), diagnostics_);
  whole_ = parsed.whole;
  Node tree = std::move(parsed.tree);
  if (const Node* extends = tree.find("extends")) {
    diagnostics_.error(extends->place, "a scenario that is not in a file cannot extend files");
    std::erase_if(tree.entries, [](const Entry& entry) { return entry.key == "extends"; });
  }
  apply_overrides(tree);
  return tree;
}

Node Sources::read_with_extends(const fs::path& file, const std::string& name, const Place& from) {
  const Place place = from.file.empty() ? Place{name, 0, 0, 0} : from;
  if (std::find(open_.begin(), open_.end(), file) != open_.end()) {
    diagnostics_.error(place, fmt::format("`{}` extends itself, directly or through others", name),
                       "break the circle");
    whole_ = false;
    return {};
  }
  if (++files_ > kMostFiles) {
    diagnostics_.error(place, fmt::format("more than {} files are included", kMostFiles));
    whole_ = false;
    return {};
  }
  auto bytes = read_bytes(file, TreeLimits{}.bytes);
  if (!bytes) {
    whole_ = false;
    diagnostics_.error(place, from.file.empty()
                                  ? fmt::format("cannot be read: {}", bytes.error())
                                  : fmt::format("`{}` cannot be read: {}", name, bytes.error()));
    return {};
  }
  bytes_ += bytes->size();
  if (bytes_ > kMostBytes) {
    whole_ = false;
    diagnostics_.error(place,
                       fmt::format("the scenario has more than {} bytes with what it extends",
                                   human_count(static_cast<std::int64_t>(kMostBytes))));
    return {};
  }
  record(name, *bytes);
  ParsedTree parsed = parse_tree(name, std::move(*bytes), diagnostics_);
  whole_ = whole_ && parsed.whole;
  Node own = std::move(parsed.tree);
  if (!own.is_map()) {
    if (diagnostics_.ok())
      diagnostics_.error(
          {name, own.is_null() ? 0 : own.place.line, own.place.column, own.place.length},
          own.is_null() ? "the file is empty"
                        : "a scenario is a map of sections such as `fleet:` and `strategies:`",
          "`rollcast init` writes one to start from");
    return {};
  }
  open_.push_back(file);
  Node tree;
  tree.kind = Node::Kind::map;
  tree.place = own.place;
  extend(tree, std::move(own), file.parent_path());
  open_.pop_back();
  return tree;
}

void Sources::extend(Node& tree, Node own, const fs::path& folder) {
  if (const Node* extends = own.find("extends")) {
    const std::vector<Node> items =
        extends->is_list() ? extends->items : std::vector<Node>{*extends};
    for (const Node& item : items) {
      const auto file = inside(item, folder);
      if (!file) {
        whole_ = false;
        continue;
      }
      const std::string name = shown_name(*file);
      Node base = read_with_extends(*file, name, item.place);
      if (base.is_map()) merge(tree, base);
    }
    std::erase_if(own.entries, [](const Entry& entry) { return entry.key == "extends"; });
  }
  const Place place = own.place;
  merge(tree, own);
  tree.place = place;
}

std::string Sources::shown_name(const fs::path& file) const {
  const fs::path folder = fs::path{name_}.parent_path();
  std::error_code problem;
  const fs::path whole = fs::weakly_canonical(folder.empty() ? fs::path{"."} : folder, problem);
  const bool beside = !problem && whole == folder_ && is_inside(file, folder_);
  return beside ? (folder / file.lexically_relative(folder_)).string() : file.string();
}

std::optional<fs::path> Sources::inside(const Node& item, const fs::path& folder) {
  if (!item.is_scalar() || item.text.empty()) {
    diagnostics_.error(item.place, "the name of a file is due",
                       "write it as in `extends: [common/company.yaml]`");
    return std::nullopt;
  }
  std::error_code problem;
  const fs::path file = fs::weakly_canonical(folder / item.text, problem);
  if (problem) {
    diagnostics_.error(item.place,
                       fmt::format("`{}` cannot be read: {}", item.text, problem.message()));
    return std::nullopt;
  }
  if (!is_inside(file, folder_) && !is_allowed(file)) {
    diagnostics_.error(item.place,
                       fmt::format("`{}` is outside of the scenario's folder", item.text),
                       "include files from the scenario's folder or below, or allow theirs with "
                       "--allow-path");
    return std::nullopt;
  }
  return file;
}

namespace {

/// A path into something that nobody has named, as in `regions.ap-tokio.zones`: set as it stands,
/// it would make one more of them.
std::optional<PathProblem> unknown_thing(const Node& tree, const std::string& path) {
  constexpr std::array<std::string_view, 8> kNamed{"outages", "regions",  "fleet",    "images",
                                                   "staff",   "software", "failures", "strategies"};
  const std::size_t point = path.find('.');
  const std::string section{trim(path.substr(0, point))};
  if (point == std::string::npos) return std::nullopt;
  if (std::find(kNamed.begin(), kNamed.end(), section) == kNamed.end()) return std::nullopt;
  const Node* things = tree.find(section);
  const std::string rest{trim(path.substr(point + 1))};
  if (things == nullptr || !things->is_map() || rest.find('.') == std::string::npos)
    return std::nullopt;
  std::vector<std::string> names;
  for (const Entry& entry : things->entries) {
    if (rest == entry.key || rest.rfind(entry.key + ".", 0) == 0) return std::nullopt;
    names.push_back(entry.key);
  }
  const std::string name{trim(rest.substr(0, rest.find('.')))};
  return PathProblem{fmt::format("there is no `{}` in `{}`", name, section),
                     suggestion(name, names, fmt::format("it has {}", join_words(names, "and")))};
}

/// Whether laying `value` over what stands at `path` says something of `wanted`.
bool sets(const std::string& path, const Node& value, const std::string& wanted) {
  if (path == wanted) return true;
  if (!wanted.starts_with(path + ".")) return false;
  if (!value.is_map() || value.entries.empty()) return true;  // nothing of what stood there is left
  return std::any_of(value.entries.begin(), value.entries.end(), [&](const Entry& entry) {
    return sets(path + "." + entry.key, entry.value, wanted);
  });
}

/// What is set is known: it is drawn no more, and goes together with nothing.
void settle(Node& tree, const std::string& path, const Node& value) {
  Node* inputs = tree.find("uncertain");
  if (inputs == nullptr || !inputs->is_map()) return;
  std::vector<std::string> settled;
  for (const Entry& entry : inputs->entries)
    if (sets(path, value, entry.key)) settled.push_back(entry.key);
  const auto is_settled = [&](const std::string& key) {
    return std::find(settled.begin(), settled.end(), key) != settled.end();
  };
  std::erase_if(inputs->entries, [&](const Entry& entry) { return is_settled(entry.key); });
  Node* correlation = tree.find("correlation");
  if (settled.empty() || correlation == nullptr || !correlation->is_list()) return;
  std::erase_if(correlation->items, [&](Node& item) {
    Node* between = item.find("between");
    if (between == nullptr || !between->is_list()) return false;
    const auto gone =
        std::erase_if(between->items, [&](const Node& name) { return is_settled(name.text); });
    return gone > 0 && between->items.size() < 2;
  });
}

}  // namespace

void Sources::apply_overrides(Node& tree) {
  if (options_.overrides.empty() && !options_.seed) return;
  auto overrides = options_.overrides;
  std::string text;
  for (const auto& [path, value] : overrides) text += fmt::format("{}={}\n", path, value);
  if (!overrides.empty()) record(std::string{kOverrides}, text);
  // The seed is told apart from the text: a scenario is the same one whoever names its seed.
  if (options_.seed) {
    overrides.emplace_back("seed", std::to_string(*options_.seed));
    text += fmt::format("seed={}\n", *options_.seed);
  }
  diagnostics_.add_source(std::string{kOverrides}, text);
  if (tree.is_null()) return;
  for (std::size_t i = 0; i < overrides.size(); ++i)
    apply_override(tree, i + 1, overrides[i].first, overrides[i].second);
}

void Sources::apply_override(Node& tree, std::size_t line, const std::string& path,
                             const std::string& value) {
  const Place whole{std::string{kOverrides}, line, 1, path.size()};
  const bool one_line = (path + value).find_first_of("\n\r") == std::string::npos;
  if (!one_line || trim(path).empty()) {
    diagnostics_.error(whole, "an override is one line `path=value`",
                       "write it as in `rollout.soak=2 h`");
    return;
  }
  Diagnostics problems;
  Node node = parse_tree(std::string{kOverrides}, value, problems).tree;
  for (Diagnostic problem : problems.sorted()) {
    problem.line = line;
    problem.column += path.size() + 1;
    diagnostics_.add(std::move(problem));
  }
  if (!problems.ok()) return;
  shift(node, line, path.size() + 1);
  if (const auto problem = unknown_thing(tree, path)) {
    diagnostics_.error(whole, problem->message, problem->cure);
    return;
  }
  std::vector<std::string> segments;
  for (const std::string_view segment : split(path, '.')) segments.emplace_back(trim(segment));
  settle(tree, join(segments, "."), node);
  if (const auto problem = set_value(tree, whole, path, std::move(node)))
    diagnostics_.error(whole, problem->message, problem->cure);
}

bool Sources::is_allowed(const fs::path& file) const {
  const auto holds = [&](const fs::path& folder) {
    std::error_code problem;
    const fs::path whole = fs::canonical(folder, problem);
    return !problem && is_inside(file, whole);
  };
  return std::any_of(options_.allowed_folders.begin(), options_.allowed_folders.end(), holds);
}

tl::expected<std::shared_ptr<const CsvTable>, std::string> Sources::table(std::string_view path) {
  auto known = tables_.find(path);
  if (known == tables_.end()) known = tables_.emplace(path, read_table(path)).first;
  if (known->second) rows_ += (*known->second)->rows.size();
  if (rows_ > kMostRowsRead) throw TooMuchRead{};
  return known->second;
}

void Sources::report_too_much_read() {
  diagnostics_.error({name_, 0, 0, 0},
                     fmt::format("the tables are too large to be read so often: more than {} rows",
                                 human_count(static_cast<std::int64_t>(kMostRowsRead))),
                     "name them in fewer places, or shorten them");
}

bool Sources::can_read_again(std::size_t times) {
  if (rows_ <= kMostRowsRead / std::max<std::size_t>(1, times)) return true;
  diagnostics_.error({name_, 0, 0, 0},
                     fmt::format("the tables are too large for so many values that are uncertain "
                                 "or varied: {} rows, {} times",
                                 human_count(static_cast<std::int64_t>(rows_)), times),
                     "shorten the tables, or keep those that matter most");
  return false;
}

tl::expected<fs::path, std::string> Sources::find_table(std::string_view path) const {
  const fs::path relative{path};
  const bool leaves =
      relative.is_absolute() || std::find(relative.begin(), relative.end(), "..") != relative.end();
  std::vector<fs::path> folders = options_.data_folders;
  if (!folder_.empty()) folders.insert(folders.begin(), folder_);
  bool any_allowed = false;
  for (const fs::path& folder : folders) {
    std::error_code problem;
    const fs::path file = fs::weakly_canonical(folder / relative, problem);
    const bool allowed = !problem && is_allowed(file);
    any_allowed = any_allowed || allowed;
    if (problem || (leaves && !allowed) || !fs::exists(file, problem)) continue;
    if (allowed || is_inside(file, fs::weakly_canonical(folder, problem))) return file;
    return tl::make_unexpected(
        fmt::format("`{}` is a link that leads outside of the scenario's folder", path));
  }
  if (leaves && !any_allowed)
    return tl::make_unexpected(fmt::format(
        "`{}` is outside of the scenario's folder; --allow-path allows other folders", path));
  return tl::make_unexpected(
      fmt::format("there is no file `{}` in the scenario's folder or the data folders", path));
}

tl::expected<std::string, std::string> Sources::table_bytes(std::string_view path) const {
  if (options_.tables) {
    const auto known = options_.tables->find(path);
    if (known != options_.tables->end()) return known->second;
    return tl::make_unexpected(fmt::format("`{}` is not among the scenario's tables", path));
  }
  const auto file = find_table(path);
  if (!file) return tl::make_unexpected(file.error());
  auto bytes = read_bytes(*file, kMostTableBytes);
  if (!bytes)
    return tl::make_unexpected(fmt::format("`{}` cannot be read: {}", path, bytes.error()));
  return bytes;
}

tl::expected<std::shared_ptr<const CsvTable>, std::string> Sources::read_table(
    std::string_view path) {
  const auto too_many = [](std::size_t most, std::string_view what) {
    return tl::make_unexpected(fmt::format("the tables have more than {} {} in all",
                                           human_count(static_cast<std::int64_t>(most)), what));
  };
  if (fields_ > kMostFields) return too_many(kMostFields, "fields");
  if (table_bytes_ > kMostBytesOfTables) return too_many(kMostBytesOfTables, "bytes");
  auto bytes = table_bytes(path);
  if (!bytes) return tl::make_unexpected(bytes.error());
  table_bytes_ += bytes->size();
  if (table_bytes_ > kMostBytesOfTables) return too_many(kMostBytesOfTables, "bytes");
  auto parsed = parse_csv(*bytes, kMostFields);
  if (!parsed)
    return tl::make_unexpected(fmt::format("`{}` is not a table: line {}: {}", path,
                                           parsed.error().line, parsed.error().message));
  fields_ += (parsed->rows.size() + 1) * parsed->header.size();
  if (fields_ > kMostFields) return too_many(kMostFields, "fields");
  record(std::string{path}, *bytes);
  table_texts_.emplace(path, std::move(*bytes));
  return std::make_shared<const CsvTable>(std::move(*parsed));
}

TableLookup Sources::tables() const {
  const auto known = tables_;
  return
      [known](std::string_view path) -> tl::expected<std::shared_ptr<const CsvTable>, std::string> {
        const auto found = known.find(path);
        if (found != known.end()) return found->second;
        return tl::make_unexpected(fmt::format("`{}` is no table of the scenario", path));
      };
}

}  // namespace rollcast::scenario
