#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <boost/crc.hpp>
#include <cstring>
#include <numeric>
#include <optional>

#include "record.hpp"

namespace rollcast::experiment {
namespace {

using model::kMetrics;
using model::Metric;

static_assert(std::endian::native == std::endian::little, "blobs are stored as they lie in memory");

std::string_view name_of(Metric metric) {
  return model::metric_info(metric).name;
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

}  // namespace

std::string replication_table() {
  std::string sql =
      "CREATE TABLE replication(id INTEGER PRIMARY KEY, strategy INTEGER, replication INTEGER, "
      "digest INTEGER, events INTEGER, objectives TEXT, ready_curve BLOB, incidents BLOB, "
      "cash_flow BLOB";
  for (std::size_t i = 0; i < kMetrics; ++i)
    sql += fmt::format(", \"{}\" REAL", name_of(static_cast<Metric>(i)));
  return sql + ")";
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
  const bool checked = has_checksums(database);
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
