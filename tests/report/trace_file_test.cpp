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

/// A small world in which everything happens: two groups, one by hand; quota, failures, recovery,
/// an outage, batches with soak and approval.
model::Scenario eventful_scenario() {
  model::Scenario scenario;
  scenario.horizon = std::chrono::hours(48);
  model::World world;
  model::Region region;
  region.name = "north \"1\"";
  region.held_per_zone = 30;
  region.launches = 3;
  const model::RegionId here = world.regions.push_back(region);
  model::Staff staff;
  staff.name = "ops";
  staff.people = 2;
  staff.open = {{kStart, kStart + std::chrono::hours(8)},
                {kStart + std::chrono::hours(24), kStart + std::chrono::hours(32)}};
  const model::StaffId ops = world.staff.push_back(staff);
  model::Component server;
  server.name = "server";
  const model::ComponentId component = world.software.push_back(server);
  world.manual.effort = model::RandomEffort{*random::Distribution::uniform(3 * 3600.0, 5 * 3600.0)};
  model::Image image;
  image.name = "golden";
  image.exists_in = {here};
  image.launch = model::RandomDuration{*random::Distribution::uniform(180, 300)};
  image.bad = Probability{0.0};
  const model::ImageId golden = world.images.push_back(image);
  model::Group web, db;
  web.name = "web";
  web.count = 12;
  db.name = "db";
  db.count = 5;
  web.region = db.region = here;
  db.components = {component};
  world.groups.push_back(web);
  world.groups.push_back(db);
  model::Deployment from_image, by_hand;
  from_image.image = golden;
  by_hand.method = model::Method::manual;
  by_hand.by = ops;
  world.deployments.push_back(from_image);
  world.deployments.push_back(by_hand);
  world.launch.fails = Probability{0.2};
  world.launch.attempts = 6;
  world.launch.back_off = model::RandomDuration{random::Distribution::constant(30)};
  world.rollout.sizes = {6, 11};
  world.rollout.soak = model::RandomDuration{random::Distribution::constant(600)};
  world.rollout.approval_by = ops;
  world.rollout.approval_effort = model::RandomEffort{random::Distribution::constant(900)};
  world.failures.push_back({"environment", model::FailureKind::environment,
                            model::RandomDuration{*random::Distribution::exponential(20 * 3600.0)},
                            model::RandomDuration{random::Distribution::constant(60)}, Money{},
                            Money{}});
  world.recovery.means = {model::RecoveryMeans::reinstall, model::RecoveryMeans::rebuild_by_hand};
  world.recovery.reinstall = model::RandomDuration{random::Distribution::constant(1200)};
  model::Outage outage;
  outage.name = "zone down";
  outage.region = here;
  outage.at = kStart + std::chrono::hours(10);
  outage.lasts = model::RandomDuration{random::Distribution::constant(7200)};
  outage.takes = Probability{0.5};
  world.outages.push_back(outage);
  scenario.strategies.push_back({"only", world});
  return scenario;
}

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
