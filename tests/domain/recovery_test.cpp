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

}  // namespace
}  // namespace rollcast::test
