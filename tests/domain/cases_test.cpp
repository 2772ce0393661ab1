/// Small scenarios as users write them, with numbers that can be worked out by hand. Nothing in
/// them varies at random, so one replication has them all.
#include "support.hpp"

using namespace rollcast;
using model::Metric;
using test::check;

namespace {

/// One region, four servers at 1 USD a minute, launched in 4 min; `more` are further sections, and
/// `strategy` is what the one strategy says.
std::string written(
    const std::string& more, const std::string& strategy,
    const std::string& regions = "here: {storage: 0 USD per GB month, quota: {held: unlimited}}",
    const std::string& fleet = "count: 4") {
  return fmt::format(
      "question: What does the sum say?\n"
      "horizon: 10 d\n"
      "regions: {{{}}}\n"
      "fleet: {{web: {{{}, region: here, price: 60 USD per h}}}}\n"
      "launch: {{time: 4 min, fails: 0 %}}\n"
      "{}"
      "strategies: {{one: {{{}}}}}\n",
      regions, fleet, more, strategy);
}

/// The same to another horizon.
std::string lasting(const std::string& horizon, std::string scenario) {
  const std::string usual = "horizon: 10 d";
  return scenario.replace(scenario.find(usual), usual.size(), "horizon: " + horizon);
}

constexpr double kHour = 3600, kLaunch = 240;

}  // namespace

TEST_CASE("quotas, the API and shortages of capacity: launches wait as long as worked out") {
  check(
      {"the documented limits: of 120 calls for 100 servers each, ten go at once, then ten a "
       "second",
       written("", "deploy: public",
               "here: {storage: 0 USD per GB month, quota: {held: unlimited}}", "count: 12000"),
       {{Metric::ready_time, kLaunch + 11}}});
  check({"a raise from 2 to 6 is granted by half after a day: two servers wait for it",
         written("", "deploy: public",
                 "here: {storage: 0 USD per GB month, quota: {held: 2 per zone, raise: {to: 6, "
                 "takes: 1 d, granted: 0 %, else: "
                 "50 %}}}"),
         {{Metric::ready_time, 24 * kHour + kLaunch}, {Metric::waiting_quota, 2 * 24}}});
  check({"half of a raise from 2 to 4 is one more server: the fourth one never comes",
         written("", "deploy: public",
                 "here: {storage: 0 USD per GB month, quota: {held: 2 per zone, raise: {to: 4, "
                 "takes: 1 d, granted: 0 %, else: "
                 "50 %}}}"),
         {{Metric::ready_share, 0.75}, {Metric::waiting_quota, 24 + 240}}});
  // Calls carry ten: two at once, then one every 10 s until the tenth at 80 s.
  check({"a hundred launches by calls of ten, a call every 10 s after the first two",
         written("", "deploy: public",
                 "here: {storage: 0 USD per GB month, quota: {held: unlimited}, api: {rate: 0.1 "
                 "per s, burst: 2, per call: 10}}",
                 "count: 100"),
         {{Metric::ready_time, 80 + kLaunch}, {Metric::waiting_api, 10 * 360 / kHour}}});
  check({"capacity is short for five hours: who launches then waits, who serves serves on",
         written("outages: {dry: {region: here, at: 2 min, lasts: 5 h, takes: 0 %}}\n",
                 "deploy: public, rollout: {batches: 2}"),
         {{Metric::ready_time, 120 + 5 * kHour + kLaunch}, {Metric::impact_out_peak, 0}}});
  check({"an image shared to us takes no place in our quota of images",
         written("images:\n"
                 "  own: {kind: custom, os: linux, exists: {regions: [here]}, bad: 0 %}\n"
                 "  partner: {kind: shared, os: linux, exists: {regions: [here]}, bad: 0 %}\n",
                 "deploy: {web: own, api: partner}",
                 "here: {storage: 0 USD per GB month, quota: {held: unlimited, images: 1}}",
                 "count: 4, region: here, price: 1 USD per h}, api: {count: 1"),
         {{Metric::ready_time, kLaunch}, {Metric::waiting_image_quota, 0}}});
}

TEST_CASE("people: roles hand over, nights pass, hours cost") {
  check({"two roles: 2 + 3 + 1 hours of work and two hand-overs of 3 h",
         written("staff: {ops: {hours: always, error: 0 %}, dba: {hours: always, error: 0 %}}\n"
                 "software:\n"
                 "  os: {work: 2 work h}\n"
                 "  db: {after: [os], work: 3 work h, by: dba}\n"
                 "  app: {after: [db], work: 1 work h}\n"
                 "manual: {hand-over: 3 h}\n",
                 "deploy: {by: ops}",
                 "here: {storage: 0 USD per GB month, quota: {held: unlimited}}", "count: 1"),
         {{Metric::ready_time, 12 * kHour}, {Metric::staff_effort_hours, 6}}});
  // In service on Monday at 9:04, broken at 21:04, rebuilt on Tuesday from 9:00 to 11:00.
  check({"a failure in the evening waits for the next morning",
         lasting(
             "30 h",
             written(
                 "start: 2026-03-02 09:00 Asia/Seoul\n"
                 "staff: {ops: {hours: Mon-Fri 09:00-18:00, error: 0 %, wage: 40 USD per work h}}\n"
                 "manual: {effort: 2 work h}\n"
                 "failures: {env: {kind: environment, every: 12 h, detected: 0 s}}\n",
                 "deploy: public, recover: {means: [by hand], by: ops}",
                 "here: {storage: 0 USD per GB month, quota: {held: unlimited}}", "count: 1")),
         {{Metric::recovery_time_max, 14 - 4.0 / 60}, {Metric::cost_staff, 80}}});
}

TEST_CASE("incidents: outages, failover, failures and what an hour out costs") {
  // Decided after 30 min, up 4 min later; the third has no place there and is out for all 6 h.
  const double out = 2 * 34.0 / 60 + 6;
  check({"zone A is lost on day 45: two of three find a place in the other region, and come back",
         lasting(
             "60 d",
             written(
                 "outages: {lost: {region: here, at: 45 d, lasts: 6 h, cost: 10 USD per instance "
                 "h}}\n",
                 "deploy: public, recover: {means: [relaunch], failover: {to: there, after: 30 "
                 "min}}",
                 "here: {storage: 0 USD per GB month, quota: {held: unlimited}}, there: {storage: "
                 "0 USD per GB month, quota: {held: 2 per zone}}",
                 "count: 3")),
         {{Metric::impact_out_instance_hours, out},
          {Metric::cost_incidents, 10 * out},
          {Metric::incidents_count, 3},
          {Metric::recovery_open, 0},
          {Metric::availability, 1 - out / (3 * (60 * 24 - kLaunch / kHour))}}});
  // Broken every 100 h of service: noticed after 30 min, reinstalled in 30 min. Without a backup
  // all since service entry is lost.
  check({"an environment breaks twice; an hour out costs 10 USD, each incident 100 USD",
         written("failures: {env: {kind: environment, every: 100 h, detected: 30 min, cost: 10 USD "
                 "per instance h, each: 100 USD}}\n",
                 "deploy: public, recover: {means: [reinstall], reinstall: 30 min}",
                 "here: {storage: 0 USD per GB month, quota: {held: unlimited}}", "count: 1"),
         {{Metric::incidents_count, 2},
          {Metric::cost_incidents, 2 * (10 + 100)},
          {Metric::recovery_time_max, 1},
          {Metric::recovery_data_loss_max, 201}}});
}

TEST_CASE("trust: a shared image that was tampered with, a canary that finds a bad one") {
  check({"found after a day on all four, and nobody mends it: one discovery, defective to the end",
         written("images: {partner: {kind: shared, os: linux, exists: {regions: [here]}, bad: 0 %, "
                 "compromised: {chance: 100 %, cost: 5000 USD}}}\n"
                 "defects: {detected: 24 h, cost: 2 USD per instance h}\n",
                 "deploy: partner, recover: [relaunch]"),
         {{Metric::cost_incidents, 5000 + 2 * 4 * (240 - kLaunch / kHour)},
          {Metric::impact_image_peak, 4},
          {Metric::impact_own_peak, 0},
          {Metric::defects_live, 4}}});
  check({"the canary's defect shows in its soak: three servers are never launched from the image",
         written("images: {golden: {kind: custom, os: linux, exists: {regions: [here]}, bad: 100 "
                 "%}}\n"
                 "defects: {detected: 100 d, detected in soak: 10 min}\n",
                 "deploy: golden, rollout: {canary: [1, 100 %], soak: 1 h, stop above: 0 %}"),
         {{Metric::impact_image_peak, 1},
          {Metric::rollout_aborted, 1},
          {Metric::ready_share, 0.25},
          {Metric::launches_attempted, 1}}});
}

TEST_CASE(
    "a public image is updated every week; its new version brings the patches, if rolled out") {
  // A patch every 84 h: on days 3.5 and 7; the version of day 7 has both.
  const auto week = [](const std::string& roll_out) {
    return written(
        "images: {ubuntu: {kind: public, os: linux, rebuild: {every: 7 d, roll out: " + roll_out +
            "}}}\n"
            "patches: {every: 84 h}\n",
        "deploy: ubuntu");
  };
  const double gap = kLaunch / kHour;
  check({"rolled out",
         week("true"),
         {{Metric::image_versions, 1},
          {Metric::patches_missing, 84 / (240 - 2 * gap)},
          {Metric::launches_attempted, 8},
          {Metric::impact_out_peak, 0},
          {Metric::cost_images, 0}}});
  check({"not rolled out",
         week("false"),
         {{Metric::image_versions, 1},
          {Metric::patches_missing, (156 + 72) / (240 - gap)},
          {Metric::launches_attempted, 4}}});
}

TEST_CASE("money: tiers by age, and what an image costs to make") {
  check({"full price to 96 h, half to 360 h, then 34 %",
         lasting("480 h", written("", "deploy: public",
                                  "here: {storage: 0 USD per GB month, quota: {held: unlimited}}",
                                  "count: 1, tiers: {96 h: 50 %, 360 h: 34 %}")),
         {{Metric::cost_instances, 60 * (96 + 264 * 0.5 + 120 * 0.34)}}});
  // Set up by hand in 8 h, created in 10 min and tested in 4 h on an instance at 60 USD an hour.
  const double made = 12 + 10 / 60.0;
  check({"an image that is made: 12 hours of work and of its instance",
         written("staff: {ops: {hours: always, error: 0 %, wage: 40 USD per work h}}\n"
                 "manual: {effort: 8 work h}\n"
                 "images: {golden: {kind: custom, os: linux, make: {from: web, by: ops, create: 10 "
                 "min, test: 4 work h}}}\n",
                 "deploy: golden"),
         {{Metric::cost_images, 12 * 40 + made * 60},
          {Metric::ready_time, made * kHour + kLaunch},
          {Metric::image_to_ready_time, kLaunch},
          {Metric::cost_deployment, 12 * 40 + made * 60 + 4 * 4},
          {Metric::cost_total, 12 * 40 + made * 60 + 4 * (240 - made) * 60}}});
}

TEST_CASE("what may be done with images: a fee, a reinstall from a shared one, an end") {
  const std::string here = "here: {storage: 0 USD per GB month, quota: {held: unlimited}}";
  const std::string breaks = "failures: {env: {kind: environment, every: 100 h, detected: 0 s}}\n";
  check({"a paid marketplace image costs the instance and the image",
         written("images: {ready: {kind: marketplace, os: linux, bad: 0 %, fee: 6 USD per h}}\n",
                 "deploy: ready"),
         {{Metric::cost_image_fees, 4 * 240 * 6},
          {Metric::cost_instances, 4 * 240 * 60},
          {Metric::cost_total, 4 * 240 * 66}}});
  check({"an instance of the same region is reinstalled from a shared image",
         written("images: {partner: {kind: shared, os: linux, exists: {regions: [here]}, bad: 0 "
                 "%}}\n" +
                     breaks,
                 "deploy: partner, recover: {means: [reinstall], reinstall: 20 min}", here,
                 "count: 1"),
         {{Metric::incidents_count, 2}, {Metric::recovery_time_max, 20 / 60.0}}});
  check({"destroying an image does not touch what runs, but nothing comes back from it",
         written("images: {golden: {kind: custom, os: linux, exists: {regions: [here]}, bad: 0 %, "
                 "destroyed: 1 h}}\n" +
                     breaks,
                 "deploy: golden, recover: [reinstall, relaunch]", here, "count: 1"),
         {{Metric::ready_time, kLaunch},
          {Metric::recovery_open, 1},
          {Metric::impact_out_instance_hours, 140 - kLaunch / kHour}}});
  // Broken at 100:04 and, back at 100:34, at 200:34; the backups of 96 h and 192 h are complete.
  check({"a daily backup bounds the loss to the time since it was begun",
         written(breaks,
                 "deploy: public, backup: {every: 24 h, takes: 1 h, of: every instance}, recover: "
                 "{means: [restore], reinstall: 30 min}",
                 here, "count: 1"),
         {{Metric::recovery_data_loss_max, 8 + 34 / 60.0}, {Metric::recovery_time_max, 0.5}}});
}

TEST_CASE("a timer of backups that begins with the service saves at once, then in its time") {
  // In service at 0:04, lost at 10:04 and back at 10:08, lost at 20:08 and 30:12; a backup takes no
  // time. What was saved after 0 and 6 h is 4 h old after 10.
  const auto loses = [](const std::string& more, double loss) {
    check({more,
           "question: What is lost?\nhorizon: 31 h\nregions: {r: {storage: 0 USD per GB month, "
           "quota: {images: 100}}}\n"
           "fleet: {g: {count: 3, region: r, price: 0 USD per h}}\n"
           "images: {i: {kind: custom, os: linux, exists: {regions: [r]}, bad: 0 %}}\n"
           "launch: {time: 4 min, fails: 0 %}\n"
           "failures: {f: {kind: instance, every: 10 h, detected: 0 s}}\n"
           "recover: [restore]\n"
           "backup: {every: 6 h, takes: 0 s, keep: 3, " +
               more + "}\nstrategies: {s: {deploy: i}}\n",
           {{Metric::recovery_data_loss_mean, loss}}});
  };
  loses("from: service, of: every instance", 4);
  loses("from: service, first: 3 h, of: every instance", 1);
  loses("from: service, first: 9 h, of: every instance", 1);
  // Of the other two nothing is saved, and all since their first entry is lost.
  const double since_entry = 10 + (20 + 4 / 60.0) + (30 + 8 / 60.0);
  loses("from: service, of: representative", (3 * 4 + 2 * since_entry) / 9);
  // By one clock: at 6:00, 18:00 and 30:00.
  loses("of: every instance", (4 + 4 / 60.0 + 2 + 8 / 60.0 + 12 / 60.0) / 3);
}

TEST_CASE("waits after failed launches grow up to what they may") {
  // Attempts of 4 min at 0, 5, 11 and 18 min: waits of 1, 2 and 3, for 4, min. A minute costs 1
  // USD.
  const auto fails = [](const std::string& horizon, const std::string& more) {
    return "question: How long?\nhorizon: " + horizon +
           "\nregions: {r: {storage: 0 USD per GB month}}\n"
           "fleet: {g: {count: 1, region: r, price: 60 USD per h}}\n"
           "images: {i: {kind: custom, os: linux, exists: {regions: [r]}, bad: 0 %}}\n"
           "launch: {time: 4 min, fails: 100 %, attempts: 9, back-off: 1 min" +
           more + "}\nstrategies: {s: {deploy: i}}\n";
  };
  check({"twice as long each time, 3 min at most",
         fails("20 min", ", back-off grows: 2, back-off at most: 3 min"),
         {{Metric::launches_attempted, 4}, {Metric::cost_instances, 14}}});
  check({"without a limit",
         fails("20 min", ", back-off grows: 2"),
         {{Metric::launches_attempted, 4}, {Metric::cost_instances, 13}}});
  check({"no wait stays none",
         fails("10 d", ", back-off grows: 100, back-off at most: 1 s"),
         {{Metric::launches_attempted, 9}}});
  // Kubernetes goes on for ever, three attempts at a time: at 0, 1, 3, 7, 15, 31 and 63 min.
  check({"waits of one row of failures, however often it is begun",
         "question: How long?\nhorizon: 100 min\n"
         "regions: {r: {storage: 0 USD per GB month}}\n"
         "fleet: {g: {count: 1, region: r, price: 0 USD per h}}\n"
         "images: {i: {kind: custom, os: linux, exists: {regions: [r]}, bad: 0 %}}\n"
         "launch: {time: 0 s, fails: 100 %, attempts: 3, back-off: 1 min, back-off grows: 2}\n"
         "strategies: {s: {deploy: i, rollout: {kubernetes: {}}}}\n",
         {{Metric::launches_attempted, 7}}});
  // A restore of the 50 GB disk takes 10 min and times out after 6; by hand it takes an hour.
  check({"each incident has a row of its own, however it ended",
         "question: How long?\nstart: 2026-03-02 09:00 UTC\nhorizon: 40 h\n"
         "regions: {r: {storage: 0 USD per GB month}}\n"
         "staff: {ops: {people: 1, hours: always, wage: 10 USD per work h}}\n"
         "fleet: {g: {count: 1, region: r, price: 0 USD per h}}\n"
         "images: {i: {kind: custom, os: linux, exists: {regions: [r]}, bad: 0 %, size: 1 GB}}\n"
         "launch: {time: 5 min, per GB: 6 s, fails: 0 %, time out: 6 min, attempts: 3, "
         "back-off: 1 min, back-off grows: 2}\n"
         "manual: {effort: 1 work h}\n"
         "failures: {f: {kind: instance, every: 15 h, detected: 0 min}}\n"
         "strategies: {s: {deploy: i, backup: {every: 1 h, takes: 1 min, of: every instance}, "
         "recover: {means: [restore, by hand], by: ops}}}\n",
         {{Metric::incidents_count, 2},
          {Metric::recovery_time_max, (6 + 1 + 6 + 2 + 6 + 60) / 60.0},
          {Metric::impact_out_instance_hours, 2.7}}});
  check({"always the same",
         fails("19 min 30 s", ""),
         {{Metric::launches_attempted, 4}, {Metric::cost_instances, 16}}});
}
