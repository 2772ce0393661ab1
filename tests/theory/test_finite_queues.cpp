/// Loss, limited waiting room, and machines under repair.
#include "support.hpp"

namespace rollcast::theory {
namespace {

struct LossSystem {
  Simulation simulation;
  kernel::Pool lines{simulation, 10};
  kernel::TimeWeighted busy{simulation};
  double offered = 0;
  double blocked = 0;
};

Task<void> call(LossSystem& system, Token line, double length) {
  co_await system.simulation.delay(from_seconds(length));
  line.release();
  system.busy.add(-1);
}

Task<void> calls(LossSystem& system, const Distribution& length, std::uint64_t replication) {
  RandomStream random = stream("calls", replication);
  for (int i = 0; i < 20'000; ++i) {
    co_await system.simulation.delay(from_seconds(random.exponential() / 8.0));
    if (i == 500) system.busy.restart();
    Token line = system.lines.try_acquire();
    if (i >= 500) system.offered += 1;
    if (line) {
      system.busy.add(1);
      system.simulation.spawn("call", call(system, std::move(line), length.sample(random)));
    } else if (i >= 500) {
      system.blocked += 1;
    }
  }
}

struct LimitedQueue {
  Simulation simulation;
  kernel::Pool server{simulation, 1};
  kernel::TimeWeighted present{simulation};
  kernel::TimeWeighted waiting{simulation};
  kernel::TimeWeighted empty{simulation, 1.0};
  double offered = 0;
  double blocked = 0;
  double sojourn = 0;
  double waited = 0;
  double served = 0;
};

Task<void> customer(LimitedQueue& queue, double service) {
  const TimePoint arrived = queue.simulation.now();
  queue.present.add(1);
  queue.waiting.add(1);
  queue.empty.set(0);
  Token token = co_await queue.server.acquire();
  queue.waiting.add(-1);
  const double waited = to_seconds(queue.simulation.now() - arrived);
  co_await queue.simulation.delay(from_seconds(service));
  queue.present.add(-1);
  if (queue.present.value() == 0) queue.empty.set(1);
  queue.waited += waited;
  queue.sojourn += to_seconds(queue.simulation.now() - arrived);
  queue.served += 1;
}

Task<void> customers(LimitedQueue& queue, std::uint64_t replication) {
  RandomStream random = stream("customers", replication);
  for (int i = 0; i < 40'000; ++i) {
    co_await queue.simulation.delay(from_seconds(random.exponential() / 0.9));
    if (i == 2'000) {
      for (auto* statistic : {&queue.present, &queue.waiting, &queue.empty}) statistic->restart();
      queue.sojourn = queue.waited = queue.served = queue.offered = queue.blocked = 0;
    }
    queue.offered += 1;
    const double service = random.exponential();
    if (queue.present.value() >= 10)
      queue.blocked += 1;
    else
      queue.simulation.spawn("customer", customer(queue, service));
  }
}

struct Machines {
  Simulation simulation;
  kernel::Pool engineers{simulation, 2};
  kernel::TimeWeighted down{simulation};
  kernel::TimeWeighted waiting{simulation};
  kernel::TimeWeighted all_up{simulation, 1.0};
  kernel::TimeWeighted all_busy{simulation, 0.0};
  double failures = 0;
  double downtime = 0;
  double waited = 0;
};

Task<void> machine(Machines& machines, std::uint64_t number, std::uint64_t replication) {
  RandomStream random = stream("machine", replication, number);
  Simulation& simulation = machines.simulation;
  for (;;) {
    co_await simulation.delay(from_seconds(50 * random.exponential()));
    const TimePoint failed = simulation.now();
    machines.down.add(1);
    machines.waiting.add(1);
    machines.all_up.set(0);
    Token engineer = co_await machines.engineers.acquire();
    machines.waiting.add(-1);
    machines.all_busy.set(machines.engineers.available() == 0 ? 1 : 0);
    const double waited = to_seconds(simulation.now() - failed);
    co_await simulation.delay(from_seconds(5 * random.exponential()));
    engineer.release();
    machines.all_busy.set(machines.engineers.available() == 0 ? 1 : 0);
    machines.down.add(-1);
    if (machines.down.value() == 0) machines.all_up.set(1);
    machines.failures += 1;
    machines.downtime += to_seconds(simulation.now() - failed);
    machines.waited += waited;
  }
}

}  // namespace

TEST_CASE("Q05a: blocking at ten lines does not depend on the law of the calls' length") {
  for (const Distribution& length : {*Distribution::exponential(1), *Distribution::uniform(0, 2),
                                     *Distribution::lognormal_from_mean_sd(1, 1.5)}) {
    INFO(length.describe());
    Results results;
    for (std::uint64_t replication = 0; replication < 60; ++replication) {
      LossSystem system;
      system.simulation.spawn("calls", calls(system, length, replication));
      const auto all_offered = [&] { return system.offered >= 19'500; };
      system.simulation.run_until(all_offered);
      results.add("P_block", system.blocked / system.offered);
      results.add("mean_busy", system.busy.mean());
    }
    results.check_against("Q05a", 2);
  }
}

TEST_CASE("Q07a: M/M/1 with room for ten") {
  Results results;
  for (std::uint64_t replication = 0; replication < 100; ++replication) {
    LimitedQueue queue;
    queue.simulation.spawn("customers", customers(queue, replication));
    const auto all_offered = [&] { return queue.offered >= 38'000; };
    queue.simulation.run_until(all_offered);
    results.add("P_block", queue.blocked / queue.offered);
    results.add("P0", queue.empty.mean());
    results.add("L", queue.present.mean());
    results.add("Lq", queue.waiting.mean());
    results.add("W", queue.sojourn / queue.served);
    results.add("Wq", queue.waited / queue.served);
  }
  results.check_against("Q07a", 6);
}

TEST_CASE("Q08a: twenty instances and two engineers") {
  Results results;
  for (std::uint64_t replication = 0; replication < 60; ++replication) {
    Machines machines;
    for (std::uint64_t number = 0; number < 20; ++number)
      machines.simulation.spawn({"machine", number}, machine(machines, number, replication));
    machines.simulation.run_until(kStart + 1'000s);
    for (auto* statistic :
         {&machines.down, &machines.waiting, &machines.all_up, &machines.all_busy})
      statistic->restart();
    machines.failures = machines.downtime = machines.waited = 0;
    machines.simulation.run_until(kStart + 31'000s);
    results.add("mean_down", machines.down.mean());
    results.add("mean_waiting", machines.waiting.mean());
    results.add("failure_rate", machines.failures / 30'000);
    results.add("mean_downtime_W", machines.downtime / machines.failures);
    results.add("mean_wait_Wq", machines.waited / machines.failures);
    results.add("availability", 1 - machines.down.mean() / 20);
    results.add("P_all_up", machines.all_up.mean());
    results.add("P_all_engineers_busy", machines.all_busy.mean());
  }
  results.check_against("Q08a", 8);
}

}  // namespace rollcast::theory
