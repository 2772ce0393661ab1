#include <doctest/doctest.h>
#include <sys/mount.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "process.hpp"

namespace rollcast::cli {
namespace {

using nlohmann::json;
using testing::contains;
using testing::contents;
using testing::Ended;
using testing::Folder;

/// A scenario and the folder that its runs go to.
struct Place : testing::Study {
  [[nodiscard]] Ended run(const std::vector<std::string>& options, const std::string& out = "run",
                          const testing::Surroundings& surroundings = {}) const {
    return call("run", out, options, surroundings);
  }
  [[nodiscard]] json summary(const std::string& out = "run") const {
    return json::parse(contents(*this / (out + "/summary.json")));
  }
  [[nodiscard]] std::string csv(const std::string& out = "run") const {
    return testing::rollcast({"export", *this / out}).output;
  }
};

TEST_CASE(
    "a run leaves its record, its summary, its resolved scenario, its report and its charts") {
  const Place place;
  const Ended ended = place.run({"--replications", "200"});
  CAPTURE(ended.errors);
  CHECK(ended.code == 0);
  CHECK_FALSE(contains(ended.errors, "\r"));
  CHECK_FALSE(contains(ended.output, "\x1b["));
  CHECK(contains(ended.output, place / "run/report.html"));
  CHECK(contains(ended.output, "Golden image"));
  for (const char* name :
       {"run.sqlite", "summary.json", "scenario.resolved.yaml", "report.html", "charts"})
    CHECK(testing::exists(place / (std::string("run/") + name)));
  CHECK_FALSE(testing::exists(place / "run/run.sqlite-wal"));
  const json summary = place.summary();
  CHECK(summary["scenario"] == "small");
  CHECK(summary["seed"] == 42);
  CHECK(summary["strategies"][1]["name"] == "by hand");
  CHECK(summary["strategies"][0]["replications"] == 200);
  const std::string csv = place.csv();
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 401);
  CHECK(testing::rollcast({"export", place / "run", "--out", place / "all.csv"}).output.empty());
  CHECK(contents(place / "all.csv") == csv);
}

TEST_CASE("the result does not depend on the number of threads") {
  const Place place;
  const Ended one = place.run({"--jobs", "1", "--json"}, "one");
  const Ended two = place.run({"--jobs", "2", "--json"}, "two");
  const Ended five = place.run({"--jobs", "5", "--json"}, "five");
  CHECK(one.code == 0);
  CHECK(one.output == contents(place / "one/summary.json"));
  CHECK(one.output == two.output);
  CHECK(one.output == five.output);
  CHECK(place.csv("one") == place.csv("two"));
  CHECK(place.csv("one") == place.csv("five"));
  const Ended other = place.run({"--jobs", "2", "--seed", "43", "--json"}, "other");
  CHECK(other.output != one.output);
}

TEST_CASE("a longer run begins with the shorter one") {
  const Place place;
  CHECK(place.run({"--replications", "30"}, "short").code == 0);
  CHECK(place.run({"--replications", "150"}, "long").code == 0);
  CHECK(place.csv("long").find(place.csv("short")) == 0);
}

TEST_CASE("one replication is a run whose intervals are null") {
  const Place place;
  CHECK(place.run({"--replications", "1"}).code == 0);
  const json metrics = place.summary()["strategies"][0]["metrics"];
  CHECK(metrics["ready_time"]["mean"].is_number());
  CHECK(metrics["ready_time"]["mean_ci"].is_null());
  CHECK(metrics["ready_time"]["p90_ci"].is_null());
}

TEST_CASE("--set changes the scenario, and --seed the luck") {
  const Place place;
  CHECK(
      place.run({"--replications", "20", "--set", "fleet.web.count=3", "--set", "question=Three?"})
          .code == 0);
  const json summary = place.summary();
  CHECK(summary["question"] == "Three?");
  CHECK(summary["strategies"][0]["metrics"]["capacity.peak"]["max"].get<double>() < 8);
  const Ended wrong = place.run({"--set", "fleet.wbe.count=3"}, "wrong");
  CHECK(wrong.code == 2);
  CHECK(contains(wrong.errors, "wbe"));
  CHECK_FALSE(testing::exists(place / "wrong"));
}

TEST_CASE("--require-objectives ends with 1 when no strategy meets all, and only then") {
  const Place place;
  CHECK(place.run({"--require-objectives"}).code == 0);
  const std::vector<std::string> impossible{"--set", "objectives.on time.within=1 s"};
  std::vector<std::string> asked = impossible;
  asked.push_back("--require-objectives");
  const Ended missed = place.run(asked, "missed");
  CAPTURE(missed.errors);
  CHECK(missed.code == 1);
  CHECK(contains(missed.output, "No strategy meets"));
  CHECK(place.run(impossible, "not asked").code == 0);
}

TEST_CASE("a folder with another run is refused, and left as it is, unless --force is given") {
  const Place place;
  CHECK(place.run({"--replications", "100"}).code == 0);
  const std::string before = contents(place / "run/summary.json");
  CHECK(place.run({"--replications", "100"}).code == 0);
  CHECK(contents(place / "run/summary.json") == before);
  const Ended seed = place.run({"--replications", "100", "--seed", "1"});
  CHECK(seed.code == 2);
  CHECK(contains(seed.errors, "holds a run with seed 42 (now 1)"));
  CHECK(contains(seed.errors, "--force"));
  const Ended scenario = place.run({"--replications", "100", "--set", "fleet.web.count=3"});
  CHECK(scenario.code == 2);
  CHECK(contains(scenario.errors, "another state of scenario small"));
  CHECK(contents(place / "run/summary.json") == before);
  CHECK(place.run({"--replications", "100", "--seed", "1", "--force"}).code == 0);
  CHECK(place.summary()["seed"] == 1);
}

TEST_CASE("an interrupted run keeps and reports its finished blocks") {
  const Place place;
  for (const int signal : {SIGINT, SIGTERM}) {
    const std::string out = "interrupted" + std::to_string(signal);
    testing::Surroundings surroundings;
    surroundings.signal = signal;
    surroundings.when_exists = place / (out + "/run.sqlite-wal");
    const Ended ended = place.run({"--replications", "100000000"}, out, surroundings);
    CAPTURE(ended.errors);
    CHECK(ended.code == 130);
    CHECK(contains(ended.errors, "interrupted: "));
    CHECK(contains(ended.output, "report.html"));
    const json summary = place.summary(out);
    CHECK(summary["interrupted"] == true);
    const auto finished = summary["replications"].get<std::uint64_t>();
    CHECK(finished > 0);
    CHECK(finished % 100 == 0);
    const std::string csv = place.csv(out);
    CHECK(static_cast<std::uint64_t>(std::count(csv.begin(), csv.end(), '\n')) == 2 * finished + 1);
  }
}

TEST_CASE("a killed run keeps its finished blocks, and export reads them") {
  const Place place;
  testing::Surroundings surroundings;
  surroundings.signal = SIGKILL;
  surroundings.when_exists = place / "run/run.sqlite-wal";
  CHECK(place.run({"--replications", "100000000"}, "run", surroundings).code == 128 + SIGKILL);
  const std::string csv = place.csv();
  const auto lines = std::count(csv.begin(), csv.end(), '\n') - 1;
  CHECK(lines > 0);
  CHECK(lines % 200 == 0);
  CHECK(place.run({"--replications", "100"}, "undisturbed").code == 0);
  CHECK(csv.find(place.csv("undisturbed")) == 0);
}

TEST_CASE("a folder that cannot be written is named with its cause") {
  const Place place;
  const Ended proc = testing::rollcast({"run", place.scenario, "--out", "/proc/rollcast"});
  CHECK(proc.code == 3);
  CHECK(contains(proc.errors, "/proc/rollcast: cannot make the folder: "));
  place.file("taken", "a file");
  const Ended file = place.run({}, "taken/run");
  CHECK(file.code == 3);
  CHECK(contains(file.errors, "taken"));
  place.file("notes/run.sqlite",
             "these are somebody's notes, and not a database, however long they are");
  const Ended notes = place.run({"--force"}, "notes");
  CHECK(notes.code == 3);
  CHECK(contains(notes.errors, "this is no run of rollcast"));
  CHECK(contains(contents(place / "notes/run.sqlite"), "somebody's notes"));
}

TEST_CASE("on a full disk the run ends with 3, and what was finished can be exported") {
  const Place place;
  const std::string disk = place / "disk";
  std::filesystem::create_directories(disk);
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=2m") != 0) {
    MESSAGE("skipped: only root can mount a small file system");
    return;
  }
  const Ended full = place.run({"--replications", "100000"}, "disk/run");
  CHECK(full.code == 3);
  CAPTURE(full.errors);
  CHECK(contains(full.errors, "run.sqlite: the disk is full"));
  CHECK(contains(full.errors, "replications are kept. Once this is mended, go on with:"));
  const std::string csv = place.csv("disk/run");
  const auto lines = std::count(csv.begin(), csv.end(), '\n') - 1;
  CHECK(lines > 0);
  CHECK(lines % 200 == 0);
  CHECK(::umount(disk.c_str()) == 0);
}

TEST_CASE("on a terminal a bar shows the progress and goes away") {
  const Place place;
  testing::Surroundings terminal;
  terminal.terminal = true;
  const Ended ended = place.run({"--replications", "5000"}, "run", terminal);
  CHECK(ended.code == 0);
  CHECK(contains(ended.errors, "100 %  5,000 of 5,000 replications"));
  CHECK(contains(ended.errors, "\r\x1b[K"));
  CHECK(ended.errors.rfind("\r\x1b[K") == ended.errors.size() - 4);
  CHECK(place.run({"--replications", "100", "--quiet"}, "quiet", terminal).errors.empty());
}

TEST_CASE("a run with a reader that has gone away still writes its folder") {
  const Place place;
  testing::Surroundings gone;
  gone.close_output = true;
  CHECK(place.run({"--replications", "20"}, "run", gone).code == 0);
  CHECK(testing::exists(place / "run/report.html"));
}

TEST_CASE("without --out a run goes to results/ by the scenario's name") {
  const Place place;
  testing::Surroundings here;
  here.folder = place.path();
  const Ended ended =
      testing::rollcast({"run", "small.yaml", "--replications", "20", "--quiet"}, here);
  CHECK(ended.code == 0);
  CHECK(ended.errors.empty());
  CHECK(testing::exists(place / "results/small/summary.json"));
}

}  // namespace
}  // namespace rollcast::cli
