/// Queues with unlimited waiting room against their closed forms.
#include "support.hpp"

namespace rollcast::theory {
namespace {

/// Customers arrive, wait for one of `servers`, are served. Time unit: a second.
struct Queue {
  Distribution between;
  Distribution service;
  std::int64_t servers = 1;
  int warm_up = 3'000;
  int customers = 30'000;
};

/// What one replication observes, after the warm-up.
struct Station {
  explicit Station(const Queue& queue)
      : pool(simulation, queue.servers), waiting(simulation), present(simulation) {}
  Simulation simulation;
  kernel::Pool pool;
  kernel::TimeWeighted waiting;
  kernel::TimeWeighted present;
  std::vector<double> waits;
  std::vector<double> sojourns;
};

Task<void> customer(Station& station, double service, bool counts) {
  const TimePoint arrived = station.simulation.now();
  station.present.add(1);
  station.waiting.add(1);
  Token server = co_await station.pool.acquire();
  station.waiting.add(-1);
  const double waited = to_seconds(station.simulation.now() - arrived);
  co_await station.simulation.delay(from_seconds(service));
  station.present.add(-1);
  if (!counts) co_return;
  station.waits.push_back(waited);
  station.sojourns.push_back(to_seconds(station.simulation.now() - arrived));
}

Task<void> arrivals(Station& station, const Queue& queue, std::uint64_t replication) {
  RandomStream between = stream("between", replication);
  RandomStream service = stream("service", replication);
  for (int i = 0; i < queue.warm_up + queue.customers; ++i) {
    co_await station.simulation.delay(from_seconds(queue.between.sample(between)));
    if (i == queue.warm_up) {
      station.waiting.restart();
      station.present.restart();
    }
    station.simulation.spawn("customer",
                             customer(station, queue.service.sample(service), i >= queue.warm_up));
  }
}

double mean_of(const std::vector<double>& values, const std::function<double(double)>& f) {
  double sum = 0;
  for (const double value : values) sum += f(value);
  return sum / static_cast<double>(values.size());
}

/// `wait_q` are the waits whose probability to be exceeded is estimated, too.
Results simulate(const Queue& queue, int replications, const std::vector<double>& wait_q = {}) {
  Results results;
  for (int replication = 0; replication < replications; ++replication) {
    Station station{queue};
    station.simulation.spawn("arrivals",
                             arrivals(station, queue, static_cast<std::uint64_t>(replication)));
    const auto all_arrived = [&] {
      return station.waits.size() + static_cast<std::size_t>(queue.servers) >=
             static_cast<std::size_t>(queue.customers);
    };
    station.simulation.run_until(all_arrived);
    results.add("Lq", station.waiting.mean());
    results.add("L", station.present.mean());
    station.simulation.run();
    results.add("Wq", mean_of(station.waits, [](double w) { return w; }));
    results.add("W", mean_of(station.sojourns, [](double w) { return w; }));
    results.add("P_wait", mean_of(station.waits, [](double w) { return w > 0 ? 1.0 : 0.0; }));
    results.add("wait squared", mean_of(station.waits, [](double w) { return w * w; }));
    for (const double limit : wait_q)
      results.add(fmt::format("beyond {}", limit),
                  mean_of(station.waits, [=](double w) { return w > limit ? 1.0 : 0.0; }));
  }
  return results;
}

void check_wait_law(const std::string& id, const Queue& queue, int least) {
  std::vector<double> limits;
  std::vector<double> shares;
  for (const auto& [name, share] :
       {std::pair{"wait_q90", 0.1}, {"wait_q95", 0.05}, {"wait_q99", 0.01}}) {
    if (!expected(id).contains(name)) continue;
    limits.push_back(expected(id).at(name).get<double>());
    shares.push_back(share);
  }
  const Results results = simulate(queue, 100, limits);
  results.check_against(id, least);
  for (std::size_t i = 0; i < limits.size(); ++i)
    CHECK(agrees(results[fmt::format("beyond {}", limits[i])], shares[i]));
  if (expected(id).contains("var_wait")) {
    const double mean = expected(id).at("Wq").get<double>();
    CHECK(agrees(results["wait squared"], expected(id).at("var_wait").get<double>() + mean * mean));
  }
}

/// Two classes at one server; the first goes before the second, service is not interrupted.
Task<void> job(Simulation& simulation, kernel::Pool& server, double service, int priority,
               std::vector<double>* waits) {
  const TimePoint arrived = simulation.now();
  Token token = co_await server.acquire(1, priority);
  if (waits != nullptr) waits->push_back(to_seconds(simulation.now() - arrived));
  co_await simulation.delay(from_seconds(service));
}

Task<void> jobs(Simulation& simulation, kernel::Pool& server, int priority, double rate,
                std::uint64_t replication, std::vector<double>& waits) {
  RandomStream random = stream("jobs", replication, static_cast<std::uint64_t>(priority));
  for (int i = 0; i < 30'000; ++i) {
    co_await simulation.delay(from_seconds(random.exponential() / rate));
    simulation.spawn("job", job(simulation, server, random.exponential(), priority,
                                i > 3'000 ? &waits : nullptr));
  }
}

}  // namespace

TEST_CASE("Q01: M/M/1") {
  check_wait_law("Q01", {*Distribution::exponential(1 / 0.8), *Distribution::exponential(1)}, 5);
}

TEST_CASE("Q02: M/M/3") {
  check_wait_law("Q02", {*Distribution::exponential(1 / 2.0), *Distribution::exponential(1), 3}, 5);
}

TEST_CASE("Q06c: M/G/1 with Erlang service") {
  check_wait_law("Q06c", {*Distribution::exponential(1 / 0.8), *Distribution::gamma(2, 0.5)}, 3);
}

TEST_CASE("Q09: D/M/1") {
  check_wait_law("Q09", {Distribution::constant(1.25), *Distribution::exponential(1)}, 2);
}

TEST_CASE("Little's law holds in every run") {
  const Results results =
      simulate({*Distribution::exponential(1 / 0.8), *Distribution::exponential(1)}, 20);
  CHECK(std::fabs(results["L"].mean() / results["W"].mean() / 0.8 - 1) < 0.01);
  CHECK(std::fabs(results["Lq"].mean() / results["Wq"].mean() / 0.8 - 1) < 0.01);
}

TEST_CASE("a planted bias of 2 % in the service time is noticed by the check of Q01") {
  const Results biased =
      simulate({*Distribution::exponential(1 / 0.8), *Distribution::exponential(1.02)}, 100);
  CHECK_FALSE(agrees(biased["Wq"], expected("Q01").at("Wq").get<double>()));
  CHECK_FALSE(agrees(biased["W"], expected("Q01").at("W").get<double>()));
}

TEST_CASE("two priorities at one server wait as Cobham's formula says") {
  // A. Cobham, Priority assignment in waiting line problems, Operations Research 2 (1954): with
  // mean residual work w = sum of rates * E[S^2] / 2, class 1 waits w / (1 - load 1), class 2 waits
  // w / ((1 - load 1) (1 - load)).
  const double rate[2] = {0.3, 0.5};
  const double residual = (rate[0] + rate[1]) * 2.0 / 2.0;
  Results results;
  for (std::uint64_t replication = 0; replication < 100; ++replication) {
    Simulation simulation;
    kernel::Pool server{simulation, 1};
    std::vector<double> waits[2];
    for (int priority : {0, 1})
      simulation.spawn(
          "jobs", jobs(simulation, server, priority, rate[priority], replication, waits[priority]));
    // Up to the end of the faster arrivals, so that both classes are there all the time.
    const auto enough = [&] { return waits[1].size() >= 25'000; };
    simulation.run_until(enough);
    results.add("first", mean_of(waits[0], [](double w) { return w; }));
    results.add("second", mean_of(waits[1], [](double w) { return w; }));
  }
  CHECK(agrees(results["first"], residual / (1 - rate[0])));
  CHECK(agrees(results["second"], residual / ((1 - rate[0]) * (1 - rate[0] - rate[1]))));
}

}  // namespace rollcast::theory
