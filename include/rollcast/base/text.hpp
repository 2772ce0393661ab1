#pragma once
/// Text for people: durations, numbers and money as one would say them, near misses of a name,
/// widths on a terminal.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rollcast/base/money.hpp"
#include "rollcast/base/time.hpp"

namespace rollcast {

/// A length of time in its natural unit with at most `digits` significant digits: "230 ms", "45 s",
/// "4.98 min", "1.2 h", "2.5 d" (days from 48 h). "never" for infinity, "unknown" for a value that
/// is not a number.
[[nodiscard]] std::string human_duration(double seconds, int digits = 3);
/// The same; `Duration::max()` is "never".
[[nodiscard]] std::string human_duration(Duration duration);

/// So many decimals. Ties go up, also where the last bit of a sum or a product hides them: 0.8525
/// and 1 - 0.1475 are both 85.3 %. REQUIRES magnitude >= 0.
[[nodiscard]] std::string fixed_text(double magnitude, int decimals);
/// At most `digits` significant digits, whole numbers complete and with thousands separators:
/// "12,345", "0.0123", "48.2".
[[nodiscard]] std::string human_number(double value, int digits = 3);
/// A whole number with thousands separators: "10,000".
[[nodiscard]] std::string human_count(std::int64_t value);
/// "4.25 USD", "12,345 USD" (no decimals from 1,000 on), "0.0052 USD" (two digits below 0.1).
[[nodiscard]] std::string human_money(double amount, std::string_view currency);
[[nodiscard]] std::string human_money(Money amount, std::string_view currency);
/// A share of one in percent with at most three significant digits of the share or of its
/// complement, whichever is finer: "2 %", "33.3 %", "99.975 %".
[[nodiscard]] std::string human_percent(double share);
/// The shortest decimal that reads back as the same number: "0.1", "42.51", "1e+30".
[[nodiscard]] std::string exact_number(double value);
/// The number that so many significant digits write: with 12, what a person writes, and not what
/// binary fractions make of it.
[[nodiscard]] double with_digits(double value, int digits);

/// Letters to insert, delete, replace or swap with a neighbour to turn one text into the other
/// (optimal string alignment, in bytes).
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);
/// The one of `candidates` that `word` most likely stands for: equal but for upper case, spaces,
/// `-` and `_`; at most a third of its letters away; or one the beginning of the other (from three
/// letters on). The nearest, the first of several equally near ones; none when nothing is near.
[[nodiscard]] std::optional<std::string> did_you_mean(std::string_view word,
                                                      const std::vector<std::string>& candidates);

/// What to say about an unknown word: "did you mean `regions`? The keys are …", or only the
/// sentence about what is known, which begins with a small letter.
[[nodiscard]] std::string suggestion(std::string_view word,
                                     const std::vector<std::string>& candidates, std::string known);

/// "a", "a or b", "a, b or c". The word before the last is `last` ("or", "and").
[[nodiscard]] std::string join_words(const std::vector<std::string>& words, std::string_view last);
/// Words separated by `separator`.
[[nodiscard]] std::string join(const std::vector<std::string>& words, std::string_view separator);
/// `count` and the noun, with an s unless there is one: "1 error", "3 errors".
[[nodiscard]] std::string plural(std::size_t count, std::string_view noun);
/// Without white space (space, tab, line ends) at both ends.
[[nodiscard]] std::string_view trim(std::string_view text);
/// The parts between `separator`s, untrimmed; one part for a text without any.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

/// The offset of the first byte that is not part of well-formed UTF-8 (RFC 3629: no overlong forms,
/// no surrogates).
[[nodiscard]] std::optional<std::size_t> first_invalid_utf8(std::string_view text);
/// Terminal columns of a UTF-8 text: 2 for East Asian wide characters and pictographs, 0 for
/// combining marks and control characters, 1 for everything else, also for each byte that is not
/// UTF-8.
[[nodiscard]] std::size_t display_width(std::string_view text);
/// Code points of a UTF-8 text; each byte that is not UTF-8 counts as one.
[[nodiscard]] std::size_t code_points(std::string_view text);

}  // namespace rollcast
