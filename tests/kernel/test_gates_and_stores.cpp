/// Gates, signals, latches, stores, and the end of processes.
#include "support.hpp"

namespace rollcast::kernel::test {
namespace {

Task<void> pass(Simulation& simulation, Diary& diary, Gate& gate, Duration when, std::string name) {
  co_await simulation.delay(when);
  co_await gate.opened();
  diary.write(name);
}

Task<void> operate(Simulation& simulation, Gate& gate) {
  co_await simulation.delay(10s);
  gate.open();
  gate.open();
  co_await simulation.delay(10s);
  gate.close();
  co_await simulation.delay(10s);
  gate.open();
  gate.close();
}

Task<void> listen(Simulation& simulation, Diary& diary, Signal& signal, Duration from,
                  std::string name) {
  co_await simulation.delay(from);
  for (;;) {
    co_await signal.next();
    diary.write(name);
  }
}

Task<void> produce(Simulation& simulation, Store<std::string>& store) {
  store.put("one");
  store.put("two");
  co_await simulation.delay(5s);
  store.put("three");
  co_await simulation.delay(5s);
  store.put("four");
  store.put("five");
}

Task<void> consume(Diary& diary, Store<std::string>& store, std::string name) {
  for (;;) {
    std::string item = co_await store.get();
    diary.write(name + " has " + item);
  }
}

Task<void> count_down_later(Simulation& simulation, Latch& latch, Duration when) {
  co_await simulation.delay(when);
  latch.count_down();
}

Task<void> await_latch(Diary& diary, Latch& latch) {
  co_await latch.done();
  diary.write("all done");
}

Task<void> sleep(Simulation& simulation, Duration length) {
  co_await simulation.delay(length);
}

Task<void> await_end(Diary& diary, ProcessHandle process) {
  co_await process.done();
  diary.write("it ended");
}

Task<void> destroy_later(Simulation& simulation, ProcessHandle process, Duration when) {
  co_await simulation.delay(when);
  process.destroy();
}

}  // namespace

TEST_CASE("a gate lets pass at once while open and keeps others until it opens") {
  Simulation simulation;
  Diary diary{simulation};
  Gate gate{simulation, false};
  simulation.spawn("operator", operate(simulation, gate));
  simulation.spawn("early", pass(simulation, diary, gate, 1s, "early"));
  simulation.spawn("while open", pass(simulation, diary, gate, 15s, "while open"));
  simulation.spawn("late", pass(simulation, diary, gate, 25s, "late"));
  simulation.run();
  CHECK_DIARY(diary, {"10 early", "15 while open", "30 late"});
  CHECK_FALSE(gate.is_open());
}

TEST_CASE("a signal reaches those who wait now, in the order of their coming, and nobody else") {
  Simulation simulation;
  Diary diary{simulation};
  Signal signal{simulation};
  simulation.spawn("a", listen(simulation, diary, signal, 2s, "a"));
  simulation.spawn("b", listen(simulation, diary, signal, 1s, "b"));
  simulation.spawn("c", listen(simulation, diary, signal, 6s, "c"));
  for (const auto when : {0s, 5s, 10s}) {
    simulation.run_until(kStart + when);
    signal.trigger();
  }
  simulation.run_until(kStart + 11s);
  CHECK_DIARY(diary, {"5 b", "5 a", "10 b", "10 a", "10 c"});
}

TEST_CASE("a store gives in the order of putting, to the first who asked") {
  Simulation simulation;
  Diary diary{simulation};
  Store<std::string> store{simulation};
  simulation.spawn("producer", produce(simulation, store));
  simulation.spawn("a", consume(diary, store, "a"));
  simulation.spawn("b", consume(diary, store, "b"));
  simulation.run();
  CHECK_DIARY(diary,
              {"0 a has one", "0 a has two", "5 a has three", "10 b has four", "10 a has five"});
  CHECK(store.size() == 0);
}

TEST_CASE("a store takes things that can only be moved") {
  Simulation simulation;
  Store<std::unique_ptr<int>> store{simulation};
  int sum = 0;
  simulation.spawn("consumer", [](Store<std::unique_ptr<int>>& s, int& total) -> Task<void> {
    for (;;) {
      auto item = co_await s.get();
      total += *item;
    }
  }(store, sum));
  store.put(std::make_unique<int>(3));
  simulation.run();
  store.put(std::make_unique<int>(4));
  simulation.run();
  CHECK(sum == 7);
}

TEST_CASE(
    "what was handed to a process that is destroyed before its turn goes to the next, in the old "
    "order") {
  Simulation simulation;
  Diary diary{simulation};
  Store<std::string> store{simulation};
  const ProcessHandle first = simulation.spawn("a", consume(diary, store, "a"));
  simulation.spawn("b", consume(diary, store, "b"));
  simulation.run();
  store.put("one");
  first.destroy();
  store.put("two");
  simulation.run();
  CHECK_DIARY(diary, {"0 b has one", "0 b has two"});
  simulation.destroy_processes();
  store.put("three");
  CHECK(store.size() == 1);
}

TEST_CASE("a latch is done after so many counts, and a latch of none at once") {
  Simulation simulation;
  Diary diary{simulation};
  Latch latch{simulation, 3};
  Latch none{simulation, 0};
  simulation.spawn("waiter", await_latch(diary, latch));
  simulation.spawn("waiter", await_latch(diary, none));
  for (const auto when : {3s, 1s, 2s})
    simulation.spawn("counter", count_down_later(simulation, latch, when));
  simulation.run();
  CHECK_DIARY(diary, {"0 all done", "3 all done"});
  CHECK_THROWS_AS(latch.count_down(), InvariantError);
}

TEST_CASE("the end of a process can be awaited, before and after, however it ends") {
  Simulation simulation;
  Diary diary{simulation};
  const ProcessHandle short_one = simulation.spawn("short", sleep(simulation, 1s));
  const ProcessHandle killed = simulation.spawn("killed", sleep(simulation, 100s));
  simulation.spawn("killer", destroy_later(simulation, killed, 5s));
  simulation.spawn("w1", await_end(diary, short_one));
  simulation.spawn("w2", await_end(diary, killed));
  simulation.run();
  CHECK(simulation.now() == kStart + 5s);
  simulation.spawn("w3", await_end(diary, killed));
  simulation.spawn("w4", await_end(diary, ProcessHandle{}));
  simulation.run();
  CHECK_DIARY(diary, {"1 it ended", "5 it ended", "5 it ended", "5 it ended"});
  CHECK(short_one.is_done());
  CHECK(killed.is_done());
}

TEST_CASE("an old handle does not mean the next process in the same place") {
  Simulation simulation;
  const ProcessHandle old = simulation.spawn("old", sleep(simulation, 1s));
  simulation.run();
  const ProcessHandle fresh = simulation.spawn("fresh", sleep(simulation, 1s));
  old.destroy();
  old.interrupt();
  CHECK(old.is_done());
  CHECK_FALSE(fresh.is_done());
  simulation.run();
  CHECK(fresh.is_done());
}

}  // namespace rollcast::kernel::test
