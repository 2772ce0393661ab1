#include "record.hpp"

#include <fmt/format.h>

#include <boost/crc.hpp>
#include <cstdlib>
#include <map>

#include "rollcast/base/civil.hpp"

namespace rollcast::experiment {
namespace {

using model::kMetrics;
using model::Metric;

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

std::map<std::string, std::string> read_facts(const Database& database) {
  std::map<std::string, std::string> facts;
  Statement select(database, "SELECT key, value FROM run");
  while (select.next()) {
    std::string key = select.text();
    facts[std::move(key)] = select.text();
  }
  return facts;
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

void damaged_file(const Database& database) {
  throw StoreError(database.path(), kDamaged);
}

std::vector<std::string> read_texts(const Database& database, const char* table,
                                    const char* column) {
  std::vector<std::string> texts;
  Statement select(database, fmt::format("SELECT {} FROM {} ORDER BY position", column, table));
  while (select.next()) texts.push_back(select.text());
  return texts;
}

bool has_checksums(const Database& database) {
  return database.number("PRAGMA user_version") >= kFirstWithChecksums;
}

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

}  // namespace rollcast::experiment
