/// Roll-outs in which instances fail, wait for each other or for a place, worked out by hand.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>

#include "support.hpp"

namespace rollcast::test {
namespace {

using model::Metric;
using model::Outcome;

/// Nothing comes up: every attempt fails its readiness check.
constexpr const char* kNever =
    "{time: 10 min, fails: 0 %, attempts: 3, back-off: 1 min, readiness finds: 100 %}";

/// An update of `count` servers to a version that is bad with chance `bad`; `strategy` says how.
model::Scenario update_of(int count, const std::string& bad, const std::string& launch,
                          const std::string& strategy, const std::string& more = {}) {
  return load(fmt::format(
      "question: How does it end?\nhorizon: 10 h\n"
      "regions: {{lab: {{zones: 1, quota: {{held: unlimited}}, api: {{rate: 1000 per s}}, "
      "storage: 0 USD per GB month}}}}\n"
      "fleet: {{web: {{count: {}, region: lab, price: 1 USD per h}}}}\n"
      "images:\n"
      "  old: {{kind: custom, os: linux, exists: {{regions: [lab]}}, bad: 0 %}}\n"
      "  new: {{kind: custom, os: linux, exists: {{regions: [lab]}}, bad: {}}}\n"
      "launch: {}\ndeploy: new\nupdate: {{from: old, to: new}}\nrecover: [relaunch]\n{}"
      "strategies: {{it: {}}}\n",
      count, bad, launch, more, strategy));
}
Outcome update(int count, const std::string& bad, const std::string& launch,
               const std::string& strategy, const std::string& more = {}) {
  return model::simulate(update_of(count, bad, launch, strategy, more), 0, 1, 0);
}

/// The share of `replications` runs that were stopped.
double stopped(std::uint64_t replications, const std::string& launch, const std::string& strategy) {
  const model::Scenario scenario = update_of(10, "0 %", launch, strategy);
  double sum = 0;
  for (std::uint64_t replication = 0; replication < replications; ++replication)
    sum += metric(model::simulate(scenario, 0, 1, replication), Metric::rollout_aborted);
  return sum / static_cast<double>(replications);
}

TEST_CASE("work moves to a new fleet only when all of it has come up") {
  for (const char* tool :
       {"codedeploy: {deploymentConfig: ECSCanary10Percent5Minutes, autoRollback: true}",
        "flagger: {interval: 2 min, threshold: 2, stepWeight: 20}", "blue_green: {}"}) {
    CAPTURE(tool);
    const Outcome outcome = update(10, "100 %", kNever, fmt::format("{{rollout: {{{}}}}}", tool));
    CHECK(metric(outcome, Metric::rollout_aborted) == 1);
    CHECK(metric(outcome, Metric::rollout_rolled_back) == 1);
    CHECK(metric(outcome, Metric::capacity_least) == 10);
    CHECK(metric(outcome, Metric::ready_share) == 0);
  }
}

TEST_CASE("the bake of blue/green watches the new fleet, and its health checks look at it") {
  const std::string defects =
      "defects: {detected: 100 h, detected in soak: 5 min, cost: 2 USD per instance h}\n";
  const auto hours = [&](const std::string& strategy, const std::string& more) {
    return metric(update(10, "100 %", "{time: 10 min, fails: 0 %}", strategy, more),
                  Metric::impact_defective_instance_hours);
  };
  const double found = 10 * 5 / 60.0;
  CHECK(hours("{rollout: {batches: 10, soak: 30 min, stop above: 0 %}}", defects) ==
        doctest::Approx(found));
  CHECK(hours("{rollout: {blue_green: {bake: 30 min, retention: 2 h}}}", defects) ==
        doctest::Approx(found));
  const std::string never = "defects: {detected: 100 h, detected in soak: 100 h}\n";
  // Checked at the end of the bake.
  CHECK(hours("{rollout: {blue_green: {bake: 30 min}, health: {misses: 0 %}}}", never) ==
        doctest::Approx(10 * 0.5));
  CHECK(hours("{rollout: {blue_green: {bake: 30 min}}}", never) ==
        doctest::Approx(10 * (10 - 1 / 6.0)));
}

TEST_CASE("policies with a surge come to their stop rules when instances are given up") {
  for (const char* rollout : {"vmss: {maxBatchInstancePercent: 20, maxSurge: true}",
                              "waves: {bake: 1 h, maxSurge: 1}, stop above: 0 %",
                              "waves: {bake: 1 h, maxUnavailable: 1}, stop above: 0 %"}) {
    CAPTURE(rollout);
    const Outcome outcome =
        update(10, "100 %", kNever, fmt::format("{{rollout: {{{}}}}}", rollout));
    CHECK(metric(outcome, Metric::rollout_aborted) == 1);
    CHECK(metric(outcome, Metric::rollout_stalled) == 0);
  }
  // Five batches of two, each launch fails with 10 %; stopped when more than a fifth of those
  // updated so far failed. By states: after the batches 1 to 5 at most 0, 0, 1, 1, 2 have failed.
  double alive[4] = {1, 0, 0, 0};
  for (const int most : {0, 0, 1, 1, 2}) {
    double next[4] = {0, 0, 0, 0};
    for (int failed = 0; failed <= most; ++failed)
      for (int more = 0; more <= std::min(2, failed); ++more)
        next[failed] += alive[failed - more] * (more == 0 ? 0.81 : more == 1 ? 0.18 : 0.01);
    std::copy(next, next + 4, alive);
  }
  const double expected = 1 - (alive[0] + alive[1] + alive[2]);
  const char* launch = "{time: 4 min, fails: 10 %, attempts: 1}";
  // 2,000 runs: three standard errors are 0.033.
  CHECK(std::abs(stopped(2000, launch, "{rollout: {vmss: {maxSurge: true}}}") - expected) < 0.033);
  CHECK(std::abs(stopped(2000, launch, "{rollout: {vmss: {}}}") - expected) < 0.033);
}

TEST_CASE("a roll-out within bounds ends whatever comes up, and keeps its bounds") {
  struct Row {
    const char* rollout;
    double least, peak;
  };
  // Launches that differ in length: an old instance may go before the one that replaces it is
  // given up.
  for (const Row& row :
       {Row{"waves: {maxSurge: 2, bake: 0 s}, stop above: 100 %", 10, 12},
        Row{"waves: {maxSurge: 2, maxUnavailable: 2, bake: 0 s}, stop above: 100 %", 8, 12},
        Row{"waves: {maxUnavailable: 2, bake: 0 s}, stop above: 100 %", 8, 10},
        Row{"vmss: {maxSurge: true, maxUnhealthyUpgradedInstancePercent: 100}", 10, 12}}) {
    CAPTURE(row.rollout);
    const model::Scenario scenario =
        update_of(10, "0 %", "{time: 3 min to 5 min, fails: 30 %, attempts: 1}",
                  fmt::format("{{rollout: {{{}}}}}", row.rollout));
    for (std::uint64_t replication = 0; replication < 100; ++replication) {
      const Outcome outcome = model::simulate(scenario, 0, 1, replication);
      REQUIRE(metric(outcome, Metric::rollout_aborted) == 0);
      REQUIRE(metric(outcome, Metric::rollout_stalled) == 0);
      REQUIRE(metric(outcome, Metric::capacity_least) >= row.least);
      REQUIRE(metric(outcome, Metric::capacity_peak) <= row.peak);
      REQUIRE(metric(outcome, Metric::ready_share) ==
              doctest::Approx(1 - metric(outcome, Metric::launches_failed) / 10));
    }
  }
  // One that served and cannot be recovered has failed too.
  const Outcome lost =
      update(4, "0 %", "{time: 10 min, fails: 0 %}",
             "{rollout: {waves: {maxSurge: 1, bake: 30 min}, stop above: 0 %}, recover: [restore], "
             "backup: {every: 1000 h}}",
             "failures: {f: {kind: instance, every: 25 min, detected: 0 s}}\n");
  CHECK(metric(lost, Metric::rollout_stalled) == 0);
}

TEST_CASE("groups wait for each other again when an update is rolled back") {
  // Found bad at 0:15, 5 min after the first db serves: four old ones come back one by one.
  const model::Scenario scenario = load(
      "question: How long does it take?\nhorizon: 10 h\n"
      "regions: {lab: {zones: 1, quota: {held: unlimited, launches: 1}, api: {rate: 1000 per s}, "
      "storage: 0 USD per GB month}}\n"
      "fleet:\n  db: {count: 2, region: lab, price: 1 USD per h}\n"
      "  web: {count: 2, region: lab, price: 1 USD per h, after: {db: ready 100 %}}\n"
      "images:\n  old: {kind: custom, os: linux, exists: {regions: [lab]}, bad: 0 %}\n"
      "  new: {kind: custom, os: linux, exists: {regions: [lab]}, bad: 100 %}\n"
      "launch: {time: 10 min, fails: 0 %}\ndeploy: new\nupdate: {from: old, to: new}\n"
      "recover: [relaunch]\ndefects: {detected: 5 min, detected in soak: 5 min}\n"
      "strategies: {it: {rollout: {batches: 100 %, stop above: 0 %}}}\n");
  const Outcome outcome = model::simulate(scenario, 0, 1, 0);
  CHECK(metric(outcome, Metric::rollout_rolled_back) == 1);
  CHECK(metric(outcome, Metric::rollout_rollback_time) == doctest::Approx(40 / 60.0));
}

TEST_CASE("ready without work is ready: groups that wait for each other get work together") {
  struct Row {
    const char* rollout;
    double minutes;
  };
  for (const Row& row : {Row{"blue_green: {bake: 0 s}", 20},
                         Row{"flagger: {interval: 10 min, stepWeight: 50, maxWeight: 50}", 30}}) {
    CAPTURE(row.rollout);
    const model::Scenario scenario = load(fmt::format(
        "question: How long does it take?\nhorizon: 10 h\n"
        "regions: {{lab: {{zones: 1, quota: {{held: unlimited}}, api: {{rate: 1000 per s}}, "
        "storage: 0 USD per GB month}}}}\n"
        "fleet:\n  web: {{count: 1, region: lab, price: 1 USD per h, after: {{db: ready 1}}}}\n"
        "  db: {{count: 1, region: lab, price: 1 USD per h}}\n"
        "images:\n  old: {{kind: custom, os: linux, exists: {{regions: [lab]}}, bad: 0 %}}\n"
        "  new: {{kind: custom, os: linux, exists: {{regions: [lab]}}, bad: 0 %}}\n"
        "launch: {{time: 10 min, fails: 0 %}}\ndeploy: new\nupdate: {{from: old, to: new}}\n"
        "strategies: {{it: {{rollout: {{{}}}}}}}\n",
        row.rollout));
    const Outcome outcome = model::simulate(scenario, 0, 1, 0);
    CHECK(metric(outcome, Metric::ready_time) == doctest::Approx(60 * row.minutes));
  }
}

TEST_CASE("an update takes nothing away before its image is there") {
  // The image is made from 0:00 to 25:00.
  const auto run = [](const char* rollout) {
    return model::simulate(
        load(fmt::format(
            "question: How long does the old version serve?\nstart: 2026-03-02 00:00 UTC\n"
            "horizon: 100 h\n"
            "regions: {{lab: {{zones: 1, quota: {{held: unlimited}}, api: {{rate: 1000 per s}}, "
            "storage: 0 USD per GB month}}}}\n"
            "staff: {{ops: {{people: 1, hours: always}}}}\n"
            "software: {{x: {{work: 24 work h, error: 0 %}}}}\n"
            "fleet: {{web: {{count: 4, region: lab, price: 1 USD per h}}}}\n"
            "images:\n  old: {{kind: custom, os: linux, exists: {{regions: [lab]}}, bad: 0 %}}\n"
            "  new: {{kind: custom, os: linux, make: {{from: web, by: ops, test: 0 work h, create: "
            "1 h}}, bad: 0 %}}\n"
            "launch: {{time: 10 min, fails: 0 %}}\ndeploy: new\nupdate: {{from: old, to: new}}\n"
            "strategies: {{it: {{rollout: {{{}}}}}}}\n",
            rollout)),
        0, 1, 0);
  };
  const Outcome batches = run("batches: 100 %");
  CHECK(metric(batches, Metric::ready_time) == doctest::Approx(25 * 3600 + 600));
  CHECK(metric(batches, Metric::update_vulnerable_instance_hours) == doctest::Approx(100));
  const Outcome kubernetes = run("kubernetes: {}");
  CHECK(metric(kubernetes, Metric::rollout_stalled) == 0);
  CHECK(metric(kubernetes, Metric::capacity_least) == 3);
}

TEST_CASE("what was given up once does not count in the next roll-out") {
  const model::Scenario scenario = load(
      "question: Is it replaced?\nstart: 2026-03-02 09:00 UTC\nhorizon: 60 h\n"
      "regions: {lab: {zones: 1, quota: {held: unlimited}, api: {rate: 1000 per s}, "
      "storage: 0 USD per GB month}}\n"
      "staff: {ops: {people: 1, hours: always}}\nsoftware: {x: {work: 1 work h}}\n"
      "fleet: {web: {count: 10, region: lab, price: 1 USD per h}}\n"
      "images:\n  g: {kind: custom, os: linux, exists: {regions: [lab]}, bad: 0 %, rebuild: "
      "{every: 50 h, by: ops, work: 1 work h, test: 0 work h, create: 10 min, roll out: true}}\n"
      "launch: {time: 10 min, fails: 30 %, attempts: 1}\ndeploy: g\n"
      "strategies: {it: {rollout: {batches: 10, stop above: 40 %}}}\n");
  int stopped = 0, later = 0;
  for (std::uint64_t replication = 0; replication < 200; ++replication) {
    const Outcome outcome = model::simulate(scenario, 0, 1, replication);
    // Ten launches, ten of the next version, and no more where neither was stopped.
    if (metric(outcome, Metric::rollout_aborted) == 1)
      ++stopped;
    else
      later += metric(outcome, Metric::launches_attempted) == 20 ? 1 : 0;
  }
  // P(more than 4 of 10 fail) = 0.1503: three standard errors of 200 runs are 0.076.
  CHECK(std::abs(stopped / 200.0 - 0.1503) < 0.076);
  // Of those that were not, as many go through without a roll-back: 170 * 0.85 = 144, sd 5.
  CHECK(std::abs(later - 144) < 20);
}

TEST_CASE("an instance that replaces none keeps the old one in its place") {
  // The second launch of the first batch fails: its old instance serves on, and the rest goes on.
  const model::Outcome outcome =
      update(10, "0 %", "{time: 4 min, fails: 30 %, attempts: 1}",
             "{rollout: {waves: {maxSurge: 2, bake: 0 s}, stop above: 100 %}}");
  CHECK(metric(outcome, Metric::instances_abandoned) > 0);
  CHECK(metric(outcome, Metric::rollout_aborted) == 0);
  CHECK(metric(outcome, Metric::rollout_stalled) == 0);
  CHECK(metric(outcome, Metric::capacity_least) == 10);
  CHECK(metric(outcome, Metric::ready_share) ==
        doctest::Approx(1 - metric(outcome, Metric::instances_abandoned) / 10));
}

TEST_CASE("a stop rule is about more than its share, whatever the share is as a binary fraction") {
  // 29 of 100 fail: 29 % is not more than 29 %, and is more than 28.9 %.
  const auto stops_above = [](const char* share) {
    return update_of(100, "0 %", "{time: 4 min, fails: 29 %, attempts: 1}",
                     fmt::format("{{rollout: {{batches: 100, stop above: {}}}}}", share));
  };
  const model::Scenario all = stops_above("100 %"), at = stops_above("29 %"),
                        below = stops_above("28.9 %");
  int exactly = 0;
  for (std::uint64_t replication = 0; replication < 60; ++replication) {
    const Outcome outcome = model::simulate(all, 0, 1, replication);
    if (metric(outcome, Metric::launches_failed) != 29) continue;
    ++exactly;
    CHECK(metric(model::simulate(at, 0, 1, replication), Metric::rollout_aborted) == 0);
    CHECK(metric(model::simulate(below, 0, 1, replication), Metric::rollout_aborted) == 1);
  }
  CHECK(exactly > 0);
}

TEST_CASE("Argo with traffic routing: all canaries serve before a stable one goes") {
  const Outcome outcome = update(10, "0 %", "{time: 5 min, fails: 0 %}",
                                 "{rollout: {argo: {trafficRouting: true, steps: [{setWeight: "
                                 "50}]}}}");
  CHECK(metric(outcome, Metric::capacity_least) == 10);
  CHECK(metric(outcome, Metric::capacity_peak) == 20);
  CHECK(metric(outcome, Metric::rollout_time) == doctest::Approx(600));
}

TEST_CASE("CodeDeploy: a host that fails its check counts against the healthy ones at once") {
  const char* strategy =
      "{rollout: {codedeploy: {deploymentConfig: HalfAtATime}, health: {misses: 0 %}}}";
  const Outcome bad = update(10, "100 %", "{time: 5 min, fails: 0 %}", strategy);
  CHECK(metric(bad, Metric::rollout_aborted) == 1);
  CHECK(metric(bad, Metric::impact_defective_peak) == 5);
  CHECK(metric(bad, Metric::ready_share) == 0.5);
  const Outcome good = update(10, "0 %", "{time: 5 min, fails: 0 %}", strategy);
  CHECK(metric(good, Metric::rollout_aborted) == 0);
  CHECK(metric(good, Metric::rollout_time) == doctest::Approx(600));
}

TEST_CASE("a soak finds a defect that would never show by itself, whenever service begins") {
  // The canary enters at once, or after 4 min; it is found 15 min later and stops the roll-out when
  // its soak ends: its image is no price of it from then on, 73 GB at 0.1 USD a month of 30 d.
  for (const double minutes : {0.0, 4.0}) {
    const std::string launch = minutes > 0 ? "4 min" : "0 s";
    check({"with " + launch,
           "question: Is it found?\nhorizon: 30 d\nlaunch: {time: " + launch +
               ", fails: 0 %}\n"
               "regions: {r: {storage: 0.1 USD per GB month, quota: {held: unlimited}}}\n"
               "fleet: {g: {count: 20, region: r, price: 0 USD per h}}\n"
               "images: {n: {kind: custom, os: linux, size: 73 GB, exists: {regions: [r]}, bad: "
               "100 %}}\n"
               "defects: {detected in soak: 15 min, detected: 200000 d}\n"
               "strategies: {first: {deploy: n, rollout: {canary: [1, 100 %], soak: 30 min, "
               "stop above: 0 %}}}\n",
           {{Metric::impact_defective_peak, 1},
            {Metric::rollout_aborted, 1},
            {Metric::cost_deployment, 7.3 * (minutes + 30) / 60 / 720},
            {Metric::cost_total, 7.3}}});
  }
}

TEST_CASE("progress at the deadline itself is in time") {
  const auto stalled = [](const char* launch) {
    return metric(update(4, "0 %", fmt::format("{{time: {}, fails: 0 %}}", launch),
                         "{rollout: {kubernetes: {}}}"),
                  Metric::rollout_stalled);
  };
  CHECK(stalled("600 s") == 0);
  CHECK(stalled("601 s") == 1);
}

TEST_CASE("batches take the groups in the order in which they wait for each other") {
  for (const char* rollout : {"batches: 4", "codedeploy: {deploymentConfig: HalfAtATime}"}) {
    CAPTURE(rollout);
    const model::Scenario scenario = load(fmt::format(
        "question: In what order?\nhorizon: 10 h\n"
        "regions: {{lab: {{zones: 1, quota: {{held: unlimited}}, api: {{rate: 1000 per s}}, "
        "storage: 0 USD per GB month}}}}\n"
        "fleet:\n"
        "  web: {{count: 6, region: lab, price: 1 USD per h, after: {{db: ready 50 %}}}}\n"
        "  db: {{count: 5, region: lab, price: 1 USD per h}}\n"
        "images: {{g: {{kind: custom, os: linux, exists: {{regions: [lab]}}, bad: 0 %}}}}\n"
        "launch: {{time: 10 min, fails: 0 %}}\ndeploy: g\n"
        "strategies: {{it: {{rollout: {{{}}}}}}}\n",
        rollout));
    const Outcome outcome = model::simulate(scenario, 0, 1, 0);
    CHECK(metric(outcome, Metric::ready_time) == doctest::Approx(1800));
  }
}

TEST_CASE("an instance takes a place in whichever zone of its region has one") {
  // The first zone takes no launches for 5 h: two of its three go to the other one's places first,
  // and whoever is left takes the places of the first zone when it is open again.
  const model::Scenario scenario = load(
      "question: When are all there?\nhorizon: 100 h\n"
      "regions: {lab: {zones: 2, quota: {held: 3 per zone}, api: {rate: 1000 per s}, storage: 0 "
      "USD "
      "per GB month}}\n"
      "fleet: {web: {count: 6, region: lab, price: 1 USD per h}}\n"
      "images: {g: {kind: custom, os: linux, exists: {regions: [lab]}, bad: 0 %}}\n"
      "launch: {time: 10 min, fails: 0 %}\ndeploy: g\n"
      "outages: {shortage: {region: lab, zone: 1, at: 0 h, lasts: 5 h, takes: 0 %}}\n"
      "strategies: {it: {}}\n");
  const Outcome outcome = model::simulate(scenario, 0, 1, 0);
  CHECK(metric(outcome, Metric::ready_time) == doctest::Approx(5 * 3600 + 600));
  CHECK(metric(outcome, Metric::waiting_quota) == doctest::Approx(3 * 5));
}

}  // namespace
}  // namespace rollcast::test
