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
    CHECK(std::abs(fit["parameters"]["mu"].get<double>() - 0.68) < 0.01);
    CHECK(std::abs(fit["parameters"]["sigma"].get<double>() - 1.03) < 0.01);
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

TEST_CASE("sizes of batches are counts: each row as often as its weight says") {
  const Folder folder;
  const std::string file = folder.file("sizes.csv", "size,times\n1,60\n2,25\n3,10\n4,4\n6,1\n");
  const Ended ended = testing::rollcast(
      {"fit", file, "-c", "size", "--counts", "--weight", "times", "--out", folder / "fit"});
  CAPTURE(ended.errors);
  REQUIRE(ended.code == 0);
  const json fit = json::parse(contents(folder / "fit/fit.json"));
  CHECK(fit["measured"] == 100);
  CHECK(fit["mean"] == doctest::Approx(1.62));
  CHECK(fit["fits"][0]["bic"] <= fit["fits"][1]["bic"]);
  CHECK(fit["fits"][0]["scenario"] == "geometric(mean 1.62, from 1)");
  CHECK(fit["fits"][0]["parameters"] == json{{"from", 1}, {"mean", fit["mean"]}});
  CHECK(contains(ended.output, "geometric(mean 1.62, from 1)"));
  CHECK(contains(ended.output, "█"));
  const std::string page = contents(folder / "fit/report.html");
  CHECK(contains(page, "--counts --column size --weight times"));
  CHECK(contains(contents(folder / "fit/charts/fit-1.svg"), "poisson"));
}

TEST_CASE("every line that is printed for counts is one that a scenario takes") {
  const Folder folder;
  std::string text = testing::small_scenario();
  const std::size_t at = text.find("count: 8,");
  REQUIRE(at != std::string::npos);
  text.insert(at, "demand: {batches: 6 per h, size: 4}, ");
  const std::string scenario = folder.file("demand.yaml", text);
  for (const char* rows : {"size\n1\n1\n1\n2\n3\n9\n", "size\n0\n2\n2\n3\n3\n3\n4\n4\n5\n"}) {
    const Ended ended =
        testing::rollcast({"fit", folder.file("t.csv", rows), "-c", "size", "--counts", "--json"});
    REQUIRE(ended.code == 0);
    const json fits = json::parse(ended.output)["fits"];
    CHECK(fits.size() == 4);
    for (const json& one : fits) {
      const Ended check =
          testing::rollcast({"check", scenario, "--set",
                             "fleet.web.demand.size=" + one["scenario"].get<std::string>()});
      CAPTURE(check.errors);
      CHECK(check.code == 0);
    }
  }
}

TEST_CASE("dates are counted by the week: incidents of one provider come in clusters") {
  const Ended ended = testing::rollcast({"fit", kData + "cloud-incidents.csv", "-c", "start_utc",
                                         "--per", "7 d", "-w", "vendor = AWS", "--json"});
  CAPTURE(ended.errors);
  REQUIRE(ended.code == 0);
  const json fit = json::parse(ended.output);
  CHECK(fit["period_seconds"] == 7 * 86'400);
  CHECK(fit["dispersion"]["index"] > 1.1);
  CHECK(fit["dispersion"]["p_value"] < 0.01);
}

TEST_CASE("periods follow each other from the first row, which is not counted itself") {
  const Folder folder;
  const std::string file = folder.file("t.csv",
                                       "when\n2026-03-02\n2026-03-02 12:00\n2026-03-03T01:00:00Z\n"
                                       "2026-03-05 23:00\n2026-03-06T00:30\n");
  const Ended ended = testing::rollcast({"fit", file, "-c", "when", "--per", "1 d", "--json"});
  CAPTURE(ended.errors);
  REQUIRE(ended.code == 0);
  const json fit = json::parse(ended.output);
  CHECK(fit["measured"] == 4);  // 1, 1, 0, 1; the fifth day is not complete
  CHECK(fit["mean"] == doctest::Approx(0.75));
}

TEST_CASE("counts that cannot be fitted are said, with file, line and cure") {
  const Folder folder;
  const std::string file = folder.file("t.csv", "size,when,times\n3,2026-01-01,2\n1.5,soon,1\n");
  const auto fit = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"fit", file});
    return testing::rollcast(more);
  };
  const Ended part = fit({"-c", "size", "--counts"});
  CHECK(part.code == 2);
  CHECK(contains(part.errors, "t.csv:3: '1.5' in column 'size'"));
  CHECK(contains(part.errors, "--where 'size != 1.5'"));
  CHECK(contains(fit({"-c", "when", "--per", "1 d"}).errors, "t.csv:3: 'soon'"));
  CHECK(contains(fit({"-c", "size", "--counts", "--unit", "s"}).errors, "--unit is for measured"));
  CHECK(contains(fit({"-c", "when", "--per", "1 d", "--weight", "times"}).errors, "--weight"));
  CHECK(contains(fit({"-c", "when", "--per", "soon"}).errors, "'7 d'"));
  CHECK(fit({"-c", "size", "--counts", "-w", "size != 1.5", "--weight", "times"}).code == 0);
  CHECK(fit({"-c", "size", "--counts", "-w", "size != 1.5"}).code == 2);
  const Ended hint = fit({"-c", "times"});
  CHECK(hint.code == 0);
  CHECK(contains(hint.errors, "--counts"));
  CHECK(contains(fit({"-c", "when"}).errors, "--counts"));
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
