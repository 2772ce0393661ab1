/// Roll-out: 10,000 instances through 100 launch slots, then 30 days of failures and relaunches.
#include <benchmark/benchmark.h>

#include "rollcast/kernel/kernel.hpp"
#include "rollcast/random/stream.hpp"

namespace rollcast::bench {
namespace {

using kernel::Simulation;
using kernel::Task;
using kernel::Token;
using random::RandomStream;

constexpr std::uint64_t kInstances = 10'000;
constexpr Duration kHorizon = std::chrono::hours{24 * 30};

/// One deployment. All instances share the replication's streams, one for each purpose.
struct Fleet {
  Fleet(Simulation& run, std::uint64_t replication)
      : simulation(run),
        boot({1, random::purpose("boot time"), replication}),
        failure({1, random::purpose("launch failure"), replication}),
        life({1, random::purpose("life"), replication}) {}
  Simulation& simulation;
  kernel::Pool slots{simulation, 100};
  RandomStream boot;
  RandomStream failure;
  RandomStream life;
  TimePoint makespan = kStart;
  double downtime = 0;
};

Task<void> instance(Fleet& fleet) {
  Simulation& simulation = fleet.simulation;
  bool first = true;
  for (;;) {
    const TimePoint down_since = simulation.now();
    bool up = false;
    {
      Token slot = co_await fleet.slots.acquire();
      for (int attempt = 0; attempt < 4 && !up; ++attempt) {
        co_await simulation.delay(from_seconds(180.0 + 120.0 * fleet.boot.uniform()));
        up = !fleet.failure.bernoulli(0.02);
      }
    }
    if (first)
      fleet.makespan = simulation.now();
    else
      fleet.downtime += to_seconds(simulation.now() - down_since);
    first = false;
    if (!up) co_return;
    co_await simulation.delay(from_seconds(2000.0 * 3600.0 * fleet.life.exponential()));
  }
}

void rollout_process(benchmark::State& state) {
  double makespan = 0;
  double downtime = 0;
  double events = 0;
  const auto first = static_cast<std::uint64_t>(state.thread_index()) << 32;
  std::uint64_t replication = first;
  Simulation simulation;
  simulation.set_horizon(kStart + kHorizon);
  for (auto _ : state) {
    Fleet fleet{simulation, replication++};
    for (std::uint64_t i = 0; i < kInstances; ++i)
      simulation.spawn({"instance", i}, instance(fleet));
    simulation.run();
    makespan += to_seconds(fleet.makespan);
    downtime += fleet.downtime;
    events += static_cast<double>(simulation.events());
    simulation.reset();
  }
  using benchmark::Counter;
  const auto runs = static_cast<double>(replication - first);
  state.counters["makespan"] = Counter(makespan / runs, Counter::kAvgThreads);
  state.counters["downtime"] = Counter(downtime / runs, Counter::kAvgThreads);
  state.counters["events"] = Counter(events / runs, Counter::kAvgThreads);
  state.counters["replications"] = Counter(runs, Counter::kIsRate);
}

}  // namespace

BENCHMARK(rollout_process)->Name("rollout/process")->Unit(benchmark::kMillisecond);
// The same on one and on two threads, a simulation each.
BENCHMARK(rollout_process)
    ->Name("rollout/scaling")
    ->Threads(1)
    ->Threads(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace rollcast::bench
