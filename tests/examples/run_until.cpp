// A run can stop at a moment or at a condition, and goes on where it stopped.
#include <cstdio>

#include "rollcast/kernel/kernel.hpp"

using namespace rollcast;
using namespace std::chrono_literals;

kernel::Task<void> count(kernel::Simulation& simulation, int& up) {
  for (;;) {
    co_await simulation.delay(7s);
    ++up;
  }
}

int main() {
  kernel::Simulation simulation;
  int up = 0;
  simulation.spawn("count", count(simulation, up));
  simulation.run_until(kStart + 30s);
  std::printf("%d up at %.0f s\n", up, to_seconds(simulation.now()));
  const auto ten = [&] { return up == 10; };
  simulation.run_until(ten);
  std::printf("%d up at %.0f s\n", up, to_seconds(simulation.now()));
}
// Prints:
// 4 up at 30 s
// 10 up at 70 s
