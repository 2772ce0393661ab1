#pragma once
/// The event loop under Simulation: the clock, what is pending, what is due, the processes.
/// Awaitables use it; models do not.
#include <coroutine>
#include <cstdint>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "rollcast/base/assertion.hpp"
#include "rollcast/base/time.hpp"
#include "rollcast/kernel/detail/due_ring.hpp"
#include "rollcast/kernel/detail/event_queue.hpp"
#include "rollcast/kernel/detail/frame_pool.hpp"
#include "rollcast/kernel/detail/process_table.hpp"
#include "rollcast/kernel/observer.hpp"

namespace rollcast::kernel::detail {

class Engine;
class TaskBase;
class Waiter;

/// Something that happens at a moment and is no process.
class Fireable {
 public:
  virtual void fire() = 0;
  /// The simulation was reset or destroyed with this still pending: it will not fire.
  virtual void abandoned() {}

 protected:
  Fireable() = default;
  ~Fireable() = default;
};

/// What every coroutine of a process knows.
class PromiseBase {
 public:
  static void* operator new(std::size_t bytes) { return allocate_frame(bytes); }
  static void operator delete(void* frame, std::size_t bytes) noexcept { free_frame(frame, bytes); }

  Engine* engine = nullptr;
  std::uint32_t process = kNoProcess;
  std::uint32_t start_ticket = 0;  ///< its place among what is due, before the process has started
  Waiter* waiting_on = nullptr;    ///< set at every suspension; null: the process has not started
  TaskBase* caller = nullptr;  ///< who awaits this coroutine; null for a process's outermost one
};

[[nodiscard]] inline std::coroutine_handle<PromiseBase> handle_of(PromiseBase& promise) {
  return std::coroutine_handle<PromiseBase>::from_promise(promise);
}

/// What an event does: resume a coroutine, or (lowest bit set) fire an object; 0 is a cancelled
/// event.
using EventTarget = std::uintptr_t;
[[nodiscard]] inline EventTarget target_of(PromiseBase& promise) {
  return reinterpret_cast<EventTarget>(&promise);
}
[[nodiscard]] inline EventTarget target_of(Fireable& object) {
  return reinterpret_cast<EventTarget>(&object) | 1U;
}

inline constexpr std::uint32_t kNoTicket = 0xffffffffU;

class Engine {
 public:
  Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  [[nodiscard]] TimePoint now() const { return now_; }
  [[nodiscard]] TimePoint horizon() const { return horizon_; }
  [[nodiscard]] std::uint64_t digest() const {
    const std::uint64_t mixed = (digest_ ^ (digest_ >> 32)) * kDigestTime;
    return mixed ^ (mixed >> 29);
  }
  /// Every sequence number that is neither pending nor dropped has happened.
  [[nodiscard]] std::uint64_t events() const {
    return next_sequence_ - dropped_ - queue_.size() - due_.size();
  }
  [[nodiscard]] std::size_t pending() const { return queue_.size() - cancelled_ + due_.size(); }
  /// Entries of the timed queue, cancelled ones included.
  [[nodiscard]] std::size_t queued() const { return queue_.size(); }
  [[nodiscard]] ProcessTable& processes() { return processes_; }
  [[nodiscard]] const ProcessTable& processes() const { return processes_; }
  [[nodiscard]] bool tearing_down() const { return tearing_down_; }
  /// The coroutine that is being resumed; null outside of events and inside of callbacks.
  [[nodiscard]] PromiseBase* running() const { return running_; }

  void set_horizon(TimePoint horizon);
  void set_observer(Observer* observer) {
    observer_ = observer;
    set_advance_limit();
  }
  void set_standstill_limit(std::uint64_t limit) { standstill_limit_ = limit; }

  /// At `time` > now(). The ticket is kNoTicket when that lies beyond the horizon and never
  /// happens.
  std::uint32_t schedule_at(TimePoint time, EventTarget target) {
    if (time > horizon_) return kNoTicket;
    const std::uint32_t slot = take_slot(target);
    ROLLCAST_ASSERT(next_sequence_ < kMaximumSequence, "a run of {} events is too long",
                    next_sequence_);
    queue_.push(make_key(time, next_sequence_++, slot));
    return slot;
  }
  void cancel_at(std::uint32_t ticket) {
    if (ticket == kNoTicket) return;
    slots_[ticket] = 0;
    if (++cancelled_ > kCompactionFloor && cancelled_ * 2 > queue_.size()) compact();
  }
  /// At now(), after everything that is due already.
  std::uint32_t schedule_due(EventTarget target) { return due_.push(target, next_sequence_++); }
  void cancel_due(std::uint32_t ticket) { due_.cancel(ticket); }

  /// Lets time pass inside the running coroutine when nothing else happens before or at `time`: the
  /// same event, with the same sequence number and digest, without suspending. False: the caller
  /// must suspend.
  [[nodiscard]] bool try_advance(TimePoint time, std::uint32_t process) {
    // One condition, as its parts cannot be foretold.
    const bool next = (static_cast<unsigned>(time > now_) & static_cast<unsigned>(due_.empty()) &
                       static_cast<unsigned>(time <= advance_limit_) &
                       static_cast<unsigned>(time < queue_.top_time())) != 0;
    if (!next) return false;
    now_ = time;
    add_to_digest(next_sequence_++, process);
    return true;
  }
  /// A wait that was over at once. Guards against a process that never lets time pass. Throws
  /// ProcessError.
  void count_immediate() {
    if (stands_still()) [[unlikely]]
      throw_standstill();
  }

  /// True, once, when an interruption that could not be delivered earlier is due to the process of
  /// `promise`.
  [[nodiscard]] bool take_interruption(const PromiseBase& promise) {
    if (pending_interrupts_ == 0) [[likely]]
      return false;
    ProcessRecord& record = processes_[promise.process];
    if (!record.interrupt_pending) return false;
    record.interrupt_pending = false;
    --pending_interrupts_;
    set_advance_limit();
    return true;
  }

  std::uint32_t spawn(ProcessName name, PromiseBase& promise);
  void interrupt(std::uint32_t process);
  void destroy(std::uint32_t process);
  /// Called by the outermost coroutine at its end; frees its frame.
  void finish(PromiseBase& promise) noexcept;
  void fail(std::exception_ptr exception) noexcept {
    failure_ = std::move(exception);
    trouble_ = true;
  }
  /// An exception on its way from a sub-process to its caller, which goes on next.
  void keep(std::exception_ptr exception) noexcept { kept_ = std::move(exception); }
  [[noreturn]] void rethrow_kept() { std::rethrow_exception(std::exchange(kept_, nullptr)); }
  /// `promise` goes on within the current event, as soon as the running coroutine has suspended.
  void continue_with(PromiseBase& promise) { continuation_ = &promise; }

  /// Processes everything due up to and including `limit`.
  void run(TimePoint limit);
  /// Processes one event; false: none was left up to the horizon.
  bool step();
  /// After run(limit): the clock stands at `limit`.
  void move_clock_to(TimePoint time);
  void destroy_processes() noexcept;
  void reset();

 private:
  class Execution;
  static constexpr std::size_t kCompactionFloor = 64;
  /// The frame of the event after so many others is fetched into the cache. Below kAhead.
  static constexpr std::size_t kFramesAhead = 4;

  [[nodiscard]] std::uint32_t take_slot(EventTarget target) {
    if (free_slot_ == kNoTicket) [[unlikely]]
      add_slots();
    const std::uint32_t slot = free_slot_;
    EventTarget& place = slots_[slot];
    free_slot_ = static_cast<std::uint32_t>(place);
    place = target;
    return slot;
  }
  void free_slot(std::uint32_t slot) {
    slots_[slot] = free_slot_;
    free_slot_ = slot;
  }
  /// A process may let time pass by itself only where nobody has to know of it.
  void set_advance_limit() {
    const bool may = observer_ == nullptr && pending_interrupts_ == 0 && doomed_ == kNoProcess;
    advance_limit_ = may ? run_limit_ : TimePoint::min();
  }
  /// Counts what happens without time passing; true: it is too much.
  [[nodiscard]] bool stands_still() {
    if (still_since_ != now_) {
      still_since_ = now_;
      standstill_ = 0;
    }
    return ++standstill_ > standstill_limit_;
  }
  void add_to_digest(std::uint64_t sequence, std::uint32_t process) {
    const auto time = static_cast<std::uint64_t>(now_.time_since_epoch().count());
    const std::uint64_t event =
        (time * kDigestTime) ^ ((sequence ^ (std::uint64_t{process} << 40)) * kDigestOrder);
    digest_ = digest_ * kDigestStep + (event ^ (event >> 32));
  }
  void record_event(std::uint64_t sequence, std::uint32_t process) {
    add_to_digest(sequence, process);
    if (observer_ != nullptr) [[unlikely]]
      notify_observer(sequence, process);
  }
  /// Executes what happens up to `limit`, or only the first of it; false: nothing is left.
  template <bool only_first>
  bool execute_events(TimePoint limit);
  /// Takes the earliest of the timed events out of its queue; 0: it was cancelled.
  EventTarget take_earliest();
  void execute(EventTarget target, std::uint64_t sequence);
  /// A process has destroyed itself or failed.
  void settle_trouble();
  void prefetch_slots() const;
  void prefetch_frame(EventTarget target) const;
  void add_slots();
  void compact();
  void abandon_pending() noexcept;
  void end_process(std::uint32_t process) noexcept;
  void notify_observer(std::uint64_t sequence, std::uint32_t process);
  [[nodiscard]] std::string standstill_text() const;
  [[noreturn]] void report_standstill(EventTarget target);
  [[noreturn]] void throw_standstill();
  [[noreturn]] void report_failure();
  [[nodiscard]] ProcessName name_of(std::uint32_t process) const;

  TimePoint now_ = kStart;
  TimePoint advance_limit_ = TimePoint::min();  ///< up to where a process may let time pass itself
  TimePoint run_limit_ = TimePoint::min();      ///< what advance_limit_ is between two events
  TimePoint horizon_ = kNever - Duration{1};
  DueRing due_;
  EventQueue queue_;
  std::vector<EventTarget> slots_;
  std::uint32_t free_slot_ = kNoTicket;  ///< the first of the free slots; each names the next
  std::size_t cancelled_ = 0;            ///< entries of the queue whose slot is empty
  std::uint64_t next_sequence_ = 0;
  std::uint64_t dropped_ = 0;  ///< sequence numbers of cancelled events that left the queues
  std::uint64_t digest_ = kDigestStart;
  TimePoint still_since_ = kStart;
  std::uint64_t standstill_ = 0;  ///< events and immediate waits at still_since_
  std::uint64_t standstill_limit_ = 100'000'000;
  PromiseBase* running_ = nullptr;
  PromiseBase* continuation_ = nullptr;
  std::exception_ptr kept_;
  std::exception_ptr failure_;
  std::uint32_t failed_process_ = kNoProcess;
  ProcessName failed_name_;
  std::uint32_t doomed_ = kNoProcess;  ///< the running process, when it has destroyed itself
  std::uint32_t pending_interrupts_ = 0;
  bool trouble_ = false;  ///< doomed_ or failure_ is set
  bool tearing_down_ = false;
  bool executing_ = false;
  Observer* observer_ = nullptr;
  ProcessTable processes_;

  static constexpr std::uint64_t kDigestStart = 0x6A09E667F3BCC908U;
  static constexpr std::uint64_t kDigestTime = 0x9E3779B97F4A7C15U;
  static constexpr std::uint64_t kDigestOrder = 0xBF58476D1CE4E5B9U;
  static constexpr std::uint64_t kDigestStep = 0xD6E8FEB86659FD93U;
};

}  // namespace rollcast::kernel::detail
