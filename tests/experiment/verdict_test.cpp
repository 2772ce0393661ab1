#include "rollcast/experiment/verdict.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "make.hpp"

namespace rollcast::experiment {
namespace {

using model::Metric;

/// A strategy whose n-th objective holds in `held[n]` of 1,000 replications, and whose ranked cost
/// is `cost` plus noise that is shared by all strategies, plus `noise` of its own.
struct Made {
  std::string name;
  std::vector<int> held;
  double cost;
  double noise = 0.0;
};

constexpr int kReplications = 1'000;

/// A strategy's own noise, between -0.5 and 0.5; the second of an antithetic pair mirrors the
/// first.
double own_noise(std::size_t strategy, int replication, std::uint32_t cluster) {
  const bool mirrored = cluster == 2 && replication % 2 == 1;
  const int source = mirrored ? replication - 1 : replication;
  const double noise = testing::luck(strategy, static_cast<std::uint64_t>(source), 1) - 0.5;
  return mirrored ? -noise : noise;
}

Results results_of(const std::vector<Made>& made, const std::vector<model::Objective>& objectives,
                   std::uint32_t cluster = 1) {
  std::vector<std::string> names;
  std::vector<Samples> samples;
  for (const Made& strategy : made) {
    names.push_back(strategy.name);
    Samples column;
    column.cluster = cluster;
    for (int i = 0; i < kReplications; ++i) {
      model::Outcome outcome;
      outcome.metrics[static_cast<std::size_t>(Metric::cost_ranked)] =
          strategy.cost + testing::luck(0, static_cast<std::uint64_t>(i), 0) - 0.5 +
          strategy.noise * (0.5 + own_noise(names.size(), i, cluster));
      for (const int held : strategy.held) outcome.objectives.push_back(i < held ? 1 : 0);
      append(column, outcome);
    }
    samples.push_back(std::move(column));
  }
  return analyse(testing::scenario_of(names, objectives), {"0", "0", 1, kReplications, false},
                 std::move(samples));
}

const std::vector<model::Objective> kTwo{testing::objective("on time", 0.95),
                                         testing::objective("in budget", 0.9)};

TEST_CASE("the cheapest strategy that meets all objectives wins, and says so with its numbers") {
  const Results results = results_of({{"golden images", {992, 960}, 1'240},
                                      {"by hand", {0, 1000}, 900},
                                      {"scripts", {990, 990}, 2'000}},
                                     kTwo);
  const Verdict& verdict = results.verdict;
  CHECK(verdict.kind == Verdict::Kind::best);
  CHECK(verdict.winner == 0);
  CHECK(
      verdict.sentence ==
      "Golden images is the cheapest strategy that meets both objectives: on time in 99.2 % of "
      "runs (at least 98.5 %), in budget in 96 % of runs (at least 94.8 %), deployment, delay and "
      "incident cost 1,240 USD on average.");
  REQUIRE(verdict.misses.size() == 2);
  CHECK(
      verdict.misses[0] ==
      "By hand misses on time, met in none of 1,000 runs (at most 0.3 %), 95 % asked for; it costs "
      "340.00 USD less than golden images.");
  CHECK(any_meets_all(results));
}

TEST_CASE("costs within the indifference zone are a tie") {
  const Results results = results_of(
      {{"a", {999, 999}, 1'000}, {"b", {999, 999}, 1'005}, {"c", {999, 999}, 1'200}}, kTwo);
  CHECK(results.verdict.kind == Verdict::Kind::tie);
  CHECK(results.verdict.winner == 0);
  CHECK(results.verdict.ties == std::vector<std::size_t>{1});
  CHECK(results.verdict.sentence.find(
            "A and b meet both objectives and cost the same within 1 %") == 0);
}

TEST_CASE("when none meets all objectives the one with the smallest shortfall is named") {
  const Results results =
      results_of({{"near", {900, 1000}, 5'000}, {"far", {100, 1000}, 10}}, kTwo);
  CHECK(results.verdict.kind == Verdict::Kind::none_meets);
  CHECK(results.verdict.winner == 0);
  CHECK(results.verdict.sentence.find("No strategy meets both objectives. Near comes nearest") ==
        0);
  CHECK_FALSE(any_meets_all(results));
}

TEST_CASE(
    "a cheaper strategy that may meet its objectives leaves the verdict open, a dearer does not") {
  const Results open =
      results_of({{"sure", {999, 999}, 2'000}, {"perhaps", {953, 999}, 1'000}}, kTwo);
  CHECK(open.verdict.kind == Verdict::Kind::undecided);
  CHECK(open.verdict.winner == 0);
  REQUIRE(open.verdict.replications_needed);
  CHECK(*open.verdict.replications_needed > kReplications);
  CHECK(open.verdict.sentence.find("replications would decide") != std::string::npos);
  const Results closed =
      results_of({{"sure", {999, 999}, 2'000}, {"perhaps", {953, 999}, 3'000}}, kTwo);
  CHECK(closed.verdict.kind == Verdict::Kind::best);
  CHECK(closed.verdict.misses[0].find("Perhaps is undecided: on time in 95.3 % of runs") == 0);
}

TEST_CASE("a difference of costs that the replications do not show leaves the verdict open") {
  const Results results =
      results_of({{"a", {999, 999}, 1'000, 20'000}, {"b", {999, 999}, 1'400, 20'000}}, kTwo);
  CHECK(results.verdict.kind == Verdict::Kind::undecided);
  CHECK(*results.verdict.replications_needed > kReplications);
}

TEST_CASE("costs that look alike are a tie only where the replications show that") {
  const Results noisy =
      results_of({{"a", {999, 999}, 1'000, 5'000}, {"b", {999, 999}, 1'004, 5'000}}, kTwo);
  CHECK(noisy.verdict.kind == Verdict::Kind::undecided);
  REQUIRE(noisy.verdict.replications_needed);
  CHECK(*noisy.verdict.replications_needed > kReplications);
  const Results steady =
      results_of({{"a", {999, 999}, 1'000, 10}, {"b", {999, 999}, 1'004, 10}}, kTwo);
  CHECK(steady.verdict.kind == Verdict::Kind::tie);
  CHECK(steady.verdict.ties == std::vector<std::size_t>{1});
}

TEST_CASE("strategies that fall short alike come equally near") {
  const Results results =
      results_of({{"a", {99, 999}, 2'000}, {"b", {99, 999}, 1'000}, {"c", {9, 999}, 10}}, kTwo);
  CHECK(results.verdict.winner == 1);
  CHECK(results.verdict.sentence.find(
            "A and b come equally near; the cheapest of them on average is b: ") !=
        std::string::npos);
}

TEST_CASE("of three or more strategies that meet all, a procedure with a guarantee chooses") {
  const Results decided = results_of(
      {{"a", {999, 999}, 1'000, 300}, {"b", {999, 999}, 1'300, 300}, {"c", {999, 999}, 1'400, 300}},
      kTwo);
  CHECK(decided.verdict.kind == Verdict::Kind::best);
  CHECK(decided.verdict.winner == 0);
  CHECK(decided.verdict.rule.find(
            "Of the 3 that do, Kim and Nelson's procedure and simultaneous") != std::string::npos);
  const Results open = results_of({{"a", {999, 999}, 1'000, 9'000},
                                   {"b", {999, 999}, 1'100, 9'000},
                                   {"c", {999, 999}, 1'150, 9'000}},
                                  kTwo);
  CHECK(open.verdict.kind == Verdict::Kind::undecided);
  CHECK(*open.verdict.replications_needed > kReplications);
}

TEST_CASE("what is rare and dear is not passed for certain because it came late") {
  // Of 1,000 runs the last four cost b 3 USD more each, and the last one a 4.
  std::vector<Samples> samples(3);
  for (int i = 0; i < kReplications; ++i)
    for (std::size_t s = 0; s < samples.size(); ++s) {
      model::Outcome outcome;
      const double rare = s == 0 && i >= 999 ? 4.0 : s == 1 && i >= 996 ? 3.0 : 0.0;
      outcome.metrics[static_cast<std::size_t>(Metric::cost_ranked)] = (s == 2 ? 2.0 : 1.0) + rare;
      outcome.objectives = {1};
      append(samples[s], outcome);
    }
  const Results results =
      analyse(testing::scenario_of({"a", "b", "c"}, {testing::objective("on time", 0.95)}),
              {"0", "0", 1, kReplications, false}, std::move(samples));
  CHECK(results.verdict.kind == Verdict::Kind::undecided);
  CHECK(results.verdict.winner == 0);
  CHECK(results.verdict.sentence.find("A and b both meet the objective") == 0);
  CHECK(*results.verdict.replications_needed > kReplications);
}

TEST_CASE("pairs of runs that mirror each other are counted as the few that they are") {
  const std::vector<Made> three{{"a", {999, 999}, 1'000, 9'000},
                                {"b", {999, 999}, 1'100, 9'000},
                                {"c", {999, 999}, 1'150, 9'000}};
  CHECK(results_of(three, kTwo).verdict.kind == Verdict::Kind::undecided);
  const Results mirrored = results_of(three, kTwo, 2);
  CHECK(mirrored.verdict.kind == Verdict::Kind::best);
  CHECK(mirrored.verdict.winner == 0);
  CHECK(mirrored.verdict.rule.find("Kim and Nelson's procedure") != std::string::npos);
}

TEST_CASE("a dear strategy whose cost varies a lot does not keep the choice open") {
  const Results results = results_of(
      {{"a", {999, 999}, 5, 1}, {"b", {999, 999}, 1'400, 900}, {"c", {999, 999}, 20, 2}}, kTwo);
  CHECK(results.verdict.kind == Verdict::Kind::best);
  CHECK(results.verdict.winner == 0);
}

TEST_CASE("a single strategy is judged alone") {
  CHECK(results_of({{"only", {999, 999}, 10}}, kTwo)
            .verdict.sentence.find("Only meets both objectives: ") == 0);
  CHECK(results_of({{"only", {99, 999}, 10}}, kTwo)
            .verdict.sentence.find(
                "Only does not meet both objectives: on time, met in 9.9 % of runs") == 0);
  CHECK(results_of({{"only", {951, 999}, 10}}, kTwo).verdict.kind == Verdict::Kind::single);
}

TEST_CASE(
    "without objectives a strategy that never gets the fleet ready does not win by being cheap") {
  Results results = results_of({{"works", {}, 1'000}, {"fails", {}, 10}}, {});
  CHECK(results.verdict.winner == 1);
  for (double& value : results.strategies[1].samples.metrics[0]) value = model::kNotReached;
  results.strategies[1].metrics = summarise(results.strategies[1].samples);
  const Verdict verdict = decide(results);
  CHECK(verdict.winner == 0);
  CHECK(verdict.misses[0].find(
            "Fails: the whole fleet is ready within 30 d in none of 1,000 runs") == 0);
}

TEST_CASE("probabilities are told with bounds that are rounded to the safe side") {
  const Results results = results_of({{"a", {1000, 973}, 10}}, kTwo);
  const StrategyResult& strategy = results.strategies[0];
  CHECK(strategy.objectives[0].at_least == doctest::Approx(std::pow(0.05, 1.0 / kReplications)));
  CHECK(words_of(strategy.objectives[0], kReplications) == "all 1,000 runs (at least 99.7 %)");
  CHECK(words_of(strategy.objectives[1], kReplications) == "97.3 % of runs (at least 96.2 %)");
  ObjectiveResult rare = strategy.objectives[1];
  rare.probability = 298.0 / 300;
  CHECK(words_of(rare, 300).find("99.33 % of runs") == 0);
  ObjectiveResult near = strategy.objectives[1];
  near.probability = 0.906;
  near.at_most = 0.91998;
  near.required = 0.92;
  near.met = Met::no;
  CHECK(words_of(near, 1'082) == "90.6 % of runs (at most 91.998 %)");
}

TEST_CASE("the ranked cost is named as the scenario composes it") {
  CHECK(words_of(model::CostScope{{model::CostKind::staff}, {}, false}) == "staff cost");
  CHECK(words_of(model::CostScope{{}, {}, true}) == "total cost");
  CHECK(words_of(model::CostScope{{model::CostKind::incidents},
                                  {model::CostPhase::deployment, model::CostPhase::in_incidents},
                                  false}) == "deployment, recovery and incident cost");
}

TEST_CASE("one run is told as one") {
  Samples one;
  model::Outcome outcome;
  outcome.objectives = {1, 0};
  append(one, outcome);
  const Results results =
      analyse(testing::scenario_of({"a"}, kTwo), {"0", "0", 1, 1, false}, {one});
  const auto& objectives = results.strategies[0].objectives;
  CHECK(words_of(objectives[0], 1) == "the one run (at least 5 %)");
  CHECK(words_of(objectives[1], 1) == "none of one run (at most 95 %)");
  CHECK(results.verdict.sentence.find("ne replication cannot tell whether a meets") !=
        std::string::npos);
}

TEST_CASE("costs that differ by less than a cent are told to be the same") {
  const Results results =
      results_of({{"a", {999, 999}, 1'000}, {"b", {800, 999}, 1'000.001}}, kTwo);
  REQUIRE(results.verdict.misses.size() == 1);
  CHECK(results.verdict.misses[0].find("it costs the same as a.") != std::string::npos);
  const Results cheap = results_of({{"a", {999, 999}, 0.6}, {"b", {800, 999}, 0.604}}, kTwo);
  CHECK(cheap.verdict.misses[0].find("it costs the same as a.") != std::string::npos);
  const Results cheaper = results_of({{"a", {999, 999}, 0.6}, {"b", {800, 999}, 0.607}}, kTwo);
  CHECK(cheaper.verdict.misses[0].find("it costs 0.007 USD more than a") != std::string::npos);
}

}  // namespace
}  // namespace rollcast::experiment
