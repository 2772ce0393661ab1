/// Whatever happens while a run is written: what was finished is kept, and nothing else is
/// believed.
#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <tuple>

#include "rollcast/experiment/files.hpp"
#include "rollcast/experiment/folder_lock.hpp"
#include "stored.hpp"

namespace rollcast::experiment {
namespace {

namespace fs = std::filesystem;
using testing::block_of;
using testing::check_same;
using testing::Folder;
using testing::record_of;

/// A disk that fails: SQLite's own, whose n-th write, sync or truncation does not succeed.
class FailingDisk {
 public:
  explicit FailingDisk(int code) : original_(sqlite3_vfs_find(nullptr)), vfs_(*original_) {
    failing_ = this;
    code_ = code;
    vfs_.zName = "failing";
    vfs_.szOsFile = static_cast<int>(sizeof(File)) + original_->szOsFile;
    vfs_.xOpen = [](sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
      auto* own = reinterpret_cast<File*>(file);
      sqlite3_vfs* below = failing_->original_;
      const int opened = below->xOpen(below, name, own->below(), flags, out);
      if (opened != SQLITE_OK) return opened;
      own->methods = *own->below()->pMethods;
      own->methods.iVersion = 1;  // no shared memory, no memory map
      own->methods.xWrite = [](sqlite3_file* f, const void* bytes, int size, sqlite3_int64 at) {
        sqlite3_file* real = reinterpret_cast<File*>(f)->below();
        return failing_->fails() ? failing_->code_ : real->pMethods->xWrite(real, bytes, size, at);
      };
      own->methods.xSync = [](sqlite3_file* f, int how) {
        sqlite3_file* real = reinterpret_cast<File*>(f)->below();
        return failing_->fails() ? failing_->code_ : real->pMethods->xSync(real, how);
      };
      own->methods.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
        sqlite3_file* real = reinterpret_cast<File*>(f)->below();
        return failing_->fails() ? failing_->code_ : real->pMethods->xTruncate(real, size);
      };
      pass_on(own->methods);
      own->base.pMethods = &own->methods;
      return opened;
    };
    sqlite3_vfs_register(&vfs_, 1);
  }
  ~FailingDisk() {
    sqlite3_vfs_unregister(&vfs_);
    sqlite3_vfs_register(original_, 1);
  }
  FailingDisk(const FailingDisk&) = delete;
  FailingDisk& operator=(const FailingDisk&) = delete;

  /// From the n-th change on nothing succeeds, until it is told otherwise.
  void fail_from(std::uint64_t change) {
    fail_from_ = change;
    changes_ = 0;
  }
  [[nodiscard]] bool failed() const { return changes_ >= fail_from_; }

 private:
  struct File {
    sqlite3_file base;
    sqlite3_io_methods methods;
    sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  };

  /// What does not change the disk goes to the real file.
  static void pass_on(sqlite3_io_methods& methods) {
    methods.xClose = [](sqlite3_file* f) {
      sqlite3_file* real = reinterpret_cast<File*>(f)->below();
      return real->pMethods->xClose(real);
    };
    methods.xRead = [](sqlite3_file* f, void* bytes, int size, sqlite3_int64 at) {
      sqlite3_file* real = reinterpret_cast<File*>(f)->below();
      return real->pMethods->xRead(real, bytes, size, at);
    };
    methods.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
      sqlite3_file* real = reinterpret_cast<File*>(f)->below();
      return real->pMethods->xFileSize(real, size);
    };
    methods.xLock = [](sqlite3_file* f, int level) {
      sqlite3_file* real = reinterpret_cast<File*>(f)->below();
      return real->pMethods->xLock(real, level);
    };
    methods.xUnlock = [](sqlite3_file* f, int level) {
      sqlite3_file* real = reinterpret_cast<File*>(f)->below();
      return real->pMethods->xUnlock(real, level);
    };
    methods.xCheckReservedLock = [](sqlite3_file* f, int* held) {
      sqlite3_file* real = reinterpret_cast<File*>(f)->below();
      return real->pMethods->xCheckReservedLock(real, held);
    };
    methods.xFileControl = [](sqlite3_file* f, int what, void* argument) {
      sqlite3_file* real = reinterpret_cast<File*>(f)->below();
      return real->pMethods->xFileControl(real, what, argument);
    };
    methods.xSectorSize = [](sqlite3_file* f) {
      sqlite3_file* real = reinterpret_cast<File*>(f)->below();
      return real->pMethods->xSectorSize(real);
    };
    methods.xDeviceCharacteristics = [](sqlite3_file* f) {
      sqlite3_file* real = reinterpret_cast<File*>(f)->below();
      return real->pMethods->xDeviceCharacteristics(real);
    };
  }
  bool fails() { return ++changes_ >= fail_from_; }

  inline static FailingDisk* failing_ = nullptr;
  sqlite3_vfs* original_;
  sqlite3_vfs vfs_;
  int code_ = SQLITE_FULL;
  std::uint64_t fail_from_ = UINT64_MAX;
  std::uint64_t changes_ = 0;
};

constexpr std::uint64_t kAll = 60;
constexpr std::uint64_t kBlock = 20;

/// Writes what is missing of the run, as the program does.
void write_rest(const std::string& folder, std::uint64_t& stored) {
  RunStore store = RunStore::is_in(folder) ? RunStore::resume(folder, record_of("text"))
                                           : RunStore::create(folder, record_of("text"), false);
  for (stored = store.replications(); stored < kAll; stored += kBlock)
    store.add(block_of(stored, kBlock));
  store.finish(false);
}

TEST_CASE("a disk that fails at any change costs no finished block, and the run goes on after it") {
  for (const int code : {SQLITE_FULL, SQLITE_IOERR}) {
    FailingDisk disk(code);
    std::uint64_t failures = 0;
    for (std::uint64_t change = 1;; ++change) {
      const Folder folder;
      std::uint64_t stored = 0;
      std::string cause;
      disk.fail_from(change);
      try {
        write_rest(folder / "run", stored);
      } catch (const StoreError& error) {
        cause = error.what();
      }
      if (!disk.failed()) break;
      CAPTURE(change);
      ++failures;
      // A failure in tidying up after the last commit is none of the run.
      CHECK((cause.find(folder / "run") == 0 || stored == kAll));
      if (code == SQLITE_FULL && !cause.empty())
        CHECK(cause.find("the disk is full") != std::string::npos);
      disk.fail_from(UINT64_MAX);
      std::uint64_t kept = 0;
      if (RunStore::is_in(folder / "run")) kept = RunStore::open(folder / "run").replications();
      CHECK(kept >= stored);
      CHECK(kept % kBlock == 0);
      write_rest(folder / "run", stored);
      const auto samples = RunStore::open(folder / "run").samples();
      check_same(samples[0], testing::samples_of(0, kAll));
      check_same(samples[1], testing::samples_of(1, kAll));
    }
    CHECK(failures > 20);
  }
}

TEST_CASE("a crash between the steps that begin a run leaves the older run or the new one") {
  const Folder folder;
  {
    RunStore store = RunStore::create(folder.path(), record_of("text"), false);
    store.add(block_of(0, 10));
    store.finish(false);
  }
  std::ofstream(folder / "run.unfinished.sqlite") << "half a";
  fs::rename(folder / "run.sqlite", folder / "run.previous.sqlite");
  CHECK(RunStore::is_in(folder.path()));
  CHECK_FALSE(fs::exists(folder / "run.unfinished.sqlite"));
  CHECK(RunStore::open(folder.path()).replications() == 10);
}

TEST_CASE("a run goes on only as the run that it is, and says what differs") {
  const Folder folder;
  {
    RunStore store = RunStore::create(folder.path(), record_of("text"), false);
    store.add(block_of(0, 10));
    store.finish(true);
  }
  const auto refusal = [&](const RunRecord& record) -> std::string {
    try {
      RunStore::resume(folder.path(), record);
    } catch (const OtherRunError& error) {
      return error.what();
    }
    return "";
  };
  const std::string holds = folder.path() + " holds ";
  CHECK(refusal(record_of("text", 8)) == holds + "a run with seed 7 (now 8)");
  CHECK(refusal(record_of("other")) ==
        holds +
            "a run with another state of scenario made-up (its text, settings or tables differ)");
  RunRecord other = record_of("text");
  other.replications_planned = 400;
  CHECK(refusal(other) == holds + "a run of 300 replications (now 400)");
  other = record_of("text");
  other.version = "1.2.4";
  CHECK(refusal(other) ==
        holds + "a run of rollcast 1.2.3 (this is 1.2.4), which may simulate otherwise");
  other = record_of("text");
  other.shard = 2;
  other.shards = 3;
  CHECK(refusal(other) == holds + "a whole run (now shard 2 of 3)");
  CHECK(RunStore::open(folder.path()).replications() == 10);
  CHECK(refusal(record_of("text")).empty());
}

TEST_CASE("shards adjoin, cover the run and differ by one replication at most") {
  for (const std::uint64_t replications : {7ULL, 100ULL, 1'001ULL, 10'000'000'000'000'000'000ULL})
    for (const std::uint32_t shards : {1U, 2U, 7U}) {
      std::uint64_t next = 0;
      for (std::uint32_t shard = 1; shard <= shards; ++shard) {
        const Range range = shard_range(replications, shard, shards);
        CHECK(range.first == next);
        CHECK(range.end - range.first >= replications / shards);
        CHECK(range.end - range.first <= replications / shards + 1);
        next = range.end;
      }
      CHECK(next == replications);
    }
}

std::string bytes_of(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>{stream}, {}};
}

TEST_CASE("damage anywhere in the record is found or does no harm, and the file stays as it is") {
  const Folder folder;
  {
    RunStore store = RunStore::create(folder / "whole", record_of("text"), false);
    store.add(block_of(0, 12));
    store.finish(false);
  }
  const std::string whole = bytes_of(folder / "whole/run.sqlite");
  fs::create_directories(folder / "hurt");
  const auto facts = [](const RunRecord& record) {
    return std::tuple(record.version, record.scenario, record.scenario_text,
                      record.scenario_resolved, record.settings, record.seed,
                      record.replications_planned, record.currency, record.strategies,
                      record.objectives, record.state, record.digest);
  };
  const auto written = facts(RunStore::open(folder / "whole").record());
  std::uint64_t found = 0;
  std::uint64_t harmless = 0;
  const auto try_it = [&](const std::string& bytes) {
    std::ofstream(folder / "hurt/run.sqlite", std::ios::binary) << bytes;
    try {
      const RunStore store = RunStore::open(folder / "hurt");
      const auto read = facts(store.record());
      CHECK(read == written);
      const auto samples = store.samples();
      check_same(samples.at(0), testing::samples_of(0, 12));
      check_same(samples.at(1), testing::samples_of(1, 12));
      ++harmless;
    } catch (const StoreError& error) {
      CHECK(std::strlen(error.what()) > 10);
      ++found;
    }
    CHECK(bytes_of(folder / "hurt/run.sqlite") == bytes);
  };
  // The pages behind the first, which holds the schema, and the last, which are the rows.
  for (std::size_t at = 0; at < whole.size(); at += 97) {
    std::string hurt = whole;
    hurt[at] = static_cast<char>(hurt[at] ^ 0x55);
    CAPTURE(at);
    try_it(hurt);
  }
  for (std::size_t size = 0; size < whole.size(); size += whole.size() / 37)
    try_it(whole.substr(0, size));
  CHECK(found > 100);
  CHECK(harmless > 0);
}

TEST_CASE("runs of older schemas are still read") {
  const Folder folder;
  fs::create_directories(folder.path());
  for (const std::string schema : {"2", "3", "4", "5"}) {
    CAPTURE(schema);
    fs::copy_file(ROLLCAST_SOURCE_DIR "/tests/experiment/records/schema-" + schema + ".sqlite",
                  folder / "run.sqlite", fs::copy_options::overwrite_existing);
    const RunStore store = RunStore::open(folder.path());
    const RunRecord record = store.record();
    CHECK(record.scenario == "small");
    CHECK(record.seed == 42);
    CHECK(record.shards == 1);
    CHECK(record.tables.has_value() == (schema == "5"));
    CHECK(record.strategies == std::vector<std::string>{"golden image", "by hand"});
    const auto samples = store.samples();
    REQUIRE(samples.size() == 2);
    CHECK(samples[0].replications == 3);
    const auto ready = static_cast<std::size_t>(model::Metric::ready_time);
    CHECK(samples[0].metrics[ready][2] == 265.29595423);
    CHECK(samples[1].metrics[ready][2] == 615698.506301496);
    CHECK(samples[1].objectives[0] == std::vector<std::uint8_t>{0, 0, 0});
  }
}

TEST_CASE("the queries of the documentation run on a record and find something") {
  const std::string page = bytes_of(ROLLCAST_SOURCE_DIR "/results/README.md");
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open_v2(ROLLCAST_SOURCE_DIR "/tests/experiment/records/schema-5.sqlite",
                          &database, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
  int queries = 0;
  const std::string begin = "```sql\n";
  for (std::size_t at = page.find(begin); at != std::string::npos; at = page.find(begin, at)) {
    at += begin.size();
    const std::string query = page.substr(at, page.find("```", at) - at);
    CAPTURE(query);
    int rows = 0;
    const auto count = [](void* counter, int, char**, char**) {
      ++*static_cast<int*>(counter);
      return 0;
    };
    CHECK(sqlite3_exec(database, query.c_str(), count, &rows, nullptr) == SQLITE_OK);
    CHECK(rows > 0);
    ++queries;
  }
  CHECK(queries == 4);
  sqlite3_close(database);
}

TEST_CASE("a folder has one writer, and the next one is told who it is") {
  const Folder folder;
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const FolderLock lock(folder / "run");
    const char yes = 'y';
    if (::write(ready[1], &yes, 1) == 1) ::pause();
    _exit(1);
  }
  char answer = 0;
  REQUIRE(::read(ready[0], &answer, 1) == 1);
  try {
    const FolderLock second(folder / "run");
    FAIL("two writers");
  } catch (const StoreError& error) {
    const std::string message = error.what();
    CHECK(message.find("process " + std::to_string(child) + " on host ") != std::string::npos);
    CHECK(message.find("is writing here") != std::string::npos);
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  {
    const FolderLock after(folder / "run");
    CHECK(lock_holder(folder / "run").find(std::to_string(::getpid())) != std::string::npos);
  }
  CHECK_FALSE(fs::exists(folder / "run/run.lock"));
}

}  // namespace
}  // namespace rollcast::experiment
