#pragma once
/// What a process waits for: the base of every awaitable.
#include <cstdint>

#include "rollcast/kernel/detail/engine.hpp"

namespace rollcast::kernel::detail {

class Group;

/// The life of one wait. An awaitable may be awaited again once it is done or interrupted.
enum class WaitState : std::uint8_t {
  idle,          ///< not awaited yet, or it lost against another member of first_of
  waiting,       ///< in a queue or in the timed events
  due,           ///< it has happened; its process resumes at its turn
  interrupting,  ///< interrupted; its process resumes at its turn
  done,
  interrupted
};

class Waiter : public Fireable {
 public:
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  /// Whether what was waited for has happened. False after an interruption and for the losers of
  /// first_of.
  [[nodiscard]] bool done() const { return state_ == WaitState::done; }

  // The members below are for the kernel's own use.

  /// Completes at once, if that is possible without waiting.
  [[nodiscard]] virtual bool try_complete() = 0;
  /// Enters the queue. `owner` and state are set.
  virtual void enter() = 0;
  /// Leaves the queue. REQUIRES state waiting.
  virtual void leave() = 0;
  /// Delivers an interruption; false: it is not waiting.
  virtual bool interrupt();
  void fire() override;

  /// First half of an await expression, after try_complete() said no; false: an interruption is
  /// due, no need to suspend. When true, the caller calls enter() next.
  bool prepare(PromiseBase& promise) {
    if (promise.engine->take_interruption(promise)) [[unlikely]] {
      state_ = WaitState::interrupted;
      return false;
    }
    begin(promise);
    return true;
  }
  void begin(PromiseBase& promise) {
    owner_ = target_of(promise);
    promise.waiting_on = this;
    state_ = WaitState::waiting;
  }
  void enter_as_member(Group& group);
  /// Stops waiting, in whatever state.
  void withdraw() {
    if (state_ >= WaitState::waiting && state_ <= WaitState::interrupting) [[unlikely]]
      give_up();
  }

 protected:
  Waiter() = default;
  ~Waiter() = default;

  void give_up();
  [[nodiscard]] bool has_process() const { return (owner_ & 1U) == 0; }
  [[nodiscard]] PromiseBase& promise() const { return *reinterpret_cast<PromiseBase*>(owner_); }
  [[nodiscard]] Group& group() const;
  [[nodiscard]] Engine& engine() const;

  /// What was waited for has happened, by the hand of another process: the waiter has left its
  /// queue.
  void wake();
  /// Closes the await expression.
  Outcome settle() {
    if (state_ == WaitState::interrupting || state_ == WaitState::interrupted) [[unlikely]] {
      state_ = WaitState::interrupted;
      return Outcome::interrupted;
    }
    state_ = WaitState::done;
    return Outcome::completed;
  }

  // Set when the wait begins; one that is over at once needs neither.
  EventTarget owner_;  ///< the process's coroutine, or (lowest bit set) the group it is a member of
  std::uint32_t ticket_;  ///< of the event that ends the wait, or of its process's turn
  WaitState state_ = WaitState::idle;
};

/// A waiter in somebody's list.
class QueuedWaiter : public Waiter {
 public:
  QueuedWaiter* previous = nullptr;
  QueuedWaiter* next = nullptr;

 protected:
  QueuedWaiter() = default;
  ~QueuedWaiter() = default;
};

/// Several waiters awaited together. A member that happens reports here.
class Group : public Waiter {
 public:
  /// `in_event`: it happens as an event of its own, so the process goes on within it; else it gets
  /// its turn.
  virtual void member_completed(Waiter& member, bool in_event) = 0;
  using Waiter::engine;

 protected:
  Group() = default;
  ~Group() = default;
  void complete(bool in_event);
};

inline Group& Waiter::group() const {
  return *reinterpret_cast<Group*>(owner_ & ~EventTarget{1});
}
inline Engine& Waiter::engine() const {
  return has_process() ? *promise().engine : group().engine();
}
inline void Waiter::enter_as_member(Group& group) {
  owner_ = reinterpret_cast<EventTarget>(&group) | 1U;
  state_ = WaitState::waiting;
  enter();
}
inline void Waiter::wake() {
  if (has_process()) [[likely]] {
    state_ = WaitState::due;
    ticket_ = promise().engine->schedule_due(owner_);
  } else {
    state_ = WaitState::done;
    group().member_completed(*this, false);
  }
}
inline bool Waiter::interrupt() {
  if (state_ != WaitState::waiting) return false;
  leave();
  state_ = WaitState::interrupting;
  ticket_ = promise().engine->schedule_due(owner_);
  return true;
}
inline void Waiter::fire() {
  state_ = WaitState::done;
  group().member_completed(*this, true);
}
inline void Group::complete(bool in_event) {
  if (in_event) {
    state_ = WaitState::done;
    promise().engine->continue_with(promise());
  } else {
    wake();
  }
}

inline QueuedWaiter* WaitList::front() const {
  return last_ != nullptr ? last_->next : nullptr;
}
inline void WaitList::push_back(QueuedWaiter& waiter) {
  if (last_ == nullptr) {
    waiter.previous = waiter.next = &waiter;
  } else {
    waiter.previous = last_;
    waiter.next = last_->next;
    last_->next->previous = &waiter;
    last_->next = &waiter;
  }
  last_ = &waiter;
}
inline void WaitList::remove(QueuedWaiter& waiter) {
  if (waiter.next == &waiter) {
    last_ = nullptr;
    return;
  }
  waiter.previous->next = waiter.next;
  waiter.next->previous = waiter.previous;
  if (last_ == &waiter) last_ = waiter.previous;
}

/// Two of the three members of an await expression for the final class `Derived`, without virtual
/// calls.
template <class Derived, class Base>
class AwaitMembers : public Base {
 public:
  [[nodiscard]] bool await_ready() { return self().Derived::try_complete(); }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> coroutine) {
    if (!this->prepare(coroutine.promise())) [[unlikely]]
      return false;
    self().Derived::enter();
    return true;
  }

 protected:
  AwaitMembers() = default;
  ~AwaitMembers() = default;

 private:
  [[nodiscard]] Derived& self() { return static_cast<Derived&>(*this); }
};

}  // namespace rollcast::kernel::detail
