#include "rollcast/experiment/summary.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <random>

#include "make.hpp"
#include "ordered.hpp"
#include "rollcast/experiment/summary_json.hpp"

namespace rollcast::experiment {
namespace {

using model::Metric;
using nlohmann::json;

const MetricSummary& of(const std::vector<MetricSummary>& summaries, Metric metric) {
  return summaries[static_cast<std::size_t>(metric)];
}

TEST_CASE(
    "a metric that was not always reached has no mean, and no quantile beyond what was reached") {
  const auto summaries = summarise(testing::samples_of(0, 2'000));
  const MetricSummary& ready = of(summaries, Metric::ready_time);
  CHECK(ready.count == 2'000);
  CHECK_FALSE(ready.mean);
  CHECK_FALSE(ready.mean_ci);
  CHECK_FALSE(ready.max);
  CHECK(*ready.min >= 1'000);
  CHECK(ready.reached_ci.contains(0.95));
  CHECK(ready.reached_ci.contains(ready.reached));
  // 5 % never get there: the 90 % quantile of all runs is the 90/95 quantile of those that do.
  const QuantileEstimate& p90 = ready.quantiles[6];
  CHECK(p90.interval->contains(1'000 - 100 * std::log(1 - 0.90 / 0.95)));
  CHECK(p90.interval->contains(*p90.value));
  const QuantileEstimate& p99 = ready.quantiles[8];
  CHECK_FALSE(p99.value);
  CHECK_FALSE(p99.interval);
  CHECK_FALSE(ready.cvar95);
}

TEST_CASE("a metric that is always reached has everything") {
  const auto summaries = summarise(testing::samples_of(0, 1'000));
  const MetricSummary& cost = of(summaries, Metric::cost_ranked);
  CHECK(cost.mean_ci->contains(100.5));
  CHECK(cost.mean_ci->contains(*cost.mean));
  CHECK(*cost.sd == doctest::Approx(std::sqrt(1.0 / 12)).epsilon(0.05));
  CHECK(cost.reached == 1.0);
  CHECK(cost.cvar95_ci->contains(*cost.cvar95));
  CHECK(*cost.cvar95 == doctest::Approx(100.975).epsilon(2e-4));  // four standard errors
  CHECK(cost.quantiles[3].interval->contains(100.5));
}

TEST_CASE(
    "incidents pool over all replications, open ones as not reached, losses without a value left "
    "out") {
  const auto summaries = summarise(testing::samples_of(0, 300));
  const MetricSummary& recovery = of(summaries, Metric::recovery_time_mean);
  CHECK(recovery.count == 200);
  CHECK(recovery.reached == doctest::Approx(0.95));
  CHECK_FALSE(recovery.mean);
  CHECK(*recovery.quantiles[4].value == 1.5);
  const MetricSummary& loss = of(summaries, Metric::recovery_data_loss_mean);
  CHECK(loss.count == 100);
  CHECK(*loss.mean == 2.25);
  CHECK(loss.mean_ci->half_width() == 0.0);
  const MetricSummary& none = of(summaries, Metric::recovery_time_max);
  CHECK(none.count == 0);
  CHECK_FALSE(none.mean);
}

TEST_CASE("one replication has values and no intervals") {
  const auto summaries = summarise(testing::samples_of(0, 1));
  const MetricSummary& cost = of(summaries, Metric::cost_ranked);
  CHECK(cost.mean);
  CHECK_FALSE(cost.mean_ci);
  CHECK_FALSE(cost.sd);
  for (const QuantileEstimate& quantile : cost.quantiles) {
    CHECK(*quantile.value == *cost.mean);
    CHECK_FALSE(quantile.interval);
  }
}

TEST_CASE("the worst 5 % of a share that is good when high are its smallest values") {
  Samples samples;
  for (int i = 1; i <= 100; ++i) {
    model::Outcome outcome;
    outcome.metrics[static_cast<std::size_t>(Metric::availability)] = i / 100.0;
    append(samples, outcome);
  }
  const auto summaries = summarise(samples);
  CHECK(*of(summaries, Metric::availability).cvar95 == doctest::Approx(0.03));
  CHECK(of(summaries, Metric::availability).cvar95_ci->contains(0.03));
}

TEST_CASE("objectives are judged by their one-sided bound") {
  const Samples samples = testing::samples_of(0, 1'000);
  // P(ready < 1200) = 0.95 (1 - e^-2) = 0.821.
  const auto judged = judge({testing::objective("easy", 0.7)}, samples);
  CHECK(judged[0].met == Met::yes);
  CHECK(judged[0].interval.contains(0.95 * (1 - std::exp(-2.0))));
  CHECK(judge({testing::objective("hard", 0.9)}, samples)[0].met == Met::no);
  const auto open = judge({testing::objective("close", judged[0].probability - 0.005)}, samples);
  CHECK(open[0].met == Met::undecided);
  REQUIRE(open[0].replications_needed);
  CHECK(*open[0].replications_needed > 5'000);
}

Results results_of(std::uint64_t replications) {
  return analyse(testing::scenario_of({"images", "by hand"}, {testing::objective("on time", 0.7)}),
                 {"1.2.3", "abc", 7, replications, false},
                 {testing::samples_of(0, replications), testing::samples_of(1, replications)});
}

TEST_CASE("comparisons pair the replications") {
  const Results results = results_of(400);
  REQUIRE(results.comparisons.size() == 2);
  CHECK(results.comparisons[0].metric == Metric::ready_time);
  CHECK_FALSE(results.comparisons[0].mean_difference);
  CHECK(results.comparisons[0].left_smaller_ci.contains(0.5));
  // The luck of the cost is shared, so the difference is exact up to rounding.
  CHECK(results.comparisons[1].interval->low == doctest::Approx(-100.0));
  CHECK(results.comparisons[1].interval->half_width() < 1e-9);
  CHECK(results.comparisons[1].left_smaller == 1.0);
}

/// Two strategies whose ranked costs are 100 and `steady` ± 2, each with luck of its own.
Comparison wild_and_steady(std::uint64_t seed, double steady) {
  std::vector<Samples> samples;
  for (const bool wild : {true, false}) {
    samples.emplace_back();
    for (std::uint64_t i = 0; i < 200; ++i) {
      model::Outcome outcome = testing::made_up(0, i);
      const double luck = testing::luck(seed, i, wild ? 10 : 11) - 0.5;
      outcome.metrics[static_cast<std::size_t>(Metric::cost_ranked)] =
          wild ? 100 + 20 * luck : steady + 4 * luck;
      append(samples.back(), outcome);
    }
  }
  const auto scenario =
      testing::scenario_of({"wild", "steady"}, {testing::objective("on time", 0.9)});
  return analyse(scenario, {}, std::move(samples)).comparisons.back();
}

TEST_CASE("who dislikes risk is told of the steadier one where it is shown to cost less as well") {
  using Better = Comparison::Better;
  const Comparison cheaper = wild_and_steady(1, 98.0);
  CHECK(cheaper.second_order == Better::right);
  CHECK(cheaper.first_order == Better::not_shown);
  // It costs a little more: by the order of the samples half of the runs would say otherwise. At
  // most 8 of 60 with 99.9 %, where each errs with 2.5 %.
  int claimed = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed)
    claimed += wild_and_steady(seed, 100.05).second_order == Better::right ? 1 : 0;
  CHECK(claimed <= 6);
}

TEST_CASE("summary.json says what the results say, null where there is nothing to say") {
  const Results results = results_of(400);
  const std::string text = summary_json(results);
  CHECK(text == summary_json(results_of(400)));
  const json summary = json::parse(text);
  CHECK(summary["rollcast"] == "1.2.3");
  CHECK(summary["seed"] == 7);
  const json& images = summary["strategies"][0];
  CHECK(images["name"] == "images");
  CHECK(images["replications"] == 400);
  const json& ready = images["metrics"]["ready_time"];
  CHECK(ready["mean"].is_null());
  CHECK(ready["p99"].is_null());
  CHECK(ready["p50"].get<double>() ==
        *of(results.strategies[0].metrics, Metric::ready_time).quantiles[3].value);
  CHECK(ready["p50_ci"].size() == 2);
  CHECK(images["metrics"]["cost.ranked"]["mean"].get<double>() ==
        *of(results.strategies[0].metrics, Metric::cost_ranked).mean);
  CHECK(images["metrics"].size() == model::kMetrics);
  const json& shares = images["ready_time_of_share"];
  CHECK(shares.size() == 4);
  const auto curve = results.strategies[0].samples.ready_curve[31];  // 32 of 40 points
  CHECK(shares["80 %"]["count"] == 400);
  CHECK(shares["80 %"]["min"].get<double>() == *std::min_element(curve.begin(), curve.end()));
  CHECK(images["objectives"][0]["met"] == "yes");
  CHECK(summary["verdict"]["strategy"] == "images");
  CHECK(summary["comparisons"].size() == 2);
}

TEST_CASE("the cash flow has a band for each calendar month, the last one up to the horizon") {
  model::Scenario scenario = testing::scenario_of({"images"}, {});
  scenario.has_start = true;
  scenario.months = {kStart + std::chrono::hours(500)};
  // The first month costs 0 in every run, the second a uniform amount between 0 and 1.
  std::vector<Samples> samples{testing::samples_of(0, 2'000)};
  samples[0].objectives.clear();
  const Results results = analyse(scenario, RunFacts{}, std::move(samples));
  const auto& months = results.strategies[0].cash_flow;
  REQUIRE(months.size() == 2);
  CHECK(months[0].from == kStart);
  CHECK(months[0].to == months[1].from);
  CHECK(months[1].to == kStart + std::chrono::hours(720));
  CHECK(months[0].mean == 0.0);
  CHECK(months[0].p95 == 0.0);
  CHECK(std::abs(months[1].mean - 0.5) < 4 / std::sqrt(12.0 * 2'000));
  CHECK(std::abs(months[1].p5 - 0.05) < 4 * std::sqrt(0.05 * 0.95 / 2'000));
  CHECK(std::abs(months[1].p95 - 0.95) < 4 * std::sqrt(0.05 * 0.95 / 2'000));
  const json flow = json::parse(summary_json(results))["strategies"][0]["cash_flow"];
  CHECK(flow.size() == 2);
  CHECK(flow[1]["from"] == 500 * 3600.0);
  CHECK(flow[1]["mean"] == months[1].mean);
  CHECK(flow[1]["p95"] == months[1].p95);
}

TEST_CASE("summary.json of one replication has null intervals") {
  const json summary = json::parse(summary_json(results_of(1)));
  const json& cost = summary["strategies"][0]["metrics"]["cost.ranked"];
  CHECK(cost["mean"].is_number());
  for (const char* key : {"mean_ci", "sd", "p5_ci", "p50_ci", "p99_ci", "cvar95_ci"})
    CHECK(cost[key].is_null());
  CHECK(summary["strategies"][0]["objectives"][0]["ci"].is_null());
}

TEST_CASE("beyond the limit of exact samples every quantile is right within a thousandth") {
  Samples exact = testing::samples_of(0, 3'000);
  Samples many;
  many.limit = 1'000;
  for (std::uint64_t i = 0; i < 3'000; ++i) append(many, testing::made_up(0, i));
  CHECK(many.metrics[0].size() == 1'000);
  const auto right = summarise(exact);
  const auto rounded = summarise(many);
  for (const Metric metric : {Metric::ready_time, Metric::cost_ranked}) {
    const MetricSummary& a = right[static_cast<std::size_t>(metric)];
    const MetricSummary& b = rounded[static_cast<std::size_t>(metric)];
    CHECK(a.count == b.count);
    CHECK(a.reached == b.reached);
    CHECK(a.mean.has_value() == b.mean.has_value());
    if (a.mean) CHECK(*b.mean == doctest::Approx(*a.mean).epsilon(1e-12));
    for (std::size_t i = 0; i < kQuantileLevels.size(); ++i) {
      REQUIRE(a.quantiles[i].value.has_value() == b.quantiles[i].value.has_value());
      if (a.quantiles[i].value)
        CHECK(std::abs(*b.quantiles[i].value / *a.quantiles[i].value - 1) < 1e-3);
    }
  }
}

/// One of many values is as wide as the other, to a tenth of the width.
void check_alike(const std::optional<stats::Interval>& a, const std::optional<stats::Interval>& b) {
  REQUIRE(a.has_value() == b.has_value());
  if (!a || std::isinf(a->low) || std::isinf(a->high)) return;
  const double width = a->high - a->low;
  CHECK(std::abs(a->low - b->low) <= 0.1 * width + 1e-3 * std::abs(a->low));
  CHECK(std::abs(a->high - b->high) <= 0.1 * width + 1e-3 * std::abs(a->high));
}

TEST_CASE("within a bound of memory all strategies keep as much, and intervals stay as wide") {
  for (const std::uint32_t cluster : {1U, 2U}) {
    CAPTURE(cluster);
    std::vector<Samples> whole(2), bounded(2);
    for (std::size_t strategy = 0; strategy < 2; ++strategy)
      whole[strategy].cluster = bounded[strategy].cluster = cluster;
    constexpr std::uint64_t kBytes = 8'000'000;
    for (std::uint64_t i = 0; i < 12'000; ++i) {
      for (std::size_t strategy = 0; strategy < 2; ++strategy) {
        model::Outcome outcome = testing::made_up(strategy, i / cluster);
        outcome.metrics[static_cast<std::size_t>(Metric::recovery_time_mean)] = 7.0;
        outcome.incidents.resize(2 * (i % 2), {3.0F + static_cast<float>(i % 5), 2.0F, false});
        append(whole[strategy], outcome);
        append(bounded[strategy], outcome);
      }
      keep_within(bounded, kBytes);
    }
    const std::size_t kept = bounded[0].metrics[0].size();
    CHECK(kept == bounded[1].metrics[0].size());
    CHECK(kept == bounded[0].limit);
    CHECK(kept * 2 * 8 * model::kMetrics < kBytes);
    CHECK(kept * 2 * 8 * (model::kMetrics + model::kReadyPoints + 5) > kBytes);
    const auto right = summarise(whole[0]);
    const auto rounded = summarise(bounded[0]);
    for (const Metric metric : {Metric::cost_ranked, Metric::recovery_time_mean,
                                Metric::recovery_data_loss_mean, Metric::ready_time}) {
      const MetricSummary& a = right[static_cast<std::size_t>(metric)];
      const MetricSummary& b = rounded[static_cast<std::size_t>(metric)];
      CAPTURE(model::metric_info(metric).name);
      CHECK(a.count == b.count);
      CHECK(a.mean.value_or(0) == doctest::Approx(b.mean.value_or(0)).epsilon(1e-9));
      CHECK(a.cvar95.value_or(0) == doctest::Approx(b.cvar95.value_or(0)).epsilon(1e-3));
      check_alike(a.mean_ci, b.mean_ci);
      check_alike(a.cvar95_ci, b.cvar95_ci);
      check_alike(a.reached_ci, b.reached_ci);
      for (std::size_t i = 0; i < kQuantileLevels.size(); ++i)
        check_alike(a.quantiles[i].interval, b.quantiles[i].interval);
    }
  }
}

TEST_CASE("values of one cluster count as dependent: intervals widen, never narrow") {
  Samples alone = testing::samples_of(0, 2'000);
  Samples pairs;
  pairs.cluster = 2;
  for (std::uint64_t i = 0; i < 2'000; ++i) append(pairs, testing::made_up(0, i / 2));
  const auto width = [](const Samples& samples, Metric metric) {
    return summarise(samples)[static_cast<std::size_t>(metric)].mean_ci->half_width();
  };
  CHECK(width(pairs, Metric::cost_ranked) ==
        doctest::Approx(std::sqrt(2.0) * width(alone, Metric::cost_ranked)).epsilon(0.05));
  const auto objectives = std::vector<model::Objective>{testing::objective("on time", 0.9)};
  const double lone = judge(objectives, alone)[0].interval.half_width();
  CHECK(judge(objectives, pairs)[0].interval.half_width() > 1.3 * lone);
}

TEST_CASE("of many values those that are asked for are where sorting would put them") {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> length(0.0, 1.5);
  for (const double unreached : {0.0, 0.02, 1.0}) {
    std::vector<double> values(150'000);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = std::round(length(random) * 1000) / 1000;  // many are equal
      if (static_cast<double>(i) < unreached * static_cast<double>(values.size()))
        values[i] = model::kNotReached;
    }
    std::shuffle(values.begin(), values.end(), random);
    std::vector<double> all = values, some;
    std::sort(all.begin(), all.end());
    Ordered ordered(values, some);
    for (const std::uint64_t rank : {1, 2, 7'500, 75'000, 142'500, 149'999, 150'000}) {
      ordered.place(rank);
      CHECK(some[rank - 1] == all[rank - 1]);
    }
    ordered.place(0);
    ordered.place(150'001);
    std::sort(some.begin() + 142'500, some.end());  // what is behind a place belongs there
    CHECK(std::equal(some.begin() + 142'499, some.end(), all.begin() + 142'499));
  }
}

}  // namespace
}  // namespace rollcast::experiment
