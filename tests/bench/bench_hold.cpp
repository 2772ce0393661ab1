/// Hold: N pending events, each pushed again at an Exp(1) distance when it comes; after 2N warm-up
/// steps one step is timed.
#include <benchmark/benchmark.h>

#include <deque>
#include <memory>
#include <vector>

#include "rollcast/kernel/kernel.hpp"
#include "rollcast/random/stream.hpp"

namespace rollcast::bench {
namespace {

using kernel::Simulation;
using kernel::Task;
using random::RandomStream;

Task<void> hold(Simulation& simulation, RandomStream& random) {
  for (;;) co_await simulation.delay(from_seconds(random.exponential()));
}

/// Runs steps in portions of simulated time, so that the loop of run_until is what is timed.
void time_steps(benchmark::State& state, Simulation& simulation, std::uint64_t pending) {
  const auto portion = from_seconds(1.0);  // about `pending` steps
  simulation.run_until(simulation.now() + 2 * portion);
  const std::uint64_t before = simulation.events();
  const TimePoint since = simulation.now();
  const double steps_wanted = 200'000.0;
  const auto slice = from_seconds(steps_wanted / static_cast<double>(pending));
  for (auto _ : state) simulation.run_until(simulation.now() + slice);
  const auto steps = static_cast<double>(simulation.events() - before);
  // Each pending event comes once a second on average.
  state.counters["steps"] = steps;
  state.counters["steps_expected"] =
      static_cast<double>(pending) * to_seconds(simulation.now() - since);
  state.counters["ns_per_step"] =
      benchmark::Counter(steps * 1e-9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void hold_process(benchmark::State& state) {
  const auto pending = static_cast<std::uint64_t>(state.range(0));
  Simulation simulation;
  RandomStream random{{1, random::purpose("hold")}};
  for (std::uint64_t i = 0; i < pending; ++i)
    simulation.spawn({"hold", i}, hold(simulation, random));
  time_steps(state, simulation, pending);
}

/// A callback that sets its alarm again.
struct SetAgain {
  Simulation* simulation;
  RandomStream* random;
  template <class Alarm>
  void operator()(Alarm& alarm) const {
    alarm.set(simulation->now() + from_seconds(random->exponential()));
  }
};

void hold_event(benchmark::State& state) {
  const auto pending = static_cast<std::uint64_t>(state.range(0));
  Simulation simulation;
  RandomStream random{{1, random::purpose("hold")}};
  std::deque<kernel::Alarm<SetAgain>> alarms;
  for (std::uint64_t i = 0; i < pending; ++i) {
    alarms.emplace_back(simulation, SetAgain{&simulation, &random});
    alarms.back().set(kStart + from_seconds(random.exponential()));
  }
  time_steps(state, simulation, pending);
}

}  // namespace

BENCHMARK(hold_process)
    ->Name("hold/process")
    ->Arg(1'000)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(hold_event)
    ->Name("hold/event")
    ->Arg(1'000)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond);

}  // namespace rollcast::bench
