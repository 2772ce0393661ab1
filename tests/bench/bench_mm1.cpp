/// M/M/1: 1,000,000 customers, utilisation 0.9. By processes (arrivals and server around a FIFO
/// store) and by callbacks.
#include <benchmark/benchmark.h>

#include <deque>

#include "rollcast/kernel/kernel.hpp"
#include "rollcast/random/stream.hpp"

namespace rollcast::bench {
namespace {

using kernel::Simulation;
using kernel::Store;
using kernel::Task;
using random::RandomStream;

constexpr int kCustomers = 1'000'000;
constexpr double kMeanGap = 1 / 0.9;  ///< between two arrivals, s

struct Sojourns {
  Duration sum{};
  std::int64_t count = 0;
};

Task<void> arrive(Simulation& simulation, Store<TimePoint>& queue, RandomStream& random) {
  for (int i = 0; i < kCustomers; ++i) {
    co_await simulation.delay(from_seconds(random.exponential() * kMeanGap));
    queue.put(simulation.now());
  }
}

Task<void> serve(Simulation& simulation, Store<TimePoint>& queue, RandomStream& random,
                 Sojourns& sojourns) {
  for (;;) {
    const TimePoint arrived = co_await queue.get();
    co_await simulation.delay(from_seconds(random.exponential()));
    sojourns.sum += simulation.now() - arrived;
    ++sojourns.count;
  }
}

void report(benchmark::State& state, const Sojourns& sojourns) {
  state.counters["customers"] =
      benchmark::Counter(static_cast<double>(sojourns.count), benchmark::Counter::kIsRate);
  state.counters["ns_per_customer"] =
      benchmark::Counter(static_cast<double>(sojourns.count) * 1e-9,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["mean_sojourn"] = to_seconds(sojourns.sum) / static_cast<double>(sojourns.count);
}

void mm1_process(benchmark::State& state) {
  Sojourns sojourns;
  std::uint64_t replication = 0;
  Simulation simulation;
  Store<TimePoint> queue{simulation};
  for (auto _ : state) {
    RandomStream between{{1, random::purpose("arrivals"), replication}};
    RandomStream service{{1, random::purpose("services"), replication++}};
    simulation.spawn("arrivals", arrive(simulation, queue, between));
    simulation.spawn("server", serve(simulation, queue, service, sojourns));
    simulation.run();
    simulation.reset();
  }
  report(state, sojourns);
}

/// The same without processes.
class EventModel {
 public:
  EventModel(Simulation& simulation, std::uint64_t replication, Sojourns& sojourns)
      : simulation_(simulation),
        between_({1, random::purpose("arrivals"), replication}),
        service_({1, random::purpose("services"), replication}),
        sojourns_(sojourns) {
    arrival_.set(kStart + from_seconds(between_.exponential() * kMeanGap));
  }

 private:
  struct Arrive {
    EventModel* model;
    void operator()() const { model->on_arrival(); }
  };
  struct Depart {
    EventModel* model;
    void operator()() const { model->on_departure(); }
  };
  void on_arrival() {
    queue_.push_back(simulation_.now());
    if (queue_.size() == 1) begin_service();
    if (++arrived_ < kCustomers)
      arrival_.set(simulation_.now() + from_seconds(between_.exponential() * kMeanGap));
  }
  void on_departure() {
    sojourns_.sum += simulation_.now() - queue_.front();
    ++sojourns_.count;
    queue_.pop_front();
    if (!queue_.empty()) begin_service();
  }
  void begin_service() { departure_.set(simulation_.now() + from_seconds(service_.exponential())); }

  Simulation& simulation_;
  RandomStream between_;
  RandomStream service_;
  Sojourns& sojourns_;
  kernel::Alarm<Arrive> arrival_{simulation_, Arrive{this}};
  kernel::Alarm<Depart> departure_{simulation_, Depart{this}};
  std::deque<TimePoint> queue_;
  int arrived_ = 0;
};

void mm1_event(benchmark::State& state) {
  Sojourns sojourns;
  std::uint64_t replication = 0;
  Simulation simulation;
  for (auto _ : state) {
    EventModel model{simulation, replication++, sojourns};
    simulation.run();
    simulation.reset();
  }
  report(state, sojourns);
}

}  // namespace

BENCHMARK(mm1_process)->Name("mm1/process")->Unit(benchmark::kMillisecond);
BENCHMARK(mm1_event)->Name("mm1/event")->Unit(benchmark::kMillisecond);

}  // namespace rollcast::bench
