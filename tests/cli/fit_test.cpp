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
using testing::Folder;

const std::string kData = std::string(ROLLCAST_SOURCE_DIR) + "/scenarios/data/";

TEST_CASE("incident lengths of one provider: the lognormal that their source prints") {
  const Ended ended = testing::rollcast({"fit", kData + "cloud-incidents.csv", "-c", "hours", "-u",
                                         "h", "-w", "vendor = AWS", "--json"});
  CAPTURE(ended.errors);
  REQUIRE(ended.code == 0);
  const json fits = json::parse(ended.output)["fits"];
  bool found = false;
  for (const json& fit : fits) {
    if (fit["family"] != "lognormal") continue;
    found = true;
    CHECK(contains(fit["scenario"], "lognormal(mu 0.68"));
    CHECK(contains(fit["scenario"], "sigma 1.03"));
    CHECK(contains(fit["scenario"], "unit h)"));
  }
  CHECK(found);
  CHECK(fits[0]["bic"] <= fits[1]["bic"]);
}

TEST_CASE(
    "time-outs count as censored, and the line that is printed is one that a scenario takes") {
  const Folder folder;
  const Ended ended = testing::rollcast(
      {"fit", kData + "azure-windows-vm-startup.csv", "-c", "script_seconds", "-u", "s", "-w",
       "deployment != image only", "-w", "outcome != not supported", "--censored",
       "outcome = timeout", "--limit", "1 h", "--out", folder / "fit"});
  CAPTURE(ended.errors);
  REQUIRE(ended.code == 0);
  CHECK(contains(ended.output, "4 of 78 rows are censored"));
  const json fit = json::parse(contents(folder / "fit/fit.json"));
  CHECK(fit["censored"] == 4);
  CHECK(fit["measured"] == 74);
  CHECK(testing::exists(folder / "fit/report.html"));
  CHECK(testing::exists(folder / "fit/charts/fit-1.svg"));
  const std::string scenario = folder.file("small.yaml", testing::small_scenario());
  for (const json& one : fit["fits"]) {
    const Ended check = testing::rollcast(
        {"check", scenario, "--set", "launch.time=" + one["scenario"].get<std::string>()});
    CAPTURE(check.errors);
    CHECK(check.code == 0);
  }
}

TEST_CASE("what cannot be fitted is said, with file, line and cure") {
  const Folder folder;
  const std::string file = folder.file("t.csv", "seconds,outcome\n12,ok\n,timeout\n15,ok\n0,ok\n");
  const auto fit = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"fit", file});
    return testing::rollcast(more);
  };
  CHECK(contains(fit({}).errors, "--column"));
  const Ended column = fit({"-c", "second"});
  CHECK(column.code == 2);
  CHECK(contains(column.errors, "did you mean `seconds`"));
  const Ended empty = fit({"-c", "seconds"});
  CHECK(empty.code == 2);
  CHECK(contains(empty.errors, "t.csv:3: nothing"));
  const Ended limit = fit({"-c", "seconds", "--censored", "outcome = timeout"});
  CHECK(contains(limit.errors, "--limit"));
  const Ended zero = fit({"-c", "seconds", "--censored", "outcome = timeout", "--limit", "1 min"});
  CHECK(zero.code == 2);
  CHECK(contains(zero.errors, "t.csv:5"));
  CHECK(fit({"-c", "seconds", "-w", "seconds != 0", "--censored", "outcome = timeout", "--limit",
             "1 min"})
            .code == 0);
  CHECK(fit({"-c", "seconds", "-u", "USD"}).code == 2);
  CHECK(testing::rollcast({"fit", folder / "none.csv", "-c", "x"}).code == 3);
}

}  // namespace
}  // namespace rollcast::cli
