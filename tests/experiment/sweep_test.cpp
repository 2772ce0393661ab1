/// Sweeps: the same luck at every point, break-evens and thresholds that are known, a record that
/// goes on.
#include "rollcast/experiment/sweep.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "make.hpp"
#include "rollcast/experiment/draws.hpp"
#include "rollcast/experiment/sweep_files.hpp"
#include "rollcast/experiment/sweep_store.hpp"
#include "rollcast/model/simulate.hpp"
#include "rollcast/stats/paired.hpp"

namespace rollcast::experiment {
namespace {

using model::Metric;
using Of = model::PrecisionTarget::Of;

const std::string kText = R"(question: What if?
horizon: 4 d
seed: 11
regions: {ap-seoul: {zones: 2}}
staff: {ops: {people: 3, hours: always, wage: 40 USD per work h}}
fleet: {web: {count: 12, region: ap-seoul, type: S2.MEDIUM4}}
images: {golden: {kind: custom, os: linux, exists: {regions: [ap-seoul]}, bad: 2 %}}
launch: {time: 3 min to 5 min}
objectives: [{name: on time, ready: 100 % of fleet, within: 2 d, probability: 90 %}]
strategies:
  image: {deploy: golden}
  by hand: {deploy: {by: ops}}
)";

scenario::Loaded load(const std::string& more) {
  scenario::Loaded loaded = scenario::load_text("what-if.yaml", kText + more);
  INFO(loaded.diagnostics.render());
  REQUIRE(loaded.sweep.has_value());
  return loaded;
}

SweepResults run(const scenario::Loaded& loaded, std::uint64_t replications, unsigned jobs = 2) {
  SweepResults results;
  results.scenario = *loaded.scenario;
  results.sweep = *loaded.sweep;
  results.estimates = estimates_of(loaded);
  results.points = points_of(loaded);
  results.replications = replications;
  results.results.resize(results.points.size());
  SweepHooks hooks;
  hooks.keep = [&](std::size_t point, const PointResult& result) {
    results.results[point] = result;
  };
  const std::vector<bool> done(results.points.size(), false);
  REQUIRE(run_sweep(loaded, results.estimates, results.points, done, {replications, jobs}, hooks));
  return results;
}

TEST_CASE("a point is the run with its values, replication by replication, to the last bit") {
  const auto loaded = load(
      "sweep: {axes: {fleet.web.count: [4, 12], images.golden.bad: [0 %, 30 %]}, "
      "metrics: [cost.ranked mean, ready_time p95, objective on time]}\n");
  const SweepResults results = run(loaded, 30);
  REQUIRE(results.points.size() == 4);
  CHECK(results.points[1].values == std::vector<std::string>{"4", "30 %"});
  for (std::size_t point = 0; point < 4; ++point) {
    scenario::LoadOptions options;
    options.overrides = {{"fleet.web.count", results.points[point].values[0]},
                         {"images.golden.bad", results.points[point].values[1]}};
    const auto alone = scenario::load_text("what-if.yaml", kText, options);
    REQUIRE(alone.scenario);
    for (std::size_t strategy = 0; strategy < 2; ++strategy)
      for (std::uint64_t i = 0; i < 30; ++i) {
        const auto outcome = model::simulate(*alone.scenario, strategy, 11, i);
        const auto& samples = results.results[point]->samples[strategy];
        CHECK(samples[0][i] == outcome.metrics[static_cast<std::size_t>(Metric::cost_ranked)]);
        CHECK(samples[1][i] == outcome.metrics[static_cast<std::size_t>(Metric::ready_time)]);
        CHECK(samples[2][i] == outcome.objectives[0]);
      }
  }
}

TEST_CASE("uncertain inputs are drawn at every point, and the axis stands over them") {
  const auto loaded = load(
      "uncertain: {images.golden.bad: 0 % to 50 %, staff.ops.people: 1 to 4}\n"
      "sweep: {axes: {staff.ops.people: [2, 4]}}\n");
  const SweepResults results = run(loaded, 20);
  Simulator simulator(loaded, {{"staff.ops.people", "4"}});
  for (std::uint64_t i = 0; i < 20; ++i)
    CHECK(results.results[1]->samples[1][0][i] ==
          simulator.run(1, i).metrics[static_cast<std::size_t>(Metric::cost_ranked)]);
}

TEST_CASE("the number of threads changes nothing") {
  const auto loaded = load("sweep: {axes: {fleet.web.count: 2 to 8 step 2}}\n");
  const SweepResults one = run(loaded, 150, 1), three = run(loaded, 150, 3);
  CHECK(sweep_json(one) == sweep_json(three));
  CHECK(sweep_csv(one) == sweep_csv(three));
}

TEST_CASE("a latin hypercube has one point in each part of each axis, a Sobol' net as well") {
  for (const char* design : {"latin hypercube", "sobol"}) {
    const auto loaded = load(
        std::string("sweep: {axes: {images.golden.bad: 0 % to 64 %, launch.fails: 0 % to 64 %}, "
                    "points: 64, design: ") +
        design + "}\n");
    const auto points = points_of(loaded);
    REQUIRE(points.size() == 64);
    for (std::size_t k = 0; k < 2; ++k) {
      std::set<int> parts;
      for (const SweepPoint& point : points)
        parts.insert(static_cast<int>(loaded.sweep->axes[k].number_of(point.values[k])));
      CHECK(parts.size() == 64);
    }
    CHECK(points_of(loaded)[5].values == points[5].values);
    CHECK(points[5].values[0] != points[5].values[1]);
  }
}

TEST_CASE("points that the scenario refuses are told, and the others simulated") {
  const auto loaded = load("sweep: {axes: {fleet.web.count: [0, 5]}}\n");
  const SweepResults results = run(loaded, 5);
  CHECK_FALSE(results.points[0].refused.empty());
  CHECK_FALSE(results.results[0].has_value());
  CHECK(results.results[1].has_value());
}

TEST_CASE("an image that takes five hours of work pays from five servers of one hour each on") {
  // Making it: one server set up for an hour, tested for four; by hand: an hour a server.
  const auto loaded = scenario::load_text("even.yaml", R"(question: From where on?
start: 2026-03-02 09:00 Asia/Seoul
regions: {ap-seoul: {zones: 1, quota: {held: 60 per zone}}}
staff:
  ops: {people: 1, hours: Mon-Fri 09:00-18:00 Asia/Seoul, wage: 40 USD per work h, error: 0 %}
fleet: {web: {count: 4, region: ap-seoul, os: linux, price: 0 USD per h}}
manual: {effort: 1 work h}
images: {own: {kind: custom, os: linux, make: {from: web, by: ops, test: 4 work h, catches: 80 %}}}
strategies: {image: {deploy: own}, by hand: {deploy: {by: ops}}}
sweep: {axes: {fleet.web.count: 2 to 10 step 4}, metrics: [cost.staff mean]}
)");
  INFO(loaded.diagnostics.render());
  REQUIRE(loaded.sweep.has_value());
  SweepResults results = run(loaded, 10);
  CHECK(results.results[0]->cells[0][0].value.value_or(0) == doctest::Approx(200));
  CHECK(results.results[0]->cells[1][0].value.value_or(0) == doctest::Approx(80));
  const auto evens = break_evens_of(results);
  REQUIRE(evens.size() == 1);
  CHECK(evens[0].at == doctest::Approx(5));
  CHECK(evens[0].interval.half_width() < 1e-9);
}

/// Two strategies over one axis, made up: left costs 100 and luck, right 20 x and other luck; left
/// is always on time, right in a share of the runs that grows with x.
SweepResults made_up() {
  SweepResults results;
  results.scenario = testing::scenario_of({"left", "right"}, {testing::objective("on time", 0.5)});
  scenario::SweepAxis axis;
  axis.path = "x";
  axis.range = true;
  for (const int x : {1, 2, 4, 6, 8}) {
    axis.values.push_back(std::to_string(x));
    axis.numbers.push_back(x);
  }
  results.sweep.axes = {axis};
  results.estimates = {{Of::mean, Metric::cost_ranked, 0, 0, "cost.ranked mean"},
                       {Of::objective, {}, 0, 0, "objective on time"}};
  for (const int x : {1, 2, 4, 6, 8}) {
    results.points.push_back({{std::to_string(x)}, ""});
    PointResult result;
    result.samples.resize(2, std::vector<std::vector<double>>(2));
    for (std::uint64_t i = 0; i < 400; ++i) {
      result.samples[0][0].push_back(100 + testing::luck(0, i, 0) - 0.5);
      result.samples[1][0].push_back(20 * x + testing::luck(0, i, 1) - 0.5);
      result.samples[0][1].push_back(1);
      result.samples[1][1].push_back(testing::luck(0, i, 2) < 0.1 * x ? 1 : 0);
    }
    results.results.emplace_back(std::move(result));
  }
  return results;
}

TEST_CASE("costs of 100 and of 20 x break even at 5, and the interval knows the luck") {
  const SweepResults results = made_up();
  const auto evens = break_evens_of(results);
  REQUIRE(evens.size() == 1);
  CHECK_FALSE(evens[0].left_grows);
  // Along the line the place is 5 + the mean difference of the luck / 20, so its interval is that
  // of this mean: within the bootstrap's own noise of some per cent.
  std::vector<double> left = results.results[0]->samples[0][0], right;
  for (const double cost : results.results[0]->samples[1][0]) right.push_back(cost + 80);
  const auto luck = stats::paired_difference(left, right);
  REQUIRE(luck.interval.has_value());
  CHECK(evens[0].at == doctest::Approx(5 + luck.mean / 20));
  CHECK(evens[0].interval.half_width() ==
        doctest::Approx(luck.interval->half_width() / 20).epsilon(0.1));
  CHECK(std::abs(evens[0].at - 5) < 0.005);
}

TEST_CASE("the least value that meets an objective is found where the runs show it") {
  // A share of 0.6 over 400 runs is shown to be above a half, one of 0.4 below it.
  const auto thresholds = thresholds_of(made_up());
  REQUIRE(thresholds.size() == 1);
  CHECK(thresholds[0].strategy == 1);
  CHECK(thresholds[0].upwards);
  CHECK(thresholds[0].value == "6");
  CHECK(thresholds[0].next == "4");
  CHECK(thresholds[0].next_misses);
}

TEST_CASE("runs that depend on each other do not count each for a threshold") {
  SweepResults results = made_up();
  results.cluster = 400;  // 0.6 of one net of runs shows nothing
  CHECK(thresholds_of(results).empty());
}

/// One axis of whole numbers from 20 to 120 in steps of 20; the left strategy's share of runs on
/// time is `share(x)`, and it costs x where the right one, always on time, costs `other`. `grows`:
/// the share at x, else at 140 - x.
template <class Share>
SweepResults tipping(Share share, double other, std::uint64_t refine, std::uint64_t seed = 0,
                     bool grows = true) {
  SweepResults results;
  results.scenario = testing::scenario_of({"left", "right"}, {testing::objective("on time", 0.9)});
  scenario::SweepAxis axis;
  axis.path = "fleet.web.count";
  axis.whole = true;
  for (int x = 20; x <= 120; x += 20) {
    axis.values.push_back(std::to_string(x));
    axis.numbers.push_back(x);
  }
  results.sweep.axes = {axis};
  results.sweep.refine = refine;
  results.estimates = {{Of::mean, Metric::cost_ranked, 0, 0, "cost.ranked mean"},
                       {Of::objective, {}, 0, 0, "objective on time"}};
  std::vector<std::array<double, 3>> luck(400);
  for (std::uint64_t i = 0; i < luck.size(); ++i)
    for (std::uint64_t draw = 0; draw < 3; ++draw) luck[i][draw] = testing::luck(seed, i, draw);
  const auto simulate = [&](const SweepPoint& point) {
    const double x = std::stod(point.values[0]);
    PointResult result;
    result.samples.resize(2, std::vector<std::vector<double>>(2));
    for (const auto& [left, right, chance] : luck) {
      result.samples[0][0].push_back(x + left - 0.5);
      result.samples[1][0].push_back(other + right - 0.5);
      result.samples[0][1].push_back(chance < share(grows ? x : 140 - x) ? 1 : 0);
      result.samples[1][1].push_back(1);
    }
    return result;
  };
  for (const std::string& value : axis.values) results.points.push_back({{value}, ""});
  static const auto loaded = load("sweep: {axes: {fleet.web.count: 20 to 120 step 20}}\n");
  for (;;) {
    for (std::size_t i = results.results.size(); i < results.points.size(); ++i)
      results.results.emplace_back(simulate(results.points[i]));
    results.break_evens = break_evens_of(results);
    results.thresholds = thresholds_of(results);
    const auto more = refinements_of(loaded, results);
    if (more.empty()) return results;
    for (const SweepPoint& point : more) CHECK(point.refined);
    results.points.insert(results.points.end(), more.begin(), more.end());
  }
}

TEST_CASE(
    "points between those of the grid find the least number that is shown to do, and where "
    "two break even") {
  const auto step = [](double x) { return x >= 47 ? 1.0 : 0.0; };
  for (const bool grows : {true, false}) {
    const SweepResults results = tipping(step, 66.3, 100, 0, grows);
    REQUIRE(results.thresholds.size() == 1);
    const Threshold& one = results.thresholds[0];
    CHECK(one.upwards == grows);
    CHECK(one.value == (grows ? "47" : "93"));
    CHECK(one.next == (grows ? "46" : "94"));
    CHECK(one.next_misses);
    CHECK(one.refined);
    REQUIRE(results.break_evens.size() == 1);
    CHECK(results.break_evens[0].before == "66");
    CHECK(results.break_evens[0].after == "67");
    CHECK(std::abs(results.break_evens[0].at - 66.3) < 0.2);
    CHECK(results.break_evens[0].refined);
    // Halving 20 takes five looks at most.
    CHECK(results.points.size() <= 6 + 2 * 5);
  }
}

TEST_CASE("a sweep sets no more points between than it allows, and none where it is told not to") {
  const auto step = [](double x) { return x >= 47 ? 1.0 : 0.0; };
  CHECK(tipping(step, 66.3, 3).points.size() == 9);
  const SweepResults plain = tipping(step, 66.3, 0);
  CHECK(plain.points.size() == 6);
  CHECK(plain.thresholds[0].value == "60");
  CHECK_FALSE(plain.thresholds[0].refined);
  CHECK(confidence_along(plain.sweep, 0) == doctest::Approx(0.95));
  SweepResults two = plain;
  two.sweep.refine = 10;
  CHECK(confidence_along(two.sweep, 0) == doctest::Approx(1 - 0.05 / 6));
  two.sweep.axes.push_back(two.sweep.axes[0]);
  CHECK_FALSE(refined_axis(two.sweep).has_value());
  two.sweep.axes[1].numbers.clear();  // words do not count
  CHECK(refined_axis(two.sweep) == 0);
}

TEST_CASE("all looks of a refined threshold together are wrong in 5 % at most") {
  // The chance grows slowly, so that every look is a close one; 0.9 is met from 83 on. The luck is
  // the same along the axis, as in a sweep.
  const auto slow = [](double x) { return 0.9 + (x - 83) * 0.0005; };
  int wrong = 0, refined = 0;
  constexpr int kSweeps = 300;
  for (std::uint64_t seed = 1; seed <= kSweeps; ++seed)
    for (const Threshold& one : tipping(slow, 1e9, 100, seed).thresholds) {
      wrong += std::stoi(one.value) < 83 ? 1 : 0;
      refined += one.refined ? 1 : 0;
    }
  // Were it 5 %, 27 or more would come with 0.1 %.
  CHECK(wrong <= 26);
  CHECK(refined > 0);
}

TEST_CASE("a record that was closed gives every number back, and goes on only as the same sweep") {
  namespace fs = std::filesystem;
  const auto loaded = load("sweep: {axes: {fleet.web.count: 2 to 8 step 2}}\n");
  const SweepResults results = run(loaded, 40);
  const fs::path folder = fs::temp_directory_path() / "rollcast-sweep-store-test";
  fs::remove_all(folder);
  SweepRecord record;
  record.version = "1";
  record.digest = "d";
  record.replications = 40;
  {
    SweepStore store = SweepStore::create(folder.string(), record, false);
    for (const std::size_t point : {0, 1, 3})
      store.add(point, results.points[point], *results.results[point]);
  }
  SweepStore store = SweepStore::resume(folder.string(), record);
  auto stored = store.results(4);
  CHECK_FALSE(stored[2].has_value());
  store.add(2, results.points[2], *results.results[2]);
  SweepResults again = results;
  again.results = store.results(4);
  CHECK(sweep_csv(again) == sweep_csv(results));
  CHECK(again.results[3]->samples == results.results[3]->samples);
  store.finish();
  SweepRecord other = record;
  other.digest = "e";
  CHECK_THROWS_AS(SweepStore::resume(folder.string(), other), OtherRunError);
  CHECK_THROWS_AS(SweepStore::create(folder.string(), other, false), OtherRunError);
  other.digest = "d";
  other.replications = 41;
  CHECK_THROWS_AS(SweepStore::resume(folder.string(), other), OtherRunError);
  SweepStore forced = SweepStore::create(folder.string(), other, true);
  CHECK_FALSE(forced.results(4)[0].has_value());
  forced.finish();
  fs::remove_all(folder);
}

}  // namespace
}  // namespace rollcast::experiment
