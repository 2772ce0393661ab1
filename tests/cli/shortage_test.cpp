/// A folder in use, a full disk, one that may only be read, too little memory: a clear error.
#include <doctest/doctest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "place.hpp"
#include "rollcast/experiment/folder_lock.hpp"

namespace rollcast::cli {
namespace {

using testing::contains;
using testing::contents;
using testing::Ended;
using testing::Place;

TEST_CASE("a second process on a folder is told who is writing there") {
  const Place place;
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

#ifndef ROLLCAST_SANITIZED
TEST_CASE("with too little memory a run ends with a clear error, and goes on with more") {
  const Place place;
  REQUIRE(place.run(place.scenario, "undisturbed", {"-n", "400"}).code == 0);
  int refused = 0;
  for (const std::uint64_t megabytes : {24U, 40U, 64U, 96U, 128U, 160U, 200U, 260U}) {
    CAPTURE(megabytes);
    testing::Surroundings little;
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
#endif

}  // namespace
}  // namespace rollcast::cli
