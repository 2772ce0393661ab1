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
#include <set>
#include <thread>

#include "rollcast/base/assertion.hpp"

namespace rollcast::experiment {
namespace {

using Clock = std::chrono::steady_clock;

/// Blocks that the workers may be ahead of the one that is kept next, for each thread.
constexpr std::uint64_t kBlocksAhead = 4;
constexpr auto kProgressEvery = std::chrono::milliseconds(100);
constexpr auto kServeEvery = std::chrono::milliseconds(1);

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

/// What the threads share. Workers take the next replication; the calling thread keeps blocks, and
/// serves helpers.
class Crew : BlockDesk {
 public:
  Crew(const Plan& plan, const Simulate& simulate, const Hooks& hooks)
      : plan_(plan),
        simulate_(simulate),
        hooks_(hooks),
        started_(Clock::now()),
        kept_(plan.first),
        wanted_(std::max(plan.first, plan.replications)) {
    ROLLCAST_ASSERT(plan.strategies > 0 && plan.block_size > 0, "{} strategies, blocks of {}",
                    plan.strategies, plan.block_size);
    threads_ = plan.jobs > 0 ? plan.jobs : std::max(1U, std::thread::hardware_concurrency());
    places_ = threads_ + (hooks.helpers != nullptr ? hooks.helpers->places() : 0);
    if (plan.first < plan.replications) open_.emplace(plan.first, plan.replications);
  }

  RunEnd run() {
    std::vector<std::thread> threads;
    const auto join = [&] {
      for (std::thread& thread : threads) thread.join();
    };
    try {
      for (unsigned i = 0; i < threads_; ++i) threads.emplace_back([this] { work(); });
      keep_all();
    } catch (...) {
      halt();
      join();
      throw;
    }
    // Else the threads end with what comes before the replication that failed.
    if (!failed_in_next()) halt();
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
      room_.wait(lock, [&] { return stopping() || none_left() || may_take(); });
      if (stopping() || none_left()) return;
      const std::uint64_t replication = take_first();
      BlockInWork& place = place_of(replication);
      lock.unlock();
      if (!simulate_all(replication, place.block)) continue;
      lock.lock();
      ++finished_;
      if (--place.open == 0) block_done_.notify_one();
    }
  }

  /// Neither now nor when a helper gives a block back. Beyond a failure nothing is of use.
  [[nodiscard]] bool none_left() const {
    return (open_.empty() || open_.begin()->first > failed_at_) &&
           (away_.empty() || *away_.begin() > failed_at_);
  }

  [[nodiscard]] bool may_take() const {
    return !open_.empty() && open_.begin()->first <= failed_at_ && has_room(open_.begin()->first);
  }

  [[nodiscard]] bool has_room(std::uint64_t replication) const {
    return replication < kept_ + plan_.block_size * kBlocksAhead * places_;
  }

  std::uint64_t take_first() {
    auto range = open_.extract(open_.begin());
    const std::uint64_t first = range.key()++;
    if (range.key() < range.mapped()) open_.insert(std::move(range));
    return first;
  }

  [[nodiscard]] std::uint64_t block_of(std::uint64_t replication) const {
    return replication - (replication - plan_.first) % plan_.block_size;
  }

  BlockInWork& place_of(std::uint64_t replication) {
    const std::uint64_t first = block_of(replication);
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

  /// False when the replication failed or is abandoned.
  bool simulate_all(std::uint64_t replication, Block& block) {
    for (std::size_t strategy = 0; strategy < plan_.strategies; ++strategy) {
      if (stopping() || replication > failed_at_) return false;
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

  /// Everything before the failed replication is still made, and nothing behind it: which one
  /// failed first does not depend on the threads.
  void fail(std::size_t strategy, std::uint64_t replication, const std::string& cause) {
    const Lock lock(mutex_);
    if (replication < failed_at_) {
      failed_at_ = replication;
      error_ = std::make_exception_ptr(ReplicationError(strategy, replication, cause));
    }
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

  /// A helper takes whole blocks: of the open replications those from the next bound on.
  std::optional<Range> take() override {
    const Lock lock(mutex_);
    if (stopping()) return std::nullopt;
    for (auto at = open_.begin(); at != open_.end(); ++at) {
      const auto [first, end] = *at;
      const std::uint64_t bound = block_of(first + plan_.block_size - 1);
      if (bound > failed_at_ || !has_room(bound)) return std::nullopt;
      if (bound >= end) continue;
      const Range block{bound, std::min(bound + plan_.block_size, end)};
      open_.erase(at);
      if (first < block.first) open_.emplace(first, block.first);
      if (block.end < end) open_.emplace(block.end, end);
      away_.insert(block.first);
      return block;
    }
    return std::nullopt;
  }

  void give(Block block) override {
    const Lock lock(mutex_);
    const std::uint64_t first = block.first;
    is_back(first);
    finished_ += block.replications;
    blocks_[first] = std::make_unique<BlockInWork>(BlockInWork{std::move(block), 0});
    room_.notify_all();
  }

  void give_back(const Range& block) override {
    const Lock lock(mutex_);
    is_back(block.first);
    open_.emplace(block.first, block.end);
    room_.notify_all();
  }

  void failed(std::size_t strategy, std::uint64_t replication, const std::string& cause) override {
    fail(strategy, replication, cause);
    const Lock lock(mutex_);
    is_back(block_of(replication));
    room_.notify_all();
  }

  void is_back(std::uint64_t first) {
    const std::size_t blocks = away_.erase(first);
    ROLLCAST_ASSERT(blocks == 1, "nobody was asked for the block at {}", first);
  }

  /// The calling thread: keeps blocks in order, serves helpers, reports progress, until all is kept
  /// or it must stop.
  void keep_all() {
    Lock lock(mutex_);
    const auto patience = hooks_.helpers != nullptr ? kServeEvery : kProgressEvery;
    const auto news = [&] { return next_is_done() || stopping() || failed_in_next(); };
    while (kept_ < wanted_) {
      block_done_.wait_for(lock, patience, news);
      if (next_is_done()) {
        lock.unlock();
        keep_next();
        lock.lock();
      } else if (stopping() || failed_in_next()) {
        return;
      }
      if (hooks_.helpers != nullptr) {
        lock.unlock();
        hooks_.helpers->serve(*this);
        lock.lock();
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

  /// The block that would be kept next never will be.
  [[nodiscard]] bool failed_in_next() const { return failed_at_ < kept_ + plan_.block_size; }

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
  unsigned places_ = 1;  ///< of threads and helpers

  std::mutex mutex_;  ///< guards all below
  std::condition_variable room_;
  std::condition_variable block_done_;
  std::map<std::uint64_t, std::unique_ptr<BlockInWork>> blocks_;  ///< by first replication
  std::map<std::uint64_t, std::uint64_t> open_;  ///< ranges that nobody has taken: first, end
  std::set<std::uint64_t> away_;                 ///< first replications of what helpers make
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
