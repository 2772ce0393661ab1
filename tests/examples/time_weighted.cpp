// The mean over time of a number that changes at moments.
#include <cstdio>

#include "rollcast/kernel/kernel.hpp"

using namespace rollcast;
using namespace std::chrono_literals;

kernel::Task<void> fail_and_recover(kernel::Simulation& simulation, kernel::TimeWeighted& down) {
  co_await simulation.delay(6h);
  down.add(1);
  co_await simulation.delay(3h);
  down.add(-1);
  co_await simulation.delay(3h);
}

int main() {
  kernel::Simulation simulation;
  kernel::TimeWeighted down{simulation};
  simulation.spawn("server", fail_and_recover(simulation, down));
  simulation.run();
  std::printf("%.2f of the time down, at most %.0f at once\n", down.mean(), down.max());
}
// Prints:
// 0.25 of the time down, at most 1 at once
