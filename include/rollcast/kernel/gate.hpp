#pragma once
/// Gate: open or closed, and whoever waits for the one or the other.
#include "rollcast/kernel/simulation.hpp"

namespace rollcast::kernel {

class Gate;

/// The wait for a gate's state; made by Gate::opened and Gate::closed.
class [[nodiscard]] GateWait final : public detail::AwaitMembers<GateWait, detail::QueuedWaiter> {
 public:
  GateWait(Gate& gate, bool open) : gate_(&gate), open_(open) {}
  ~GateWait() { withdraw(); }
  Outcome await_resume() { return settle(); }
  [[nodiscard]] inline bool try_complete() override;
  inline void enter() override;
  inline void leave() override;

 private:
  friend class Gate;
  Gate* gate_;
  bool open_;
};

/// A state that processes wait for: a region is online, an approval is given. Level-triggered: a
/// wait for the state that holds is over at once. Whoever waits is due as soon as the state
/// changes, also when it changes back before its turn: a process that needs the state to hold still
/// asks is_open() when it goes on.
class Gate {
 public:
  Gate(Simulation& simulation, bool open) : engine_(&simulation.engine()), open_(open) {}
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  /// Destroys all processes of the simulation when one waits here.
  ~Gate() {
    if (!waiting_[0].empty() || !waiting_[1].empty()) engine_->destroy_processes();
  }

  void open() { set(true); }
  void close() { set(false); }
  [[nodiscard]] bool is_open() const { return open_; }
  [[nodiscard]] GateWait opened() { return GateWait{*this, true}; }
  [[nodiscard]] GateWait closed() { return GateWait{*this, false}; }

 private:
  friend class GateWait;
  void set(bool open) {
    if (open_ == open) return;
    open_ = open;
    detail::WaitList& list = waiting_[open ? 1 : 0];
    while (!list.empty()) {
      auto& wait = static_cast<GateWait&>(*list.front());
      list.remove(wait);
      wait.wake();
    }
  }
  detail::Engine* engine_;
  bool open_;
  detail::WaitList waiting_[2];  ///< for closed, for open
};

inline bool GateWait::try_complete() {
  if (state_ == detail::WaitState::done) return true;
  if (gate_->open_ != open_) return false;
  gate_->engine_->count_immediate();
  state_ = detail::WaitState::done;
  return true;
}
inline void GateWait::enter() {
  gate_->waiting_[open_ ? 1 : 0].push_back(*this);
}
inline void GateWait::leave() {
  gate_->waiting_[open_ ? 1 : 0].remove(*this);
}

}  // namespace rollcast::kernel
