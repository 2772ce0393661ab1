#include "fit_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "command.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/experiment/files.hpp"
#include "scenario_arguments.hpp"

namespace rollcast::cli {
namespace {

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

}  // namespace

std::size_t column_of(const scenario::CsvTable& table, const std::string& name) {
  if (const auto column = table.column(name)) return *column;
  throw UsageError(fmt::format(
      "the table has no column '{}'; {}", name,
      suggestion(name, table.header, "the columns are " + join_words(table.header, "and"))));
}

std::vector<Filter> filters_of(const Parsed& parsed, const scenario::CsvTable& table,
                               const std::string& option) {
  std::vector<Filter> filters;
  for (const std::string& text : words_of(parsed, option))
    filters.push_back(filter_of(table, text));
  return filters;
}

/// Of measured times. A device that never ends is none.
constexpr std::size_t kMostBytes = 64U << 20U;

scenario::CsvTable table_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text;
  std::string part(std::size_t{1} << 20U, '\0');
  while (in.read(part.data(), static_cast<std::streamsize>(part.size())) || in.gcount() > 0) {
    text.append(part, 0, static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMostBytes)
      throw UsageError(fmt::format("{}: it has more than {} bytes", file,
                                   human_count(static_cast<std::int64_t>(kMostBytes))));
  }
  if (!in.eof()) throw experiment::StoreError(file, "cannot be read");
  auto table = scenario::parse_csv(text);
  if (!table)
    throw UsageError(fmt::format("{}:{}: {}", file, table.error().line, table.error().message));
  return std::move(*table);
}

std::string fit_command_of(const Parsed& parsed) {
  std::string command = "rollcast fit " + shell_word(parsed.operand);
  if (parsed.flag("counts")) command += " --counts";
  for (const char* option : {"column", "unit", "limit", "weight", "per"})
    if (parsed.has(option) && !parsed.values[option].defaulted())
      command += fmt::format(" --{} {}", option, shell_word(parsed.text(option)));
  for (const char* option : {"where", "censored"})
    for (const std::string& word : words_of(parsed, option))
      command += fmt::format(" --{} {}", option, shell_word(word));
  return command;
}

}  // namespace rollcast::cli
