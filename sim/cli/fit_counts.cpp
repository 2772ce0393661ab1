/// rollcast fit --counts: whole numbers in a table become a distribution.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "fit_rows.hpp"
#include "rollcast/base/civil.hpp"
#include "rollcast/base/units.hpp"
#include "rollcast/report/fit_counts.hpp"
#include "scenario_arguments.hpp"

namespace rollcast::cli {
namespace {

using stats::Counts;

/// What only times have.
void refuse_words_of_times(const Parsed& parsed) {
  for (const char* option : {"unit", "limit", "censored"})
    if (parsed.has(option) && !parsed.values[option].defaulted())
      throw UsageError(fmt::format(
          "--{} is for measured times: counts have no unit and no limit; leave it away, or "
          "--counts, --weight and --per",
          option));
  if (parsed.has("weight") && parsed.has("per"))
    throw UsageError("--per counts rows, each once: leave --weight away");
}

/// A whole number from 0 on that is exact as a double.
std::optional<std::uint64_t> count_of(const std::string& text) {
  constexpr std::int64_t kMost = std::int64_t{1} << 53;
  const auto count = parse_count(text);
  if (!count || *count < 0 || *count >= kMost) return std::nullopt;
  return static_cast<std::uint64_t>(*count);
}

std::uint64_t field_of(const Parsed& parsed, const scenario::CsvTable& table, std::size_t row,
                       std::size_t column) {
  const std::string& text = table.rows[row][column];
  if (const auto count = count_of(text)) return *count;
  const std::string& name = table.header[column];
  throw UsageError(fmt::format(
      "{}:{}: {} in column '{}', where a whole number of at least 0 is due: leave such rows out, "
      "as in --where '{} != {}'; times are fitted without --counts",
      parsed.operand, table.lines[row], text.empty() ? "nothing" : fmt::format("'{}'", text), name,
      name, text.empty() ? "\"\"" : text));
}

/// Seconds since 1970 of "2026-03-02T09:00:00Z", with a blank for the T or without the Z, the
/// seconds or the time of day.
std::optional<std::int64_t> moment_of(std::string text) {
  constexpr std::size_t kDate = 10;  // characters
  if (text.size() > kDate && text[kDate] == 'T') text[kDate] = ' ';
  if (text.size() > kDate && text.back() == 'Z') text.pop_back();
  if (text.size() == kDate) text += " 00:00";
  const auto moment = parse_start(text + " UTC");
  if (!moment) return std::nullopt;
  return moment->instant.time_since_epoch().count();
}

std::vector<std::size_t> chosen_rows(const Parsed& parsed, const scenario::CsvTable& table) {
  const std::vector<Filter> filters = filters_of(parsed, table, "where");
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const auto passes = [&](const Filter& filter) { return filter.passes(table.rows[i]); };
    if (std::all_of(filters.begin(), filters.end(), passes)) rows.push_back(i);
  }
  return rows;
}

Counts counts_in(const Parsed& parsed, const scenario::CsvTable& table) {
  const std::size_t column = column_of(table, parsed.text("column"));
  std::optional<std::size_t> weight;
  if (parsed.has("weight")) weight = column_of(table, parsed.text("weight"));
  std::vector<Counts::Row> rows;
  for (const std::size_t row : chosen_rows(parsed, table))
    rows.push_back(
        {field_of(parsed, table, row, column), weight ? field_of(parsed, table, row, *weight) : 1});
  return stats::counts_of(std::move(rows));
}

/// How many rows fall into each period. Periods follow each other from the first row on, which is
/// not counted itself: after it the rows of a Poisson process are one. The last period, which may
/// be incomplete, is left out.
Counts counts_per(const Parsed& parsed, const scenario::CsvTable& table, double period) {
  const std::size_t column = column_of(table, parsed.text("column"));
  std::vector<std::int64_t> moments;
  for (const std::size_t row : chosen_rows(parsed, table)) {
    const auto moment = moment_of(table.rows[row][column]);
    if (!moment)
      throw UsageError(fmt::format(
          "{}:{}: '{}' in column '{}' is no date and time as in 2026-03-02T09:00:00Z, which --per "
          "counts by",
          parsed.operand, table.lines[row], table.rows[row][column], parsed.text("column")));
    moments.push_back(*moment);
  }
  std::sort(moments.begin(), moments.end());
  constexpr double kMostPeriods = 1e7;
  const double periods =
      moments.empty() ? 0.0 : static_cast<double>(moments.back() - moments.front()) / period;
  if (periods > kMostPeriods)
    throw UsageError(fmt::format("--per '{}' is too short: the rows span {:.3g} of it",
                                 parsed.text("per"), periods));
  std::vector<std::uint64_t> counts(static_cast<std::size_t>(periods), 0);
  for (std::size_t i = 1; i < moments.size(); ++i) {
    const auto place =
        static_cast<std::size_t>(static_cast<double>(moments[i] - moments.front()) / period);
    if (place < counts.size()) ++counts[place];
  }
  std::vector<Counts::Row> rows;
  for (const std::uint64_t count : counts) rows.push_back({count, 1});
  return stats::counts_of(std::move(rows));
}

std::optional<double> period_of(const Parsed& parsed) {
  if (!parsed.has("per")) return std::nullopt;
  const auto period = parse_elapsed(parsed.text("per"));
  if (!period || !(*period > 0))
    throw UsageError(
        fmt::format("--per takes a time above 0, as in '7 d', not '{}'", parsed.text("per")));
  return *period;
}

/// The counts as they are, in a scenario's words; empty where the table does not hold them.
std::string empirical_of(const Parsed& parsed) {
  if (parsed.has("per")) return {};
  std::string text = fmt::format("empirical({}, column {}", parsed.operand, parsed.text("column"));
  if (parsed.has("weight")) text += ", weight " + parsed.text("weight");
  for (const std::string& word : words_of(parsed, "where")) text += ", where " + word;
  return text + ")";
}

}  // namespace

int fit_counts(const Parsed& parsed) {
  refuse_words_of_times(parsed);
  const auto period = period_of(parsed);
  const scenario::CsvTable table = table_of(parsed.operand);
  const Counts counts = period ? counts_per(parsed, table, *period) : counts_in(parsed, table);
  if (counts.size < 2)
    throw UsageError(fmt::format("{}: {} {} pass the filters; a fit takes at least two",
                                 parsed.operand, counts.size,
                                 period ? "whole periods of rows that" : "counts"));
  const auto fits = stats::fit_all(counts);
  const std::string what = period ? "rows per " + parsed.text("per") : parsed.text("column");
  const report::CountFitInput input{
      counts, fits, parsed.operand, what, empirical_of(parsed), fit_command_of(parsed), period};
  return show_fit(input, parsed);
}

}  // namespace rollcast::cli
