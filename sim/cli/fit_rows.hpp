#pragma once
/// The rows of a table that `rollcast fit` looks at, and what it leaves behind.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "command.hpp"
#include "console.hpp"
#include "report_files.hpp"
#include "rollcast/experiment/files.hpp"
#include "rollcast/scenario/csv.hpp"

namespace rollcast::cli {

/// `outcome = ok`, `outcome != failed`.
struct Filter {
  std::size_t column = 0;
  std::string value;
  bool equal = true;

  [[nodiscard]] bool passes(const std::vector<std::string>& row) const {
    return (row[column] == value) == equal;
  }
};

/// Throws UsageError and StoreError, here and below.
[[nodiscard]] scenario::CsvTable table_of(const std::string& file);
[[nodiscard]] std::size_t column_of(const scenario::CsvTable& table, const std::string& name);
/// Those that stand behind --where or --censored.
[[nodiscard]] std::vector<Filter> filters_of(const Parsed& parsed, const scenario::CsvTable& table,
                                             const std::string& option);
/// The command that gives it again.
[[nodiscard]] std::string fit_command_of(const Parsed& parsed);

/// `rollcast fit --counts` and --per.
int fit_counts(const Parsed& parsed);

/// Prints a fit of times or counts, and writes its files where --out asks for them.
template <class Input>
int show_fit(const Input& input, const Parsed& parsed) {
  const std::string json = fit_json(input);
  if (parsed.has("out")) {
    const ReportFiles files{parsed.text("out"), parsed.flag("png"), parsed.flag("json"),
                            parsed.flag("quiet")};
    check_png_tool(files);
    experiment::write_file(files.folder + "/fit.json", json);
    write_exploration(exploration_of(input), files);
  }
  if (parsed.flag("json")) {
    print(json);
    return kDone;
  }
  report::TerminalStyle style;
  style.width = std::min(160, std::max(60, columns_of(Stream::output)));
  print(terminal_fit(input, style));
  if (parsed.has("out"))
    print(fmt::format("\nReport:  {0}/report.html\nNumbers: {0}/fit.json\n", parsed.text("out")));
  return kDone;
}

}  // namespace rollcast::cli
