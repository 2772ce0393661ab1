#pragma once
/// One run made by several processes, its ranks: rank 0 keeps it and hands out blocks, the others
/// make them; so it goes with what is simulated afterwards to look closer at the run. Who makes
/// which block changes nothing in the result.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "rollcast/experiment/runner.hpp"

namespace rollcast::experiment {

/// Messages between the ranks. What one sends to another arrives whole and in order; no call waits
/// but leave().
class Transport {
 public:
  struct Message {
    unsigned from = 0;
    std::string bytes;
  };
  virtual ~Transport() = default;
  [[nodiscard]] virtual unsigned rank() const = 0;
  [[nodiscard]] virtual unsigned size() const = 0;
  virtual void send(unsigned to, std::string bytes) = 0;
  [[nodiscard]] virtual std::optional<Message> receive() = 0;
  /// Waits until every rank has come here. Nothing may be sent afterwards.
  virtual void leave() = 0;
};

/// A rank that cannot help: the message names it and says why.
class RankError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What the ranks simulate: at first the run, then what rank 0 turns to.
struct Task {
  enum class Kind : std::uint8_t {
    run,
    other_luck,  ///< the run's inputs with other luck: other_luck()
    luck_alone,  ///< every input at its median: luck_alone()
    conditions   ///< the values that are tried: condition_trials()
  };
  Kind kind = Kind::run;
  std::uint64_t replications = 0;  ///< of each value that is tried
};

/// Rank 0's view of the others.
class RankLeader final : public Helpers {
 public:
  /// `transport` must outlive it.
  explicit RankLeader(Transport& transport);
  /// What every rank must say of itself before it is given anything (read_by_rank() says the same
  /// of the others), as it is simulated by `jobs` threads of each. Before this, nobody is served.
  void begin(std::string identity) { identity_ = std::move(identity); }

  /// From now on blocks are those of `task`; those of the one before that are still made are of no
  /// account.
  void turn_to(const Task& task);

  [[nodiscard]] unsigned places() const override;
  /// Throws RankError, and std::bad_alloc where memory of a rank ends.
  void serve(BlockDesk& desk) override;
  /// Tells every rank that it is enough. False when one has not answered within `patience`: it may
  /// be gone, and leave() would wait for ever.
  [[nodiscard]] bool dismiss(std::chrono::milliseconds patience);

 private:
  struct Peer {
    bool ready = false;
    bool gone = false;
    std::vector<Range> blocks;  ///< in hand
  };
  void take_in(const Transport::Message& message, BlockDesk& desk);

  Transport& transport_;
  std::string identity_;
  std::uint32_t turn_ = 0;   ///< how many tasks there were before this one
  std::vector<Peer> peers_;  ///< by rank; that of rank 0 is gone
};

/// Who simulates what looks closer at a run.
struct Workforce {
  unsigned jobs = 0;                        ///< threads of this process; 0: one a core
  const std::atomic<bool>* stop = nullptr;  ///< as in Hooks
  RankLeader* ranks = nullptr;              ///< null: this process alone
};

/// How a task is simulated. Is asked when the task begins.
using SimulateTask = std::function<Simulate(const Task&)>;

/// A rank's part: it makes blocks of the plan's strategies with the plan's jobs until rank 0 says
/// that it is enough, or `stop` is set; what it has in hand then goes back. What of the plan says
/// which replications are made is of no account.
void make_blocks(Transport& transport, const std::string& identity, const Plan& plan,
                 const SimulateTask& simulate_task, const std::atomic<bool>& stop);
/// Instead of make_blocks(): tells rank 0 why it cannot, and waits until it is not needed any more.
void decline_blocks(Transport& transport, const std::string& why, const std::atomic<bool>& stop);

}  // namespace rollcast::experiment
