/// Setting values of a scenario again and again, and inputs that are not known.
#include "rollcast/scenario/parameters.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "rollcast/scenario/load.hpp"

namespace rollcast {
namespace {

const std::string kText = R"(question: What if?
start: 2026-03-02 09:00 Asia/Seoul
regions: {ap-seoul: {zones: 2}}
staff: {ops: {people: 2, hours: Mon-Fri 09:00-18:00 Asia/Seoul}}
fleet: {web: {count: 20, region: ap-seoul, type: S2.MEDIUM4}}
images: {golden: {kind: custom, os: linux, exists: {regions: [ap-seoul]}, bad: 2 %}}
strategies:
  image: {deploy: golden, rollout: {batches: 5, soak: 10 min}}
  by hand: {deploy: {by: ops}}
)";

scenario::Loaded load(const std::string& more = "") {
  return scenario::load_text("what-if.yaml", kText + more);
}

const model::World& world(const model::Scenario& scenario, std::size_t strategy = 0) {
  return scenario.strategies[strategy].world;
}

TEST_CASE("a template lists every value of its scenario, defaults included, and takes others") {
  const scenario::Loaded loaded = load();
  REQUIRE(loaded.source);
  const scenario::Parameter* bad = loaded.source->find("images.golden.bad");
  REQUIRE(bad);
  CHECK(bad->value == "2 %");
  CHECK_FALSE(bad->assumed);
  REQUIRE(loaded.source->find("launch.fails"));
  CHECK(loaded.source->find("launch.fails")->assumed);
  CHECK(loaded.source->find("images.golden") == nullptr);
  Diagnostics problems;
  const auto changed = loaded.source->with({{"images.golden.bad", "7 %"},
                                            {"staff.ops.people", "5"},
                                            {"strategies.image.rollout.soak", "1 h"},
                                            {"launch.time", "lognormal(median 4 min, p95 9 min)"}},
                                           problems);
  REQUIRE(changed);
  CHECK(problems.ok());
  CHECK(world(*changed).images[model::ImageId{0}].bad->value() == doctest::Approx(0.07));
  CHECK(world(*changed).staff[model::StaffId{0}].people == 5);
  CHECK(world(*changed).rollout.soak.seconds.mean() == doctest::Approx(3600));
  CHECK(world(*changed, 1).rollout.soak.seconds.mean() !=
        doctest::Approx(3600));  // another strategy keeps its own
  CHECK(world(*loaded.scenario).staff[model::StaffId{0}].people == 2);
}

TEST_CASE("every value of a scenario can be set to what it is, and nothing changes") {
  const scenario::Loaded loaded = load();
  for (const scenario::Parameter& parameter : loaded.source->parameters()) {
    CAPTURE(parameter.path);
    Diagnostics problems;
    const auto same = loaded.source->with({{parameter.path, parameter.value}}, problems);
    CAPTURE(problems.render());
    REQUIRE(same);
    CHECK(same->horizon == loaded.scenario->horizon);
    CHECK(world(*same).launch.fails.value() == world(*loaded.scenario).launch.fails.value());
  }
}

TEST_CASE("values that a scenario does not take are told, not set") {
  const scenario::Loaded loaded = load();
  for (const auto& setting : scenario::Settings{{"images.golden.bad", "2 h"},
                                                {"images.golden.bad", "120 %"},
                                                {"staff.ops.people", "1.5"},
                                                {"images.golden.bda", "1 %"},
                                                {"strategies.image.deploy", "nothing"}}) {
    CAPTURE(setting.first);
    Diagnostics problems;
    CHECK_FALSE(loaded.source->with({setting}, problems));
    CHECK_FALSE(problems.ok());
  }
}

TEST_CASE("uncertain inputs are drawn in the unit in which they are written") {
  const scenario::Loaded loaded = load(R"(uncertain:
  images.golden.bad: 1 % to 10 %
  staff.ops.wage: 30 USD per work h to 50 USD per work h
  staff.ops.people: 2 to 4
  manual.effort: uniform(4 work h, 2 workday)
  launch.time: lognormal(median 4 min, p95 9 min)
  strategies.image.rollout.soak: 10 min to 2 h
  manual.profile: [documented, measured]
  launch.fails: 1 % + exponential(2 %)
)");
  CAPTURE(loaded.diagnostics.render());
  REQUIRE(loaded.scenario);
  REQUIRE(loaded.uncertain.size() == 8);
  const auto value = [&](std::size_t input, double u) { return loaded.uncertain[input].value(u); };
  CHECK(loaded.uncertain[0].stated == "2 %");
  CHECK(value(0, 0.5) == "5.5 %");
  CHECK(value(1, 0.25) == "35 USD per work h");
  CHECK(value(2, 0.1) == "2");
  CHECK(value(2, 0.5) == "3");
  CHECK(value(2, 0.9) == "4");
  CHECK(value(3, 0.5) == "600 work min");
  CHECK(value(4, 0.5) == "4 min");
  CHECK(value(5, 0.0) == "600 s");
  CHECK(value(6, 0.49) == "documented");
  CHECK(value(6, 0.51) == "measured");
  CHECK(value(7, 0.5) == "2.38629436112 %");  // 1 + 2 ln 2
}

}  // namespace
}  // namespace rollcast
