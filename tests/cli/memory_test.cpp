/// --memory-limit.
#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "process.hpp"

namespace rollcast::cli {
namespace {

using nlohmann::json;
using testing::contains;
using testing::contents;
using testing::Ended;
using testing::Study;

TEST_CASE("a limit that cannot do is refused before anything is simulated, with one that will") {
  const Study study;
  const Ended ended = study.call("run", "run", {"--memory-limit", "90 MB", "-j", "2"});
  CHECK(ended.code == 2);
  CHECK(contains(ended.errors, "with 2 threads this run takes 1"));
  CHECK(contains(ended.errors, "or fewer --jobs"));
  CHECK_FALSE(testing::exists(study / "run"));
  const Ended large =
      study.call("run", "run",
                 {"--memory-limit", "1 GB", "-j", "2", "--set", "fleet.web.count=1000000", "--set",
                  "regions.lab.quota.held=2000000 per zone"});
  CHECK(large.code == 2);
  CHECK(contains(large.errors, "allow '83"));
  for (const char* wrong : {"2", "0 GB", "two GB", "-1 GB"})
    CHECK(contains(study.call("run", "run", {"--memory-limit", wrong}).errors,
                   "--memory-limit takes a size, as in '2 GB'"));
}

#ifndef ROLLCAST_SANITIZED
TEST_CASE("within its limit a run says what it keeps; means stay, quantiles are near") {
  const Study study;
  const std::vector<std::string> options{"-n", "60000", "--no-conditions", "--quiet"};
  std::vector<std::string> limited = options;
  limited.insert(limited.end(), {"--memory-limit", "320 MB", "-j", "2"});
  REQUIRE(study.call("run", "whole", options).code == 0);
  const Ended ended = study.call("run", "limited", limited);
  CAPTURE(ended.errors);
  REQUIRE(ended.code == 0);
  const json whole = json::parse(contents(study / "whole/summary.json"));
  const json less = json::parse(contents(study / "limited/summary.json"));
  CHECK_FALSE(whole.contains("kept_one_by_one"));
  CHECK(less["kept_one_by_one"] > 10'000);
  CHECK(less["kept_one_by_one"] < 60'000);
  CHECK(less["replications"] == 60'000);
  for (std::size_t strategy = 0; strategy < 2; ++strategy) {
    const json& exact = whole["strategies"][strategy];
    const json& rounded = less["strategies"][strategy];
    CHECK(exact["objectives"] == rounded["objectives"]);
    for (const char* metric : {"cost.ranked", "ready_time", "impact.instance_hours"}) {
      CAPTURE(metric);
      const json& a = exact["metrics"][metric];
      const json& b = rounded["metrics"][metric];
      if (a["mean"].is_number())
        CHECK(b["mean"].get<double>() == doctest::Approx(a["mean"].get<double>()).epsilon(1e-9));
      CHECK(b["p95"].get<double>() == doctest::Approx(a["p95"].get<double>()).epsilon(1e-3));
    }
  }
  CHECK(contains(contents(study / "limited/report.html"), "--memory-limit '320 MB'"));
  REQUIRE(testing::rollcast({"report", study / "limited", "--quiet"}).code == 0);
  CHECK(json::parse(contents(study / "limited/summary.json"))["strategies"] == less["strategies"]);
}
#endif

}  // namespace
}  // namespace rollcast::cli
