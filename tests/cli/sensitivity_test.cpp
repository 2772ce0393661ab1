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
using testing::Folder;

TEST_CASE("without uncertain inputs every value is varied, and its page and numbers are written") {
  const Folder folder;
  const std::string scenario = folder.file("small.yaml", testing::small_scenario());
  const Ended ended = testing::rollcast(
      {"sensitivity", scenario, "--out", folder / "all", "-n", "10", "--range", "30 %"});
  CAPTURE(ended.errors);
  CHECK(ended.code == 0);
  CHECK(contains(ended.output, "staff.ops.wage"));
  for (const char* name : {"report.html", "sensitivity.json", "charts/sensitivity-1.svg"})
    CHECK(testing::exists(folder / (std::string("all/") + name)));
  const json all = json::parse(contents(folder / "all/sensitivity.json"));
  CHECK(all["points"] == 0);
  CHECK(all["strategies"][1]["metrics"]["cost.ranked"]["inputs"].size() > 20);
}

TEST_CASE("uncertain inputs get their shares of the variance, and luck its own") {
  const Folder folder;
  const std::string scenario = folder.file(
      "small.yaml", testing::small_scenario() +
                        "uncertain: {staff.ops.wage: 30 USD per work h to 60 USD per work h}\n");
  const Ended ended = testing::rollcast({"sensitivity", scenario, "--out", folder / "known", "-n",
                                         "10", "--points", "100", "-m", "cost.staff", "--json"});
  CAPTURE(ended.errors);
  REQUIRE(ended.code == 0);
  const json known = json::parse(ended.output);
  CHECK(known["points"] == 128);
  const json inputs = known["strategies"][1]["metrics"]["cost.staff"]["inputs"];
  CHECK(inputs[0]["first"]["value"].get<double>() > 0.3);
  CHECK(inputs[1]["input"] == "luck");
  REQUIRE(known["information"].size() == 1);
  CHECK(known["information"][0]["replications"] == 2'000);
  CHECK(known["information"][0]["inputs"][0]["input"] == "staff.ops.wage");
  CHECK(inputs[1]["total"]["value"].get<double>() > 0.05);
  CHECK(inputs[1]["total"]["value"].get<double>() < 0.7);
}

TEST_CASE("screening tells which inputs do anything, with its page and numbers") {
  const Folder folder;
  const std::string scenario = folder.file(
      "small.yaml", testing::small_scenario() +
                        "uncertain: {staff.ops.wage: 30 USD per work h to 60 USD per work h, "
                        "launch.fails: 0 % to 1 %}\n");
  const Ended ended =
      testing::rollcast({"sensitivity", scenario, "--out", folder / "screened", "--method",
                         "morris", "--points", "8", "-n", "5", "-m", "cost.staff", "--json"});
  CAPTURE(ended.errors);
  REQUIRE(ended.code == 0);
  const json screened = json::parse(ended.output);
  CHECK(screened["method"] == "morris");
  CHECK(screened["ways"] == 8);
  const json inputs = screened["strategies"][1]["metrics"]["cost.staff"]["inputs"];
  CHECK(inputs[0]["mean_size"].get<double>() > 0);
  CHECK(testing::exists(folder / "screened/charts/sensitivity-1.svg"));
  CHECK(testing::rollcast({"sensitivity", scenario, "--method", "moris"}).code == 2);
}

TEST_CASE("shares of the variance are not told of inputs that go together") {
  const Folder folder;
  const std::string scenario = folder.file(
      "small.yaml",
      testing::small_scenario() +
          "uncertain: {staff.ops.wage: 30 USD per work h to 60 USD per work h, launch.fails: 0 % "
          "to 1 %}\n"
          "correlation: [{between: [staff.ops.wage, launch.fails], spearman: 0.5}]\n");
  const Ended refused = testing::rollcast({"sensitivity", scenario, "--points", "64"});
  CHECK(refused.code == 2);
  CHECK(contains(refused.errors, "suppose independent inputs"));
  const Ended ended = testing::rollcast(
      {"sensitivity", scenario, "--out", folder / "alone", "-n", "10", "-m", "cost.staff"});
  CHECK(ended.code == 0);
  CHECK(contains(ended.errors, "go together"));
  CHECK(json::parse(contents(folder / "alone/sensitivity.json"))["points"] == 0);
}

TEST_CASE("Ctrl-C keeps what a sensitivity has simulated, and --resume comes to the same result") {
  const Folder folder;
  const std::string scenario = folder.file("small.yaml", testing::small_scenario());
  const auto run = [&](const std::string& out, std::vector<std::string> more,
                       const testing::Surroundings& surroundings) {
    std::vector<std::string> arguments{"sensitivity", scenario, "--range", "30 %",  "-n",
                                       "60",          "--jobs", "2",       "--out", folder / out};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return testing::rollcast(arguments, surroundings);
  };
  testing::Surroundings interrupt;
  interrupt.signal = SIGINT;
  interrupt.when_exists = folder / "parts/sensitivity.sqlite-wal";
  const Ended stopped = run("parts", {}, interrupt);
  CHECK(stopped.code == 130);
  CHECK(contains(stopped.errors, "--resume"));
  const Ended resumed = run("parts", {"--resume"}, {});
  CAPTURE(resumed.errors);
  CHECK(resumed.code == 0);
  CHECK(run("whole", {}, {}).code == 0);
  CHECK(contents(folder / "parts/sensitivity.json") == contents(folder / "whole/sensitivity.json"));
  CHECK(run("whole", {"-m", "cost.total"}, {}).code == 2);  // another question in that folder
  CHECK(run("whole", {"-m", "cost.total", "--force"}, {}).code == 0);
}

TEST_CASE("what is no metric and no range is said") {
  const Folder folder;
  const std::string scenario = folder.file("small.yaml", testing::small_scenario());
  const Ended metric = testing::rollcast({"sensitivity", scenario, "-m", "cost.stff"});
  CHECK(metric.code == 2);
  CHECK(contains(metric.errors, "cost.staff"));
  CHECK(testing::rollcast({"sensitivity", scenario, "--range", "200 %"}).code == 2);
  CHECK(testing::rollcast({"sensitivity", scenario, "--worth", "20"}).code == 2);
  CHECK(testing::rollcast({"sensitivity", scenario, "-m", "recovery.time_mean"}).code == 2);
}

}  // namespace
}  // namespace rollcast::cli
