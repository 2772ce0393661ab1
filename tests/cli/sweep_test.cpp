#include <doctest/doctest.h>

#include <algorithm>
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
  [[nodiscard]] Ended sweep(const std::vector<std::string>& options,
                            const std::string& out = "sweep",
                            const testing::Surroundings& surroundings = {}) const {
    return call("sweep", out, options, surroundings);
  }
};

TEST_CASE("a sweep over one value leaves its record, its numbers and its page") {
  const Place place;
  const Ended ended = place.sweep(
      {"--axis", "fleet.web.count=2 to 10 step 4", "--replications", "50", "--refine", "0"});
  CAPTURE(ended.errors);
  CHECK(ended.code == 0);
  CHECK(contains(ended.output, "fleet.web.count"));
  CHECK(contains(ended.output, place / "sweep/report.html"));
  for (const char* name : {"sweep.sqlite", "sweep.json", "points.csv", "report.html",
                           "charts/sweep-1.svg", "scenario.resolved.yaml"})
    CHECK(testing::exists(place / (std::string("sweep/") + name)));
  CHECK_FALSE(testing::exists(place / "sweep/sweep.sqlite-wal"));
  const json summary = json::parse(contents(place / "sweep/sweep.json"));
  CHECK(summary["points"].size() == 3);
  CHECK(summary["points"][1]["values"][0] == "6");
  const json cost = summary["points"][1]["strategies"][0]["estimates"]["cost.ranked mean"];
  const Ended run = testing::rollcast({"run", place.scenario, "--set", "fleet.web.count=6", "-n",
                                       "50", "--out", place / "run", "--no-conditions", "--json"});
  CHECK(json::parse(run.output)["strategies"][0]["metrics"]["cost.ranked"]["mean"] ==
        cost["value"]);
  const std::string csv = contents(place / "sweep/points.csv");
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 7);
}

TEST_CASE("two axes are a grid, and the axes of the command line replace those of the file") {
  const Place place;
  const std::string file = place.file(
      "own.yaml", testing::small_scenario() + "sweep: {axes: {staff.ops.people: [1, 2]}}\n");
  const Ended own = testing::rollcast({"sweep", file, "-n", "5", "--out", place / "own", "--json"});
  CHECK(json::parse(own.output)["points"].size() == 2);
  const Ended other = testing::rollcast({"sweep", file, "-n", "5", "--out", place / "other",
                                         "--json", "--axis", "fleet.web.count=[2, 4, 6]", "--axis",
                                         "images.golden.bad=1 % to 9 % in 2 values, log",
                                         "--metric", "availability mean"});
  CAPTURE(other.errors);
  const json summary = json::parse(other.output);
  CHECK(summary["points"].size() == 6);
  CHECK(summary["axes"][0]["path"] == "fleet.web.count");
  CHECK(summary["points"][0]["strategies"][0]["estimates"].contains("availability mean"));
}

TEST_CASE("Ctrl-C keeps finished points, and --resume comes to the same result") {
  const Place place;
  const std::vector<std::string> asked{
      "--axis",          "fleet.web.count=2 to 40 step 1", "-n", "1000", "--jobs", "2", "--metric",
      "cost.ranked mean"};
  testing::Surroundings interrupt;
  interrupt.signal = SIGINT;
  interrupt.when_exists = place / "sweep/sweep.sqlite-wal";
  const Ended stopped = place.sweep(asked, "sweep", interrupt);
  CHECK(stopped.code == 130);
  CHECK(contains(stopped.errors, "--resume"));
  std::vector<std::string> more = asked;
  more.push_back("--resume");
  const Ended resumed = place.sweep(more);
  CAPTURE(resumed.errors);
  CHECK(resumed.code == 0);
  CHECK(place.sweep(asked, "whole").code == 0);
  CHECK(contents(place / "sweep/sweep.json") == contents(place / "whole/sweep.json"));
  CHECK(contents(place / "sweep/points.csv") == contents(place / "whole/points.csv"));
}

TEST_CASE(
    "points between those of the grid narrow a threshold down, are kept, and can be left out") {
  const Place place;
  const std::vector<std::string> asked{"--axis", "fleet.web.count=1 to 16 step 5", "--replications",
                                       "60"};
  const Ended ended = place.sweep(asked);
  CAPTURE(ended.errors);
  CHECK(ended.code == 0);
  CHECK(contains(ended.output, "°"));
  const std::string whole = contents(place / "sweep/sweep.json");
  const json summary = json::parse(whole);
  CHECK(summary["points"].size() > 4);
  CHECK(summary["points"][4]["refined"] == true);
  const json budget = summary["thresholds"][0];
  CHECK(budget["objective"] == "in budget");
  CHECK(budget["refined"] == true);
  const int most = std::stoi(budget["up_to"].get<std::string>());
  CHECK(budget["neighbour"] == std::to_string(most + 1));
  std::vector<std::string> more = asked;
  more.push_back("--resume");
  CHECK(place.sweep(more).code == 0);
  CHECK(contents(place / "sweep/sweep.json") == whole);
  more = asked;
  more.insert(more.end(), {"--refine", "0"});
  CHECK(place.sweep(more, "plain").code == 0);
  CHECK(json::parse(contents(place / "plain/sweep.json"))["points"].size() == 4);
}

TEST_CASE("another sweep in the folder is not replaced, and nothing is resumed by mistake") {
  const Place place;
  const std::vector<std::string> first{"-n", "5", "--axis", "fleet.web.count=[2, 3]"};
  const std::vector<std::string> second{"-n", "5", "--axis", "fleet.web.count=[2, 4]"};
  CHECK(place.sweep(first).code == 0);
  CHECK(place.sweep(first).code == 0);
  CHECK(place.sweep(second).code == 2);
  std::vector<std::string> resumed = second;
  resumed.push_back("--resume");
  CHECK(place.sweep(resumed).code == 2);
  CHECK(place.sweep(resumed, "nowhere").code == 0);  // it begins, as a run does
  const Ended twice = place.sweep({"-n", "5", "--axis", "fleet.web.count=2 to 3 step 1", "--axis",
                                   "fleet.web.count=5 to 6 step 1"},
                                  "twice");
  CHECK(twice.code == 2);
  CHECK(contains(twice.errors, "--axis names 'fleet.web.count' twice"));
  std::vector<std::string> forced = second;
  forced.push_back("--force");
  CHECK(place.sweep(forced).code == 0);
}

TEST_CASE("what cannot be swept is said") {
  const Place place;
  const Ended nothing = place.sweep({});
  CHECK(nothing.code == 2);
  CHECK(contains(nothing.errors, "sweep:"));
  const Ended path = place.sweep({"--axis", "fleet.wbe.count=[2, 3]"});
  CHECK(path.code == 2);
  CHECK(contains(path.errors, "fleet.web.count"));
  CHECK(place.sweep({"--axis", "fleet.web.count"}).code == 2);
  CHECK(place.sweep({"--axis", "fleet.web.count=[0]"}).code == 2);
  CHECK(place.sweep({"--axis", "fleet.web.count=[2, 3]", "--metric", "speed mean"}).code == 2);
  CHECK_FALSE(testing::exists(place / "sweep"));
}

}  // namespace
}  // namespace rollcast::cli
