// A pool has so many units; a token is a share of it and goes back when it leaves its scope.
#include <cstdio>

#include "rollcast/kernel/kernel.hpp"

using namespace rollcast;
using namespace std::chrono_literals;

kernel::Task<void> launch(kernel::Simulation& simulation, kernel::Pool& slots, int server) {
  kernel::Token slot = co_await slots.acquire();
  co_await simulation.delay(1min);
  std::printf("server %d is up at %.0f s\n", server, to_seconds(simulation.now()));
}

int main() {
  kernel::Simulation simulation;
  kernel::Pool slots{simulation, 2};
  for (int server = 1; server <= 3; ++server)
    simulation.spawn("launch", launch(simulation, slots, server));
  simulation.run();
}
// Prints:
// server 1 is up at 60 s
// server 2 is up at 60 s
// server 3 is up at 120 s
