/// Simulations and threads: each is used by one thread at a time, and may move between two runs.
#include <memory>
#include <thread>

#include "rollcast/random/stream.hpp"
#include "support.hpp"

namespace rollcast::kernel::test {
namespace {

struct World {
  Simulation simulation;
  Pool slots{simulation, 3};
  Store<int> work{simulation};
};

Task<int> boot(World& world, random::RandomStream& random) {
  Token slot = co_await world.slots.acquire();
  co_await world.simulation.delay(from_seconds(random.exponential()));
  co_return 1;
}

Task<void> instance(World& world, std::uint64_t number) {
  random::RandomStream random{{11, random::purpose("threads"), 0, number}};
  for (int round = 0; round < 20; ++round) {
    const int done = co_await boot(world, random);
    world.work.put(done);
    auto item = world.work.get();
    auto late = world.simulation.delay(from_seconds(random.exponential()));
    co_await first_of(item, late);
  }
}

std::unique_ptr<World> populated(std::uint64_t instances = 30) {
  auto world = std::make_unique<World>();
  for (std::uint64_t number = 0; number < instances; ++number)
    world->simulation.spawn({"instance", number}, instance(*world, number));
  return world;
}

std::uint64_t digest_of_one_thread() {
  const auto world = populated();
  world->simulation.run();
  return world->simulation.digest();
}

constexpr int kThreads = 8;
constexpr int kWorldsEach = 5;

/// Runs `body(thread)` on so many threads at once.
template <class Body>
void on_threads(const Body& body) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread)
    threads.emplace_back([&body, thread] { body(thread); });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

TEST_CASE("many threads at once get the digest of one") {
  const std::uint64_t expected = digest_of_one_thread();
  std::vector<int> equal(kThreads, 0);
  on_threads([&](int thread) {
    for (int i = 0; i < kWorldsEach; ++i)
      equal[static_cast<std::size_t>(thread)] += digest_of_one_thread() == expected ? 1 : 0;
  });
  for (const int count : equal) CHECK(count == kWorldsEach);
}

TEST_CASE("a simulation that is made on one thread runs and ends on another, frames and all") {
  const std::uint64_t expected = digest_of_one_thread();
  std::vector<std::vector<std::unique_ptr<World>>> worlds(kThreads);
  on_threads([&](int thread) {
    for (int i = 0; i < kWorldsEach; ++i) {
      worlds[static_cast<std::size_t>(thread)].push_back(populated());
      worlds[static_cast<std::size_t>(thread)].back()->simulation.run_until(kStart + 5s);
    }
  });
  // The threads that made the frames have ended by now.
  std::vector<int> equal(kThreads, 0);
  on_threads([&](int thread) {
    auto& mine = worlds[static_cast<std::size_t>((thread + 3) % kThreads)];
    for (auto& world : mine) {
      world->simulation.run();
      equal[static_cast<std::size_t>(thread)] += world->simulation.digest() == expected ? 1 : 0;
      world.reset();
      world = populated();  // out of the frames that came from the other thread
      world->simulation.run_until(kStart + 1s);
    }
    mine.clear();
  });
  for (const int count : equal) CHECK(count == kWorldsEach);
}

TEST_CASE("megabytes of frames made here and freed there are balanced over both threads") {
  const std::int64_t before = live_frames();
  auto world = populated(20'000);
  world->simulation.run_until(kStart);
  const std::int64_t made = live_frames() - before;
  CHECK(made >= 20'000);
  release_unused_frames();
  std::int64_t freed = 0;
  std::thread other{[&] {
    world.reset();
    freed = -live_frames();
    release_unused_frames();
  }};
  other.join();
  CHECK(freed == made);
}

}  // namespace rollcast::kernel::test
