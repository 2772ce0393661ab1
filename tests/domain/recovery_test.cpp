/// What is lost, what it costs and when, worked out by hand.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "support.hpp"

namespace rollcast::test {
namespace {

using model::Metric;
using model::Outcome;

constexpr const char* kLab =
    "question: What is lost?\nstart: 2026-03-02 00:00 UTC\n"
    "regions: {lab: {zones: 2, quota: {held: unlimited, images: 100}, api: {rate: 1000 per s}, "
    "storage: 7.2 USD per GB month}}\n";

/// Two servers, updated at 25 h in 10 min; the first one's zone is destroyed at 30 h for a minute.
Outcome updated_and_struck(const std::string& update, const std::string& strategy) {
  return model::simulate(
      load(
          fmt::format("{}horizon: 40 h\n"
                      "fleet: {{web: {{count: 2, region: lab, price: 1 USD per h, disk: 10 GB}}}}\n"
                      "images:\n"
                      "  old: {{kind: custom, os: linux, exists: {{regions: [lab]}}, bad: 0 %}}\n"
                      "  new: {{kind: custom, os: linux, exists: {{regions: [lab]}}, bad: 0 %}}\n"
                      "launch: {{time: 10 min, fails: 0 %}}\n{}"
                      "outages: {{o: {{region: lab, zone: 1, at: 30 h, lasts: 1 min, destroys: "
                      "true}}}}\n"
                      "strategies: {{it: {}}}\n",
                      kLab, update, strategy)),
      0, 1, 0);
}

TEST_CASE("after an update a backup of before it is the instance's own, and of the old version") {
  const char* restore =
      "{backup: {every: 24 h, takes: 10 min, of: every instance}, recover: {means: [restore, "
      "relaunch]}}";
  const Outcome without = updated_and_struck("deploy: old\n", restore);
  CHECK(metric(without, Metric::recovery_data_loss_max) == doctest::Approx(6));
  const Outcome with =
      updated_and_struck("deploy: new\nupdate: {from: old, to: new, at: 25 h}\n", restore);
  CHECK(metric(with, Metric::recovery_data_loss_max) == doctest::Approx(6));
  // Both until 25:00; the one that was restored again from 30:10 on.
  CHECK(metric(with, Metric::update_vulnerable_instance_hours) ==
        doctest::Approx(2 * 25 + 10 - 1 / 6.0));
}

TEST_CASE("stopped instances stand by before an update too, and are made anew after it") {
  const auto run = [](const char* strategy) {
    return model::simulate(
        load(fmt::format(
            "{}horizon: 40 h\n"
            "fleet: {{web: {{count: 2, region: lab, price: 1 USD per h, disk: 10 GB}}}}\n"
            "images:\n"
            "  old: {{kind: custom, os: linux, exists: {{regions: [lab]}}, bad: 0 %}}\n"
            "  new: {{kind: custom, os: linux, exists: {{regions: [lab]}}, bad: 0 %}}\n"
            "launch: {{time: 10 min, fails: 0 %}}\n"
            "deploy: new\nupdate: {{from: old, to: new, at: 25 h}}\n"
            "failures: {{x: {{kind: environment, every: 15 h, detected: 0 s}}}}\n"
            "strategies: {{it: {}}}\n",
            kLab, strategy)),
        0, 1, 0);
  };
  // Both fail at 15:00: the stopped one takes over from one of them in 2 min, the other is launched
  // again in 10 min.
  const Outcome standby =
      run("{recover: {means: [standby, relaunch], standby: {count: 1, start: 2 min}}}");
  CHECK(metric(standby, Metric::recovery_time_mean) == doctest::Approx(6 / 60.0));
  CHECK(metric(standby, Metric::update_vulnerable_instance_hours) ==
        doctest::Approx(50 - 12 / 60.0));
  // 10 GB cost 0.1 an hour. Two images lie there; the stopped one of the old version from 0:10 to
  // 15:00 and from 15:10 to 25:10, as the update is through, and a new one from 25:20 on.
  const Outcome none = run("{recover: {means: [relaunch]}}");
  const double stopped = 14 + 50 / 60.0 + 10 + 14 + 40 / 60.0;
  CHECK(metric(standby, Metric::cost_storage) - metric(none, Metric::cost_storage) ==
        doctest::Approx(0.1 * stopped));
  CHECK(metric(standby, Metric::mixed_version_instance_hours) ==
        doctest::Approx(metric(none, Metric::mixed_version_instance_hours)));
}

TEST_CASE("an update keeps the data: without a backup they are lost since the first of its kind") {
  const char* update = "deploy: new\nupdate: {from: old, to: new, at: 25 h}\n";
  const Outcome none = updated_and_struck(update, "{recover: [relaunch]}");
  CHECK(metric(none, Metric::recovery_data_loss_max) == doctest::Approx(30));
}

TEST_CASE("a stopped instance that an update overtakes exists no longer") {
  const Outcome outcome = model::simulate(
      load("question: How many exist?\nhorizon: 10 h\n"
           "regions: {lab: {zones: 1, quota: {held: 3 per zone}, api: {rate: 1000 per s}, "
           "storage: 0 USD per GB month}}\n"
           "fleet: {web: {count: 2, region: lab, price: 1 USD per h}}\n"
           "images:\n"
           "  old: {kind: custom, os: linux, exists: {regions: [lab]}, bad: 0 %, launch: 30 min}\n"
           "  new: {kind: custom, os: linux, exists: {regions: [lab]}, bad: 0 %}\n"
           "launch: {time: 10 min, fails: 0 %}\ndeploy: new\nupdate: {from: old, to: new}\n"
           "strategies: {it: {recover: {means: [standby, relaunch], standby: {count: 1, start: 2 "
           "min}}}}\n"),
      0, 1, 0);
  CHECK(metric(outcome, Metric::capacity_peak) == 3);
  // Two for 10 h, and 30 and then 10 min of the stopped one's set-ups.
  CHECK(metric(outcome, Metric::cost_instances) == doctest::Approx(20 + 40 / 60.0));
}

TEST_CASE("an outage destroys the old fleet that is kept without work, too") {
  const Outcome outcome = model::simulate(
      load(fmt::format(
          "{}horizon: 10 h\nfleet: {{web: {{count: 4, region: lab, price: 1 USD per h}}}}\n"
          "images:\n"
          "  old: {{kind: custom, os: linux, exists: {{regions: [lab]}}, bad: 0 %}}\n"
          "  new: {{kind: custom, os: linux, exists: {{regions: [lab]}}, bad: 100 %}}\n"
          "launch: {{time: 10 min, fails: 0 %}}\ndeploy: new\nupdate: {{from: old, to: new}}\n"
          "recover: [relaunch]\ndefects: {{detected: 3 h, detected in soak: 3 h}}\n"
          "outages: {{o: {{region: lab, zone: 1, at: 1 h, lasts: 30 min, destroys: true}}}}\n"
          "strategies: {{it: {{rollout: {{blue_green: {{bake: 0 s, retention: 4 h}}}}}}}}\n",
          kLab)),
      0, 1, 0);
  CHECK(metric(outcome, Metric::rollout_rolled_back) == 1);
  CHECK(metric(outcome, Metric::rollout_rollback_time) == doctest::Approx(10 / 60.0));
}

TEST_CASE("an outage puts out what serves while its defect waits for people") {
  // Saturday 0:00. It drifts at 10 h and is found at 11 h; people come on Monday at 9:00 (57 h),
  // look at it for half an hour and reinstall it in one. From 20 h to 22 h its zone is out.
  const auto run = [](const char* outage) {
    return model::simulate(
        load(fmt::format(
            "question: For how long?\nstart: 2026-03-07 00:00 UTC\nhorizon: 68 h\n"
            "regions: {{lab: {{zones: 1, quota: {{held: unlimited}}, api: {{rate: 1000 per s}}, "
            "storage: 0 USD per GB month}}}}\n"
            "staff: {{ops: {{people: 1, hours: Mon-Fri 09:00-17:00 UTC, wage: 0 USD per work "
            "h}}}}\n"
            "fleet: {{web: {{count: 1, region: lab, price: 1 USD per h}}}}\n"
            "images: {{g: {{kind: custom, os: linux, exists: {{regions: [lab]}}, bad: 0 %}}}}\n"
            "launch: {{time: 10 min, fails: 0 %}}\ndeploy: g\n"
            "drift: {{image: 10 h}}\ndefects: {{detected: 1 h}}\n"
            "outages: {}\n"
            "strategies: {{it: {{recover: {{means: [reinstall, relaunch], by: ops, attended: 0.5 "
            "work h, reinstall: 1 h}}}}}}\n",
            outage)),
        0, 1, 0);
  };
  const double drift = 10 + 1 / 6.0;
  const Outcome outage = run("{o: {region: lab, at: 20 h, lasts: 2 h}}");
  CHECK(metric(outage, Metric::impact_out_instance_hours) == doctest::Approx(2 + 1));
  CHECK(metric(outage, Metric::impact_defective_instance_hours) ==
        doctest::Approx(57.5 - drift - 2));
  CHECK(metric(outage, Metric::incidents_count) == 1);
  // What is destroyed is out from then on; a relaunch takes the place of the reinstallation.
  const Outcome destroyed = run("{o: {region: lab, at: 20 h, lasts: 2 h, destroys: true}}");
  CHECK(metric(destroyed, Metric::impact_out_instance_hours) ==
        doctest::Approx(57.5 + 0.5 + 1 / 6.0 - 20));
  CHECK(metric(destroyed, Metric::impact_defective_instance_hours) == doctest::Approx(20 - drift));
  CHECK(metric(destroyed, Metric::recovery_data_loss_max) == doctest::Approx(20 - 1 / 6.0));
  // Two that overlap keep it out until the later end; the second may destroy it.
  const Outcome both =
      run("{o: {region: lab, at: 20 h, lasts: 2 h}, p: {region: lab, at: 21 h, lasts: 4 h}}");
  CHECK(metric(both, Metric::impact_out_instance_hours) == doctest::Approx(5 + 1));
  const Outcome second =
      run("{o: {region: lab, at: 20 h, lasts: 2 h}, p: {region: lab, at: 21 h, lasts: 30 min, "
          "destroys: true}}");
  CHECK(metric(second, Metric::impact_out_instance_hours) ==
        metric(destroyed, Metric::impact_out_instance_hours));
  CHECK(metric(second, Metric::cost_instances) ==
        doctest::Approx(metric(destroyed, Metric::cost_instances) + 1));
}

TEST_CASE("an instance that sits an outage out may be destroyed by another one") {
  const auto run = [](const char* second) {
    return model::simulate(
        load(fmt::format(
            "{}horizon: 40 h\nfleet: {{web: {{count: 1, region: lab, price: 1 USD per h}}}}\n"
            "images: {{g: {{kind: custom, os: linux, exists: {{regions: [lab]}}, bad: 0 %}}}}\n"
            "launch: {{time: 10 min, fails: 0 %}}\ndeploy: g\n"
            "outages: {{o: {{region: lab, at: 20 h, lasts: 2 h}}, p: {{region: lab, at: 21 h, "
            "lasts: {}, destroys: true}}}}\n"
            "strategies: {{it: {{recover: [relaunch]}}}}\n",
            kLab, second)),
        0, 1, 0);
  };
  const Outcome brief = run("30 min");
  CHECK(metric(brief, Metric::recovery_data_loss_max) == doctest::Approx(20 - 1 / 6.0));
  CHECK(metric(brief, Metric::impact_out_instance_hours) == doctest::Approx(2 + 1 / 6.0));
  const Outcome lengthy = run("4 h");
  CHECK(metric(lengthy, Metric::recovery_data_loss_max) == doctest::Approx(20 - 1 / 6.0));
  CHECK(metric(lengthy, Metric::impact_out_instance_hours) == doctest::Approx(5 + 1 / 6.0));
  CHECK(metric(lengthy, Metric::cost_instances) == doctest::Approx(21 + 15));
}

TEST_CASE(
    "the copy of a backup in another region saves the data of what is launched again at home") {
  const Outcome outcome = model::simulate(
      load("question: What is lost?\nstart: 2026-03-02 00:00 UTC\nhorizon: 40 h\n"
           "regions:\n"
           "  a: {zones: 1, quota: {held: unlimited, images: 100}, api: {rate: 1000 per s}, "
           "storage: 0 USD per GB month}\n"
           "  b: {zones: 1, quota: {held: unlimited, images: 100}, api: {rate: 1000 per s}, "
           "storage: 0 USD per GB month}\n"
           "fleet: {web: {count: 2, region: a, price: 1 USD per h, disk: 1 GB}}\n"
           "images: {g: {kind: custom, os: linux, exists: {regions: [a]}, bad: 0 %}}\n"
           "launch: {time: 10 min, fails: 0 %}\ndeploy: g\n"
           "outages: {o: {region: a, at: 25 h, lasts: 5 h, destroys: true}}\n"
           "strategies: {it: {backup: {every: 10 h, takes: 1 h, of: every instance, copy: {to: b, "
           "takes: 1 h}}, "
           "recover: [relaunch]}}\n"),
      0, 1, 0);
  CHECK(metric(outcome, Metric::recovery_data_loss_max) == doctest::Approx(5));
}

TEST_CASE("what has failed over is backed up where it is") {
  // All are in b from 25:40 on. Backups of 10 GB each: at 10 and 20 h in a for 0.1 an hour, their
  // copies at 12 and 22 h in b for 0.01, and from 31 h on one backup each that begins in b.
  const Outcome outcome = model::simulate(
      load("question: What is stored where?\nstart: 2026-03-02 00:00 UTC\nhorizon: 38 h\n"
           "regions:\n"
           "  a: {zones: 1, quota: {held: unlimited, images: 50}, api: {rate: 1000 per s}, "
           "storage: 7.2 USD per GB month}\n"
           "  b: {zones: 1, quota: {held: unlimited, images: 50}, api: {rate: 1000 per s}, "
           "storage: 0.72 USD per GB month}\n"
           "fleet: {web: {count: 4, region: a, price: 1 USD per h, disk: 10 GB}}\n"
           "images: {g: {kind: public, os: linux, bad: 0 %}}\n"
           "launch: {time: 10 min, fails: 0 %}\ndeploy: g\n"
           "backup: {every: 10 h, takes: 1 h, of: every instance, keep: 1, copy: {to: b, takes: 1 "
           "h}}\n"
           "outages: {o: {region: a, at: 25 h, lasts: 20 h, destroys: true}}\n"
           "strategies: {it: {recover: {means: [relaunch], failover: {to: b, after: 30 min}}}}\n"),
      0, 1, 0);
  CHECK(metric(outcome, Metric::recovery_data_loss_max) == doctest::Approx(5));
  // In a: each backup from its completion to the next one's, 11 to 21 and 21 to 25 h. In b: 12 to
  // 22, 22 to 31 and 31 to 38 h.
  CHECK(metric(outcome, Metric::cost_storage) ==
        doctest::Approx(4 * (0.1 * (10 + 4) + 0.01 * (10 + 9 + 7))));
}

TEST_CASE("stopped instances are made anew when a new version has replaced the others") {
  // Version 2 is there from 25:10 on and everywhere at 25:20; the failure at 45 h finds a stopped
  // instance of it.
  const Outcome outcome = model::simulate(
      load("question: What takes over?\nstart: 2026-03-02 00:00 UTC\nhorizon: 47 h\n"
           "regions: {lab: {zones: 1, quota: {held: unlimited}, api: {rate: 1000 per s}, "
           "storage: 0 USD per GB month}}\n"
           "staff: {ops: {people: 1, hours: always}}\nsoftware: {x: {work: 1 work h}}\n"
           "fleet: {web: {count: 2, region: lab, price: 1 USD per h}}\n"
           "images:\n  g: {kind: custom, os: linux, exists: {regions: [lab]}, bad: 0 %, rebuild: "
           "{every: 24 h, by: ops, work: 1 work h, test: 0 work h, create: 10 min, roll out: "
           "true}}\n"
           "launch: {time: 10 min, fails: 0 %}\ndeploy: g\n"
           "failures: {x: {kind: environment, every: 20 h, detected: 0 s}}\n"
           "strategies: {it: {rollout: {batches: 2}, recover: {means: [standby, relaunch], "
           "standby: {count: 2, start: 2 min}}}}\n"),
      0, 1, 0);
  CHECK(metric(outcome, Metric::incidents_count) == 4);
  CHECK(metric(outcome, Metric::recovery_time_mean) == doctest::Approx(2 / 60.0));
  CHECK(metric(outcome, Metric::mixed_version_instance_hours) == 0);
}

TEST_CASE("a version that is found bad is no matter of images that are not made yet") {
  const model::Scenario scenario = load(
      "question: Does it run?\nstart: 2026-03-02 09:00 UTC\nhorizon: 60 h\n"
      "regions: {a: {zones: 1, quota: {held: unlimited}, storage: 0 USD per GB month}}\n"
      "staff: {ops: {people: 1, hours: always, wage: 0 USD per work h, error: 0 %}}\n"
      "fleet: {web: {count: 1, region: a, price: 1 USD per h}, db: {count: 1, region: a, price: 1 "
      "USD per h}}\n"
      "images:\n  g: {kind: custom, os: linux, exists: {regions: [a]}, bad: 100 %}\n"
      "  h: {kind: custom, os: linux, make: {from: db, by: ops, create: 1 h}, bad: 0 %}\n"
      "manual: {effort: 20 work h}\nlaunch: {time: 10 min, fails: 0 %}\n"
      "defects: {detected: 1 h}\n"
      "strategies: {it: {deploy: {web: g, db: h}, recover: {means: [standby, relaunch], standby: "
      "{count: 1, start: 2 min}}}}\n");
  CHECK(metric(model::simulate(scenario, 0, 1, 0), Metric::capacity_peak) == 4);
}

TEST_CASE("stopped instances of a bad version are made anew when there is another version") {
  // The first version is bad in half of the runs and found so at 0:40, mended in an hour or more
  // and launched in 10 min; a failure at 25 h or later finds a stopped instance that starts in 2
  // min.
  const model::Scenario scenario = load(
      "question: What takes over?\nstart: 2026-03-02 00:00 UTC\nhorizon: 40 h\n"
      "regions: {a: {zones: 1, quota: {held: unlimited}, storage: 0 USD per GB month}}\n"
      "staff: {ops: {people: 1, hours: always, wage: 0 USD per work h}}\n"
      "software: {x: {work: 1 work h}}\n"
      "fleet: {web: {count: 1, region: a, price: 1 USD per h}}\n"
      "images: {g: {kind: custom, os: linux, exists: {regions: [a]}, bad: 50 %, rebuild: {by: ops, "
      "work: 1 work h, test: 0 work h, create: 0 s}}}\n"
      "launch: {time: 10 min, fails: 0 %}\ndeploy: g\ndefects: {detected: 30 min}\n"
      "failures: {f: {kind: environment, every: 25 h, detected: 0 s}}\n"
      "strategies: {it: {recover: {means: [standby, relaunch], standby: {count: 1, start: 2 "
      "min}}}}\n");
  int mended = 0;
  for (std::uint64_t replication = 0; replication < 40; ++replication) {
    const Outcome outcome = model::simulate(scenario, 0, 1, replication);
    const double made = metric(outcome, Metric::image_versions);
    if (made == 0) continue;
    ++mended;
    // Launched again for each version that was found bad; then the failure.
    CHECK(metric(outcome, Metric::impact_out_instance_hours) ==
          doctest::Approx((10 * made + 2) / 60));
  }
  CHECK(mended > 5);
}

TEST_CASE("a decision to fail over does not keep another outage away") {
  for (const char* failover : {"", ", failover: {to: b, after: 1 h}"}) {
    CAPTURE(failover);
    const model::Scenario scenario = load(fmt::format(
        "question: What is lost?\nhorizon: 60 h\n"
        "regions:\n  a: {{zones: 1, quota: {{held: unlimited}}, storage: 0 USD per GB month}}\n"
        "  b: {{zones: 1, quota: {{held: 4}}, storage: 0 USD per GB month}}\n"
        "fleet: {{web: {{count: 1, region: a, price: 1 USD per h}}}}\n"
        "images: {{g: {{kind: custom, os: linux, exists: {{regions: [a]}}, bad: 0 %}}}}\n"
        "launch: {{time: 10 min, fails: 0 %}}\ndeploy: g\n"
        "outages: {{o: {{region: a, at: 25 h, lasts: 5 h}}, p: {{region: a, at: 25.2 h, lasts: 15 "
        "min, destroys: true}}}}\n"
        "strategies: {{it: {{recover: {{means: [relaunch]{}}}}}}}\n",
        failover));
    const Outcome outcome = model::simulate(scenario, 0, 1, 0);
    CHECK(metric(outcome, Metric::recovery_data_loss_max) == doctest::Approx(25 - 1 / 6.0));
    CHECK(metric(outcome, Metric::impact_out_instance_hours) == doctest::Approx(5 + 1 / 6.0));
  }
}

TEST_CASE("data come from the newest backup, wherever the environment is restored from") {
  // Saturday 0:00. It drifts at 10:10 and is found at 11:10; people come on Monday. At 30 h an
  // outage destroys it: backups of before 10 h restore it, and the data of the one of 28 h.
  for (const char* means : {"[restore, relaunch]", "[relaunch]"}) {
    CAPTURE(means);
    const model::Scenario scenario = load(fmt::format(
        "question: What is lost?\nstart: 2026-03-07 00:00 UTC\nhorizon: 68 h\n"
        "regions: {{a: {{zones: 1, quota: {{held: unlimited, images: 50}}, storage: 0 USD per GB "
        "month}}}}\n"
        "staff: {{ops: {{people: 1, hours: Mon-Fri 09:00-17:00 UTC, wage: 0 USD per work h}}}}\n"
        "fleet: {{web: {{count: 1, region: a, price: 1 USD per h, disk: 10 GB}}}}\n"
        "images: {{g: {{kind: custom, os: linux, exists: {{regions: [a]}}, bad: 0 %}}}}\n"
        "launch: {{time: 10 min, fails: 0 %}}\ndeploy: g\ndrift: {{image: 10 h}}\n"
        "defects: {{detected: 1 h}}\n"
        "backup: {{every: 4 h, takes: 30 min, of: every instance, keep: 10}}\n"
        "outages: {{p: {{region: a, at: 30 h, lasts: 30 min, destroys: true, takes: 99.9999 %}}}}\n"
        "strategies: {{it: {{recover: {{means: {}, by: ops, attended: 0.5 work h, reinstall: 1 "
        "h}}}}}}\n",
        means));
    CHECK(metric(model::simulate(scenario, 0, 1, 0), Metric::recovery_data_loss_max) ==
          doctest::Approx(2));
  }
}

TEST_CASE("a limit that is kept exactly is kept") {
  const model::Scenario scenario = load(fmt::format(
      "{}horizon: 19 h\nfleet: {{web: {{count: 1, region: lab, price: 1 USD per h}}}}\n"
      "images: {{g: {{kind: custom, os: linux, exists: {{regions: [lab]}}, bad: 0 %}}}}\n"
      "launch: {{time: 0 s, fails: 0 %}}\ndeploy: g\n"
      "failures: {{x: {{kind: environment, every: 9.1 h, detected: 0 s}}}}\n"
      "objectives:\n  - {{name: loss, data loss: 9.1 h}}\n  - {{name: back, recovery: 9.1 h}}\n"
      "  - {{name: on average, metric: recovery.time_mean, at most: 9.1 h}}\n"
      "strategies: {{it: {{recover: {{means: [reinstall], reinstall: 9.1 h}}}}}}\n",
      kLab));
  CHECK(model::simulate(scenario, 0, 1, 0).objectives == std::vector<std::uint8_t>{1, 1, 1});
}

TEST_CASE("defects, missing patches and delay are paid when they are there") {
  const auto run = [](const std::string& count, const std::string& strategy) {
    return model::simulate(
        load(fmt::format("{}horizon: 60 d\nfleet: {{web: {{count: {}, region: lab, price: 0 USD "
                         "per h}}}}\n"
                         "images: {{g: {{kind: custom, os: linux, exists: {{regions: [lab]}}, bad: "
                         "0 %}}}}\n"
                         "launch: {{time: 720 h, fails: 0 %}}\ndeploy: g\nrecover: [relaunch]\n"
                         "strategies: {{it: {}}}\n",
                         kLab, count, strategy)),
        0, 1, 0);
  };
  // Ten servers drift at 1300 h and are found after 10 h; from 1200 h on nobody pays for it.
  const std::string drift =
      "{{with: {{launch: {{time: 0 s}}, drift: {{image: 1300 h}}, defects: {{detected: 10 h, cost: "
      "3 USD per instance h}}, discounts: {{x: {{off: 100 %, of: [incidents], {}: 1200 h}}}}}}}}";
  const Outcome free = run("10", fmt::format(fmt::runtime(drift), "from"));
  CHECK(metric(free, Metric::cost_incidents) == 0);
  const Outcome later = run("10", fmt::format(fmt::runtime(drift), "until"));
  CHECK(metric(later, Metric::cost_incidents) == doctest::Approx(10 * 10 * 3));
  REQUIRE(later.cash_flow.size() >= 2);  // 1300 h lie in the second month
  CHECK(later.cash_flow[0] == doctest::Approx(free.cash_flow[0]));
  CHECK(later.cash_flow[1] == doctest::Approx(free.cash_flow[1] + 300));
  // Nine are missing for 30 days, the tenth for 60; the first 50 days cost nothing.
  CHECK(metric(run("10",
                   "{with: {delay: 6 USD per instance h, discounts: {x: {off: 100 %, of: [delay], "
                   "until: 1200 h}}}, rollout: {serial: [9, 1]}}"),
               Metric::cost_delay) == doctest::Approx(240 * 6));
}

TEST_CASE("while a zone is out, the places that are left are for what served there") {
  // Two servers and a stopped one in each zone, which has four places. When zone 2 is lost the
  // stopped one takes over within a minute, and the other server is launched in the last place of
  // zone 1, which nothing that is to stand by again may take. Both stand by again after the outage.
  const auto lost = [](const std::string& held) {
    return "question: Who gets the place?\nstart: 2026-03-02 09:00 UTC\nhorizon: 30 h\n"
           "launch: {time: 4 min, fails: 0 %}\n"
           "regions: {r: {zones: 2, storage: 0 USD per GB month, quota: {held: " +
           held +
           "}}}\n"
           "fleet: {g: {count: 4, region: r, price: 0 USD per h}}\n"
           "images: {i: {kind: custom, os: linux, exists: {regions: [r]}, bad: 0 %}}\n"
           "outages: {z: {region: r, zone: 2, at: 10 h, lasts: 10 h, destroys: true}}\n"
           "strategies: {s: {deploy: i, recover: {means: [standby, relaunch], standby: {count: 2, "
           "start: 1 min}}}}\n";
  };
  test::check({"four places a zone",
               lost("4 per zone"),
               {{Metric::impact_out_instance_hours, 5 / 60.0},
                {Metric::recovery_open, 0},
                {Metric::capacity_peak, 6}}});
  test::check({"without a limit it stands by again at once",
               lost("unlimited"),
               {{Metric::impact_out_instance_hours, 5 / 60.0}, {Metric::capacity_peak, 6}}});
}

}  // namespace
}  // namespace rollcast::test
