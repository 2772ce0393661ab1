#include "rollcast/kernel/simulation.hpp"

namespace rollcast::kernel {

void detail::Waiter::give_up() {
  if (state_ == WaitState::waiting)
    leave();
  else
    engine().cancel_due(ticket_);
  state_ = WaitState::idle;
}

void Delay::enter() {
  detail::Engine& events = engine();
  const detail::EventTarget target = has_process() ? owner_ : detail::target_of(*this);
  if (time_ > events.now()) [[likely]] {
    ticket_ = events.schedule_at(time_, target);
  } else {
    ticket_ = events.schedule_due(target);
    state_ = detail::WaitState::due;
  }
}

bool Delay::wait(detail::PromiseBase& promise) {
  if (!prepare(promise)) [[unlikely]]
    return false;
  detail::Engine& events = *promise.engine;
  if (time_ > events.now()) [[likely]]
    ticket_ = events.schedule_at(time_, owner_);
  else
    enter();
  return true;
}

}  // namespace rollcast::kernel
