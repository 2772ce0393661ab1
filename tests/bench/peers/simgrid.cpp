/// The reference models on SimGrid's S4U actors, all on one host; queues are a deque with a
/// semaphore.
#include <deque>
#include <simgrid/s4u.hpp>

#include "peer.hpp"

namespace {

namespace s4u = simgrid::s4u;

double now() {
  return s4u::Engine::get_clock();
}
void pass(double seconds) {
  s4u::this_actor::sleep_for(seconds);
}

struct SingleServer {
  explicit SingleServer(const peer::Call& call)
      : customers(call.size), between(call.seed), service(call.seed + 1000) {}
  long customers;
  long served = 0;
  double total = 0;
  peer::Random between;
  peer::Random service;
  std::deque<double> queue;
  s4u::SemaphorePtr filled = s4u::Semaphore::create(0);

  void arrive() {
    for (long i = 0; i < customers; ++i) {
      pass(between.exponential(1.0 / 0.9));
      queue.push_back(now());
      filled->release();
    }
  }
  void serve() {
    while (served < customers) {
      filled->acquire();
      const double arrived = queue.front();
      queue.pop_front();
      pass(service.exponential(1.0));
      total += now() - arrived;
      ++served;
    }
  }
};

struct Fleet {
  explicit Fleet(const peer::Call& call) : random(call.seed) {}
  peer::Random random;
  peer::Rollout result;
  s4u::SemaphorePtr slots = s4u::Semaphore::create(peer::kSlots);

  void instance() {
    bool first = true;
    for (;;) {
      const double since = now();
      bool up = false;
      slots->acquire();
      for (int attempt = 0; attempt < peer::kAttempts && !up; ++attempt) {
        pass(random.uniform(180, 300));
        up = !random.bernoulli(peer::kFailure);
      }
      slots->release();
      if (first)
        result.makespan = now();
      else
        result.downtime += now() - since;
      first = false;
      if (!up) return;
      pass(random.exponential(peer::kLife));
    }
  }
};

}  // namespace

int main(int argc, char** argv) {
  s4u::Engine engine(&argc, argv);
  const peer::Call call = peer::read_call(argc, argv);
  s4u::Engine::set_config("contexts/stack-size:64");
  s4u::Engine::set_config("contexts/guard-size:0");
  s4u::NetZone* zone = s4u::create_full_zone("zone");
  s4u::Host* host = zone->create_host("host", 1e9);
  zone->seal();
  peer::Stopwatch watch;
  if (call.model == "mm1") {
    SingleServer model{call};
    s4u::Actor::create("arrivals", host, [&] { model.arrive(); });
    s4u::Actor::create("server", host, [&] { model.serve(); });
    watch.start();
    engine.run();
    peer::print_mm1(watch.seconds(), model.total, call.size);
  } else if (call.model == "rollout") {
    Fleet model{call};
    for (int i = 0; i < peer::kInstances; ++i)
      s4u::Actor::create("instance", host, [&] { model.instance(); });
    engine.run_until(peer::kHorizon);
    peer::print_rollout(watch.seconds(), model.result);
  } else {
    peer::Random random{call.seed};
    long steps = 0;
    for (long i = 0; i < call.size; ++i)
      s4u::Actor::create("hold", host, [&] {
        for (;;) {
          pass(random.exponential(1.0));
          ++steps;
        }
      });
    engine.run_until(2);
    const long before = steps;
    const double length =
        static_cast<double>(peer::timed_steps(call.size)) / static_cast<double>(call.size);
    watch.start();
    engine.run_until(2 + length);
    peer::print_hold(watch.seconds(), steps - before, length);
  }
  std::fflush(stdout);
  std::_Exit(0);  // the actors that sleep for ever are not taken down one by one
}
