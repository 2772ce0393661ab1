#pragma once
/// What follows when replications are there: by `run`, and by `merge`.
#include <atomic>
#include <string>
#include <vector>

#include "report_files.hpp"
#include "rollcast/experiment/draws.hpp"
#include "rollcast/experiment/precision.hpp"
#include "rollcast/experiment/ranks.hpp"

namespace rollcast::cli {

/// The option that leaves out what the verdict hangs on; a record keeps it.
inline constexpr const char* kNoConditions = "--no-conditions";

struct Conclusion {
  ReportFiles files;
  unsigned jobs = 0;       ///< worker threads for what is simulated in addition; 0: one a core
  bool conditions = true;  ///< try what the verdict hangs on
  bool require_objectives = false;
};

/// The samples of each strategy as replications are added, and when they suffice.
class Collection {
 public:
  /// `scenario` must outlive the collection.
  Collection(const model::Scenario& scenario, const experiment::RunRecord& record);
  /// The outcome of the next strategy of a replication, or of the first one of the next.
  void add(const model::Outcome& outcome);
  [[nodiscard]] std::uint64_t replications() const { return samples_.front().replications; }
  /// How many replications the run takes in all, as far as is known: a precision that is asked for
  /// may be reached sooner.
  [[nodiscard]] std::uint64_t enough() const { return enough_; }
  [[nodiscard]] std::vector<experiment::Samples> take() { return std::move(samples_); }

 private:
  void look();

  std::vector<experiment::Samples> samples_;
  std::size_t next_ = 0;
  std::uint64_t bytes_;  ///< for values that are kept one by one
  std::optional<experiment::StoppingRule> rule_;
  std::uint64_t most_;
  std::uint64_t enough_;
};

/// Finished or not, what there is: looks closer at it when it is finished, with the `ranks` where
/// there are some, writes the files of the run's folder and prints the table. The exit code.
int conclude(const scenario::Loaded& loaded, experiment::Simulator& simulator,
             const experiment::RunRecord& record, const Conclusion& how, bool interrupted,
             std::vector<experiment::Samples> samples, const std::atomic<bool>& stop,
             experiment::RankLeader* ranks = nullptr);

/// The command that goes on with a run that is in `folder`.
[[nodiscard]] std::string resume_command(const experiment::RunRecord& record,
                                         const std::string& folder);

/// Ends with a message that tells how to see a defect again.
[[noreturn]] void tell_defect(const experiment::ReplicationError& error,
                              const experiment::RunRecord& record);

}  // namespace rollcast::cli
