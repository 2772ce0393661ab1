/// Outages that meet what is being recovered, replaced or updated; worked out by hand.
#include <fmt/format.h>

#include <cmath>

#include "support.hpp"

using namespace rollcast;
using model::Metric;
using test::check;

namespace {

constexpr double kFourMinutes = 1 / 15.0;  // of an hour

std::string from(const std::string& start, const std::string& horizon, const std::string& rest) {
  return fmt::format(
      "question: What is left?\nstart: 2026-03-02 {} UTC\nhorizon: {}\n"
      "launch: {{time: 4 min, fails: 0 %}}\n{}",
      start, horizon, rest);
}

const std::string kRegion = "regions: {r: {storage: 0 USD per GB month, quota: {images: 100}}}\n";
const std::string kZones = "regions: {r: {zones: 2, storage: 0 USD per GB month}}\n";
const std::string kImage =
    "images: {i: {kind: custom, os: linux, exists: {regions: [r]}, bad: 0 %}}\n";
const std::string kOne = "fleet: {g: {count: 1, region: r, price: 1 USD per h}}\n";

/// An update from i to n, which is bad with this chance.
std::string images(const std::string& bad) {
  return "images: {i: {kind: custom, os: linux, exists: {regions: [r]}, bad: 0 %}, n: {kind: "
         "custom, os: linux, exists: {regions: [r]}, bad: " +
         bad + "}}\n";
}

const std::string kPeople =
    "staff: {A: {people: 1, hours: \"Mon-Fri 09:00-17:00 UTC\", wage: 10 USD per work h, error: 0 "
    "%, on call: true, premium: 50 %}}\n";

}  // namespace

TEST_CASE("an outage strikes also what mounts its data") {
  // Failed at 10:04, launched until 10:08, mounted until 11:08; the region is out 10:30-15:30.
  const auto struck = [](const std::string& how) {
    return from("09:00", "20 h",
                kRegion + kImage + kOne +
                    "failures: {f: {kind: instance, every: 10 h, detected: 0 s}}\n"
                    "outages: {o: {region: r, at: 630 min, lasts: 5 h" +
                    how +
                    "}}\n"
                    "strategies: {m: {deploy: i, recover: {means: [relaunch], remount: 1 h}}}\n");
  };
  check({"it waits for the end",
         struck(""),
         {{Metric::impact_out_instance_hours, 15.5 - 10 - kFourMinutes}}});
  check({"it is launched, and its data mounted, once more",
         struck(", destroys: true"),
         {{Metric::impact_out_instance_hours, 15.5 + kFourMinutes + 1 - 10 - kFourMinutes},
          {Metric::launches_attempted, 3}}});
}

TEST_CASE("a machine that is destroyed before its repair costs no longer, and is not repaired") {
  check(
      {"found failed at 15:04, destroyed at 12:00: launched, not reinstalled first",
       from("00:00", "24 h",
            kRegion + kImage + kOne +
                "failures: {f: {kind: environment, every: 10 h, detected: 5 h}}\n"
                "outages: {o: {region: r, at: 12 h, lasts: 1 h, destroys: true}}\n"
                "strategies: {m: {deploy: i, recover: {means: [reinstall, relaunch], reinstall: 1 "
                "h}}}\n"),
       {{Metric::recovery_time_max, 5 + kFourMinutes},
        {Metric::cost_instances, 12 + 24 - 15 - kFourMinutes}}});
  check(
      {"set up again once, from 21 to 26 h",
       from("00:00", "30 h",
            "staff: {A: {people: 1, hours: always, wage: 10 USD per work h, error: 0 %}}\n" +
                kRegion + kOne +
                "manual: {effort: 5 work h}\n"
                "failures: {f: {kind: environment, every: 11 h, detected: 5 h}}\n"
                "outages: {o: {region: r, at: 18 h, lasts: 1 h, destroys: true}}\n"
                "strategies: {m: {deploy: {by: A}, recover: {means: [by hand], by: A}}}\n"),
       {{Metric::recovery_time_max, 10}, {Metric::cost_staff, 100}, {Metric::cost_instances, 27}}});
}

TEST_CASE("of two outages the one that destroys decides") {
  const std::string relaunched = "strategies: {m: {deploy: i, recover: {means: [relaunch]}}}\n";
  check(
      {"what sits out the first is launched in the other zone",
       from("09:00", "40 h",
            kZones + kImage + kOne +
                "outages: {a: {region: r, zone: 1, at: 10 h, lasts: 10 h}, b: {region: r, zone: 1, "
                "at: 11 h, lasts: 1 h, destroys: true}}\n" +
                relaunched),
       {{Metric::recovery_time_max, 1 + kFourMinutes}}});
  for (const char* outages :
       {"a: {region: r, at: 10 h, lasts: 5 h}, b: {region: r, at: 10 h, lasts: "
        "1 h, destroys: true}",
        "b: {region: r, at: 10 h, lasts: 1 h, destroys: true}, a: {region: r, "
        "at: 10 h, lasts: 5 h}"})
    check({"at the same moment, whatever their order in the file",
           from("09:00", "30 h",
                kRegion + kImage + kOne + "outages: {" + outages + "}\n" + relaunched),
           {{Metric::recovery_time_max, 5 + kFourMinutes}, {Metric::cost_instances, 25 + 0.0}}});
}

TEST_CASE("nobody attends a stand-by's start for an outage that is over") {
  check(
      {"it ended at 19:00, and people come at nine",
       from(
           "09:00", "40 h",
           "staff: {A: {people: 1, hours: \"Mon-Fri 09:00-17:00 UTC\", wage: 10 USD per work h, "
           "error: 0 %}}\n" +
               kZones + kImage +
               "fleet: {g: {count: 2, region: r, price: 1 USD per h}}\n"
               "outages: {o: {region: r, zone: 2, at: 9 h, lasts: 1 h}}\n"
               "strategies: {m: {deploy: i, recover: {means: [standby, relaunch], by: A, attended: "
               "30 work min, standby: {count: 1, start: 1 min}}}}\n"),
       {{Metric::recovery_time_max, 1}}});
}

TEST_CASE("one outage follows the other while a place is sought where another region takes over") {
  check(
      {"a place is there at 14:00",
       from(
           "09:00", "30 h",
           "regions: {r: {storage: 0 USD per GB month}, s: {storage: 0 USD per GB month, quota: "
           "{held: 1 per zone, raise: {to: 2, takes: 14 h}}}}\ncopy: 10 min\n"
           "images: {i: {kind: custom, os: linux, exists: {regions: [r, s]}, bad: 0 %}}\n"
           "fleet: {g: {count: 1, region: r, price: 1 USD per h}, h: {count: 1, region: s, price: "
           "0 "
           "USD per h}}\n"
           "outages: {a: {region: r, at: 10 h, lasts: 2 h}, b: {region: r, at: 11 h, lasts: 9 h}}\n"
           "strategies: {m: {deploy: i, recover: {means: [relaunch], failover: {to: s, after: 30 "
           "min}}}}\n"),
       {{Metric::recovery_time_max, 4 + kFourMinutes}}});
}

TEST_CASE("an old fleet that works again does so where it can") {
  // The new one, in zone 2, is found bad at 11:04; zone 1, with the old one, is out until 15:00.
  check({"its zone is out at the roll-back",
         from("09:00", "20 h",
              kZones + images("100 %") + kOne +
                  "defects: {detected: 30 h, detected in soak: 3 h}\n"
                  "outages: {short: {region: r, zone: 1, at: 7 h, lasts: 90 min, takes: 0 %}, o: "
                  "{region: r, zone: 1, at: 9 h, lasts: 6 h}}\n"
                  "strategies: {m: {deploy: n, update: {from: i, at: 8 h}, rollout: {blue_green: "
                  "{bake: 8 h, retention: 4 h}}, recover: {means: [relaunch]}}}\n"),
         {{Metric::impact_out_instance_hours, 15 - 11 - kFourMinutes}}});
  // Failed at 7:00, which nobody knows yet; work moves at 8:04, and back from 8:34 on.
  check({"it had failed before work moved: it is launched anew",
         from("09:00", "15 h",
              kRegion + images("100 %") + kOne +
                  "defects: {detected: 30 h, detected in soak: 30 min}\n"
                  "failures: {f: {kind: instance, every: 7 h, detected: 10 h}}\n"
                  "strategies: {m: {deploy: n, update: {from: i, at: 8 h}, rollout: {blue_green: "
                  "{bake: 2 h, retention: 4 h}}, recover: {means: [relaunch]}}}\n"),
         {{Metric::cost_instances, 7 + 7 + kFourMinutes}}});
}

TEST_CASE("what the old fleet has cost until work moved is no price of the roll-out") {
  check({"at the horizon it is still kept",
         from("09:00", "15 h",
              "regions: {r: {storage: 0 USD per GB month}}\n" + images("0 %") + kOne +
                  "strategies: {m: {deploy: n, update: {from: i, at: 10 h}, rollout: {blue_green: "
                  "{retention: 10 h}}}}\n"),
         {{Metric::cost_running, 15}, {Metric::cost_deployment, 5}}});
}

TEST_CASE("an incident that cannot be closed stays open beside the next one") {
  check({"a bad image, then a failure that nobody notices",
         from("09:00", "40 h",
              kRegion +
                  "images: {i: {kind: custom, os: linux, exists: {regions: [r]}, bad: 100 %}}\n" +
                  kOne +
                  "defects: {detected: 10 h}\n"
                  "failures: {f: {kind: instance, every: 15 h, detected: 100 h}}\n"
                  "strategies: {m: {deploy: i, recover: {means: [relaunch]}}}\n"),
         {{Metric::incidents_count, 2}, {Metric::recovery_open, 2}}});
  // Drifted at 5:04, out from 20 h on, replaced at 25 h: of 20 and of 5 hours.
  check({"both end with the server",
         from("09:00", "30 h",
              kRegion + images("0 %") + kOne +
                  "drift: {image: 5 h}\ndefects: {detected: 5 h}\n"
                  "outages: {o: {region: r, at: 20 h, lasts: 6 h}}\n"
                  "strategies: {m: {deploy: n, update: {from: i, at: 25 h}, rollout: {kubernetes: "
                  "{maxSurge: 0, maxUnavailable: 1, progressDeadlineSeconds: 100000}}, backup: "
                  "{every: 100 h, first: 99 h, takes: 1 h}, recover: {means: [restore]}}}\n"),
         {{Metric::recovery_time_max, 20}, {Metric::recovery_time_mean, 12.5}}});
}

TEST_CASE("work in and after hours is paid at its times") {
  // From 16:00 to 20:00: ten for the first hour, half of fifteen for each of the others.
  check({"half price from 17:00 on",
         from("09:00", "12 h",
              kPeople + kRegion + kImage + kOne +
                  "manual: {effort: 4 work h}\n"
                  "failures: {f: {kind: environment, every: 416 min, detected: 0 s}}\n"
                  "discounts: {d: {off: 50 %, of: [staff], from: 8 h, until: 30 h}}\n"
                  "strategies: {m: {deploy: i, recover: {means: [by hand], by: A}}}\n"),
         {{Metric::cost_staff, 10 + 3 * 15 / 2.0}}});
}

TEST_CASE("a new version replaces the old one also where another region has taken over") {
  // Version 2 is made until 15:00 while the server is in s, and launched as it is rolled out.
  check(
      {"it is rolled out at 15:10 as well",
       from(
           "00:00", "26 h",
           "staff: {A: {people: 1, hours: always, wage: 10 USD per work h, error: 0 %}}\n"
           "regions: {r: {storage: 0 USD per GB month}, s: {storage: 0 USD per GB month}}\ncopy: "
           "10 "
           "min\n"
           "images: {i: {kind: custom, os: linux, exists: {regions: [r, s], age: 0 d}, size: 10 "
           "GB, "
           "bad: 0 %, rebuild: {every: 12 h, by: A, work: 2 work h, create: 1 h, test: 0 work h, "
           "roll out: true}}}\n"
           "patches: {every: 14 h, cost: 1 USD per instance h}\n" +
               kOne +
               "outages: {o: {region: r, at: 10 h, lasts: 12 h}}\n"
               "strategies: {m: {deploy: i, rollout: {kubernetes: {maxSurge: 1, maxUnavailable: 0, "
               "progressDeadlineSeconds: 1000000}}, recover: {means: [relaunch], failover: {to: s, "
               "after: 30 min}}}}\n"),
       {{Metric::launches_attempted, 4}, {Metric::vulnerable_instance_hours, 8 + kFourMinutes}}});
}

TEST_CASE("what an incident has lost is lost also where nothing has recovered it by the horizon") {
  const auto scenario = [](const std::string& backup) {
    return from("00:00", "20 h",
                kRegion + kImage + kOne + backup +
                    "failures: {f: {kind: instance, every: 10 h, detected: 20 h}}\n"
                    "strategies: {m: {deploy: i, recover: {means: [relaunch]}}}\n");
  };
  check({"all since it entered service",
         scenario(""),
         {{Metric::recovery_data_loss_max, 10}, {Metric::recovery_open, 1}}});
  check({"up to the backup of 8 h, which was complete before it failed",
         scenario("backup: {every: 4 h, first: 4 h, takes: 30 min, of: every instance, fails: 0 "
                  "%}\n"),
         {{Metric::recovery_data_loss_max, 2 + kFourMinutes},
          {Metric::recovery_data_loss_mean, 2 + kFourMinutes}}});
  const model::Outcome waiting =
      simulate(test::load(from("00:00", "20 h",
                               kRegion + kImage + kOne +
                                   "outages: {o: {region: r, at: 10 h, lasts: 20 h}}\n"
                                   "strategies: {m: {deploy: i, recover: {means: [relaunch]}}}\n")),
               0, 1, 0);
  CHECK(test::metric(waiting, Metric::recovery_open) == 1);
  CHECK(std::isnan(test::metric(waiting, Metric::recovery_data_loss_max)));
}
