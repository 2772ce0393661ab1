// A store hands things from process to process, first come, first served.
#include <cstdio>

#include "rollcast/kernel/kernel.hpp"

using namespace rollcast;
using namespace std::chrono_literals;

kernel::Task<void> report(kernel::Simulation& simulation, kernel::Store<int>& tickets) {
  for (int ticket = 1; ticket <= 3; ++ticket) {
    tickets.put(ticket);
    co_await simulation.delay(1min);
  }
}

kernel::Task<void> answer(kernel::Simulation& simulation, kernel::Store<int>& tickets) {
  for (;;) {
    const int ticket = co_await tickets.get();
    co_await simulation.delay(90s);
    std::printf("ticket %d answered at %.0f s\n", ticket, to_seconds(simulation.now()));
  }
}

int main() {
  kernel::Simulation simulation;
  kernel::Store<int> tickets{simulation};
  simulation.spawn("desk", answer(simulation, tickets));
  simulation.spawn("callers", report(simulation, tickets));
  simulation.run();
}
// Prints:
// ticket 1 answered at 90 s
// ticket 2 answered at 180 s
// ticket 3 answered at 270 s
