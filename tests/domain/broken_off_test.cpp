/// People whose work is broken off, waits, or meets other work; worked out by hand.
#include <fmt/format.h>

#include "support.hpp"

using namespace rollcast;
using model::Metric;
using test::check;

namespace {

constexpr double kHour = 3600, kFourMinutes = 1 / 15.0;  // of an hour

std::string from(const std::string& start, const std::string& horizon, const std::string& rest) {
  return fmt::format(
      "question: Who works?\nstart: 2026-03-02 {} UTC\nhorizon: {}\n"
      "launch: {{time: 4 min, fails: 0 %}}\n"
      "regions: {{r: {{storage: 0 USD per GB month, quota: {{images: 100}}}}}}\n{}",
      start, horizon, rest);
}

/// A and B at 10 and 20 USD an hour.
std::string two_people(const std::string& hours_of_a, const std::string& hours_of_b) {
  return fmt::format(
      "staff:\n  A: {{people: 1, hours: \"{}\", wage: 10 USD per work h, error: 0 %}}\n"
      "  B: {{people: 1, hours: \"{}\", wage: 20 USD per work h, error: 0 %}}\n",
      hours_of_a, hours_of_b);
}

const std::string kDays = "Mon-Fri 09:00-17:00 UTC";
const std::string kOne = "fleet: {g: {count: 1, region: r, price: 0 USD per h}}\n";
const std::string kOldAndBad =
    "images: {o: {kind: custom, os: linux, exists: {regions: [r]}, bad: 0 %}, n: {kind: custom, "
    "os: "
    "linux, exists: {regions: [r]}, bad: 100 %}}\ndefects: {detected: 3 h}\n";

/// A server of group x is destroyed at `at`; A sets one of group w up, and it again.
std::string destroyed_beside(const std::string& at, const std::string& w, const std::string& x) {
  return fmt::format(
      "fleet: {{w: {{count: 1, region: r, price: 0 USD per h, needs: [{}]}}, x: {{count: 1, "
      "region: "
      "r, price: 0 USD per h, needs: [{}]}}}}\n"
      "outages: {{o: {{region: r, groups: [x], at: {}, lasts: 1 min, destroys: true}}}}\n"
      "strategies: {{m: {{deploy: {{w: {{by: A}}, x: public}}, recover: {{means: [by hand], by: "
      "A}}}}}}\n",
      w, x, at);
}

}  // namespace

TEST_CASE("work that is broken off is done and paid up to then, and nobody goes on with it") {
  // The update of 2:00 is rolled back at 5:04: A has worked on h since, and B beside A.
  check(
      {"a server of two roles whose update is rolled back",
       from("09:00", "40 h",
            two_people("always", "always") + kOldAndBad +
                "software: {a: {work: 4 work h, by: A}, b: {work: 6 work h, by: B}, c: {after: "
                "[b], work: 5 work h, by: B}}\n"
                "fleet: {w: {count: 1, region: r, price: 0 USD per h}, h: {count: 1, region: r, "
                "price: 1 USD per h}}\n"
                "strategies: {m: {deploy: {w: n, h: {by: A}}, update: {from: o, at: 2 h}, recover: "
                "[relaunch]}}\n"),
       {{Metric::staff_effort_hours, 2 * (3 + kFourMinutes)},
        {Metric::cost_staff, 30 * (3 + kFourMinutes)}}});
  // Asked at 2:04, broken off as the version is found bad at 5:04.
  check({"an approval",
         from("09:00", "40 h",
              two_people("always", "always") + kOldAndBad +
                  "fleet: {w: {count: 2, region: r, price: 0 USD per h}}\n"
                  "strategies: {m: {deploy: n, update: {from: o, at: 2 h}, rollout: {batches: 1, "
                  "approval: {by: A, effort: 8 work h}}, recover: [relaunch]}}\n"),
         {{Metric::staff_effort_hours, 3}, {Metric::cost_staff, 30}}});
  check({"a recovery that somebody attends, overtaken by an update",
         from("09:00", "40 h",
              two_people("always", "always") +
                  "images: {i: {kind: custom, os: linux, exists: {regions: [r]}, bad: 0 %}, n: "
                  "{kind: custom, os: linux, exists: {regions: [r]}, bad: 0 %}}\n" +
                  kOne +
                  "outages: {o: {region: r, at: 12 h, lasts: 1 min, destroys: true}}\n"
                  "strategies: {m: {deploy: n, update: {from: i, at: 14 h}, recover: {means: "
                  "[relaunch], by: A, attended: 10 work h}}}\n"),
         {{Metric::staff_effort_hours, 2}}});
}

TEST_CASE("a server of several roles waits while somebody is needed and nobody is at work") {
  const std::string by_hand = "strategies: {m: {deploy: {by: A}}}\n";
  for (const char* software :
       {"software: {a: {work: 30 work min, by: A}, b: {work: 2 work h, by: B}}\n",
        "software: {a: {work: 30 work min, by: B}, b: {work: 2 work h, by: A}}\n"})
    check({"two hours of work from four to five, and from nine on",
           from("16:00", "10 d", two_people(kDays, kDays) + software + kOne + by_hand),
           {{Metric::waiting_staff, 16}}});
  // B works from 16:00 to 21:00, A until 17:00 and from 9:00 on.
  for (const char* software :
       {"software: {a: {work: 5 work h, by: B}, b: {work: 2 work h, by: A}}\n",
        "software: {b: {work: 2 work h, by: A}, a: {work: 5 work h, by: B}}\n"})
    check({"one of them works by night",
           from("16:00", "10 d", two_people(kDays, "always") + software + kOne + by_hand),
           {{Metric::waiting_staff, 12}}});
}

TEST_CASE("nobody is kept from work by what others are needed for as well") {
  // From 17:00 on A waits for B, who comes at nine; the repair of 18:01 takes A until 20:01.
  check({"a repair in the evening",
         from("17:00", "10 d",
              two_people("always", kDays) +
                  "software: {a: {work: 1 work h, by: [A, B]}, c: {work: 2 work h, by: A}}\n" +
                  destroyed_beside("1 h", "a", "c")),
         {{Metric::recovery_time_max, 2 + 1 / 60.0}, {Metric::ready_time, 17 * kHour}}});
}

TEST_CASE("whoever has been called in the night ends that before new work") {
  // The repair goes from 19:01 to 13:01; four hours of work from then on end at 9:01 on Wednesday.
  check({"one person, on call",
         from("18:00", "10 d",
              "staff: {A: {people: 1, hours: \"Mon-Fri 09:00-17:00 UTC\", wage: 10 USD per work h, "
              "error: 0 %, on call: true}}\n"
              "software: {s: {work: 4 work h}, t: {work: 18 work h}}\n" +
                  destroyed_beside("1 h", "s", "t")),
         {{Metric::recovery_time_max, 18 + 1 / 60.0}, {Metric::ready_time, 39 * kHour + 60}}});
}

TEST_CASE("the set-up that an image is made from stays first, also once it has begun") {
  // A: s1 0-1, t1 1-2, u 2-4 (the first step of the image is ready at 3), s2 4-5, t2 5-6.
  check({"its second step comes before that of a server that was ready before",
         from("09:00", "10 d",
              "staff: {A: {people: 1, hours: always, wage: 10 USD per work h, error: 0 %}}\n"
              "software:\n  s1: {work: 1 work h, unattended: 2 h}\n"
              "  s2: {after: [s1], work: 1 work h}\n"
              "  t1: {work: 1 work h, unattended: 30 min}\n"
              "  t2: {after: [t1], work: 1 work h}\n  u: {work: 2 work h}\n"
              "images: {i: {kind: custom, os: linux, make: {from: x, by: A, create: 1 h, test: 0 "
              "work h}, bad: 0 %}}\n"
              "fleet: {x: {count: 1, region: r, price: 1 USD per h, needs: [s2]}, g: {count: 1, "
              "region: r, price: 1 USD per h, needs: [t2]}, h: {count: 1, region: r, price: 1 USD "
              "per h, needs: [u]}}\n"
              "strategies: {m: {deploy: {x: i, g: {by: A}, h: {by: A}}}}\n"),
         {{Metric::ready_time, (6 + kFourMinutes) * kHour}}});
}

TEST_CASE("the wait for an approval is one of the roll-out, and of no instance") {
  check({"asked after hours",
         from("15:00", "10 h",
              two_people(kDays, kDays) +
                  "fleet: {g: {count: 2, region: r, price: 0 USD per h}}\n"
                  "strategies: {m: {deploy: public, rollout: {batches: 1, soak: 1 h, pause: 1 h, "
                  "approval: {by: A, effort: 1 work h}}}}\n"),
         {{Metric::waiting_staff, 0}, {Metric::waiting_approval, 10 - 2 - kFourMinutes}}});
}
