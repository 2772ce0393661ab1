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

/// All of a crew of several pools, or who is on call, as soon as they can be had.
Task<Tokens> find_all(Replication& run, const Crew& crew, int priority, bool always) {
  Tokens tokens;
  for (std::size_t next = 0; next < crew.people.size();) {
    const StaffId pool = crew.people[next];
    std::int64_t needed = 0;
    for (; next < crew.people.size() && crew.people[next] == pool; ++next) ++needed;
    if (always && run.staff[pool].on_duty != nullptr) {
      auto call = call_people(run, pool, needed);
      Tokens called = co_await call;
      for (kernel::Token& token : called) tokens.push_back(std::move(token));
      continue;
    }
    auto free_people = run.staff[pool].people->acquire(needed, priority);
    auto token = co_await free_people;
    tokens.push_back(std::move(token));
  }
  co_return tokens;
}

/// Whether somebody who is at work would wait for the others, who come at `begin`, for more than a
/// shift.
bool keeps_from_work(const Replication& run, const Crew& crew, TimePoint begin) {
  constexpr Duration kShift = std::chrono::hours(8);
  return begin - run.sim.now() > kShift &&
         std::any_of(crew.people.begin(), crew.people.end(),
                     [&run](StaffId who) { return run.calendars[who].is_open(run.sim.now()); });
}

/// Whether something more urgent waits for one of them.
bool is_awaited_before(const Replication& run, const Crew& crew, int rank) {
  return std::any_of(crew.people.begin(), crew.people.end(), [&run, rank](StaffId who) {
    return run.staff[who].people->is_awaited_before(rank);
  });
}

/// Whoever has been called in the night, and is to do this now, ends that first.
Task<> end_calls(Replication& run, StaffId who, std::size_t needed) {
  auto free_people = run.staff[who].on_duty->acquire(static_cast<std::int64_t>(needed), 1);
  const kernel::Token free = co_await free_people;
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
  const StaffId first = crew.people.front();
  const bool several = first != crew.people.back();
  for (int rank = priority;; rank = priority - 1) {
    Tokens tokens;
    if (several || always) {
      auto finding = find_all(run, crew, rank, always);
      tokens = co_await finding;
    } else {
      auto free_people =
          run.staff[first].people->acquire(static_cast<std::int64_t>(crew.people.size()), rank);
      auto token = co_await free_people;
      tokens.push_back(std::move(token));
    }
    const TimePoint begin = always ? run.sim.now() : crew.calendar->next_open(run.sim.now());
    if (begin <= run.sim.now()) co_return tokens;
    if (several && keeps_from_work(run, crew, begin)) tokens.clear();
    co_await run.sim.until(begin);
    if (tokens.empty() || is_awaited_before(run, crew, rank)) continue;
    if (several || run.staff[first].on_duty == nullptr) co_return tokens;
    auto calls = end_calls(run, first, crew.people.size());
    co_await calls;
    if (crew.calendar->is_open(run.sim.now())) co_return tokens;
  }
}

Work::Work(Replication& run, const Crew& crew, Duration effort, CostPhase phase, bool on_call,
           const WorkWords& words, double* paused)
    : run_(run),
      crew_(crew),
      effort_(effort),
      phase_(phase),
      words_(words),
      paused_(paused),
      always_(on_call && crew.on_call(run)),
      begin_(run.sim.now()),
      end_(always_ ? saturating_add(begin_, effort) : crew.calendar->finish(begin_, effort)) {}

Work::~Work() {
  const TimePoint stopped = std::min(end_, run_.sim.now());
  for (const StaffId who : crew_.people) {
    run_.book_work(who, always_ ? run_.calendars[who] : *crew_.calendar,
                   {effort_, begin_, stopped, stopped == end_, always_}, phase_, words_.for_image);
    run_.mark_work({who, begin_, stopped, always_, words_.on, words_.what});
  }
  if (paused_ == nullptr || always_) return;
  const Duration at_work = stopped == end_ ? effort_ : crew_.calendar->worked(begin_, stopped);
  *paused_ += to_hours(stopped - begin_ - at_work);
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
  const Work work(run, crew, effort, phase, on_call, words,
                  counts ? &run.tally.wait_staff : nullptr);
  co_await run.sim.until(work.end());
}

}  // namespace rollcast::model
