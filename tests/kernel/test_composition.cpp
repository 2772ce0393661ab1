/// first_of, all_of, sub-processes.
#include <deque>

#include "support.hpp"

namespace rollcast::kernel::test {
namespace {

struct World {
  Simulation simulation;
  Diary diary{simulation};
  Gate gate{simulation, true};
  Signal signal{simulation};
  Pool pool{simulation, 1};
  Store<int> store{simulation};
};

Task<void> boot_or_outage(World& world, Duration boot) {
  auto booted = world.simulation.delay(boot);
  auto offline = world.gate.closed();
  const Outcome outcome = co_await first_of(booted, offline);
  CHECK(outcome == Outcome::completed);
  CHECK(booted.done() != offline.done());
  world.diary.write(booted.done() ? "booted" : "outage");
}

Task<void> at(Simulation& simulation, Duration when, void (*action)(World&), World& world) {
  co_await simulation.delay(when);
  action(world);
}

Task<void> race_for_token(World& world, Duration patience, std::string name) {
  auto request = world.pool.acquire();
  auto given_up = world.simulation.delay(patience);
  co_await first_of(request, given_up);
  Token token = request.take();
  CHECK(static_cast<bool>(token) == request.done());
  world.diary.write(name + (token ? " has it" : " gave up"));
  if (!token) co_return;
  co_await world.simulation.delay(10s);
}

/// A token of whichever pool has one first, for a second.
Task<void> take_any(Simulation& simulation, Diary& diary, std::deque<Pool>& pools,
                    std::string name) {
  std::deque<Acquire> requests;
  for (Pool& pool : pools) requests.emplace_back(pool, 1, 0);
  auto given_up = simulation.delay(10s);
  auto any = first_of(requests);
  co_await first_of(any, given_up);
  CHECK(any.done() != given_up.done());
  for (std::size_t index = 0; index < requests.size(); ++index) {
    const Token token = requests[index].take();
    CHECK(static_cast<bool>(token) == requests[index].done());
    if (!token) continue;
    diary.write(name + " has " + std::to_string(index));
    co_await simulation.delay(1s);
  }
  if (given_up.done()) diary.write(name + " gave up");
}

Task<void> hold(Pool& pool, Duration length, Simulation& simulation) {
  auto request = pool.acquire();
  const Token token = co_await request;
  co_await simulation.delay(length);
}

Task<void> forget_token(World& world) {
  auto request = world.pool.acquire();
  auto given_up = world.simulation.delay(1s);
  co_await first_of(request, given_up);
  CHECK(request.done());
  CHECK(world.pool.in_use() == 1);
}  // nobody took the token: it goes back with the awaitable

Task<void> all_three(World& world) {
  auto later = world.simulation.delay(7s);
  auto request = world.pool.acquire();
  auto told = world.signal.next();
  co_await all_of(later, request, told);
  CHECK(later.done());
  CHECK(request.done());
  CHECK(told.done());
  world.diary.write("all three");
}

Task<void> get_or_give_up(World& world, std::string name) {
  auto item = world.store.get();
  auto given_up = world.simulation.delay(3s);
  co_await first_of(item, given_up);
  const std::optional<int> value = item.take();
  world.diary.write(name + (value ? fmt::format(" has {}", *value) : std::string{" gave up"}));
}

Task<void> deadline_over_several_waits(World& world) {
  auto deadline = world.simulation.delay(10s);
  int told = 0;
  while (!deadline.done()) {
    auto next = world.signal.next();
    co_await first_of(next, deadline);
    if (next.done()) ++told;
  }
  world.diary.write(fmt::format("told {} times", told));
}

Task<int> square_after(Simulation& simulation, int value) {
  co_await simulation.delay(1s);
  co_return value* value;
}

Task<int> at_once(int value) {
  co_return value;
}

Task<int> sum_of_squares(Simulation& simulation, int count) {
  int sum = 0;
  for (int i = 1; i <= count; ++i) {
    const int square = co_await square_after(simulation, i);
    const int nothing = co_await at_once(0);
    sum += square + nothing;
  }
  co_return sum;
}

Task<std::unique_ptr<int>> make_thing(Simulation& simulation) {
  co_await simulation.delay(1s);
  co_return std::make_unique<int>(5);
}

Task<void> use_children(World& world) {
  const int sum = co_await sum_of_squares(world.simulation, 4);
  world.diary.write(fmt::format("sum {}", sum));
  const auto thing = co_await make_thing(world.simulation);
  world.diary.write(fmt::format("thing {}", *thing));
}

Task<void> fail_after(Simulation& simulation, Duration when) {
  co_await simulation.delay(when);
  throw std::runtime_error("no image");
}

Task<void> survive_child(World& world, Duration when) {
  bool failed = false;
  try {
    co_await fail_after(world.simulation, when);
  } catch (const std::runtime_error& error) {
    failed = error.what() == std::string{"no image"};
  }
  world.diary.write(failed ? "caught" : "missed");
  co_await world.simulation.delay(1s);
  world.diary.write("lives on");
}

Task<int> depth(Simulation& simulation, int levels) {
  if (levels == 0) {
    co_await simulation.delay(1s);
    co_return 0;
  }
  const int below = co_await depth(simulation, levels - 1);
  co_return below + 1;
}

Task<void> dive(World& world, int levels) {
  const int reached = co_await depth(world.simulation, levels);
  world.diary.write(std::to_string(reached));
}

Task<void> sleep(Simulation& simulation, Duration length) {
  co_await simulation.delay(length);
}

Task<void> await_fleet(World& world, int count) {
  std::vector<ProcessHandle> launches;
  for (int i = 1; i <= count; ++i)
    launches.push_back(
        world.simulation.spawn("launch", sleep(world.simulation, std::chrono::seconds{i})));
  co_await all_of(launches);
  world.diary.write("fleet is up");
}

TEST_CASE("first_of over a container: the first wins, the others leave their queues") {
  Simulation simulation;
  Diary diary{simulation};
  std::deque<Pool> pools;
  for (int index = 0; index < 3; ++index) pools.emplace_back(simulation, 1);
  simulation.spawn("holds 0", hold(pools[0], 5s, simulation));
  simulation.spawn("holds 1", hold(pools[1], 2s, simulation));
  simulation.spawn("holds 2", hold(pools[2], 4s, simulation));
  simulation.spawn("a", take_any(simulation, diary, pools, "a"));
  simulation.spawn("b", take_any(simulation, diary, pools, "b"));
  std::deque<Pool> none;
  simulation.spawn("c", take_any(simulation, diary, none, "c"));
  simulation.run();
  CHECK_DIARY(diary, {"2 a has 1", "3 b has 1", "10 c gave up"});
  for (const Pool& pool : pools) CHECK(pool.in_use() == 0);
}

}  // namespace

TEST_CASE("first_of goes on with the first, and exactly that one is done") {
  World world;
  world.simulation.spawn("quick", boot_or_outage(world, 3s));
  world.simulation.spawn("slow", boot_or_outage(world, 30s));
  world.simulation.spawn("outage",
                         at(
                             world.simulation, 10s, [](World& w) { w.gate.close(); }, world));
  world.simulation.run();
  CHECK_DIARY(world.diary, {"3 booted", "10 outage"});
  CHECK(world.simulation.now() == kStart + 10s);  // the slow boot's timer is gone
}

TEST_CASE("when two members happen at the same time, the one scheduled first wins") {
  World world;
  world.simulation.spawn("outage",
                         at(
                             world.simulation, 10s, [](World& w) { w.gate.close(); }, world));
  world.simulation.spawn("boot", boot_or_outage(world, 10s));
  world.simulation.run();
  CHECK_DIARY(world.diary, {"10 outage"});
}

TEST_CASE("when several members hold at once, the first in writing wins") {
  World world;
  world.gate.close();
  world.simulation.spawn("boot", boot_or_outage(world, 0s));
  world.simulation.run();
  CHECK_DIARY(world.diary,
              {"0 outage"});  // a delay of zero is still an event; a closed gate is not
}

TEST_CASE("who gives up leaves the pool's queue at that moment") {
  World world;
  world.simulation.spawn("a", race_for_token(world, 5s, "a"));
  world.simulation.spawn("b", race_for_token(world, 5s, "b"));
  world.simulation.spawn("c", race_for_token(world, 50s, "c"));
  world.simulation.run_until(kStart + 6s);
  CHECK(world.pool.waiting() == 1);
  world.simulation.run();
  CHECK_DIARY(world.diary, {"0 a has it", "5 b gave up", "10 c has it"});
}

TEST_CASE("a large request that gives up lets the smaller ones behind it in") {
  World world;
  world.pool.set_capacity(2);
  Token held = world.pool.try_acquire(1);
  world.simulation.spawn("large", [](World& w) -> Task<void> {
    auto request = w.pool.acquire(2);
    auto given_up = w.simulation.delay(5s);
    co_await first_of(request, given_up);
    CHECK_FALSE(request.done());
  }(world));
  world.simulation.spawn("small", race_for_token(world, 50s, "small"));
  world.simulation.run();
  CHECK_DIARY(world.diary, {"5 small has it"});
}

TEST_CASE("a granted token that nobody takes goes back") {
  World world;
  world.simulation.spawn("a", forget_token(world));
  world.simulation.run();
  CHECK(world.pool.in_use() == 0);
}

TEST_CASE("a wait for a store that gives up takes nothing") {
  World world;
  world.simulation.spawn("a", get_or_give_up(world, "a"));
  world.simulation.run_until(kStart + 2s);
  world.simulation.spawn("b", get_or_give_up(world, "b"));
  world.simulation.run_until(kStart + 4s);
  world.store.put(1);
  world.store.put(2);
  world.simulation.run();
  CHECK_DIARY(world.diary, {"3 a gave up", "4 b has 1"});
  CHECK(world.store.size() == 1);
}

TEST_CASE("all_of goes on when the last has happened and holds what was granted early") {
  World world;
  world.simulation.spawn("a", all_three(world));
  world.simulation.run_until(kStart + 8s);
  CHECK(world.pool.in_use() == 1);
  world.signal.trigger();
  world.simulation.run();
  CHECK_DIARY(world.diary, {"8 all three"});
  CHECK(world.pool.in_use() == 0);
}

TEST_CASE("a named delay serves as a deadline over several waits") {
  World world;
  world.simulation.spawn("a", deadline_over_several_waits(world));
  for (const auto when : {2s, 4s, 9s}) {
    world.simulation.run_until(kStart + when);
    world.signal.trigger();
  }
  world.simulation.run();
  CHECK_DIARY(world.diary, {"10 told 3 times"});
}

TEST_CASE("a sub-process runs in its caller's process and returns its result") {
  World world;
  world.simulation.spawn("p", use_children(world));
  world.simulation.run();
  CHECK_DIARY(world.diary, {"4 sum 30", "5 thing 5"});
  CHECK(world.simulation.events() ==
        1 + 4 + 1);  // its start and its delays: calling takes no event
}

TEST_CASE("an exception of a sub-process is thrown out of its await, at once or later") {
  for (const auto when : {0s, 5s}) {
    World world;
    world.simulation.spawn("p", survive_child(world, when));
    world.simulation.run();
    CHECK_DIARY(world.diary, {fmt::format("{} caught", when.count()),
                              fmt::format("{} lives on", when.count() + 1)});
  }
}

TEST_CASE("sub-processes nest as deep as functions do") {
  World world;
  world.simulation.spawn("p", dive(world, 1000));
  world.simulation.run();
  CHECK_DIARY(world.diary, {"1 1000"});
}

TEST_CASE("all_of over a number of processes known only at run time") {
  World world;
  world.simulation.spawn("p", await_fleet(world, 40));
  world.simulation.run();
  CHECK_DIARY(world.diary, {"40 fleet is up"});
}

TEST_CASE("a task that nobody awaits never starts and leaves nothing behind") {
  const std::int64_t before = live_frames();
  {
    World world;
    const Task<void> never = fail_after(world.simulation, 0s);
    CHECK(live_frames() <= before + 1);  // clang keeps the frame on the stack
    world.simulation.run();
  }
  CHECK(live_frames() == before);
}

}  // namespace rollcast::kernel::test
