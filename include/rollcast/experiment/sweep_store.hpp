#pragma once
/// sweep.sqlite, the record of a sweep: every finished point, written in one transaction as soon as
/// it is finished, so that a sweep that was stopped goes on where it was. It opens with plain
/// sqlite3. Other explorations keep the same record of what they have simulated, under the name of
/// their command: optimize.sqlite, rare.sqlite.
///
/// Schema, version 1 (`PRAGMA user_version`; `PRAGMA application_id` is 0x524f4c53, "ROLS"):
///
///   sweep(key TEXT PRIMARY KEY, value TEXT)
///       command, version, scenario, scenario_text, scenario_resolved, path, digest, seed,
///       replications
///   estimate(position INTEGER PRIMARY KEY, words TEXT)        counted from 0, as below
///   strategy(position INTEGER PRIMARY KEY, name TEXT)
///   axis(position INTEGER PRIMARY KEY, path TEXT)
///   point(position INTEGER PRIMARY KEY, leader INTEGER)       finished points; NULL: nobody leads
///   place(point INTEGER, axis INTEGER, value TEXT)            the values of each finished point
///   cell(point INTEGER, strategy INTEGER, estimate INTEGER, value REAL, low REAL, high REAL,
///        samples BLOB)
///       NULL: not reached, or no interval. samples: a double for each replication, little-endian.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rollcast/experiment/store.hpp"
#include "rollcast/experiment/sweep.hpp"

namespace rollcast::experiment {

/// What a sweep was asked to do.
struct SweepRecord {
  std::string command = "sweep";  ///< gives the file its name
  std::string version;
  std::string scenario;           ///< its name
  std::string scenario_text;      ///< all text that entered, axes included: the digest is of it
  std::string scenario_resolved;  ///< YAML with every default made explicit
  std::string path;               ///< of the scenario, as the user named it
  std::string digest;
  std::uint64_t seed = 0;
  std::uint64_t replications = 0;
  std::vector<std::string> estimates;
  std::vector<std::string> strategies;
  std::vector<std::string> axes;
};

class SweepStore {
 public:
  /// Begins a sweep in `folder`, which is created when it is missing. The same sweep that is
  /// already there is replaced, another one only with `force`, else OtherRunError. A file that is
  /// no sweep of rollcast is never replaced. Throws StoreError, OtherRunError, here and below.
  static SweepStore create(const std::string& folder, const SweepRecord& record, bool force);
  /// Whether there is one like `record`, or a file in its place.
  [[nodiscard]] static bool is_in(const std::string& folder, const SweepRecord& record);
  /// Goes on with the sweep in `folder`, which must be the same one.
  static SweepStore resume(const std::string& folder, const SweepRecord& record);

  SweepStore(SweepStore&&) noexcept;
  SweepStore& operator=(SweepStore&&) noexcept;
  ~SweepStore();

  /// Stores a finished point in one transaction.
  void add(std::size_t index, const SweepPoint& point, const PointResult& result);
  /// One beyond the last finished point.
  [[nodiscard]] std::size_t points() const;
  /// The finished ones of `points` points; every number is the stored one to the last bit.
  [[nodiscard]] std::vector<std::optional<PointResult>> results(std::size_t points) const;
  /// One plain file from now on, which opens from a read-only folder too. Nothing else may be
  /// called afterwards.
  void finish();

 private:
  struct State;
  explicit SweepStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace rollcast::experiment
