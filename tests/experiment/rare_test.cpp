/// Rare impact of scenarios whose chances are known.
#include "rollcast/experiment/rare.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "rollcast/model/simulate.hpp"

namespace rollcast::experiment {
namespace {

using model::Metric;

scenario::Loaded load(const std::string& text) {
  scenario::Loaded loaded = scenario::load_text("rare.yaml", text);
  INFO(loaded.diagnostics.render());
  REQUIRE(loaded.scenario.has_value());
  return loaded;
}

/// Servers that fail and come back on their own, from the first second on.
std::string independent(int servers, const std::string& lives, const std::string& repairs,
                        const std::string& more = {}) {
  return fmt::format(
      "question: How many at once?\nhorizon: 720 h\nseed: 11\n"
      "regions: {{lab: {{zones: 1, quota: {{held: 500 per zone}}, api: {{rate: 100000 per s}}, "
      "storage: 0 USD per GB month}}}}\n"
      "fleet: {{web: {{count: {}, region: lab, os: linux, price: 0 USD per h}}}}\n"
      "images: {{golden: {{kind: custom, os: linux, exists: {{regions: [lab]}}, bad: 0 %}}}}\n"
      "launch: {{time: 0 s, fails: 0 %}}\n"
      "failures: {{broken: {{kind: environment, every: \"{}\", detected: 0 s}}}}\n"
      "strategies: {{image: {{deploy: golden, recover: {{means: [reinstall], reinstall: "
      "\"{}\"}}}}}}\n"
      "{}",
      servers, lives, repairs, more);
}

/// The chance that `event` of `servers` are down at once within `hours`, each failing with rate
/// `fails` and repaired with rate `repaired` an hour: uniformisation of the birth-death chain that
/// ends at `event`.
double exact(int servers, int event, double hours, double fails, double repaired) {
  const double rate = servers * std::max(fails, repaired);
  std::vector<double> state(static_cast<std::size_t>(event) + 1, 0.0);
  state[0] = 1.0;
  double chance = 0.0, log_weight = -rate * hours;
  const int steps = static_cast<int>(rate * hours + 12 * std::sqrt(rate * hours) + 50);
  for (int n = 0; n <= steps; ++n) {
    chance += std::exp(log_weight) * state.back();
    log_weight += std::log(rate * hours) - std::log(n + 1.0);
    std::vector<double> next(state.size(), 0.0);
    next.back() = state.back();
    for (int k = 0; k < event; ++k) {
      const auto at = static_cast<std::size_t>(k);
      const double up = (servers - k) * fails / rate, down = k * repaired / rate;
      next[at + 1] += state[at] * up;
      if (k > 0) next[at - 1] += state[at] * down;
      next[at] += state[at] * (1 - up - down);
    }
    state = std::move(next);
  }
  return chance;
}

RareResults found(const scenario::Loaded& loaded, RareEvent event, std::uint64_t effort,
                  unsigned jobs = 2) {
  RarePlan plan;
  plan.events = {event};
  plan.effort = effort;
  plan.batches = 20;
  plan.jobs = jobs;
  return find_rare(loaded, plan);
}

TEST_CASE("two servers both down within 720 h: the mirrored pair of the closed-form answers") {
  CHECK(exact(2, 2, 720, 1e-3, 0.1) == doctest::Approx(0.013699901394220716).epsilon(1e-9));
  const auto loaded = load(independent(2, "exponential(1000 h)", "exponential(10 h)"));
  const auto results = found(loaded, {Metric::impact_out_peak, 2, {}}, 500);
  const SplittingResult& answer = results.answers[0][0];
  CAPTURE(answer.probability);
  CHECK(answer.interval.contains(0.013699901394220716));
  CHECK(answer.relative_error < 0.15);
}

TEST_CASE("five of six servers down at once, one chance in a billion or so") {
  // Repairs take 2 h, lives 1,000 h.
  const double truth = exact(6, 5, 720, 1e-3, 0.5);
  CAPTURE(truth);
  CHECK(truth < 3e-9);
  const auto loaded = load(independent(6, "exponential(1000 h)", "exponential(2 h)"));
  const auto results = found(loaded, {Metric::impact_out_peak, 5, {}}, 3'000);
  const SplittingResult& answer = results.answers[0][0];
  CAPTURE(answer.probability);
  CAPTURE(answer.relative_error);
  CHECK(answer.interval.contains(truth));
  CHECK(answer.relative_error < 0.35);
  CHECK(*answer.plain_events > 10'000 * static_cast<double>(answer.events));
}

TEST_CASE("five of forty at once: levels are set where the pilot was stuck between") {
  // Repairs take 12 min, so hardly one in five hundred crossings gets worse by one more.
  const double truth = exact(40, 5, 720, 1.0 / 1'500, 5.0);
  CAPTURE(truth);
  CHECK(truth < 2e-9);
  const auto loaded = load(independent(40, "exponential(1500 h)", "exponential(0.2 h)"));
  const SplittingResult answer =
      found(loaded, {Metric::impact_out_peak, 5, {}}, 1'000).answers[0][0];
  CAPTURE(answer.probability);
  CAPTURE(answer.interval.high);
  CHECK(answer.interval.contains(truth));
  CHECK(answer.interval.high < 1e-6);
  CHECK(answer.levels.size() >= 3);
}

TEST_CASE("where impact leaps over the levels the bound is that of plain runs") {
  // Repairs of one second: two are down at once in one of some thousand runs.
  const auto loaded = load(independent(4, "exponential(1000 h)", "1 s to 2 s"));
  const SplittingResult answer = found(loaded, {Metric::impact_out_peak, 3, {}}, 200).answers[0][0];
  CHECK(answer.probability == 0);
  CHECK(answer.stuck_at.has_value());
  CHECK(answer.bound_is_plain);
  CHECK(answer.plain == 200);
  // Clopper and Pearson: 1 - 0.025^(1/200).
  CHECK(answer.interval.high == doctest::Approx(1 - std::pow(0.025, 1.0 / 200)));
}

TEST_CASE("an estimate that goes on from its parts is the same to the last bit") {
  const auto loaded = load(independent(6, "exponential(1000 h)", "exponential(10 h)"));
  RarePlan plan;
  plan.events = {{Metric::impact_out_peak, 3, {}}};
  plan.effort = 200;
  plan.batches = 8;
  plan.jobs = 2;
  std::map<std::uint64_t, std::vector<double>> parts;
  RareHooks hooks;
  hooks.keep = [&](std::size_t, std::size_t, std::uint64_t part,
                   const std::vector<double>& numbers) { parts[part] = numbers; };
  const std::string whole = rare_json(find_rare(loaded, plan, hooks));
  CHECK(parts.size() == 9);
  for (const std::uint64_t part : {2, 5, 6}) parts.erase(part);
  const auto before = parts;
  std::vector<std::uint64_t> made;
  hooks.keep = [&](std::size_t, std::size_t, std::uint64_t part, const std::vector<double>&) {
    made.push_back(part);
  };
  hooks.known = [&](std::size_t, std::size_t, std::uint64_t part) -> const std::vector<double>* {
    const auto found = before.find(part);
    return found == before.end() ? nullptr : &found->second;
  };
  CHECK(rare_json(find_rare(loaded, plan, hooks)) == whole);
  CHECK(made == std::vector<std::uint64_t>{2, 5, 6});
}

TEST_CASE("lives that are not exponential, outages and drift: splitting agrees with plain runs") {
  // Everything that is drawn again at a crossing, in one world; 95 % of the difference's own error.
  const auto loaded =
      load(independent(8, "weibull(shape 2, scale 300 h)", "lognormal(median 1 h, p95 6 h)",
                       "outages: {zone: {region: lab, every: exponential(900 h), lasts: 30 min to "
                       "2 h, takes: 25 %}}\n"
                       "drift: {image: \"weibull(shape 1.5, scale 900 h)\"}\n"
                       "defects: {detected: exponential(20 h)}\n"));
  for (const auto& [metric, at_least] :
       {std::pair{Metric::impact_out_peak, 4}, std::pair{Metric::impact_peak, 4},
        std::pair{Metric::impact_defective_peak, 3}}) {
    constexpr int kRuns = 20'000;
    double plain = 0.0;
    for (std::uint64_t i = 0; i < kRuns; ++i) {
      const auto outcome = model::simulate(*loaded.scenario, 0, 11, 1'000'000 + i);
      plain += outcome.metrics[static_cast<std::size_t>(metric)] >= at_least ? 1.0 / kRuns : 0.0;
    }
    const SplittingResult answer = found(loaded, {metric, at_least, {}}, 200).answers[0][0];
    const double error = std::hypot(std::sqrt(plain * (1 - plain) / kRuns),
                                    answer.probability * answer.relative_error);
    CAPTURE(plain);
    CAPTURE(answer.probability);
    CHECK(plain > 0.0005);
    CHECK(plain < 0.5);
    CHECK(std::abs(answer.probability - plain) < 4 * error);
  }
}

TEST_CASE("without crossings a trajectory has the peaks of the plain run with its number") {
  const auto loaded = load(
      independent(8, "exponential(200 h)", "1 h to 9 h", "drift: {image: exponential(500 h)}\n"));
  for (const Metric metric :
       {Metric::impact_out_peak, Metric::impact_peak, Metric::impact_defective_peak}) {
    const Replay replay = replay_of(loaded, 0, metric);
    for (std::uint64_t i = 0; i < 100; ++i) {
      const auto outcome = model::simulate(*loaded.scenario, 0, 11, i);
      CHECK(replay(random::Way{i, {}}, INFINITY).highest ==
            outcome.metrics[static_cast<std::size_t>(metric)]);
    }
  }
}

TEST_CASE("branches share the past to the crossing and part behind it") {
  const auto loaded = load(independent(8, "exponential(200 h)", "1 h to 9 h"));
  const Replay replay = replay_of(loaded, 0, Metric::impact_out_peak);
  const Advance first = replay(random::Way{3, {}}, 2);
  REQUIRE(first.reached);
  std::vector<TimePoint> times;
  for (std::uint32_t branch = 1; branch <= 20; ++branch) {
    // The course itself checks that the crossing comes at the same time again.
    const Advance next = replay(random::Way{3, {{2, branch, first.time}}}, 3);
    CHECK(next.time >= first.time);
    if (next.reached) times.push_back(next.time);
  }
  CHECK(times.size() >= 5);
  std::sort(times.begin(), times.end());
  CHECK(std::adjacent_find(times.begin(), times.end()) == times.end());
}

TEST_CASE("uncertain inputs are part of the start, and threads change nothing") {
  const auto loaded = load(independent(6, "exponential(1000 h)", "exponential(10 h)") +
                           "uncertain: {failures.broken.every: [exponential(500 h), "
                           "exponential(2000 h)]}\nsampling: antithetic\n");
  const double truth = 0.5 * (exact(6, 3, 720, 1.0 / 500, 0.1) + exact(6, 3, 720, 1.0 / 2000, 0.1));
  const auto results = found(loaded, {Metric::impact_out_peak, 3, {}}, 101);
  CHECK(results.plan.effort == 102);
  CAPTURE(truth);
  CAPTURE(results.answers[0][0].probability);
  CHECK(results.answers[0][0].interval.contains(truth));
  CHECK(rare_json(found(loaded, {Metric::impact_out_peak, 3, {}}, 101, 1)) == rare_json(results));
}

TEST_CASE("objectives on impact ask for what they do not allow, and are met or missed") {
  const auto loaded = load(independent(6, "exponential(1000 h)", "exponential(2 h)") +
                           "objectives:\n"
                           "  - {name: blast, impact: 3, probability: 99.999 %}\n"
                           "  - {name: strict, impact: 1, probability: 99.9 %}\n"
                           "  - {name: cheap, cost: {total: 5 USD}, probability: 90 %}\n");
  const auto events = events_of(*loaded.scenario);
  REQUIRE(events.size() == 2);
  CHECK(events[0].at_least == 4);
  CHECK(events[1].at_least == 2);
  RarePlan plan;
  plan.events = events;
  plan.effort = 300;
  plan.batches = 20;
  const auto results = find_rare(loaded, plan);
  CHECK(results.met[0][0] == Met::yes);
  CHECK(results.met[1][0] == Met::no);
}

}  // namespace
}  // namespace rollcast::experiment
