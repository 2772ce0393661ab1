// Work passes only while its calendar is open: ten hours of it take until the second day.
#include <cstdio>

#include "rollcast/kernel/kernel.hpp"

using namespace rollcast;
using namespace std::chrono_literals;

kernel::Task<void> work(kernel::Simulation& simulation, const kernel::WorkCalendar& hours) {
  co_await simulation.until(hours.finish(simulation.now(), 10h));
  std::printf("done at %.0f h\n", to_hours(simulation.now() - kStart));
}

int main() {
  const kernel::WorkCalendar hours{{{kStart + 9h, kStart + 18h}, {kStart + 33h, kStart + 42h}}};
  kernel::Simulation simulation;
  simulation.spawn("work", work(simulation, hours));
  simulation.run();
}
// Prints:
// done at 34 h
