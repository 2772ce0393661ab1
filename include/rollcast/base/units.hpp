#pragma once
/// Values with units, read from text. One rule: a value carries its unit, always; a bare number
/// where a unit is due is an error that names the units. Numbers are decimal ("42", "0.5", ".5",
/// "1e6"); a leading zero ("010") is refused because some would read it as 8. The unit follows the
/// number, with or without a space.
///
/// Every error says which part of the text is wrong, what must hold, and what to write instead.
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "rollcast/base/diagnostics.hpp"
#include "rollcast/base/money.hpp"

namespace rollcast {

/// A plain number without a unit.
[[nodiscard]] tl::expected<double, TextError> parse_number(std::string_view text);
/// A whole number from 0 to 10^15 without a unit.
[[nodiscard]] tl::expected<std::int64_t, TextError> parse_count(std::string_view text);
/// Elapsed time in seconds: ns us ms s min h d (24 h) w (7 d), also in parts: "1 h 30 min". Not
/// negative.
[[nodiscard]] tl::expected<double, TextError> parse_elapsed(std::string_view text);
/// People's effort in seconds of work: `work min`, `work h`, `workday` (8 work h), also in parts.
/// Not negative.
[[nodiscard]] tl::expected<double, TextError> parse_effort(std::string_view text);
/// A share or a probability from 0 to 1, written in percent: "2 %". A plain number is refused,
/// since 0.5 and 1 can be meant as a share or in percent.
[[nodiscard]] tl::expected<double, TextError> parse_share(std::string_view text);
/// A size in GB (10^9 bytes), of "50 GB", "500 MB" or "1 TB". Not negative.
[[nodiscard]] tl::expected<double, TextError> parse_gigabytes(std::string_view text);
/// What a line carries, in GB/s: "500 MB per s". Above 0.
[[nodiscard]] tl::expected<double, TextError> parse_bandwidth(std::string_view text);
/// How often, in 1/s: "10 per s", "1 per 2000 h". Above 0.
[[nodiscard]] tl::expected<double, TextError> parse_rate(std::string_view text);
/// Money in `currency`: "4000 USD", or with `per` = "work h": "42.51 USD per work h". Not negative.
[[nodiscard]] tl::expected<Money, TextError> parse_money(std::string_view text,
                                                         std::string_view currency,
                                                         std::string_view per = {});

}  // namespace rollcast
