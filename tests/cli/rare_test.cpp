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

const std::vector<std::string> kAsked{"--at-least", "4",  "--effort", "300",
                                      "--batches",  "40", "--jobs",   "2"};

TEST_CASE("Ctrl-C keeps the finished parts of an estimate, and --resume comes to the same result") {
  const testing::Study study;
  testing::Surroundings interrupt;
  interrupt.signal = SIGINT;
  interrupt.when_exists = study / "rare/rare.sqlite-wal";
  const Ended stopped = study.call("rare", "rare", kAsked, interrupt);
  CHECK(stopped.code == 130);
  CHECK(contains(stopped.errors, "--resume"));
  std::vector<std::string> more = kAsked;
  more.push_back("--resume");
  const Ended resumed = study.call("rare", "rare", more);
  CAPTURE(resumed.errors);
  CHECK(resumed.code == 0);
  CHECK(study.call("rare", "whole", kAsked).code == 0);
  CHECK(contents(study / "rare/rare.json") == contents(study / "whole/rare.json"));
  CHECK_FALSE(testing::exists(study / "rare/rare.sqlite-wal"));
}

TEST_CASE("an objective that no run can miss is told, and not estimated") {
  const testing::Study study;
  std::string text = testing::small_scenario();
  const std::string begin = "objectives:\n";
  text.insert(text.find(begin) + begin.size(),
              "  - {name: all may, metric: impact.out_peak, at most: 1000, probability: 99.9 %}\n");
  study.file("small.yaml", text);
  const Ended ended = study.call("rare", "rare", {});
  CHECK(ended.code == 2);
  CHECK(contains(ended.errors, "objective `all may` cannot be missed: the fleet has"));
}

TEST_CASE("other estimates in the folder are not replaced, and nothing is resumed by mistake") {
  const testing::Study study;
  const auto rare = [&](const std::string& at_least, std::vector<std::string> more) {
    more.insert(more.begin(), {"--at-least", at_least, "--effort", "10", "--batches", "2"});
    return study.call("rare", "rare", more);
  };
  CHECK(rare("2", {"--resume"}).code == 0);  // nothing is there yet: it begins
  CHECK(rare("2", {}).code == 0);
  CHECK(rare("3", {}).code == 2);
  CHECK(rare("3", {"--resume"}).code == 2);
  CHECK(rare("3", {"--force"}).code == 0);
  const Ended bound = rare("8", {"--force"});
  CHECK(bound.code == 0);
  CHECK(contains(bound.output, "no trajectory came to 8"));
  const json answer = json::parse(contents(study / "rare/rare.json"));
  CHECK(answer["questions"][0]["strategies"][0]["bound_of"].is_string());
}

}  // namespace
}  // namespace rollcast::cli
