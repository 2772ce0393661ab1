#pragma once
/// ProcessHandle: another process, as seen by its peers.
#include <cstdint>
#include <vector>

#include "rollcast/kernel/detail/waiter.hpp"
#include "rollcast/kernel/task.hpp"

namespace rollcast::kernel {

/// The wait for the end of a process, however it ends; made by ProcessHandle::done.
class [[nodiscard]] ProcessEnd final
    : public detail::AwaitMembers<ProcessEnd, detail::QueuedWaiter> {
 public:
  ProcessEnd(detail::Engine* engine, std::uint32_t index, std::uint32_t generation)
      : engine_(engine), index_(index), generation_(generation) {}
  ~ProcessEnd() { withdraw(); }
  Outcome await_resume() { return settle(); }

  [[nodiscard]] bool try_complete() override {
    if (state_ == detail::WaitState::done) return true;
    if (engine_ != nullptr && engine_->processes()[index_].generation == generation_) return false;
    state_ = detail::WaitState::done;
    return true;
  }
  void enter() override { engine_->processes()[index_].waiting_for_end.push_back(*this); }
  void leave() override { engine_->processes()[index_].waiting_for_end.remove(*this); }
  void process_ended() { wake(); }

 private:
  detail::Engine* engine_;
  std::uint32_t index_;
  std::uint32_t generation_;
};

/// Refers to a process; cheap to copy, and safe to use after the process has ended. REQUIRES: the
/// Simulation is alive.
class ProcessHandle {
 public:
  ProcessHandle() = default;  ///< no process: is_done()
  ProcessHandle(detail::Engine& engine, std::uint32_t index)
      : engine_(&engine), index_(index), generation_(engine.processes()[index].generation) {}

  /// Ended by itself, by an exception or by destroy().
  [[nodiscard]] bool is_done() const {
    return engine_ == nullptr || engine_->processes()[index_].generation != generation_;
  }
  /// `co_await handle.done()`: until the process has ended; at once when it has.
  [[nodiscard]] ProcessEnd done() const { return ProcessEnd{engine_, index_, generation_}; }
  /// Ends what the process waits for with Outcome::interrupted (an acquire gives an empty token;
  /// a plain Store::get goes on waiting). It goes on at now(), after what is due. When it is not
  /// waiting (it has not started, runs, or is due already), its next wait that would suspend is
  /// interrupted instead. Interruptions do not add up. No effect on an ended process.
  void interrupt() const {
    if (!is_done()) engine_->interrupt(index_);
  }
  /// Ends the process where it waits: its scopes are left, what it holds goes back, those who wait
  /// for its end go on. A process that destroys itself ends at its next wait. No effect on an ended
  /// process.
  void destroy() const {
    if (!is_done()) engine_->destroy(index_);
  }

 private:
  detail::Engine* engine_ = nullptr;
  std::uint32_t index_ = 0;
  std::uint32_t generation_ = 0;
};

/// `co_await all_of(processes)`: until every one has ended. The vector must outlive the wait. An
/// interruption ends the whole wait.
[[nodiscard]] inline Task<Outcome> all_of(const std::vector<ProcessHandle>& processes) {
  for (const ProcessHandle& process : processes) {
    auto end = process.done();
    const Outcome outcome = co_await end;
    if (outcome == Outcome::interrupted) co_return Outcome::interrupted;
  }
  co_return Outcome::completed;
}

}  // namespace rollcast::kernel
