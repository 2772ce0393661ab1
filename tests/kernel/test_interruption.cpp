/// Interruption is a value; destruction gives everything back.
#include "support.hpp"

namespace rollcast::kernel::test {
namespace {

struct World {
  Simulation simulation;
  Diary diary{simulation};
  Gate gate{simulation, false};
  Pool pool{simulation, 1};
  Store<int> store{simulation};
};

std::string text(Outcome outcome) {
  return outcome == Outcome::completed ? "completed" : "interrupted";
}

Task<void> three_delays(World& world) {
  for (int i = 0; i < 3; ++i) {
    const Outcome outcome = co_await world.simulation.delay(10s);
    world.diary.write(text(outcome));
  }
}

Task<void> acquire_once(World& world) {
  Token token = co_await world.pool.acquire();
  world.diary.write(token ? "token" : "empty token");
  co_await world.simulation.delay(100s);
}

Task<void> gate_or_delay(World& world) {
  auto opened = world.gate.opened();
  auto late = world.simulation.delay(50s);
  const Outcome outcome = co_await first_of(opened, late);
  CHECK_FALSE(opened.done());
  CHECK_FALSE(late.done());
  world.diary.write(text(outcome));
}

Task<Outcome> inner_wait(World& world) {
  const Outcome outcome = co_await world.simulation.delay(10s);
  co_return outcome;
}

Task<void> outer_wait(World& world) {
  const Outcome outcome = co_await inner_wait(world);
  world.diary.write(text(outcome));
}

Task<void> get_one(World& world) {
  const int item = co_await world.store.get();
  world.diary.write(fmt::format("has {}", item));
  const Outcome outcome = co_await world.simulation.delay(10s);
  world.diary.write(text(outcome));
}

Task<void> interrupt_at(World& world, ProcessHandle process, Duration when) {
  co_await world.simulation.delay(when);
  process.interrupt();
}

Task<void> interrupt_self(World& world, ProcessHandle& self) {
  self.interrupt();
  self.interrupt();
  const Outcome first = co_await world.simulation.delay(10s);
  world.diary.write(text(first));
  const Outcome second = co_await world.simulation.delay(10s);
  world.diary.write(text(second));
}

Task<void> destroy_self(World& world, ProcessHandle& self) {
  Token token = co_await world.pool.acquire();
  self.destroy();
  world.diary.write("goes on up to its next wait");
  co_await world.simulation.delay(10s);
  world.diary.write("never");
}

Task<void> destroy_self_and_end(World& world, ProcessHandle& self) {
  self.destroy();
  world.diary.write("ends");
  co_return;
}

Task<void> hold_all(World& world) {
  Token token = co_await world.pool.acquire();
  co_await world.gate.opened();
}

}  // namespace

TEST_CASE("an interrupted delay ends at once with a value, and the process lives on") {
  World world;
  const ProcessHandle p = world.simulation.spawn("p", three_delays(world));
  world.simulation.spawn("i", interrupt_at(world, p, 14s));
  world.simulation.run();
  CHECK_DIARY(world.diary, {"10 completed", "14 interrupted", "24 completed"});
}

TEST_CASE("an interrupted acquire gives an empty token and leaves the queue") {
  World world;
  world.simulation.spawn("holder", acquire_once(world));
  const ProcessHandle p = world.simulation.spawn("p", acquire_once(world));
  world.simulation.spawn("i", interrupt_at(world, p, 5s));
  world.simulation.run_until(kStart + 6s);
  CHECK(world.pool.waiting() == 0);
  CHECK_DIARY(world.diary, {"0 token", "5 empty token"});
}

TEST_CASE("an interrupted first_of has no winner and leaves every queue") {
  World world;
  const ProcessHandle p = world.simulation.spawn("p", gate_or_delay(world));
  world.simulation.spawn("i", interrupt_at(world, p, 5s));
  world.simulation.run();
  CHECK_DIARY(world.diary, {"5 interrupted"});
  CHECK(world.simulation.now() == kStart + 5s);
}

TEST_CASE("an interruption reaches the innermost wait of the process") {
  World world;
  const ProcessHandle p = world.simulation.spawn("p", outer_wait(world));
  world.simulation.spawn("i", interrupt_at(world, p, 5s));
  world.simulation.run();
  CHECK_DIARY(world.diary, {"5 interrupted"});
}

TEST_CASE("an interruption before the start, or of the process itself, meets the next wait, once") {
  World world;
  const ProcessHandle p = world.simulation.spawn("p", three_delays(world));
  p.interrupt();
  world.simulation.run();
  CHECK_DIARY(world.diary, {"0 interrupted", "10 completed", "20 completed"});

  World other;
  ProcessHandle self;
  self = other.simulation.spawn("self", interrupt_self(other, self));
  other.simulation.run();
  CHECK_DIARY(other.diary, {"0 interrupted", "10 completed"});
}

TEST_CASE("an interruption of a process that is due already meets its next wait") {
  World world;
  const ProcessHandle p = world.simulation.spawn("p", get_one(world));
  world.simulation.run();
  world.store.put(4);
  p.interrupt();
  world.simulation.run();
  CHECK_DIARY(world.diary, {"0 has 4", "0 interrupted"});
}

TEST_CASE("a plain get is not interrupted: the interruption waits for the next wait") {
  World world;
  const ProcessHandle p = world.simulation.spawn("p", get_one(world));
  world.simulation.run_until(kStart + 1s);
  p.interrupt();
  world.simulation.run_until(kStart + 2s);
  world.store.put(4);
  world.simulation.run();
  CHECK_DIARY(world.diary, {"2 has 4", "2 interrupted"});
}

TEST_CASE("a process that destroys itself ends at its next wait and gives back what it holds") {
  World world;
  ProcessHandle self;
  self = world.simulation.spawn("self", destroy_self(world, self));
  world.simulation.run();
  CHECK_DIARY(world.diary, {"0 goes on up to its next wait"});
  CHECK(self.is_done());
  CHECK(world.pool.in_use() == 0);

  World other;
  self = other.simulation.spawn("self", destroy_self_and_end(other, self));
  other.simulation.run();
  CHECK_DIARY(other.diary, {"0 ends"});
  CHECK(self.is_done());
}

TEST_CASE("destroying a holder passes its token on") {
  World world;
  const ProcessHandle holder = world.simulation.spawn("holder", hold_all(world));
  world.simulation.spawn("next", acquire_once(world));
  world.simulation.run();
  CHECK(world.diary.lines().empty());
  holder.destroy();
  world.simulation.run();
  CHECK_DIARY(world.diary, {"0 token"});
}

TEST_CASE("destroying a process that was granted a token before its turn passes the token on") {
  World world;
  const ProcessHandle holder = world.simulation.spawn("holder", hold_all(world));
  const ProcessHandle granted = world.simulation.spawn("granted", acquire_once(world));
  world.simulation.spawn("next", acquire_once(world));
  world.simulation.run();
  holder.destroy();   // grants the token to the second, which is now due
  granted.destroy();  // before it can take it
  world.simulation.run();
  CHECK_DIARY(world.diary, {"0 token"});
  CHECK(world.pool.in_use() == 0);
}

}  // namespace rollcast::kernel::test
