#include "timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

#include "rollcast/base/assertion.hpp"

namespace rollcast::report {
namespace {

using model::Activity;
using model::ActivityChange;
using model::TrackKind;

/// Names of the instances in the order of their indices: the desired ones, then the twins that
/// replace them, which bear the same name with a prime.
class InstanceNames {
 public:
  explicit InstanceNames(const model::World& world) : world_(world) {
    std::size_t first = 0;
    for (std::size_t i = 0; i < world.groups.size(); ++i) {
      firsts_.push_back(first);
      first += static_cast<std::size_t>(world.groups[model::GroupId{i}].count);
    }
    fleet_ = first;
  }
  [[nodiscard]] model::GroupId group_of(std::uint32_t instance) const {
    ROLLCAST_ASSERT(fleet_ > 0, "instance {} of an empty fleet", instance);
    const auto after = std::upper_bound(firsts_.begin(), firsts_.end(), instance % fleet_);
    return model::GroupId{static_cast<std::size_t>(after - firsts_.begin()) - 1};
  }
  [[nodiscard]] std::string name_of(std::uint32_t instance) const {
    const model::GroupId group = group_of(instance);
    return fmt::format("{}[{}]{}", world_.groups[group].name,
                       instance % fleet_ - firsts_[group.index()] + 1,
                       instance < fleet_ ? "" : "'");
  }

 private:
  const model::World& world_;
  std::vector<std::size_t> firsts_;
  std::size_t fleet_ = 0;
};

/// Appends what begins at `time`; what began then before is replaced, so that no span is empty.
void begin_span(std::vector<Span>& spans, TimePoint time, Activity activity) {
  if (!spans.empty()) spans.back().to = time;
  if (!spans.empty() && spans.back().from == time) spans.pop_back();
  if (!spans.empty() && spans.back().activity == activity && spans.back().to == time) return;
  spans.push_back(Span{time, time, activity});
}

void end_spans(std::vector<Span>& spans, TimePoint horizon) {
  if (spans.empty()) return;
  spans.back().to = horizon;
  if (spans.back().from >= horizon) spans.pop_back();
}

void add_instances(Timeline& timeline, const model::World& world, const model::Trace& trace,
                   const InstanceNames& names) {
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::vector<std::size_t> track_of;
  for (const ActivityChange& change : trace.changes()) {
    if (change.track != TrackKind::instance) continue;
    if (track_of.size() <= change.index) track_of.resize(change.index + 1, kNone);
    if (track_of[change.index] == kNone) {
      track_of[change.index] = timeline.instances.size();
      InstanceTrack& fresh = timeline.instances.emplace_back();
      fresh.index = change.index;
      fresh.name = names.name_of(change.index);
      fresh.region = world.groups[names.group_of(change.index)].region;
    }
    InstanceTrack& track = timeline.instances[track_of[change.index]];
    if (change.activity == Activity::backing_off) track.failed_attempts.push_back(change.time);
    if (change.activity == Activity::out) track.incidents.push_back(change.time);
    begin_span(track.spans, change.time, change.activity);
  }
  for (InstanceTrack& track : timeline.instances) {
    end_spans(track.spans, timeline.horizon);
    std::erase_if(track.spans, [](const Span& span) { return span.activity == Activity::retired; });
  }
}

void add_rollout_and_outages(Timeline& timeline, const model::World& world,
                             const model::Trace& trace) {
  for (const model::Outage& outage : world.outages) timeline.outages.push_back({outage.name, {}});
  for (const ActivityChange& change : trace.changes()) {
    if (change.track == TrackKind::rollout) {
      begin_span(timeline.rollout, change.time, change.activity);
      if (change.activity == Activity::over) timeline.rolled_out = change.time;
    } else if (change.track == TrackKind::outage) {
      begin_span(timeline.outages[change.index].spans, change.time, change.activity);
    }
  }
  const auto close = [&](std::vector<Span>& spans) {
    end_spans(spans, timeline.horizon);
    std::erase_if(spans, [](const Span& span) { return span.activity == Activity::over; });
  };
  close(timeline.rollout);
  for (NamedSpans& outage : timeline.outages) close(outage.spans);
  std::erase_if(timeline.outages, [](const NamedSpans& outage) { return outage.spans.empty(); });
}

/// Of an image to a region there may be several copies on their way at once, of different versions.
void add_copies(Timeline& timeline, const model::World& world, const model::Trace& trace) {
  struct Track {
    std::size_t index;
    std::size_t under_way = 0;
  };
  std::map<std::uint32_t, Track> tracks;
  for (const ActivityChange& change : trace.changes()) {
    if (change.track != TrackKind::copy) continue;
    const auto [found, fresh] = tracks.try_emplace(change.index, Track{timeline.copies.size()});
    Track& track = found->second;
    const model::ImageId image{change.index / world.regions.size()};
    const model::RegionId to{change.index % world.regions.size()};
    if (fresh)
      timeline.copies.push_back({world.images[image].name + " → " + world.regions[to].name, {}});
    std::vector<Span>& spans = timeline.copies[track.index].spans;
    const bool begins = change.activity == Activity::copying;
    if (begins && track.under_way++ == 0)
      spans.push_back(Span{change.time, timeline.horizon, Activity::copying});
    if (!begins && --track.under_way == 0) spans.back().to = change.time;
  }
  for (NamedSpans& copy : timeline.copies)
    std::erase_if(copy.spans, [](const Span& span) { return span.from >= span.to; });
  std::erase_if(timeline.copies, [](const NamedSpans& copy) { return copy.spans.empty(); });
}

/// Calls `add` for every part of the piece in which the person works.
template <class Add>
void working_parts(const model::Staff& staff, const model::WorkPiece& piece, TimePoint horizon,
                   Add add) {
  const TimePoint end = std::min(piece.to, horizon);
  if (piece.on_call || staff.open.empty()) {
    if (piece.from < end) add(piece.from, end);
    return;
  }
  auto open = std::partition_point(staff.open.begin(), staff.open.end(),
                                   [&](const auto& shift) { return shift.second <= piece.from; });
  for (; open != staff.open.end() && open->first < end; ++open) {
    const TimePoint from = std::max(open->first, piece.from), to = std::min(open->second, end);
    if (from < to) add(from, to);
  }
}

void add_people(Timeline& timeline, const model::World& world, const model::Trace& trace,
                const InstanceNames& names) {
  struct Person {
    TimePoint free_from = kStart;
    model::InstanceId last;
    std::size_t track;
  };
  std::vector<std::vector<Person>> pools(world.staff.size());
  for (const model::WorkPiece& piece : trace.work()) {
    std::vector<Person>& pool = pools[piece.by.index()];
    const auto is_free = [&](const Person& person) { return person.free_from <= piece.from; };
    auto who = std::find_if(pool.begin(), pool.end(), [&](const Person& person) {
      return is_free(person) && person.last.valid() && person.last == piece.on;
    });
    if (who == pool.end()) who = std::find_if(pool.begin(), pool.end(), is_free);
    if (who == pool.end()) {
      pool.push_back({kStart, model::InstanceId(), timeline.people.size()});
      timeline.people.push_back({piece.by, pool.size(), {}});
      who = pool.end() - 1;
    }
    who->free_from = piece.to;
    who->last = piece.on;
    std::string what = piece.what;
    if (piece.on.valid()) what += " " + names.name_of(piece.on.index());
    std::vector<WorkSpan>& work = timeline.people[who->track].work;
    working_parts(world.staff[piece.by], piece, timeline.horizon,
                  [&](TimePoint from, TimePoint to) {
                    work.push_back({from, to, what});
                  });
  }
  std::stable_sort(timeline.people.begin(), timeline.people.end(),
                   [](const PersonTrack& a, const PersonTrack& b) { return a.pool < b.pool; });
}

void add_queues(Timeline& timeline) {
  static constexpr std::array<Activity, 5> kQueues{
      Activity::waiting_for_people, Activity::waiting_for_quota, Activity::waiting_for_api,
      Activity::waiting_for_image, Activity::waiting_for_group};
  for (const Activity activity : kQueues) {
    std::vector<std::pair<TimePoint, std::int64_t>> steps;
    for (const InstanceTrack& track : timeline.instances)
      for (const Span& span : track.spans) {
        if (span.activity != activity) continue;
        steps.emplace_back(span.from, 1);
        steps.emplace_back(span.to, -1);
      }
    if (steps.empty()) continue;
    std::sort(steps.begin(), steps.end());
    CountLine line{activity, {}};
    std::int64_t count = 0;
    for (const auto& [time, change] : steps) {
      count += change;
      if (!line.points.empty() && line.points.back().first == time)
        line.points.back().second = count;
      else
        line.points.emplace_back(time, count);
    }
    timeline.queues.push_back(std::move(line));
  }
}

}  // namespace

std::string_view words_of(Activity activity) {
  switch (activity) {
    case Activity::waiting_for_group:
      return "waits for another group";
    case Activity::waiting_for_image:
      return "waits for the image";
    case Activity::waiting_for_quota:
      return "waits for quota";
    case Activity::waiting_for_api:
      return "waits for the API";
    case Activity::waiting_for_people:
      return "waits for people";
    case Activity::work_by_hand:
      return "set up by hand";
    case Activity::launching:
      return "launching";
    case Activity::running_script:
      return "script";
    case Activity::being_checked:
      return "readiness check";
    case Activity::backing_off:
      return "waits to try again";
    case Activity::serving:
      return "in service";
    case Activity::serving_defective:
      return "in service, defective";
    case Activity::out:
      return "out of service";
    case Activity::recovering:
      return "being recovered";
    case Activity::given_up:
      return "given up";
    case Activity::bringing_up:
      return "batch under way";
    case Activity::soaking:
      return "soak";
    case Activity::pausing:
      return "pause";
    case Activity::awaiting_approval:
      return "approval";
    case Activity::waiting_for_window:
      return "waits for its window";
    case Activity::standing_by:
      return "stands by";
    case Activity::retired:
      return "retired";
    case Activity::copying:
      return "image copy";
    case Activity::in_force:
      return "in force";
    case Activity::over:
      return "over";
  }
  ROLLCAST_ASSERT(false, "activity {}", static_cast<int>(activity));
  return {};
}

bool serves(Activity activity) {
  return activity == Activity::serving || activity == Activity::serving_defective ||
         activity == Activity::soaking;
}

Timeline timeline_of(const model::Scenario& scenario, const model::World& world,
                     const model::Trace& trace) {
  Timeline timeline;
  timeline.horizon = timeline.rolled_out = kStart + scenario.horizon;
  const InstanceNames names(world);
  add_instances(timeline, world, trace, names);
  add_rollout_and_outages(timeline, world, trace);
  add_copies(timeline, world, trace);
  add_people(timeline, world, trace, names);
  add_queues(timeline);
  return timeline;
}

}  // namespace rollcast::report
