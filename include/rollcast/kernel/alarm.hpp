#pragma once
/// Alarm: a callback at a moment, for the parts of a model that are no story of a process.
#include <concepts>
#include <utility>

#include "rollcast/kernel/simulation.hpp"

namespace rollcast::kernel {

/// Calls `callback()`, or `callback(alarm)`, at the moment it is set to, as an event in the order
/// (time, order of setting). The callback may set it again. Not movable; destroying it cancels it.
/// An exception out of the callback ends the run as it is.
template <class Callback>
class Alarm final : public detail::Fireable {
 public:
  Alarm(Simulation& simulation, Callback callback)
      : engine_(&simulation.engine()), callback_(std::move(callback)) {}
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  ~Alarm() { cancel(); }

  /// At `time`; in the past: at now(), after what is due. Replaces an earlier setting.
  void set(TimePoint time) {
    cancel();
    if (time > engine_->now()) {
      ticket_ = engine_->schedule_at(time, detail::target_of(*this));
      state_ = State::timed;
    } else {
      ticket_ = engine_->schedule_due(detail::target_of(*this));
      state_ = State::due;
    }
  }
  void cancel() {
    if (state_ == State::timed) engine_->cancel_at(ticket_);
    if (state_ == State::due) engine_->cancel_due(ticket_);
    state_ = State::unset;
  }
  [[nodiscard]] bool is_set() const { return state_ != State::unset; }

  void fire() override {
    state_ = State::unset;
    if constexpr (std::invocable<Callback&, Alarm&>)
      callback_(*this);
    else
      callback_();
  }
  void abandoned() override { state_ = State::unset; }

 private:
  enum class State : std::uint8_t { unset, timed, due };
  detail::Engine* engine_;
  std::uint32_t ticket_ = detail::kNoTicket;
  State state_ = State::unset;
  Callback callback_;
};

}  // namespace rollcast::kernel
