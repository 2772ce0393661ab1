/// When enough of every group serves: by hand, and against birth and death.
#include <cmath>

#include "rollcast/stats/mean.hpp"
#include "support.hpp"

using namespace rollcast;
using model::Metric;
using test::check;
using test::metric;

namespace {

constexpr double kFourMinutes = 1 / 15.0;  // of an hour

/// Group a needs two of its three, one in each zone; b, at first, its one server.
std::string outages(const std::string& fleet, const std::string& more) {
  return "question: Does it stand?\nstart: 2026-03-02 09:00 UTC\nhorizon: 30 h\n"
         "launch: {time: 4 min, fails: 0 %}\n"
         "regions: {r: {zones: 3, storage: 0 USD per GB month}}\n" +
         fleet +
         "images: {i: {kind: custom, os: linux, exists: {regions: [r]}, bad: 0 %}}\n"
         "strategies: {s: {deploy: i}}\noutages:\n" +
         more;
}

const std::string kTwoOfThree =
    "fleet: {a: {count: 3, region: r, price: 0 USD per h, suffices: 2}}\n";

}  // namespace

TEST_CASE("the service is out while fewer than suffice serve, and not while one of three is gone") {
  check({"a zone does not matter, the region does",
         outages(kTwoOfThree,
                 "  z: {region: r, zone: 1, at: 10 h, lasts: 2 h}\n"
                 "  all: {region: r, at: 20 h, lasts: 3 h}\n"),
         {{Metric::service_ready_time, 240},
          {Metric::service_outages, 1},
          {Metric::service_out_hours, 3},
          {Metric::service_time_to_outage, 3600 * (20 - kFourMinutes)},
          {Metric::service_availability, 1 - 3 / (30 - kFourMinutes)}}});
  check({"two outages that meet are one, and the last is open at the horizon",
         outages(kTwoOfThree,
                 "  y: {region: r, zone: 1, at: 10 h, lasts: 4 h}\n"
                 "  z: {region: r, zone: 2, at: 12 h, lasts: 4 h}\n"
                 "  all: {region: r, at: 28 h, lasts: 5 h}\n"),
         {{Metric::service_outages, 2},
          {Metric::service_out_hours, 2 + 2},
          {Metric::service_time_to_outage, 3600 * (12 - kFourMinutes)}}});
  // The first server of b lies in the zone that the three of a begin with.
  check(
      {"every group that says it needs enough",
       outages("fleet: {a: {count: 3, region: r, price: 0 USD per h, suffices: 60 %}, b: {count: "
               "1, region: r, price: 0 USD per h, suffices: 1}, c: {count: 1, region: r, price: 0 "
               "USD per h}}\n",
               "  y: {region: r, zone: 1, at: 10 h, lasts: 1 h}\n"
               "  z: {region: r, zone: 2, at: 20 h, lasts: 1 h}\n"),
       {{Metric::service_outages, 1}, {Metric::service_out_hours, 1}}});
}

TEST_CASE("nothing is said of the service where nobody says what suffices, or before it stands") {
  const auto outcome =
      simulate(test::load(outages("fleet: {a: {count: 3, region: r, price: 0 USD per h}}\n",
                                  "  all: {region: r, at: 20 h, lasts: 3 h}\n")),
               0, 1, 0);
  CHECK(std::isnan(metric(outcome, Metric::service_outages)));
  CHECK(std::isnan(metric(outcome, Metric::service_ready_time)));
  const auto never = simulate(
      test::load(outages(kTwoOfThree, "  all: {region: r, at: 0 h, lasts: 30 h}\n")), 0, 1, 0);
  CHECK(std::isinf(metric(never, Metric::service_ready_time)));
  CHECK(metric(never, Metric::service_availability) == 0);
  CHECK(metric(never, Metric::service_out_hours) == 30);
  CHECK(metric(never, Metric::service_outages) == 1);
  CHECK(metric(never, Metric::service_time_to_outage) == 0);
}

TEST_CASE("what lasts for no time is neither an outage nor service") {
  // One zone after the other is out, without a gap: two of three serve all the time, and three from
  // 4 min to 10 h, and after 16 h.
  const auto turns = [](const std::string& suffices) {
    return outages(
        "fleet: {a: {count: 3, region: r, price: 0 USD per h, suffices: " + suffices + "}}\n",
        "  x: {region: r, zone: 1, at: 10 h, lasts: 2 h}\n"
        "  y: {region: r, zone: 2, at: 12 h, lasts: 2 h}\n"
        "  z: {region: r, zone: 3, at: 14 h, lasts: 2 h}\n");
  };
  check({"two suffice", turns("2"), {{Metric::service_outages, 0}}});
  check({"three are needed",
         turns("100 %"),
         {{Metric::service_outages, 1}, {Metric::service_out_hours, 6}}});
}

TEST_CASE("objectives on a service: one that never stands keeps none, one that is never out all") {
  const std::string objectives =
      "objectives:\n"
      "  - {name: a, metric: service.out_hours, at most: 8 h, probability: 90 %}\n"
      "  - {name: b, metric: service.outages, at most: 0, probability: 90 %}\n"
      "  - {name: c, metric: service.availability, at least: 90 %, probability: 90 %}\n"
      "  - {name: d, metric: service.time_to_outage, at least: 20 h, probability: 90 %}\n";
  const auto kept = [&](const std::string& zone, const std::string& at) {
    return simulate(test::load(objectives +
                               outages(kTwoOfThree, "  o: {region: r" + zone + ", at: " + at +
                                                        ", lasts: 30 h}\n")),
                    0, 1, 0)
        .objectives;
  };
  CHECK(kept("", "0 h") == std::vector<std::uint8_t>{0, 0, 0, 0});
  CHECK(kept(", zone: 1", "10 h") == std::vector<std::uint8_t>{1, 1, 1, 1});
  const auto nobody = scenario::load_text(
      "test.yaml", objectives + outages("fleet: {a: {count: 3, region: r, price: 0 USD per h}}\n",
                                        "  o: {region: r, at: 10 h, lasts: 3 h}\n"));
  CHECK(nobody.diagnostics.render().find("no group says what suffices") != std::string::npos);
}

TEST_CASE("a fleet that is updated stands from the start, also where the update begins there") {
  // Ten serve; each batch takes 6 min, in which as many are missing as it replaces.
  const auto updated = [](const std::string& rollout) {
    return "question: Does it stand?\nhorizon: 5 h\n"
           "regions: {r: {zones: 1, storage: 0 USD per GB month}}\n"
           "fleet: {web: {count: 10, region: r, price: 0 USD per h, suffices: 8}}\n"
           "images:\n  old: {kind: custom, os: linux, exists: {regions: [r]}, bad: 0 %}\n"
           "  new: {kind: custom, os: linux, exists: {regions: [r]}, bad: 0 %}\n"
           "launch: {time: 6 min, fails: 0 %}\ndeploy: new\nupdate: {from: old, to: new}\n"
           "strategies: {s: {rollout: {" +
           rollout + "}}}\n";
  };
  check({"three at a time, until one is left",
         updated("kubernetes: {maxSurge: 0, maxUnavailable: 3}"),
         {{Metric::service_ready_time, 0},
          {Metric::service_outages, 1},
          {Metric::service_out_hours, 0.3},
          {Metric::service_time_to_outage, 0}}});
  check({"all at once",
         updated("kubernetes: {maxSurge: 0, maxUnavailable: 10}"),
         {{Metric::service_ready_time, 0},
          {Metric::service_outages, 1},
          {Metric::service_out_hours, 0.1},
          {Metric::service_availability, 1 - 0.1 / 5}}});
}

TEST_CASE("a service that first stands at the horizon was ready and never out") {
  check({"launched in 4 min",
         "question: q\nhorizon: 4 min\nlaunch: {time: 4 min, fails: 0 %}\n"
         "regions: {r: {storage: 0 USD per GB month}}\n"
         "fleet: {a: {count: 1, region: r, price: 0 USD per h, suffices: 1}}\n"
         "images: {i: {kind: custom, os: linux, exists: {regions: [r]}, bad: 0 %}}\n"
         "strategies: {s: {deploy: i}}\n",
         {{Metric::ready_time, 240},
          {Metric::service_ready_time, 240},
          {Metric::service_outages, 0},
          {Metric::service_availability, 1}}});
}

TEST_CASE(
    "two of three with repair: up in 3 a² - 2 a³ of the time, 2,500 h until the first outage") {
  // Each fails after 1,000 h and is back after 100 h, both exponential: a = 10 / 11, and the first
  // outage comes after (5 λ + μ) / (6 λ²) on average (Barlow and Proschan).
  const auto scenario = test::load(
      "question: q\nhorizon: 3650 d\nlaunch: {time: 0 s, fails: 0 %}\n"
      "regions: {r: {storage: 0 USD per GB month}}\n"
      "fleet: {web: {count: 3, region: r, price: 0 USD per h, suffices: 2}}\n"
      "images: {i: {kind: custom, os: linux, exists: {regions: [r]}, bad: 0 %}}\n"
      "failures: {f: {kind: environment, every: exponential(1000 h), detected: 0 s}}\n"
      "strategies: {s: {deploy: i, recover: {means: [reinstall], reinstall: exponential(100 "
      "h)}}}\n");
  std::vector<double> up, first;
  for (std::uint64_t i = 0; i < 600; ++i) {
    const auto outcome = simulate(scenario, 0, 11, i);
    up.push_back(metric(outcome, Metric::service_availability));
    first.push_back(metric(outcome, Metric::service_time_to_outage) / 3600);
  }
  const double a = 10.0 / 11;
  const auto agrees = [](const std::vector<double>& values, double truth) {
    const auto mean = stats::estimate_mean(values);
    CAPTURE(mean.mean);
    CHECK(std::abs(mean.mean - truth) < 2 * mean.interval->half_width());  // 99.99 %
  };
  agrees(up, 3 * a * a - 2 * a * a * a);
  agrees(first, 2'500);
}
