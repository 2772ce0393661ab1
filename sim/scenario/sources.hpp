#pragma once
/// The texts that a scenario is made of: the file, what it includes, overrides, tables. Everything
/// ends in one tree.
#include <exception>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rollcast/scenario/csv.hpp"
#include "rollcast/scenario/distributions.hpp"
#include "rollcast/scenario/load.hpp"
#include "rollcast/scenario/tree.hpp"

namespace rollcast::scenario {

/// Ends the reading of a scenario, in whichever value it was.
struct TooMuchRead : std::exception {};

class Sources {
 public:
  Sources(const LoadOptions& options, Diagnostics& diagnostics)
      : options_(options), diagnostics_(diagnostics) {}

  /// The tree of a file with what it extends and with the overrides. Null after a diagnostic when
  /// it cannot be read.
  Node from_file(const std::filesystem::path& file);
  /// The same of a text, which cannot extend anything.
  Node from_text(const std::string& name, std::string text);
  /// The table that a scenario names, from its folder or the data folders; each is read once.
  /// Throws TooMuchRead where the rows of all that were asked for exceed what `check` reads within
  /// a second; report_too_much_read() tells it.
  tl::expected<std::shared_ptr<const CsvTable>, std::string> table(std::string_view path);

  /// The tables that were named so far, as a lookup of their own.
  [[nodiscard]] TableLookup tables() const;
  void report_too_much_read();
  /// Whether all that was read of the tables may be read so many times, within what `check` does in
  /// a second; says so if not.
  bool can_read_again(std::size_t times);

  /// False when a text could not be read to its end: what it would say is not known, so nothing can
  /// be missed in it.
  [[nodiscard]] bool whole() const { return whole_; }
  /// All texts that entered, each behind a line with its name.
  [[nodiscard]] const std::string& text() const { return text_; }
  /// The bytes of the tables that were read.
  [[nodiscard]] Tables table_texts() const { return table_texts_; }

 private:
  Node read_with_extends(const std::filesystem::path& file, const std::string& name,
                         const Place& from);
  void extend(Node& tree, Node own, const std::filesystem::path& folder);
  std::optional<std::filesystem::path> inside(const Node& item,
                                              const std::filesystem::path& folder);
  /// What messages call a file that the scenario extends: with the scenario's folder as it was
  /// given.
  [[nodiscard]] std::string shown_name(const std::filesystem::path& file) const;
  [[nodiscard]] bool is_allowed(const std::filesystem::path& file) const;
  [[nodiscard]] tl::expected<std::filesystem::path, std::string> find_table(
      std::string_view path) const;
  [[nodiscard]] tl::expected<std::string, std::string> table_bytes(std::string_view path) const;
  tl::expected<std::shared_ptr<const CsvTable>, std::string> read_table(std::string_view path);
  void apply_overrides(Node& tree);
  void apply_override(Node& tree, std::size_t line, const std::string& path,
                      const std::string& value);
  void record(const std::string& name, const std::string& text);

  const LoadOptions& options_;
  Diagnostics& diagnostics_;
  std::string name_;                         ///< of the scenario
  std::filesystem::path folder_;             ///< of the scenario; empty for a text
  std::vector<std::filesystem::path> open_;  ///< files that are being read, to find circles
  std::size_t files_ = 0;
  std::size_t bytes_ = 0;        ///< of the files
  std::size_t table_bytes_ = 0;  ///< of the tables
  std::size_t fields_ = 0;       ///< in them
  std::size_t rows_ = 0;         ///< of the tables, as often as they were asked for
  bool whole_ = true;
  std::map<std::string, tl::expected<std::shared_ptr<const CsvTable>, std::string>, std::less<>>
      tables_;
  Tables table_texts_;
  std::string text_;
};

/// The bytes of a regular file, or why they cannot be read. Files above `limit` bytes are refused.
[[nodiscard]] tl::expected<std::string, std::string> read_bytes(const std::filesystem::path& file,
                                                                std::size_t limit);

}  // namespace rollcast::scenario
