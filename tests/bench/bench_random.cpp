/// One draw of each kind.
#include <benchmark/benchmark.h>

#include "rollcast/random/distribution.hpp"

namespace rollcast::bench {
namespace {

using random::Distribution;
using random::RandomStream;

template <class Draw>
void time_draws(benchmark::State& state, Draw draw) {
  RandomStream random{{1, random::purpose("bench")}};
  for (auto _ : state) benchmark::DoNotOptimize(draw(random));
}

void bits(benchmark::State& state) {
  time_draws(state, [](RandomStream& random) { return random(); });
}
void uniform(benchmark::State& state) {
  time_draws(state, [](RandomStream& random) { return random.uniform(); });
}
void normal(benchmark::State& state) {
  time_draws(state, [](RandomStream& random) { return random.normal(); });
}
void exponential(benchmark::State& state) {
  time_draws(state, [](RandomStream& random) { return random.exponential(); });
}
void new_stream(benchmark::State& state) {
  std::uint64_t entity = 0;
  for (auto _ : state) {
    RandomStream random{{1, 2, 3, entity++}};
    benchmark::DoNotOptimize(random());
  }
}
void sample(benchmark::State& state, const Distribution& distribution) {
  time_draws(state, [&](RandomStream& random) { return distribution.sample(random); });
}

}  // namespace

BENCHMARK(bits)->Name("random/bits");
BENCHMARK(uniform)->Name("random/uniform");
BENCHMARK(normal)->Name("random/normal");
BENCHMARK(exponential)->Name("random/exponential");
BENCHMARK(new_stream)->Name("random/new_stream_first_draw");
BENCHMARK_CAPTURE(sample, lognormal, *Distribution::lognormal(1, 0.5))
    ->Name("random/distribution/lognormal");
BENCHMARK_CAPTURE(sample, gamma, *Distribution::gamma(2.5, 2))->Name("random/distribution/gamma");
BENCHMARK_CAPTURE(sample, weibull, *Distribution::weibull(1.7, 3))
    ->Name("random/distribution/weibull");
BENCHMARK_CAPTURE(sample, triangular, *Distribution::triangular(1, 2, 4))
    ->Name("random/distribution/triangular");
BENCHMARK_CAPTURE(sample, pert, *Distribution::pert(1, 2, 4))->Name("random/distribution/pert");
BENCHMARK_CAPTURE(sample, discrete, *Distribution::discrete({1, 2, 3, 4}, {1, 2, 3, 4}))
    ->Name("random/distribution/discrete");

}  // namespace rollcast::bench
