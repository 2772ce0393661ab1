#include "rollcast/experiment/store.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "make.hpp"
#include "rollcast/experiment/files.hpp"
#include "sqlite.hpp"
#include "stored.hpp"

namespace rollcast::experiment {
namespace {

namespace fs = std::filesystem;

using testing::block_of;
using testing::check_same;
using testing::Folder;
using testing::record_of;

TEST_CASE("a stored run reads back to the last bit") {
  const Folder folder;
  {
    RunStore store = RunStore::create(folder / "run", record_of("text"), false);
    store.add(block_of(0, 100));
    store.add(block_of(100, 37));
    store.finish(false);
  }
  CHECK(fs::exists(folder / "run/run.sqlite"));
  CHECK_FALSE(fs::exists(folder / "run/run.sqlite-wal"));
  const RunStore store = RunStore::open(folder / "run");
  CHECK(store.replications() == 137);
  const RunRecord record = store.record();
  const RunRecord expected = record_of("text");
  CHECK(record.state == "finished");
  CHECK(record.digest == expected.digest);
  CHECK(record.scenario_text == "text");
  CHECK(record.scenario_resolved == expected.scenario_resolved);
  CHECK(record.settings == expected.settings);
  CHECK(record.tables == expected.tables);
  CHECK(record.seed == 7);
  CHECK(record.strategies == expected.strategies);
  CHECK(record.objectives == expected.objectives);
  const std::vector<Samples> samples = store.samples();
  REQUIRE(samples.size() == 2);
  for (std::size_t strategy = 0; strategy < 2; ++strategy) {
    check_same(samples[strategy], testing::samples_of(strategy, 137));
    CHECK(samples[strategy].cash_flow == testing::samples_of(strategy, 137).cash_flow);
  }
}

TEST_CASE("curves of small fleets take little room, and all read back to the last bit") {
  const Folder folder;
  constexpr std::size_t kPoints = model::kReadyPoints;
  Block block = block_of(0, 60);
  for (std::size_t i = 0; i < block.outcomes.size(); ++i) {
    const std::size_t servers = 1 + i % kPoints;
    auto& curve = block.outcomes[i].ready_curve;
    for (std::size_t k = 0; k < kPoints; ++k) {
      const std::size_t server = k * servers / kPoints;
      curve[k] = server + 1 == servers && i % 3 == 0 ? model::kNotReached
                                                     : testing::luck(i, server, 5) * 1e5;
    }
  }
  {
    RunStore store = RunStore::create(folder.path(), record_of("text"), false);
    store.add(block);
    store.finish(false);
  }
  const RunStore store = RunStore::open(folder.path());
  std::size_t next = 0;
  store.each([&](std::size_t, std::uint64_t, const model::Outcome& outcome) {
    CHECK(outcome.ready_curve == block.outcomes[next++].ready_curve);
  });
  CHECK(next == 120);
  const Database database(folder / "run.sqlite", SQLITE_OPEN_READONLY);
  CHECK(database.number("SELECT length(ready_curve) FROM replication WHERE id = 0") == 9);
  CHECK(database.number("SELECT length(ready_curve) FROM replication WHERE id = 34") == 315);
  CHECK(database.number("SELECT length(ready_curve) FROM replication WHERE id = 35") == 320);
}

TEST_CASE("metrics can be asked for with plain SQL") {
  const Folder folder;
  {
    RunStore store = RunStore::create(folder.path(), record_of("text"), false);
    store.add(block_of(0, 10));
    store.finish(false);
  }
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(std::string(folder / "run.sqlite").c_str(), &database) == SQLITE_OK);
  double mean = 0.0;
  const auto read = [](void* result, int, char** values, char**) {
    *static_cast<double*>(result) = std::stod(values[0]);
    return 0;
  };
  CHECK(sqlite3_exec(database,
                     "SELECT avg(\"cost.ranked\") FROM replication r JOIN strategy s ON s.position "
                     "= r.strategy WHERE s.name = 'images'",
                     read, &mean, nullptr) == SQLITE_OK);
  sqlite3_close(database);
  CHECK(mean > 100.0);
  CHECK(mean < 101.0);
}

TEST_CASE("a run that was killed keeps its finished blocks") {
  const Folder folder;
  {
    RunStore store = RunStore::create(folder.path(), record_of("text"), false);
    store.add(block_of(0, 100));
    // The process ends here: nothing is finished, the write-ahead log is still there.
    fs::create_directories(folder / "copy");
    fs::copy(folder / "run.sqlite", folder / "copy/run.sqlite");
    fs::copy(folder / "run.sqlite-wal", folder / "copy/run.sqlite-wal");
  }
  const RunStore store = RunStore::open(folder / "copy");
  CHECK(store.record().state == "running");
  CHECK(store.replications() == 100);
  check_same(store.samples()[1], testing::samples_of(1, 100));
}

TEST_CASE("a folder with another scenario or seed is refused unless forced") {
  const Folder folder;
  {
    RunStore store = RunStore::create(folder.path(), record_of("text"), false);
    store.add(block_of(0, 10));
    store.finish(false);
  }
  CHECK_THROWS_AS(RunStore::create(folder.path(), record_of("text", 8), false), OtherRunError);
  CHECK_THROWS_AS(RunStore::create(folder.path(), record_of("other"), false), OtherRunError);
  CHECK(RunStore::open(folder.path()).replications() == 10);
  RunStore forced = RunStore::create(folder.path(), record_of("other"), true);
  forced.add(block_of(0, 5));
  forced.finish(false);
  CHECK(RunStore::open(folder.path()).record().scenario_text == "other");
}

TEST_CASE("a finished run is not replaced by one with fewer replications unless forced") {
  const Folder folder;
  {
    RunStore store = RunStore::create(folder.path(), record_of("text"), false);
    store.add(block_of(0, 200));
    store.finish(false);
  }
  RunRecord smaller = record_of("text");
  smaller.replications_planned = 100;
  CHECK_THROWS_WITH_AS(
      RunStore::create(folder.path(), smaller, false),
      (folder.path() + " holds this run with more replications, 200, and finished").c_str(),
      OtherRunError);
  CHECK(RunStore::open(folder.path()).replications() == 200);
  {
    RunStore store = RunStore::create(folder.path(), smaller, true);
    store.add(block_of(0, 100));
    store.finish(false);
  }
  CHECK(RunStore::open(folder.path()).replications() == 100);
}

TEST_CASE("the same run again replaces the old one only when it has finished") {
  const Folder folder;
  const auto run = [&](std::uint64_t replications, bool interrupted, bool force = false) {
    RunStore store = RunStore::create(folder.path(), record_of("text"), force);
    store.add(block_of(0, replications));
    store.finish(interrupted);
  };
  run(50, false);
  run(20, true);
  CHECK(fs::exists(folder / "run.previous.sqlite"));
  CHECK(RunStore::open(folder.path()).replications() == 20);
  fs::create_directories(folder / "old");
  fs::copy(folder / "run.previous.sqlite", folder / "old/run.sqlite");
  CHECK(RunStore::open(folder / "old").replications() == 50);
  CHECK_THROWS_WITH_AS(
      run(30, false),
      (folder.path() + " holds this run unfinished: 20 replications are kept").c_str(),
      OtherRunError);
  run(30, false, true);
  CHECK_FALSE(fs::exists(folder / "run.previous.sqlite"));
  CHECK(RunStore::open(folder.path()).replications() == 30);
  RunStore::create(folder.path(), record_of("other"), true).finish(true);
  CHECK(RunStore::open(folder.path()).replications() == 30);
}

TEST_CASE("a second process is told that the run is in use") {
  const Folder folder;
  RunStore store = RunStore::create(folder.path(), record_of("text"), false);
  CHECK_THROWS_WITH_AS(RunStore::create(folder.path(), record_of("text"), false),
                       (folder / "run.sqlite: another process has this run open").c_str(),
                       StoreError);
  store.add(block_of(0, 10));
}

TEST_CASE("files that are no run of rollcast stay as they are") {
  const Folder folder;
  std::ofstream(folder / "run.sqlite")
      << "precious notes of somebody, long enough to be looked at, "
         "and certainly no database at all, whatever it is called";
  for (const bool force : {false, true})
    CHECK_THROWS_WITH_AS(
        RunStore::create(folder.path(), record_of("text"), force),
        (folder / "run.sqlite: this is no run of rollcast (not an SQLite database)").c_str(),
        StoreError);
  CHECK(fs::file_size(folder / "run.sqlite") > 100);
  fs::remove(folder / "run.sqlite");
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(std::string(folder / "run.sqlite").c_str(), &database) == SQLITE_OK);
  sqlite3_exec(database, "CREATE TABLE precious(notes)", nullptr, nullptr, nullptr);
  sqlite3_close(database);
  CHECK_THROWS_WITH_AS(RunStore::create(folder.path(), record_of("text"), true),
                       (folder / "run.sqlite: this is no run of rollcast").c_str(), StoreError);
  CHECK_THROWS_WITH_AS(RunStore::open(folder / "nowhere"),
                       (folder / "nowhere/run.sqlite: there is no such run").c_str(), StoreError);
}

TEST_CASE("a folder that cannot be made is named") {
  const Folder folder;
  std::ofstream(folder / "file") << "x";
  CHECK_THROWS_AS(RunStore::create(folder / "file/run", record_of("text"), false), StoreError);
  CHECK_THROWS_AS(RunStore::create(folder / "file", record_of("text"), false), StoreError);
}

TEST_CASE("a full disk is named, and the blocks before it stay") {
  const Folder folder;
  const std::string disk = folder / "disk";
  fs::create_directories(disk);
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=400k") != 0) {
    MESSAGE("skipped: only root can mount a small file system");
    return;
  }
  std::uint64_t stored = 0;
  std::string cause;
  {
    RunStore store = RunStore::create(disk, record_of("text"), false);
    try {
      while (true) {
        store.add(block_of(stored, 20));
        stored += 20;
      }
    } catch (const StoreError& error) {
      cause = error.what();
    }
  }
  CHECK(cause == disk + "/run.sqlite: the disk is full");
  CHECK(stored > 0);
  CHECK(RunStore::open(disk).replications() == stored);
  CHECK_THROWS_WITH_AS(write_file(disk + "/summary.json", std::string(500'000, 'x')),
                       (disk + "/summary.json: the disk is full").c_str(), StoreError);
  CHECK_FALSE(fs::exists(disk + "/summary.json.unfinished"));
  CHECK(::umount(disk.c_str()) == 0);
}

TEST_CASE("CSV has a line for every replication and quotes what must be quoted") {
  const Folder folder;
  RunStore store = RunStore::create(folder.path(), record_of("text"), false);
  store.add(block_of(0, 30));
  std::string csv;
  write_csv(store, [&](std::string_view part) { csv += part; });
  std::istringstream lines(csv);
  std::string line;
  std::getline(lines, line);
  CHECK(line.find("strategy,replication,events,digest,ready_time,") == 0);
  CHECK(line.find(",cost.ranked,objective.on time") != std::string::npos);
  std::getline(lines, line);
  CHECK(line.find("images,0,10,0000000000000000,") == 0);
  std::getline(lines, line);
  CHECK(line.find("\"by hand, \"\"slowly\"\"\",0,10,") == 0);
  int count = 2;
  while (std::getline(lines, line)) ++count;
  CHECK(count == 60);
}

TEST_CASE("a file is replaced as a whole") {
  const Folder folder;
  write_file(folder / "deep/er/file", "one");
  write_file(folder / "deep/er/file", "two");
  std::ifstream in(folder / "deep/er/file");
  std::string text;
  std::getline(in, text);
  CHECK(text == "two");
  CHECK_FALSE(fs::exists(folder / "deep/er/file.unfinished"));
}

TEST_CASE("a link goes on to name its file, and a pipe stays a pipe") {
  const Folder folder;
  write_file(folder / "file", "one");
  fs::create_symlink("file", folder / "link");
  write_file(folder / "link", "two");
  CHECK(fs::is_symlink(folder / "link"));
  std::ifstream in(folder / "file");
  std::string text;
  std::getline(in, text);
  CHECK(text == "two");

  const std::string pipe = folder / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const int end = ::open(pipe.c_str(), O_RDWR);
  REQUIRE(end >= 0);
  write_file(pipe, "three");
  CHECK(fs::is_fifo(pipe));
  std::array<char, 16> read{};
  CHECK(::read(end, read.data(), read.size()) == 5);
  CHECK(std::string(read.data()) == "three");
  ::close(end);
}

TEST_CASE("a digest tells texts apart and never changes") {
  CHECK(digest_of("a") != digest_of("b"));
  CHECK(digest_of("a").size() == 32);
  // uuid.uuid5(uuid.UUID(int=0), "rollcast").hex of Python.
  CHECK(digest_of("rollcast") == "95395b3b1d4955ecac3b12b3c483c823");
}

}  // namespace
}  // namespace rollcast::experiment
