/// rollcast fit: measurements in a table become a distribution to paste into a scenario.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "arguments.hpp"
#include "command.hpp"
#include "console.hpp"
#include "report_files.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/base/units.hpp"
#include "rollcast/experiment/files.hpp"
#include "rollcast/report/fit.hpp"
#include "rollcast/scenario/csv.hpp"
#include "scenario_arguments.hpp"

namespace rollcast::cli {
namespace {

namespace po = boost::program_options;

/// `outcome = ok`, `outcome != failed`.
struct Filter {
  std::size_t column = 0;
  std::string value;
  bool equal = true;

  [[nodiscard]] bool passes(const std::vector<std::string>& row) const {
    return (row[column] == value) == equal;
  }
};

std::size_t column_of(const scenario::CsvTable& table, const std::string& name) {
  if (const auto column = table.column(name)) return *column;
  throw UsageError(fmt::format(
      "the table has no column '{}'; {}", name,
      suggestion(name, table.header, "the columns are " + join_words(table.header, "and"))));
}

Filter filter_of(const scenario::CsvTable& table, const std::string& text) {
  const std::size_t sign = text.find('=');
  if (sign == std::string::npos || sign == 0)
    throw UsageError(fmt::format(
        "'{}' is no filter: write it as in 'outcome = ok' or 'outcome != failed'", text));
  const bool equal = text[sign - 1] != '!';
  std::string value(trim(text.substr(sign + 1)));
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
    value = value.substr(1, value.size() - 2);
  return {column_of(table, std::string(trim(text.substr(0, equal ? sign : sign - 1)))), value,
          equal};
}

scenario::CsvTable table_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in || !text) throw experiment::StoreError(file, "cannot be read");
  auto table = scenario::parse_csv(text.str());
  if (!table)
    throw UsageError(fmt::format("{}:{}: {}", file, table.error().line, table.error().message));
  return std::move(*table);
}

/// Seconds that one unit has, for --limit: a unit of time.
double seconds_of(const std::string& unit) {
  const auto seconds = parse_elapsed("1 " + unit);
  if (!seconds)
    throw UsageError(
        fmt::format("--unit takes a unit of time as in s, min, h or d, not '{}'", unit));
  return *seconds;
}

/// What the censored rows are known to be larger than, in `unit`; 0 without --limit.
double limit_of(const Parsed& parsed, double unit) {
  if (!parsed.has("limit")) return 0.0;
  const auto limit = parse_elapsed(parsed.text("limit"));
  if (!limit || !(*limit > 0))
    throw UsageError(
        fmt::format("--limit takes a time above 0, as in '1 h', not '{}'", parsed.text("limit")));
  return *limit / unit;
}

stats::Observations observations_of(const Parsed& parsed, const scenario::CsvTable& table,
                                    double unit) {
  const std::string& name = parsed.text("column");
  const std::size_t column = column_of(table, name);
  std::vector<Filter> filters, censored;
  for (const std::string& text : words_of(parsed, "where"))
    filters.push_back(filter_of(table, text));
  for (const std::string& text : words_of(parsed, "censored"))
    censored.push_back(filter_of(table, text));
  const double limit = limit_of(parsed, unit);
  stats::Observations observations;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const auto& row = table.rows[i];
    const auto passes = [&](const Filter& filter) { return filter.passes(row); };
    if (!std::all_of(filters.begin(), filters.end(), passes)) continue;
    const bool cut = std::any_of(censored.begin(), censored.end(), passes);
    const auto number = parse_number(row[column]);
    const bool measured = number && *number > 0;
    if (cut && !measured && limit == 0)
      throw UsageError(fmt::format(
          "{}:{}: the censored row has no number in column '{}': say with --limit what it is "
          "larger than, as in --limit '1 h'",
          parsed.operand, table.lines[i], name));
    if (!cut && !measured)
      throw UsageError(fmt::format(
          "{}:{}: {} in column '{}', where a number above 0 is due: leave such rows out, as in "
          "--where '{} != {}', or name them with --censored",
          parsed.operand, table.lines[i],
          row[column].empty() ? "nothing" : fmt::format("'{}'", row[column]), name, name,
          row[column].empty() ? "\"\"" : row[column]));
    if (cut)
      observations.limits.push_back(measured ? *number : limit);
    else if (limit > 0 && *number >= limit)
      observations.limits.push_back(limit);
    else
      observations.values.push_back(*number);
  }
  if (observations.values.size() < 2)
    throw UsageError(fmt::format("{}: {} measured rows pass the filters; a fit takes at least two",
                                 parsed.operand, observations.values.size()));
  return observations;
}

/// The command that gives it again.
std::string command_of(const Parsed& parsed) {
  std::string command = "rollcast fit " + shell_word(parsed.operand);
  for (const char* option : {"column", "unit", "limit"})
    if (parsed.has(option))
      command += fmt::format(" --{} {}", option, shell_word(parsed.text(option)));
  for (const char* option : {"where", "censored"})
    for (const std::string& word : words_of(parsed, option))
      command += fmt::format(" --{} {}", option, shell_word(word));
  return command;
}

/// The data as they are, in a scenario's words; empty when rows are censored.
std::string empirical_of(const Parsed& parsed, const stats::Observations& observations) {
  if (!observations.limits.empty()) return {};
  std::string text = fmt::format("empirical({}, column {}, unit {}", parsed.operand,
                                 parsed.text("column"), parsed.text("unit"));
  for (const std::string& word : words_of(parsed, "where")) text += ", where " + word;
  return text + ")";
}

}  // namespace

Syntax fit_syntax() {
  Syntax syntax;
  syntax.usage = "rollcast fit FILE --column NAME [options]";
  syntax.operand = "FILE";
  syntax.about =
      "Fits exponential, gamma, Weibull, lognormal and normal distributions to measured times in "
      "a\n"
      "CSV file by maximum likelihood, ranks them, tests them, and prints the line to paste into "
      "a\n"
      "scenario. Rows that are known only to be larger than a limit (time-outs) count as such.";
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  const auto texts = [](const char* name) {
    return po::value<std::vector<std::string>>()->composing()->value_name(name);
  };
  syntax.options.add_options()("column,c", text("NAME"), "the column with the times, by its name")(
      "unit,u", text("UNIT")->default_value("s"), "their unit: s, min, h or d")(
      "where,w", texts("FILTER"),
      "only rows that pass: 'outcome = ok', 'outcome != failed'; may be given again, then all must "
      "pass")("censored", texts("FILTER"),
              "rows that are known only to be larger: than their number, or than --limit")(
      "limit", text("TIME"),
      "what censored rows without a number are larger than, as in '1 h'; rows beyond it are "
      "censored as well")("out,o", text("FOLDER"),
                          "also write report.html, charts/ and fit.json into this folder")(
      "png", po::bool_switch(), "every chart also as PNG, through rsvg-convert")(
      "json", po::bool_switch(), "print fit.json instead of the table")(
      "quiet,q", po::bool_switch(), "no progress on standard error");
  syntax.examples =
      "  rollcast fit scenarios/data/cloud-incidents.csv -c hours -u h -w 'vendor = AWS'\n"
      "  rollcast fit scenarios/data/azure-windows-vm-startup.csv -c script_seconds -u s \\\n"
      "      -w 'deployment != image only' -w 'outcome != not supported' \\\n"
      "      --censored 'outcome = timeout' --limit '1 h'";
  return syntax;
}

int fit_command(const Arguments& arguments) {
  const Parsed parsed = parse(fit_syntax(), arguments);
  if (parsed.help) return kDone;
  if (!parsed.has("column"))
    throw UsageError("fit needs the name of a column, as in --column hours");
  const double unit = seconds_of(parsed.text("unit"));
  const stats::Observations observations = observations_of(parsed, table_of(parsed.operand), unit);
  const auto fits = stats::fit_all(observations);
  const report::FitInput input{observations,          fits,
                               parsed.text("unit"),   parsed.operand,
                               parsed.text("column"), empirical_of(parsed, observations),
                               command_of(parsed)};
  const std::string json = report::fit_json(input);
  if (parsed.has("out")) {
    const ReportFiles files{parsed.text("out"), parsed.flag("png"), parsed.flag("json"),
                            parsed.flag("quiet")};
    check_png_tool(files);
    experiment::write_file(files.folder + "/fit.json", json);
    write_exploration(report::exploration_of(input), files);
  }
  if (parsed.flag("json")) {
    print(json);
    return kDone;
  }
  report::TerminalStyle style;
  style.width = std::min(160, std::max(60, columns_of(Stream::output)));
  print(report::terminal_fit(input, style));
  if (parsed.has("out"))
    print(fmt::format("\nReport:  {0}/report.html\nNumbers: {0}/fit.json\n", parsed.text("out")));
  return kDone;
}

}  // namespace rollcast::cli
