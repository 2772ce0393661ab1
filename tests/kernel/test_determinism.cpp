/// Committed digests: the same events in the same order for every compiler, optimisation level and
/// event queue.
#include "rollcast/random/distribution.hpp"
#include "support.hpp"

namespace rollcast::kernel::test {
namespace {

using random::Distribution;
using random::RandomStream;
using random::StreamKey;

Task<void> customers(Simulation& simulation, Store<TimePoint>& queue, RandomStream& random,
                     int count) {
  for (int i = 0; i < count; ++i) {
    co_await simulation.delay(from_seconds(random.exponential() / 0.9));
    queue.put(simulation.now());
  }
}

Task<void> server(Simulation& simulation, Store<TimePoint>& queue, RandomStream& random) {
  for (;;) {
    const TimePoint arrived = co_await queue.get();
    co_await simulation.delay(from_seconds(random.exponential()));
    static_cast<void>(arrived);
  }
}

std::uint64_t digest_of_single_server() {
  Simulation simulation;
  Store<TimePoint> queue{simulation};
  RandomStream arrivals{StreamKey{1, random::purpose("arrivals")}};
  RandomStream services{StreamKey{1, random::purpose("services")}};
  simulation.spawn("customers", customers(simulation, queue, arrivals, 20'000));
  simulation.spawn("server", server(simulation, queue, services));
  simulation.run();
  return simulation.digest();
}

struct Fleet {
  Simulation simulation;
  Pool slots{simulation, 20};
  Distribution boot = *Distribution::uniform(180.0, 300.0);
  Distribution life = *Distribution::exponential(200.0 * 3600.0);
};

Task<void> instance(Fleet& fleet, std::uint64_t number) {
  RandomStream random{StreamKey{1, random::purpose("instance"), 0, number}};
  for (;;) {
    Token slot = co_await fleet.slots.acquire();
    for (int attempt = 0; attempt < 4; ++attempt) {
      co_await fleet.simulation.delay(from_seconds(fleet.boot.sample(random)));
      if (!random.bernoulli(0.02)) break;
    }
    slot.release();
    co_await fleet.simulation.delay(from_seconds(fleet.life.sample(random)));
  }
}

std::uint64_t digest_of_roll_out(bool shortened) {
  Fleet fleet;
  if (shortened) fleet.simulation.set_horizon(kStart + std::chrono::hours{24 * 30});
  for (std::uint64_t number = 0; number < 1000; ++number)
    fleet.simulation.spawn({"instance", number}, instance(fleet, number));
  fleet.simulation.run_until(kStart + std::chrono::hours{24 * 30});
  return fleet.simulation.digest();
}

/// Every distribution once per round, as durations.
Task<void> sample_all(Simulation& simulation) {
  RandomStream random{StreamKey{1, random::purpose("all distributions")}};
  const std::vector<Distribution> all{
      *Distribution::uniform(1, 2),
      *Distribution::triangular(1, 2, 4),
      *Distribution::pert(1, 2, 4),
      *Distribution::normal(50, 2),
      *Distribution::lognormal(1, 0.5),
      *Distribution::exponential(3),
      *Distribution::gamma(0.6, 2),
      *Distribution::gamma(4.5, 2),
      *Distribution::weibull(1.7, 3),
      *Distribution::discrete({1, 4}, {3, 1}),
      *Distribution::normal(5, 3)->truncated(9, 12),
      *Distribution::mixture({1, 2}, {*Distribution::uniform(0, 1), *Distribution::gamma(3, 1)})};
  for (int round = 0; round < 500; ++round)
    for (const Distribution& distribution : all)
      co_await simulation.delay(
          from_seconds(distribution.sample(random) + distribution.quantile(random.uniform())));
}

std::uint64_t digest_of_distributions() {
  Simulation simulation;
  simulation.spawn("sampler", sample_all(simulation));
  simulation.run();
  return simulation.digest();
}

}  // namespace

TEST_CASE("the digests are the committed ones") {
  CHECK(digest_of_single_server() == 0xCC997C8A53F0F7EFU);
  CHECK(digest_of_roll_out(false) == 0x4751D35FE021C32BU);
  CHECK(digest_of_distributions() == 0xEC844560ECE793CAU);
}

TEST_CASE("a digest tells apart runs that differ in order, time or process") {
  const auto digest = [](std::vector<int> waits) {
    Simulation simulation;
    for (const int wait : waits)
      simulation.spawn("p", [](Simulation& s, int seconds) -> Task<void> {
        co_await s.delay(std::chrono::seconds{seconds});
      }(simulation, wait));
    simulation.run();
    return simulation.digest();
  };
  CHECK(digest({1, 2}) == digest({1, 2}));
  CHECK(digest({1, 2}) != digest({2, 1}));
  CHECK(digest({1, 2}) != digest({1, 3}));
  CHECK(digest({1, 2}) != digest({1, 2, 2}));
}

TEST_CASE("a run up to the horizon does the same with and without scheduling beyond it") {
  // Only the sequence numbers of what never happens differ, so the digests do; the events do not.
  Fleet plain;
  Fleet shortened;
  shortened.simulation.set_horizon(kStart + std::chrono::hours{24 * 30});
  for (Fleet* fleet : {&plain, &shortened}) {
    for (std::uint64_t number = 0; number < 300; ++number)
      fleet->simulation.spawn({"instance", number}, instance(*fleet, number));
    fleet->simulation.run_until(kStart + std::chrono::hours{24 * 30});
  }
  CHECK(plain.simulation.events() == shortened.simulation.events());
  CHECK(plain.slots.in_use() == shortened.slots.in_use());
}

}  // namespace rollcast::kernel::test
