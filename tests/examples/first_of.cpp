// first_of goes on with what happens first, and the others leave their queues; all_of with the
// last.
#include <cstdio>

#include "rollcast/kernel/kernel.hpp"

using namespace rollcast;
using namespace std::chrono_literals;

kernel::Task<void> launch(kernel::Simulation& simulation, kernel::Pool& slots, Duration patience) {
  auto slot = slots.acquire();
  auto given_up = simulation.delay(patience);
  co_await first_of(slot, given_up);
  const kernel::Token held = slot.take();
  std::printf("%.0f s: %s\n", to_seconds(simulation.now()), held ? "has a slot" : "gave up");
  auto booted = simulation.delay(2min);
  auto copied = simulation.delay(3min);
  co_await all_of(booted, copied);
  std::printf("%.0f s: done\n", to_seconds(simulation.now()));
}

int main() {
  kernel::Simulation simulation;
  kernel::Pool slots{simulation, 1};
  simulation.spawn("first", launch(simulation, slots, 1min));
  simulation.spawn("second", launch(simulation, slots, 1min));
  simulation.run();
}
// Prints:
// 0 s: has a slot
// 60 s: gave up
// 180 s: done
// 240 s: done
