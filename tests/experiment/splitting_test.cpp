/// Multilevel splitting through the kernel against exact probabilities: cases X01a, X01b, X02 and
/// X07 of the closed-form answers. 95 % intervals, fixed seeds.
#include "rollcast/experiment/splitting.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "rollcast/kernel/kernel.hpp"
#include "rollcast/random/stream.hpp"

namespace rollcast::experiment {
namespace {

using kernel::Simulation;
using kernel::Task;
using random::Course;
using random::RandomStream;
using random::Way;

double expected(const std::string& id, const std::string& key) {
  std::ifstream file{ROLLCAST_SOURCE_DIR "/tests/theory/closed-form.json"};
  const auto all = nlohmann::json::parse(file);
  for (const auto& one : all.at("cases"))
    if (one.at("id") == id) return one.at("expected").at(key).get<double>();
  throw std::runtime_error("closed-form.json has no case " + id);
}

/// Stations in a row, each one server, exponential times; importance is the number of customers in
/// the whole row. Ends when it is empty again.
class Row {
 public:
  Row(std::uint64_t seed, double arrivals, std::vector<double> services, Course& course)
      : seed_(seed),
        arrivals_(arrivals),
        services_(std::move(services)),
        course_(course),
        random_(key(0)) {
    for (std::size_t i = 0; i < services_.size(); ++i)
      servers_.push_back(std::make_unique<kernel::Pool>(sim_, 1));
  }
  ~Row() { sim_.destroy_processes(); }
  Row(const Row&) = delete;
  Row& operator=(const Row&) = delete;

  Advance run() {
    enter();
    sim_.spawn("arrivals", arrive());
    const auto over = [&] { return customers_ == 0 || course_.reached(); };
    sim_.run_until(over);
    return {course_.reached(), course_.reached_at(), course_.highest(), sim_.events()};
  }

 private:
  [[nodiscard]] random::StreamKey key(std::uint64_t branch) const {
    return {seed_, random::purpose("row"), course_.way().replication, 0, 0, branch};
  }
  Duration draw(double rate) { return from_seconds(random_.exponential() / rate); }

  void enter() {
    ++customers_;
    sim_.spawn("customer", visit());
    const auto branch = course_.rise(customers_, sim_.now());
    if (branch) random_ = RandomStream(key(*branch));
  }
  Task<void> visit() {
    for (std::size_t i = 0; i < services_.size(); ++i) {
      auto free = servers_[i]->acquire();
      const kernel::Token server = co_await free;
      co_await sim_.delay(draw(services_[i]));
    }
    --customers_;
  }
  Task<void> arrive() {
    for (;;) {
      co_await sim_.delay(draw(arrivals_));
      enter();
    }
  }

  std::uint64_t seed_;
  double arrivals_;
  std::vector<double> services_;
  Course& course_;
  RandomStream random_;
  Simulation sim_;
  std::vector<std::unique_ptr<kernel::Pool>> servers_;
  int customers_ = 0;
};

Replay row(std::uint64_t seed, double arrivals, std::vector<double> services) {
  return [=](const Way& way, double level) {
    Course course(way, level);
    Row row(seed, arrivals, services, course);
    return row.run();
  };
}

SplittingPlan plan_of(double event, std::uint64_t effort = 1'000, std::uint64_t batches = 20) {
  SplittingPlan plan;
  plan.event = event;
  plan.effort = effort;
  plan.batches = batches;
  plan.jobs = 2;
  return plan;
}

TEST_CASE("a queue's overflow in a busy cycle, one in a million and rarer (M/M/1)") {
  // Starts at 1: the first customer is one of the levels that everybody has reached.
  const SplittingResult half = split(row(1, 0.5, {1.0}), plan_of(20));
  CAPTURE(half.probability);
  CAPTURE(half.relative_error);
  CHECK(half.interval.contains(expected("X01a", "p")));
  CHECK(half.relative_error < 0.15);
  CHECK(*half.plain_events > 80 * static_cast<double>(half.events));
  const SplittingResult heavy = split(row(1, 0.8, {1.0}), plan_of(50));
  CAPTURE(heavy.probability);
  CHECK(heavy.interval.contains(expected("X01b", "p")));
  CHECK(*heavy.plain_events > 30 * static_cast<double>(heavy.events));
}

TEST_CASE("two queues in a row: from one in sixteen to two in a billion (tandem)") {
  for (const int level : {5, 10, 20, 30}) {
    const SplittingResult found = split(row(2, 1.0, {4.0, 2.0}), plan_of(level));
    CAPTURE(level);
    CAPTURE(found.probability);
    CAPTURE(found.interval.low);
    CAPTURE(found.interval.high);
    CHECK(found.interval.contains(expected("X02", "n" + std::to_string(level))));
    CHECK(found.relative_error < 0.2);
    if (level == 20) CHECK(*found.plain_events > 30 * static_cast<double>(found.events));
    if (level == 30) CHECK(*found.plain_events > 5'000 * static_cast<double>(found.events));
  }
}

TEST_CASE("splitting and plain simulation agree where both can see it") {
  // 400,000 plain runs of the tandem; the difference within four of its standard errors.
  const Replay replay = row(3, 1.0, {4.0, 2.0});
  double plain = 0.0;
  constexpr int kRuns = 400'000;
  for (std::uint64_t i = 0; i < kRuns; ++i)
    plain += replay(Way{1'000'000 + i, {}}, 10).reached ? 1.0 / kRuns : 0.0;
  const SplittingResult found = split(replay, plan_of(10));
  const double error =
      std::hypot(found.probability * found.relative_error, std::sqrt(plain / kRuns));
  CAPTURE(plain);
  CAPTURE(found.probability);
  CHECK(std::abs(found.probability - plain) < 4 * error);
}

TEST_CASE("the intervals cover, and the estimate is right on average") {
  // 200 estimates with little effort. Coverage of 95 % intervals: at least 178 with confidence
  // 99.9 %; intervals of skewed estimates may miss somewhat more. Their mean: four standard errors.
  const double truth = expected("X02", "n10");
  int covered = 0;
  double sum = 0.0, squares = 0.0;
  constexpr int kEstimates = 200;
  for (std::uint64_t seed = 1; seed <= kEstimates; ++seed) {
    SplittingPlan plan = plan_of(10, 100, 10);
    plan.seed = seed;
    const SplittingResult found = split(row(100 + seed, 1.0, {4.0, 2.0}), plan);
    covered += found.interval.contains(truth) ? 1 : 0;
    sum += found.probability / truth;
    squares += found.probability * found.probability / truth / truth;
  }
  const double mean = sum / kEstimates;
  const double error = std::sqrt((squares / kEstimates - mean * mean) / kEstimates);
  CAPTURE(covered);
  CAPTURE(mean);
  CAPTURE(error);
  CHECK(covered >= 178);
  CHECK(std::abs(mean - 1) < 4 * error);
}

/// Two disks that fail and are repaired; importance is how many are down. Times to failure that
/// were drawn before a crossing stay as they are.
class Pair {
 public:
  explicit Pair(Course& course) : course_(course) {}
  ~Pair() { sim_.destroy_processes(); }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
  Advance run() {
    sim_.set_horizon(kStart + std::chrono::hours(720));
    for (std::uint64_t i = 0; i < 2; ++i) sim_.spawn("disk", live(i));
    const auto lost = [&] { return course_.reached(); };
    sim_.run_until(lost);
    return {course_.reached(), course_.reached_at(), course_.highest(), sim_.events()};
  }

 private:
  Duration draw(std::uint64_t disk, std::uint64_t index, double hours) {
    RandomStream random(
        {4, random::purpose("pair"), course_.way().replication, disk, index, branch_});
    return from_seconds(3'600 * hours * random.exponential());
  }
  Task<void> live(std::uint64_t disk) {
    for (std::uint64_t time = 0;; ++time) {
      co_await sim_.delay(draw(disk, 2 * time, 1'000));
      ++down_;
      const auto branch = course_.rise(down_, sim_.now());
      if (branch) branch_ = *branch;
      co_await sim_.delay(draw(disk, 2 * time + 1, 10));
      --down_;
    }
  }
  Course& course_;
  Simulation sim_;
  int down_ = 0;
  std::uint64_t branch_ = 0;
};

TEST_CASE("a mirrored pair loses its data within 720 h") {
  const Replay replay = [](const Way& way, double level) {
    Course course(way, level);
    Pair pair(course);
    return pair.run();
  };
  SplittingPlan plan = plan_of(2, 2'000);
  plan.levels = std::vector<double>{1.0};
  const SplittingResult found = split(replay, plan);
  CAPTURE(found.probability);
  CHECK(found.interval.contains(expected("X07", "p")));
  CHECK(found.relative_error < 0.1);
}

TEST_CASE("levels are a matter of cost only, and threads of time only") {
  SplittingPlan one = plan_of(10, 200), many = one;
  one.levels = std::vector<double>{4, 7};
  many.levels = std::vector<double>{2, 3, 4, 5, 6, 7, 8, 9};
  const Replay replay = row(5, 1.0, {4.0, 2.0});
  const SplittingResult few = split(replay, one), lots = split(replay, many);
  CAPTURE(few.probability);
  CAPTURE(few.relative_error);
  CAPTURE(lots.probability);
  CAPTURE(lots.relative_error);
  // Within four standard errors.
  const double truth = expected("X02", "n10");
  CHECK(std::abs(few.probability - truth) < 4 * few.relative_error * few.probability);
  CHECK(std::abs(lots.probability - truth) < 4 * lots.relative_error * lots.probability);
  many.jobs = 1;
  const SplittingResult again = split(replay, many);
  CHECK(again.probability == lots.probability);
  CHECK(again.events == lots.events);
}

TEST_CASE("what nobody reaches is told with a bound, not as impossible") {
  SplittingPlan plan = plan_of(1'000, 50, 4);
  plan.levels = std::vector<double>{};
  const SplittingResult found = split(row(6, 1.0, {4.0, 2.0}), plan);
  CHECK(found.probability == 0.0);
  CHECK(found.interval.low == 0.0);
  CHECK(found.interval.high > 0.001);
  CHECK(found.interval.high < 0.05);
  CHECK_FALSE(found.plain_runs.has_value());
}

TEST_CASE("a past that is not replayed is found out") {
  random::Way way{1, {{2.0, 1, kStart + std::chrono::seconds(5)}}};
  Course course(way, 10);
  CHECK_FALSE(course.rise(1, kStart + std::chrono::seconds(3)).has_value());
  CHECK_THROWS_AS((void)course.rise(2, kStart + std::chrono::seconds(6)), InvariantError);
}

}  // namespace
}  // namespace rollcast::experiment
