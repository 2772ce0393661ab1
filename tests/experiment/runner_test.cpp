#include "rollcast/experiment/runner.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <mutex>
#include <set>
#include <thread>

#include "make.hpp"

namespace rollcast::experiment {
namespace {

/// Everything a run handed over, as one sequence of digests.
std::vector<std::uint64_t> digests(const Plan& plan) {
  std::vector<std::uint64_t> all;
  Hooks hooks;
  hooks.keep = [&](const Block& block) {
    for (std::uint64_t i = 0; i < block.replications; ++i)
      for (std::size_t strategy = 0; strategy < block.strategies; ++strategy)
        all.push_back(block.at(i, strategy).digest);
  };
  const RunEnd end = run_replications(plan, testing::made_up, hooks);
  CHECK(end.replications == plan.replications);
  CHECK_FALSE(end.interrupted);
  return all;
}

TEST_CASE("blocks arrive complete and in order, for any number of threads and any size of block") {
  std::vector<std::uint64_t> expected;
  for (std::uint64_t replication = 0; replication < 250; ++replication)
    for (std::size_t strategy = 0; strategy < 3; ++strategy)
      expected.push_back(testing::made_up(strategy, replication).digest);
  for (const unsigned jobs : {1U, 2U, 7U})
    for (const std::uint64_t size : {1U, 7U, 100U, 1'000U}) {
      CAPTURE(jobs);
      CAPTURE(size);
      CHECK(digests({3, 250, size, jobs}) == expected);
    }
}

TEST_CASE("a plan of no replications ends at once") {
  CHECK(digests({2, 0, 100, 2}).empty());
}

TEST_CASE("a stopped run keeps a prefix of whole blocks") {
  std::atomic<bool> stop{false};
  std::uint64_t kept = 0;
  Hooks hooks;
  hooks.stop = &stop;
  hooks.keep = [&](const Block& block) {
    CHECK(block.first == kept);
    CHECK(block.replications == 10);
    kept += block.replications;
    if (kept == 50) stop = true;
  };
  const auto slow = [](std::size_t strategy, std::uint64_t replication) {
    std::this_thread::sleep_for(std::chrono::microseconds(200));
    return testing::made_up(strategy, replication);
  };
  const RunEnd end = run_replications({1, 100'000, 10, 2}, slow, hooks);
  CHECK(end.interrupted);
  CHECK(end.replications == kept);
  CHECK(kept >= 50);
  CHECK(kept < 100'000);
}

TEST_CASE("the earliest replication that fails is told, and what was finished before it is kept") {
  for (const unsigned jobs : {1U, 4U}) {
    std::uint64_t kept = 0;
    Hooks hooks;
    hooks.keep = [&](const Block& block) { kept += block.replications; };
    const auto fails = [](std::size_t strategy, std::uint64_t replication) {
      if (replication == 57 && strategy == 1) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        throw std::runtime_error("a late failure");
      }
      if (replication == 58) throw std::runtime_error("a failure");
      return testing::made_up(strategy, replication);
    };
    try {
      run_replications({2, 1'000, 10, jobs}, fails, hooks);
      FAIL("must throw");
    } catch (const ReplicationError& error) {
      CHECK(error.replication() == 57);
      CHECK(error.strategy() == 1);
      CHECK(std::string(error.what()) == "a late failure");
    }
    CHECK(kept == 50);
  }
}

TEST_CASE("a block that cannot be kept ends the run with its reason") {
  Hooks hooks;
  hooks.keep = [](const Block& block) {
    if (block.first == 20) throw std::runtime_error("disk full");
  };
  CHECK_THROWS_WITH(run_replications({1, 1'000, 10, 2}, testing::made_up, hooks), "disk full");
}

TEST_CASE("workers do not run far ahead of what is kept") {
  std::atomic<std::uint64_t> newest{0};
  Hooks hooks;
  std::uint64_t furthest = 0;
  hooks.keep = [&](const Block& block) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    furthest = std::max(furthest, newest.load() - block.first);
  };
  const auto note = [&](std::size_t strategy, std::uint64_t replication) {
    std::uint64_t seen = newest.load();
    while (seen < replication && !newest.compare_exchange_weak(seen, replication)) {
    }
    return testing::made_up(strategy, replication);
  };
  run_replications({1, 1'000, 5, 2}, note, hooks);
  CHECK(furthest <= 4 * 2 * 5 + 5);
}

TEST_CASE("progress grows to the end and is reported by the calling thread") {
  std::vector<std::uint64_t> finished;
  const auto caller = std::this_thread::get_id();
  Hooks hooks;
  hooks.progress = [&](const Progress& progress) {
    CHECK(std::this_thread::get_id() == caller);
    CHECK(progress.planned == 300);
    finished.push_back(progress.finished);
  };
  run_replications({2, 300, 10, 2}, testing::made_up, hooks);
  REQUIRE_FALSE(finished.empty());
  CHECK(std::is_sorted(finished.begin(), finished.end()));
  CHECK(finished.back() == 300);
}

}  // namespace
}  // namespace rollcast::experiment
