#pragma once
/// People at work: who is needed for something, how they are found, and when they work on it.
#include <boost/container/small_vector.hpp>

#include "processes.hpp"

namespace rollcast::model {

/// Who works on something at the same time, and when all of them are at work.
struct Crew {
  Crew(const Replication& run, StaffId who) : calendar(&run.calendars[who]) {
    people.push_back(who);
  }
  /// `others` as well, who are at work with them by `together`.
  void join(const std::vector<StaffId>& others, const kernel::WorkCalendar& together);
  /// All of them are on call.
  [[nodiscard]] bool on_call(const Replication& run) const;
  boost::container::small_vector<StaffId, 4> people;  ///< ascending, one entry a person
  const kernel::WorkCalendar* calendar;
};

using Tokens = boost::container::small_vector<kernel::Token, 4>;

/// Waits for everybody who is needed, at work. Pools are asked in the order of their ids, each for
/// all of its people at once. Who gets them after hours begins at their next opening, unless
/// something more urgent has come up by then; nobody is kept from work for more than a shift until
/// the others come.
Task<Tokens> gather(Replication& run, Crew crew, int priority, bool on_call);

/// A piece of work, from now on until its effort is done, in working hours unless on call. What was
/// done by its end is booked then, also where it is broken off.
class Work {
 public:
  /// `paused` (null: of no interest) gets the hours outside of working hours.
  Work(Replication& run, const Crew& crew, Duration effort, CostPhase phase, bool on_call,
       const WorkWords& words, double* paused);
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;
  ~Work();
  [[nodiscard]] TimePoint begin() const { return begin_; }
  /// When it will have been done.
  [[nodiscard]] TimePoint end() const { return end_; }
  /// When people are at it; null: all the time.
  [[nodiscard]] const kernel::WorkCalendar* hours() const {
    return always_ ? nullptr : crew_.calendar;
  }

 private:
  Replication& run_;
  const Crew& crew_;
  Duration effort_;
  CostPhase phase_;
  WorkWords words_;
  double* paused_;
  bool always_;
  TimePoint begin_, end_;
};

}  // namespace rollcast::model
