#pragma once
/// What a process is called, how a wait ended, how a process failed, and the hook that sees every
/// event.
#include <cstdint>
#include <stdexcept>
#include <string>

#include "rollcast/base/time.hpp"

namespace rollcast::kernel {

/// A process's name for messages and traces: a literal and a number ("launch", 17). Nothing is
/// allocated.
struct ProcessName {
  constexpr ProcessName() = default;
  /// REQUIRES: `text` outlives the simulation, as a string literal does.
  constexpr ProcessName(const char* text,
                        std::uint64_t count = 0)  // NOLINT(google-explicit-constructor)
      : literal(text), number(count) {}
  const char* literal = "process";
  std::uint64_t number = 0;
};

/// How a wait ended: what was waited for has happened, or somebody interrupted the process. A
/// process that nobody interrupts may ignore it.
enum class Outcome : std::uint8_t { completed, interrupted };

/// A process ended with an exception, or the simulation stood still. The message names the process
/// and the simulated time; the original exception is nested (std::rethrow_if_nested).
class ProcessError : public std::runtime_error {
 public:
  ProcessError(const std::string& message, ProcessName process, TimePoint time)
      : std::runtime_error(message), process_(process), time_(time) {}
  [[nodiscard]] ProcessName process() const { return process_; }
  [[nodiscard]] TimePoint time() const { return time_; }

 private:
  ProcessName process_;
  TimePoint time_;
};

/// Sees every event just before it happens. Must not touch the simulation.
class Observer {
 public:
  virtual ~Observer() = default;
  /// `process` is empty ("alarm", 0) for an event that is a callback and no process.
  virtual void on_event(TimePoint time, std::uint64_t sequence, ProcessName process) = 0;
};

}  // namespace rollcast::kernel
