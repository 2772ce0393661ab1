#pragma once
/// Civil time: dates, clock times and time zones on one side, simulated time on the other. The
/// rules of the zones come from the system's time zone database; nothing in here reads the
/// machine's clock or its own zone.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "rollcast/base/diagnostics.hpp"
#include "rollcast/base/time.hpp"

namespace rollcast {

/// The moment t = 0 and the zone in which the scenario speaks of times.
struct CivilStart {
  std::chrono::sys_seconds instant{};
  std::string zone = "UTC";  ///< IANA name: "Asia/Seoul"
};

/// Opening hours on one day of the week, in local time.
struct WeeklyWindow {
  unsigned weekday = 1;           ///< ISO: 1 is Monday, 7 is Sunday; the day on which it opens
  std::chrono::minutes opens{};   ///< since midnight, 0 to 24 h
  std::chrono::minutes closes{};  ///< since the same midnight, later than `opens`; above 24 h for a
                                  ///< shift into the next day
  friend bool operator==(const WeeklyWindow&, const WeeklyWindow&) = default;
};

/// When people work. Presence is exactly what the windows say: 09:00-18:00 is 9 hours, a lunch
/// break is only there when it is written.
struct WorkHours {
  bool always = true;  ///< around the clock; windows and holidays then say nothing
  std::string zone = "UTC";
  std::vector<WeeklyWindow> windows;
  std::vector<std::chrono::year_month_day>
      holidays;  ///< windows that open on one of these days are closed
};

/// Whether the system's time zone database knows the name.
[[nodiscard]] bool is_time_zone(std::string_view name);
/// The known name that is meant by `name`, if one is near: "Asia/Soul" gives "Asia/Seoul", "Seoul"
/// too.
[[nodiscard]] std::optional<std::string> similar_time_zone(std::string_view name);
/// The version of the time zone database ("2024a"), for the record of a run; "unknown" where it
/// cannot be told.
[[nodiscard]] std::string time_zone_data_version();

/// Reads "2026-03-06 09:00 Asia/Seoul" (seconds may follow the minutes). A clock time that the zone
/// skips is an error; of one that occurs twice, the first is meant.
[[nodiscard]] tl::expected<CivilStart, TextError> parse_start(std::string_view text);
/// Reads "2026-03-06".
[[nodiscard]] tl::expected<std::chrono::year_month_day, TextError> parse_date(
    std::string_view text);
/// Reads a moment as one says it: "2026-03-06 18:00", with or without a zone behind it (the start's
/// zone by default), or "Fri 18:00", the next such moment strictly after the start.
[[nodiscard]] tl::expected<TimePoint, TextError> parse_moment(std::string_view text,
                                                              const CivilStart& start);
/// Reads "Mon-Fri 09:00-18:00 Asia/Seoul", several windows ("Mon-Thu 09:00-12:00, 13:00-18:00, Fri
/// 09:00-15:00"), shifts over midnight ("daily 22:00-06:00"), or "always". Without a zone,
/// `default_zone` holds.
[[nodiscard]] tl::expected<WorkHours, TextError> parse_work_hours(std::string_view text,
                                                                  std::string_view default_zone);

/// The opening hours in simulated time: sorted, disjoint, joined where they touch. Covers every
/// interval that begins by `horizon`; the first is cut at t = 0, the last is not cut. Across a
/// change of the clocks a window keeps its local times, so it is an hour longer or shorter. Where a
/// local time occurs twice the first counts; where it is skipped, the moment of the change.
/// `always` gives the one interval from 0 to kNever. REQUIRES known zones, horizon >= 0.
[[nodiscard]] std::vector<std::pair<TimePoint, TimePoint>> open_intervals(const WorkHours& hours,
                                                                          const CivilStart& start,
                                                                          Duration horizon);
/// Time open within [0, horizon], of intervals as open_intervals() gives them.
[[nodiscard]] Duration open_time(const std::vector<std::pair<TimePoint, TimePoint>>& intervals,
                                 Duration horizon);

/// The simulated time of an instant.
[[nodiscard]] TimePoint simulated(std::chrono::sys_seconds instant, const CivilStart& start);
/// The simulated time at which `date` begins in the start's zone; negative for a day before the
/// start.
[[nodiscard]] TimePoint beginning_of(std::chrono::year_month_day date, const CivilStart& start);
/// Where calendar months begin in the start's zone, after the start and up to the horizon.
[[nodiscard]] std::vector<TimePoint> month_beginnings(const CivilStart& start, Duration horizon);
/// "Fri 2026-03-06 18:00" in the start's zone, rounded down to the minute; "never" for kNever.
[[nodiscard]] std::string civil_text(TimePoint time, const CivilStart& start);
/// "2026-03-06 09:00 Asia/Seoul", as parse_start() reads it.
[[nodiscard]] std::string civil_text(const CivilStart& start);

}  // namespace rollcast
