#include <benchmark/benchmark.h>

#include <cstdio>
#include <string_view>

#include "bench_memory.hpp"

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view{argv[1]} == rollcast::bench::kMeasureIdleProcesses) {
    std::printf("%.1f\n", rollcast::bench::measure_idle_processes());
    return 0;
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
