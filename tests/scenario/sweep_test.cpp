/// What a `sweep:` section says: axes, their values, and what the scenario takes of them.
#include "rollcast/scenario/sweep.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <string>

#include "rollcast/scenario/load.hpp"

namespace rollcast {
namespace {

using scenario::Sweep;
using scenario::SweepAxis;
using Strings = std::vector<std::string>;

const std::string kText = R"(question: What if?
start: 2026-03-02 09:00 Asia/Seoul
regions: {ap-seoul: {zones: 2}}
staff: {ops: {people: 2, hours: Mon-Fri 09:00-18:00 Asia/Seoul}}
fleet: {web: {count: 20, region: ap-seoul, type: S2.MEDIUM4}}
images: {golden: {kind: custom, os: linux, exists: {regions: [ap-seoul]}, bad: 2 %}}
objectives: [{name: on time, ready: 100 % of fleet, within: 2 d, probability: 95 %}]
strategies:
  image: {deploy: golden, rollout: {batches: 5, soak: 10 min}}
  by hand: {deploy: {by: ops}}
)";

scenario::Loaded load(const std::string& sweep) {
  scenario::Loaded loaded = scenario::load_text("what-if.yaml", kText + "sweep: " + sweep + "\n");
  INFO(loaded.diagnostics.render());
  REQUIRE(loaded.sweep.has_value());
  return loaded;
}

SweepAxis axis(const std::string& path, const std::string& values) {
  return load("{axes: {" + path + ": \"" + values + "\"}}").sweep->axes.at(0);
}

TEST_CASE("a range with a step ends with its last whole step, and decimals stay decimals") {
  CHECK(axis("fleet.web.count", "5 to 20 step 5").values == Strings{"5", "10", "15", "20"});
  CHECK(axis("fleet.web.count", "5 to 19 step 5").values == Strings{"5", "10", "15"});
  CHECK(axis("images.golden.bad", "0.1 % to 0.4 % step 0.1 %").values ==
        Strings{"0.1 %", "0.2 %", "0.3 %", "0.4 %"});
  CHECK(axis("images.golden.bad", "1 to 3 % step 1").values == Strings{"1 %", "2 %", "3 %"});
}

TEST_CASE("a range in so many values is even, by difference or by ratio, its ends exact") {
  CHECK(axis("images.golden.bad", "1 % to 9 % in 3 values").values == Strings{"1 %", "5 %", "9 %"});
  CHECK(axis("images.golden.bad", "1 % to 9 % in 3 values, log").values ==
        Strings{"1 %", "3 %", "9 %"});
}

TEST_CASE("where the scenario takes whole numbers only, values are whole and none comes twice") {
  CHECK(axis("fleet.web.count", "1 to 4 in 7 values").values == Strings{"1", "2", "3", "4"});
  CHECK(axis("fleet.web.count", "1 to 4 in 7 values").whole);
  CHECK_FALSE(axis("images.golden.bad", "1 % to 4 % in 7 values").whole);
}

TEST_CASE("lists hold anything; numbers in one unit can be drawn, times whatever their unit") {
  const SweepAxis types =
      load("{axes: {fleet.web.type: [S2.MEDIUM4, S2.LARGE8]}}").sweep->axes.at(0);
  CHECK(types.values == Strings{"S2.MEDIUM4", "S2.LARGE8"});
  CHECK(types.numbers.empty());
  CHECK(types.stated == "S2.MEDIUM4");
  const SweepAxis soak =
      load("{axes: {strategies.image.rollout.soak: [30 min, 1 h, 1 d]}}").sweep->axes.at(0);
  CHECK(soak.time);
  CHECK(soak.numbers == std::vector<double>{1'800, 3'600, 86'400});
  const SweepAxis bad = load("{axes: {images.golden.bad: [1 %, 5 %]}}").sweep->axes.at(0);
  CHECK(bad.unit == "%");
  CHECK(bad.numbers == std::vector<double>{1, 5});
}

TEST_CASE("the middle of two values is one that the scenario takes, until they are neighbours") {
  using Middle = std::optional<std::string>;
  const SweepAxis count = axis("fleet.web.count", "10 to 30 step 10");
  CHECK(count.between("10", "20") == Middle{"15"});
  CHECK(count.between("12", "11") == Middle{});
  CHECK(count.between("13", "11") == Middle{"12"});
  CHECK(count.halvings() == 4);
  const SweepAxis list = load("{axes: {fleet.web.count: [10, 11, 18]}}").sweep->axes.at(0);
  CHECK(list.between("11", "18") == Middle{"14"});
  CHECK(list.halvings() == 3);
  const SweepAxis bad = axis("images.golden.bad", "1 % to 100 % in 3 values, log");
  CHECK(bad.values == Strings{"1 %", "10 %", "100 %"});
  CHECK(bad.between("1 %", "10 %") == Middle{"3.16228 %"});
  CHECK(bad.between("10 %", "10.4 %") == Middle{});
  // The logarithm's hundredth of a hundredth: half of it, halved six times, is no farther.
  CHECK(bad.halvings() == 6);
  const SweepAxis soak =
      load("{axes: {strategies.image.rollout.soak: [30 min, 1 h, 1 d]}}").sweep->axes.at(0);
  CHECK(soak.between("30 min", "1 h") == Middle{"45 min"});
  CHECK(soak.between("1 h", "1 d") == Middle{"750 min"});
  CHECK(soak.between("30 min", "40 min") == Middle{});
}

TEST_CASE("a spread design takes ranges as they are") {
  const Sweep sweep = *load(
                           "{axes: {fleet.web.count: 10 to 30, images.golden.bad: \"1 % to 9 %, "
                           "log\"}, design: sobol, points: 16}")
                           .sweep;
  CHECK(sweep.design == scenario::Design::sobol);
  CHECK(sweep.points == 16);
  CHECK(sweep.axes[0].values.empty());
  CHECK(sweep.axes[0].at(0.5) == "20");
  CHECK(sweep.axes[0].at(0.49) == "20");
  CHECK(sweep.axes[1].at(0.5) == "3 %");
  CHECK(sweep.axes[1].at(1.0) == "9 %");
  CHECK(sweep.axes[1].drawn(0.5) == "3 %");
}

TEST_CASE("drawn whole numbers are equally likely, the ends too; on a log axis by their ratio") {
  const Sweep sweep = *load(
                           "{axes: {fleet.web.count: 1 to 3, staff.ops.people: \"1 to 7, log\"}, "
                           "design: sobol, points: 16}")
                           .sweep;
  std::map<std::string, int> even, ratio;
  for (int i = 0; i < 300; ++i) {
    ++even[sweep.axes[0].drawn((i + 0.5) / 300)];
    ++ratio[sweep.axes[1].drawn((i + 0.5) / 300)];
  }
  CHECK(even == std::map<std::string, int>{{"1", 100}, {"2", 100}, {"3", 100}});
  // log 2 / log 8, and so on.
  CHECK(ratio["1"] == 100);
  CHECK(ratio["2"] + ratio["3"] == 100);
  CHECK(ratio["4"] + ratio["5"] + ratio["6"] + ratio["7"] == 100);
  CHECK(sweep.axes[0].drawn(1.0) == "3");
}

TEST_CASE("metrics name what is told of each point") {
  const Sweep sweep = *load(
                           "{axes: {fleet.web.count: 5 to 20 step 5}, metrics: [cost.total mean, "
                           "ready_time p90, objective on time]}")
                           .sweep;
  REQUIRE(sweep.estimates.size() == 3);
  CHECK(sweep.estimates[0].metric == model::Metric::cost_total);
  CHECK(sweep.estimates[1].level == 90);
  CHECK(sweep.estimates[2].objective == 0);
}

TEST_CASE("a run takes no notice of the section, and its resolved text reads back") {
  const scenario::Loaded with = load("{axes: {fleet.web.count: 5 to 20 step 5}}");
  const scenario::Loaded again = scenario::load_text("what-if.yaml", with.resolved_yaml);
  INFO(again.diagnostics.render());
  REQUIRE(again.sweep.has_value());
  CHECK(again.sweep->axes[0].values == with.sweep->axes[0].values);
  Diagnostics problems;
  CHECK(with.source->with({{"fleet.web.count", "7"}}, problems).has_value());
}

TEST_CASE(
    "one value that the scenario refuses is a point of the sweep; all of them are a mistake") {
  CHECK(load("{axes: {fleet.web.count: [0, 7]}}").sweep->axes[0].values.size() == 2);
  const auto refused =
      scenario::load_text("what-if.yaml", kText + "sweep: {axes: {fleet.web.count: [0, x]}}\n");
  CHECK_FALSE(refused.scenario.has_value());
}

}  // namespace
}  // namespace rollcast
