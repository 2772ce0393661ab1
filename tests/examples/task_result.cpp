// A task is a part of a process with a result; its exceptions and interruptions are the caller's.
#include <cstdio>

#include "rollcast/kernel/kernel.hpp"

using namespace rollcast;
using namespace std::chrono_literals;

kernel::Task<bool> attempt(kernel::Simulation& simulation, int number) {
  co_await simulation.delay(4min);
  co_return number == 3;
}

kernel::Task<void> launch(kernel::Simulation& simulation) {
  bool up = false;
  for (int number = 1; !up; ++number) {
    up = co_await attempt(simulation, number);
    std::printf("attempt %d %s at %.0f s\n", number, up ? "succeeded" : "failed",
                to_seconds(simulation.now()));
  }
}

int main() {
  kernel::Simulation simulation;
  simulation.spawn("launch", launch(simulation));
  simulation.run();
}
// Prints:
// attempt 1 failed at 240 s
// attempt 2 failed at 480 s
// attempt 3 succeeded at 720 s
