/// Failure, repair, redundancy, backups. Time unit: an hour.
#include "support.hpp"

namespace rollcast::theory {
namespace {

double in_hours(TimePoint time) {
  return to_seconds(time) / 3600;
}

Task<void> unit(Simulation& simulation, double life, kernel::Latch& failures_left) {
  co_await simulation.delay(from_hours(life));
  if (!failures_left.is_done()) failures_left.count_down();
}

Task<void> note_end(Simulation& simulation, kernel::Latch& latch, double& when) {
  co_await latch.done();
  when = in_hours(simulation.now());
}

/// Mean time until fewer than `needed` of `count` units are alive.
Estimate time_to_failure(std::int64_t needed, std::int64_t count) {
  Estimate estimate;
  for (std::uint64_t replication = 0; replication < 20'000; ++replication) {
    Simulation simulation;
    RandomStream random = stream("redundancy", replication);
    kernel::Latch left{simulation, count - needed + 1};
    double when = 0;
    simulation.spawn("watcher", note_end(simulation, left, when));
    for (std::int64_t i = 0; i < count; ++i)
      simulation.spawn("unit", unit(simulation, 1000 * random.exponential(), left));
    simulation.run();
    estimate.add(when);
  }
  return estimate;
}

Task<void> repaired_unit(Simulation& simulation, RandomStream& random, kernel::TimeWeighted& up,
                         double mtbf, double mttr) {
  for (;;) {
    co_await simulation.delay(from_hours(mtbf * random.exponential()));
    up.set(0);
    co_await simulation.delay(from_hours(mttr * random.exponential()));
    up.set(1);
  }
}

Task<void> backups(Simulation& simulation, TimePoint& newest, Duration every) {
  for (;;) {
    co_await simulation.delay(every);
    newest = simulation.now();
  }
}

/// The next backup comes six hours after the last one, or after the last failure.
Task<void> restarted_backups(Simulation& simulation, RandomStream& random, Results& results) {
  for (;;) {
    auto failure = simulation.delay(from_hours(200 * random.exponential()));
    double good = 0;
    for (;;) {
      const TimePoint begin = simulation.now();
      auto backup = simulation.delay(from_hours(6));
      co_await first_of(backup, failure);
      results.add("P_interval_survives", backup.done() ? 1 : 0);
      if (!backup.done()) {
        results.add("mean_loss", in_hours(simulation.now()) - in_hours(begin));
        break;
      }
      ++good;
    }
    results.add("mean_good_backups_between_failures", good);
  }
}

Task<void> incidents(Simulation& simulation, RandomStream& random, const TimePoint& newest,
                     double mean, Estimate& losses) {
  for (;;) {
    co_await simulation.delay(from_hours(mean * random.exponential()));
    losses.add(in_hours(simulation.now()) - in_hours(newest));
  }
}

/// Work in segments, each with a dump at its end; a failure throws back to the last dump and costs
/// a restart.
Task<void> checkpointed_work(Simulation& simulation, RandomStream& random) {
  for (double done = 0; done < 100;) {
    auto segment_done = simulation.delay(from_hours(5.25));
    auto failure = simulation.delay(from_hours(24 * random.exponential()));
    co_await first_of(segment_done, failure);
    if (segment_done.done()) {
      done += 5;
      continue;
    }
    // Restarting can fail, too.
    for (bool restarted = false; !restarted;) {
      auto restart = simulation.delay(from_hours(0.5));
      auto again = simulation.delay(from_hours(24 * random.exponential()));
      co_await first_of(restart, again);
      restarted = restart.done();
    }
  }
}

/// One disk of a mirrored pair.
Task<void> disk(Simulation& simulation, RandomStream& random, int& working,
                kernel::Latch& both_lost) {
  for (;;) {
    co_await simulation.delay(from_hours(1000 * random.exponential()));
    if (--working == 0) {
      both_lost.count_down();
      co_return;
    }
    co_await simulation.delay(from_hours(10 * random.exponential()));
    ++working;
  }
}

}  // namespace

TEST_CASE("R03: k out of n units, no repair") {
  CHECK(agrees(time_to_failure(2, 3), expected("R03").at("2of3").get<double>()));
  CHECK(agrees(time_to_failure(3, 5), expected("R03").at("3of5").get<double>()));
  CHECK(agrees(time_to_failure(8, 10), expected("R03").at("8of10").get<double>()));
}

TEST_CASE("R02a: availability over 30 days") {
  Results results;
  for (std::uint64_t replication = 0; replication < 20'000; ++replication) {
    Simulation simulation;
    RandomStream random = stream("availability", replication);
    kernel::TimeWeighted up{simulation, 1.0};
    simulation.spawn("unit", repaired_unit(simulation, random, up, 500, 4));
    simulation.run_until(kStart + 720h);
    results.add("mean_interval_availability", up.mean());
    results.add("point_availability_T", up.value());
    results.add("P_no_failure", up.mean() == 1.0 ? 1 : 0);
    results.add("expected_downtime", 720 * (1 - up.mean()));
  }
  results.check_against("R02a", 4);
  const double deviation = expected("R02a").at("sd_interval_availability").get<double>();
  CHECK(variance_agrees(results["mean_interval_availability"], deviation * deviation));
}

TEST_CASE("R07a: what is lost since the last backup") {
  Estimate losses;
  Estimate per_year;
  for (std::uint64_t replication = 0; replication < 400; ++replication) {
    Simulation simulation;
    RandomStream random = stream("backup loss", replication);
    TimePoint newest = kStart;
    const std::size_t before = losses.size();
    simulation.spawn("backups", backups(simulation, newest, 6h));
    simulation.spawn("incidents", incidents(simulation, random, newest, 200, losses));
    simulation.run_until(kStart + 8760h);
    per_year.add(static_cast<double>(losses.size() - before));
  }
  const auto& exact = expected("R07a");
  CHECK(agrees(losses, exact.at("mean_loss").get<double>()));
  CHECK(variance_agrees(losses, exact.at("var_loss").get<double>()));
  CHECK(quantile_agrees(losses, 0.95, exact.at("q95").get<double>()));
  CHECK(agrees(per_year, exact.at("failures_per_year").get<double>()));
}

TEST_CASE("R07b: what is lost when every failure restarts the timer of the backups") {
  Results results;
  for (std::uint64_t replication = 0; replication < 200; ++replication) {
    Simulation simulation;
    RandomStream random = stream("restarted backups", replication);
    simulation.spawn("backups", restarted_backups(simulation, random, results));
    simulation.run_until(kStart + 8760h);
  }
  results.check_against("R07b", 3);
  CHECK(quantile_agrees(results["mean_loss"], 0.95, expected("R07b").at("q95").get<double>()));
}

TEST_CASE("R08: work with checkpoints") {
  Estimate wall;
  for (std::uint64_t replication = 0; replication < 20'000; ++replication) {
    Simulation simulation;
    RandomStream random = stream("checkpoints", replication);
    simulation.spawn("work", checkpointed_work(simulation, random));
    simulation.run();
    wall.add(in_hours(simulation.now()));
  }
  CHECK(agrees(wall, expected("R08").at("expected_wall").get<double>()));
}

TEST_CASE("X07: a mirrored pair loses its data within 30 days") {
  Estimate lost;
  for (std::uint64_t replication = 0; replication < 40'000; ++replication) {
    Simulation simulation;
    RandomStream random = stream("mirror", replication);
    int working = 2;
    kernel::Latch both_lost{simulation, 1};
    for (int i = 0; i < 2; ++i)
      simulation.spawn("disk", disk(simulation, random, working, both_lost));
    const auto over = [&] { return both_lost.is_done() || simulation.now() > kStart + 720h; };
    simulation.run_until(over);
    lost.add(both_lost.is_done() && simulation.now() <= kStart + 720h ? 1 : 0);
  }
  CHECK(agrees(lost, expected("X07").at("p").get<double>()));
}

}  // namespace rollcast::theory
