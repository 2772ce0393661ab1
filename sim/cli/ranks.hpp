#pragma once
/// The processes that one `mpirun` started, and how a run finds out that it is one of them.
#include <atomic>
#include <memory>
#include <thread>

#include "rollcast/experiment/ranks.hpp"

namespace rollcast::cli {

/// How many processes the launcher started, this one among them; 1 without a launcher.
[[nodiscard]] unsigned launched_processes();
/// Which of them this is, counted from 0: only the first one tells anything.
[[nodiscard]] unsigned launched_rank();
/// Whether this rollcast was built with MPI.
[[nodiscard]] bool has_mpi();

/// This process as one of several. Ends orderly with its scope: rank 0 dismisses the others, and
/// all leave together. Where the launcher dies, nobody is left to end its ranks: each then stops by
/// itself, as after SIGTERM.
class Ranks {
 public:
  /// Null where this process is alone. Throws UsageError where it is not and there is no MPI.
  static std::unique_ptr<Ranks> joined();
  ~Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  [[nodiscard]] experiment::Transport& transport() { return transport_; }
  /// Null in all but rank 0.
  [[nodiscard]] experiment::RankLeader* leader() { return leader_.get(); }

 private:
  explicit Ranks(experiment::Transport& transport);
  void watch_launcher(int launcher);

  experiment::Transport& transport_;
  std::unique_ptr<experiment::RankLeader> leader_;
  std::atomic<bool> alone_{false};  ///< the launcher is gone
  std::atomic<bool> left_{false};
  std::thread watch_;
};

}  // namespace rollcast::cli
