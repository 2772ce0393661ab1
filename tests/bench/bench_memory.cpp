/// Bytes of resident memory for an idle process, its queue entry included: the growth of the
/// program's resident set.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdio>

#include "rollcast/kernel/kernel.hpp"

namespace rollcast::bench {
namespace {

using kernel::Simulation;
using kernel::Task;

Task<void> idle(Simulation& simulation, Duration length) {
  co_await simulation.delay(length);
}

double resident_bytes() {
  long pages = 0;
  long resident = 0;
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return 0;
  if (std::fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
  std::fclose(file);
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

void memory_idle_process(benchmark::State& state) {
  constexpr int kProcesses = 1'000'000;
  double bytes = 0;
  for (auto _ : state) {
    kernel::release_unused_frames();
    const double before = resident_bytes();
    Simulation simulation;
    for (int i = 0; i < kProcesses; ++i) {
      simulation.spawn("idle", idle(simulation, std::chrono::seconds{i + 1}));
      simulation.run_until(simulation.now());  // it starts: the ring of due events stays small
    }
    bytes = (resident_bytes() - before) / kProcesses;
  }
  state.counters["bytes_per_process"] = bytes;
}

}  // namespace

BENCHMARK(memory_idle_process)
    ->Name("memory/idle_process")
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace rollcast::bench
