#include "rollcast/base/civil.hpp"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <exception>

#include "rollcast/base/assertion.hpp"
#include "rollcast/base/text.hpp"

namespace rollcast {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::string_view, 7> kDays{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

/// A piece of the text that is read, and where it is.
struct Word {
  std::string_view text;
  std::size_t offset = 0;
};

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == ' ') {
      ++at;
      continue;
    }
    const std::size_t end = std::min(text.find(' ', at), text.size());
    words.push_back({text.substr(at, end - at), at});
    at = end;
  }
  return words;
}

tl::unexpected<TextError> wrong(const Word& word, std::string message, std::string cure = {}) {
  return tl::make_unexpected(
      TextError{word.offset, word.text.size(), std::move(message), std::move(cure)});
}

/// Exactly `digits` decimal digits at the front of `text`, taken off it.
std::optional<int> take_digits(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

bool begins_with_digit(std::string_view text) {
  return !text.empty() && std::isdigit(static_cast<unsigned char>(text[0])) != 0;
}

bool looks_like_date(std::string_view text) {
  return begins_with_digit(text) && text.find('-') != std::string_view::npos &&
         text.find(':') == std::string_view::npos;
}

bool looks_like_time(std::string_view text) {
  return begins_with_digit(text) && text.find(':') != std::string_view::npos;
}

tl::expected<std::chrono::year_month_day, TextError> read_date(const Word& word) {
  std::string_view rest = word.text;
  const auto year = take_digits(rest, 4);
  const bool dash_one = take(rest, '-');
  const auto month = take_digits(rest, 2);
  const bool dash_two = take(rest, '-');
  const auto day = take_digits(rest, 2);
  if (!year || !dash_one || !month || !dash_two || !day || !rest.empty()) {
    return wrong(word, fmt::format("`{}` is not a date", word.text),
                 "write year, month and day as in `2026-03-06`");
  }
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) {
    const auto last = date.year() / date.month() / std::chrono::last;
    return wrong(word, fmt::format("there is no day `{}`", word.text),
                 date.month().ok()
                     ? fmt::format("that month has {} days", static_cast<unsigned>(last.day()))
                     : std::string("months are 01 to 12"));
  }
  if (*year < 1970 || *year > 2200) {
    return wrong(word, fmt::format("the year of `{}` is not between 1970 and 2200", word.text),
                 "write year, month and day as in `2026-03-06`");
  }
  return date;
}

/// "09:00", "09:00:30", "24:00".
tl::expected<seconds, TextError> read_clock(const Word& word) {
  std::string_view rest = word.text;
  std::optional<int> hour = take_digits(rest, 2);
  if (!hour) hour = take_digits(rest, 1);
  const bool colon = take(rest, ':');
  const auto minute = take_digits(rest, 2);
  std::optional<int> second = 0;
  if (take(rest, ':')) second = take_digits(rest, 2);
  const bool formed = hour && colon && minute && second && rest.empty();
  if (!formed || *minute > 59 || *second > 59) {
    return wrong(word, fmt::format("`{}` is not a time of day", word.text),
                 "write hours and minutes as in `09:00` or `18:30`");
  }
  const seconds time = std::chrono::hours{*hour} + minutes{*minute} + seconds{*second};
  if (time > std::chrono::hours{24}) {
    return wrong(word, fmt::format("`{}` is later than 24:00", word.text));
  }
  return time;
}

std::optional<unsigned> weekday_of(std::string_view text) {
  for (std::size_t i = 0; i < kDays.size(); ++i) {
    if (text == kDays[i]) return static_cast<unsigned>(i + 1);
  }
  return std::nullopt;
}

tl::expected<unsigned, TextError> read_weekday(const Word& word) {
  if (const auto day = weekday_of(word.text)) return *day;
  constexpr std::string_view kCure = "the days are Mon, Tue, Wed, Thu, Fri, Sat and Sun";
  return wrong(word, fmt::format("`{}` is not a day of the week", word.text), std::string{kCure});
}

/// A civil moment as the date library counts it: seconds of a clock without a zone.
date::local_seconds local(std::chrono::year_month_day day, seconds time) {
  const auto days = std::chrono::sys_days{day}.time_since_epoch();
  return date::local_seconds{days + time};
}

/// A skipped local time gives the moment of the change, one that occurs twice the first of the two.
std::chrono::sys_seconds instant_of(const date::time_zone& zone, date::local_seconds time) {
  return zone.to_sys(time, date::choose::earliest);
}

const date::time_zone* find_zone(std::string_view name) {
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    return nullptr;  // the database throws for an unknown name, also for one that is a path
  }
}

tl::expected<const date::time_zone*, TextError> read_zone(const Word& word) {
  if (const date::time_zone* zone = find_zone(word.text)) return zone;
  const auto similar = similar_time_zone(word.text);
  return wrong(word, fmt::format("unknown time zone `{}`", word.text),
               similar ? fmt::format("did you mean `{}`?", *similar)
                       : "write a name of the time zone database, as in `Asia/Seoul` or `UTC`");
}

tl::expected<std::chrono::sys_seconds, TextError> read_instant(const Word& day, const Word& clock,
                                                               const date::time_zone& zone) {
  const auto date = read_date(day);
  if (!date) return tl::make_unexpected(date.error());
  const auto time = read_clock(clock);
  if (!time) return tl::make_unexpected(time.error());
  const date::local_seconds moment = local(*date, *time);
  if (zone.get_info(moment).result == date::local_info::nonexistent) {
    return wrong(clock,
                 fmt::format("{} is skipped in {} on {}: the clocks go forward", clock.text,
                             zone.name(), day.text),
                 "write a moment before or after the gap, or the same in UTC");
  }
  return instant_of(zone, moment);
}

date::local_seconds local_at(const date::time_zone& zone, std::chrono::sys_seconds instant) {
  return zone.to_local(instant);
}

const date::time_zone& zone_of(std::string_view name) {
  const date::time_zone* zone = find_zone(name);
  ROLLCAST_ASSERT(zone != nullptr, "time zone `{}` is not in the database", name);
  return *zone;
}

std::chrono::year_month_day day_of(date::local_seconds moment) {
  const auto days = std::chrono::floor<std::chrono::days>(moment.time_since_epoch());
  return std::chrono::year_month_day{std::chrono::sys_days{days}};
}

unsigned iso_weekday(std::chrono::year_month_day day) {
  return std::chrono::weekday{std::chrono::sys_days{day}}.iso_encoding();
}

std::string day_and_clock(date::local_seconds moment) {
  const auto day = day_of(moment);
  const auto since_midnight =
      moment.time_since_epoch() - std::chrono::sys_days{day}.time_since_epoch();
  const auto clock = std::chrono::duration_cast<minutes>(since_midnight).count();
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()),
                     clock / 60, clock % 60);
}

/// The parts of "Mon-Thu 09:00-12:00, 13:00-18:00, Fri 09:00-15:00" as words; commas end words and
/// are dropped.
std::vector<Word> hour_words(std::string_view text) {
  std::vector<Word> words;
  for (const Word& word : words_of(text)) {
    std::size_t offset = word.offset;
    for (const std::string_view part : split(word.text, ',')) {
      if (!part.empty()) words.push_back({part, offset});
      offset += part.size() + 1;
    }
  }
  return words;
}

using WindowTimes = std::pair<minutes, minutes>;

tl::expected<WindowTimes, TextError> read_window(const Word& word) {
  const auto dash = word.text.find('-');
  if (dash == std::string_view::npos) {
    return wrong(word, fmt::format("`{}` is not a stretch of time", word.text),
                 "write when it begins and ends, as in `09:00-18:00`");
  }
  const auto opens = read_clock({word.text.substr(0, dash), word.offset});
  if (!opens) return tl::make_unexpected(opens.error());
  const auto closes = read_clock({word.text.substr(dash + 1), word.offset + dash + 1});
  if (!closes) return tl::make_unexpected(closes.error());
  const auto from = std::chrono::duration_cast<minutes>(*opens);
  auto to = std::chrono::duration_cast<minutes>(*closes);
  if (from == to) {
    return wrong(word, fmt::format("`{}` is empty: it begins and ends at the same time", word.text),
                 "write `00:00-24:00` for a whole day, or `always`");
  }
  if (to < from) to += std::chrono::hours{24};
  return WindowTimes{from, to};
}

/// "Mon", "Mon-Fri", "Sat-Mon", "daily".
tl::expected<std::vector<unsigned>, TextError> read_days(const Word& word) {
  if (word.text == "daily") return std::vector<unsigned>{1, 2, 3, 4, 5, 6, 7};
  const auto dash = word.text.find('-');
  const auto first = read_weekday({word.text.substr(0, dash), word.offset});
  if (!first) return tl::make_unexpected(first.error());
  if (dash == std::string_view::npos) return std::vector<unsigned>{*first};
  const auto last = read_weekday({word.text.substr(dash + 1), word.offset + dash + 1});
  if (!last) return tl::make_unexpected(last.error());
  std::vector<unsigned> days{*first};
  for (unsigned day = *first; day != *last;) days.push_back(day = day % 7 + 1);
  return days;
}

/// Two windows that are open at the same time, if any; shifts over midnight and over Sunday
/// included.
bool overlap(const std::vector<WeeklyWindow>& windows) {
  constexpr minutes kDay = std::chrono::hours{24};
  constexpr minutes kWeek = 7 * kDay;
  std::vector<WindowTimes> times;
  for (const WeeklyWindow& window : windows) {
    const minutes midnight = kDay * (static_cast<int>(window.weekday) - 1);
    times.emplace_back(midnight + window.opens, midnight + window.closes);
  }
  std::sort(times.begin(), times.end());
  for (std::size_t i = 1; i < times.size(); ++i) {
    if (times[i].first < times[i - 1].second) return true;
  }
  return !times.empty() && times.back().second > times.front().first + kWeek;
}

constexpr std::string_view kHoursCure =
    "write days, hours and a zone as in `Mon-Fri 09:00-18:00 Asia/Seoul`, or `always`";

}  // namespace

bool is_time_zone(std::string_view name) {
  return find_zone(name) != nullptr;
}

std::optional<std::string> similar_time_zone(std::string_view name) {
  try {
    std::vector<std::string> names;
    for (const auto& zone : date::get_tzdb().zones) names.push_back(zone.name());
    if (auto near = did_you_mean(name, names)) return near;
    std::vector<std::string> cities;
    for (const std::string& full : names) cities.push_back(full.substr(full.rfind('/') + 1));
    const auto city = did_you_mean(name, cities);
    if (!city) return std::nullopt;
    return names[static_cast<std::size_t>(std::find(cities.begin(), cities.end(), *city) -
                                          cities.begin())];
  } catch (const std::exception&) {
    return std::nullopt;  // no database on this machine
  }
}

std::string time_zone_data_version() {
  try {
    const std::string& version = date::get_tzdb().version;
    return version.empty() ? "unknown" : version;
  } catch (const std::exception&) {
    return "unknown";
  }
}

tl::expected<CivilStart, TextError> parse_start(std::string_view text) {
  const std::vector<Word> words = words_of(text);
  if (words.size() != 3 || !looks_like_date(words[0].text) || !looks_like_time(words[1].text)) {
    return wrong({text, 0}, "a start is a date, a time of day and a time zone",
                 "write it as in `2026-03-06 09:00 Asia/Seoul`");
  }
  const auto zone = read_zone(words[2]);
  if (!zone) return tl::make_unexpected(zone.error());
  const auto instant = read_instant(words[0], words[1], **zone);
  if (!instant) return tl::make_unexpected(instant.error());
  return CivilStart{*instant, std::string{words[2].text}};
}

tl::expected<std::chrono::year_month_day, TextError> parse_date(std::string_view text) {
  return read_date({text, 0});
}

tl::expected<TimePoint, TextError> parse_moment(std::string_view text, const CivilStart& start) {
  const std::vector<Word> words = words_of(text);
  if (words.size() < 2 || words.size() > 3 || !looks_like_time(words[1].text)) {
    return wrong({text, 0}, fmt::format("`{}` is not a moment", text),
                 "write a day and a time as in `Fri 18:00` or `2026-03-06 18:00`");
  }
  const date::time_zone* zone = &zone_of(start.zone);
  if (words.size() == 3) {
    const auto named = read_zone(words[2]);
    if (!named) return tl::make_unexpected(named.error());
    zone = *named;
  }
  if (looks_like_date(words[0].text)) {
    const auto instant = read_instant(words[0], words[1], *zone);
    if (!instant) return tl::make_unexpected(instant.error());
    return simulated(*instant, start);
  }
  const auto weekday = read_weekday(words[0]);
  if (!weekday) return tl::make_unexpected(weekday.error());
  const auto time = read_clock(words[1]);
  if (!time) return tl::make_unexpected(time.error());
  auto day = std::chrono::sys_days{day_of(local_at(*zone, start.instant))};
  for (int tries = 0; tries < 15; ++tries, day += std::chrono::days{1}) {
    if (iso_weekday(day) != *weekday) continue;
    const auto instant = instant_of(*zone, local(day, *time));
    if (instant > start.instant) return simulated(instant, start);
  }
  return wrong({text, 0}, fmt::format("`{}` does not come after the start", text));
}

tl::expected<WorkHours, TextError> parse_work_hours(std::string_view text,
                                                    std::string_view default_zone) {
  std::vector<Word> words = hour_words(text);
  WorkHours hours;
  hours.zone = default_zone;
  if (words.size() == 1 && words[0].text == "always") return hours;
  hours.always = false;
  if (words.empty()) {
    return wrong({text, 0}, "working hours are missing", std::string{kHoursCure});
  }
  const Word& last = words.back();
  const bool is_zone = !begins_with_digit(last.text);
  if (is_zone && words.size() > 1) {
    const auto zone = read_zone(last);
    if (!zone) return tl::make_unexpected(zone.error());
    hours.zone = last.text;
    words.pop_back();
  }
  std::vector<unsigned> days;
  bool days_used = true;
  for (const Word& word : words) {
    if (!begins_with_digit(word.text)) {
      const auto more = read_days(word);
      if (!more) return tl::make_unexpected(more.error());
      if (days_used) days.clear();
      days.insert(days.end(), more->begin(), more->end());
      days_used = false;
      continue;
    }
    const auto times = read_window(word);
    if (!times) return tl::make_unexpected(times.error());
    if (days.empty()) {
      return wrong(word, fmt::format("`{}` does not say on which days", word.text),
                   fmt::format("write `Mon-Fri {0}` or `daily {0}`", word.text));
    }
    for (const unsigned day : days) hours.windows.push_back({day, times->first, times->second});
    days_used = true;
  }
  if (!days_used) {
    return wrong({text, 0}, "a day without hours", std::string{kHoursCure});
  }
  if (overlap(hours.windows)) {
    return wrong({text, 0}, "two of the windows are open at the same time",
                 "join them into one, or move the end of the first");
  }
  return hours;
}

std::vector<std::pair<TimePoint, TimePoint>> open_intervals(const WorkHours& hours,
                                                            const CivilStart& start,
                                                            Duration horizon) {
  std::vector<std::pair<TimePoint, TimePoint>> intervals;
  if (hours.always) {
    intervals.emplace_back(kStart, kNever);
    return intervals;
  }
  const date::time_zone& zone = zone_of(hours.zone);
  const TimePoint end = kStart + horizon;
  // From two days before the start: a shift over midnight may still be open.
  auto day = std::chrono::sys_days{day_of(local_at(zone, start.instant))} - std::chrono::days{2};
  for (;; day += std::chrono::days{1}) {
    if (simulated(instant_of(zone, local(day, seconds{0})), start) > end) break;
    const std::chrono::year_month_day date{day};
    const auto& holidays = hours.holidays;
    if (std::find(holidays.begin(), holidays.end(), date) != holidays.end()) continue;
    for (const WeeklyWindow& window : hours.windows) {
      if (window.weekday != iso_weekday(date)) continue;
      const TimePoint opens = simulated(instant_of(zone, local(date, window.opens)), start);
      const TimePoint closes = simulated(instant_of(zone, local(date, window.closes)), start);
      if (closes > kStart && closes > opens && opens <= end) {
        intervals.emplace_back(std::max(opens, kStart), closes);
      }
    }
  }
  std::sort(intervals.begin(), intervals.end());
  std::vector<std::pair<TimePoint, TimePoint>> joined;
  for (const auto& [opens, closes] : intervals) {
    if (!joined.empty() && opens <= joined.back().second) {
      joined.back().second = std::max(joined.back().second, closes);
    } else {
      joined.emplace_back(opens, closes);
    }
  }
  return joined;
}

Duration open_time(const std::vector<std::pair<TimePoint, TimePoint>>& intervals,
                   Duration horizon) {
  Duration total{};
  for (const auto& [opens, closes] : intervals) {
    const TimePoint end = std::min(closes, kStart + horizon);
    if (end > opens) total += end - opens;
  }
  return total;
}

TimePoint simulated(std::chrono::sys_seconds instant, const CivilStart& start) {
  return kStart + (instant - start.instant);
}

TimePoint beginning_of(std::chrono::year_month_day date, const CivilStart& start) {
  return simulated(instant_of(zone_of(start.zone), local(date, seconds{0})), start);
}

std::vector<TimePoint> month_beginnings(const CivilStart& start, Duration horizon) {
  const date::time_zone& zone = zone_of(start.zone);
  const std::chrono::year_month_day first = day_of(local_at(zone, start.instant));
  std::vector<TimePoint> beginnings;
  std::chrono::year_month month = first.year() / first.month();
  while (true) {
    month += std::chrono::months{1};
    const TimePoint begins = beginning_of(month / 1, start);
    if (begins > kStart + horizon) return beginnings;
    beginnings.push_back(begins);
  }
}

std::string civil_text(TimePoint time, const CivilStart& start) {
  if (time == kNever) return "never";
  const auto elapsed = std::chrono::floor<seconds>(time.time_since_epoch());
  const date::local_seconds moment = local_at(zone_of(start.zone), start.instant + elapsed);
  return fmt::format("{} {}", kDays[iso_weekday(day_of(moment)) - 1], day_and_clock(moment));
}

std::string civil_text(const CivilStart& start) {
  return fmt::format("{} {}", day_and_clock(local_at(zone_of(start.zone), start.instant)),
                     start.zone);
}

}  // namespace rollcast
