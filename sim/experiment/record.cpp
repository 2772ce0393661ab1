#include "record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <boost/crc.hpp>
#include <cstdlib>
#include <cstring>
#include <map>
#include <numeric>
#include <optional>

#include "rollcast/base/assertion.hpp"
#include "rollcast/base/civil.hpp"

namespace rollcast::experiment {
namespace {

using model::kMetrics;
using model::Metric;

static_assert(std::endian::native == std::endian::little, "blobs are stored as they lie in memory");

constexpr std::int64_t kApplication = 0x524f4c4c;
constexpr std::int64_t kSchemaVersion = 5;
constexpr std::int64_t kFirstWithData = 5;
constexpr std::int64_t kFirstWithChecksums = 3;
constexpr std::int64_t kOldestSchema = 2;
constexpr const char* kChecksum = "checksum";  ///< the fact that guards the others

constexpr const char* kSchema = R"(
  CREATE TABLE version(part TEXT PRIMARY KEY, version TEXT);
  CREATE TABLE run(key TEXT PRIMARY KEY, value TEXT);
  CREATE TABLE setting(position INTEGER PRIMARY KEY, text TEXT);
  CREATE TABLE data(position INTEGER PRIMARY KEY, name TEXT, content BLOB);
  CREATE TABLE strategy(position INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE objective(position INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE metric(position INTEGER PRIMARY KEY, name TEXT, unit TEXT, meaning TEXT);
  CREATE TABLE block(first INTEGER PRIMARY KEY, replications INTEGER, checksum INTEGER);
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

std::string_view name_of(Metric metric) {
  return model::metric_info(metric).name;
}

std::string replication_table() {
  std::string sql =
      "CREATE TABLE replication(id INTEGER PRIMARY KEY, strategy INTEGER, replication INTEGER, "
      "digest INTEGER, events INTEGER, objectives TEXT, ready_curve BLOB, incidents BLOB, "
      "cash_flow BLOB";
  for (std::size_t i = 0; i < kMetrics; ++i)
    sql += fmt::format(", \"{}\" REAL", name_of(static_cast<Metric>(i)));
  return sql + ")";
}

std::string insert_replication() {
  std::string sql = "INSERT INTO replication VALUES(?,?,?,?,?,?,?,?,?";
  for (std::size_t i = 0; i < kMetrics; ++i) sql += ",?";
  return sql + ")";
}

std::vector<std::string> columns_of(const Database& database) {
  std::vector<std::string> columns;
  Statement info(database, "SELECT name FROM pragma_table_info('replication')");
  while (info.next()) columns.push_back(info.text());
  return columns;
}

/// A metric that the writing rollcast did not know has no value.
std::string select_replications(const Database& database) {
  const std::vector<std::string> columns = columns_of(database);
  std::string sql =
      "SELECT strategy, replication, digest, events, objectives, ready_curve, incidents, "
      "cash_flow";
  for (std::size_t i = 0; i < kMetrics; ++i) {
    const std::string_view name = name_of(static_cast<Metric>(i));
    const bool known = std::find(columns.begin(), columns.end(), name) != columns.end();
    sql += known ? fmt::format(", \"{}\"", name) : ", NULL";
  }
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

using Curve = decltype(model::Outcome::ready_curve);

/// Equal entries that follow each other as one: of a small fleet a few stand for all. Plain where
/// that would be no shorter.
std::string packed_curve(const std::string& plain) {
  constexpr std::size_t kEntry = sizeof(Curve::value_type);
  std::string bytes;
  for (std::size_t at = 0, next = 0; at < plain.size(); at = next) {
    next = at + kEntry;
    while (next < plain.size() && plain.compare(next, kEntry, plain, at, kEntry) == 0)
      next += kEntry;
    bytes.append(plain, at, kEntry);
    put(bytes, static_cast<std::uint8_t>((next - at) / kEntry));
  }
  return bytes.size() < plain.size() ? bytes : plain;
}

/// Nothing when the bytes are no curve.
std::optional<Curve> unpacked_curve(const std::string& bytes) {
  Curve curve{};
  const bool plain = bytes.size() == sizeof curve;
  std::size_t entry = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    if (!plain && bytes.size() - at <= sizeof(Curve::value_type)) return std::nullopt;
    const auto time = get<Curve::value_type>(bytes, at);
    const std::size_t count = plain ? 1 : get<std::uint8_t>(bytes, at);
    if (count > curve.size() - entry) return std::nullopt;
    std::fill_n(curve.begin() + static_cast<std::ptrdiff_t>(entry), count, time);
    entry += count;
  }
  if (entry != curve.size()) return std::nullopt;
  return curve;
}

/// An outcome as its row holds it; the curve not packed yet, which is how checksums see it.
struct Row {
  std::string objectives, curve, incidents, months;
  std::array<double, kMetrics> metrics;
};

Row row_of(const model::Outcome& outcome) {
  Row row;
  for (const std::uint8_t held : outcome.objectives) row.objectives += held != 0 ? '1' : '0';
  for (const double time : outcome.ready_curve) put(row.curve, time);
  row.incidents = packed(outcome.incidents);
  for (const double month : outcome.cash_flow) put(row.months, month);
  row.metrics = outcome.metrics;
  return row;
}

/// The metrics by their names: an order that stays when there are more of them.
const std::array<std::size_t, kMetrics>& metrics_by_name() {
  static const auto kOrder = [] {
    std::array<std::size_t, kMetrics> order{};
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [](std::size_t a, std::size_t b) {
      return name_of(static_cast<Metric>(a)) < name_of(static_cast<Metric>(b));
    });
    return order;
  }();
  return kOrder;
}

/// Goes on with a checksum over what a row holds. What has no value, or is a metric that the
/// writing rollcast did not know, takes no part (one that is renamed or dropped takes a new
/// schema); zero loses its sign.
std::uint32_t checksum(std::uint32_t before, const model::Outcome& outcome, const Row& row) {
  std::string bytes;
  put(bytes, before);
  put(bytes, outcome.digest);
  put(bytes, outcome.events);
  for (const std::size_t metric : metrics_by_name())
    if (row.metrics[metric] == row.metrics[metric]) put(bytes, row.metrics[metric] + 0.0);
  bytes += row.objectives + row.curve + row.incidents + row.months;
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

[[noreturn]] void damaged_file(const Database& database) {
  throw StoreError(database.path(),
                   "the file is damaged: what stands in it is not what a run wrote");
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

bool has_data(const Database& database) {
  return database.number("PRAGMA user_version") >= kFirstWithData;
}

std::vector<std::pair<std::string, std::string>> read_data(const Database& database) {
  std::vector<std::pair<std::string, std::string>> data;
  Statement select(database, "SELECT name, content FROM data ORDER BY position");
  while (select.next()) {
    std::string name = select.text();
    data.emplace_back(std::move(name), select.blob());
  }
  return data;
}

void write_data(const Database& database, const scenario::Tables& tables) {
  Statement insert(database, "INSERT INTO data VALUES(?,?,?)");
  std::int64_t position = 0;
  for (const auto& [name, content] : tables)
    insert.bind(position++).bind(std::string_view(name)).bind_blob(content).run();
}

void write_pairs(const Database& database, const char* table, const Facts& pairs) {
  Statement insert(database, fmt::format("INSERT INTO {} VALUES(?,?)", table));
  for (const auto& [key, value] : pairs) insert.bind(key).bind(value).run();
}

void write_facts(const Database& database, const RunRecord& record) {
  const std::string cluster = std::to_string(record.cluster);
  const std::string bytes = std::to_string(record.sample_bytes);
  const std::string seed = std::to_string(record.seed);
  const std::string planned = std::to_string(record.replications_planned);
  const std::string shard = std::to_string(record.shard);
  const std::string shards = std::to_string(record.shards);
  write_pairs(database, "run",
              {{"version", record.version},
               {"scenario", record.scenario},
               {"scenario_text", record.scenario_text},
               {"scenario_resolved", record.scenario_resolved},
               {"path", record.path},
               {"made_at", record.made_at},
               {"assumptions", record.assumptions},
               {"options", record.options},
               {"overrides", record.overrides},
               {"cluster", cluster},
               {"sample_bytes", bytes},
               {"digest", record.digest},
               {"seed", seed},
               {"replications_planned", planned},
               {"shard", shard},
               {"shards", shards},
               {"currency", record.currency},
               {"state", "running"}});
}

void write_metrics(const Database& database) {
  Statement metric(database, "INSERT INTO metric VALUES(?,?,?,?)");
  for (std::size_t i = 0; i < kMetrics; ++i) {
    const model::MetricInfo& info = model::metric_info(static_cast<Metric>(i));
    metric.bind(static_cast<std::int64_t>(i))
        .bind(info.name)
        .bind(name_of(info.unit))
        .bind(info.meaning)
        .run();
  }
}

/// Over everything that stands in the file beside its replications and blocks.
std::string checksum_of_facts(const Database& database) {
  boost::crc_32_type crc;
  const auto add = [&](const std::string& text) {
    const std::uint64_t size = text.size();
    crc.process_bytes(&size, sizeof size);
    crc.process_bytes(text.data(), text.size());
  };
  for (const auto& [key, value] : read_facts(database))
    if (key != kChecksum) {
      add(key);
      add(value);
    }
  if (has_data(database))
    for (const auto& [name, content] : read_data(database)) {
      add(name);
      add(content);
    }
  for (const auto& [table, columns] :
       {std::pair{"setting", "text"}, std::pair{"strategy", "name"}, std::pair{"objective", "name"},
        std::pair{"metric", "name || unit || meaning"}})
    for (const std::string& text : read_texts(database, table, columns)) add(text);
  return std::to_string(crc.checksum());
}

void write_checksum(const Database& database) {
  const std::string check = checksum_of_facts(database);
  Statement(database, "INSERT OR REPLACE INTO run VALUES(?,?)")
      .bind(std::string_view(kChecksum))
      .bind(std::string_view(check))
      .run();
}

std::uint32_t number_of(const std::string& text, std::uint32_t otherwise) {
  return text.empty() ? otherwise
                      : static_cast<std::uint32_t>(std::strtoul(text.c_str(), nullptr, 10));
}

}  // namespace

void check_is_run(const Database& database) {
  if (database.number("PRAGMA application_id") != kApplication)
    throw StoreError(database.path(), "this is no run of rollcast");
  const std::int64_t version = database.number("PRAGMA user_version");
  if (version < kOldestSchema || version > kSchemaVersion)
    throw StoreError(database.path(),
                     fmt::format("written by another rollcast (schema {}, this one reads {} to {})",
                                 version, kOldestSchema, kSchemaVersion));
}

bool has_own_schema(const Database& database) {
  return database.number("PRAGMA user_version") == kSchemaVersion;
}

void write_new_run(Database& database, const RunRecord& record) {
  database.execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplication,
                               kSchemaVersion));
  database.execute(kSchema);
  database.execute(replication_table());
  const std::string schema = std::to_string(kSchemaVersion);
  write_pairs(database, "version",
              {{"schema", schema},
               {"rollcast", record.version},
               {"sqlite", sqlite3_libversion()},
               {"time zones", time_zone_data_version()}});
  write_facts(database, record);
  write_texts(database, "setting", record.settings);
  if (record.tables) write_data(database, *record.tables);
  write_texts(database, "strategy", record.strategies);
  write_texts(database, "objective", record.objectives);
  write_metrics(database);
  write_checksum(database);
}

void replace_facts(Database& database, const Facts& facts) {
  Transaction transaction(database);
  Statement insert(database, "INSERT OR REPLACE INTO run VALUES(?,?)");
  for (const auto& [key, value] : facts) insert.bind(key).bind(value).run();
  write_checksum(database);
  transaction.commit();
}

RunRecord read_record(const Database& database) {
  auto facts = read_facts(database);
  const auto check = facts.find(kChecksum);
  if (check != facts.end() && check->second != checksum_of_facts(database)) damaged_file(database);
  RunRecord record;
  record.version = facts["version"];
  record.scenario = facts["scenario"];
  record.scenario_text = facts["scenario_text"];
  record.scenario_resolved = facts["scenario_resolved"];
  record.path = facts["path"];
  record.made_at = facts["made_at"];
  record.assumptions = facts["assumptions"];
  record.options = facts["options"];
  record.overrides = facts["overrides"];
  record.closer_look = facts["closer_look"];
  record.cluster = number_of(facts["cluster"], 1);
  record.sample_bytes = std::strtoull(facts["sample_bytes"].c_str(), nullptr, 10);
  record.shard = number_of(facts["shard"], 1);
  record.shards = number_of(facts["shards"], 1);
  record.digest = facts["digest"];
  record.seed = std::strtoull(facts["seed"].c_str(), nullptr, 10);
  if (record.cluster == 0 || record.shard == 0 || record.shard > record.shards)
    damaged_file(database);
  record.replications_planned = std::strtoull(facts["replications_planned"].c_str(), nullptr, 10);
  record.currency = facts["currency"];
  record.state = facts["state"];
  record.settings = read_texts(database, "setting", "text");
  if (has_data(database)) {
    record.tables.emplace();
    for (auto& [name, content] : read_data(database))
      record.tables->emplace(std::move(name), std::move(content));
  }
  record.strategies = read_texts(database, "strategy", "name");
  record.objectives = read_texts(database, "objective", "name");
  return record;
}

BlockWriter::BlockWriter(const Database& database)
    : replication_(database, insert_replication()),
      block_(database, "INSERT INTO block VALUES(?,?,?)") {}

void BlockWriter::write(const Block& block) {
  std::uint32_t check = 0;
  for (std::uint64_t offset = 0; offset < block.replications; ++offset)
    for (std::size_t strategy = 0; strategy < block.strategies; ++strategy) {
      const model::Outcome& outcome = block.at(offset, strategy);
      const std::uint64_t replication = block.first + offset;
      const Row row = row_of(outcome);
      check = checksum(check, outcome, row);
      replication_.bind(static_cast<std::int64_t>(replication * block.strategies + strategy))
          .bind(static_cast<std::int64_t>(strategy))
          .bind(static_cast<std::int64_t>(replication))
          .bind(static_cast<std::int64_t>(outcome.digest))
          .bind(static_cast<std::int64_t>(outcome.events))
          .bind(std::string_view(row.objectives))
          .bind_blob(packed_curve(row.curve))
          .bind_blob(row.incidents)
          .bind_blob(row.months);
      for (const double value : row.metrics) replication_.bind(value);
      replication_.run();
    }
  block_.bind(static_cast<std::int64_t>(block.first))
      .bind(static_cast<std::int64_t>(block.replications))
      .bind(static_cast<std::int64_t>(check))
      .run();
}

OutcomeReader::OutcomeReader(const Database& database)
    : database_(database),
      strategies_(read_texts(database, "strategy", "name").size()),
      objectives_(read_texts(database, "objective", "name").size()),
      select_(database, select_replications(database)) {
  const bool checked = database.number("PRAGMA user_version") >= kFirstWithChecksums;
  Statement blocks(database, fmt::format("SELECT first, replications, {} FROM block ORDER BY first",
                                         checked ? "checksum" : "NULL"));
  while (blocks.next()) {
    StoredBlock block;
    block.first = static_cast<std::uint64_t>(blocks.integer());
    block.replications = static_cast<std::uint64_t>(blocks.integer());
    if (checked) block.check = blocks.integer();
    const bool adjoins =
        blocks_.empty() || block.first == blocks_.back().first + blocks_.back().replications;
    if (!adjoins || block.replications == 0 || strategies_ == 0) damaged();
    blocks_.push_back(block);
  }
}

void OutcomeReader::damaged() const {
  damaged_file(database_);
}

void OutcomeReader::end_of_block() {
  const auto& expected = blocks_[block_].check;
  if (expected && *expected != static_cast<std::int64_t>(check_)) damaged();
  ++block_;
  in_block_ = 0;
  check_ = 0;
}

bool OutcomeReader::next() {
  if (!select_.next()) {
    if (block_ != blocks_.size()) damaged();
    return false;
  }
  outcome_ = {};
  strategy_ = static_cast<std::size_t>(select_.integer());
  replication_ = static_cast<std::uint64_t>(select_.integer());
  if (block_ == blocks_.size() || strategy_ != in_block_ % strategies_ ||
      replication_ != blocks_[block_].first + in_block_ / strategies_)
    damaged();
  outcome_.digest = static_cast<std::uint64_t>(select_.integer());
  outcome_.events = static_cast<std::uint64_t>(select_.integer());
  for (const char held : select_.text()) outcome_.objectives.push_back(held == '1' ? 1 : 0);
  const auto curve = unpacked_curve(select_.blob());
  if (!curve) damaged();
  outcome_.ready_curve = *curve;
  outcome_.incidents = unpacked(select_.blob());
  const std::string months = select_.blob();
  for (std::size_t at = 0; at + sizeof(double) <= months.size();)
    outcome_.cash_flow.push_back(get<double>(months, at));
  for (double& value : outcome_.metrics) value = select_.real();
  if (!months_) months_ = outcome_.cash_flow.size();
  if (outcome_.objectives.size() != objectives_ || outcome_.cash_flow.size() != *months_) damaged();
  if (blocks_[block_].check) check_ = checksum(check_, outcome_, row_of(outcome_));
  if (++in_block_ == blocks_[block_].replications * strategies_) end_of_block();
  return true;
}

}  // namespace rollcast::experiment
