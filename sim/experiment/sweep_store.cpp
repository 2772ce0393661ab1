#include "rollcast/experiment/sweep_store.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <map>

#include "rollcast/base/assertion.hpp"
#include "sqlite.hpp"

namespace rollcast::experiment {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kApplication = 0x524f4c53;
constexpr std::int64_t kSchemaVersion = 1;
constexpr double kNull = std::numeric_limits<double>::quiet_NaN();

constexpr const char* kSchema = R"(
  CREATE TABLE sweep(key TEXT PRIMARY KEY, value TEXT);
  CREATE TABLE estimate(position INTEGER PRIMARY KEY, words TEXT);
  CREATE TABLE strategy(position INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE axis(position INTEGER PRIMARY KEY, path TEXT);
  CREATE TABLE point(position INTEGER PRIMARY KEY, leader INTEGER);
  CREATE TABLE place(point INTEGER, axis INTEGER, value TEXT);
  CREATE TABLE cell(point INTEGER, strategy INTEGER, estimate INTEGER, value REAL, low REAL,
                    high REAL, samples BLOB);
)";

void write_texts(const Database& database, const char* table,
                 const std::vector<std::string>& texts) {
  Statement insert(database, fmt::format("INSERT INTO {} VALUES(?,?)", table));
  for (std::size_t i = 0; i < texts.size(); ++i)
    insert.bind(static_cast<std::int64_t>(i)).bind(std::string_view(texts[i])).run();
}

fs::path file_of(const std::string& folder, const SweepRecord& record) {
  return fs::path(folder) / (record.command + ".sqlite");
}

void check_is_sweep(const Database& database) {
  if (database.number("PRAGMA application_id") != kApplication)
    throw StoreError(database.path(), "this is no record of an exploration of rollcast");
  const std::int64_t version = database.number("PRAGMA user_version");
  if (version != kSchemaVersion)
    throw StoreError(database.path(),
                     fmt::format("written by another rollcast (schema {}, this one reads {})",
                                 version, kSchemaVersion));
}

/// Why the sweep that is there is not the one that is meant; empty when it is.
std::string difference(const Database& database, const SweepRecord& record) {
  std::map<std::string, std::string> facts;
  Statement select(database, "SELECT key, value FROM sweep");
  while (select.next()) {
    std::string key = select.text();
    facts[std::move(key)] = select.text();
  }
  if (facts["digest"] != record.digest)
    return fmt::format("another state of scenario {} (its text, axes, settings or tables differ)",
                       facts["scenario"]);
  if (facts["seed"] != std::to_string(record.seed))
    return fmt::format("seed {} (now {})", facts["seed"], record.seed);
  if (facts["replications"] != std::to_string(record.replications))
    return fmt::format("{} replications a point (now {})", facts["replications"],
                       record.replications);
  if (facts["version"] != record.version)
    return fmt::format("rollcast {} (this is {})", facts["version"], record.version);
  return {};
}

/// What the record is of, in words: commands are verbs or nouns.
std::string noun_of(const SweepRecord& record) {
  if (record.command == "rare") return "record of estimates";
  return record.command == "optimize" ? "search" : record.command;
}

std::string packed(const std::vector<double>& values) {
  std::string bytes(values.size() * sizeof(double), '\0');
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

std::vector<double> unpacked(const std::string& bytes) {
  std::vector<double> values(bytes.size() / sizeof(double));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(double));
  return values;
}

}  // namespace

struct SweepStore::State {
  State(const fs::path& file, int flags) : database(file.string(), flags) {
    // Exclusive: a second process that comes here is told.
    database.execute(
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  }
  Database database;
};

SweepStore::SweepStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
SweepStore::SweepStore(SweepStore&&) noexcept = default;
SweepStore& SweepStore::operator=(SweepStore&&) noexcept = default;
SweepStore::~SweepStore() = default;

SweepStore SweepStore::create(const std::string& folder, const SweepRecord& record, bool force) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw StoreError(folder, "cannot make the folder: " + error.message());
  const fs::path file = file_of(folder, record);
  if (fs::exists(file, error)) {
    {
      const Database existing(file.string(), SQLITE_OPEN_READWRITE);
      check_is_sweep(existing);
      const std::string other = difference(existing, record);
      if (!force && !other.empty())
        throw OtherRunError(fmt::format("{} holds a {} with {}", folder, noun_of(record), other));
    }
    for (const char* ending : {"", "-wal", "-shm", "-journal"})
      fs::remove(file.string() + ending, error);
  }
  auto state = std::make_unique<State>(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  Database& database = state->database;
  Transaction transaction(database);
  database.execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplication,
                               kSchemaVersion));
  database.execute(kSchema);
  Statement fact(database, "INSERT INTO sweep VALUES(?,?)");
  const auto put = [&](std::string_view key, std::string_view value) {
    fact.bind(key).bind(value).run();
  };
  put("command", record.command);
  put("version", record.version);
  put("scenario", record.scenario);
  put("scenario_text", record.scenario_text);
  put("scenario_resolved", record.scenario_resolved);
  put("path", record.path);
  put("digest", record.digest);
  put("seed", std::to_string(record.seed));
  put("replications", std::to_string(record.replications));
  write_texts(database, "estimate", record.estimates);
  write_texts(database, "strategy", record.strategies);
  write_texts(database, "axis", record.axes);
  transaction.commit();
  return SweepStore(std::move(state));
}

bool SweepStore::is_in(const std::string& folder, const SweepRecord& record) {
  std::error_code error;
  return fs::exists(file_of(folder, record), error);
}

SweepStore SweepStore::resume(const std::string& folder, const SweepRecord& record) {
  const fs::path file = file_of(folder, record);
  std::error_code error;
  if (!fs::exists(file, error))
    throw OtherRunError(fmt::format("{} holds no {} that could go on", folder, noun_of(record)));
  auto state = std::make_unique<State>(file, SQLITE_OPEN_READWRITE);
  check_is_sweep(state->database);
  const std::string other = difference(state->database, record);
  if (!other.empty())
    throw OtherRunError(fmt::format("{} holds a {} with {}", folder, noun_of(record), other));
  return SweepStore(std::move(state));
}

void SweepStore::add(std::size_t index, const SweepPoint& point, const PointResult& result) {
  Database& database = state_->database;
  Transaction transaction(database);
  const auto position = static_cast<std::int64_t>(index);
  Statement insert_point(database, "INSERT INTO point VALUES(?,?)");
  insert_point.bind(position);
  if (result.leader)
    insert_point.bind(static_cast<std::int64_t>(*result.leader));
  else
    insert_point.bind(kNull);
  insert_point.run();
  Statement place(database, "INSERT INTO place VALUES(?,?,?)");
  for (std::size_t axis = 0; axis < point.values.size(); ++axis)
    place.bind(position)
        .bind(static_cast<std::int64_t>(axis))
        .bind(std::string_view(point.values[axis]))
        .run();
  Statement insert(database, "INSERT INTO cell VALUES(?,?,?,?,?,?,?)");
  for (std::size_t strategy = 0; strategy < result.cells.size(); ++strategy)
    for (std::size_t estimate = 0; estimate < result.cells[strategy].size(); ++estimate) {
      const Cell& cell = result.cells[strategy][estimate];
      insert.bind(position)
          .bind(static_cast<std::int64_t>(strategy))
          .bind(static_cast<std::int64_t>(estimate))
          .bind(cell.value.value_or(kNull))
          .bind(cell.interval ? cell.interval->low : kNull)
          .bind(cell.interval ? cell.interval->high : kNull)
          .bind_blob(packed(result.samples[strategy][estimate]))
          .run();
    }
  transaction.commit();
}

std::vector<std::optional<PointResult>> SweepStore::results(std::size_t points) const {
  std::vector<std::optional<PointResult>> results(points);
  const Database& database = state_->database;
  Statement select(database, "SELECT position, coalesce(leader, -1) FROM point ORDER BY position");
  while (select.next()) {
    const auto position = static_cast<std::size_t>(select.integer());
    if (position >= points) throw StoreError(database.path(), kDamaged);
    results[position].emplace();
    const std::int64_t leader = select.integer();
    if (leader >= 0) results[position]->leader = static_cast<std::size_t>(leader);
  }
  Statement cells(database,
                  "SELECT point, strategy, value, low, high, samples FROM cell "
                  "ORDER BY point, strategy, estimate");
  while (cells.next()) {
    const auto position = static_cast<std::size_t>(cells.integer());
    const auto strategy = static_cast<std::size_t>(cells.integer());
    if (position >= points || !results[position] || strategy > results[position]->cells.size())
      throw StoreError(database.path(), kDamaged);
    PointResult& result = *results[position];
    if (strategy == result.cells.size()) {
      result.cells.emplace_back();
      result.samples.emplace_back();
    }
    Cell cell;
    const double value = cells.real(), low = cells.real(), high = cells.real();
    if (!std::isnan(value)) cell.value = value;
    if (!std::isnan(low)) cell.interval = stats::Interval{low, high};
    result.cells[strategy].push_back(cell);
    result.samples[strategy].push_back(unpacked(cells.blob()));
  }
  return results;
}

std::size_t SweepStore::points() const {
  return static_cast<std::size_t>(
      state_->database.number("SELECT coalesce(max(position) + 1, 0) FROM point"));
}

void SweepStore::finish() {
  state_->database.execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE");
  state_.reset();
}

}  // namespace rollcast::experiment
