/// Whatever happens to a run, it ends with the right answer or with a clear error, and goes on.
#include <doctest/doctest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "process.hpp"
#include "rollcast/experiment/folder_lock.hpp"
#include "rollcast/experiment/store.hpp"

namespace rollcast::cli {
namespace {

using testing::contains;
using testing::contents;
using testing::Ended;
using testing::Folder;
using testing::Surroundings;

/// The small scenario with what makes a run harder to go on with: inputs that are drawn, a way of
/// drawing them, an end that the estimates decide.
std::string hard_scenario() {
  return testing::small_scenario() + R"(uncertain:
  images.golden.bad: 1 % to 10 %
  failures.broken.every: [exponential(1000 h), exponential(4000 h)]
sampling: antithetic
precision: {ready_time p50: 8 %}
)";
}

struct Place : Folder {
  std::string scenario = file("small.yaml", testing::small_scenario());
  std::string hard = file("hard.yaml", hard_scenario());

  [[nodiscard]] Ended run(const std::string& what, const std::string& out,
                          std::vector<std::string> options,
                          const Surroundings& surroundings = {}) const {
    std::vector<std::string> arguments{"run", what, "--out", *this / out, "--quiet"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return testing::rollcast(arguments, surroundings);
  }
  [[nodiscard]] std::string summary(const std::string& out) const {
    return contents(*this / (out + "/summary.json"));
  }
};

std::size_t kills_asked() {
  const char* asked = std::getenv("ROLLCAST_KILLS");
  return asked == nullptr ? 10 : std::strtoul(asked, nullptr, 10);
}

TEST_CASE("killed at random moments and gone on with, a run gives what it gives undisturbed") {
  const Place place;
  const std::vector<std::string> options{"-n", "3000", "--resume"};
  const auto begun = std::chrono::steady_clock::now();
  REQUIRE(place.run(place.hard, "undisturbed", options).code == 0);
  const auto length = std::chrono::duration_cast<std::chrono::microseconds>(
                          std::chrono::steady_clock::now() - begun)
                          .count();
  const std::string expected = place.summary("undisturbed");
  CHECK(contains(expected, "\"interrupted\": false"));
  std::mt19937_64 random(20'260'306);
  std::size_t killed = 0;
  for (int round = 0; killed < kills_asked(); ++round) {
    const std::string out = "run" + std::to_string(round);
    Surroundings surroundings;
    surroundings.signal = SIGKILL;
    int code = 128 + SIGKILL;
    while (code != 0) {
      std::uniform_int_distribution<long> moment(0, length);
      surroundings.after_microseconds = moment(random);
      const Ended ended = place.run(place.hard, out, options, surroundings);
      code = ended.code;
      CAPTURE(ended.errors);
      CAPTURE(code);
      const bool right = code == 0 || code == 128 + SIGKILL;
      REQUIRE(right);
      if (code != 0) ++killed;
      if (killed >= kills_asked()) break;
    }
    REQUIRE(place.run(place.hard, out, options).code == 0);
    CHECK(place.summary(out) == expected);
    CHECK_FALSE(testing::exists(place / (out + "/run.sqlite-wal")));
  }
}

TEST_CASE("an interrupted run goes on to the same result, and says how") {
  const Place place;
  const std::vector<std::string> options{"-n", "30000", "--no-conditions"};
  REQUIRE(place.run(place.scenario, "undisturbed", options).code == 0);
  for (const int signal : {SIGINT, SIGTERM}) {
    const std::string out = "run" + std::to_string(signal);
    Surroundings surroundings;
    surroundings.signal = signal;
    surroundings.when_exists = place / (out + "/run.sqlite-wal");
    const Ended stopped = place.run(place.scenario, out, options, surroundings);
    CAPTURE(stopped.errors);
    REQUIRE(stopped.code == 130);
    CHECK(contains(stopped.errors, "Go on with:\n  rollcast run "));
    CHECK(contains(stopped.errors, "--no-conditions --out " + place / out + " --resume"));
    const Ended again = place.run(place.scenario, out, options);
    CHECK(again.code == 2);
    CHECK(contains(again.errors, "holds this run unfinished: "));
    CHECK(contains(again.errors, "Go on with it with --resume, or start again with --force."));
    std::vector<std::string> resume = options;
    resume.push_back("--resume");
    CHECK(place.run(place.scenario, out, resume).code == 0);
    CHECK(place.summary(out) == place.summary("undisturbed"));
  }
}

#ifndef ROLLCAST_NO_PRELOAD
TEST_CASE("a clock that jumps by years changes nothing, in a run that is killed and gone on with") {
  const Place place;
  const std::vector<std::string> options{"-n", "20000", "--no-conditions", "--resume"};
  REQUIRE(place.run(place.scenario, "undisturbed", options).code == 0);
  Surroundings jumping;
  jumping.preload = ROLLCAST_BINARY_DIR "/tests/cli/jumping_clock.so";
  Surroundings killed = jumping;
  killed.signal = SIGKILL;
  killed.when_exists = place / "run/run.sqlite-wal";
  CHECK(place.run(place.scenario, "run", options, killed).code == 128 + SIGKILL);
  const Ended ended = place.run(place.scenario, "run", options, jumping);
  CAPTURE(ended.errors);
  CHECK(ended.code == 0);
  CHECK(ended.errors.empty());
  CHECK(place.summary("run") == place.summary("undisturbed"));
  const auto year_of = [&](const std::string& out) {
    const auto record = experiment::RunStore::open(place / out).record();
    return std::stoi(record.made_at.substr(0, 4));
  };
  CHECK(std::abs(year_of("run") - year_of("undisturbed")) <= 1);
}
#endif

TEST_CASE("a run does not go on with another scenario, seed, plan or build") {
  const Place place;
  CHECK(place.run(place.scenario, "run", {"-n", "200", "--resume"}).code == 0);
  const std::string before = contents(place / "run/run.sqlite");
  const auto refused = [&](const std::vector<std::string>& options, const std::string& why) {
    std::vector<std::string> all = options;
    all.push_back("--resume");
    const Ended ended = place.run(place.scenario, "run", all);
    CAPTURE(ended.errors);
    CHECK(ended.code == 2);
    CHECK(contains(ended.errors, why));
    CHECK(contents(place / "run/run.sqlite") == before);
  };
  refused({"-n", "200", "--seed", "7"}, "holds a run with seed 42 (now 7)");
  refused({"-n", "200", "--set", "fleet.web.count=9"}, "another state of scenario small");
  refused({"-n", "300"}, "holds a run of 200 replications (now 300)");
  refused({"-n", "200", "--shard", "1/2"}, "holds a whole run (now shard 1 of 2)");
  refused({"-n", "200", "--force"},
          "--resume goes on with the run that is there, --force replaces");
  CHECK(place.run(place.scenario, "run", {"-n", "200", "--seed", "42", "--resume"}).code == 0);
}

TEST_CASE("a run of another build, which simulates otherwise, is not gone on with") {
  const Place place;
  CHECK(place.run(place.scenario, "run", {"-n", "200"}).code == 0);
  {
    const auto made = experiment::RunStore::open(place / "run");
    auto other = experiment::RunStore::create(place / "other", made.record(), false);
    experiment::Block block{0, 100, 2, {}};
    made.each([&](std::size_t, std::uint64_t replication, const model::Outcome& outcome) {
      if (replication < 100) block.outcomes.push_back(outcome);
    });
    ++block.outcomes.back().digest;
    other.add(block);
    other.finish(true);
  }
  const Ended ended = place.run(place.scenario, "other", {"-n", "200", "--resume"});
  CHECK(ended.code == 2);
  CHECK(contains(ended.errors, "replication 99 comes out otherwise than it is kept"));
}

TEST_CASE("seven shards, merged in any order, give the run to the last bit") {
  const Place place;
  for (const std::string& scenario : {place.scenario, place.hard}) {
    const std::string name = scenario == place.hard ? "hard" : "small";
    REQUIRE(place.run(scenario, name, {"-n", "1500"}).code == 0);
    std::vector<std::string> parts;
    for (int shard = 1; shard <= 7; ++shard) {
      const std::string out = name + std::to_string(shard);
      const std::string which = std::to_string(shard) + "/7";
      const Ended ended = place.run(scenario, out, {"-n", "1500", "--shard", which});
      CHECK(ended.code == 0);
      CHECK(ended.output.empty());
      parts.push_back(place / out);
    }
    std::mt19937_64 random(7);
    for (int order = 0; order < 2; ++order) {
      std::shuffle(parts.begin(), parts.end(), random);
      std::vector<std::string> merge{"merge", "--force", "--quiet", "--out", place / "merged"};
      merge.insert(merge.end(), parts.begin(), parts.end());
      const Ended merged = testing::rollcast(merge);
      CAPTURE(merged.errors);
      CHECK(merged.code == 0);
      CHECK(place.summary("merged") == place.summary(name));
      CHECK(testing::rollcast({"export", place / "merged"}).output ==
            testing::rollcast({"export", place / name}).output);
    }
  }
}

TEST_CASE("merge names the shard that is lost, unfinished, there twice or of another run") {
  const Place place;
  const auto shard = [&](const std::string& out, const std::string& which,
                         std::vector<std::string> more = {}) {
    more.insert(more.end(), {"-n", "500", "--shard", which});
    CHECK(place.run(place.scenario, out, more).code == 0);
    return place / out;
  };
  const auto refusal = [&](std::vector<std::string> folders) {
    folders.insert(folders.begin(), {"merge", "--out", place / "merged"});
    const Ended ended = testing::rollcast(folders);
    CHECK(ended.code == 2);
    CHECK_FALSE(testing::exists(place / "merged"));
    return ended.errors;
  };
  const std::string one = shard("one", "1/3");
  const std::string two = shard("two", "2/3");
  CHECK(contains(refusal({two, one}), "of 3 shards one is missing: 3 (replications 333 to 499)"));
  CHECK(contains(refusal({one}), "of 3 shards 2 are missing: 2 (replications 166 to 332) and 3"));
  CHECK(contains(refusal({one, two, one}), "are the same part of the run, shard 1 of 3"));
  CHECK(contains(refusal({one, shard("seed", "2/3", {"--seed", "9"})}), "has the seed 9, not 42"));
  CHECK(contains(refusal({one, shard("set", "2/3", {"--set", "fleet.web.count=3"})}),
                 "is of another state of the scenario"));
  CHECK(contains(refusal({one, shard("cut", "2/4")}),
                 "is shard 2 of 4 of a run of 500 replications, not one of 3 of 500"));
  CHECK(place.run(place.scenario, "whole", {"-n", "500"}).code == 0);
  CHECK(contains(refusal({place / "whole", one}), "holds a whole run"));
  CHECK(contains(testing::rollcast({"report", one}).errors, "this is shard 1 of 3 of a run"));
  const Ended none = testing::rollcast({"merge", one, place / "three", "--out", place / "merged"});
  CHECK(none.code == 3);
  CHECK(contains(none.errors, "three/run.sqlite: there is no such run"));
  const std::string three = shard("three", "3/3");
  place.file("small.yaml", "question: changed\n");
  CHECK(contains(refusal({one, two, three}),
                 "small.yaml is not the scenario that the parts were made from"));
  const Ended bad = place.run(place.hard, "bad", {"--shard", "4/3"});
  CHECK(bad.code == 2);
  CHECK(contains(bad.errors, "--shard takes I/N"));
}

TEST_CASE("a second process on a folder is told who is writing there") {
  const Place place;
  Surroundings surroundings;
  surroundings.folder = place.path();
  place.file(
      "both.sh",
      std::string(ROLLCAST_BINARY_DIR "/rollcast run small.yaml -n 100000000 "
                                      "--out run --quiet & first=$!\n"
                                      "while ! [ -s run/run.sqlite-wal ]; do sleep 0.05; done\n") +
          ROLLCAST_BINARY_DIR
          "/rollcast run small.yaml --out run --resume 2> second; echo $? >> second\n" +
          ROLLCAST_BINARY_DIR
          "/rollcast export run 2> third; kill -9 $first; echo $first > number\n");
  CHECK(std::system(("cd " + place.path() + " && sh both.sh > /dev/null 2>&1").c_str()) == 0);
  std::string number = contents(place / "number");
  number.pop_back();
  CHECK(contains(contents(place / "second"), "run: process " + number + " on host "));
  CHECK(contains(contents(place / "second"), "is writing here"));
  CHECK(contains(contents(place / "second"), "\n3\n"));
  CHECK(contains(contents(place / "third"), "process " + number + " on host "));
}

TEST_CASE("no command writes into a folder in which another one is writing") {
  const Place place;
  const experiment::FolderLock lock(place / "out");
  for (const char* command : {"run", "sweep", "sensitivity", "optimize", "rare"}) {
    CAPTURE(command);
    std::vector<std::string> arguments{command, place.hard, "--out", place / "out"};
    if (command == std::string("sweep"))
      arguments.insert(arguments.end(), {"--axis", "fleet.web.count=[2, 3]"});
    if (command == std::string("optimize"))
      arguments.insert(arguments.end(), {"--variable", "staff.ops.people=[2, 3]"});
    if (command == std::string("rare")) arguments.insert(arguments.end(), {"--at-least", "2"});
    const Ended ended = testing::rollcast(arguments);
    CAPTURE(ended.errors);
    CHECK(ended.code == 3);
    CHECK(contains(ended.errors, "out: process " + std::to_string(::getpid()) + " on host "));
    CHECK(contains(ended.errors, "is writing here"));
  }
}

/// A file system of its own, of a size that can be changed.
class SmallDisk {
 public:
  explicit SmallDisk(std::string path) : path_(std::move(path)) {
    std::filesystem::create_directories(path_);
    mounted_ = ::mount("tmpfs", path_.c_str(), "tmpfs", 0, "size=100k") == 0;
    if (!mounted_) MESSAGE("skipped: only root can mount a small file system");
  }
  ~SmallDisk() {
    if (mounted_) ::umount(path_.c_str());
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  [[nodiscard]] bool is_there() const { return mounted_; }
  bool change(const std::string& options, unsigned long flags = 0) {
    return ::mount("tmpfs", path_.c_str(), "tmpfs", MS_REMOUNT | flags, options.c_str()) == 0;
  }

 private:
  std::string path_;
  bool mounted_ = false;
};

TEST_CASE("a disk of any size that fills up costs nothing that was finished") {
  const Place place;
  SmallDisk disk(place / "disk");
  if (!disk.is_there()) return;
  REQUIRE(place.run(place.hard, "undisturbed", {"-n", "600"}).code == 0);
  int full = 0;
  for (const int kilobytes : {4, 100, 500, 1'200, 2'000}) {
    CAPTURE(kilobytes);
    REQUIRE(disk.change("size=" + std::to_string(kilobytes) + "k"));
    const Ended ended = place.run(place.hard, "disk/run", {"-n", "600"});
    CAPTURE(ended.errors);
    const bool right = ended.code == 0 || ended.code == 3;
    CHECK(right);
    if (ended.code == 3) {
      ++full;
      CHECK(contains(ended.errors, "the disk is full"));
    }
    REQUIRE(disk.change("size=100m"));
    CHECK(place.run(place.hard, "disk/run", {"-n", "600", "--resume"}).code == 0);
    CHECK(place.summary("disk/run") == place.summary("undisturbed"));
    std::filesystem::remove_all(place / "disk/run");
  }
  CHECK(full >= 3);
}

TEST_CASE("a folder that may only be read is named, and its run can be read") {
  const Place place;
  SmallDisk disk(place / "disk");
  if (!disk.is_there()) return;
  REQUIRE(disk.change("size=100m"));
  REQUIRE(place.run(place.scenario, "disk/run", {"-n", "100"}).code == 0);
  REQUIRE(disk.change("size=100m", MS_RDONLY));
  for (const char* out : {"disk/run", "disk/other"}) {
    const Ended ended = place.run(place.scenario, out, {"-n", "100"});
    CAPTURE(ended.errors);
    CHECK(ended.code == 3);
    CHECK(contains(ended.errors, out));
    CHECK(contains(ended.errors, "Read-only file system"));
  }
  const std::string csv = testing::rollcast({"export", place / "disk/run"}).output;
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 201);
}

TEST_CASE("with too little memory a run ends with a clear error, and goes on with more") {
  const Place place;
  REQUIRE(place.run(place.scenario, "undisturbed", {"-n", "400"}).code == 0);
  int refused = 0;
  for (const std::uint64_t megabytes : {24U, 40U, 64U, 96U, 128U, 160U, 200U, 260U}) {
    CAPTURE(megabytes);
    Surroundings little;
    little.most_memory = megabytes << 20U;
    const Ended ended =
        place.run(place.scenario, "run", {"-n", "400", "--jobs", "2", "--resume"}, little);
    CAPTURE(ended.errors);
    const bool started = ended.code != 127;  // the loader itself finds no room for the libraries
    const bool right = ended.code == 0 || ended.code == 3 || !started;
    CHECK(right);
    if (ended.code == 3) ++refused;
    if (ended.code == 3 && !contains(ended.errors, "out of memory"))
      CHECK(contains(ended.errors, "the system does not allow it"));
  }
  CHECK(refused > 0);
  CHECK(place.run(place.scenario, "run", {"-n", "400", "--resume"}).code == 0);
  CHECK(place.summary("run") == place.summary("undisturbed"));
}

}  // namespace
}  // namespace rollcast::cli
