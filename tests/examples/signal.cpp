// A signal wakes everybody who waits at that moment; who comes later waits for the next one.
#include <cstdio>

#include "rollcast/kernel/kernel.hpp"

using namespace rollcast;
using namespace std::chrono_literals;

kernel::Task<void> listen(kernel::Simulation& simulation, kernel::Signal& news, Duration after) {
  co_await simulation.delay(after);
  co_await news.next();
  std::printf("who came at %.0f s heard it at %.0f s\n", to_seconds(after),
              to_seconds(simulation.now()));
}

kernel::Task<void> tell(kernel::Simulation& simulation, kernel::Signal& news) {
  for (int time = 0; time < 2; ++time) {
    co_await simulation.delay(10s);
    news.trigger();
  }
}

int main() {
  kernel::Simulation simulation;
  kernel::Signal news{simulation};
  simulation.spawn("early", listen(simulation, news, 5s));
  simulation.spawn("late", listen(simulation, news, 15s));
  simulation.spawn("teller", tell(simulation, news));
  simulation.run();
}
// Prints:
// who came at 5 s heard it at 10 s
// who came at 15 s heard it at 20 s
