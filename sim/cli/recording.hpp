#pragma once
/// A run's replications on their way into its record.
#include <atomic>

#include "conclusion.hpp"
#include "rollcast/experiment/folder_lock.hpp"
#include "rollcast/experiment/runner.hpp"

namespace rollcast::cli {

/// What is done where a run, or a part of it, is there already.
struct Existing {
  bool force = false;   ///< it is replaced, whatever it is
  bool resume = false;  ///< it is gone on with
};

class Recording {
 public:
  /// Opens the run's folder for this process alone, and its record; replications that are there
  /// already are read and the last of them is simulated again: another build than the one that made
  /// it must not go on with it. Throws StoreError, OtherRunError. What is given must outlive it.
  Recording(const scenario::Loaded& loaded, experiment::Simulator& simulator,
            const experiment::RunRecord& record, const Conclusion& how, const Existing& existing);

  /// Simulates what is missing, block by block into the record. Throws StoreError, which tells how
  /// much is kept, ReplicationError, and what `helpers` throw, who may be null. Nothing else may be
  /// called but the queries afterwards.
  experiment::RunEnd simulate(const std::atomic<bool>& stop, experiment::Helpers* helpers);

  /// Replications that are in the record.
  [[nodiscard]] std::uint64_t kept() const { return next_ - range_.first; }
  [[nodiscard]] experiment::Range range() const { return range_; }
  /// Of a whole run; a part has none.
  [[nodiscard]] std::vector<experiment::Samples> samples() { return collection_.take(); }

 private:
  void read_kept();
  void check_same_simulation(const std::vector<model::Outcome>& last);
  [[nodiscard]] bool complete() const;
  void keep(const experiment::Block& block);

  experiment::Simulator& simulator_;
  const experiment::RunRecord& record_;
  const Conclusion& how_;
  experiment::FolderLock lock_;
  bool resumes_;
  experiment::RunStore store_;
  experiment::Range range_;
  std::uint64_t next_;  ///< one beyond the last replication that is kept
  Collection collection_;
};

}  // namespace rollcast::cli
