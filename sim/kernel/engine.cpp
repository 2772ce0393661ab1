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

void Engine::run(TimePoint limit) {
  ROLLCAST_ASSERT(!executing_, "a process runs the simulation it is part of, at {} s",
                  to_seconds(now_));
  ROLLCAST_ASSERT(limit >= now_, "the run ends at {} s, before its clock's {} s", to_seconds(limit),
                  to_seconds(now_));
  if (limit > horizon_) limit = horizon_;
  do {
    advance_limit_ = limit;
  } while (execute_next(limit));
  advance_limit_ = TimePoint::min();
}

bool Engine::step() {
  ROLLCAST_ASSERT(!executing_, "a process runs the simulation it is part of, at {} s",
                  to_seconds(now_));
  advance_limit_ = TimePoint::min();
  return execute_next(horizon_);
}

void Engine::move_clock_to(TimePoint time) {
  if (time <= now_) return;
  now_ = time;
  standstill_ = 0;
}

bool Engine::execute_next(TimePoint limit) {
  for (;;) {
    const TimePoint earliest = queue_.top_time();
    if (!due_.empty() && earliest > now_) {
      const DueRing::Entry entry = due_.pop();
      if (entry.target == 0) continue;
      execute(entry.target, entry.sequence);
      return true;
    }
    if (earliest > limit) return false;  // also when the queue is empty
    const EventKey key = queue_.top();
    queue_.pop();
    const std::uint32_t slot = slot_of(key);
    const EventTarget target = slots_[slot];
    free_slots_.push_back(slot);
    if (target == 0) {
      --cancelled_;
      continue;
    }
    if (earliest > now_) {
      now_ = earliest;
      standstill_ = 0;
    }
    execute(target, sequence_of(key));
    return true;
  }
}

void Engine::execute(EventTarget target, std::uint64_t sequence) {
  if (++standstill_ > standstill_limit_) [[unlikely]]
    report_standstill(target);
  executing_ = true;
  if ((target & 1U) == 0) [[likely]] {
    auto* promise = reinterpret_cast<PromiseBase*>(target);
    record_event(sequence, promise->process);
    running_ = promise;
    handle_of(*promise).resume();
  } else {
    record_event(sequence, kNoProcess);
    fire(*reinterpret_cast<Fireable*>(target & ~EventTarget{1}));
  }
  while (continuation_ != nullptr) {
    running_ = std::exchange(continuation_, nullptr);
    handle_of(*running_).resume();
  }
  running_ = nullptr;
  executing_ = false;
  if (doomed_ != kNoProcess) [[unlikely]] {
    const std::uint32_t process = std::exchange(doomed_, kNoProcess);
    if (processes_[process].root != nullptr) end_process(process);
  }
  if (failure_) [[unlikely]]
    report_failure();
}

void Engine::fire(Fireable& object) {
  try {
    object.fire();
  } catch (...) {
    executing_ = false;
    throw;
  }
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
}

void Engine::destroy(std::uint32_t process) {
  if (running_ != nullptr && running_->process == process) {
    doomed_ = process;
    advance_limit_ = TimePoint::min();  // its next wait must suspend
    return;
  }
  end_process(process);
}

void Engine::end_process(std::uint32_t process) noexcept {
  ProcessRecord& record = processes_[process];
  PromiseBase& root = *record.root;
  if (root.waiting_on == nullptr) cancel_due(root.start_ticket);
  handle_of(root).destroy();
  if (record.interrupt_pending) --pending_interrupts_;
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
  for (std::uint32_t process = 0; process < processes_.size(); ++process)
    if (processes_[process].root != nullptr) end_process(process);
  tearing_down_ = false;
}

void Engine::reset() {
  destroy_processes();
  abandon_pending();
  processes_.restart();
  now_ = kStart;
  next_sequence_ = 0;
  events_ = 0;
  digest_ = kDigestStart;
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
  free_slots_.clear();
  for (std::uint32_t slot = static_cast<std::uint32_t>(slots_.size()); slot-- > 0;)
    free_slots_.push_back(slot);
}

void Engine::add_slots() {
  constexpr std::size_t kFirst = 64;
  const std::size_t before = slots_.size();
  const std::size_t after = before == 0 ? kFirst : before * 2;
  ROLLCAST_ASSERT(after <= kMaximumSlots, "more than {} timed events are pending at {} s", before,
                  to_seconds(now_));
  slots_.resize(after);
  free_slots_.reserve(after);
  for (std::size_t slot = after; slot-- > before;)
    free_slots_.push_back(static_cast<std::uint32_t>(slot));
}

void Engine::compact() {
  queue_.remove_if([this](EventKey key) {
    const std::uint32_t slot = slot_of(key);
    if (slots_[slot] != 0) return false;
    free_slots_.push_back(slot);
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
