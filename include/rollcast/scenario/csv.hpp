#pragma once
/// Tables in CSV (RFC 4180): comma-separated, a header line, fields in double quotes where they
/// hold commas, quotes or line ends. Strict: every row has as many fields as the header, header
/// names are unique, the text is UTF-8.
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace rollcast::scenario {

struct CsvTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> lines;  ///< line of the file on which each row begins, from 1

  [[nodiscard]] std::optional<std::size_t> column(std::string_view name) const;
};

/// What is wrong with a table: "line 12: 5 fields, the header has 7".
struct CsvError {
  std::size_t line = 0;
  std::string message;
};

/// `most_fields`: more of them, the header's included, are an error.
[[nodiscard]] tl::expected<CsvTable, CsvError> parse_csv(
    std::string_view text, std::size_t most_fields = std::numeric_limits<std::size_t>::max());

}  // namespace rollcast::scenario
