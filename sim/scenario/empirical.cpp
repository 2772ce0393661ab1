/// Distributions taken from a column of a table.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "rollcast/base/units.hpp"
#include "text_part.hpp"

namespace rollcast::scenario {
namespace {

using random::Distribution;

struct Filter {
  std::size_t column = 0;
  std::string_view value;
  bool equal = true;
};

tl::expected<std::size_t, TextError> find_column(const CsvTable& table, const Part& name) {
  if (const auto column = table.column(name.text)) return *column;
  return wrong(name, fmt::format("the table has no column `{}`", name.text),
               suggestion(name.text, table.header,
                          fmt::format("the columns are {}", join_words(table.header, "and"))));
}

tl::expected<Filter, TextError> read_filter(const CsvTable& table, const Part& part) {
  const std::size_t sign = part.text.find('=');
  if (sign == std::string_view::npos || sign == 0) {
    return wrong(part, fmt::format("`{}` is not a filter", part.text),
                 "write it as in `where outcome = ok` or `where outcome != failed`");
  }
  const bool equal = part.text[sign - 1] != '!';
  const auto column = find_column(table, part.sub(0, equal ? sign : sign - 1));
  if (!column) return tl::make_unexpected(column.error());
  std::string_view value = part.sub(sign + 1).text;
  const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  if (quoted) value = value.substr(1, value.size() - 2);
  return Filter{*column, value, equal};
}

/// How often a row counts.
tl::expected<double, TextError> weight_of(const Part& part, const CsvTable& table, std::size_t row,
                                          std::size_t column) {
  const auto weight = parse_number(table.rows[row][column]);
  if (weight && *weight >= 0.0) return *weight;
  return wrong(part, fmt::format("the table has `{}` in column `{}` of line {}, where a number of "
                                 "at least 0 is due",
                                 table.rows[row][column], table.header[column], table.lines[row]));
}

/// What is measured, from the column of the table: so many `unit`s.
Reading from_rows(const Part& part, const CsvTable& table, std::size_t column,
                  std::string_view column_name, Quantity quantity, double unit,
                  const std::vector<Filter>& filters, const std::optional<std::size_t>& weight) {
  std::vector<double> values, weights;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const auto& fields = table.rows[row];
    const bool chosen = std::all_of(filters.begin(), filters.end(), [&](const Filter& filter) {
      return (fields[filter.column] == filter.value) == filter.equal;
    });
    if (!chosen) continue;
    const auto number = parse_number(fields[column]);
    if (!number || *number < 0.0) {
      const std::string found =
          fields[column].empty() ? "nothing" : fmt::format("`{}`", fields[column]);
      return wrong(
          part,
          fmt::format(
              "the table has {} in column `{}` of line {}, where a number of at least 0 is due",
              found, column_name, table.lines[row]),
          fmt::format("leave such rows out: `where {} != {}`", column_name,
                      fields[column].empty() ? "\"\"" : fields[column]));
    }
    if (quantity == Quantity::count && *number != std::floor(*number))
      return wrong(part,
                   fmt::format("the table has `{}` in column `{}` of line {}, where a whole "
                               "number is due",
                               fields[column], column_name, table.lines[row]),
                   "write whole numbers there, or leave such rows out with `where`");
    values.push_back(*number * unit);
    if (!weight) continue;
    const auto times = weight_of(part, table, row, *weight);
    if (!times) return tl::make_unexpected(times.error());
    weights.push_back(*times);
  }
  if (values.empty()) return wrong(part, "no row of the table passes the filters");
  auto result = weight ? Distribution::discrete(values, weights) : Distribution::empirical(values);
  if (!result) return wrong(part, std::move(result.error()));
  return std::move(*result);
}

}  // namespace

Reading read_empirical(const Part& part, const std::vector<Part>& arguments, Quantity quantity,
                       const TableLookup& tables) {
  constexpr std::string_view kCure =
      "write it as in `empirical(data/file.csv, column seconds, unit s, where outcome = ok)`";
  if (arguments.empty()) return wrong(part, "the file is missing", std::string{kCure});
  const auto table = tables(arguments[0].text);
  if (!table) return wrong(arguments[0], table.error());
  std::optional<std::size_t> column;
  std::string_view column_name;
  double unit = quantity == Quantity::count ? 1.0 : 0.0;
  std::optional<std::size_t> weight;
  std::vector<Filter> filters;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const Part& argument = arguments[i];
    const std::size_t end = std::min(argument.text.find(' '), argument.text.size());
    const std::string_view keyword = argument.text.substr(0, end);
    const Part value = argument.sub(end);
    if (keyword == "column") {
      const auto found = find_column(**table, value);
      if (!found) return tl::make_unexpected(found.error());
      column = *found;
      column_name = value.text;
    } else if (keyword == "weight") {
      const auto found = find_column(**table, value);
      if (!found) return tl::make_unexpected(found.error());
      weight = *found;
    } else if (keyword == "unit" && quantity != Quantity::count) {
      const auto size = read_quantity(fmt::format("1 {}", value.text), quantity);
      if (!size)
        return wrong(value, fmt::format("unknown unit `{}`", value.text), size.error().cure);
      unit = *size;
    } else if (keyword == "where") {
      const auto filter = read_filter(**table, value);
      if (!filter) return tl::make_unexpected(filter.error());
      filters.push_back(*filter);
    } else {
      return wrong(argument,
                   fmt::format("`{}` is not a column, a unit, a weight or a filter", argument.text),
                   std::string{kCure});
    }
  }
  if (!column || unit == 0.0) {
    return wrong(part, column ? "the unit of the column is missing" : "the column is missing",
                 std::string{kCure});
  }
  return from_rows(part, **table, *column, column_name, quantity, unit, filters, weight);
}

}  // namespace rollcast::scenario
