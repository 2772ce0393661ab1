// Lower numbers go first; within one priority, who asked first.
#include <cstdio>

#include "rollcast/kernel/kernel.hpp"

using namespace rollcast;
using namespace std::chrono_literals;

kernel::Task<void> repair(kernel::Simulation& simulation, kernel::Pool& people, const char* what,
                          int priority) {
  kernel::Token person = co_await people.acquire(1, priority);
  co_await simulation.delay(1h);
  std::printf("%s is done at %.0f h\n", what, to_hours(simulation.now() - kStart));
}

int main() {
  kernel::Simulation simulation;
  kernel::Pool people{simulation, 1};
  simulation.spawn("first", repair(simulation, people, "the first call", 5));
  simulation.spawn("routine", repair(simulation, people, "routine", 5));
  simulation.spawn("outage", repair(simulation, people, "the outage", 0));
  simulation.run();
}
// Prints:
// the first call is done at 1 h
// the outage is done at 2 h
// routine is done at 3 h
