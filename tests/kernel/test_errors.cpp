/// How a run fails: with the process's name and the simulated time.
#include "support.hpp"

namespace rollcast::kernel::test {
namespace {

Task<void> fail_at(Simulation& simulation, Duration when) {
  co_await simulation.delay(when);
  throw std::out_of_range("region 7");
}

Task<void> fail_deep(Simulation& simulation, int levels) {
  if (levels > 0)
    co_await fail_deep(simulation, levels - 1);
  else
    co_await fail_at(simulation, 5s);
}

Task<void> fail_oddly(Simulation& simulation) {
  co_await simulation.delay(1s);
  throw 42;  // NOLINT: what a model must not do, and what must not crash
}

Task<void> note_at(Simulation& simulation, Diary& diary, Duration when) {
  co_await simulation.delay(when);
  diary.write("alive");
}

Task<void> spin(Simulation& simulation) {
  for (;;) co_await simulation.delay(0s);
}

Task<void> spin_on_gate(Gate& gate) {
  for (;;) co_await gate.opened();
}

Task<void> hold_and_fail(Simulation& simulation, Pool& pool) {
  Token token = co_await pool.acquire();
  co_await fail_at(simulation, 2s);
}

Task<void> run_within(Simulation& simulation) {
  simulation.run();
  co_return;
}

/// The message of the ProcessError that `run` throws, and checks that `Nested` is nested.
template <class Nested>
std::string failure_of(Simulation& simulation) {
  try {
    simulation.run();
  } catch (const ProcessError& error) {
    CHECK_THROWS_AS(std::rethrow_if_nested(error), Nested);
    return error.what();
  }
  return "no failure";
}

}  // namespace

TEST_CASE("an exception ends the run with process, time and cause, and keeps the original") {
  Simulation simulation;
  simulation.spawn({"launch", 17}, fail_at(simulation, 3600s));
  CHECK(failure_of<std::out_of_range>(simulation) ==
        "process 'launch 17' failed at 3600 s: region 7");
}

TEST_CASE("an exception passes through sub-processes to the process") {
  Simulation simulation;
  simulation.spawn({"deep", 1}, fail_deep(simulation, 5));
  CHECK(failure_of<std::out_of_range>(simulation) == "process 'deep 1' failed at 5 s: region 7");
}

TEST_CASE("an exception of any type is told") {
  Simulation simulation;
  simulation.spawn({"odd", 0}, fail_oddly(simulation));
  CHECK(failure_of<int>(simulation) ==
        "process 'odd 0' failed at 1 s: an exception of unknown type");
}

TEST_CASE("after a failure the others can run on, and the failed one holds nothing") {
  Simulation simulation;
  Diary diary{simulation};
  Pool pool{simulation, 1};
  simulation.spawn("bad", hold_and_fail(simulation, pool));
  simulation.spawn("good", note_at(simulation, diary, 9s));
  CHECK_THROWS_AS(simulation.run(), ProcessError);
  CHECK(pool.in_use() == 0);
  simulation.run();
  CHECK_DIARY(diary, {"9 alive"});
}

TEST_CASE("a process that never lets time pass is named") {
  Simulation simulation;
  Diary diary{simulation};
  simulation.set_standstill_limit(1000);
  simulation.spawn({"spinner", 3}, spin(simulation));
  simulation.spawn("good", note_at(simulation, diary, 9s));
  CHECK_THROWS_WITH_AS(simulation.run(),
                       "process 'spinner 3' at 0 s: 1000 events and waits without time passing",
                       ProcessError);
}

TEST_CASE("a process that spins on what holds already is named, too") {
  Simulation simulation;
  simulation.set_standstill_limit(1000);
  Gate gate{simulation, true};
  simulation.spawn({"spinner", 4}, spin_on_gate(gate));
  CHECK_THROWS_WITH_AS(simulation.run(), doctest::Contains("'spinner 4'"), ProcessError);
}

TEST_CASE("a process cannot run the simulation it is part of") {
  Simulation simulation;
  simulation.spawn("recursive", run_within(simulation));
  CHECK_THROWS_WITH_AS(simulation.run(), doctest::Contains("a process runs the simulation"),
                       ProcessError);
}

TEST_CASE("an exception out of an alarm ends the run as it is") {
  Simulation simulation;
  const auto fail = [] { throw std::out_of_range("alarm"); };
  Alarm alarm{simulation, fail};
  alarm.set(kStart + 1s);
  CHECK_THROWS_AS(simulation.run(), std::out_of_range);
  simulation.run();  // nothing is left, and the simulation still works
}

}  // namespace rollcast::kernel::test
