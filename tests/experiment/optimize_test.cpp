/// The best plan of a scenario: the same runs as `rollcast run` makes, on any number of threads,
/// and gone on with where it was.
#include "rollcast/experiment/optimize.hpp"

#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "front.hpp"
#include "rollcast/experiment/optimize_files.hpp"
#include "rollcast/experiment/verdict.hpp"
#include "rollcast/model/simulate.hpp"

namespace rollcast::experiment {
namespace {

using Found = SearchResult::Found;

/// By hand: staff cost 40 a server whoever does it; more people end sooner, and idle ones cost
/// nothing. Eight servers of 1 to 3 h each.
const std::string kText = R"yaml(question: How many people?
start: 2026-03-02 09:00 Asia/Seoul
horizon: 10 d
seed: 11
regions: {ap-seoul: {zones: 1}}
staff:
  ops: {people: 3, hours: always, wage: 40 USD per work h, error: 0 %}
  seniors: {people: 2, hours: always, wage: 60 USD per work h, error: 0 %}
fleet: {web: {count: 8, region: ap-seoul, os: linux, price: 0 USD per h}}
manual: {effort: "uniform(1 work h, 3 work h)"}
objectives: [{name: on time, ready: 100 % of fleet, within: 6 h, probability: 90 %}]
strategies:
  cheap: {deploy: {by: ops}}
  dear: {deploy: {by: seniors}}
)yaml";

scenario::Loaded load(const std::string& more) {
  scenario::Loaded loaded = scenario::load_text("plan.yaml", kText + more);
  INFO(loaded.diagnostics.render());
  REQUIRE(loaded.optimize.has_value());
  return loaded;
}

OptimizeResults solve(const scenario::Loaded& loaded, unsigned jobs = 2) {
  OptimizePlan plan;
  plan.jobs = jobs;
  plan.confirm = 500;
  return optimize(loaded, plan, {});
}

const std::string kPeople = "optimize: {variables: {staff.ops.people: 1 to 6 step 1}}\n";

TEST_CASE("the fewest of the cheap people who end in time are found, whatever the others cost") {
  // With p people a run needs about 16/p h and some for the last one: three or four are enough.
  const OptimizeResults results = solve(load(kPeople));
  REQUIRE(results.found == Found::best);
  CHECK(results.plans == 12);
  const TriedPlan& best = results.tried[results.best];
  CHECK(best.strategy == 0);
  CHECK(best.keeps_all);
  REQUIRE(results.confirmation.has_value());
  CHECK(results.confirmation->met[0] == Met::yes);
  // Among those who keep it the cost is the same, 8 servers of 2 h at 40, within the zone.
  CHECK(best.value.value.value_or(0) == doctest::Approx(640).epsilon(0.02));
  for (const TriedPlan& plan : results.tried)
    if (plan.strategy == 1) CHECK(plan.fate != Fate::remaining);
  CHECK(results.tried[0].fate == Fate::misses);  // one person alone needs 16 h
}

TEST_CASE("run i of a plan is replication i of the run with its values, to the last bit") {
  const auto loaded = load(kPeople);
  std::vector<PointResult> steps;
  std::vector<SweepPoint> points;
  OptimizeHooks hooks;
  hooks.keep = [&](std::size_t step, const SweepPoint& point, const PointResult& result) {
    CHECK(step == steps.size());
    steps.push_back(result);
    points.push_back(point);
  };
  (void)optimize(loaded, {500, 500, 2}, hooks);
  REQUIRE(steps.size() > 12);
  scenario::LoadOptions options;
  options.overrides = {{"staff.ops.people", points[4].values[0]}};
  const auto alone = scenario::load_text("plan.yaml", kText, options);
  for (std::uint64_t i = 0; i < kLook; ++i) {
    const auto outcome = model::simulate(*alone.scenario, *steps[4].leader, 11, i);
    const auto& columns = steps[4].samples[0];
    CHECK(columns[0][i] == outcome.metrics[static_cast<std::size_t>(model::Metric::cost_ranked)]);
    CHECK(columns[1][i] == outcome.objectives[0]);
    CHECK(columns[3][i] == outcome.metrics[static_cast<std::size_t>(model::Metric::ready_time)]);
  }
}

TEST_CASE("the number of threads changes nothing, and what is known is not simulated again") {
  const auto loaded = load(
      "uncertain: {manual.effort: 1 work h to 3 work h}\n"
      "optimize: {variables: {staff.ops.people: 2 to 6 step 2}, "
      "limits: {ready_time p80: at most 8 h}}\n");
  std::map<std::size_t, PointResult> steps;
  OptimizeHooks keeping;
  keeping.keep = [&](std::size_t step, const SweepPoint&, const PointResult& result) {
    steps[step] = result;
  };
  const std::string one = optimize_json(optimize(loaded, {500, 500, 1}, keeping));
  CHECK(one == optimize_json(optimize(loaded, {500, 500, 3}, {})));
  // Half of it is known: the rest is made, and comes to the same.
  const std::size_t half = steps.size() / 2, whole = steps.size();
  std::size_t made = 0;
  OptimizeHooks going_on;
  going_on.known = [&](std::size_t step) { return step < half ? &steps.at(step) : nullptr; };
  going_on.keep = [&](std::size_t, const SweepPoint&, const PointResult&) { ++made; };
  CHECK(one == optimize_json(optimize(loaded, {500, 500, 2}, going_on)));
  CHECK(made == whole - half);
}

TEST_CASE("a problem that no plan solves says so, and by how much the nearest misses it") {
  const OptimizeResults results =
      solve(load("optimize: {variables: {staff.ops.people: [1, 2]}, "
                 "limits: {ready_time p90: at most 2 h}}\n"));
  CHECK(results.found == Found::none);
  REQUIRE(results.confirmation.has_value());
  CHECK(results.confirmation->met[1] == Met::no);
  CHECK(optimize_json(results).find("\"found\": \"none\"") != std::string::npos);
}

TEST_CASE("where nothing is asked, what is not ready in time is no plan, however cheap") {
  const scenario::Loaded loaded = scenario::load_text("late.yaml", R"yaml(question: Late?
start: 2026-03-02 09:00 UTC
horizon: 9 h
seed: 1
regions: {r: {zones: 1, storage: 0 USD per GB month}}
fleet: {web: {count: 1, region: r, price: 1 USD per h, os: linux}}
launch: {fails: 0 %}
images:
  i: {kind: custom, os: linux, exists: {regions: [r]}, bad: 0 %, launch: 8 h}
  j: {kind: custom, os: linux, exists: {regions: [r]}, bad: 0 %, launch: 0 h to 10 h}
strategies: {A: {deploy: i}, B: {deploy: j}}
optimize: {variables: {images.i.launch: [8 h, 8.5 h]}}
)yaml");
  INFO(loaded.diagnostics.render());
  REQUIRE(loaded.optimize.has_value());
  const OptimizeResults results = solve(loaded);
  REQUIRE(results.found == Found::best);
  CHECK(results.tried[results.best].strategy == 0);
  CHECK(results.tried[results.best].values == std::vector<std::string>{"8 h"});
  REQUIRE(results.constraints.size() == 1);
  CHECK(results.constraints[0].required == kUsualReadiness);
}

/// A plan with these costs and risks in every run, and a ready time of its own.
Candidate candidate(double cost, double risk, double time) {
  Candidate one;
  one.evidence.columns.assign(4, {});
  for (int i = 0; i < 400; ++i) {
    const double late = i < 400 * risk ? 0.0 : 1.0;
    for (auto& [column, value] :
         {std::pair(0, cost), std::pair(1, late), std::pair(2, cost + (i % 7) * 0.01),
          std::pair(3, time + (i % 5) * 0.1)})
      one.evidence.columns[static_cast<std::size_t>(column)].push_back(value);
  }
  return one;
}

TEST_CASE("the front holds what is best in something, and says what cannot be told") {
  const std::vector<Candidate> candidates{
      candidate(100, 0.2, 1'000),  // the cheapest
      candidate(200, 0.0, 1'000),  // the surest
      candidate(300, 0.2, 500),    // the quickest
      candidate(400, 0.2, 1'000),  // dearer than the first and no better
      candidate(200, 0.005, 1'000)};
  std::vector<TriedPlan> plans(candidates.size());
  for (std::size_t i = 0; i < plans.size(); ++i) {
    plans[i].cost.value = candidates[i].evidence.columns[0][0];
    plans[i].time.value = candidates[i].evidence.columns[3][0];
  }
  place_on_front(plans, candidates, 0.01);
  CHECK(plans[0].front == Front::surely);
  CHECK(plans[1].front == Front::possibly);  // two runs of 400 do not tell it from the last
  CHECK(plans[2].front == Front::surely);
  CHECK(plans[3].front == Front::off);
  CHECK(plans[4].front == Front::possibly);
}

}  // namespace
}  // namespace rollcast::experiment
