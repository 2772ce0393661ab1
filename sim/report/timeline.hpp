#pragma once
/// A trace as tracks: what every instance, person, the roll-out, copies of images and the outages
/// do from when to when, and how long the queues are.
#include <string>
#include <string_view>
#include <vector>

#include "rollcast/model/scenario.hpp"
#include "rollcast/model/trace.hpp"

namespace rollcast::report {

struct Span {
  TimePoint from, to;
  model::Activity activity;
};

/// One instance. Spans adjoin, and none is empty; the last ends at the horizon.
struct InstanceTrack {
  std::uint32_t index = 0;  ///< of the instance
  std::string name;         ///< "web[12]"
  model::RegionId region;   ///< of its group
  std::vector<Span> spans;
  std::vector<TimePoint> failed_attempts;
  std::vector<TimePoint> incidents;  ///< it went out of service
};

/// Work in working hours only: nights are left out.
struct WorkSpan {
  TimePoint from, to;
  std::string what;  ///< "set-up web[12]"
};

/// One person. Pieces of work are given to the first person of the pool who is free, one who has
/// worked on the same instance before first.
struct PersonTrack {
  model::StaffId pool;
  std::size_t number = 0;  ///< within the pool, from 1
  std::vector<WorkSpan> work;
};

struct NamedSpans {
  std::string name;
  std::vector<Span> spans;
};

/// How many instances do something, from each time on.
struct CountLine {
  model::Activity activity;
  std::vector<std::pair<TimePoint, std::int64_t>> points;
};

struct Timeline {
  TimePoint horizon;
  TimePoint rolled_out;                  ///< end of the roll-out, or the horizon
  std::vector<InstanceTrack> instances;  ///< in the order in which their first spans begin
  std::vector<PersonTrack> people;       ///< those who work, by pool
  std::vector<Span> rollout;             ///< gaps where nothing is under way
  std::vector<NamedSpans> copies;   ///< of images to regions, "golden → us-east", in the order
                                    ///< in which they begin
  std::vector<NamedSpans> outages;  ///< with one span each time that they were in force
  std::vector<CountLine> queues;    ///< what instances wait for; only where any ever waits
};

[[nodiscard]] Timeline timeline_of(const model::Scenario& scenario, const model::World& world,
                                   const model::Trace& trace);

/// "launching", "waits for quota".
[[nodiscard]] std::string_view words_of(model::Activity activity);
[[nodiscard]] bool serves(model::Activity activity);

}  // namespace rollcast::report
