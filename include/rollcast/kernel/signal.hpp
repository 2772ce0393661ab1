#pragma once
/// Signal: something that happens, told to those who wait for it at that moment.
#include "rollcast/kernel/simulation.hpp"

namespace rollcast::kernel {

class Signal;

/// The wait for the next time a signal is given; made by Signal::next.
class [[nodiscard]] SignalWait final
    : public detail::AwaitMembers<SignalWait, detail::QueuedWaiter> {
 public:
  explicit SignalWait(Signal& signal) : signal_(&signal) {}
  ~SignalWait() { withdraw(); }
  Outcome await_resume() { return settle(); }
  [[nodiscard]] bool try_complete() override { return done(); }
  inline void enter() override;
  inline void leave() override;

 private:
  friend class Signal;
  Signal* signal_;
};

/// A broadcast: trigger() makes everyone due who waits now, in the order of their coming. Who comes
/// later waits for the next one.
class Signal {
 public:
  explicit Signal(Simulation& simulation) : engine_(&simulation.engine()) {}
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;
  /// Destroys all processes of the simulation when one waits here.
  ~Signal() {
    if (!waiting_.empty()) engine_->destroy_processes();
  }

  void trigger() {
    while (!waiting_.empty()) {
      auto& wait = static_cast<SignalWait&>(*waiting_.front());
      waiting_.remove(wait);
      wait.wake();
    }
  }
  [[nodiscard]] SignalWait next() { return SignalWait{*this}; }

 private:
  friend class SignalWait;
  detail::Engine* engine_;
  detail::WaitList waiting_;
};

inline void SignalWait::enter() {
  signal_->waiting_.push_back(*this);
}
inline void SignalWait::leave() {
  signal_->waiting_.remove(*this);
}

}  // namespace rollcast::kernel
