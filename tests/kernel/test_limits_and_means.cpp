/// Token buckets and time-weighted statistics.
#include "support.hpp"

namespace rollcast::kernel::test {
namespace {

Task<void> call(Simulation& simulation, Diary& diary, TokenBucket& bucket, Duration when,
                double amount) {
  if (when > 0s) {
    co_await simulation.delay(when);
  }
  co_await bucket.take(amount);
  diary.write(fmt::format("{}", amount));
}

Task<void> call_or_give_up(Simulation& simulation, Diary& diary, TokenBucket& bucket, double amount,
                           Duration patience) {
  auto admitted = bucket.take(amount);
  auto given_up = simulation.delay(patience);
  co_await first_of(admitted, given_up);
  diary.write(admitted.done() ? "admitted" : "gave up");
}

}  // namespace

TEST_CASE("P12: 200 calls, burst 50, 2 per second: the last is admitted at 75 s exactly") {
  Simulation simulation;
  Diary diary{simulation};
  TokenBucket bucket{simulation, 2.0, 50.0};
  for (int i = 0; i < 200; ++i) simulation.spawn("call", call(simulation, diary, bucket, 0s, 1.0));
  simulation.run();
  CHECK(simulation.now() == kStart + 75s);
  CHECK(diary.lines()[49] == "0 1");
  CHECK(diary.lines()[50] == "0.5 1");
}

TEST_CASE("a bucket admits in the order of asking, large calls are not overtaken") {
  Simulation simulation;
  Diary diary{simulation};
  TokenBucket bucket{simulation, 1.0, 10.0};
  simulation.spawn("a", call(simulation, diary, bucket, 0s, 8.0));
  simulation.spawn("b", call(simulation, diary, bucket, 1s, 9.0));
  simulation.spawn("c", call(simulation, diary, bucket, 2s, 0.5));
  simulation.run();
  CHECK_DIARY(diary, {"0 8", "7 9", "7.5 0.5"});
}

TEST_CASE("a bucket fills up to its burst and no further") {
  Simulation simulation;
  Diary diary{simulation};
  TokenBucket bucket{simulation, 1.0, 5.0};
  CHECK(bucket.level() == doctest::Approx(5.0));
  simulation.spawn("a", call(simulation, diary, bucket, 0s, 5.0));
  simulation.run_until(kStart + 3s);
  CHECK(bucket.level() == doctest::Approx(3.0));
  simulation.run_until(kStart + 100s);
  CHECK(bucket.level() == doctest::Approx(5.0));
  for (int i = 0; i < 7; ++i) simulation.spawn("b", call(simulation, diary, bucket, 0s, 1.0));
  simulation.run();
  CHECK(simulation.now() == kStart + 102s);
}

TEST_CASE("who leaves the queue of a bucket takes nothing, and the next moves up") {
  Simulation simulation;
  Diary diary{simulation};
  TokenBucket bucket{simulation, 1.0, 10.0};
  simulation.spawn("a", call(simulation, diary, bucket, 0s, 10.0));
  simulation.spawn("b", call_or_give_up(simulation, diary, bucket, 9.0, 3s));
  simulation.spawn("c", call_or_give_up(simulation, diary, bucket, 4.0, 100s));
  simulation.spawn("d", call_or_give_up(simulation, diary, bucket, 1.0, 100s));
  simulation.run();
  CHECK_DIARY(diary, {"0 10", "3 gave up", "4 admitted", "5 admitted"});
}

TEST_CASE("a bucket of an odd rate keeps its rate over a million calls") {
  Simulation simulation;
  TokenBucket bucket{simulation, 0.3, 1.0};
  simulation.spawn("caller", [](TokenBucket& b) -> Task<void> {
    for (int i = 0; i < 1'000'001; ++i) co_await b.take();
  }(bucket));
  simulation.run();
  // One call at t = 0; the others are never early, and at most a nanosecond each late.
  CHECK(to_seconds(simulation.now()) >= 1e6 / 0.3 - 1e-6);
  CHECK(to_seconds(simulation.now()) <= 1e6 / 0.3 + 1e-3);
}

TEST_CASE("a time-weighted mean weighs each value with its time") {
  Simulation simulation;
  TimeWeighted queue{simulation, 2.0};
  simulation.run_until(kStart + 10s);
  queue.set(6.0);
  simulation.run_until(kStart + 15s);
  queue.add(-5.0);
  simulation.run_until(kStart + 20s);
  CHECK(queue.value() == 1.0);
  CHECK(queue.max() == 6.0);
  CHECK(queue.integral() == doctest::Approx(20.0 + 30.0 + 5.0));
  CHECK(queue.mean() == doctest::Approx(55.0 / 20.0));
  CHECK(queue.mean(kStart + 30s) == doctest::Approx(65.0 / 30.0));
  queue.restart();
  CHECK(queue.max() == 1.0);
  CHECK(queue.mean() == 1.0);
  simulation.run_until(kStart + 25s);
  CHECK(queue.mean() == doctest::Approx(1.0));
}

}  // namespace rollcast::kernel::test
