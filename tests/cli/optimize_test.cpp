#include <doctest/doctest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "process.hpp"

namespace rollcast::cli {
namespace {

using nlohmann::json;
using testing::contains;
using testing::contents;
using testing::Ended;

struct Place : testing::Study {
  [[nodiscard]] Ended optimize(const std::vector<std::string>& options,
                               const std::string& out = "plan",
                               const testing::Surroundings& surroundings = {}) const {
    return call("optimize", out, options, surroundings);
  }
};

TEST_CASE("an optimisation leaves its record, its numbers and its page") {
  const Place place;
  const Ended ended =
      place.optimize({"-a", "staff.ops.people=1 to 4 step 1", "-n", "500", "--confirm", "500"});
  CAPTURE(ended.errors);
  CHECK(ended.code == 0);
  CHECK(contains(ended.output, "staff.ops.people"));
  for (const char* name : {"optimize.sqlite", "optimize.json", "plans.csv", "report.html",
                           "charts/optimize-1.svg", "scenario.resolved.yaml"})
    CHECK(testing::exists(place / (std::string("plan/") + name)));
  CHECK_FALSE(testing::exists(place / "plan/optimize.sqlite-wal"));
  const json plan = json::parse(contents(place / "plan/optimize.json"));
  CHECK(plan["plans"] == 8);
  CHECK(plan["tried"].size() == 8);
  CHECK(plan["confirmation"]["replications"] == 500);
}

TEST_CASE("Ctrl-C keeps what is simulated, and --resume comes to the same result") {
  const Place place;
  const std::vector<std::string> asked{
      "-a", "fleet.web.count=2 to 80 step 1", "-n", "2000", "--jobs", "2"};
  testing::Surroundings interrupt;
  interrupt.signal = SIGINT;
  interrupt.when_exists = place / "plan/optimize.sqlite-wal";
  const Ended stopped = place.optimize(asked, "plan", interrupt);
  CHECK(stopped.code == 130);
  CHECK(contains(stopped.errors, "--resume"));
  std::vector<std::string> more = asked;
  more.push_back("--resume");
  const Ended resumed = place.optimize(more);
  CAPTURE(resumed.errors);
  CHECK(resumed.code == 0);
  CHECK(place.optimize(asked, "whole").code == 0);
  CHECK(contents(place / "plan/optimize.json") == contents(place / "whole/optimize.json"));
  CHECK(contents(place / "plan/plans.csv") == contents(place / "whole/plans.csv"));
}

TEST_CASE("what cannot be kept ends with 1 where it is required, and says what comes nearest") {
  const Place place;
  const std::vector<std::string> asked{
      "-a",      "staff.ops.people=[1, 2]",    "-n",     "500",
      "--limit", "ready_time p95=at most 1 s", "--json", "--require-objectives"};
  const Ended ended = place.optimize(asked);
  CAPTURE(ended.errors);
  CHECK(ended.code == 1);
  const json plan = json::parse(ended.output);
  CHECK(plan["found"] == "none");
  CHECK(plan["confirmation"]["constraints"]["ready_time p95 at most 1 s"]["met"] == "no");
}

TEST_CASE("what cannot be optimised is said") {
  const Place place;
  const Ended nothing = place.optimize({});
  CHECK(nothing.code == 2);
  CHECK(contains(nothing.errors, "optimize:"));
  CHECK(place.optimize({"-a", "staff.ops.people"}).code == 2);
  CHECK(place.optimize({"-a", "staff.ops.people=[1, 2]", "--limit", "ready_time"}).code == 2);
  CHECK(place.optimize({"-a", "staff.ops.people=[1, 2]", "-n", "5"}).code == 2);
  const Ended mean =
      place.optimize({"-a", "staff.ops.people=[1, 2]", "--limit", "cost.total mean=at most 5 USD"});
  CHECK(mean.code == 2);
  CHECK(contains(mean.errors, "no quantile"));
  CHECK_FALSE(testing::exists(place / "plan"));
}

}  // namespace
}  // namespace rollcast::cli
