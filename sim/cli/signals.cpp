#include "signals.hpp"

#include <csignal>
#include <cstdlib>

#include "command.hpp"

namespace rollcast::cli {
namespace {

std::atomic<bool> stop_asked{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

void ask_to_stop(int) {
  if (stop_asked.exchange(true)) std::_Exit(kInterrupted);
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigaction(signal, &action, nullptr);
}

}  // namespace

const std::atomic<bool>& watch_for_stop() {
  handle(SIGINT, ask_to_stop);
  handle(SIGTERM, ask_to_stop);
  return stop_asked;
}

void ignore_closed_pipes() {
  handle(SIGPIPE, SIG_IGN);
}

}  // namespace rollcast::cli
