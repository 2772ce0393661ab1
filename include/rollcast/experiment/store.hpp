#pragma once
/// run.sqlite, the record of a run: what was asked, and what every replication yielded. A block of
/// replications is written in one transaction as soon as it is finished, so a crash, a full disk or
/// a power cut costs at most the blocks under way. It opens with plain sqlite3.
///
/// Schema, version 5 (`PRAGMA user_version`; `PRAGMA application_id` is 0x524f4c4c, "ROLL"). Runs
/// of version 4 are read, which do not have the table data; of version 3, whose curves are all
/// plain; and of version 2, which have neither the table version nor checksums nor shards:
///
///   version(part TEXT PRIMARY KEY, version TEXT)              what wrote the file: schema,
///       rollcast, sqlite, time zones (the data of the calendar)
///   run(key TEXT PRIMARY KEY, value TEXT)
///       version, scenario, scenario_text, scenario_resolved, path, made_at, assumptions, options,
///       overrides, cluster, sample_bytes, digest, seed, replications_planned, shard and
///       shards (1 of 1: the whole run), currency, state ("running", "finished", "interrupted"),
///       closer_look, checksum (CRC-32 over all of these and the names below; runs of before have
///       none)
///   setting(position INTEGER PRIMARY KEY, text TEXT)          --set of the command line, in order
///   data(position INTEGER PRIMARY KEY, name TEXT, content BLOB)   the tables that the scenario
///       names, as they were: whoever reads the run reads no other file
///   strategy(position INTEGER PRIMARY KEY, name TEXT)         counted from 0, as below
///   objective(position INTEGER PRIMARY KEY, name TEXT)
///   metric(position INTEGER PRIMARY KEY, name TEXT, unit TEXT, meaning TEXT)
///   block(first INTEGER PRIMARY KEY, replications INTEGER, checksum INTEGER)
///       finished blocks; they adjoin. checksum: CRC-32 over the rows of the block
///   replication(id INTEGER PRIMARY KEY, strategy INTEGER, replication INTEGER, digest INTEGER,
///               events INTEGER, objectives TEXT, ready_curve BLOB, incidents BLOB,
///               cash_flow BLOB,
///               and a REAL column for each metric, by its name)
///       id is replication * strategies + strategy. NULL in a metric: no value; infinity: not
///       reached. objectives: '1' or '0' for each, in order. digest: of the event sequence, as a
///       signed number. ready_curve: 40 doubles, seconds, entry k at ceil(k/40 N); where that is
///       shorter (always less than their 320 bytes), nine bytes for each run of equal entries: the
///       double and how many there are. incidents: nine bytes each: recovery hours, hours of data
///       lost (NaN: none; both float), 1 when open. cash_flow: a double for each calendar month,
///       money spent. All little-endian.
///
/// results/README.md has queries to start from.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "rollcast/experiment/results.hpp"
#include "rollcast/experiment/runner.hpp"
#include "rollcast/scenario/load.hpp"

namespace rollcast::experiment {

/// A file that cannot be written or read: the message names path and cause.
class StoreError : public std::runtime_error {
 public:
  StoreError(const std::string& path, const std::string& cause)
      : std::runtime_error(path + ": " + cause) {}
};

/// A record that holds what nobody wrote into it, and what to do about it.
inline constexpr const char* kDamaged =
    "the file is damaged: take a copy of it from a backup, or delete it and run the scenario again";

/// What to do where a folder holds something else.
inline constexpr const char* kReplaceRun =
    "Choose another folder with --out, or replace that run with --force.";

/// A folder that holds another run than the one asked for: no failure of the machine. `cure` says
/// what to do.
class OtherRunError : public std::runtime_error {
 public:
  explicit OtherRunError(const std::string& message, std::string cure = kReplaceRun)
      : std::runtime_error(message), cure_(std::move(cure)) {}
  [[nodiscard]] const std::string& cure() const { return cure_; }

 private:
  std::string cure_;
};

/// What a run was asked to do.
struct RunRecord {
  std::string version;
  std::string scenario;           ///< its name
  std::string scenario_text;      ///< all text that entered: the digest is of it
  std::string scenario_resolved;  ///< YAML with every default made explicit
  std::string path;               ///< of the scenario, as the user named it
  std::string made_at;            ///< when the run began, as text
  std::string assumptions;  ///< JSON: [path, value, origin, meaning] of every default that was used
  std::string digest;
  std::vector<std::string> settings;
  std::string options;    ///< further options of the command line that make the result
  std::string overrides;  ///< JSON: [path, value] of all that the command line changes
  std::optional<scenario::Tables> tables;  ///< of the scenario; absent in runs of older schemas
  std::uint32_t cluster = 1;               ///< as in Samples
  std::uint64_t sample_bytes = 0;          ///< as keep_within() takes them; 0: no bound
  std::string closer_look;  ///< closer_look_text(), once the run has ended; else empty
  std::uint64_t seed = 0;
  std::uint64_t replications_planned = 0;  ///< of the whole run
  std::uint32_t shard = 1;                 ///< which part of the run this is, counted from 1
  std::uint32_t shards = 1;                ///< how many parts it was cut into
  std::string currency;
  std::vector<std::string> strategies;
  std::vector<std::string> objectives;
  std::string state = "running";
};

/// The replications of a part of a run: parts adjoin and differ by one replication at most.
/// REQUIRES 1 <= shard <= shards.
[[nodiscard]] Range shard_range(std::uint64_t replications, std::uint32_t shard,
                                std::uint32_t shards);
/// "shard 2 of 7"
[[nodiscard]] std::string shard_words(const RunRecord& record);

/// 32 hexadecimal digits that identify a text: its name-based UUID (version 5, SHA-1).
[[nodiscard]] std::string digest_of(const std::string& text);

class RunStore {
 public:
  /// Begins a run in `folder`, which is created when it is missing. A finished run with the same
  /// digest and seed and no more replications that is already there is replaced; it is kept beside
  /// the new one as run.previous.sqlite until the new one has finished. Another run, and one that
  /// is not finished, is replaced only with `force`, else OtherRunError. A file that is no run of
  /// rollcast is never replaced. The run appears as a whole, and while it is open no other process
  /// can write or read it. Throws StoreError, OtherRunError.
  static RunStore create(const std::string& folder, const RunRecord& record, bool force);
  /// Goes on with the run in `folder` where it ended. Throws OtherRunError, and leaves it as it is,
  /// when it is not the run that `record` asks for; StoreError as create(). REQUIRES is_in(folder).
  static RunStore resume(const std::string& folder, const RunRecord& record);
  /// Whether there is a run in `folder`. Undoes what a crash of create() left half done.
  static bool is_in(const std::string& folder);
  /// Opens the run in `folder` for reading. Throws StoreError.
  static RunStore open(const std::string& folder);

  RunStore(RunStore&&) noexcept;
  RunStore& operator=(RunStore&&) noexcept;
  ~RunStore();

  /// Stores a block in one transaction. Throws StoreError; what was stored before stays.
  void add(const Block& block);
  /// Ends the run: "finished" or "interrupted". A run without any block gives way to the one that
  /// it was to replace. Nothing else may be called afterwards. Throws StoreError.
  void finish(bool interrupted);

  /// Adds what was found out after the last replication to the run in `folder`. Throws StoreError.
  static void keep_closer_look(const std::string& folder, const std::string& text);

  [[nodiscard]] const std::string& path() const;
  [[nodiscard]] RunRecord record() const;
  /// Replications of every strategy that are stored.
  [[nodiscard]] std::uint64_t replications() const;
  /// Those that the run or its part is to have.
  [[nodiscard]] Range range() const;
  /// Calls `visit` for every stored outcome: replication by replication, the strategies of each.
  /// Values are the stored ones to the last bit (zero loses its sign). Throws StoreError, also when
  /// some are missing or damaged.
  void each(const std::function<void(std::size_t strategy, std::uint64_t replication,
                                     const model::Outcome& outcome)>& visit) const;
  /// The samples of each strategy, within the record's bound.
  [[nodiscard]] std::vector<Samples> samples() const;

 private:
  struct State;
  explicit RunStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace rollcast::experiment
