/// Commands that show what was simulated: trace files.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "process.hpp"

namespace rollcast::cli {
namespace {

using testing::contains;
using testing::contents;
using testing::Ended;
using testing::exists;
using testing::Folder;

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
