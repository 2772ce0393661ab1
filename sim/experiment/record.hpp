#pragma once
/// What stands in run.sqlite (experiment/store.hpp tells its schema): statements, rows, facts.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rollcast/experiment/store.hpp"
#include "sqlite.hpp"

namespace rollcast::experiment {

/// Refuses what is no run of rollcast, or was written by one that is newer than this. Throws
/// StoreError.
void check_is_run(const Database& database);
/// Whether it has this rollcast's own schema: only such a run can be gone on with.
[[nodiscard]] bool has_own_schema(const Database& database);

/// The texts of a table of names, in order.
[[nodiscard]] std::vector<std::string> read_texts(const Database& database, const char* table,
                                                  const char* column);
/// Whether its blocks have checksums.
[[nodiscard]] bool has_checksums(const Database& database);
/// The statement that makes the table of replications.
[[nodiscard]] std::string replication_table();
[[noreturn]] void damaged_file(const Database& database);

/// Makes the tables of a new run and writes everything that is known before its first replication.
void write_new_run(Database& database, const RunRecord& record);
/// Throws StoreError where it is damaged.
[[nodiscard]] RunRecord read_record(const Database& database);
/// Facts of a run that change while it is made, by their keys.
using Facts = std::vector<std::pair<std::string_view, std::string_view>>;
/// In one transaction, with the checksum over all that is known beside the replications.
void replace_facts(Database& database, const Facts& facts);

/// The rows of a block, and the block itself, as one transaction would write them.
class BlockWriter {
 public:
  explicit BlockWriter(const Database& database);
  void write(const Block& block);

 private:
  Statement replication_;
  Statement block_;
};

/// Reads outcomes in the order in which they were written, and finds out whether they are all there
/// and whole.
class OutcomeReader {
 public:
  explicit OutcomeReader(const Database& database);
  /// False at the end. Throws StoreError where rows are missing or damaged.
  bool next();
  [[nodiscard]] std::size_t strategy() const { return strategy_; }
  [[nodiscard]] std::uint64_t replication() const { return replication_; }
  [[nodiscard]] const model::Outcome& outcome() const { return outcome_; }

 private:
  struct StoredBlock {
    std::uint64_t first = 0, replications = 0;
    std::optional<std::int64_t> check;
  };
  [[noreturn]] void damaged() const;
  void end_of_block();

  const Database& database_;
  std::size_t strategies_;
  std::size_t objectives_;
  std::optional<std::size_t> months_;  ///< that every outcome has
  std::vector<StoredBlock> blocks_;
  Statement select_;
  std::size_t block_ = 0;       ///< that is being read
  std::uint64_t in_block_ = 0;  ///< rows of it that were read
  std::uint32_t check_ = 0;
  std::size_t strategy_ = 0;
  std::uint64_t replication_ = 0;
  model::Outcome outcome_;
};

}  // namespace rollcast::experiment
