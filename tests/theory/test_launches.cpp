/// Launches, retries, waves and project networks, written as processes.
#include "support.hpp"

namespace rollcast::theory {
namespace {

/// Minutes as simulated time.
Duration minutes(double value) {
  return from_seconds(60 * value);
}
double in_minutes(TimePoint time) {
  return to_seconds(time) / 60;
}

/// One launch of 3 to 5 minutes, repeated until it succeeds, with at most `attempts`; the result
/// says whether it did.
Task<bool> launch(Simulation& simulation, RandomStream& random, double success, int attempts) {
  for (int attempt = 0; attempt < attempts; ++attempt) {
    co_await simulation.delay(minutes(3 + 2 * random.uniform()));
    if (random.bernoulli(success)) co_return true;
  }
  co_return false;
}

Task<void> one_launch(Simulation& simulation, std::uint64_t replication, std::uint64_t number,
                      double success, kernel::Latch& ready) {
  RandomStream random = stream("launch", replication, number);
  co_await launch(simulation, random, success, 1'000'000);
  ready.count_down();
}

/// Waves of `batch` launches, the next begins when the last of the one before is up.
Task<void> waves(Simulation& simulation, std::uint64_t replication, std::uint64_t count,
                 std::uint64_t batch, double success) {
  for (std::uint64_t first = 0; first < count; first += batch) {
    kernel::Latch ready{simulation, static_cast<std::int64_t>(batch)};
    for (std::uint64_t number = first; number < first + batch; ++number)
      simulation.spawn({"launch", number},
                       one_launch(simulation, replication, number, success, ready));
    co_await ready.done();
  }
}

Results simulate_waves(int replications, std::uint64_t count, std::uint64_t batch, double success) {
  Results results;
  for (int replication = 0; replication < replications; ++replication) {
    Simulation simulation;
    simulation.spawn(
        "waves", waves(simulation, static_cast<std::uint64_t>(replication), count, batch, success));
    simulation.run();
    results.add("mean", in_minutes(simulation.now()));
  }
  return results;
}

void check_mean_and_variance(const Results& results, const std::string& id) {
  INFO(id);
  results.check_against(id, 1);
  CHECK(variance_agrees(results["mean"], expected(id).at("var").get<double>()));
  for (const auto& [name, p] : {std::pair{"q50", 0.5}, {"q95", 0.95}, {"q99", 0.99}})
    if (expected(id).contains(name))
      CHECK(quantile_agrees(results["mean"], p, expected(id).at(name).get<double>()));
}

Task<void> limited_launch(Simulation& simulation, std::uint64_t replication, Results& results) {
  RandomStream random = stream("limited", replication);
  const bool up = co_await launch(simulation, random, 0.9, 3);
  results.add("P_fail", up ? 0 : 1);
  results.add("mean_elapsed", in_minutes(simulation.now()));
}

Task<void> pooled_job(Simulation& simulation, kernel::Pool& servers, double length,
                      double& first_end) {
  Token server = co_await servers.acquire();
  co_await simulation.delay(minutes(length));
  if (first_end == 0) first_end = in_minutes(simulation.now());
}

/// An activity of a project: it begins when `before` are all done.
Task<void> activity(Simulation& simulation, kernel::Latch& before, double length,
                    kernel::Latch& after) {
  co_await before.done();
  co_await simulation.delay(minutes(length));
  after.count_down();
}

Task<void> uniform_launch(Simulation& simulation, RandomStream& random, kernel::Latch& ready) {
  co_await simulation.delay(minutes(3 + 2 * random.uniform()));
  if (!ready.is_done()) ready.count_down();
}

Task<void> await_latch(kernel::Latch& latch, Simulation& simulation, double& when) {
  co_await latch.done();
  when = in_minutes(simulation.now());
}

}  // namespace

TEST_CASE("P01: one launch, retried until it succeeds") {
  check_mean_and_variance(simulate_waves(200'000, 1, 1, 0.9), "P01");
}

TEST_CASE("P02: at most three attempts") {
  Results results;
  for (std::uint64_t replication = 0; replication < 200'000; ++replication) {
    Simulation simulation;
    simulation.spawn("launch", limited_launch(simulation, replication, results));
    simulation.run();
  }
  results.check_against("P02", 2);
  CHECK(variance_agrees(results["mean_elapsed"], expected("P02").at("var_elapsed").get<double>()));
}

TEST_CASE("P04: a hundred launches at once, retried") {
  check_mean_and_variance(simulate_waves(20'000, 100, 100, 0.9), "P04");
}

TEST_CASE("P06a: ten waves of ten") {
  check_mean_and_variance(simulate_waves(20'000, 100, 10, 1.0), "P06a");
}

TEST_CASE("P14: ten waves of ten, retried") {
  check_mean_and_variance(simulate_waves(20'000, 100, 10, 0.9), "P14");
}

TEST_CASE("P16: eighty of a hundred are up") {
  Results results;
  for (std::uint64_t replication = 0; replication < 10'000; ++replication) {
    Simulation simulation;
    RandomStream random = stream("quorum", replication);
    kernel::Latch quorum{simulation, 80};
    double when = 0;
    simulation.spawn("watcher", await_latch(quorum, simulation, when));
    for (int i = 0; i < 100; ++i)
      simulation.spawn("launch", uniform_launch(simulation, random, quorum));
    simulation.run();
    results.add("mean", when);
  }
  check_mean_and_variance(results, "P16");
}

TEST_CASE("P07a: twenty jobs on three servers") {
  Results results;
  for (std::uint64_t replication = 0; replication < 20'000; ++replication) {
    Simulation simulation;
    kernel::Pool servers{simulation, 3};
    RandomStream random = stream("jobs on servers", replication);
    double first_end = 0;
    for (int i = 0; i < 20; ++i)
      simulation.spawn("job",
                       pooled_job(simulation, servers, 30 * random.exponential(), first_end));
    simulation.run();
    results.add("mean", in_minutes(simulation.now()));
    results.add("mean_first", first_end);
  }
  check_mean_and_variance(results, "P07a");
}

TEST_CASE("P08: one engineer sets up thirty servers, one after another") {
  Results results;
  for (std::uint64_t replication = 0; replication < 20'000; ++replication) {
    Simulation simulation;
    kernel::Pool engineer{simulation, 1};
    RandomStream random = stream("by hand", replication);
    double first_end = 0;
    for (int i = 0; i < 30; ++i)
      simulation.spawn("server",
                       pooled_job(simulation, engineer, 20 + 20 * random.uniform(), first_end));
    simulation.run();
    results.add("mean", in_minutes(simulation.now()));
  }
  check_mean_and_variance(results, "P08");
}

TEST_CASE("N01: the bridge network of five activities") {
  Results results;
  for (std::uint64_t replication = 0; replication < 50'000; ++replication) {
    Simulation simulation;
    RandomStream random = stream("bridge", replication);
    kernel::Latch start{simulation, 0};
    kernel::Latch node_2{simulation, 1};
    kernel::Latch node_3{simulation, 2};
    kernel::Latch end{simulation, 2};
    const std::pair<kernel::Latch*, kernel::Latch*> arcs[] = {
        {&start, &node_2}, {&start, &node_3}, {&node_2, &node_3}, {&node_2, &end}, {&node_3, &end}};
    for (const auto& [from, to] : arcs)
      simulation.spawn("activity", activity(simulation, *from, random.exponential(), *to));
    simulation.run();
    results.add("mean", in_minutes(simulation.now()));
  }
  check_mean_and_variance(results, "N01");
}

TEST_CASE("N03: two in a row beside one") {
  Results results;
  for (std::uint64_t replication = 0; replication < 50'000; ++replication) {
    Simulation simulation;
    RandomStream random = stream("beside", replication);
    kernel::Latch start{simulation, 0};
    kernel::Latch middle{simulation, 1};
    kernel::Latch end{simulation, 2};
    simulation.spawn("A", activity(simulation, start, random.uniform(), middle));
    simulation.spawn("B", activity(simulation, middle, random.uniform(), end));
    simulation.spawn("C", activity(simulation, start, random.uniform(), end));
    simulation.run();
    results.add("mean", in_minutes(simulation.now()));
  }
  check_mean_and_variance(results, "N03");
}

}  // namespace rollcast::theory
