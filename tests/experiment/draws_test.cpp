/// Inputs that are not known: how they are drawn, what they cause, and what a verdict hangs on.
#include "rollcast/experiment/draws.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "make.hpp"
#include "rollcast/experiment/conditions.hpp"
#include "rollcast/experiment/ignorance.hpp"
#include "rollcast/experiment/runner.hpp"
#include "rollcast/model/simulate.hpp"

namespace rollcast::experiment {
namespace {

using model::Metric;

const std::string kText = R"(question: What if?
horizon: 4 d
regions: {ap-seoul: {zones: 2}}
staff: {ops: {people: 3, hours: always, wage: 40 USD per work h}}
fleet: {web: {count: 12, region: ap-seoul, type: S2.MEDIUM4}}
images: {golden: {kind: custom, os: linux, exists: {regions: [ap-seoul]}, bad: 2 %}}
launch: {time: 3 min to 5 min}
)";
const std::string kHands = R"(strategies:
  image: {deploy: golden}
  by hand: {deploy: {by: ops}}
)";

scenario::Loaded load(const std::string& text) {
  scenario::Loaded loaded = scenario::load_text("what-if.yaml", text);
  CAPTURE(loaded.diagnostics.render());
  REQUIRE(loaded.scenario);
  return loaded;
}

Draws draws_of(Sampling sampling, std::size_t inputs = 2) {
  std::vector<scenario::UncertainInput> made(inputs);
  for (std::size_t i = 0; i < inputs; ++i) made[i].path = "input " + std::to_string(i);
  return {made, sampling, 7};
}

TEST_CASE("draws are keyed by path: another input moves none, and all are uniform") {
  const Draws two = draws_of(Sampling::random, 2);
  const Draws three = draws_of(Sampling::random, 3);
  for (std::uint64_t k = 0; k < 100; ++k) {
    CHECK(two.uniforms(k)[0] == three.uniforms(k)[0]);
    CHECK(two.uniforms(k)[1] == three.uniforms(k)[1]);
  }
  for (const Sampling sampling : {Sampling::random, Sampling::antithetic, Sampling::sobol}) {
    const Draws draws = draws_of(sampling);
    double mean = 0.0;
    for (std::uint64_t k = 0; k < 6'400; ++k) mean += draws.uniforms(k)[1] / 6'400;
    CHECK(std::abs(mean - 0.5) < 4 * std::sqrt(1.0 / 12 / 6'400));
  }
}

TEST_CASE("antithetic pairs mirror each other, Sobol' nets put one point in each of 64 strata") {
  const Draws mirrored = draws_of(Sampling::antithetic);
  for (std::uint64_t k = 0; k < 100; k += 2)
    CHECK(mirrored.uniforms(k)[0] + mirrored.uniforms(k + 1)[0] == doctest::Approx(1.0));
  const Draws spread = draws_of(Sampling::sobol);
  for (std::uint64_t net = 0; net < 5; ++net) {
    std::vector<int> strata(64, 0);
    for (std::uint64_t k = 0; k < 64; ++k)
      ++strata[static_cast<std::size_t>(spread.uniforms(64 * net + k)[1] * 64)];
    CHECK(strata == std::vector<int>(64, 1));
  }
}

TEST_CASE("all strategies of a replication have the same draw, and it can be had again alone") {
  const auto loaded = load(kText + kHands + "uncertain: {launch.time: 1 min to 60 min}\n");
  Simulator simulator(loaded);
  for (std::uint64_t k = 0; k < 20; ++k) {
    const model::Scenario drawn = simulator.scenario_of(k);
    const auto launch = [&](std::size_t strategy) {
      const auto& images = drawn.strategies[strategy].world.images;
      return images[model::ImageId{0}].launch.seconds.mean();
    };
    CHECK(launch(0) == launch(1));
    CHECK(launch(0) >= 60);
    CHECK(launch(0) <= 3600);
    for (std::size_t strategy = 0; strategy < 2; ++strategy) {
      const model::Outcome run = simulator.run(strategy, k);
      CHECK(run.digest == model::simulate(drawn, strategy, drawn.seed, k).digest);
    }
  }
}

TEST_CASE("what rounding leaves of a constant is no spread to share") {
  std::vector<double> first(200, 8.8), second(200, 8.8);
  for (std::size_t i = 0; i < first.size(); i += 2) first[i] = std::nextafter(8.8, 9.0);
  CHECK_FALSE(shared_variance(first, second).has_value());
}

TEST_CASE("the ends of an uncertain input are those of its range, where it has any") {
  scenario::UncertainInput input;
  input.unit = "h";
  input.distribution = *random::Distribution::uniform(1, 9);
  CHECK(input.low_end() == "1 h");
  CHECK(input.high_end() == "9 h");
  input.distribution = *random::Distribution::exponential(1);
  CHECK(input.low_end() == input.value(0.05));
  CHECK(input.high_end() == input.value(0.95));
  input.choices = {"a", "b", "c"};
  CHECK(input.low_end() == "a");
  CHECK(input.high_end() == "c");
}

TEST_CASE("intervals of the share of variance that inputs cause cover") {
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  int covered = 0;
  for (int experiment = 0; experiment < 1'000; ++experiment) {
    std::vector<double> first, second;
    for (int i = 0; i < 150; ++i) {
      const double input = normal(random) * std::sqrt(0.3);
      first.push_back(input + normal(random) * std::sqrt(0.7));
      second.push_back(input + normal(random) * std::sqrt(0.7));
    }
    covered += shared_variance(first, second)->interval.contains(0.3) ? 1 : 0;
  }
  CAPTURE(covered);
  CHECK(covered >= 930);
  CHECK(covered <= 970);
}

Results run_of(const scenario::Loaded& loaded, Simulator& simulator, std::uint64_t replications,
               unsigned jobs) {
  std::vector<Samples> samples(loaded.scenario->strategies.size());
  for (Samples& one : samples) one.cluster = simulator.draws().cluster();
  Hooks hooks;
  hooks.keep = [&](const Block& block) {
    for (std::uint64_t offset = 0; offset < block.replications; ++offset)
      for (std::size_t i = 0; i < block.strategies; ++i) append(samples[i], block.at(offset, i));
  };
  const auto simulate = [&](std::size_t strategy, std::uint64_t replication) {
    return simulator.run(strategy, replication);
  };
  (void)run_replications({samples.size(), replications, kBlockSize, jobs}, simulate, hooks);
  return analyse(*loaded.scenario, {"0", "0", loaded.scenario->seed, replications, false},
                 std::move(samples));
}

TEST_CASE("where only an input varies all spread is ignorance, where only luck does none") {
  const std::string once = "strategies: {image: {deploy: golden}}\n";
  const auto ignorant = load(kText + once + "uncertain: {launch.time: 10 min to 60 min}\n");
  const auto lucky = load(kText + once +
                          "uncertain: {staff.ops.wage: 30 USD per work h to 31 USD "
                          "per work h}\n");
  for (const unsigned jobs : {1u, 3u}) {
    Simulator all(ignorant);
    const Results results = run_of(ignorant, all, 300, jobs);
    const auto shares = tell_apart(all, results, 100, {jobs});
    REQUIRE(shares.size() == 2);
    CHECK(*shares[0].share > 0.9);
    CHECK(*shares[0].luck_high.value - *shares[0].luck_low.value < 200);
    CHECK(*shares[0].high.value - *shares[0].low.value > 2'000);
    Simulator none(lucky);
    const auto chance = tell_apart(none, run_of(lucky, none, 300, jobs), 100, {jobs});
    CHECK(chance[0].share_ci->low < 0.05);
  }
}

TEST_CASE("even sampling is worth more runs where an input decides, and the gain is measured") {
  const std::string once =
      "strategies: {image: {deploy: golden}}\nuncertain: {launch.time: 10 min to 60 min}\n";
  for (const char* how : {"antithetic", "sobol"}) {
    CAPTURE(how);
    const auto loaded = load(kText + once + "sampling: " + how + "\n");
    Simulator simulator(loaded);
    const Results results = run_of(loaded, simulator, 640, 2);
    const auto gains = gains_of(simulator.draws(), results);
    REQUIRE_FALSE(gains.empty());
    CHECK(gains[0].metric == Metric::ready_time);
    CHECK_FALSE(gains[0].control);
    CHECK(gains[0].ratio_ci.low > 2);
    const MetricSummary& ready = results.strategies[0].metrics[0];
    CHECK(ready.mean_ci->half_width() < 0.5 * 1.96 * *ready.sd / std::sqrt(640.0));
  }
  const auto loaded = load(kText + once);
  Simulator simulator(loaded);
  const auto gains = gains_of(simulator.draws(), run_of(loaded, simulator, 600, 2));
  REQUIRE_FALSE(gains.empty());
  CHECK(gains[0].control == 0);
  CHECK(gains[0].ratio_ci.low > 5);
}

TEST_CASE("a verdict is conditional on the input that would turn it, and on no other") {
  // Two people's wages: whoever is cheaper leads. 40 USD is the stated wage of one of them.
  const std::string two = R"(question: Whom to ask?
horizon: 10 d
regions: {ap-seoul: {zones: 2}}
staff:
  dear: {people: 3, hours: always, wage: 60 USD per work h}
  cheap: {people: 3, hours: always, wage: 40 USD per work h}
fleet: {web: {count: 4, region: ap-seoul, type: S2.MEDIUM4}}
strategies: {ask the dear: {deploy: {by: dear}}, ask the cheap: {deploy: {by: cheap}}}
uncertain: {staff.cheap.wage: 20 USD per work h to 90 USD per work h}
)";
  const auto loaded = load(two);
  Simulator simulator(loaded);
  const Results results = run_of(loaded, simulator, 400, 2);
  REQUIRE(results.verdict.winner == 1);
  const TriedConditions tried = try_conditions(loaded, results, {2});
  CHECK(tried.replications == 100);
  REQUIRE(tried.conditions.size() >= 4);
  for (const Condition& condition : tried.conditions) {
    CAPTURE(condition.path);
    CAPTURE(condition.value);
    const bool dear_wage =
        condition.path == "staff.cheap.wage" && condition.value == "90 USD per work h";
    CHECK(condition.turns == dear_wage);
    if (dear_wage) CHECK(condition.winner == 0);
    if (condition.path == "manual.effort") CHECK_FALSE(condition.uncertain);
  }
}

TEST_CASE("what the verdict hangs on costs about a tenth of the run, within bounds") {
  CHECK(condition_replications(20'000, 14) == 142);  // 10 % of 20,000, over 14 values
  CHECK(condition_replications(20'000, 2) == 200);
  CHECK(condition_replications(1'000, 14) == 100);
  CHECK(condition_replications(40, 14) == 40);
}

}  // namespace
}  // namespace rollcast::experiment
