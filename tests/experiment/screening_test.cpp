/// Morris screening of scenarios whose effects are known.
#include "rollcast/experiment/screening.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace rollcast::experiment {
namespace {

using model::Metric;

const std::string kText = R"(question: What matters?
start: 2026-03-02 09:00 Asia/Seoul
seed: 5
regions: {ap-seoul: {zones: 1}}
staff: {ops: {people: 1, hours: always, wage: 40 USD per work h, error: 0 %}}
fleet: {web: {count: 4, region: ap-seoul, os: linux, price: 0 USD per h}}
strategies: {by hand: {deploy: {by: ops}}}
)";

ScreeningResults screened(const std::string& more, std::uint64_t ways, std::uint64_t replications,
                          unsigned jobs = 2) {
  const scenario::Loaded loaded = scenario::load_text("known.yaml", kText + more);
  INFO(loaded.diagnostics.render());
  REQUIRE(loaded.scenario.has_value());
  ScreeningPlan plan;
  plan.metrics = {Metric::cost_staff};
  plan.ways = ways;
  plan.replications = replications;
  plan.jobs = jobs;
  EvaluationHooks hooks;
  return screen_inputs(loaded, loaded.uncertain, plan, hooks);
}

const std::string kProduct =
    "manual: {effort: 2 work h}\n"
    "uncertain: {staff.ops.wage: 30 USD per work h to 50 USD per work h, manual.effort: "
    "1 work h to 3 work h, launch.fails: 0 % to 1 %}\n";

TEST_CASE("effects of a product: over its range an input moves as much as the other one is") {
  // Cost 4 W E without luck: the effect of W is 20 × 4 E with E at 1.25, 1.75, 2.25 or 2.75: mean
  // 160; that of E is 2 × 4 W with W at 32.5 … 47.5: mean 320, deviation 8 × 5 sqrt(5/4).
  const auto results = screened(kProduct, 400, 2);
  const auto& found = results.effects[0][0];
  REQUIRE(found.size() == 3);
  CHECK(found[0]->mean_size.interval.contains(160));
  CHECK(found[1]->mean_size.interval.contains(320));
  CHECK(std::abs(found[1]->spread.value - 8 * 5 * std::sqrt(1.25)) < 3);
  CHECK(found[0]->luck == doctest::Approx(0.0));
  CHECK(found[2]->mean_size.value == doctest::Approx(0.0));
  CHECK(results.luck[0][0].value_or(1) == doctest::Approx(0.0));
}

TEST_CASE("the same luck along a way: an input that scales luck has little of it in its effect") {
  // Cost W S, S the sum of four efforts, uniform from 1 to 3 h: a run has a deviation of
  // sqrt(E[W²] Var S) around its point, with W at 32.5 … 47.5; an effect of W is 20 S: over 10 runs
  // luck leaves 20 sqrt(4/3) / sqrt(10). With other luck at both ends it would be some four times
  // as much.
  const auto results = screened(
      "manual: {effort: \"uniform(1 work h, 3 work h)\"}\n"
      "uncertain: {staff.ops.wage: 30 USD per work h to 50 USD per work h}\n",
      300, 10);
  const auto& found = results.effects[0][0];
  REQUIRE(found.size() == 1);
  CHECK(found[0]->mean_size.interval.contains(160));
  CHECK(std::abs(found[0]->luck - 20 * std::sqrt(4.0 / 3 / 10)) < 0.3);
  CHECK(std::abs(*results.luck[0][0] - std::sqrt((1'600 + 31.25) * 4 / 3)) < 2);
}

TEST_CASE("the number of threads changes nothing in a screening") {
  CHECK(screening_json(screened(kProduct, 5, 3, 1)) == screening_json(screened(kProduct, 5, 3, 3)));
}

}  // namespace
}  // namespace rollcast::experiment
