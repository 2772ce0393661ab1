#pragma once
/// Results go to standard output, everything else to standard error.
#include <string>
#include <string_view>

namespace rollcast::cli {

/// Writes a result to standard output. A reader that has gone away (`| head`) is no failure: false
/// from then on. Throws experiment::StoreError when it cannot be written otherwise.
bool print(std::string_view text);
/// A line to standard error: "rollcast: ..."; failures to write it are of no consequence.
void tell(std::string_view text);
/// Text as it is to standard error.
void tell_plain(std::string_view text);

/// Nothing is written from now on: of processes that were started together one speaks.
void be_silent();

enum class Stream { output, error };
[[nodiscard]] bool is_terminal(Stream stream);
/// Colours only on a terminal that has them, and never with NO_COLOR set (no-color.org).
[[nodiscard]] bool wants_colour(Stream stream);
/// Columns of the terminal; 80 where there is none, 40 at least.
[[nodiscard]] int columns_of(Stream stream);

}  // namespace rollcast::cli
