#include "rollcast/experiment/store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid.hpp>
#include <filesystem>
#include <optional>

#include "record.hpp"
#include "rollcast/base/assertion.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/experiment/summary.hpp"
#include "sqlite.hpp"

namespace rollcast::experiment {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFile = "run.sqlite";
constexpr const char* kPrevious = "run.previous.sqlite";
constexpr const char* kUnfinished = "run.unfinished.sqlite";

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw StoreError(folder.string(), "cannot make the folder: " + error.message());
  if (!fs::is_directory(folder, error)) throw StoreError(folder.string(), "this is no folder");
}

void remove_run(const fs::path& file) {
  std::error_code ignored;
  for (const char* ending : {"", "-wal", "-shm", "-journal"})
    fs::remove(file.string() + ending, ignored);
}

/// Gives a file its other name, so that a power cut leaves it with one of the two.
void move_file(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) throw StoreError(from.string(), "cannot rename it: " + error.message());
  const int folder = ::open(to.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;  // a folder that cannot be opened cannot be synchronised
  ::fsync(folder);
  ::close(folder);
}

/// A crash between two steps of create() left the older run aside, or a new one without its name.
void put_right(const fs::path& folder) {
  std::error_code error;
  remove_run(folder / kUnfinished);
  const fs::path previous = folder / kPrevious;
  if (!fs::exists(folder / kFile, error) && fs::exists(previous, error))
    move_file(previous, folder / kFile);
}

std::string whole_run_or(const RunRecord& record) {
  return record.shards > 1 ? shard_words(record) : "a whole run";
}

/// Why what is there is not what is asked for: as the end of a sentence that names the folder.
std::optional<std::string> difference(const RunRecord& there, const RunRecord& asked) {
  if (there.seed != asked.seed)
    return fmt::format("holds a run with seed {} (now {})", there.seed, asked.seed);
  if (there.digest != asked.digest)
    return fmt::format(
        "holds a run with another state of scenario {} (its text, settings or tables differ)",
        there.scenario);
  if (there.shard != asked.shard || there.shards != asked.shards)
    return fmt::format("holds {} (now {})", whole_run_or(there), whole_run_or(asked));
  return std::nullopt;
}

std::optional<std::string> difference_for_resume(const RunRecord& there, const RunRecord& asked) {
  if (there.version != asked.version)
    return fmt::format("holds a run of rollcast {} (this is {}), which may simulate otherwise",
                       there.version, asked.version);
  if (auto other = difference(there, asked)) return other;
  if (there.replications_planned != asked.replications_planned)
    return fmt::format("holds a run of {} replications (now {})",
                       human_count(static_cast<std::int64_t>(there.replications_planned)),
                       human_count(static_cast<std::int64_t>(asked.replications_planned)));
  return std::nullopt;
}

/// What is at stake when a run begins where another one is.
void check_replaceable(const fs::path& folder, const RunRecord& asked, bool force) {
  const Database existing((folder / kFile).string(), SQLITE_OPEN_READWRITE);
  check_is_run(existing);
  if (force) return;
  const RunRecord there = read_record(existing);
  if (const auto other = difference(there, asked))
    throw OtherRunError(folder.string() + " " + *other);
  const std::int64_t kept = existing.number("SELECT coalesce(sum(replications), 0) FROM block");
  if (there.state == "finished" && static_cast<std::uint64_t>(kept) > asked.replications_planned)
    throw OtherRunError(
        fmt::format("{} holds this run with more replications, {}, and finished", folder.string(),
                    human_count(kept)),
        "`rollcast report` shows it again; choose another folder with --out, or replace it with "
        "--force.");
  if (there.state == "finished" || kept == 0) return;
  throw OtherRunError(fmt::format("{} holds this run unfinished: {} replications are kept",
                                  folder.string(), human_count(kept)),
                      "Go on with it with --resume, or start again with --force.");
}

/// Moves the finished run aside; an older one that is already there stays instead, as the run in
/// its place was never finished.
void move_aside(const fs::path& folder) {
  const fs::path file = folder / kFile;
  const fs::path previous = folder / kPrevious;
  if (fs::exists(previous)) {
    remove_run(file);
    return;
  }
  {  // Brings what a crash left in the write-ahead log into the file, so that it moves as one.
    Database database(file.string(), SQLITE_OPEN_READWRITE);
    database.execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE");
  }
  move_file(file, previous);
}

}  // namespace

std::string digest_of(const std::string& text) {
  // The namespace is that of no registered kind of name: all zero.
  const boost::uuids::uuid digest = boost::uuids::name_generator_sha1(boost::uuids::uuid{})(text);
  std::string digits;
  for (const std::uint8_t byte : digest) digits += fmt::format("{:02x}", byte);
  return digits;
}

Range shard_range(std::uint64_t replications, std::uint32_t shard, std::uint32_t shards) {
  ROLLCAST_ASSERT(shard >= 1 && shard <= shards, "shard {} of {}", shard, shards);
  const std::uint64_t each = replications / shards;
  const std::uint64_t rest = replications % shards;
  const auto begin = [&](std::uint64_t before) { return each * before + rest * before / shards; };
  return {begin(shard - 1), begin(shard)};
}

std::string shard_words(const RunRecord& record) {
  return fmt::format("shard {} of {}", record.shard, record.shards);
}

struct RunStore::State {
  State(std::string folder_path, int flags)
      : folder(std::move(folder_path)), database((fs::path(folder) / kFile).string(), flags) {}

  /// Exclusive: a second process that comes here is told, and no shared memory file is needed.
  void write_blocks() {
    database.execute(
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    writer = std::make_unique<BlockWriter>(database);
    strategies = read_record(database).strategies.size();
  }

  fs::path folder;
  Database database;
  std::unique_ptr<BlockWriter> writer;
  std::size_t strategies = 0;
};

RunStore::RunStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
RunStore::RunStore(RunStore&&) noexcept = default;
RunStore& RunStore::operator=(RunStore&&) noexcept = default;
RunStore::~RunStore() = default;

RunStore RunStore::create(const std::string& folder, const RunRecord& record, bool force) {
  make_folder(folder);
  const fs::path place(folder);
  const bool replaces = is_in(folder);
  if (replaces) check_replaceable(place, record, force);
  {
    Database database((place / kUnfinished).string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    Transaction transaction(database);
    write_new_run(database, record);
    transaction.commit();
  }
  if (replaces) move_aside(place);
  move_file(place / kUnfinished, place / kFile);
  auto state = std::make_unique<State>(folder, SQLITE_OPEN_READWRITE);
  state->write_blocks();
  return RunStore(std::move(state));
}

bool RunStore::is_in(const std::string& folder) {
  std::error_code error;
  put_right(folder);
  return fs::exists(fs::path(folder) / kFile, error);
}

RunStore RunStore::resume(const std::string& folder, const RunRecord& record) {
  auto state = std::make_unique<State>(folder, SQLITE_OPEN_READWRITE);
  state->database.execute("PRAGMA locking_mode = EXCLUSIVE");
  check_is_run(state->database);
  auto other = difference_for_resume(read_record(state->database), record);
  if (!other && !has_own_schema(state->database))
    other = "holds a run of an older rollcast, which can be read but not gone on with";
  if (other)
    throw OtherRunError(folder + " " + *other,
                        "A run goes on with the scenario, the seed, the settings and the rollcast "
                        "that it began with.\n" +
                            std::string(kReplaceRun));
  state->write_blocks();
  // What may be asked for otherwise than at first: it changes no replication.
  const std::string bytes = std::to_string(record.sample_bytes);
  replace_facts(
      state->database,
      {{"sample_bytes", bytes}, {"options", record.options}, {"assumptions", record.assumptions}});
  return RunStore(std::move(state));
}

RunStore RunStore::open(const std::string& folder) {
  const fs::path file = fs::path(folder) / kFile;
  std::error_code error;
  if (!fs::exists(file, error)) {
    for (const char* command : {"sweep", "sensitivity", "optimize", "rare"})
      if (fs::exists(fs::path(folder) / (std::string(command) + ".sqlite"), error))
        throw StoreError(folder,
                         fmt::format("holds what `rollcast {}` found, and no run", command));
    throw StoreError(file.string(), "there is no such run");
  }
  // What a killed run left in its write-ahead log is read without a file of shared memory: that
  // could not be made on a full disk. A write-protected file opens for reading only.
  auto state = std::make_unique<State>(folder, SQLITE_OPEN_READWRITE);
  state->database.execute("PRAGMA locking_mode = EXCLUSIVE");
  check_is_run(state->database);
  return RunStore(std::move(state));
}

void RunStore::add(const Block& block) {
  ROLLCAST_ASSERT(state_->writer && block.strategies == state_->strategies, "{} strategies, not {}",
                  block.strategies, state_->strategies);
  Transaction transaction(state_->database);
  state_->writer->write(block);
  transaction.commit();
}

void RunStore::finish(bool interrupted) {
  ROLLCAST_ASSERT(state_->writer, "finish() of a run that is not being written");
  const fs::path previous = state_->folder / kPrevious;
  std::error_code error;
  if (replications() == 0 && fs::exists(previous, error)) {
    const fs::path file = state_->folder / kFile;
    state_.reset();
    remove_run(file);
    move_file(previous, file);
    return;
  }
  replace_facts(state_->database, {{"state", interrupted ? "interrupted" : "finished"}});
  state_->writer.reset();
  // One plain file, which opens from a read-only folder too.
  state_->database.execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE");
  state_.reset();
  if (!interrupted) remove_run(previous);
}

void RunStore::keep_closer_look(const std::string& folder, const std::string& text) {
  const RunStore store = open(folder);
  replace_facts(store.state_->database, {{"closer_look", text}});
}

const std::string& RunStore::path() const {
  return state_->database.path();
}

RunRecord RunStore::record() const {
  return read_record(state_->database);
}

std::uint64_t RunStore::replications() const {
  return static_cast<std::uint64_t>(
      state_->database.number("SELECT coalesce(sum(replications), 0) FROM block"));
}

Range RunStore::range() const {
  const RunRecord known = record();
  return shard_range(known.replications_planned, known.shard, known.shards);
}

void RunStore::each(const std::function<void(std::size_t strategy, std::uint64_t replication,
                                             const model::Outcome&)>& visit) const {
  OutcomeReader reader(state_->database);
  while (reader.next()) visit(reader.strategy(), reader.replication(), reader.outcome());
}

std::vector<Samples> RunStore::samples() const {
  const RunRecord known = record();
  std::vector<Samples> samples(known.strategies.size());
  each([&](std::size_t strategy, std::uint64_t, const model::Outcome& outcome) {
    append(samples[strategy], outcome);
    if (strategy + 1 == samples.size()) keep_within(samples, known.sample_bytes);
  });
  return samples;
}

}  // namespace rollcast::experiment
