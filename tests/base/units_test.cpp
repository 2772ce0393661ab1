/// Values with units: what is read, and what is said about what cannot be read.
#include "rollcast/base/units.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using rollcast::Money;
using rollcast::TextError;

namespace {

/// "part|message|cure" of a failed reading; "read" when it did not fail.
template <class T>
std::string failure(std::string_view text, const tl::expected<T, TextError>& result) {
  if (result) return "read";
  const TextError& error = result.error();
  REQUIRE(error.offset + error.length <= text.size());
  return std::string{text.substr(error.offset, error.length)} + "|" + error.message + "|" +
         error.cure;
}

}  // namespace

TEST_CASE("elapsed time is read in every unit and in parts") {
  const std::vector<std::pair<std::string_view, double>> table{
      {"250 ms", 0.25},  {"45 s", 45},        {"3 min", 180},         {"1.2 h", 4320},
      {"2.5 d", 216000}, {"2 w", 1209600},    {"1 h 30 min", 5400},   {"3min", 180},
      {".5 h", 1800},    {"1e3 s", 1000},     {"1 d 2 h 3 s", 93603}, {"0 s", 0},
      {"10 us", 1e-5},   {"1500 ns", 1.5e-6}, {" 7 s ", 7},           {"1h30min", 5400}};
  for (const auto& [text, seconds] : table) {
    const auto& captured = text;  // clang 14 captures no structured binding
    CAPTURE(captured);
    const auto value = rollcast::parse_elapsed(text);
    REQUIRE(value.has_value());
    CHECK(*value == doctest::Approx(seconds).epsilon(1e-12));
  }
}

TEST_CASE("what is wrong with an elapsed time is said under the exact part") {
  const std::string units = "`ns`, `us`, `ms`, `s`, `min`, `h`, `d` or `w`";
  const std::vector<std::pair<std::string_view, std::string>> table{
      {"30", "30|`30` has no unit; a length of elapsed time is due|add a unit, " + units +
                 ", as in `30 min`"},
      {"3 hours", "hours|unknown unit `hours`|did you mean `h`? The units are " + units},
      {"1 h 30", "30|`30` has no unit; a length of elapsed time is due|add a unit, " + units +
                     ", as in `30 min`"},
      {"4 work h",
       "work h|`work h` is people's work, which passes only in working hours; a length "
       "of elapsed time is due|the units are " +
           units + ", as in `4 h`"},
      {"-5 min",
       "-5 min|`-5 min` is negative; a length of elapsed time is at least 0|leave the minus sign "
       "away"},
      {"30 min 1 h",
       "1 h|`1 h` does not follow a larger unit|write the larger unit first and each "
       "unit once, as in `1 h 30 min`"},
      {"010 s", "010|`010` has a leading zero|write `10`"},
      {"00.5 s", "00.5|`00.5` has a leading zero|write `0.5`"},
      {"soon", "soon|`soon` is not a length of elapsed time|"},
      {"", "|a length of elapsed time is missing|"},
      {"+3 s", "+|a number has no plus sign in front|write `3 s`"},
      {"1,000 s",
       "1,000 s|`1,000 s` is not a number: digits are written without separators|write "
       "a point before decimals and nothing between thousands, as in `12500.5`"},
      {"1e400 s", "1e400|the number `1e400` is out of range|"},
      {"1e12 h", "1e12 h|`1e12 h` is longer than 30,000 years|"},
      {"0x10 s", "x|unknown unit `x`; a length of elapsed time is due|the units are " + units},
      {"inf", "inf|`inf` is not a length of elapsed time|"},
      {"nan s", "nan s|`nan s` is not a length of elapsed time|"}};
  for (const auto& [text, expected] : table) {
    CHECK(failure(text, rollcast::parse_elapsed(text)) == expected);
  }
}

TEST_CASE("people's work has units of its own") {
  CHECK(*rollcast::parse_effort("90 work min") == 5400);
  CHECK(*rollcast::parse_effort("8 work h") == 28800);
  CHECK(*rollcast::parse_effort("1 workday") == 28800);
  CHECK(*rollcast::parse_effort("2 workdays 1 work h") == 61200);
  CHECK(failure("8 h", rollcast::parse_effort("8 h")) ==
        "h|`h` is elapsed time; an amount of people's work is due|the units are `work min`, `work "
        "h` or `workday`, as in `8 work h`");
  CHECK(failure("2 work days", rollcast::parse_effort("2 work days")) ==
        "work days|unknown unit `work days`|did you mean `workdays`? The units are `work min`, "
        "`work h` or `workday`");
}

TEST_CASE("a share is written in percent and nothing else") {
  CHECK(*rollcast::parse_share("2 %") == doctest::Approx(0.02));
  CHECK(*rollcast::parse_share("0.073%") == doctest::Approx(0.00073));
  CHECK(*rollcast::parse_share("100 %") == 1.0);
  CHECK(failure("0.95", rollcast::parse_share("0.95")) ==
        "0.95|`0.95` has no unit; a share is written in percent|write `95 %`, or `0.95 %` if that "
        "is meant");
  CHECK(failure("1", rollcast::parse_share("1")) ==
        "1|`1` has no unit; a share is written in percent|write `100 %` or `1 %`, whichever is "
        "meant");
  CHECK(failure("120 %", rollcast::parse_share("120 %")) ==
        "120|`120 %` is above 100 %; a share lies between 0 % and 100 %|write at most `100 %`");
  CHECK(failure("-1 %", rollcast::parse_share("-1 %")) ==
        "-1|`-1 %` is negative; a share lies between 0 % and 100 %|leave the minus sign away");
  CHECK(failure("5 percent", rollcast::parse_share("5 percent")) ==
        "percent|`percent` does not belong here; a share is written in percent|write `5 %`");
}

TEST_CASE("counts are whole, plain and not read as octal") {
  CHECK(*rollcast::parse_count("0") == 0);
  CHECK(*rollcast::parse_count("10000") == 10000);
  CHECK(failure("010", rollcast::parse_count("010")) == "010|`010` has a leading zero|write `10`");
  CHECK(failure("2.5", rollcast::parse_count("2.5")) == "2.5|`2.5` is not a whole number|");
  CHECK(failure("-1", rollcast::parse_count("-1")) ==
        "-1|`-1` is negative; a count is at least 0|leave the minus sign away");
  CHECK(failure("3 servers", rollcast::parse_count("3 servers")) ==
        "servers|`servers` does not belong here: a plain whole number is due|write `3`");
  CHECK(failure("1e16", rollcast::parse_count("1e16")) == "1e16|`1e16` is larger than 10^15|");
  CHECK(failure("", rollcast::parse_count("")) == "|a whole number is missing|");
}

TEST_CASE("money names its currency and what it is per") {
  CHECK(*rollcast::parse_money("4000 USD", "USD") == Money::units(4000));
  CHECK(*rollcast::parse_money("42.51 USD per work h", "USD", "work h") == Money::units(42.51));
  CHECK(failure("4000", rollcast::parse_money("4000", "USD")) ==
        "4000|`4000` has no unit; an amount of money in `USD` is due|write `4000 USD`");
  CHECK(failure("5 EUR", rollcast::parse_money("5 EUR", "USD")) ==
        "EUR|`EUR` is not the scenario's currency; an amount of money in `USD` is due|write `5 "
        "USD`, or `currency: EUR` in the scenario");
  CHECK(failure("5 h", rollcast::parse_money("5 h", "USD")) ==
        "h|`h` is not the scenario's currency; an amount of money in `USD` is due|write `5 USD`");
  CHECK(failure("5 USD", rollcast::parse_money("5 USD", "USD", "h")) ==
        "USD|`5 USD` is not an amount of money in `USD per h`|write `5 USD per h`");
  CHECK(failure("5 USD per d", rollcast::parse_money("5 USD per d", "USD", "h")) ==
        "per d|`5 USD per d` is not an amount of money in `USD per h`|write `5 USD per h`");
  CHECK(failure("-5 USD", rollcast::parse_money("-5 USD", "USD")) ==
        "-5|`-5 USD` is negative; money is at least 0|leave the minus sign away; what comes off a "
        "price stands under `discounts:`");
}

TEST_CASE("sizes and rates") {
  CHECK(*rollcast::parse_gigabytes("50 GB") == 50);
  CHECK(*rollcast::parse_gigabytes("590 MB") == doctest::Approx(0.59));
  CHECK(failure("50", rollcast::parse_gigabytes("50")) ==
        "50|`50` has no unit; a size is due|add a unit, `MB`, `GB` or `TB`, as in `50 GB`");
  CHECK(*rollcast::parse_rate("10 per s") == 10);
  CHECK(*rollcast::parse_rate("1 per 2000 h") == doctest::Approx(1.0 / 7.2e6));
  CHECK(failure("10", rollcast::parse_rate("10")) ==
        "10|`10` does not say per what; a rate is due|write it as in `10 per s` or `10 per 2000 "
        "h`");
  CHECK(failure("10 per second", rollcast::parse_rate("10 per second")) ==
        "second|unknown unit `second`|did you mean `s`? The units are `ns`, `us`, `ms`, `s`, "
        "`min`, `h`, `d` or `w`");
}
