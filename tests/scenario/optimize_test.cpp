/// What an `optimize:` section says.
#include "rollcast/scenario/optimize.hpp"

#include <doctest/doctest.h>

#include "rollcast/scenario/load.hpp"

namespace rollcast {
namespace {

using Strings = std::vector<std::string>;

scenario::Loaded load(const std::string& section) {
  scenario::Loaded loaded = scenario::load_text("plan.yaml", R"(question: Which plan?
start: 2026-03-02 09:00 Asia/Seoul
regions: {ap-seoul: {zones: 2}}
staff: {ops: {people: 2, hours: Mon-Fri 09:00-18:00 Asia/Seoul}}
fleet: {web: {count: 20, region: ap-seoul, type: S2.MEDIUM4}}
images: {golden: {kind: custom, os: linux, exists: {regions: [ap-seoul]}, bad: 2 %}}
objectives:
  - {name: on time, ready: 100 % of fleet, within: 2 d, probability: 95 %}
  - {name: blast, impact: 10 % of fleet, probability: 90 %}
strategies:
  image: {deploy: golden, rollout: {batches: 5, soak: 10 min}}
  by hand: {deploy: {by: ops}}
optimize: )" + section + "\n");
  INFO(loaded.diagnostics.render());
  REQUIRE(loaded.optimize.has_value());
  return loaded;
}

TEST_CASE("without more words the ranked cost is small under every objective") {
  const auto problem = *load("{variables: {staff.ops.people: 1 to 4 step 1}}").optimize;
  REQUIRE(problem.variables.size() == 1);
  CHECK(problem.variables[0].values == Strings{"1", "2", "3", "4"});
  CHECK(problem.variables[0].stated == "2");
  CHECK(problem.minimise.words == "cost.ranked mean");
  CHECK(problem.objectives == std::vector<std::size_t>{0, 1});
  CHECK(problem.limits.empty());
  CHECK(problem.tried == 1'000);
}

TEST_CASE("choices, percentages and limits on both sides") {
  const auto problem =
      *load(
           "{variables: {images.golden.bad: 1 % to 3 % step 1 %, strategies.image.deploy: "
           "[golden]}, "
           "minimise: ready_time p90, objectives: [blast], "
           "limits: {cost.total p95: at most 500 USD, availability p5: at least 99 %}}")
           .optimize;
  CHECK(problem.variables[0].values == Strings{"1 %", "2 %", "3 %"});
  CHECK(problem.minimise.level == 90);
  CHECK(problem.objectives == std::vector<std::size_t>{1});
  REQUIRE(problem.limits.size() == 2);
  CHECK(problem.limits[0].at_most);
  CHECK(problem.limits[0].value == 500);
  CHECK(problem.limits[0].required() == doctest::Approx(0.95));
  CHECK(problem.limits[0].holds(500));
  CHECK_FALSE(problem.limits[0].holds(model::kNotReached));
  CHECK_FALSE(problem.limits[1].at_most);
  CHECK(problem.limits[1].required() == doctest::Approx(0.95));
  CHECK(problem.limits[1].holds(0.995));
  CHECK_FALSE(problem.limits[1].holds(0.98));
}

TEST_CASE("a run takes no notice of it, and the resolved scenario says it again") {
  const auto loaded = load("{variables: {staff.ops.people: [1, 2]}, tried: 200}");
  const auto again = scenario::load_text("plan.yaml", loaded.resolved_yaml);
  INFO(again.diagnostics.render());
  REQUIRE(again.optimize.has_value());
  CHECK(again.optimize->variables[0].values == Strings{"1", "2"});
  CHECK(again.optimize->tried == 200);
  CHECK(again.optimize->minimise.words == "cost.ranked mean");
}

}  // namespace
}  // namespace rollcast
