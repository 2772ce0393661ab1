/// The reference models on ns-3's scheduler. ns-3 has no processes: these are callbacks, so a
/// cheaper kind of model than the others'. The scheduler is its default, a red-black tree.
#include <ns3/core-module.h>

#include <deque>
#include <vector>

#include "peer.hpp"

namespace {

using ns3::Seconds;
using ns3::Simulator;

double now() {
  return Simulator::Now().GetSeconds();
}

struct SingleServer {
  explicit SingleServer(const peer::Call& call)
      : customers(call.size), between(call.seed), service(call.seed + 1000) {}
  long customers;
  double total = 0;
  peer::Random between;
  peer::Random service;
  std::deque<double> queue;

  void schedule_arrival() {
    if (customers-- > 0)
      Simulator::Schedule(Seconds(between.exponential(1.0 / 0.9)), &SingleServer::arrive, this);
  }
  void begin_service() {
    Simulator::Schedule(Seconds(service.exponential(1.0)), &SingleServer::depart, this);
  }
  void arrive() {
    queue.push_back(now());
    if (queue.size() == 1) begin_service();
    schedule_arrival();
  }
  void depart() {
    total += now() - queue.front();
    queue.pop_front();
    if (!queue.empty()) begin_service();
  }
};

struct Instance {
  double since = 0;
  int attempt = 0;
  bool first = true;
};

struct Fleet {
  explicit Fleet(const peer::Call& call) : random(call.seed), instances(peer::kInstances) {}
  peer::Random random;
  peer::Rollout result;
  int free = peer::kSlots;
  std::vector<Instance> instances;
  std::deque<int> waiting;

  void ask(int index) {
    instances[index].since = now();
    if (free > 0) {
      --free;
      launch(index);
    } else {
      waiting.push_back(index);
    }
  }
  void launch(int index) {
    instances[index].attempt = 0;
    boot(index);
  }
  void boot(int index) {
    Simulator::Schedule(Seconds(random.uniform(180, 300)), &Fleet::booted, this, index);
  }
  void booted(int index) {
    Instance& instance = instances[index];
    const bool up = !random.bernoulli(peer::kFailure);
    if (!up && ++instance.attempt < peer::kAttempts) return boot(index);
    if (instance.first)
      result.makespan = now();
    else
      result.downtime += now() - instance.since;
    instance.first = false;
    if (waiting.empty()) {
      ++free;
    } else {
      launch(waiting.front());
      waiting.pop_front();
    }
    if (up) Simulator::Schedule(Seconds(random.exponential(peer::kLife)), &Fleet::ask, this, index);
  }
};

struct Hold {
  explicit Hold(const peer::Call& call) : random(call.seed) {}
  peer::Random random;
  long steps = 0;
  void push() { Simulator::Schedule(Seconds(random.exponential(1.0)), &Hold::step, this); }
  void step() {
    ++steps;
    push();
  }
};

void run_until(double time) {
  Simulator::Stop(Seconds(time) - Simulator::Now());
  Simulator::Run();
}

}  // namespace

int main(int argc, char** argv) {
  const peer::Call call = peer::read_call(argc, argv);
  peer::Stopwatch watch;
  if (call.model == "mm1") {
    SingleServer model{call};
    model.schedule_arrival();
    watch.start();
    Simulator::Run();
    peer::print_mm1(watch.seconds(), model.total, call.size);
  } else if (call.model == "rollout") {
    Fleet model{call};
    for (int i = 0; i < peer::kInstances; ++i) model.ask(i);
    run_until(peer::kHorizon);
    peer::print_rollout(watch.seconds(), model.result);
  } else {
    Hold model{call};
    for (long i = 0; i < call.size; ++i) model.push();
    run_until(2);
    const long before = model.steps;
    const double length =
        static_cast<double>(peer::timed_steps(call.size)) / static_cast<double>(call.size);
    watch.start();
    run_until(2 + length);
    peer::print_hold(watch.seconds(), model.steps - before, length);
  }
  return 0;
}
