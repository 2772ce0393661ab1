/// The trace file against the Trace Event Format, and against the run that it tells.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "rollcast/model/simulate.hpp"
#include "rollcast/report/timeline.hpp"
#include "sample_results.hpp"
#include "timeline.hpp"

namespace rollcast::report {
namespace {

using nlohmann::json;

struct Traced {
  model::Scenario scenario = eventful_scenario();
  model::Trace trace;
  model::Outcome outcome = model::simulate(scenario, 0, 3, 0, &trace);
  json file = parsed();

  json parsed() {
    std::string text;
    write_trace_file(scenario, 0, trace, [&](std::string_view part) { text += part; });
    return json::parse(text);
  }
};

/// Spans that overlap without one holding the other.
std::size_t badly_nested(const json& events) {
  struct Open {
    double from, to;
  };
  std::map<std::pair<int, int>, std::vector<Open>> threads;
  for (const json& event : events)
    if (event["ph"] == "X")
      threads[std::pair(event["pid"].get<int>(), event["tid"].get<int>())].push_back(
          {event["ts"], event["ts"].get<double>() + event["dur"].get<double>()});
  std::size_t bad = 0;
  constexpr double kRounding = 0.002;  // microseconds
  for (auto& [thread, spans] : threads) {
    std::stable_sort(spans.begin(), spans.end(), [](const Open& a, const Open& b) {
      return a.from != b.from ? a.from < b.from : a.to > b.to;
    });
    std::vector<Open> stack;
    for (const Open& span : spans) {
      while (!stack.empty() && stack.back().to <= span.from + kRounding) stack.pop_back();
      if (!stack.empty() && span.to > stack.back().to + kRounding) ++bad;
      stack.push_back(span);
    }
  }
  return bad;
}

TEST_CASE("a trace file holds what the trace event format asks for, and its spans nest") {
  const Traced traced;
  const double end = 48 * 3600e6;
  std::map<std::string, int> phases;
  std::set<std::pair<int, int>> named;
  for (const json& event : traced.file["traceEvents"]) {
    const std::string phase = event["ph"];
    ++phases[phase];
    CHECK(event["pid"].is_number_integer());
    CHECK(event["name"].is_string());
    if (phase == "M") {
      CHECK(event["args"].is_object());
      if (event["name"] == "thread_name")
        named.emplace(event["pid"].get<int>(), event["tid"].get<int>());
      continue;
    }
    const double time = event["ts"];
    CHECK(time >= 0);
    CHECK(time <= end);
    if (phase == "C") {
      CHECK(event["args"]["instances"].get<int>() >= 0);
      continue;
    }
    CHECK(named.count(std::pair(event["pid"].get<int>(), event["tid"].get<int>())) == 1);
    if (phase == "X") {
      CHECK(event["dur"].get<double>() > 0);
      CHECK(time + event["dur"].get<double>() <= end + 0.002);
    } else {
      CHECK(phase == "i");
      CHECK(event["s"] == "t");
    }
  }
  for (const char* phase : {"M", "X", "i", "C"}) CHECK(phases[phase] > 0);
  CHECK(badly_nested(traced.file["traceEvents"]) == 0);
}

TEST_CASE("the search for badly nested spans finds one that is planted") {
  Traced traced;
  json& events = traced.file["traceEvents"];
  const auto span = std::find_if(events.begin(), events.end(), [](const json& event) {
    return event["ph"] == "X" && event["dur"].get<double>() > 10;
  });
  json planted = *span;
  planted["ts"] = planted["ts"].get<double>() + planted["dur"].get<double>() / 2;
  events.push_back(planted);
  CHECK(badly_nested(events) > 0);
}

TEST_CASE(
    "a trace file agrees with the run's metrics: attempts, entries, incidents, people's work") {
  const Traced traced;
  const auto metric = [&](model::Metric which) {
    return traced.outcome.metrics[static_cast<std::size_t>(which)];
  };
  double failed = 0, incidents = 0, deployed = 0, last_entry = 0, work = 0;
  for (const json& event : traced.file["traceEvents"]) {
    failed += event["name"] == "attempt failed" ? 1 : 0;
    if (event["ph"] != "X") continue;
    incidents += event["name"] == "incident" ? 1 : 0;
    if (event["cat"] == "work") work += event["dur"].get<double>() / 3600e6;
    if (event["name"] != "deployment") continue;
    ++deployed;
    last_entry = std::max(last_entry, event["ts"].get<double>() + event["dur"].get<double>());
  }
  CHECK(failed == metric(model::Metric::launches_failed));
  CHECK(failed > 0);
  CHECK(incidents == metric(model::Metric::incidents_count));
  CHECK(incidents > 0);
  CHECK(deployed == 17);
  CHECK(last_entry == doctest::Approx(metric(model::Metric::ready_time) * 1e6));
  CHECK(work == doctest::Approx(metric(model::Metric::staff_effort_hours)));
}

TEST_CASE("copies of images have a track for each destination, and soak is a part of service") {
  const Traced traced;
  double copied = 0, soaked = 0, served = 0;
  for (const json& event : traced.file["traceEvents"]) {
    if (event["ph"] != "X") continue;
    const double seconds = event["dur"].get<double>() / 1e6;
    if (event["cat"] == "copy") {
      CHECK(event["name"] == "golden → south");
      CHECK(event["ts"] == 0);
      copied += seconds;
    }
    if (event["cat"] != "instance") continue;
    soaked += event["name"] == "soak" ? seconds : 0;
    served += event["name"] == "in service" ? seconds : 0;
  }
  CHECK(copied == 3000);
  // Two batches soak for 600 s; who breaks meanwhile is watched no longer.
  CHECK(soaked <= 17 * 600);
  CHECK(soaked > 10 * 600);
  const auto metric = [&](model::Metric which) {
    return traced.outcome.metrics[static_cast<std::size_t>(which)];
  };
  const double in_service = metric(model::Metric::availability) /
                            (1 - metric(model::Metric::availability)) *
                            metric(model::Metric::impact_out_instance_hours) * 3600;
  CHECK(soaked + served == doctest::Approx(in_service));
}

TEST_CASE("several copies of one image to one region at once are one span") {
  const model::Scenario scenario = eventful_scenario();
  model::Trace trace(false);
  const auto change = [&](int second, model::Activity activity) {
    trace.change({kStart + std::chrono::seconds(second), model::TrackKind::copy, activity, 1});
  };
  change(0, model::Activity::copying);
  change(5, model::Activity::copying);
  change(10, model::Activity::over);
  change(20, model::Activity::over);
  change(30, model::Activity::copying);
  const Timeline timeline = timeline_of(scenario, scenario.strategies[0].world, trace);
  REQUIRE(timeline.copies.size() == 1);
  REQUIRE(timeline.copies[0].spans.size() == 2);
  CHECK(timeline.copies[0].spans[0].to == kStart + std::chrono::seconds(20));
  CHECK(timeline.copies[0].spans[1].to == kStart + scenario.horizon);
}

TEST_CASE(
    "nobody is in two places: people's pieces of work do not overlap, and there are no more people "
    "than employed") {
  const Traced traced;
  const Timeline timeline =
      timeline_of(traced.scenario, traced.scenario.strategies[0].world, traced.trace);
  REQUIRE(timeline.people.size() == 2);
  for (const PersonTrack& person : timeline.people)
    for (std::size_t i = 1; i < person.work.size(); ++i)
      CHECK(person.work[i - 1].to <= person.work[i].from);
}

TEST_CASE("queues of a timeline are the instances that wait, at every moment") {
  const Traced traced;
  const Timeline timeline =
      timeline_of(traced.scenario, traced.scenario.strategies[0].world, traced.trace);
  REQUIRE(!timeline.queues.empty());
  for (const CountLine& queue : timeline.queues) {
    for (const auto& [time, count] : queue.points) {
      std::int64_t waiting = 0;
      for (const InstanceTrack& track : timeline.instances)
        for (const Span& span : track.spans)
          waiting += span.activity == queue.activity && span.from <= time && time < span.to ? 1 : 0;
      CHECK(waiting == count);
    }
    CHECK(queue.points.back().second == 0);
  }
}

}  // namespace
}  // namespace rollcast::report
