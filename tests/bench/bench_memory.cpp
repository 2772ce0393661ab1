/// Bytes of memory for an idle process, its queue entry included: by how much the resident set of a
/// fresh program grows, so that nothing which other benchmarks left behind is used again.
#include "bench_memory.hpp"

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>

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

/// What this program says when it is started again to measure.
double bytes_in_a_fresh_program() {
  std::array<char, 4096> path{};
  if (readlink("/proc/self/exe", path.data(), path.size() - 1) < 0) return 0;
  const std::string command = "'" + std::string(path.data()) + "' " + kMeasureIdleProcesses;
  std::FILE* output = popen(command.c_str(), "r");
  if (output == nullptr) return 0;
  double bytes = 0;
  if (std::fscanf(output, "%lf", &bytes) != 1) bytes = 0;
  pclose(output);
  return bytes;
}

void memory_idle_process(benchmark::State& state) {
  double bytes = 0;
  for (auto _ : state) bytes = bytes_in_a_fresh_program();
  if (bytes <= 0) state.SkipWithError("the program could not be started again");
  state.counters["bytes_per_process"] = bytes;
}

}  // namespace

double measure_idle_processes() {
  constexpr int kProcesses = 1'000'000;
  const double before = resident_bytes();
  Simulation simulation;
  for (int i = 0; i < kProcesses; ++i) {
    simulation.spawn("idle", idle(simulation, std::chrono::seconds{i + 1}));
    simulation.run_until(simulation.now());  // it starts: the ring of due events stays small
  }
  return (resident_bytes() - before) / kProcesses;
}

BENCHMARK(memory_idle_process)
    ->Name("memory/idle_process")
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace rollcast::bench
