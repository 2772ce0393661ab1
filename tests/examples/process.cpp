// A process is a coroutine that lets simulated time pass.
#include <cstdio>

#include "rollcast/kernel/kernel.hpp"

using namespace rollcast;
using namespace std::chrono_literals;

kernel::Task<void> boot(kernel::Simulation& simulation, int server, Duration length) {
  co_await simulation.delay(length);
  std::printf("server %d is up at %.0f s\n", server, to_seconds(simulation.now()));
}

int main() {
  kernel::Simulation simulation;
  simulation.spawn({"boot", 1}, boot(simulation, 1, 3min));
  simulation.spawn({"boot", 2}, boot(simulation, 2, 2min));
  simulation.run();
}
// Prints:
// server 2 is up at 120 s
// server 1 is up at 180 s
