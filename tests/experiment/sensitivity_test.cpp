/// Which input matters, where it is known.
#include "rollcast/experiment/sensitivity.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "rollcast/experiment/information.hpp"
#include "rollcast/scenario/scaled.hpp"

namespace rollcast::experiment {
namespace {

using model::Metric;

/// By hand, without errors: the staff cost is 4 servers × effort × wage, and nothing is left to
/// luck.
const std::string kText = R"(question: What matters?
start: 2026-03-02 09:00 Asia/Seoul
seed: 5
regions: {ap-seoul: {zones: 1}}
staff: {ops: {people: 1, hours: always, wage: 40 USD per work h, error: 0 %}}
fleet: {web: {count: 4, region: ap-seoul, os: linux, price: 0 USD per h}}
strategies: {by hand: {deploy: {by: ops}}}
)";

scenario::Loaded load(const std::string& more) {
  scenario::Loaded loaded = scenario::load_text("known.yaml", kText + more);
  INFO(loaded.diagnostics.render());
  REQUIRE(loaded.scenario.has_value());
  return loaded;
}

SensitivityResults influences(const scenario::Loaded& loaded, std::uint64_t points,
                              unsigned jobs = 2) {
  SensitivityPlan plan;
  plan.metrics = {Metric::cost_staff};
  plan.points = points;
  plan.replications = 20;
  plan.jobs = jobs;
  EvaluationHooks hooks;
  return find_influences(loaded, loaded.uncertain, plan, hooks);
}

const std::string kProduct =
    "manual: {effort: 2 work h}\n"
    "uncertain: {staff.ops.wage: 30 USD per work h to 50 USD per work h, manual.effort: "
    "1 work h to 3 work h, launch.fails: 0 % to 1 %}\n";

TEST_CASE("a product of two inputs: the shares of its formula, none for what it does not use") {
  const auto results = influences(load(kProduct), 2'048);
  const auto& found = results.influences[0][0];
  REQUIRE(found.size() == 4);
  // Y = 4 W E: V = 16 (E[W²] E[E²] - E[W]² E[E]²), alone 16 Var(W) E[E]² and 16 Var(E) E[W]².
  const double wage = 20.0 * 20.0 / 12, effort = 2.0 * 2.0 / 12;
  const double whole = (1'600 + wage) * (4 + effort) - 1'600 * 4.0;
  CHECK(std::abs(found[0].first->value - wage * 4 / whole) < 0.02);
  CHECK(std::abs(found[1].first->value - effort * 1'600 / whole) < 0.02);
  CHECK(std::abs(found[0].total->value - (wage * 4 + wage * effort) / whole) < 0.02);
  CHECK(found[2].total->value == doctest::Approx(0.0));
  CHECK(found[3].total->value == doctest::Approx(0.0));
}

TEST_CASE("the ends of an input are the means there, the others in the middle") {
  const auto results = influences(load(kProduct), 0);
  const auto& found = results.influences[0][0];
  CHECK(results.middle[0][0].value_or(0) == doctest::Approx(4 * 40 * 2));
  CHECK(found[0].low.value_or(0) == doctest::Approx(4 * 30 * 2));
  CHECK(found[0].high.value_or(0) == doctest::Approx(4 * 50 * 2));
  CHECK(found[1].low.value_or(0) == doctest::Approx(4 * 40 * 1));
  CHECK(found[1].high.value_or(0) == doctest::Approx(4 * 40 * 3));
  REQUIRE(found[0].swing.has_value());
  CHECK(found[0].swing->low == doctest::Approx(4 * 20 * 2));
  CHECK_FALSE(found[0].first.has_value());
}

TEST_CASE("what varies from run to run is luck, in the share that the formula says") {
  // Effort is uniform from 1 to 3 for each server by luck; the wage is not known.
  const auto results =
      influences(load("manual: {effort: \"uniform(1 work h, 3 work h)\"}\n"
                      "uncertain: {staff.ops.wage: 30 USD per work h to 50 USD per work h}\n"),
                 8'192);
  const auto& found = results.influences[0][0];
  REQUIRE(found.size() == 2);
  // Y = W S with S the sum of four efforts: mean 8, variance 4/3.
  const double wage = 20.0 * 20.0 / 12, sum = 4.0 / 3;
  const double whole = (1'600 + wage) * (64 + sum) - 1'600 * 64.0;
  CHECK(std::abs(found[0].first->value - wage * 64 / whole) < 0.03);
  CHECK(std::abs(found[1].first->value - sum * 1'600 / whole) < 0.03);
  CHECK(found[1].first->interval.contains(sum * 1'600 / whole));
}

TEST_CASE("what is known is not simulated again, and comes to the same") {
  const auto loaded = load(kProduct);
  SensitivityPlan plan;
  plan.metrics = {Metric::cost_staff};
  plan.points = 64;
  plan.replications = 70;
  std::vector<Evaluated> blocks;
  EvaluationHooks keeping;
  keeping.keep = [&](std::size_t block, const Evaluated& values) {
    CHECK(block == blocks.size());
    blocks.push_back(values);
  };
  const std::string whole =
      sensitivity_json(find_influences(loaded, loaded.uncertain, plan, keeping));
  // 7 ends of 70 runs, then 64 rows of 6: blocks of 100, and a last one that is not full.
  REQUIRE(blocks.size() == 5 + 4);
  for (const std::size_t known : {std::size_t{3}, std::size_t{7}, std::size_t{9}}) {
    std::size_t made = 0;
    EvaluationHooks going_on;
    going_on.known = [&](std::size_t block) { return block < known ? &blocks[block] : nullptr; };
    going_on.keep = [&](std::size_t, const Evaluated&) { ++made; };
    CHECK(whole == sensitivity_json(find_influences(loaded, loaded.uncertain, plan, going_on)));
    CHECK(made == blocks.size() - known);
  }
}

TEST_CASE("the number of threads changes nothing") {
  const auto loaded = load(kProduct);
  CHECK(sensitivity_json(influences(loaded, 32, 1)) == sensitivity_json(influences(loaded, 32, 3)));
}

TEST_CASE("to know the wage that decides between two ways is worth what its formula says") {
  // Four servers of 2 h: one way costs 8 W with W uniform from 20 to 60, the other 320 whatever
  // happens. Without knowledge both cost 320; with it the mean is 320 - 8 E|W - 40| / 2 = 280.
  scenario::Loaded loaded = scenario::load_text("two.yaml", R"yaml(question: Who?
start: 2026-03-02 09:00 Asia/Seoul
seed: 6
regions: {ap-seoul: {zones: 1}}
staff:
  ops: {people: 1, hours: always, wage: 40 USD per work h, error: 0 %}
  firm: {people: 1, hours: always, wage: 40 USD per work h, error: 0 %}
fleet: {web: {count: 4, region: ap-seoul, os: linux, price: 0 USD per h}}
manual: {effort: 2 work h}
strategies: {ourselves: {deploy: {by: ops}}, the firm: {deploy: {by: firm}}}
uncertain: {staff.ops.wage: 20 USD per work h to 60 USD per work h, launch.fails: 0 % to 1 %}
)yaml");
  INFO(loaded.diagnostics.render());
  REQUIRE(loaded.scenario.has_value());
  const InformationPlan plan{{Metric::cost_staff}, {}, 2'000, 2};
  EvaluationHooks hooks;
  const auto told = value_information(loaded, loaded.uncertain, plan, hooks);
  REQUIRE(told.has_value());
  const Information& one = told->at(0);
  REQUIRE(one.inputs[0].has_value());
  // 99.99 %: twice the half-width of 95 %.
  CHECK(std::abs(one.inputs[0]->value - 40) < 2 * one.inputs[0]->interval.half_width());
  CHECK(one.inputs[0]->interval.half_width() < 8);
  CHECK(std::abs(one.inputs[1]->value) < 2 * one.inputs[1]->interval.half_width() + 1e-9);
  CHECK(std::abs(one.all->value - 40) < 2 * one.all->interval.half_width());
  InformationPlan alone = plan;
  alone.jobs = 1;
  const auto again = value_information(loaded, loaded.uncertain, alone, hooks);
  CHECK(again->at(0).all->value == one.all->value);
}

TEST_CASE("a range of whole numbers is worth as much to know as the list of them") {
  const auto worth = [](const std::string& count) {
    scenario::Loaded loaded = scenario::load_text("two.yaml", R"yaml(question: Who?
start: 2026-03-02 09:00 Asia/Seoul
seed: 6
regions: {ap-seoul: {zones: 1}}
staff:
  ops: {people: 1, hours: always, wage: 10 USD per work h, error: 0 %}
  firm: {people: 1, hours: always, wage: 14 USD per work h, error: 0 %}
fleet: {web: {count: 4, region: ap-seoul, os: linux, price: 0 USD per h}}
manual: {effort: 1 work h}
strategies:
  ourselves: {deploy: {by: ops}}
  two of the firm's: {deploy: {by: firm}, with: {fleet: {web: {count: 2}}}}
uncertain: {fleet.web.count: )yaml" + count + "}\n");
    INFO(loaded.diagnostics.render());
    REQUIRE(loaded.scenario.has_value());
    EvaluationHooks hooks;
    const auto told =
        value_information(loaded, loaded.uncertain, {{Metric::cost_staff}, {}, 1'000, 2}, hooks);
    return told->at(0).inputs[0].value();
  };
  // 10 n or 28: without knowledge 28 (10 n is 30 in the mean); with it 22.8.
  const stats::Worth range = worth("1 to 5");
  CHECK(range.value == worth("[1, 2, 3, 4, 5]").value);
  CHECK(std::abs(range.value - 5.2) < 2 * range.interval.half_width());
}

}  // namespace
}  // namespace rollcast::experiment
