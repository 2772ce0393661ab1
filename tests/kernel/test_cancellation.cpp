/// Whatever is destroyed after whichever event: nothing stays held, no memory is left, nothing
/// dangles (ASan).
#include "rollcast/random/stream.hpp"
#include "support.hpp"

namespace rollcast::kernel::test {
namespace {

using random::RandomStream;
using random::StreamKey;

/// A small fleet that uses everything the kernel has.
struct World {
  Simulation simulation;
  Pool slots{simulation, 3};
  Pool people{simulation, 2};
  Gate online{simulation, true};
  Signal told{simulation};
  Store<std::unique_ptr<int>> work{simulation};
  TokenBucket calls{simulation, 0.5, 2.0};
  Latch ready{simulation, kInstances};
  std::vector<ProcessHandle> processes;
  int alive = 0;  ///< processes between their first line and the end of their scope

  static constexpr int kInstances = 8;
};

/// Counts the scopes that are entered and left.
class Scope {
 public:
  explicit Scope(World& world) : world_(&world) { ++world_->alive; }
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  ~Scope() { --world_->alive; }

 private:
  World* world_;
};

Duration seconds(RandomStream& random, double mean) {
  return from_seconds(random.exponential() * mean);
}

Task<bool> launch(World& world, RandomStream& random) {
  const Scope scope{world};
  co_await world.calls.take();
  Token slot = co_await world.slots.acquire();
  auto booted = world.simulation.delay(seconds(random, 4.0));
  auto offline = world.online.closed();
  co_await first_of(booted, offline);
  if (!booted.done()) co_return false;
  auto person = world.people.acquire(1, static_cast<int>(random.below(3)));
  auto impatient = world.simulation.delay(seconds(random, 2.0));
  co_await first_of(person, impatient);
  Token helper = person.take();
  if (helper) {
    co_await world.simulation.delay(seconds(random, 1.0));
  }
  co_return random.bernoulli(0.7);
}

Task<void> instance(World& world, std::uint64_t number) {
  const Scope scope{world};
  RandomStream random{StreamKey{7, random::purpose("cancellation"), 0, number}};
  bool up = false;
  while (!up) {
    up = co_await launch(world, random);
    if (!up) {
      co_await world.online.opened();
    }
  }
  world.ready.count_down();
  world.work.put(std::make_unique<int>(static_cast<int>(number)));
  auto news = world.told.next();
  auto bored = world.simulation.delay(seconds(random, 5.0));
  co_await all_of(news, bored);
  Token both = co_await world.people.acquire(2, -1);
  co_await world.simulation.delay(0s);
}

Task<void> outages(World& world) {
  const Scope scope{world};
  for (int i = 0; i < 3; ++i) {
    co_await world.simulation.delay(5s);
    world.online.close();
    world.slots.set_capacity(1);
    co_await world.simulation.delay(1s);
    world.online.open();
    world.slots.set_capacity(3);
    world.told.trigger();
  }
}

Task<void> inspector(World& world) {
  const Scope scope{world};
  co_await world.ready.done();
  for (int i = 0; i < World::kInstances; ++i) {
    auto item = co_await world.work.get();
    co_await world.simulation.delay(1s);
    world.told.trigger();
  }
}

Task<void> supervisor(World& world) {
  const Scope scope{world};
  const std::vector<ProcessHandle> watched(world.processes.begin(), world.processes.begin() + 3);
  co_await all_of(watched);
  world.told.trigger();
}

void populate(World& world) {
  for (std::uint64_t number = 0; number < World::kInstances; ++number)
    world.processes.push_back(
        world.simulation.spawn({"instance", number}, instance(world, number)));
  world.processes.push_back(world.simulation.spawn("outages", outages(world)));
  world.processes.push_back(world.simulation.spawn("inspector", inspector(world)));
  world.processes.push_back(world.simulation.spawn("supervisor", supervisor(world)));
}

void run_events(Simulation& simulation, std::uint64_t count) {
  while (simulation.events() < count && simulation.step()) {
  }
}

void check_nothing_is_left(World& world) {
  CHECK(world.alive == 0);
  CHECK(world.slots.in_use() == 0);
  CHECK(world.people.in_use() == 0);
  CHECK(world.slots.waiting() + world.people.waiting() == 0);
  CHECK(world.calls.waiting() == 0);
  CHECK(world.simulation.processes() == 0);
}

std::uint64_t events_of_a_whole_run() {
  World world;
  populate(world);
  world.simulation.run();
  check_nothing_is_left(world);
  return world.simulation.events();
}

}  // namespace

TEST_CASE("destroying all processes after any event leaves nothing held and no memory") {
  const std::uint64_t events = events_of_a_whole_run();
  REQUIRE(events > 100);
  const std::int64_t before = live_frames();
  for (std::uint64_t k = 0; k <= events; ++k) {
    World world;
    populate(world);
    run_events(world.simulation, k);
    world.simulation.destroy_processes();
    check_nothing_is_left(world);
    CHECK(live_frames() == before);
    world.simulation.run();  // what was pending for them is gone or harmless
  }
}

TEST_CASE(
    "destroying the world after any event, resources first or simulation first, leaves no memory") {
  const std::uint64_t events = events_of_a_whole_run();
  const std::int64_t before = live_frames();
  for (std::uint64_t k = 0; k <= events; ++k) {
    auto world = std::make_unique<World>();  // its pools go before its simulation
    populate(*world);
    run_events(world->simulation, k);
    world.reset();
    CHECK(live_frames() == before);
  }
  for (std::uint64_t k = 0; k <= 40; ++k) {
    auto simulation = std::make_unique<Simulation>();
    Pool pool{*simulation, 2};  // outlives it
    Gate gate{*simulation, false};
    for (int i = 0; i < 6; ++i)
      simulation->spawn("p", [](Simulation& s, Pool& p, Gate& g) -> Task<void> {
        Token token = co_await p.acquire();
        auto late = s.delay(2s);
        auto opened = g.opened();
        co_await first_of(late, opened);
      }(*simulation, pool, gate));
    run_events(*simulation, k);
    simulation.reset();
    CHECK(pool.in_use() == 0);
    CHECK(pool.waiting() == 0);
    CHECK(live_frames() == before);
  }
}

TEST_CASE(
    "destroying any one process after any event gives its tokens back and lets the others end") {
  const std::uint64_t events = events_of_a_whole_run();
  const std::int64_t before = live_frames();
  for (std::size_t victim = 0; victim < World::kInstances + 3; ++victim) {
    for (std::uint64_t k = 0; k <= events; ++k) {
      World world;
      populate(world);
      run_events(world.simulation, k);
      const int alive = world.alive;
      const bool was_done = world.processes[victim].is_done();
      world.processes[victim].destroy();
      CHECK(world.processes[victim].is_done());
      if (was_done) CHECK(world.alive == alive);
      world.simulation.run();
      // Who waits for the victim's doing waits for ever; who holds a token is still going to wake.
      CHECK(world.slots.in_use() == 0);
      world.simulation.destroy_processes();
      check_nothing_is_left(world);
      CHECK(live_frames() == before);
    }
  }
}

TEST_CASE("interrupting any one process after any event harms nobody") {
  const std::uint64_t events = events_of_a_whole_run();
  const std::int64_t before = live_frames();
  for (std::size_t victim = 0; victim < World::kInstances + 3; ++victim) {
    for (std::uint64_t k = 0; k <= events; ++k) {
      World world;
      populate(world);
      run_events(world.simulation, k);
      world.processes[victim].interrupt();
      world.simulation.run();
      CHECK(world.slots.in_use() == 0);
      CHECK(world.people.in_use() == 0);
      world.simulation.destroy_processes();
      check_nothing_is_left(world);
      CHECK(live_frames() == before);
    }
  }
}

TEST_CASE("timers that lose again and again do not pile up") {
  Simulation simulation;
  std::size_t most_pending = 0;
  simulation.spawn("p", [](Simulation& s, std::size_t& most) -> Task<void> {
    for (int i = 0; i < 100'000; ++i) {
      auto soon = s.delay(1s);
      auto next_year = s.delay(std::chrono::hours{24 * 365});
      co_await first_of(soon, next_year);
      most = std::max(most, s.engine().queued());
    }
  }(simulation, most_pending));
  simulation.run();
  CHECK(most_pending < 200);
  CHECK(simulation.now() == kStart + 100'000s);
}

}  // namespace rollcast::kernel::test
