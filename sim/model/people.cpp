/// People at work.
#include "people.hpp"

#include <algorithm>

#include "rollcast/kernel/compose.hpp"
#include "waiting.hpp"

namespace rollcast::model {
namespace {

/// Waits for people who are on call. In their working hours they come when they are free; outside
/// of them also those whose other work rests until it goes on. (Where the urgent work lasts beyond
/// their next opening, that other work goes on at its time all the same.)
Task<Tokens> call_people(Replication& run, StaffId who, std::int64_t needed) {
  StaffState& state = run.staff[who];
  const kernel::WorkCalendar& calendar = run.calendars[who];
  Tokens tokens;
  auto on_duty = state.on_duty->acquire(needed);
  auto duty = co_await on_duty;
  tokens.push_back(std::move(duty));
  while (calendar.is_open(run.sim.now())) {
    auto free_people = state.people->acquire(needed, kUrgent);
    auto closed = run.sim.until(calendar.next_change(run.sim.now()));
    co_await kernel::first_of(free_people, closed);
    kernel::Token there = free_people.take();
    if (!there) continue;
    tokens.push_back(std::move(there));
    co_return tokens;
  }
  tokens.push_back(state.people->try_acquire(needed));
  co_return tokens;
}

/// Waits for people of one pool.
Task<Tokens> find_people(Replication& run, StaffId who, std::int64_t needed, int priority,
                         bool on_call) {
  if (on_call && run.staff[who].on_duty != nullptr) {
    auto call = call_people(run, who, needed);
    Tokens called = co_await call;
    co_return called;
  }
  auto free_people = run.staff[who].people->acquire(needed, priority);
  auto token = co_await free_people;
  Tokens tokens;
  tokens.push_back(std::move(token));
  co_return tokens;
}

}  // namespace

void Crew::join(const std::vector<StaffId>& others, const kernel::WorkCalendar& together) {
  people.insert(people.end(), others.begin(), others.end());
  std::sort(people.begin(), people.end());
  calendar = &together;
}

bool Crew::on_call(const Replication& run) const {
  return std::all_of(people.begin(), people.end(),
                     [&run](StaffId who) { return run.world.staff[who].on_call; });
}

Task<Tokens> gather(Replication& run, Crew crew, int priority, bool on_call) {
  const bool always = on_call && crew.on_call(run);
  for (int rank = priority;; rank = priority - 1) {
    Tokens tokens;
    bool is_awaited = false;
    for (std::size_t next = 0; next < crew.people.size();) {
      const StaffId pool = crew.people[next];
      std::int64_t needed = 0;
      for (; next < crew.people.size() && crew.people[next] == pool; ++next) ++needed;
      auto finding = find_people(run, pool, needed, rank, always);
      Tokens found = co_await finding;
      for (kernel::Token& token : found) tokens.push_back(std::move(token));
    }
    const TimePoint begin = always ? run.sim.now() : crew.calendar->next_open(run.sim.now());
    if (begin <= run.sim.now()) co_return tokens;
    co_await run.sim.until(begin);
    for (const StaffId pool : crew.people)
      is_awaited = is_awaited || run.staff[pool].people->is_awaited_before(rank);
    if (!is_awaited) co_return tokens;
  }
}

TimePoint begin_work(Replication& run, const Crew& crew, Duration effort, CostPhase phase,
                     bool on_call, const WorkWords& words, bool counts) {
  const TimePoint begin = run.sim.now();
  const bool always = on_call && crew.on_call(run);
  const TimePoint end =
      always ? saturating_add(begin, effort) : crew.calendar->finish(begin, effort);
  for (const StaffId who : crew.people) {
    run.book_work(who, always ? run.calendars[who] : *crew.calendar, effort, end, phase, always,
                  words.for_image);
    run.mark_work({who, begin, end, always, words.on, words.what});
  }
  const TimePoint last = std::min(end, run.horizon);
  if (counts && !always && last > begin)
    run.tally.wait_staff += to_hours(last - begin - crew.calendar->worked(begin, last));
  return end;
}

Task<> work_once(Replication& run, StaffId who, Duration effort, CostPhase phase, bool on_call,
                 WorkWords words) {
  if (effort <= Duration::zero()) co_return;
  const Crew crew(run, who);
  const bool deploys = phase == CostPhase::deployment;
  const bool counts = deploys && !words.waits_apart;
  std::optional<Waiting> waiting;
  if (counts) waiting.emplace(run.sim, run.tally.wait_staff);
  auto gathering = gather(run, crew, deploys ? kImages : kUrgent, on_call);
  const Tokens person = co_await gathering;
  waiting.reset();
  co_await run.sim.until(begin_work(run, crew, effort, phase, on_call, words, counts));
}

}  // namespace rollcast::model
