/// Text for people.
#include "rollcast/base/text.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace rollcast;

TEST_CASE("durations are said in their natural unit") {
  CHECK(human_duration(0.0) == "0 s");
  CHECK(human_duration(0.23) == "230 ms");
  CHECK(human_duration(45.0) == "45 s");
  CHECK(human_duration(180.0) == "3 min");
  CHECK(human_duration(4.98019802 * 60) == "4.98 min");
  CHECK(human_duration(48.1818182 * 60) == "48.2 min");
  CHECK(human_duration(1.2 * 3600) == "1.2 h");
  CHECK(human_duration(47.0 * 3600) == "47 h");
  CHECK(human_duration(60.0 * 3600) == "2.5 d");
  CHECK(human_duration(400.0 * 86400) == "400 d");
  CHECK(human_duration(-90.0) == "-1.5 min");
  CHECK(human_duration(std::numeric_limits<double>::infinity()) == "never");
  CHECK(human_duration(std::numeric_limits<double>::quiet_NaN()) == "unknown");
  CHECK(human_duration(Duration::max()) == "never");
}

TEST_CASE("a duration just below a unit's end is rounded into the next unit") {
  CHECK(human_duration(59.97) == "1 min");
  CHECK(human_duration(3599.0) == "1 h");
  CHECK(human_duration(47.99 * 3600) == "2 d");
}

TEST_CASE("numbers have three digits, thousands separators and no trailing zeros") {
  CHECK(human_number(12345.0) == "12,345");
  CHECK(human_number(1234567.0) == "1,234,567");
  CHECK(human_number(48.1818) == "48.2");
  CHECK(human_number(0.0123456) == "0.0123");
  CHECK(human_number(-2.0) == "-2");
  CHECK(human_number(0.0) == "0");
  CHECK(human_number(999.999) == "1,000");
  CHECK(human_count(10000) == "10,000");
  CHECK(human_count(-1234) == "-1,234");
  CHECK(human_count(999) == "999");
}

TEST_CASE("money shows cents only where they matter, and less where there are no cents") {
  CHECK(human_money(4.25, "USD") == "4.25 USD");
  CHECK(human_money(12345.67, "USD") == "12,346 USD");
  CHECK(human_money(Money::units(999.99), "EUR") == "999.99 EUR");
  CHECK(human_money(999.999, "EUR") == "1,000 EUR");
  CHECK(human_money(-0.001, "EUR") == "-0.001 EUR");
  CHECK(human_money(0.00523, "EUR") == "0.0052 EUR");
  CHECK(human_money(0.0994, "EUR") == "0.099 EUR");
  CHECK(human_money(0.0996, "EUR") == "0.10 EUR");
  CHECK(human_money(-1e-7, "EUR") == "0.00 EUR");
}

TEST_CASE("percentages keep the digits that tell them from certainty") {
  CHECK(human_percent(0.02) == "2 %");
  CHECK(human_percent(1.0 / 3) == "33.3 %");
  CHECK(human_percent(1.0) == "100 %");
  CHECK(human_percent(0.99975) == "99.975 %");
  CHECK(human_percent(0.99995) == "99.995 %");
  CHECK(human_percent(0.8525) == "85.3 %");
  CHECK(human_percent(1 - 0.1475) == "85.3 %");
  CHECK(fixed_text(85.25, 1) == "85.3");
  CHECK(fixed_text(1e12 + 0.5, 0) == "1000000000000");
  CHECK(human_percent(0.00073) == "0.073 %");
  CHECK(human_percent(0.995) == "99.5 %");
}

TEST_CASE("a swap of neighbours is one edit") {
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("regoin", "region") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("same", "same") == 0);
}

TEST_CASE("a near name is suggested, a far one is not") {
  const std::vector<std::string> names{"regions", "rollout", "recover", "back-off"};
  CHECK(did_you_mean("region", names) == "regions");
  CHECK(did_you_mean("Rollout", names) == "rollout");
  CHECK(did_you_mean("backoff", names) == "back-off");
  CHECK(did_you_mean("back_off", names) == "back-off");
  CHECK_FALSE(did_you_mean("strategies", names).has_value());
  CHECK_FALSE(did_you_mean("x", names).has_value());
  CHECK_FALSE(did_you_mean("", names).has_value());
}

TEST_CASE("a number is written with so many digits, however small it is") {
  CHECK(with_digits(0.1 + 0.2, 12) == 0.3);
  CHECK(with_digits(1234567.0, 6) == 1234570.0);
  CHECK(with_digits(1e-310, 12) == 1e-310);
  CHECK(with_digits(-2.5, 12) == -2.5);
}

TEST_CASE("words are joined as in a sentence") {
  CHECK(join_words({}, "or") == "");
  CHECK(join_words({"a"}, "or") == "a");
  CHECK(join_words({"a", "b"}, "or") == "a or b");
  CHECK(join_words({"a", "b", "c"}, "and") == "a, b and c");
  CHECK(plural(1, "error") == "1 error");
  CHECK(plural(1200, "error") == "1,200 errors");
}

TEST_CASE("ill-formed UTF-8 is found where it begins") {
  CHECK_FALSE(first_invalid_utf8("서울 – Zürich 🚀").has_value());
  CHECK(first_invalid_utf8("ab\xff") == 2);
  CHECK(first_invalid_utf8("\xc0\x80") == 0);          // overlong
  CHECK(first_invalid_utf8("a\xed\xa0\x80") == 1);     // surrogate
  CHECK(first_invalid_utf8("\xf4\x90\x80\x80") == 0);  // above U+10FFFF
  CHECK(first_invalid_utf8("a\xe2\x82") == 1);         // cut short
}

TEST_CASE("widths count columns, not bytes") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("서울") == 4);
  CHECK(display_width("e\xcc\x81") == 1);
  CHECK(display_width("\xff\xff") == 2);
  CHECK(code_points("서울") == 2);
}
