#include "rollcast/experiment/runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <thread>

#include "rollcast/base/assertion.hpp"

namespace rollcast::experiment {
namespace {

using Clock = std::chrono::steady_clock;

/// Blocks that the workers may be ahead of the one that is kept next, for each thread.
constexpr std::uint64_t kBlocksAhead = 4;
constexpr auto kProgressEvery = std::chrono::milliseconds(100);

/// Also where a process of the simulation met it: the kernel says which, and nests the cause.
bool out_of_memory(const std::exception& failure) {
  if (dynamic_cast<const std::bad_alloc*>(&failure) != nullptr) return true;
  try {
    std::rethrow_if_nested(failure);
  } catch (const std::exception& cause) {
    return out_of_memory(cause);
  } catch (...) {
    return false;
  }
  return false;
}

struct BlockInWork {
  Block block;
  std::uint64_t open = 0;  ///< replications that are not finished
};

/// What the threads share. Workers take the next replication; the calling thread keeps blocks.
class Crew {
 public:
  Crew(const Plan& plan, const Simulate& simulate, const Hooks& hooks)
      : plan_(plan),
        simulate_(simulate),
        hooks_(hooks),
        started_(Clock::now()),
        next_(plan.first),
        kept_(plan.first),
        wanted_(std::max(plan.first, plan.replications)) {
    ROLLCAST_ASSERT(plan.strategies > 0 && plan.block_size > 0, "{} strategies, blocks of {}",
                    plan.strategies, plan.block_size);
    threads_ = plan.jobs > 0 ? plan.jobs : std::max(1U, std::thread::hardware_concurrency());
  }

  RunEnd run() {
    std::vector<std::thread> threads;
    const auto join = [&] {
      halt();
      for (std::thread& thread : threads) thread.join();
    };
    try {
      for (unsigned i = 0; i < threads_; ++i) threads.emplace_back([this] { work(); });
      keep_all();
    } catch (...) {
      join();
      throw;
    }
    join();
    while (kept_ < wanted_ && next_is_done()) keep_next();
    // What failed beyond the end of the run is none of its replications.
    if (error_ && kept_ < wanted_) std::rethrow_exception(error_);
    return {kept_, kept_ < wanted_};
  }

 private:
  using Lock = std::unique_lock<std::mutex>;

  [[nodiscard]] bool stopping() const {
    return halted_.load() || (hooks_.stop != nullptr && hooks_.stop->load());
  }

  void halt() {
    const Lock lock(mutex_);
    halted_ = true;
    room_.notify_all();
  }

  /// A worker's life: takes replications in order until none is left.
  void work() {
    try {
      take_replications();
    } catch (...) {  // no memory for what is to be simulated
      const Lock lock(mutex_);
      end_with(std::current_exception());
    }
  }

  void take_replications() {
    while (true) {
      Lock lock(mutex_);
      room_.wait(lock, [&] { return stopping() || next_ >= plan_.replications || has_room(); });
      if (stopping() || next_ >= plan_.replications) return;
      const std::uint64_t replication = next_++;
      BlockInWork& place = place_of(replication);
      lock.unlock();
      if (!simulate_all(replication, place.block)) return;
      lock.lock();
      ++finished_;
      if (--place.open == 0) block_done_.notify_one();
    }
  }

  [[nodiscard]] bool has_room() const {
    return next_ < kept_ + plan_.block_size * kBlocksAhead * threads_;
  }

  BlockInWork& place_of(std::uint64_t replication) {
    const std::uint64_t within = (replication - plan_.first) % plan_.block_size;
    const std::uint64_t first = replication - within;
    std::unique_ptr<BlockInWork>& place = blocks_[first];
    if (!place) {
      place = std::make_unique<BlockInWork>();
      place->open = std::min(plan_.block_size, plan_.replications - first);
      place->block.first = first;
      place->block.replications = place->open;
      place->block.strategies = plan_.strategies;
      place->block.outcomes.resize(place->open * plan_.strategies);
    }
    return *place;
  }

  /// Replications are taken in order, so those before a failed one are under way, and end: which
  /// one failed first does not depend on the threads.
  [[nodiscard]] bool abandoned(std::uint64_t replication) const {
    if (failed_at_ != kNone) return replication > failed_at_;
    return stopping();
  }

  /// False when the replication failed or is abandoned.
  bool simulate_all(std::uint64_t replication, Block& block) {
    for (std::size_t strategy = 0; strategy < plan_.strategies; ++strategy) {
      if (abandoned(replication)) return false;
      try {
        block.outcomes[(replication - block.first) * plan_.strategies + strategy] =
            simulate_(strategy, replication);
      } catch (const std::exception& failure) {
        if (out_of_memory(failure)) throw std::bad_alloc();
        fail(strategy, replication, failure.what());
        return false;
      }
    }
    return true;
  }

  void fail(std::size_t strategy, std::uint64_t replication, const std::string& cause) {
    const Lock lock(mutex_);
    if (replication < failed_at_) {
      failed_at_ = replication;
      error_ = std::make_exception_ptr(ReplicationError(strategy, replication, cause));
    }
    halted_ = true;
    room_.notify_all();
    block_done_.notify_one();
  }

  /// A failure of the machine, which is told as it is; a replication's own failure comes first.
  void end_with(std::exception_ptr error) {
    if (!error_) error_ = std::move(error);
    halted_ = true;
    room_.notify_all();
    block_done_.notify_one();
  }

  /// The calling thread: keeps blocks in order, reports progress, until all is kept or it must
  /// stop.
  void keep_all() {
    Lock lock(mutex_);
    while (kept_ < wanted_) {
      block_done_.wait_for(lock, kProgressEvery, [&] { return next_is_done() || stopping(); });
      if (next_is_done()) {
        lock.unlock();
        keep_next();
        lock.lock();
      } else if (stopping()) {
        return;
      }
      report(lock);
    }
  }

  void keep_next() {
    Lock lock(mutex_);
    const std::unique_ptr<BlockInWork> done = std::move(blocks_.begin()->second);
    blocks_.erase(blocks_.begin());
    lock.unlock();
    if (hooks_.keep) hooks_.keep(done->block);
    const std::uint64_t enough = hooks_.enough ? hooks_.enough() : plan_.replications;
    lock.lock();
    kept_ += done->block.replications;
    wanted_ = std::clamp(enough, kept_, plan_.replications);
    room_.notify_all();
  }

  [[nodiscard]] bool next_is_done() const {
    return !blocks_.empty() && blocks_.begin()->first == kept_ &&
           blocks_.begin()->second->open == 0;
  }

  void report(Lock& lock) {
    const auto now = Clock::now();
    if (!hooks_.progress || (now - reported_ < kProgressEvery && kept_ < wanted_)) return;
    reported_ = now;
    const std::uint64_t planned = wanted_ - plan_.first;
    Progress progress{std::min(finished_, planned), planned, 0.0, std::nullopt};
    lock.unlock();
    progress.elapsed = std::chrono::duration<double>(now - started_).count();
    if (progress.finished > 0)
      progress.remaining = progress.elapsed *
                           static_cast<double>(progress.planned - progress.finished) /
                           static_cast<double>(progress.finished);
    hooks_.progress(progress);
    lock.lock();
  }

  const Plan& plan_;
  const Simulate& simulate_;
  const Hooks& hooks_;
  const Clock::time_point started_;
  Clock::time_point reported_{};
  unsigned threads_ = 1;

  std::mutex mutex_;  ///< guards all below
  std::condition_variable room_;
  std::condition_variable block_done_;
  std::map<std::uint64_t, std::unique_ptr<BlockInWork>> blocks_;  ///< by first replication
  std::uint64_t next_;
  std::uint64_t kept_;
  std::uint64_t wanted_;  ///< at which the run ends
  std::uint64_t finished_ = 0;
  std::atomic<bool> halted_{false};
  static constexpr std::uint64_t kNone = UINT64_MAX;
  std::atomic<std::uint64_t> failed_at_{kNone};
  std::exception_ptr error_;
};

}  // namespace

ReplicationError::ReplicationError(std::size_t strategy, std::uint64_t replication,
                                   const std::string& cause)
    : std::runtime_error(cause), strategy_(strategy), replication_(replication) {}

RunEnd run_replications(const Plan& plan, const Simulate& simulate, const Hooks& hooks) {
  return Crew(plan, simulate, hooks).run();
}

}  // namespace rollcast::experiment
