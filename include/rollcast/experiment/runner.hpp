#pragma once
/// Runs replications of every strategy on all cores, and wherever there are helpers. What comes out
/// does not depend on who makes what: replications are pure, and finished blocks leave in the order
/// of their indices.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "rollcast/model/outcome.hpp"

namespace rollcast::experiment {

/// Replications in a block, of every strategy: what is stored in one transaction.
inline constexpr std::uint64_t kBlockSize = 100;

struct Plan {
  std::size_t strategies = 0;
  std::uint64_t replications = 0;         ///< one beyond the last replication that is made
  std::uint64_t block_size = kBlockSize;  ///< at least 1
  unsigned jobs = 0;                      ///< worker threads; 0: one a core
  std::uint64_t first = 0;  ///< replication that is made first; those before it are there already
};

/// Simulates one replication of one strategy. Is called from many threads at once.
using Simulate = std::function<model::Outcome(std::size_t strategy, std::uint64_t replication)>;

/// The outcomes of consecutive replications of every strategy.
struct Block {
  std::uint64_t first = 0;
  std::uint64_t replications = 0;
  std::size_t strategies = 0;
  std::vector<model::Outcome> outcomes;  ///< replication by replication, the strategies of each

  /// `offset` counts replications from the first of the block.
  [[nodiscard]] const model::Outcome& at(std::uint64_t offset, std::size_t strategy) const {
    return outcomes[offset * strategies + strategy];
  }
};

/// Consecutive replications: from `first` to the one before `end`.
struct Range {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
};

/// Where blocks are handed out, and finished ones are taken in.
class BlockDesk {
 public:
  virtual ~BlockDesk() = default;
  /// A block that nobody makes yet; none where there is none at present.
  [[nodiscard]] virtual std::optional<Range> take() = 0;
  virtual void give(Block block) = 0;
  /// It was not made: somebody else has to.
  virtual void give_back(const Range& block) = 0;
  /// The earliest replication of a block that failed, and why: all before it in the block did not.
  virtual void failed(std::size_t strategy, std::uint64_t replication,
                      const std::string& cause) = 0;
};

/// Others who make blocks of the same plan beside the threads of this process.
class Helpers {
 public:
  virtual ~Helpers() = default;
  /// How many blocks they have in hand at most.
  [[nodiscard]] virtual unsigned places() const = 0;
  /// Hands out and takes in what there is, without waiting. Is called about once in a millisecond.
  virtual void serve(BlockDesk& desk) = 0;
};

/// Of what is still to be made when a run begins or goes on.
struct Progress {
  std::uint64_t finished = 0;       ///< replications (of every strategy), blocks under way included
  std::uint64_t planned = 0;        ///< as far as is known
  double elapsed = 0.0;             ///< seconds of wall-clock time
  std::optional<double> remaining;  ///< seconds, were the rest as fast; absent before the first
};

/// Called from the thread that called run_replications, and from no other.
struct Hooks {
  std::function<void(const Block&)> keep;  ///< each finished block, in order
  /// Asked after every kept block how many replications are to be made in all, as far as is known;
  /// the run ends as soon as so many are kept, and never exceeds the plan. May be empty.
  std::function<std::uint64_t()> enough;
  std::function<void(const Progress&)> progress;  ///< about ten times a second; may be empty
  /// Set (by a signal handler, say) to stop soon: replications under way end, blocks that are not
  /// complete are dropped. May be null.
  const std::atomic<bool>* stop = nullptr;
  /// Who simulates too; may be null. What its calls throw ends the run.
  Helpers* helpers = nullptr;
};

struct RunEnd {
  /// One beyond the last replication that was kept: the kept ones are a prefix of the plan, of
  /// whole blocks when `enough` ended it.
  std::uint64_t replications = 0;
  bool interrupted = false;
};

/// A replication that threw: which one, so that it can be traced alone, and why.
class ReplicationError : public std::runtime_error {
 public:
  ReplicationError(std::size_t strategy, std::uint64_t replication, const std::string& cause);
  [[nodiscard]] std::size_t strategy() const { return strategy_; }
  [[nodiscard]] std::uint64_t replication() const { return replication_; }

 private:
  std::size_t strategy_;
  std::uint64_t replication_;
};

/// Blocks that were finished before a failure are kept first. Throws ReplicationError for the
/// earliest replication that failed, whatever `keep` throws, std::bad_alloc where memory ends, and
/// std::system_error where no thread can be started; all of them after all threads have ended.
/// Memory: at most a few blocks a thread wait to be kept.
RunEnd run_replications(const Plan& plan, const Simulate& simulate, const Hooks& hooks);

}  // namespace rollcast::experiment
