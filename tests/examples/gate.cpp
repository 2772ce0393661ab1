// A gate is open or closed; who waits for the state that holds goes on at once.
#include <cstdio>

#include "rollcast/kernel/kernel.hpp"

using namespace rollcast;
using namespace std::chrono_literals;

kernel::Task<void> deploy(kernel::Simulation& simulation, kernel::Gate& approved) {
  co_await approved.opened();
  std::printf("approved at %.0f s\n", to_seconds(simulation.now()));
  co_await approved.opened();
  std::printf("still approved at %.0f s\n", to_seconds(simulation.now()));
}

kernel::Task<void> approve(kernel::Simulation& simulation, kernel::Gate& approved) {
  co_await simulation.delay(10min);
  approved.open();
}

int main() {
  kernel::Simulation simulation;
  kernel::Gate approved{simulation, false};
  simulation.spawn("deploy", deploy(simulation, approved));
  simulation.spawn("approve", approve(simulation, approved));
  simulation.run();
}
// Prints:
// approved at 600 s
// still approved at 600 s
