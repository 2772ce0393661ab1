#include "rollcast/experiment/store.hpp"

#include <fmt/format.h>

#include <bit>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid.hpp>
#include <cstring>
#include <filesystem>
#include <map>

#include "rollcast/base/assertion.hpp"
#include "rollcast/experiment/summary.hpp"
#include "sqlite.hpp"

namespace rollcast::experiment {
namespace {

namespace fs = std::filesystem;
using model::kMetrics;
using model::Metric;

static_assert(std::endian::native == std::endian::little, "blobs are stored as they lie in memory");

constexpr std::int64_t kApplication = 0x524f4c4c;
constexpr std::int64_t kSchemaVersion = 2;
constexpr const char* kFile = "run.sqlite";
constexpr const char* kPrevious = "run.previous.sqlite";

constexpr const char* kSchema = R"(
  CREATE TABLE run(key TEXT PRIMARY KEY, value TEXT);
  CREATE TABLE setting(position INTEGER PRIMARY KEY, text TEXT);
  CREATE TABLE strategy(position INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE objective(position INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE metric(position INTEGER PRIMARY KEY, name TEXT, unit TEXT, meaning TEXT);
  CREATE TABLE block(first INTEGER PRIMARY KEY, replications INTEGER);
)";

std::string_view name_of(model::Unit unit) {
  switch (unit) {
    case model::Unit::seconds:
      return "seconds";
    case model::Unit::hours:
      return "hours";
    case model::Unit::share:
      return "share";
    case model::Unit::instances:
      return "instances";
    case model::Unit::count:
      return "count";
    case model::Unit::instance_hours:
      return "instance-hours";
    case model::Unit::money:
      return "money";
    case model::Unit::flag:
      break;
  }
  return "flag";
}

std::string replication_table() {
  std::string sql =
      "CREATE TABLE replication(id INTEGER PRIMARY KEY, strategy INTEGER, replication INTEGER, "
      "digest INTEGER, events INTEGER, objectives TEXT, ready_curve BLOB, incidents BLOB, "
      "cash_flow BLOB";
  for (std::size_t i = 0; i < kMetrics; ++i)
    sql += fmt::format(", \"{}\" REAL", model::metric_info(static_cast<Metric>(i)).name);
  return sql + ")";
}

std::string insert_replication() {
  std::string sql = "INSERT INTO replication VALUES(?,?,?,?,?,?,?,?,?";
  for (std::size_t i = 0; i < kMetrics; ++i) sql += ",?";
  return sql + ")";
}

std::string select_replications() {
  std::string sql =
      "SELECT strategy, replication, digest, events, objectives, ready_curve, incidents, "
      "cash_flow";
  for (std::size_t i = 0; i < kMetrics; ++i)
    sql += fmt::format(", \"{}\"", model::metric_info(static_cast<Metric>(i)).name);
  return sql + " FROM replication ORDER BY id";
}

template <class Value>
void put(std::string& bytes, Value value) {
  char raw[sizeof(Value)];
  std::memcpy(raw, &value, sizeof(Value));
  bytes.append(raw, sizeof(Value));
}

template <class Value>
Value get(const std::string& bytes, std::size_t& offset) {
  Value value{};
  std::memcpy(&value, bytes.data() + offset, sizeof(Value));
  offset += sizeof(Value);
  return value;
}

constexpr std::size_t kIncidentBytes = 2 * sizeof(float) + 1;

std::string packed(const std::vector<model::IncidentRecord>& incidents) {
  std::string bytes;
  for (const model::IncidentRecord& incident : incidents) {
    put(bytes, incident.recovery_hours);
    put(bytes, incident.data_loss_hours);
    put(bytes, static_cast<std::uint8_t>(incident.open ? 1 : 0));
  }
  return bytes;
}

std::vector<model::IncidentRecord> unpacked(const std::string& bytes) {
  std::vector<model::IncidentRecord> incidents;
  for (std::size_t offset = 0; offset + kIncidentBytes <= bytes.size();) {
    model::IncidentRecord incident{};
    incident.recovery_hours = get<float>(bytes, offset);
    incident.data_loss_hours = get<float>(bytes, offset);
    incident.open = get<std::uint8_t>(bytes, offset) != 0;
    incidents.push_back(incident);
  }
  return incidents;
}

std::map<std::string, std::string> read_facts(const Database& database) {
  std::map<std::string, std::string> facts;
  Statement select(database, "SELECT key, value FROM run");
  while (select.next()) {
    std::string key = select.text();
    facts[std::move(key)] = select.text();
  }
  return facts;
}

std::vector<std::string> read_texts(const Database& database, const char* table,
                                    const char* column) {
  std::vector<std::string> texts;
  Statement select(database, fmt::format("SELECT {} FROM {} ORDER BY position", column, table));
  while (select.next()) texts.push_back(select.text());
  return texts;
}

void write_texts(const Database& database, const char* table,
                 const std::vector<std::string>& texts) {
  Statement insert(database, fmt::format("INSERT INTO {} VALUES(?,?)", table));
  for (std::size_t i = 0; i < texts.size(); ++i)
    insert.bind(static_cast<std::int64_t>(i)).bind(std::string_view(texts[i])).run();
}

void check_is_run(const Database& database) {
  if (database.number("PRAGMA application_id") != kApplication)
    throw StoreError(database.path(), "this is no run of rollcast");
  const std::int64_t version = database.number("PRAGMA user_version");
  if (version != kSchemaVersion)
    throw StoreError(database.path(),
                     fmt::format("written by another rollcast (schema {}, this one reads {})",
                                 version, kSchemaVersion));
}

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

/// What is at stake when a run begins where another one is.
void check_replaceable(const fs::path& file, const RunRecord& record, bool force) {
  const Database existing(file.string(), SQLITE_OPEN_READWRITE);
  check_is_run(existing);
  if (force) return;
  const auto facts = read_facts(existing);
  const auto fact = [&](const char* key) {
    const auto found = facts.find(key);
    return found == facts.end() ? std::string() : found->second;
  };
  const std::string seed = std::to_string(record.seed);
  if (fact("seed") == seed && fact("digest") == record.digest) return;
  const std::string what =
      fact("seed") != seed
          ? fmt::format("seed {} (now {})", fact("seed"), seed)
          : fmt::format("another state of scenario {} (its text, settings or tables differ)",
                        fact("scenario"));
  throw OtherRunError(fmt::format("{} holds a run with {}", file.parent_path().string(), what));
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
  std::error_code error;
  fs::rename(file, previous, error);
  if (error) throw StoreError(file.string(), "cannot move it aside: " + error.message());
  remove_run(file);
}

}  // namespace

std::string digest_of(const std::string& text) {
  // The namespace is that of no registered kind of name: all zero.
  const boost::uuids::uuid digest = boost::uuids::name_generator_sha1(boost::uuids::uuid{})(text);
  std::string digits;
  for (const std::uint8_t byte : digest) digits += fmt::format("{:02x}", byte);
  return digits;
}

struct RunStore::State {
  State(std::string folder_path, int flags)
      : folder(std::move(folder_path)), database((fs::path(folder) / kFile).string(), flags) {}

  fs::path folder;
  Database database;
  std::unique_ptr<Statement> insert;
  std::unique_ptr<Statement> insert_block;
  std::size_t strategies = 0;
  bool finished = false;
};

RunStore::RunStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
RunStore::RunStore(RunStore&&) noexcept = default;
RunStore& RunStore::operator=(RunStore&&) noexcept = default;
RunStore::~RunStore() = default;

RunStore RunStore::create(const std::string& folder, const RunRecord& record, bool force) {
  make_folder(folder);
  const fs::path file = fs::path(folder) / kFile;
  std::error_code error;
  if (fs::exists(file, error)) {
    check_replaceable(file, record, force);
    move_aside(folder);
  }
  auto state = std::make_unique<State>(folder, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  state->strategies = record.strategies.size();
  Database& database = state->database;
  // Exclusive: a second process that comes here is told, and no shared memory file is needed.
  database.execute(
      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  Transaction transaction(database);
  database.execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplication,
                               kSchemaVersion));
  database.execute(kSchema);
  database.execute(replication_table());
  Statement fact(database, "INSERT INTO run VALUES(?,?)");
  const auto put_fact = [&](std::string_view key, std::string_view value) {
    fact.bind(key).bind(value).run();
  };
  put_fact("version", record.version);
  put_fact("scenario", record.scenario);
  put_fact("scenario_text", record.scenario_text);
  put_fact("scenario_resolved", record.scenario_resolved);
  put_fact("path", record.path);
  put_fact("made_at", record.made_at);
  put_fact("assumptions", record.assumptions);
  put_fact("options", record.options);
  put_fact("cluster", std::to_string(record.cluster));
  put_fact("digest", record.digest);
  put_fact("seed", std::to_string(record.seed));
  put_fact("replications_planned", std::to_string(record.replications_planned));
  put_fact("currency", record.currency);
  put_fact("state", "running");
  write_texts(database, "setting", record.settings);
  write_texts(database, "strategy", record.strategies);
  write_texts(database, "objective", record.objectives);
  Statement metric(database, "INSERT INTO metric VALUES(?,?,?,?)");
  for (std::size_t i = 0; i < kMetrics; ++i) {
    const model::MetricInfo& info = model::metric_info(static_cast<Metric>(i));
    metric.bind(static_cast<std::int64_t>(i))
        .bind(info.name)
        .bind(name_of(info.unit))
        .bind(info.meaning)
        .run();
  }
  transaction.commit();
  state->insert = std::make_unique<Statement>(database, insert_replication());
  state->insert_block = std::make_unique<Statement>(database, "INSERT INTO block VALUES(?,?)");
  return RunStore(std::move(state));
}

RunStore RunStore::open(const std::string& folder) {
  const fs::path file = fs::path(folder) / kFile;
  std::error_code error;
  if (!fs::exists(file, error)) throw StoreError(file.string(), "there is no such run");
  // What a killed run left in its write-ahead log is read without a file of shared memory: that
  // could not be made on a full disk. A write-protected file opens for reading only.
  auto state = std::make_unique<State>(folder, SQLITE_OPEN_READWRITE);
  state->database.execute("PRAGMA locking_mode = EXCLUSIVE");
  check_is_run(state->database);
  return RunStore(std::move(state));
}

void RunStore::add(const Block& block) {
  ROLLCAST_ASSERT(state_->insert && block.strategies == state_->strategies, "{} strategies, not {}",
                  block.strategies, state_->strategies);
  Transaction transaction(state_->database);
  for (std::uint64_t offset = 0; offset < block.replications; ++offset)
    for (std::size_t strategy = 0; strategy < block.strategies; ++strategy) {
      const model::Outcome& outcome = block.at(offset, strategy);
      const std::uint64_t replication = block.first + offset;
      std::string objectives;
      for (const std::uint8_t held : outcome.objectives) objectives += held != 0 ? '1' : '0';
      std::string curve;
      for (const double time : outcome.ready_curve) put(curve, time);
      std::string months;
      for (const double month : outcome.cash_flow) put(months, month);
      Statement& insert = *state_->insert;
      insert.bind(static_cast<std::int64_t>(replication * block.strategies + strategy))
          .bind(static_cast<std::int64_t>(strategy))
          .bind(static_cast<std::int64_t>(replication))
          .bind(static_cast<std::int64_t>(outcome.digest))
          .bind(static_cast<std::int64_t>(outcome.events))
          .bind(std::string_view(objectives))
          .bind_blob(curve)
          .bind_blob(packed(outcome.incidents))
          .bind_blob(months);
      for (const double value : outcome.metrics) insert.bind(value);
      insert.run();
    }
  state_->insert_block->bind(static_cast<std::int64_t>(block.first))
      .bind(static_cast<std::int64_t>(block.replications))
      .run();
  transaction.commit();
}

void RunStore::finish(bool interrupted) {
  ROLLCAST_ASSERT(state_->insert, "finish() of a run that is not being written");
  const fs::path previous = state_->folder / kPrevious;
  std::error_code error;
  if (replications() == 0 && fs::exists(previous, error)) {
    const fs::path file = state_->folder / kFile;
    state_.reset();
    remove_run(file);
    fs::rename(previous, file, error);
    if (error) throw StoreError(previous.string(), "cannot move it back: " + error.message());
    return;
  }
  Statement(state_->database, "UPDATE run SET value = ? WHERE key = 'state'")
      .bind(std::string_view(interrupted ? "interrupted" : "finished"))
      .run();
  state_->insert.reset();
  state_->insert_block.reset();
  // One plain file, which opens from a read-only folder too.
  state_->database.execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE");
  state_.reset();
  if (!interrupted) remove_run(previous);
}

void RunStore::keep_closer_look(const std::string& folder, const std::string& text) {
  const RunStore store = open(folder);
  Statement(store.state_->database, "INSERT OR REPLACE INTO run VALUES('closer_look', ?)")
      .bind(std::string_view(text))
      .run();
}

const std::string& RunStore::path() const {
  return state_->database.path();
}

RunRecord RunStore::record() const {
  auto facts = read_facts(state_->database);
  RunRecord record;
  record.version = facts["version"];
  record.scenario = facts["scenario"];
  record.scenario_text = facts["scenario_text"];
  record.scenario_resolved = facts["scenario_resolved"];
  record.path = facts["path"];
  record.made_at = facts["made_at"];
  record.assumptions = facts["assumptions"];
  record.options = facts["options"];
  record.closer_look = facts["closer_look"];
  const std::string& cluster = facts["cluster"];
  if (!cluster.empty())
    record.cluster = static_cast<std::uint32_t>(std::strtoul(cluster.c_str(), nullptr, 10));
  record.digest = facts["digest"];
  record.seed = std::strtoull(facts["seed"].c_str(), nullptr, 10);
  record.replications_planned = std::strtoull(facts["replications_planned"].c_str(), nullptr, 10);
  record.currency = facts["currency"];
  record.state = facts["state"];
  record.settings = read_texts(state_->database, "setting", "text");
  record.strategies = read_texts(state_->database, "strategy", "name");
  record.objectives = read_texts(state_->database, "objective", "name");
  return record;
}

std::uint64_t RunStore::replications() const {
  return static_cast<std::uint64_t>(
      state_->database.number("SELECT coalesce(sum(replications), 0) FROM block"));
}

void RunStore::each(const std::function<void(std::size_t strategy, std::uint64_t replication,
                                             const model::Outcome&)>& visit) const {
  Statement select(state_->database, select_replications());
  while (select.next()) {
    model::Outcome outcome;
    const auto strategy = static_cast<std::size_t>(select.integer());
    const auto replication = static_cast<std::uint64_t>(select.integer());
    outcome.digest = static_cast<std::uint64_t>(select.integer());
    outcome.events = static_cast<std::uint64_t>(select.integer());
    for (const char held : select.text()) outcome.objectives.push_back(held == '1' ? 1 : 0);
    const std::string curve = select.blob();
    std::size_t offset = 0;
    if (curve.size() == sizeof(outcome.ready_curve))
      for (double& time : outcome.ready_curve) time = get<double>(curve, offset);
    outcome.incidents = unpacked(select.blob());
    const std::string months = select.blob();
    for (std::size_t at = 0; at + sizeof(double) <= months.size();)
      outcome.cash_flow.push_back(get<double>(months, at));
    for (double& value : outcome.metrics) value = select.real();
    visit(strategy, replication, outcome);
  }
}

std::vector<Samples> RunStore::samples() const {
  std::vector<Samples> samples(read_texts(state_->database, "strategy", "name").size());
  each([&](std::size_t strategy, std::uint64_t, const model::Outcome& outcome) {
    if (strategy >= samples.size()) throw StoreError(path(), "the file is damaged");
    append(samples[strategy], outcome);
  });
  return samples;
}

}  // namespace rollcast::experiment
