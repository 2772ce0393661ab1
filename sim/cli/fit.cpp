/// rollcast fit: measurements in a table become a distribution to paste into a scenario.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "arguments.hpp"
#include "command.hpp"
#include "console.hpp"
#include "fit_rows.hpp"
#include "rollcast/base/units.hpp"
#include "rollcast/report/fit.hpp"
#include "scenario_arguments.hpp"

namespace rollcast::cli {
namespace {

namespace po = boost::program_options;

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
  const std::vector<Filter> filters = filters_of(parsed, table, "where");
  const std::vector<Filter> censored = filters_of(parsed, table, "censored");
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
          "--where '{} != {}', or name them with --censored; if it is a number of something, say "
          "--counts",
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
  const bool whole = std::all_of(observations.values.begin(), observations.values.end(),
                                 [](double value) { return value == std::floor(value); });
  if (whole && parsed.values["unit"].defaulted() && !parsed.flag("quiet"))
    tell(
        fmt::format("note: column '{}' holds whole numbers, which are taken for seconds; if they "
                    "are a number of something, say --counts",
                    name));
  if (observations.values.size() < 2)
    throw UsageError(fmt::format("{}: {} measured rows pass the filters; a fit takes at least two",
                                 parsed.operand, observations.values.size()));
  return observations;
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
      "scenario. Rows that are known only to be larger than a limit (time-outs) count as such.\n"
      "With --counts it fits Poisson, geometric, negative binomial, binomial and uniform\n"
      "distributions to whole numbers: sizes of batches, say, or with --per how many rows fall "
      "into\n"
      "each week.";
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  const auto texts = [](const char* name) {
    return po::value<std::vector<std::string>>()->composing()->value_name(name);
  };
  syntax.options.add_options()("column,c", text("NAME"),
                               "the column with the times or counts, by its name")(
      "unit,u", text("UNIT")->default_value("s"), "their unit: s, min, h or d")(
      "where,w", texts("FILTER"),
      "only rows that pass: 'outcome = ok', 'outcome != failed'; may be given again, then all must "
      "pass")("censored", texts("FILTER"),
              "rows that are known only to be larger: than their number, or than --limit")(
      "limit", text("TIME"),
      "what censored rows without a number are larger than, as in '1 h'; rows beyond it are "
      "censored as well")("counts", po::bool_switch(), "the column holds whole numbers, not times")(
      "weight", text("NAME"), "how often each row was seen, of --counts")(
      "per", text("TIME"),
      "the column holds dates, as in 2026-03-02T09:00:00Z: how many rows fall into each such time "
      "is counted, as in '7 d'")("out,o", text("FOLDER"),
                                 "also write report.html, charts/ and fit.json into this folder")(
      "png", po::bool_switch(), "every chart also as PNG, through rsvg-convert")(
      "json", po::bool_switch(), "print fit.json instead of the table")(
      "quiet,q", po::bool_switch(), "no progress on standard error");
  syntax.examples =
      "  rollcast fit scenarios/data/cloud-incidents.csv -c hours -u h -w 'vendor = AWS'\n"
      "  rollcast fit scenarios/data/azure-windows-vm-startup.csv -c script_seconds -u s \\\n"
      "      -w 'deployment != image only' -w 'outcome != not supported' \\\n"
      "      --censored 'outcome = timeout' --limit '1 h'\n"
      "  rollcast fit scenarios/data/cloud-incidents.csv -c start_utc --per '7 d' -w 'vendor = "
      "AWS'";
  return syntax;
}

int fit_command(const Arguments& arguments) {
  const Parsed parsed = parse(fit_syntax(), arguments);
  if (parsed.help) return kDone;
  if (!parsed.has("column"))
    throw UsageError("fit needs the name of a column, as in --column hours");
  if (parsed.flag("counts") || parsed.has("weight") || parsed.has("per")) return fit_counts(parsed);
  const double unit = seconds_of(parsed.text("unit"));
  const stats::Observations observations = observations_of(parsed, table_of(parsed.operand), unit);
  const auto fits = stats::fit_all(observations);
  const report::FitInput input{observations,          fits,
                               parsed.text("unit"),   parsed.operand,
                               parsed.text("column"), empirical_of(parsed, observations),
                               fit_command_of(parsed)};
  return show_fit(input, parsed);
}

}  // namespace rollcast::cli
