/// Commands that show what was simulated: trace files.
#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "process.hpp"

namespace rollcast::cli {
namespace {

using testing::contains;
using testing::contents;
using testing::Ended;
using testing::exists;
using testing::Folder;
using testing::Surroundings;

TEST_CASE("trace writes a file for Perfetto, and says how to open it") {
  const Folder folder;
  const std::string file = folder.file("small.yaml", testing::small_scenario());
  const std::string out = folder / "small.trace.json";
  const Ended ended = testing::rollcast({"trace", file, "--perfetto", out});
  CHECK(ended.code == 0);
  CHECK(ended.output.empty());
  CHECK(contains(ended.errors, "ui.perfetto.dev"));
  const auto trace = nlohmann::json::parse(contents(out));
  CHECK(trace["traceEvents"].size() > 20);
}

TEST_CASE("report makes every file of a run again, the same to the last byte") {
  const Folder folder;
  const std::string file = folder.file("small.yaml", testing::small_scenario());
  const std::string run = folder / "run";
  const Ended first = testing::rollcast(
      {"run", file, "-n", "100", "--seed", "3", "--set", "fleet.web.count=6", "--out", run, "-q"});
  REQUIRE(first.code == 0);
  const std::vector<std::string> files{"report.html", "summary.json", "scenario.resolved.yaml",
                                       "charts/s-curve.svg", "charts/timeline.svg"};
  std::vector<std::string> before;
  for (const std::string& name : files) {
    before.push_back(contents(run + "/" + name));
    CHECK(!before.back().empty());
    std::filesystem::remove(run + "/" + name);
  }
  const Ended again = testing::rollcast({"report", run, "-q"});
  CHECK(again.code == 0);
  CHECK(again.output == first.output);
  for (std::size_t i = 0; i < files.size(); ++i) {
    CAPTURE(files[i]);
    CHECK((contents(run + "/" + files[i]) == before[i]));
  }
}

TEST_CASE("report of what is no run says so") {
  const Folder folder;
  const Ended none = testing::rollcast({"report", folder.path()});
  CHECK(none.code == 3);
  CHECK(contains(none.errors, "there is no such run"));
  const std::string file = folder.file("small.yaml", testing::small_scenario());
  const std::string swept = folder / "swept";
  REQUIRE(testing::rollcast({"sweep", file, "--axis", "staff.ops.people=[1, 2]", "-n", "10",
                             "--out", swept, "-q"})
              .code == 0);
  CHECK(contains(testing::rollcast({"report", swept}).errors,
                 swept + ": holds what `rollcast sweep` found, and no run"));
  folder.file("run.sqlite", "hello");
  CHECK(contains(testing::rollcast({"report", folder.path()}).errors, "run.sqlite: "));
}

TEST_CASE("charts as PNG through rsvg-convert; without it the command says what to install") {
  const Folder folder;
  const std::string file = folder.file("small.yaml", testing::small_scenario());
  const std::string run = folder / "run";
  const std::vector<std::string> command{"run", file, "-n", "20", "--out", run, "-q", "--png"};
  Surroundings without;
  without.path = folder.path();
  const Ended missing = testing::rollcast(command, without);
  CHECK(missing.code == 3);
  CHECK(contains(missing.errors, "librsvg2-bin"));
  CHECK(!exists(run));
  const Ended with = testing::rollcast(command);
  if (contains(with.errors, "librsvg2-bin")) return;  // not installed here
  CHECK(with.code == 0);
  CHECK(contents(run + "/charts/s-curve.png").substr(1, 3) == "PNG");
}

TEST_CASE("compare sets a change of plan against what was before, on the terminal and as a page") {
  const Folder folder;
  const std::string file = folder.file("small.yaml", testing::small_scenario());
  const auto run = [&](const std::string& name, const std::vector<std::string>& more) {
    std::vector<std::string> command{"run", file, "-n", "60", "--out", folder / name, "-q"};
    command.insert(command.end(), more.begin(), more.end());
    REQUIRE(testing::rollcast(command).code == 0);
  };
  run("before", {});
  run("after", {"--set", "staff.ops.people=3"});
  run("other", {"--seed", "99"});
  Surroundings here;
  here.folder = folder.path();
  const Ended ended = testing::rollcast(
      {"compare", "before", "after", "other", "--page", "compared/page.html"}, here);
  CHECK(ended.code == 0);
  CAPTURE(ended.output);
  CHECK(contains(ended.output, "before → after"));
  CHECK(contains(ended.output, "Paired: both have seed"));
  CHECK(contains(ended.output, "staff.ops.people: 2 → 3"));
  CHECK(contains(ended.output, "better"));
  CHECK(contains(ended.output, "different seeds"));
  const std::string page = contents(folder / "compared/page.html");
  CHECK(contains(page, "staff.ops.people"));
  CHECK(contains(page, "Paired: both have seed"));
  for (const char* folder_name : {"nowhere", "."}) {
    const Ended none = testing::rollcast({"compare", "before", folder_name}, here);
    CHECK(none.code == 3);
    CHECK(contains(none.errors, "there is no such run"));
  }
  CHECK(contains(testing::rollcast({"compare", "before"}, here).errors, "two runs or more"));
}

TEST_CASE("a trace file is written in whole or not at all") {
  const Folder folder;
  const std::string file = folder.file("small.yaml", testing::small_scenario());
  const Ended both = testing::rollcast({"trace", file, "--json", "--perfetto", folder / "x.json"});
  CHECK(both.code == 2);
  CHECK(contains(both.errors, "--json and --perfetto exclude each other"));
  CHECK(!exists(folder / "x.json"));
  const Ended nowhere = testing::rollcast({"trace", file, "--perfetto", "/dev/null/x.json"});
  CHECK(nowhere.code == 3);
  CHECK(contains(nowhere.errors, "/dev/null"));
}

}  // namespace
}  // namespace rollcast::cli
