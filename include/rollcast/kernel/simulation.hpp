#pragma once
/// Simulation: the clock and the processes of one replication.
#include <concepts>
#include <cstdint>

#include "rollcast/kernel/detail/engine.hpp"
#include "rollcast/kernel/detail/waiter.hpp"
#include "rollcast/kernel/observer.hpp"
#include "rollcast/kernel/process.hpp"
#include "rollcast/kernel/task.hpp"

namespace rollcast::kernel {

/// The wait for a moment; made by Simulation::delay and Simulation::until. The moment is fixed when
/// it is made, so a named delay can serve as a deadline over several waits.
class [[nodiscard]] Delay final : public detail::AwaitMembers<Delay, detail::Waiter> {
 public:
  explicit Delay(TimePoint time) : time_(time) {}
  ~Delay() { withdraw(); }
  [[nodiscard]] TimePoint time() const { return time_; }

  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> coroutine) {
    detail::PromiseBase& promise = coroutine.promise();
    if (promise.engine->try_advance(time_, promise.process)) {
      state_ = detail::WaitState::done;
      return false;
    }
    return wait(promise);
  }
  Outcome await_resume() { return settle(); }
  [[nodiscard]] bool try_complete() override { return done(); }
  void enter() override;
  void leave() override { engine().cancel_at(ticket_); }

 private:
  /// Out of line, so that what every wait does first stays small.
  bool wait(detail::PromiseBase& promise);
  TimePoint time_;
};

/// One simulation: a clock that starts at kStart, and processes. It is used by one thread at a time
/// and shares nothing with other simulations. Events happen in the order (time, order of
/// scheduling), so ties are first come, first served.
///
/// Lifetime: pools, gates, signals, stores and latches refer to their Simulation. Whichever is
/// destroyed first, the simulation or a resource that a process waits for or holds, destroys all
/// processes first, and with them gives back all they hold. What else the processes refer to
/// (parameters, the model's world) must therefore outlive the first of these: call
/// destroy_processes() at the start of the world's destructor where that is not plain. A token
/// outside of any process must not outlive its pool (checked).
class Simulation {
 public:
  Simulation() = default;
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  /// The simulated time. kStart before the first event; after run(), the time of the last event.
  [[nodiscard]] TimePoint now() const { return engine_.now(); }

  /// Makes `task` a process. It starts as an event at now(), after everything that is due already;
  /// nothing of it runs before.
  ProcessHandle spawn(ProcessName name, Task<void> task) {
    detail::PromiseBase* promise = task.release();
    ROLLCAST_ASSERT(promise != nullptr, "a task can become a process once");
    return ProcessHandle{engine_, engine_.spawn(name, *promise)};
  }

  /// `co_await delay(d)`: the process goes on at now() + d, after what is due then already. d = 0
  /// lets everything that is due go first. Gives Outcome::interrupted when the process was
  /// interrupted before. REQUIRES d >= 0.
  [[nodiscard]] Delay delay(Duration duration) {
    ROLLCAST_ASSERT(duration >= Duration::zero(), "a delay of {} ns at {} s", duration.count(),
                    to_seconds(now()));
    return Delay{saturating_add(now(), duration)};
  }
  /// As delay, up to a moment. A moment in the past is like delay(0); kNever never comes.
  [[nodiscard]] Delay until(TimePoint time) { return Delay{time}; }

  /// Runs until no event is left up to the horizon. Throws ProcessError when a process ends with an
  /// exception or time stands still; the simulation can then be destroyed, or run on without that
  /// process.
  void run() { engine_.run(engine_.horizon()); }
  /// Runs everything that is due up to and including `time`; then now() is `time`. What lies beyond
  /// stays pending: the run can be continued. REQUIRES time >= now(). Throws as run().
  void run_until(TimePoint time) {
    engine_.run(time);
    engine_.move_clock_to(time);
  }
  /// Runs until `condition()` holds; it is asked before the first and after every event. False: no
  /// event was left and it does not hold. Throws as run().
  template <std::predicate Condition>
  bool run_until(Condition condition) {
    while (!condition())
      if (!engine_.step()) return false;
    return true;
  }
  /// Runs one event; false: none was left. Throws as run().
  bool step() { return engine_.step(); }

  /// Events after this time are never scheduled: their processes wait until they are destroyed.
  /// Saves the work of scheduling what a run up to the horizon would not reach. Default: no limit.
  /// REQUIRES: set before the first event.
  void set_horizon(TimePoint horizon) { engine_.set_horizon(horizon); }
  /// Sees every event; null (the default): nobody. The observer must outlive its use.
  void set_observer(Observer* observer) { engine_.set_observer(observer); }
  /// So many events and immediate waits without time passing are a standstill and end the run with
  /// ProcessError. Default 100 million.
  void set_standstill_limit(std::uint64_t limit) { engine_.set_standstill_limit(limit); }

  /// A hash over time, order and process of all events so far: equal for equal runs, whatever the
  /// compiler.
  [[nodiscard]] std::uint64_t digest() const { return engine_.digest(); }
  /// Events so far: every start and every resumption of a process, and every callback.
  [[nodiscard]] std::uint64_t events() const { return engine_.events(); }
  /// Events that are scheduled or due.
  [[nodiscard]] std::size_t pending() const { return engine_.pending(); }
  /// Processes that have not ended.
  [[nodiscard]] std::size_t processes() const { return engine_.processes().alive(); }

  /// Destroys every process, in the order of their making; what they hold goes back, nobody is
  /// woken. REQUIRES: not called by a process.
  void destroy_processes() { engine_.destroy_processes(); }
  /// Back to the state after construction, keeping memory, horizon, observer and limit: the next
  /// replication allocates nothing. Resources stay as they are (all that processes held is back).
  void reset() { engine_.reset(); }

  [[nodiscard]] detail::Engine& engine() { return engine_; }  ///< for awaitables

 private:
  detail::Engine engine_;
};

}  // namespace rollcast::kernel
