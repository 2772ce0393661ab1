/// Time, order and the run's end.
#include "support.hpp"

namespace rollcast::kernel::test {
namespace {

Task<void> wake_after(Simulation& simulation, Diary& diary, Duration wait, std::string name) {
  co_await simulation.delay(wait);
  diary.write(name);
}

Task<void> note_twice(Simulation& simulation, Diary& diary, std::string name) {
  diary.write(name + " starts");
  co_await simulation.delay(0s);
  diary.write(name + " goes on");
}

Task<void> spawn_and_note(Simulation& simulation, Diary& diary) {
  simulation.spawn("child", note_twice(simulation, diary, "child"));
  diary.write("parent goes on before its child starts");
  co_await simulation.delay(0s);
  diary.write("parent again");
}

Task<void> tick(Simulation& simulation, Duration step, int& count) {
  for (;;) {
    co_await simulation.delay(step);
    ++count;
  }
}

Task<void> wait_until(Simulation& simulation, Diary& diary, TimePoint time) {
  co_await simulation.until(time);
  diary.write("there");
}

Task<void> await_twice(Simulation& simulation, Diary& diary) {
  auto deadline = simulation.delay(10s);
  co_await simulation.delay(4s);
  co_await deadline;
  diary.write("deadline");
  co_await simulation.delay(5s);
  co_await deadline;
  diary.write("a deadline that has passed takes no time");
}

}  // namespace

TEST_CASE("events happen in the order of time") {
  Simulation simulation;
  Diary diary{simulation};
  simulation.spawn("c", wake_after(simulation, diary, 3s, "c"));
  simulation.spawn("a", wake_after(simulation, diary, 1s, "a"));
  simulation.spawn("b", wake_after(simulation, diary, 2s, "b"));
  simulation.run();
  CHECK_DIARY(diary, {"1 a", "2 b", "3 c"});
  CHECK(simulation.now() == kStart + 3s);
}

TEST_CASE("what is due at the same time happens in the order of scheduling") {
  Simulation simulation;
  Diary diary{simulation};
  Lines expected;
  for (int i = 0; i < 100; ++i) {
    simulation.spawn("p", wake_after(simulation, diary, 5s, std::to_string(i)));
    expected.push_back(fmt::format("5 {}", i));
  }
  simulation.run();
  CHECK_DIARY(diary, expected);
}

TEST_CASE(
    "what was scheduled for a moment before it came precedes what becomes due in that moment") {
  Simulation simulation;
  Diary diary{simulation};
  simulation.spawn("early", wake_after(simulation, diary, 2s, "early"));
  simulation.spawn("late", [](Simulation& s, Diary& d) -> Task<void> {
    co_await s.delay(1s);
    co_await s.delay(1s);
    d.write("late");
    co_await s.delay(0s);
    d.write("last");
  }(simulation, diary));
  simulation.spawn("middle", wake_after(simulation, diary, 2s, "middle"));
  simulation.run();
  CHECK_DIARY(diary, {"2 early", "2 middle", "2 late", "2 last"});
}

TEST_CASE("a process starts as an event of its own, after its spawner suspends") {
  Simulation simulation;
  Diary diary{simulation};
  simulation.spawn("parent", spawn_and_note(simulation, diary));
  CHECK(diary.lines().empty());
  simulation.run();
  CHECK_DIARY(diary, {"0 parent goes on before its child starts", "0 child starts",
                      "0 parent again", "0 child goes on"});
}

TEST_CASE("a delay of zero lets everything that is due go first") {
  Simulation simulation;
  Diary diary{simulation};
  simulation.spawn("a", note_twice(simulation, diary, "a"));
  simulation.spawn("b", note_twice(simulation, diary, "b"));
  simulation.run();
  CHECK_DIARY(diary, {"0 a starts", "0 b starts", "0 a goes on", "0 b goes on"});
}

TEST_CASE("run_until stops the clock at its time, keeps what lies beyond, and can be continued") {
  Simulation simulation;
  int count = 0;
  simulation.spawn("tick", tick(simulation, 10s, count));
  simulation.run_until(kStart + 35s);
  CHECK(count == 3);
  CHECK(simulation.now() == kStart + 35s);
  simulation.run_until(kStart + 40s);  // what is due at the end itself still happens
  CHECK(count == 4);
  simulation.run_until(kStart + 40s);
  CHECK(count == 4);
  simulation.run_until(kStart + 1000s);
  CHECK(count == 100);
  CHECK_THROWS_AS(simulation.run_until(kStart + 1s), InvariantError);
}

TEST_CASE("running in pieces gives the same digest as running at once") {
  int count = 0;
  Simulation whole;
  whole.spawn("tick", tick(whole, 3s, count));
  whole.spawn("tock", tick(whole, 5s, count));
  whole.run_until(kStart + 3000s);
  Simulation pieces;
  pieces.spawn("tick", tick(pieces, 3s, count));
  pieces.spawn("tock", tick(pieces, 5s, count));
  for (int second = 1; second <= 3000; ++second)
    pieces.run_until(kStart + std::chrono::seconds{second});
  Simulation steps;
  steps.spawn("tick", tick(steps, 3s, count));
  steps.spawn("tock", tick(steps, 5s, count));
  while (steps.events() < whole.events()) REQUIRE(steps.step());
  CHECK(pieces.digest() == whole.digest());
  CHECK(steps.digest() == whole.digest());
  CHECK(pieces.events() == whole.events());
}

TEST_CASE("running until a condition stops right after the event that made it true") {
  Simulation simulation;
  int count = 0;
  simulation.spawn("tick", tick(simulation, 10s, count));
  const auto seven = [&] { return count == 7; };
  CHECK(simulation.run_until(seven));
  CHECK(simulation.now() == kStart + 70s);
  CHECK(simulation.run_until(seven));  // it holds: no event is taken
  CHECK(simulation.now() == kStart + 70s);
}

TEST_CASE("a condition that never holds is told when no event is left") {
  Simulation simulation;
  Diary diary{simulation};
  simulation.spawn("a", wake_after(simulation, diary, 1s, "a"));
  const auto never = [] { return false; };
  CHECK_FALSE(simulation.run_until(never));
}

TEST_CASE("events beyond the horizon never happen, those at the horizon do") {
  for (const auto& [wait, happens] : {std::pair{99s, true}, {100s, true}, {101s, false}}) {
    Simulation simulation;
    simulation.set_horizon(kStart + 100s);
    Diary diary{simulation};
    simulation.spawn("a", wake_after(simulation, diary, wait, "a"));
    simulation.spawn("first", wake_after(simulation, diary, 1s, "first"));
    simulation.run();
    CHECK(diary.lines().size() == (happens ? 2 : 1));
    CHECK(simulation.processes() == (happens ? 0 : 1));
    CHECK(simulation.pending() == 0);
  }
}

TEST_CASE("a moment in the past is due at once, and never is never") {
  Simulation simulation;
  simulation.run_until(kStart + 5s);
  Diary diary{simulation};
  simulation.spawn("past", wait_until(simulation, diary, kStart + 1s));
  simulation.spawn("never", wait_until(simulation, diary, kNever));
  simulation.run();
  CHECK_DIARY(diary, {"5 there"});
  CHECK(simulation.processes() == 1);
}

TEST_CASE("a named delay keeps the moment at which it was made to end") {
  Simulation simulation;
  Diary diary{simulation};
  simulation.spawn("p", await_twice(simulation, diary));
  simulation.run();
  CHECK_DIARY(diary, {"10 deadline", "15 a deadline that has passed takes no time"});
}

TEST_CASE("a negative delay is a broken invariant that says so") {
  Simulation simulation;
  CHECK_THROWS_WITH_AS(static_cast<void>(simulation.delay(-1s)),
                       doctest::Contains("-1000000000 ns"), InvariantError);
}

TEST_CASE("a reset simulation repeats itself without new memory") {
  Simulation simulation;
  std::uint64_t digest = 0;
  for (int round = 0; round < 3; ++round) {
    int count = 0;
    simulation.spawn("tick", tick(simulation, 10s, count));
    simulation.spawn("tock", tick(simulation, 15s, count));
    simulation.run_until(kStart + 1000s);
    if (round == 0) digest = simulation.digest();
    CHECK(simulation.digest() == digest);
    CHECK(count == 100 + 66);
    simulation.reset();
    CHECK(simulation.now() == kStart);
    CHECK(simulation.processes() == 0);
    CHECK(simulation.events() == 0);
  }
}

TEST_CASE("an observer sees every event with time and name, and changes nothing") {
  struct Recorder final : Observer {
    void on_event(TimePoint time, std::uint64_t, ProcessName process) override {
      lines.push_back(fmt::format("{} {} {}", to_seconds(time), process.literal, process.number));
    }
    Lines lines;
  } recorder;
  std::uint64_t digests[2];
  for (int observed = 0; observed < 2; ++observed) {
    Simulation simulation;
    Diary diary{simulation};
    if (observed == 1) simulation.set_observer(&recorder);
    simulation.spawn({"a", 7}, wake_after(simulation, diary, 2s, "a"));
    simulation.spawn("b", wake_after(simulation, diary, 1s, "b"));
    simulation.run();
    digests[observed] = simulation.digest();
  }
  CHECK(digests[0] == digests[1]);
  CHECK(joined(recorder.lines) == joined({"0 a 7", "0 b 0", "1 b 0", "2 a 7"}));
}

TEST_CASE("an alarm calls back at its time, can be moved, cancelled and set again by itself") {
  Simulation simulation;
  Diary diary{simulation};
  const auto note = [&] { diary.write("once"); };
  Alarm once{simulation, note};
  once.set(kStart + 9s);
  once.set(kStart + 2s);
  Alarm cancelled{simulation, note};
  cancelled.set(kStart + 1s);
  cancelled.cancel();
  CHECK_FALSE(cancelled.is_set());
  const auto every_two_seconds = [&](auto& alarm) {
    diary.write("again");
    if (simulation.now() < kStart + 5s) alarm.set(simulation.now() + 2s);
  };
  Alarm repeating{simulation, every_two_seconds};
  repeating.set(kStart);
  simulation.run();
  CHECK_DIARY(diary, {"0 again", "2 once", "2 again", "4 again", "6 again"});
}

TEST_CASE("an alarm that outlives its simulation is no longer set") {
  int calls = 0;
  const auto count = [&] { ++calls; };
  auto simulation = std::make_unique<Simulation>();
  Alarm timed{*simulation, count};
  Alarm due{*simulation, count};
  timed.set(kStart + 1s);
  due.set(kStart);
  simulation->reset();
  CHECK_FALSE(timed.is_set());
  timed.set(kStart + 1s);
  simulation->reset();
  timed.set(kStart + 1s);
  due.set(kStart);
  simulation->reset();
  simulation->run();
  CHECK(calls == 0);
  timed.set(kStart + 1s);
  simulation.reset();
  CHECK_FALSE(timed.is_set());
}

}  // namespace rollcast::kernel::test
