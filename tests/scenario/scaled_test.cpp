/// Quantities times a factor, and every quantity of a scenario up and down.
#include "rollcast/scenario/scaled.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "rollcast/scenario/load.hpp"

namespace rollcast {
namespace {

TEST_CASE("numbers with a unit are scaled; weights, shapes and probabilities of a form are not") {
  CHECK(scenario::scaled("10 min", 1.2) == "12 min");
  CHECK(scenario::scaled("3 min to 5 min", 1.2) == "3.6 min to 6 min");
  CHECK(scenario::scaled("3 to 5 min", 2) == "6 to 10 min");
  CHECK(scenario::scaled("exponential(rate 1 per 2000 h)", 2) == "exponential(rate 1 per 4000 h)");
  CHECK(scenario::scaled("2 min + exponential(3 min)", 2) == "4 min + exponential(6 min)");
  CHECK(scenario::scaled("90 % between 2 h and 6 h", 0.5) == "90 % between 1 h and 3 h");
  CHECK(scenario::scaled("lognormal(median 4 min, p95 9 min)", 0.5) ==
        "lognormal(median 2 min, p95 4.5 min)");
  CHECK(scenario::scaled("gamma(shape 2, mean 5 h)", 1.1) == "gamma(shape 2, mean 5.5 h)");
  CHECK(scenario::scaled("mixture(95 % of 3 min to 5 min, 5 % of 20 min)", 2) ==
        "mixture(95 % of 6 min to 10 min, 5 % of 40 min)");
  CHECK(scenario::scaled("42.51 USD per work h", 0.9) == "38.259 USD per work h");
  CHECK(scenario::scaled("2 %", 1.5) == "3 %");
  CHECK(scenario::scaled("lognormal(mu .68, sigma 1.03, unit h)", 2).empty());
  CHECK(scenario::scaled("12", 2).empty());
  CHECK(scenario::scaled("2026-03-02 09:00 Asia/Seoul", 2).empty());
  CHECK(scenario::scaled("Mon-Fri 09:00-18:00", 2).empty());
}

TEST_CASE("every duration, rate and price is varied; counts, dates, hours and the frame are not") {
  const auto loaded = scenario::load_text("what-if.yaml", R"(question: What if?
start: 2026-03-02 09:00 Asia/Seoul
regions: {ap-seoul: {zones: 2}}
staff: {ops: {people: 2, hours: Mon-Fri 09:00-18:00 Asia/Seoul, wage: 40 USD per work h}}
fleet: {web: {count: 20, region: ap-seoul, type: S2.MEDIUM4}}
images: {golden: {kind: custom, os: linux, exists: {regions: [ap-seoul]}, bad: 2 %}}
objectives: [{name: on time, ready: 100 % of fleet, within: 2 d, probability: 95 %}]
strategies:
  image: {deploy: golden, rollout: {batches: 5, soak: 10 min}}
  by hand: {deploy: {by: ops}}
)");
  REQUIRE(loaded.source);
  const auto inputs = scenario::scaled_inputs(*loaded.source, 0.2);
  const auto find = [&](const std::string& path) {
    const auto found = std::find_if(inputs.begin(), inputs.end(),
                                    [&](const auto& input) { return input.path == path; });
    return found == inputs.end() ? nullptr : &*found;
  };
  REQUIRE(find("images.golden.bad"));
  CHECK(find("images.golden.bad")->choices.front() == "1.6 %");
  CHECK(find("images.golden.bad")->value(0.5) == "2 %");
  CHECK(find("images.golden.bad")->choices.back() == "2.4 %");
  CHECK(find("staff.ops.wage"));
  CHECK(find("launch.time"));
  CHECK(find("launch.fails"));
  CHECK(find("strategies.image.rollout.soak"));
  for (const char* path : {"fleet.web.count", "staff.ops.people", "staff.ops.hours", "start",
                           "horizon", "objectives.0.within", "objectives.0.probability"})
    CHECK(find(path) == nullptr);
}

}  // namespace
}  // namespace rollcast
