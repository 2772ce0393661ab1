// An interruption is a value: the wait ends early and says so.
#include <cstdio>

#include "rollcast/kernel/kernel.hpp"

using namespace rollcast;
using namespace std::chrono_literals;

kernel::Task<void> soak(kernel::Simulation& simulation) {
  const kernel::Outcome outcome = co_await simulation.delay(2h);
  const bool quiet = outcome == kernel::Outcome::completed;
  std::printf("%.0f s: %s\n", to_seconds(simulation.now()), quiet ? "all quiet" : "interrupted");
}

kernel::Task<void> alarm(kernel::Simulation& simulation, kernel::ProcessHandle soaking) {
  co_await simulation.delay(20min);
  soaking.interrupt();
}

int main() {
  kernel::Simulation simulation;
  const kernel::ProcessHandle soaking = simulation.spawn("soak", soak(simulation));
  simulation.spawn("alarm", alarm(simulation, soaking));
  simulation.run();
}
// Prints:
// 1200 s: interrupted
