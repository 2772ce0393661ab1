// A queue with one server, through the installed library: customers arrive every 2 s, service takes
// 3 s.
#include <cstdio>

#include "rollcast/kernel/pool.hpp"
#include "rollcast/kernel/simulation.hpp"

using namespace rollcast;
using namespace rollcast::kernel;
using std::chrono::seconds;

Task<> customer(Simulation& sim, Pool& server, double& waited) {
  const TimePoint arrived = sim.now();
  auto turn = server.acquire();
  auto token = co_await turn;
  waited += to_seconds(sim.now() - arrived);
  co_await sim.delay(seconds(3));
}

Task<> arrivals(Simulation& sim, Pool& server, double& waited) {
  for (int number = 0; number < 4; ++number) {
    sim.spawn("customer", customer(sim, server, waited));
    co_await sim.delay(seconds(2));
  }
}

int main() {
  Simulation sim;
  Pool server(sim, 1);
  double waited = 0;
  sim.spawn("arrivals", arrivals(sim, server, waited));
  sim.run();
  std::printf("waited %g s, ended at %g s\n", waited, to_seconds(sim.now() - kStart));
  return waited == 6.0 ? 0 : 1;  // 0 + 1 + 2 + 3 s
}
