/// What a user gets beside forecasts: a first scenario, the schema, completions, the manual page.
#include <doctest/doctest.h>
#include <sys/wait.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "process.hpp"

namespace rollcast::cli {
namespace {

using testing::contains;
using testing::Ended;
using testing::Folder;

/// What a shell prints, without its last line feed.
std::string shell_prints(const std::string& command) {
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  for (int letter = std::fgetc(pipe); letter != EOF; letter = std::fgetc(pipe))
    output += static_cast<char>(letter);
  const int status = pclose(pipe);
  CHECK_MESSAGE(WIFEXITED(status), command);
  CHECK_MESSAGE(WEXITSTATUS(status) == 0, command);
  while (!output.empty() && output.back() == '\n') output.pop_back();
  return output;
}

TEST_CASE("init writes a first scenario that runs as it stands, and its schema beside it") {
  const Folder folder;
  testing::Surroundings there;
  there.folder = folder.path();
  const Ended init = testing::rollcast({"init"}, there);
  REQUIRE(init.code == 0);
  CHECK(contains(init.output, "rollcast run scenario.yaml"));
  CHECK(testing::contents(folder / "rollcast.schema.json") == testing::rollcast({"schema"}).output);
  const Ended run = testing::rollcast({"run", "scenario.yaml", "-n", "300", "-q"}, there);
  CHECK(run.code == 0);
  CHECK(run.errors.empty());
  CHECK(contains(run.output, "Canary first is the cheapest"));
}

TEST_CASE("init overwrites nothing") {
  const Folder folder;
  const std::string mine = folder.file("mine.yaml", "mine");
  const std::string schema = folder.file("rollcast.schema.json", "mine too");
  const Ended again = testing::rollcast({"init", mine});
  CHECK(again.code == 2);
  CHECK(contains(again.errors, "mine.yaml is there already"));
  CHECK(testing::contents(mine) == "mine");
  CHECK(testing::rollcast({"init", folder / "other.yaml"}).code == 0);
  CHECK(testing::contents(schema) == "mine too");
}

TEST_CASE("schema prints JSON, also to a file") {
  const Folder folder;
  const Ended printed = testing::rollcast({"schema"});
  CHECK(nlohmann::json::parse(printed.output).contains("properties"));
  CHECK(testing::rollcast({"schema", "--out", folder / "s.json"}).code == 0);
  CHECK(testing::contents(folder / "s.json") == printed.output);
  CHECK(contains(testing::rollcast({"schema", "x"}).errors, "nothing but options is taken"));
}

TEST_CASE("bash completes commands, options and files") {
  const Folder folder;
  folder.file("fleet.yaml", "");
  folder.file("fleet.txt", "");
  folder.file("completion", testing::rollcast({"completion", "bash"}).output);
  const auto completed = [&](const std::string& words, int at) {
    return shell_prints("cd '" + folder.path() + "' && bash -c 'source ./completion; COMP_WORDS=(" +
                        words + "); COMP_CWORD=" + std::to_string(at) +
                        "; _rollcast; echo \"${COMPREPLY[@]}\"'");
  };
  CHECK(completed("rollcast ru", 1) == "run");
  CHECK(completed("rollcast run --rep", 2) == "--replications");
  CHECK(completed("rollcast run fl", 2) == "fleet.yaml");
  CHECK(completed("rollcast run --seed x", 3).empty());
  CHECK(completed("rollcast completion z", 2) == "zsh");
}

TEST_CASE("every option of every command is in the completions and in the manual page") {
  const std::string bash = testing::rollcast({"completion", "bash"}).output;
  const std::string zsh = testing::rollcast({"completion", "zsh"}).output;
  const std::string fish = testing::rollcast({"completion", "fish"}).output;
  const std::string manual = testing::rollcast({"manual"}).output;
  const std::string commands = testing::rollcast({"completion", "bash"}).output;
  for (const std::string command : {"run", "check", "trace", "export", "init", "schema"}) {
    CAPTURE(command);
    CHECK(contains(zsh, "    " + command + ")\n"));
    CHECK(contains(fish, "-a " + command + " "));
    CHECK(contains(manual, ".B rollcast " + command));
    const std::string help = testing::rollcast({command, "--help"}).output;
    for (std::size_t at = help.find("  --"); at != std::string::npos;
         at = help.find("  --", at + 1)) {
      const std::string option = help.substr(at + 4, help.find_first_of(" \n", at + 4) - at - 4);
      CAPTURE(option);
      CHECK(contains(bash, "--" + option));
      CHECK(contains(zsh, "'--" + option + "["));
      CHECK(contains(fish, "-l " + option));
    }
  }
  CHECK(contains(manual, "\\-\\-replications"));
  CHECK(testing::rollcast({"completion", "tcsh"}).code == 2);
}

}  // namespace
}  // namespace rollcast::cli
