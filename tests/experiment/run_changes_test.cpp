#include "rollcast/experiment/run_changes.hpp"

#include <doctest/doctest.h>

#include "make.hpp"

namespace rollcast::experiment {
namespace {

using testing::made_up;
using testing::objective;
using testing::scenario_of;

/// Runs 0 … n-1 of the made-up strategies, `cheaper` off the ranked cost of each.
Results run_of(const std::vector<std::string>& strategies, std::uint64_t seed,
               std::uint64_t replications, double cheaper) {
  std::vector<Samples> samples(strategies.size());
  for (std::size_t strategy = 0; strategy < strategies.size(); ++strategy)
    for (std::uint64_t i = 0; i < replications; ++i) {
      model::Outcome outcome = made_up(strategy, i + 1000 * seed);
      outcome.metrics[static_cast<std::size_t>(model::Metric::cost_ranked)] -= cheaper;
      append(samples[strategy], outcome);
    }
  RunFacts facts;
  facts.seed = seed;
  facts.replications_planned = replications;
  return analyse(scenario_of(strategies, {objective("on time", 0.8)}), facts, std::move(samples));
}

const Change& change_in(const RunChanges& runs, std::size_t strategy, model::Metric metric) {
  for (const Change& change : runs.strategies[strategy].changes)
    if (!change.chance && change.metric == metric) return change;
  FAIL("no such change");
  return runs.strategies[strategy].changes.front();
}

TEST_CASE("with the same seed runs are compared pair by pair: a fixed saving is found exactly") {
  const Results before = run_of({"a", "b", "old"}, 3, 60, 0), after = run_of({"b", "a"}, 3, 40, 5);
  const RunChanges runs = changes_between(before, after);
  CHECK(runs.pairing == Pairing::paired);
  CHECK(runs.replications == 40);
  REQUIRE(runs.strategies.size() == 2);
  CHECK(runs.strategies[0].name == "a");
  CHECK(runs.strategies[0].after == 1);
  CHECK(runs.only_before == std::vector<std::string>{"old"});
  CHECK(runs.only_after.empty());
  // "a" is made up as strategy 0 before and as strategy 1 after: 100 dearer, 5 cheaper, same luck.
  const Change& cost = change_in(runs, 0, model::Metric::cost_ranked);
  CHECK(*cost.difference == doctest::Approx(95));
  CHECK(cost.interval->low == doctest::Approx(95));
  CHECK(cost.interval->high == doctest::Approx(95));
  const Change& ready = change_in(runs, 0, model::Metric::ready_time);
  CHECK(!ready.before);  // one run in twenty does not finish
  CHECK(!ready.difference);
  CHECK(runs.strategies[0].changes[0].what == "on time");
  CHECK(runs.strategies[0].changes[0].chance);
}

TEST_CASE("with different seeds runs are independent, and the interval is wider") {
  const Results before = run_of({"a"}, 3, 60, 0), after = run_of({"a"}, 4, 50, 5);
  const RunChanges runs = changes_between(before, after);
  CHECK(runs.pairing == Pairing::independent);
  const Change& cost = change_in(runs, 0, model::Metric::cost_ranked);
  // A uniform number from 0 to 1 on either side: standard error sqrt(1/12/60 + 1/12/50).
  CHECK(cost.interval->low < -5);
  CHECK(cost.interval->high > -5);
  CHECK((cost.interval->high - cost.interval->low) / 2 ==
        doctest::Approx(1.98 * std::sqrt(1.0 / 720 + 1.0 / 600)).epsilon(0.15));
}

/// A run of `copies` equal replications in a row for each of `distinct` ones, told to depend on
/// each other.
Results clustered_run(std::uint64_t seed, std::uint64_t distinct, std::uint32_t copies,
                      double spread) {
  std::vector<Samples> samples(1);
  samples[0].cluster = copies;
  for (std::uint64_t i = 0; i < distinct; ++i)
    for (std::uint32_t copy = 0; copy < copies; ++copy) {
      model::Outcome outcome = made_up(0, i + 1000 * seed);
      outcome.metrics[static_cast<std::size_t>(model::Metric::cost_ranked)] *= spread;
      outcome.objectives[0] = (i * 7 + static_cast<std::uint64_t>(spread)) % 10 < 8 ? 1 : 0;
      append(samples[0], outcome);
    }
  RunFacts facts;
  facts.seed = seed;
  facts.replications_planned = distinct * copies;
  return analyse(scenario_of({"a"}, {objective("on time", 0.8)}), facts, std::move(samples));
}

TEST_CASE("replications that depend on each other say no more than one of each cluster") {
  for (const std::uint64_t other_seed : {3, 4}) {
    CAPTURE(other_seed);
    const RunChanges alone =
        changes_between(clustered_run(3, 40, 1, 1), clustered_run(other_seed, 40, 1, 3));
    const RunChanges copied =
        changes_between(clustered_run(3, 40, 2, 1), clustered_run(other_seed, 40, 2, 3));
    REQUIRE(alone.strategies[0].changes.size() == copied.strategies[0].changes.size());
    for (std::size_t i = 0; i < alone.strategies[0].changes.size(); ++i) {
      const Change &one = alone.strategies[0].changes[i], &two = copied.strategies[0].changes[i];
      CAPTURE(one.what);
      REQUIRE(one.difference.has_value() == two.difference.has_value());
      if (!one.difference) continue;
      CHECK(*two.difference == doctest::Approx(*one.difference));
      CHECK(two.interval->low == doctest::Approx(one.interval->low));
      CHECK(two.interval->high == doctest::Approx(one.interval->high));
    }
    CHECK(change_in(alone, 0, model::Metric::cost_ranked).interval->half_width() > 0);
  }
}

}  // namespace
}  // namespace rollcast::experiment
