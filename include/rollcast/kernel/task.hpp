#pragma once
/// Task: a coroutine that a process is made of, as its outermost function or as a sub-process.
#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "rollcast/kernel/detail/waiter.hpp"

namespace rollcast::kernel {

template <class T>
class Task;

namespace detail {

/// What Task<T> is for every T: the owner of a coroutine, and the wait for its end.
class TaskBase : public Waiter {
 public:
  [[nodiscard]] bool try_complete() final { return false; }
  void enter() final {}
  void leave() final {}
  /// Reaches what the sub-process waits for.
  bool interrupt() final {
    return coroutine_ != nullptr && coroutine_->waiting_on != nullptr &&
           coroutine_->waiting_on->interrupt();
  }
  void fire() final {}
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> caller) {
    return start(caller.promise());
  }
  /// Called by the coroutine at its end.
  void child_finished() {
    const bool at_once = state_ == WaitState::idle;
    state_ = WaitState::done;
    if (!at_once) promise().engine->continue_with(promise());
  }
  /// Called by the coroutine when an exception ends it; the engine keeps that up to the caller's
  /// turn, which is next.
  void fail() { failed_ = true; }
  /// Hands the coroutine over to the process table.
  [[nodiscard]] PromiseBase* release() { return std::exchange(coroutine_, nullptr); }

 protected:
  explicit TaskBase(PromiseBase* coroutine) : coroutine_(coroutine) {}
  TaskBase(TaskBase&& other) noexcept
      : failed_(other.failed_), coroutine_(std::exchange(other.coroutine_, nullptr)) {}
  ~TaskBase() { destroy_coroutine(); }
  void destroy_coroutine() {
    if (coroutine_ != nullptr) handle_of(*std::exchange(coroutine_, nullptr)).destroy();
  }
  void rethrow_failure() {
    if (std::exchange(failed_, false)) [[unlikely]]
      coroutine_->engine->rethrow_kept();
  }

 private:
  /// Runs the sub-process up to its first wait. False: it has ended already, the caller goes on.
  bool start(PromiseBase& caller) {
    ROLLCAST_ASSERT(coroutine_ != nullptr && state_ == WaitState::idle, "a task is awaited once");
    coroutine_->engine = caller.engine;
    coroutine_->process = caller.process;
    coroutine_->caller = this;
    owner_ = target_of(caller);
    caller.waiting_on = this;
    handle_of(*coroutine_).resume();
    if (state_ == WaitState::done) return false;
    state_ = WaitState::waiting;
    return true;
  }

  bool failed_ = false;  ///< in what the base leaves of its last word
  PromiseBase* coroutine_;
};

/// The end of a coroutine: a sub-process reports to its caller, a process to the engine, which
/// frees its frame.
class FinalAwaiter {
 public:
  FinalAwaiter() noexcept = default;
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> coroutine) noexcept {
    PromiseBase& promise = coroutine.promise();
    if (promise.caller != nullptr)
      promise.caller->child_finished();
    else
      promise.engine->finish(promise);
  }
  void await_resume() const noexcept {}
};

class TaskPromiseBase : public PromiseBase {
 public:
  [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
  [[nodiscard]] FinalAwaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() {
    if (caller == nullptr) return engine->fail(std::current_exception());
    engine->keep(std::current_exception());
    caller->fail();
  }
};

template <class T>
class TaskPromise final : public TaskPromiseBase {
 public:
  [[nodiscard]] Task<T> get_return_object();
  template <class Value>
  void return_value(Value&& value) {
    if (caller != nullptr)
      static_cast<Task<T>*>(caller)->result_.emplace(std::forward<Value>(value));
  }
};

template <>
class TaskPromise<void> final : public TaskPromiseBase {
 public:
  [[nodiscard]] Task<void> get_return_object();
  void return_void() const noexcept {}
};

}  // namespace detail

/// A coroutine of a process. It starts when it is awaited, or as a process by Simulation::spawn;
/// never by itself.
///
/// `T value = co_await task` runs it as a sub-process up to its end, in the caller's process: it
/// starts within the same event, the caller goes on within the event that ended it, and no other
/// event comes between. An exception in it is thrown out of the await expression. An interruption
/// of the process reaches what the sub-process waits for. Destroying the task, as happens when the
/// caller is destroyed, destroys the coroutine and gives back what it holds.
///
/// A task is awaited once. References among the parameters must outlive the run; they are not
/// copied.
template <class T = void>
class [[nodiscard]] Task final : public detail::TaskBase {
 public:
  using promise_type = detail::TaskPromise<T>;
  Task(Task&& other) noexcept = default;
  T await_resume() {
    rethrow_failure();
    return std::move(*result_);
  }

 private:
  friend promise_type;
  explicit Task(promise_type* promise) : TaskBase(promise) {}
  std::optional<T> result_;
};

template <>
class [[nodiscard]] Task<void> final : public detail::TaskBase {
 public:
  using promise_type = detail::TaskPromise<void>;
  Task(Task&& other) noexcept = default;
  void await_resume() { rethrow_failure(); }

 private:
  friend promise_type;
  explicit Task(promise_type* promise) : TaskBase(promise) {}
};

namespace detail {

template <class T>
Task<T> TaskPromise<T>::get_return_object() {
  return Task<T>{this};
}
inline Task<void> TaskPromise<void>::get_return_object() {
  return Task<void>{this};
}

}  // namespace detail
}  // namespace rollcast::kernel
