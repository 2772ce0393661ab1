#include "rollcast/kernel/detail/engine.hpp"

#include <cstdio>
#include <exception>

#include "rollcast/kernel/process.hpp"

namespace rollcast::kernel::detail {

Engine::~Engine() {
  destroy_processes();
  abandon_pending();
}

void Engine::set_horizon(TimePoint horizon) {
  ROLLCAST_ASSERT(next_sequence_ == 0, "the horizon is set before the first event, not after {}",
                  next_sequence_);
  horizon_ = horizon < kNever ? horizon : kNever - Duration{1};
}

/// The time in which events happen; it ends also by an exception.
class Engine::Execution {
 public:
  Execution(Engine& engine, TimePoint advance_limit) : engine_(&engine) {
    engine.executing_ = true;
    engine.run_limit_ = advance_limit;
    engine.set_advance_limit();
  }
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;
  ~Execution() {
    engine_->executing_ = false;
    engine_->running_ = nullptr;
    engine_->advance_limit_ = engine_->run_limit_ = TimePoint::min();
  }

 private:
  Engine* engine_;
};

void Engine::run(TimePoint limit) {
  ROLLCAST_ASSERT(!executing_, "a process runs the simulation it is part of, at {} s",
                  to_seconds(now_));
  ROLLCAST_ASSERT(limit >= now_, "the run ends at {} s, before its clock's {} s", to_seconds(limit),
                  to_seconds(now_));
  if (limit > horizon_) limit = horizon_;
  const Execution execution{*this, limit};
  execute_events<false>(limit);
}

bool Engine::step() {
  ROLLCAST_ASSERT(!executing_, "a process runs the simulation it is part of, at {} s",
                  to_seconds(now_));
  const Execution execution{*this, TimePoint::min()};
  return execute_events<true>(horizon_);
}

void Engine::move_clock_to(TimePoint time) {
  if (time > now_) now_ = time;
}

inline void Engine::prefetch_frame(EventTarget target) const {
  // A frame's head with the promise, and the locals that follow it.
  constexpr EventTarget kLine = 64;
  for (unsigned line = 0; line < 3; ++line)
    __builtin_prefetch(reinterpret_cast<const void*>(target + line * kLine));
}

void Engine::prefetch_slots() const {
  for (std::size_t ahead = 0; ahead < queue_.known(); ++ahead)
    __builtin_prefetch(&slots_[slot_of(queue_.peek(ahead))]);
}

template <bool only_first>
inline bool Engine::execute_events(TimePoint limit) {
  for (;;) {
    const TimePoint earliest = queue_.top_time();
    EventTarget target = 0;
    std::uint64_t sequence = 0;
    if (!due_.empty() && earliest > now_) {
      const DueRing::Entry entry = due_.pop();
      if (due_.size() > 1) prefetch_frame(due_.peek(1));
      target = entry.target;
      sequence = entry.sequence;
    } else {
      if (earliest > limit) return false;  // also when the queue is empty
      const EventKey key = queue_.top();
      target = take_earliest();
      sequence = sequence_of(key);
      if (target != 0 && earliest > now_) [[likely]] {
        now_ = earliest;
        execute(target, sequence);
        if (only_first) return true;
        continue;
      }
    }
    if (target == 0) {
      ++dropped_;
      continue;
    }
    if (stands_still()) [[unlikely]]
      report_standstill(target);
    execute(target, sequence);
    if (only_first) return true;
  }
}

inline EventTarget Engine::take_earliest() {
  const std::uint32_t slot = slot_of(queue_.top());
  if (queue_.pop()) [[unlikely]]
    prefetch_slots();
  if (queue_.known() > kFramesAhead) prefetch_frame(slots_[slot_of(queue_.peek(kFramesAhead))]);
  const EventTarget target = slots_[slot];
  free_slot(slot);
  if (target == 0) [[unlikely]]
    --cancelled_;
  return target;
}

inline void Engine::execute(EventTarget target, std::uint64_t sequence) {
  if ((target & 1U) == 0) [[likely]] {
    auto* promise = reinterpret_cast<PromiseBase*>(target);
    record_event(sequence, promise->process);
    running_ = promise;
    handle_of(*promise).resume();
  } else {
    record_event(sequence, kNoProcess);
    running_ = nullptr;
    reinterpret_cast<Fireable*>(target & ~EventTarget{1})->fire();
  }
  while (continuation_ != nullptr) {
    running_ = std::exchange(continuation_, nullptr);
    handle_of(*running_).resume();
  }
  if (trouble_) [[unlikely]]
    settle_trouble();
}

void Engine::settle_trouble() {
  trouble_ = false;
  running_ = nullptr;
  const std::uint32_t process = std::exchange(doomed_, kNoProcess);
  if (process != kNoProcess && processes_[process].root != nullptr) end_process(process);
  set_advance_limit();
  if (failure_) report_failure();
}

std::uint32_t Engine::spawn(ProcessName name, PromiseBase& promise) {
  const std::uint32_t process = processes_.add(&promise, name);
  promise.engine = this;
  promise.process = process;
  promise.start_ticket = schedule_due(target_of(promise));
  return process;
}

void Engine::interrupt(std::uint32_t process) {
  ProcessRecord& record = processes_[process];
  const bool runs = running_ != nullptr && running_->process == process;
  if (!runs && record.root->waiting_on != nullptr && record.root->waiting_on->interrupt()) return;
  if (record.interrupt_pending) return;
  record.interrupt_pending = true;
  ++pending_interrupts_;
  set_advance_limit();
}

void Engine::destroy(std::uint32_t process) {
  if (running_ != nullptr && running_->process == process) {
    doomed_ = process;
    trouble_ = true;
    set_advance_limit();  // its next wait must suspend
    return;
  }
  end_process(process);
}

void Engine::end_process(std::uint32_t process) noexcept {
  ProcessRecord& record = processes_[process];
  PromiseBase& root = *record.root;
  if (root.waiting_on == nullptr) cancel_due(root.start_ticket);
  handle_of(root).destroy();
  if (record.interrupt_pending) {
    --pending_interrupts_;
    set_advance_limit();
  }
  WaitList waiting = std::exchange(record.waiting_for_end, WaitList{});
  processes_.remove(process);
  while (!waiting.empty()) {
    auto& wait = static_cast<ProcessEnd&>(*waiting.front());
    waiting.remove(wait);
    wait.process_ended();
  }
}

void Engine::finish(PromiseBase& promise) noexcept {
  if (failure_) {
    failed_process_ = promise.process;
    failed_name_ = processes_[promise.process].name;
  }
  if (doomed_ == promise.process) doomed_ = kNoProcess;
  promise.waiting_on = reinterpret_cast<Waiter*>(&promise);  // it has started: nothing of it is due
  end_process(promise.process);
}

void Engine::destroy_processes() noexcept {
  if (executing_) {
    std::fprintf(stderr,
                 "broken invariant: a process destroys the simulation or resource it runs in\n");
    std::terminate();
  }
  if (processes_.alive() == 0 || tearing_down_) return;
  tearing_down_ = true;
  constexpr std::uint32_t kAhead = 4;  // frames of a large fleet have left the cache
  for (std::uint32_t process = 0; process < processes_.size(); ++process) {
    if (process + kAhead < processes_.size()) __builtin_prefetch(processes_[process + kAhead].root);
    if (processes_[process].root != nullptr) end_process(process);
  }
  tearing_down_ = false;
}

void Engine::reset() {
  destroy_processes();
  abandon_pending();
  processes_.restart();
  now_ = kStart;
  next_sequence_ = 0;
  dropped_ = 0;
  digest_ = kDigestStart;
  still_since_ = kStart;
  standstill_ = 0;
}

void Engine::abandon_pending() noexcept {
  const auto abandon = [](EventTarget target) {
    if ((target & 1U) != 0) reinterpret_cast<Fireable*>(target & ~EventTarget{1})->abandoned();
  };
  while (!due_.empty()) abandon(due_.pop().target);
  queue_.remove_if([&](EventKey key) {
    abandon(slots_[slot_of(key)]);
    return true;
  });
  cancelled_ = 0;
  free_slot_ = kNoTicket;
  for (auto slot = static_cast<std::uint32_t>(slots_.size()); slot-- > 0;) free_slot(slot);
}

void Engine::add_slots() {
  constexpr std::size_t kFirst = 64;
  const std::size_t before = slots_.size();
  const std::size_t after = before == 0 ? kFirst : before * 2;
  ROLLCAST_ASSERT(after <= kMaximumSlots, "more than {} timed events are pending at {} s", before,
                  to_seconds(now_));
  slots_.resize(after);
  for (auto slot = static_cast<std::uint32_t>(after); slot-- > before;) free_slot(slot);
}

void Engine::compact() {
  queue_.remove_if([this](EventKey key) {
    const std::uint32_t slot = slot_of(key);
    if (slots_[slot] != 0) return false;
    free_slot(slot);
    ++dropped_;
    return true;
  });
  cancelled_ = 0;
}

ProcessName Engine::name_of(std::uint32_t process) const {
  return process == kNoProcess ? ProcessName{"alarm"} : processes_[process].name;
}

void Engine::notify_observer(std::uint64_t sequence, std::uint32_t process) {
  observer_->on_event(now_, sequence, name_of(process));
}

std::string Engine::standstill_text() const {
  return fmt::format("{} events and waits without time passing", standstill_limit_);
}

void Engine::report_standstill(EventTarget target) {
  const bool is_process = (target & 1U) == 0;
  const ProcessName name =
      name_of(is_process ? reinterpret_cast<PromiseBase*>(target)->process : kNoProcess);
  standstill_ = 0;
  throw ProcessError(fmt::format("process '{} {}' at {} s: {}", name.literal, name.number,
                                 to_seconds(now_), standstill_text()),
                     name, now_);
}

void Engine::throw_standstill() {
  standstill_ = 0;
  throw std::runtime_error(standstill_text());
}

void Engine::report_failure() {
  const std::exception_ptr failure = std::exchange(failure_, nullptr);
  const ProcessName name = failed_name_;
  const auto message = [&](const char* cause) {
    return fmt::format("process '{} {}' failed at {} s: {}", name.literal, name.number,
                       to_seconds(now_), cause);
  };
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& cause) {
    std::throw_with_nested(ProcessError(message(cause.what()), name, now_));
  } catch (...) {
    std::throw_with_nested(ProcessError(message("an exception of unknown type"), name, now_));
  }
}

}  // namespace rollcast::kernel::detail
