#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "process.hpp"

namespace rollcast::cli {
namespace {

using testing::contains;
using testing::Ended;
using testing::Folder;

TEST_CASE("help and version are results") {
  const Ended help = testing::rollcast({"--help"});
  CHECK(help.code == 0);
  CHECK(contains(help.output, "rollcast run scenarios/"));
  CHECK(help.errors.empty());
  CHECK(testing::rollcast({"--version"}).output.find("rollcast 0.") == 0);
  for (const char* command : {"run", "check", "trace", "export"}) {
    CAPTURE(command);
    CHECK(contains(help.output, std::string("  ") + command));
    const Ended about = testing::rollcast({command, "--help"});
    CHECK(about.code == 0);
    CHECK(contains(about.output, std::string("Usage: rollcast ") + command));
    CHECK(contains(about.output, "Examples:"));
    CHECK(testing::rollcast({"help", command}).output == about.output);
  }
}

TEST_CASE("without arguments the help is shown, and that is no success") {
  const Ended none = testing::rollcast({});
  CHECK(none.code == 2);
  CHECK(none.output.empty());
  CHECK(contains(none.errors, "Usage: rollcast"));
}

TEST_CASE("wrong usage says what is wrong and what was probably meant") {
  struct Case {
    std::vector<std::string> arguments;
    std::string message;
  };
  const std::vector<Case> cases{
      {{"rnu"}, "unknown command 'rnu'; did you mean run?"},
      {{"dance"}, "unknown command 'dance'; there are run, check"},
      {{"--verison"}, "unknown option --verison"},
      {{"run"}, "SCENARIO is missing: rollcast run SCENARIO [options]"},
      {{"run", "a.yaml", "--replicatoins", "10"},
       "unknown option --replicatoins; did you mean --replications?"},
      {{"run", "a.yaml", "--rep", "10"}, "unknown option --rep"},
      {{"run", "a.yaml", "b.yaml"}, "more than one SCENARIO"},
      {{"run", "a.yaml", "--seed"}, "--seed needs a value"},
      {{"run", "a.yaml", "--seed", "x"}, "--seed takes a whole number of at least 0, not 'x'"},
      {{"run", "a.yaml", "--seed", "-1"}, "--seed takes a whole number of at least 0, not '-1'"},
      {{"run", "a.yaml", "--seed", "1", "--seed", "2"}, "--seed is given more than once"},
      {{"run", "a.yaml", "--set", "seed"}, "--set takes PATH=VALUE"},
      {{"check", "a.yaml", "--json", "--resolved"}, "--json and --resolved exclude each other"},
      {{"trace", "a.yaml", "--replication", "1.5"}, "--replication takes a whole number"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.message);
    const Ended ended = testing::rollcast(c.arguments);
    CHECK(ended.code == 2);
    CHECK(ended.output.empty());
    CAPTURE(ended.errors);
    CHECK(contains(ended.errors, "rollcast: " + c.message));
    CHECK(contains(ended.errors, "--help"));
  }
}

TEST_CASE("numbers of a run are checked before anything is written") {
  const Folder folder;
  const std::string file = folder.file("small.yaml", testing::small_scenario());
  for (const char* bad : {"0", "-5", "1e3", "many", "99999999999999999999"}) {
    CAPTURE(bad);
    CHECK(testing::rollcast({"run", file, "--replications", bad, "--out", folder / "out"}).code ==
          2);
    CHECK(testing::rollcast({"run", file, "--jobs", bad, "--out", folder / "out"}).code == 2);
  }
  CHECK_FALSE(testing::exists(folder / "out"));
}

TEST_CASE("a scenario that is not there or wrong ends with 2 and a diagnostic") {
  const Folder folder;
  const Ended missing = testing::rollcast({"run", folder / "none.yaml"});
  CHECK(missing.code == 2);
  CHECK(contains(missing.errors, "none.yaml"));
  std::string text = testing::small_scenario();
  text.replace(text.find("horizon"), 7, "horizno");
  const std::string file = folder.file("wrong.yaml", text);
  for (const char* command : {"run", "check", "trace"}) {
    const Ended wrong = testing::rollcast({command, file});
    CHECK(wrong.code == 2);
    CHECK(wrong.output.empty());
    CHECK(contains(wrong.errors, "wrong.yaml:3:1: error: "));
    CHECK(contains(wrong.errors, "horizon"));
    CHECK_FALSE(contains(wrong.errors, "\x1b["));
  }
}

TEST_CASE("check is silent about nothing: it tells what was found, in words and as JSON") {
  const Folder folder;
  const std::string file = folder.file("small.yaml", testing::small_scenario());
  const Ended fine = testing::rollcast({"check", file});
  CAPTURE(fine.errors);
  CHECK(fine.code == 0);
  CHECK(contains(fine.output, "no errors"));
  CHECK(contains(fine.output, "2 strategies, 8 instances, 2 objectives"));
  const auto json = nlohmann::json::parse(testing::rollcast({"check", file, "--json"}).output);
  CHECK(json["ok"] == true);
  CHECK(json["defaults"].size() > 0);
  const Ended wrong = testing::rollcast({"check", file, "--json", "--set", "fleet.web.count=-3"});
  CHECK(wrong.code == 2);
  const auto findings = nlohmann::json::parse(wrong.output);
  CHECK(findings["ok"] == false);
  CHECK(findings["findings"].size() > 0);
}

TEST_CASE("what check --resolved prints is a scenario with the same result") {
  const Folder folder;
  const std::string file = folder.file("small.yaml", testing::small_scenario());
  const Ended resolved =
      testing::rollcast({"check", file, "--resolved", "--set", "fleet.web.count=5"});
  CHECK(resolved.code == 0);
  const std::string again = folder.file("again.yaml", resolved.output);
  const Ended checked = testing::rollcast({"check", again});
  CAPTURE(checked.errors);
  CHECK(contains(checked.output, "5 instances"));
  const auto trace = [](const std::string& scenario, const std::string& count) {
    return testing::rollcast({"trace", scenario, "--set", "fleet.web.count=" + count}).output;
  };
  CHECK(trace(file, "5") == trace(again, "5"));
}

TEST_CASE("trace tells the story of one replication, always the same") {
  const Folder folder;
  const std::string file = folder.file("small.yaml", testing::small_scenario());
  const std::vector<std::string> command{"trace",         file, "--strategy", "by hand",
                                         "--replication", "3"};
  const Ended first = testing::rollcast(command);
  CAPTURE(first.errors);
  CHECK(first.code == 0);
  CHECK(contains(first.output, "time"));
  CHECK(contains(first.output, "web[7]"));
  CHECK(first.output == testing::rollcast(command).output);
  CHECK(first.output != testing::rollcast({"trace", file, "--strategy", "by hand"}).output);
  const Ended unknown = testing::rollcast({"trace", file, "--strategy", "by hands"});
  CHECK(unknown.code == 2);
  CHECK(contains(unknown.errors, "there is no strategy 'by hands'; did you mean 'by hand'?"));
}

TEST_CASE("trace --json writes an object a line, in order of time") {
  const Folder folder;
  const std::string file = folder.file("small.yaml", testing::small_scenario());
  std::istringstream lines(testing::rollcast({"trace", file, "--json"}).output);
  std::string line;
  double time = 0.0;
  int count = 0;
  while (std::getline(lines, line)) {
    const auto event = nlohmann::json::parse(line);
    CHECK(event["time"].get<double>() >= time);
    CHECK_FALSE(event["subject"].get<std::string>().empty());
    time = event["time"].get<double>();
    ++count;
  }
  CHECK(count > 8);
}

TEST_CASE("a reader that has gone away is no failure, a full standard output is") {
  const Folder folder;
  const std::string file = folder.file("small.yaml", testing::small_scenario());
  testing::Surroundings gone;
  gone.close_output = true;
  CHECK(testing::rollcast({"check", file, "--resolved"}, gone).code == 0);
  CHECK(testing::rollcast({"trace", file}, gone).code == 0);
  testing::Surroundings full;
  full.output_to = "/dev/full";
  const Ended ended = testing::rollcast({"check", file, "--resolved"}, full);
  CHECK(ended.code == 3);
  CHECK(contains(ended.errors, "standard output: No space left on device"));
}

TEST_CASE("export of what is no run ends with 3 and the path") {
  const Folder folder;
  const Ended none = testing::rollcast({"export", folder / "nowhere"});
  CHECK(none.code == 3);
  CHECK(contains(none.errors, folder / "nowhere/run.sqlite: there is no such run"));
  folder.file("notes/run.sqlite",
              "these are somebody's notes, and not a database, however long they are");
  CHECK(testing::rollcast({"export", folder / "notes"}).code == 3);
}

}  // namespace
}  // namespace rollcast::cli
