/// Working hours.
#include "support.hpp"

namespace rollcast::kernel::test {
namespace {

TimePoint hour(double hours) {
  return kStart + from_hours(hours);
}

/// Five days of 9 to 17.
WorkCalendar office_week() {
  std::vector<std::pair<TimePoint, TimePoint>> days;
  for (int day = 0; day < 5; ++day) days.emplace_back(hour(24 * day + 9), hour(24 * day + 17));
  return WorkCalendar{days};
}

}  // namespace

TEST_CASE("a calendar is open from the opening up to, not including, the closing") {
  const WorkCalendar office = office_week();
  CHECK_FALSE(office.is_open(hour(8.999)));
  CHECK(office.is_open(hour(9)));
  CHECK(office.is_open(hour(17) - Duration{1}));
  CHECK_FALSE(office.is_open(hour(17)));
  CHECK(office.next_open(hour(0)) == hour(9));
  CHECK(office.next_open(hour(12)) == hour(12));
  CHECK(office.next_open(hour(17)) == hour(33));
  CHECK(office.next_open(hour(24 * 4 + 17)) == kNever);
  CHECK(office.next_change(hour(0)) == hour(9));
  CHECK(office.next_change(hour(9)) == hour(17));
  CHECK(office.next_change(hour(17)) == hour(33));
  CHECK(office.next_change(hour(1000)) == kNever);
}

TEST_CASE("work pauses at the end of a shift and goes on at the next") {
  const WorkCalendar office = office_week();
  CHECK(office.finish(hour(10), from_hours(3)) == hour(13));
  CHECK(office.finish(hour(15), from_hours(3)) == hour(34));
  CHECK(office.finish(hour(0), from_hours(20)) == hour(24 * 2 + 13));
  CHECK(office.finish(hour(20), from_hours(1)) == hour(34));
}

TEST_CASE("work that ends with the shift is finished at the closing") {
  const WorkCalendar office = office_week();
  CHECK(office.finish(hour(9), from_hours(8)) == hour(17));
  CHECK(office.finish(hour(9), from_hours(40)) == hour(24 * 4 + 17));
  CHECK(office.finish(hour(9), from_hours(40) + Duration{1}) == kNever);
  CHECK(office.finish(hour(20), Duration::zero()) == hour(20));
  CHECK(office.finish(hour(24 * 5), from_hours(1)) == kNever);
}

TEST_CASE("worked is the inverse of finish") {
  const WorkCalendar office = office_week();
  CHECK(office.worked(hour(0), hour(24 * 7)) == from_hours(40));
  CHECK(office.worked(hour(16), hour(34)) == from_hours(2));
  CHECK(office.worked(hour(34), hour(16)) == Duration::zero());
  for (double from = 0; from < 60; from += 0.7)
    for (double work = 0.1; work < 15; work += 0.9)
      CHECK(office.worked(hour(from), office.finish(hour(from), from_hours(work))) ==
            from_hours(work));
}

TEST_CASE("always open and never open") {
  const WorkCalendar always = WorkCalendar::always_open();
  CHECK(always.is_always_open());
  CHECK(always.finish(hour(3), from_hours(5)) == hour(8));
  CHECK(always.worked(hour(3), hour(5)) == from_hours(2));
  CHECK(always.next_open(hour(7)) == hour(7));
  CHECK(always.next_change(hour(7)) == kNever);
  CHECK(always.finish(kNever, from_hours(1)) == kNever);
  const WorkCalendar never{{}};
  CHECK_FALSE(never.is_open(hour(1)));
  CHECK(never.next_open(hour(1)) == kNever);
  CHECK(never.finish(hour(1), from_hours(1)) == kNever);
  CHECK(never.worked(hour(0), hour(9)) == Duration::zero());
}

TEST_CASE("an interval up to never stays open") {
  const WorkCalendar from_monday{{{hour(5), kNever}}};
  CHECK(from_monday.finish(hour(0), from_hours(10)) == hour(15));
  CHECK(from_monday.is_open(hour(1e5)));
  CHECK(from_monday.next_change(hour(6)) == kNever);
}

TEST_CASE("intervals that touch are one, and intervals that overlap are refused") {
  const WorkCalendar joined{{{hour(1), hour(2)}, {hour(2), hour(4)}}};
  CHECK(joined.next_change(hour(1)) == hour(4));
  CHECK(joined.finish(hour(0), from_hours(3)) == hour(4));
  using Intervals = std::vector<std::pair<TimePoint, TimePoint>>;
  CHECK_THROWS_AS((WorkCalendar{Intervals{{hour(1), hour(3)}, {hour(2), hour(4)}}}),
                  InvariantError);
  CHECK_THROWS_AS((WorkCalendar{Intervals{{hour(3), hour(3)}}}), InvariantError);
}

TEST_CASE("people work by a calendar in the simulation") {
  Simulation simulation;
  Diary diary{simulation};
  const WorkCalendar office = office_week();
  simulation.spawn("engineer",
                   [](Simulation& s, Diary& d, const WorkCalendar& hours) -> Task<void> {
                     for (int server = 1; server <= 3; ++server) {
                       co_await s.until(hours.finish(s.now(), from_hours(12)));
                       d.write(fmt::format("server {}", server));
                     }
                   }(simulation, diary, office));
  simulation.run();
  CHECK_DIARY(diary, {"133200 server 1", "234000 server 2", "392400 server 3"});
}

}  // namespace rollcast::kernel::test
