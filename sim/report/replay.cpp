#include "replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "findings.hpp"
#include "html.hpp"
#include "rollcast/base/text.hpp"
#include "timeline.hpp"
#include "words.hpp"

namespace rollcast::report {
namespace {

using model::Activity;
using nlohmann::json;

constexpr std::size_t kMostInstances = 2500, kMostSpans = 40'000, kMostPeople = 12,
                      kMostCopies = 12, kMostWork = 4000, kMostMoments = 1500;

/// Seconds; a tenth is finer than any timeline shows.
double seconds(TimePoint time) {
  return std::round(to_seconds(time - kStart) * 10.0) / 10.0;
}

const model::World& world_of(const ReportInput& input) {
  return input.results.scenario.strategies[input.replay->strategy].world;
}

/// Every how many instances one is drawn, so that neither rows nor spans are too many.
std::size_t step_of(const Timeline& timeline) {
  std::size_t spans = 0;
  for (const InstanceTrack& track : timeline.instances) spans += track.spans.size();
  const std::size_t by_rows = (timeline.instances.size() + kMostInstances - 1) / kMostInstances;
  return std::max({std::size_t{1}, by_rows, (spans + kMostSpans - 1) / kMostSpans});
}

/// [name, from, activity, from, activity, …]: each lasts until the next, the last to the horizon.
json rows_json(const Timeline& timeline, std::size_t step) {
  json rows = json::array();
  for (std::size_t i = 0; i < timeline.instances.size(); i += step) {
    const InstanceTrack& track = timeline.instances[i];
    json row = json::array({clean_text(track.name)});
    for (const Span& span : track.spans) {
      row.push_back(seconds(span.from));
      row.push_back(static_cast<int>(span.activity));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

json spans_json(const std::vector<Span>& spans) {
  json list = json::array();
  for (const Span& span : spans)
    list.push_back({seconds(span.from), seconds(span.to), static_cast<int>(span.activity)});
  return list;
}

/// Pieces of work as from, to, from, to; breaks too short to draw are left out where there are
/// very many.
json work_json(const PersonTrack& person, Duration shortest_break) {
  json list = json::array();
  TimePoint end = kNever;
  for (const WorkSpan& work : person.work) {
    if (end != kNever && work.from - end <= shortest_break) {
      list.back() = seconds(work.to);
    } else {
      list.push_back(seconds(work.from));
      list.push_back(seconds(work.to));
    }
    end = work.to;
  }
  return list;
}

json people_json(const model::World& world, const Timeline& timeline) {
  std::size_t pieces = 0;
  for (const PersonTrack& person : timeline.people) pieces += person.work.size();
  const Duration shortest_break =
      pieces > kMostWork ? (timeline.rolled_out - kStart) / 500 : Duration::zero();
  json list = json::array();
  for (std::size_t i = 0; i < std::min(kMostPeople, timeline.people.size()); ++i) {
    const PersonTrack& person = timeline.people[i];
    list.push_back(
        {{"name", fmt::format("{} {}", clean_text(world.staff[person.pool].name), person.number)},
         {"times", work_json(person, shortest_break)}});
  }
  return list;
}

/// Copies of images as from, to, from, to.
json copies_json(const Timeline& timeline) {
  json list = json::array();
  for (std::size_t i = 0; i < std::min(kMostCopies, timeline.copies.size()); ++i) {
    json times = json::array();
    for (const Span& span : timeline.copies[i].spans) {
      times.push_back(seconds(span.from));
      times.push_back(seconds(span.to));
    }
    list.push_back({{"name", clean_text(timeline.copies[i].name)}, {"times", times}});
  }
  return list;
}

/// [time, count, time, count, …]; of very many moments the one with the longest queue in each of
/// equal parts of the roll-out, and of what comes after it.
json queue_json(const CountLine& queue, const Timeline& timeline) {
  json points = json::array();
  const bool all = queue.points.size() <= kMostMoments;
  const Duration part =
      std::max(Duration{1}, (timeline.rolled_out - kStart) / static_cast<int>(kMostMoments / 2));
  TimePoint next = kStart;
  for (const auto& [time, count] : queue.points) {
    if (all || time >= next) {
      points.push_back(seconds(time));
      points.push_back(count);
      next = time + part;
    } else {
      const std::int64_t longest = points.back();
      points.back() = std::max(longest, count);
    }
  }
  if (!all) {
    points.push_back(seconds(queue.points.back().first));
    points.push_back(queue.points.back().second);
  }
  return {{"activity", static_cast<int>(queue.activity)}, {"points", points}};
}

json outages_json(const Timeline& timeline) {
  json list = json::array();
  for (const NamedSpans& outage : timeline.outages)
    for (const Span& span : outage.spans)
      list.push_back({{"name", clean_text(outage.name)},
                      {"from", seconds(span.from)},
                      {"to", seconds(span.to)}});
  return list;
}

}  // namespace

json replay_json(const ReportInput& input) {
  if (input.replay == nullptr) return nullptr;
  const model::World& world = world_of(input);
  const Timeline timeline = timeline_of(input.results.scenario, world, input.replay->trace);
  if (timeline.instances.empty()) return nullptr;
  const std::size_t step = step_of(timeline);
  json words = json::array();
  for (std::size_t i = 0; i < model::kActivities; ++i)
    words.push_back(words_of(static_cast<Activity>(i)));
  json queues = json::array();
  for (const CountLine& queue : timeline.queues) queues.push_back(queue_json(queue, timeline));
  return {{"strategy", input.replay->strategy},
          {"end", seconds(timeline.rolled_out)},
          {"horizon", seconds(timeline.horizon)},
          {"total", timeline.instances.size()},
          {"step", step},
          {"words", words},
          {"rows", rows_json(timeline, step)},
          {"rollout", spans_json(timeline.rollout)},
          {"outages", outages_json(timeline)},
          {"copies", copies_json(timeline)},
          {"copies_total", timeline.copies.size()},
          {"people", people_json(world, timeline)},
          {"people_total", timeline.people.size()},
          {"queues", queues}};
}

std::string replay_finding(const ReportInput& input) {
  const Replay& replay = *input.replay;
  const experiment::StrategyResult& strategy = input.results.strategies[replay.strategy];
  const auto metric = [&](model::Metric which) {
    return strategy.samples.metrics[static_cast<std::size_t>(which)][replay.replication];
  };
  const double ready = metric(model::Metric::ready_time);
  const auto count = [&](model::Metric which, std::string_view one) {
    const auto number = static_cast<std::size_t>(metric(which));
    return number == 0 ? fmt::format("no {}", one) : plural(number, one);
  };
  return fmt::format(
      "{}, run {}{}: {}; {} failed, {}.", quoted(strategy.name), replay.replication,
      replay.why.empty() ? "" : " (" + replay.why + ")",
      std::isfinite(ready)
          ? "the whole fleet is ready after " + human_duration(ready)
          : "the whole fleet is " + not_within(to_seconds(input.results.scenario.horizon)),
      count(model::Metric::launches_failed, "attempt"),
      count(model::Metric::incidents_count, "incident"));
}

}  // namespace rollcast::report
