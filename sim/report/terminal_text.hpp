#pragma once
/// Text in columns of a terminal, where a letter may be two columns wide or none.
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rollcast::report {

/// The text, or as much of its beginning and its end as fits into `width` columns with an ellipsis
/// between: what tells names apart often stands last. Control characters, line feeds and escape
/// sequences among them, become blanks: a name cannot take over the terminal.
[[nodiscard]] std::string fitted(std::string_view text, std::size_t width);
/// The text and the blanks that fill it up to `width` columns.
[[nodiscard]] std::string padded(const std::string& text, std::size_t width, bool right);
/// Lines of at most `width` columns, broken at blanks where there are any. The first line keeps its
/// own leading blanks, all others begin with `indent` of them.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

/// Bars ▁ to █ of how many of the finite `values` fall into each of `columns` equal steps of the
/// logarithm from `low` to `high`, relative to the fullest; a blank where none falls.
[[nodiscard]] std::string spark_line(std::span<const double> values, double low, double high,
                                     std::size_t columns);

}  // namespace rollcast::report
