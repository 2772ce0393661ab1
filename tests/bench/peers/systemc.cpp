/// The reference models on SystemC threads (SC_THREAD, a stack each). One simulated second is one
/// SystemC second at a resolution of 1 ns.
#include <deque>
#include <memory>
#include <systemc>
#include <vector>

#include "peer.hpp"

namespace {

using sc_core::sc_event;
using sc_core::sc_time;

double now() {
  return sc_core::sc_time_stamp().to_seconds();
}
void pass(double seconds) {
  sc_core::wait(sc_time(seconds, sc_core::SC_SEC));
}

class SingleServer : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(SingleServer);
  SingleServer(const sc_core::sc_module_name& name, const peer::Call& call)
      : sc_module(name), customers_(call.size), between_(call.seed), service_(call.seed + 1000) {
    SC_THREAD(arrive);
    SC_THREAD(serve);
  }
  double total = 0;

 private:
  void arrive() {
    for (long i = 0; i < customers_; ++i) {
      pass(between_.exponential(1.0 / 0.9));
      queue_.push_back(now());
      if (queue_.size() == 1) filled_.notify();
    }
  }
  void serve() {
    for (;;) {
      if (queue_.empty()) sc_core::wait(filled_);
      const double arrived = queue_.front();
      queue_.pop_front();
      pass(service_.exponential(1.0));
      total += now() - arrived;
    }
  }
  long customers_;
  peer::Random between_;
  peer::Random service_;
  std::deque<double> queue_;
  sc_event filled_;
};

class Fleet : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Fleet);
  Fleet(const sc_core::sc_module_name& name, const peer::Call& call)
      : sc_module(name), random_(call.seed) {
    sc_core::sc_spawn_options options;
    options.set_stack_size(0x4000);
    for (int i = 0; i < peer::kInstances; ++i)
      sc_core::sc_spawn([this] { instance(); }, nullptr, &options);
  }
  peer::Rollout result;

 private:
  void acquire() {
    if (free_ > 0) {
      --free_;
      return;
    }
    sc_event granted;
    waiting_.push_back(&granted);
    sc_core::wait(granted);
  }
  void release() {
    if (waiting_.empty()) {
      ++free_;
      return;
    }
    waiting_.front()->notify();
    waiting_.pop_front();
  }
  void instance() {
    bool first = true;
    for (;;) {
      const double since = now();
      bool up = false;
      acquire();
      for (int attempt = 0; attempt < peer::kAttempts && !up; ++attempt) {
        pass(random_.uniform(180, 300));
        up = !random_.bernoulli(peer::kFailure);
      }
      release();
      if (first)
        result.makespan = now();
      else
        result.downtime += now() - since;
      first = false;
      if (!up) return;
      pass(random_.exponential(peer::kLife));
    }
  }
  peer::Random random_;
  int free_ = peer::kSlots;
  std::deque<sc_event*> waiting_;
};

class Hold : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Hold);
  Hold(const sc_core::sc_module_name& name, const peer::Call& call)
      : sc_module(name), random_(call.seed) {
    sc_core::sc_spawn_options options;
    options.set_stack_size(0x4000);
    for (long i = 0; i < call.size; ++i)
      sc_core::sc_spawn(
          [this] {
            for (;;) {
              pass(random_.exponential(1.0));
              ++steps;
            }
          },
          nullptr, &options);
  }
  long steps = 0;

 private:
  peer::Random random_;
};

}  // namespace

int sc_main(int argc, char** argv) {
  const peer::Call call = peer::read_call(argc, argv);
  sc_core::sc_set_time_resolution(1, sc_core::SC_NS);
  peer::Stopwatch watch;
  if (call.model == "mm1") {
    SingleServer model{"model", call};
    watch.start();
    sc_core::sc_start();
    peer::print_mm1(watch.seconds(), model.total, call.size);
  } else if (call.model == "rollout") {
    Fleet model{"model", call};
    sc_core::sc_start(sc_time(peer::kHorizon, sc_core::SC_SEC));
    peer::print_rollout(watch.seconds(), model.result);
  } else {
    Hold model{"model", call};
    sc_core::sc_start(sc_time(2, sc_core::SC_SEC));
    const long before = model.steps;
    const double length =
        static_cast<double>(peer::timed_steps(call.size)) / static_cast<double>(call.size);
    watch.start();
    sc_core::sc_start(sc_time(length, sc_core::SC_SEC));
    peer::print_hold(watch.seconds(), model.steps - before, length);
  }
  return 0;
}
