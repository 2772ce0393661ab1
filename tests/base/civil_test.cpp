/// Civil time against calendars worked out by hand, also across changes of the clocks.
#include "rollcast/base/civil.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace rollcast;
using namespace std::chrono_literals;

namespace {

CivilStart start_at(std::string_view text) {
  const auto start = parse_start(text);
  REQUIRE(start.has_value());
  return *start;
}

WorkHours hours_of(std::string_view text) {
  const auto hours = parse_work_hours(text, "UTC");
  REQUIRE(hours.has_value());
  return *hours;
}

template <class T>
std::string failure(std::string_view text, const tl::expected<T, TextError>& result) {
  if (result) return "read";
  const TextError& error = result.error();
  REQUIRE(error.offset + error.length <= text.size());
  return std::string{text.substr(error.offset, error.length)} + "|" + error.message + "|" +
         error.cure;
}

/// "h+m" of each interval, for short tables.
std::string said(const std::vector<std::pair<TimePoint, TimePoint>>& intervals) {
  std::string text;
  for (const auto& [opens, closes] : intervals) {
    const auto in_minutes = [](TimePoint time) {
      return std::to_string(
          std::chrono::duration_cast<std::chrono::minutes>(time.time_since_epoch()).count());
    };
    text += in_minutes(opens) + ".." + in_minutes(closes) + " ";
  }
  return text;
}

constexpr Duration kHour = 1h;

}  // namespace

TEST_CASE("a start is an instant in a zone") {
  const CivilStart start = start_at("2026-03-06 09:00 Asia/Seoul");
  CHECK(start.instant.time_since_epoch() == 1772755200s);  // 00:00 UTC
  CHECK(start.zone == "Asia/Seoul");
  CHECK(civil_text(start) == "2026-03-06 09:00 Asia/Seoul");
  CHECK(civil_text(kStart, start) == "Fri 2026-03-06 09:00");
  CHECK(civil_text(kNever, start) == "never");
}

TEST_CASE("a start says what it lacks") {
  const auto fails = [](std::string_view text) { return failure(text, parse_start(text)); };
  const std::string cure = "|write it as in `2026-03-06 09:00 Asia/Seoul`";
  CHECK(fails("2026-03-06") ==
        "2026-03-06|a start is a date, a time of day and a time zone" + cure);
  CHECK(fails("2026-03-06T09:00 Asia/Seoul") ==
        "2026-03-06T09:00 Asia/Seoul|a start is a date, a time of day and a time zone" + cure);
  CHECK(fails("2026-02-30 09:00 UTC") ==
        "2026-02-30|there is no day `2026-02-30`|that month has 28 days");
  CHECK(fails("2026-03-06 25:00 UTC") == "25:00|`25:00` is later than 24:00|");
  CHECK(fails("2026-03-06 09:00 Asia/Soul") ==
        "Asia/Soul|unknown time zone `Asia/Soul`|did you mean `Asia/Seoul`?");
  CHECK(fails("2026-03-06 09:00 Seoul") ==
        "Seoul|unknown time zone `Seoul`|did you mean `Asia/Seoul`?");
  CHECK(fails("2026-03-06 09:00 ../../etc/passwd").find("unknown time zone") != std::string::npos);
}

TEST_CASE("a clock time that the zone skips is refused, of a repeated one the first is meant") {
  CHECK(failure("2026-03-29 02:30 Europe/Berlin", parse_start("2026-03-29 02:30 Europe/Berlin")) ==
        "02:30|02:30 is skipped in Europe/Berlin on 2026-03-29: the clocks go forward|write a "
        "moment before or after the gap, or the same in UTC");
  const CivilStart repeated = start_at("2026-10-25 02:30 Europe/Berlin");
  const CivilStart utc = start_at("2026-10-25 00:30 UTC");  // 02:30 summer time
  CHECK(repeated.instant == utc.instant);
}

TEST_CASE("a weekday is the next such moment strictly after the start, in the start's zone") {
  const CivilStart start = start_at("2026-03-06 09:00 Asia/Seoul");  // a Friday
  CHECK(*parse_moment("Fri 18:00", start) == kStart + 9 * kHour);
  CHECK(*parse_moment("Fri 09:00", start) == kStart + 7 * 24 * kHour);
  CHECK(*parse_moment("Fri 08:00", start) == kStart + (7 * 24 - 1) * kHour);
  CHECK(*parse_moment("Mon 09:00", start) == kStart + 72 * kHour);
  CHECK(*parse_moment("2026-03-07 09:00", start) == kStart + 24 * kHour);
  CHECK(*parse_moment("2026-03-06 01:00 UTC", start) == kStart + kHour);
  CHECK(failure("soon", parse_moment("soon", start)) ==
        "soon|`soon` is not a moment|write a day and a time as in `Fri 18:00` or `2026-03-06 "
        "18:00`");
  CHECK(failure("Fry 18:00", parse_moment("Fry 18:00", start)) ==
        "Fry|`Fry` is not a day of the week|the days are Mon, Tue, Wed, Thu, Fri, Sat and Sun");
}

TEST_CASE("a weekday after a change of the clocks is at its local time") {
  const CivilStart start = start_at("2026-03-27 18:00 Europe/Berlin");  // Friday before the change
  CHECK(*parse_moment("Mon 18:00", start) == kStart + 71 * kHour);
}

TEST_CASE("office hours open on work days only") {
  const CivilStart start = start_at("2026-03-06 09:00 Asia/Seoul");
  const auto open = open_intervals(hours_of("Mon-Fri 09:00-18:00 Asia/Seoul"), start, 96 * kHour);
  CHECK(said(open) ==
        "0..540 4320..4860 5760..6300 ");  // Fri, Mon, and Tue which begins at the end
  CHECK(open_time(open, 96 * kHour) == 18 * kHour);
}

TEST_CASE("the interval under way at the start is cut at the start") {
  const CivilStart start = start_at("2026-03-06 12:30 Asia/Seoul");
  const auto open =
      open_intervals(hours_of("daily 09:00-12:00, 13:00-18:00 Asia/Seoul"), start, 2 * kHour);
  CHECK(said(open) == "30..330 ");
  CHECK(open_time(open, 2 * kHour) == 90min);
  const CivilStart inside = start_at("2026-03-06 11:00 Asia/Seoul");
  CHECK(said(open_intervals(hours_of("daily 09:00-12:00 Asia/Seoul"), inside, kHour)) == "0..60 ");
}

TEST_CASE("hours in another zone are shifted") {
  const CivilStart start = start_at("2026-03-06 09:00 Asia/Seoul");  // 01:00 in Berlin
  CHECK(said(open_intervals(hours_of("Fri 09:00-17:00 Europe/Berlin"), start, 24 * kHour)) ==
        "480..960 ");
}

TEST_CASE("a night shift runs into the next day, also over Sunday, and is open before the start") {
  const CivilStart start = start_at("2026-03-09 02:00 UTC");  // Monday night
  CHECK(said(open_intervals(hours_of("Sun 22:00-06:00"), start, 24 * kHour)) == "0..240 ");
  const auto nightly = open_intervals(hours_of("daily 22:00-06:00"), start, 21 * kHour);
  CHECK(said(nightly) == "0..240 1200..1680 ");
}

TEST_CASE("windows that touch are joined") {
  const CivilStart start = start_at("2026-03-06 00:00 UTC");
  CHECK(said(open_intervals(hours_of("Fri-Sat 00:00-24:00"), start, 30 * kHour)) == "0..2880 ");
}

TEST_CASE(
    "across the change to summer time a night shift is an hour shorter, back an hour longer") {
  const CivilStart spring = start_at("2026-03-28 12:00 Europe/Berlin");
  const auto shift = open_intervals(hours_of("Sat 22:00-06:00 Europe/Berlin"), spring, 24 * kHour);
  CHECK(said(shift) == "600..1020 ");  // seven hours
  const CivilStart autumn = start_at("2026-10-24 12:00 Europe/Berlin");
  const auto longer = open_intervals(hours_of("Sat 22:00-06:00 Europe/Berlin"), autumn, 24 * kHour);
  CHECK(said(longer) == "600..1140 ");  // nine hours
}

TEST_CASE("after a change of the clocks the office still opens at nine, local time") {
  const CivilStart start = start_at("2026-03-27 09:00 Europe/Berlin");
  const auto open =
      open_intervals(hours_of("Mon-Fri 09:00-17:00 Europe/Berlin"), start, 90 * kHour);
  CHECK(said(open) == "0..480 4260..4740 ");  // Monday nine o'clock is 71 h later
}

TEST_CASE("a window that begins in the skipped hour begins at the change") {
  const CivilStart start = start_at("2026-03-29 00:00 Europe/Berlin");
  CHECK(said(open_intervals(hours_of("Sun 02:30-04:00 Europe/Berlin"), start, 12 * kHour)) ==
        "120..180 ");
}

TEST_CASE("holidays are closed") {
  const CivilStart start = start_at("2026-03-06 00:00 Asia/Seoul");
  WorkHours hours = hours_of("daily 09:00-18:00 Asia/Seoul");
  hours.holidays.push_back(*parse_date("2026-03-07"));
  CHECK(said(open_intervals(hours, start, 72 * kHour)) == "540..1080 3420..3960 ");
}

TEST_CASE("always is open without end") {
  const WorkHours hours = hours_of("always");
  CHECK(hours.always);
  const auto open = open_intervals(hours, CivilStart{}, 24 * kHour);
  REQUIRE(open.size() == 1);
  CHECK(open[0].first == kStart);
  CHECK(open[0].second == kNever);
  CHECK(open_time(open, 24 * kHour) == 24 * kHour);
}

TEST_CASE("working hours say what is wrong with them") {
  const auto fails = [](std::string_view text) {
    return failure(text, parse_work_hours(text, "UTC"));
  };
  CHECK(fails("Mon-Fri 9-18") ==
        "9|`9` is not a time of day|write hours and minutes as in `09:00` or `18:30`");
  CHECK(fails("09:00-18:00") ==
        "09:00-18:00|`09:00-18:00` does not say on which days|write `Mon-Fri 09:00-18:00` or "
        "`daily 09:00-18:00`");
  CHECK(fails("Mon-Fri 09:00-18:00 Asia/Soul") ==
        "Asia/Soul|unknown time zone `Asia/Soul`|did you mean `Asia/Seoul`?");
  CHECK(fails("Mon-Fri 09:00-09:00 UTC") ==
        "09:00-09:00|`09:00-09:00` is empty: it begins and ends at the same time|write "
        "`00:00-24:00` for a whole day, or `always`");
  CHECK(fails("Mon-Fri 09:00-13:00, 12:00-18:00") ==
        "Mon-Fri 09:00-13:00, 12:00-18:00|two of the windows are open at the same time|join them "
        "into one, or move the end of the first");
  CHECK(fails("Sun 22:00-06:00, Mon 05:00-07:00").find("open at the same time") !=
        std::string::npos);
  CHECK(fails("Mon-Fri 09:60-18:00").find("is not a time of day") != std::string::npos);
  CHECK(fails("").find("working hours are missing") != std::string::npos);
  CHECK(fails("Mon-Thu 09:00-12:00, 13:00-18:00, Fri 09:00-15:00 Asia/Seoul") == "read");
  CHECK(fails("Mon, Wed, Fri 09:00-12:00") == "read");
}

TEST_CASE("several days with the same hours and one with others") {
  const WorkHours hours = hours_of("Mon, Wed 09:00-12:00, 13:00-18:00, Fri 09:00-15:00 Asia/Seoul");
  CHECK(hours.windows.size() == 5);
  CHECK(hours.zone == "Asia/Seoul");
}

TEST_CASE("a date of the past lies before the start") {
  const CivilStart start = start_at("2026-03-06 09:00 Asia/Seoul");
  CHECK(beginning_of(*parse_date("2026-03-05"), start) == kStart - 33 * kHour);
}

TEST_CASE("months begin at midnight in the start's zone, across changes of the clocks") {
  const CivilStart start = start_at("2026-03-30 00:00 Europe/Berlin");  // a day after the change
  const auto months = month_beginnings(start, 40 * 24 * kHour);
  REQUIRE(months.size() == 2);
  CHECK(months[0] == kStart + 48 * kHour);
  CHECK(months[1] == kStart + 32 * 24 * kHour);
  const auto autumn =
      month_beginnings(start_at("2026-10-01 00:00 Europe/Berlin"), 31 * 24 * kHour + kHour);
  REQUIRE(autumn.size() == 1);  // the month of the change is an hour longer
  CHECK(autumn[0] == kStart + (31 * 24 + 1) * kHour);
  CHECK(month_beginnings(start_at("2026-12-15 00:00 UTC"), 24 * kHour).empty());
}

TEST_CASE("the time zone database tells its version") {
  CHECK(time_zone_data_version().size() >= 5);  // "2024a", or "unknown"
  CHECK(is_time_zone("Asia/Seoul"));
  CHECK_FALSE(is_time_zone("Mars/Olympus"));
  CHECK_FALSE(is_time_zone(""));
}
