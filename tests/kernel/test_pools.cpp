/// Pools: order, priorities, capacity, tokens.
#include "support.hpp"

namespace rollcast::kernel::test {
namespace {

struct Job {
  std::string name;
  Duration arrives;
  std::int64_t amount = 1;
  int priority = 0;
  Duration works = 10s;
};

Task<void> work(Simulation& simulation, Diary& diary, Pool& pool, Job job) {
  co_await simulation.delay(job.arrives);
  Token token = co_await pool.acquire(job.amount, job.priority);
  CHECK(token.amount() == job.amount);
  CHECK(pool.in_use() <= pool.capacity());
  diary.write(job.name);
  co_await simulation.delay(job.works);
}

void run_jobs(Simulation& simulation, Diary& diary, Pool& pool, const std::vector<Job>& jobs) {
  for (const Job& job : jobs) simulation.spawn("job", work(simulation, diary, pool, job));
  simulation.run();
  CHECK(pool.in_use() == 0);
  CHECK(pool.waiting() == 0);
}

Task<void> hold(Simulation& simulation, Pool& pool, Duration length) {
  Token token = co_await pool.acquire();
  co_await simulation.delay(length);
}

Task<void> try_at(Simulation& simulation, Diary& diary, Pool& pool, Duration when,
                  std::int64_t amount) {
  co_await simulation.delay(when);
  Token token = pool.try_acquire(amount);
  diary.write(token ? "had it" : "refused");
}

Task<void> change_capacity(Simulation& simulation, Pool& pool, Duration when,
                           std::int64_t capacity) {
  co_await simulation.delay(when);
  pool.set_capacity(capacity);
}

}  // namespace

TEST_CASE("a pool serves first come, first served") {
  Simulation simulation;
  Diary diary{simulation};
  Pool pool{simulation, 2};
  run_jobs(simulation, diary, pool, {{"a", 0s}, {"b", 1s}, {"c", 2s}, {"d", 3s}, {"e", 4s}});
  CHECK_DIARY(diary, {"0 a", "1 b", "10 c", "11 d", "20 e"});
}

TEST_CASE("requests of the same moment are served in the order of asking") {
  Simulation simulation;
  Diary diary{simulation};
  Pool pool{simulation, 1};
  run_jobs(simulation, diary, pool, {{"a", 0s}, {"b", 0s}, {"c", 0s}});
  CHECK_DIARY(diary, {"0 a", "10 b", "20 c"});
}

TEST_CASE("the lower priority number goes first, ties by the order of asking") {
  Simulation simulation;
  Diary diary{simulation};
  Pool pool{simulation, 1};
  run_jobs(simulation, diary, pool,
           {{"first", 0s},
            {"late 5", 1s, 1, 5},
            {"low 9", 2s, 1, 9},
            {"high -1", 3s, 1, -1},
            {"later 5", 4s, 1, 5},
            {"high too", 5s, 1, -1}});
  CHECK_DIARY(diary,
              {"0 first", "10 high -1", "20 high too", "30 late 5", "40 later 5", "50 low 9"});
}

TEST_CASE("a small request never overtakes a larger one whose turn it is") {
  Simulation simulation;
  Diary diary{simulation};
  Pool pool{simulation, 3};
  run_jobs(simulation, diary, pool, {{"two", 0s, 2}, {"three", 1s, 3}, {"one", 2s, 1}});
  CHECK_DIARY(diary, {"0 two", "10 three", "20 one"});
}

TEST_CASE("a request with precedence that does not fit keeps the units free for itself") {
  Simulation simulation;
  Diary diary{simulation};
  Pool pool{simulation, 3};
  run_jobs(simulation, diary, pool,
           {{"two", 0s, 2}, {"urgent three", 1s, 3, -1}, {"one", 2s, 1, 0}});
  CHECK_DIARY(diary, {"0 two", "10 urgent three", "20 one"});
}

TEST_CASE("a share that is given back goes straight to whom it is due") {
  Simulation simulation;
  Diary diary{simulation};
  Pool pool{simulation, 1};
  simulation.spawn("holder", hold(simulation, pool, 10s));
  simulation.spawn("waiter", work(simulation, diary, pool, {"waiter", 1s}));
  simulation.spawn("thief", try_at(simulation, diary, pool, 10s, 1));
  simulation.run();
  CHECK_DIARY(diary, {"10 refused", "10 waiter"});
}

TEST_CASE("try_acquire gives an empty token when units are missing or somebody waits") {
  Simulation simulation;
  Diary diary{simulation};
  Pool pool{simulation, 3};
  simulation.spawn("job", work(simulation, diary, pool, {"two", 0s, 2}));
  simulation.spawn("a", try_at(simulation, diary, pool, 1s, 2));
  simulation.spawn("b", try_at(simulation, diary, pool, 2s, 1));
  simulation.spawn("job", work(simulation, diary, pool, {"three", 3s, 3}));
  simulation.spawn("c", try_at(simulation, diary, pool, 4s, 1));
  simulation.run();
  CHECK_DIARY(diary, {"0 two", "1 refused", "2 had it", "4 refused", "10 three"});
}

TEST_CASE("who holds a share can tell whether somebody more urgent waits for one") {
  Simulation simulation;
  Diary diary{simulation};
  Pool pool{simulation, 1};
  CHECK_FALSE(pool.is_awaited_before(5));
  simulation.spawn("job", work(simulation, diary, pool, {"holder", 0s, 1, 5}));
  simulation.spawn("job", work(simulation, diary, pool, {"urgent", 2s, 1, 3}));
  simulation.run_until(kStart + 1s);
  CHECK_FALSE(pool.is_awaited_before(5));
  simulation.run_until(kStart + 3s);
  CHECK(pool.is_awaited_before(5));
  CHECK(pool.is_awaited_before(4));
  CHECK_FALSE(pool.is_awaited_before(3));  // of the same rank it came later
  simulation.run();
  CHECK_FALSE(pool.is_awaited_before(5));
}

TEST_CASE("more capacity serves those who wait, less takes nothing away") {
  Simulation simulation;
  Diary diary{simulation};
  Pool pool{simulation, 1};
  simulation.spawn("more", change_capacity(simulation, pool, 3s, 3));
  simulation.spawn("less", change_capacity(simulation, pool, 5s, 0));
  simulation.spawn("again", change_capacity(simulation, pool, 30s, 1));
  for (const char* name : {"a", "b", "c", "d"})
    simulation.spawn("job", work(simulation, diary, pool, {name, 0s}));
  simulation.run_until(kStart + 6s);
  CHECK(pool.in_use() == 3);
  CHECK(pool.available() == 0);
  CHECK(pool.capacity() == 0);
  simulation.run();
  CHECK_DIARY(diary, {"0 a", "3 b", "3 c", "30 d"});
}

TEST_CASE("tokens move, and an overwritten or released token gives back at once") {
  Simulation simulation;
  Pool pool{simulation, 5};
  Token a = pool.try_acquire(2);
  Token b = std::move(a);
  CHECK_FALSE(static_cast<bool>(a));  // NOLINT: a moved-from token is empty by contract
  CHECK(b.amount() == 2);
  CHECK(pool.in_use() == 2);
  b = pool.try_acquire(3);
  CHECK(pool.in_use() == 3);
  b.release();
  b.release();
  CHECK(pool.in_use() == 0);
  Token& same = b;
  b = pool.try_acquire(1);
  b = std::move(same);
  CHECK(pool.in_use() == 1);
}

TEST_CASE("more than the capacity waits until the capacity is raised") {
  Simulation simulation;
  Diary diary{simulation};
  Pool pool{simulation, 1};
  simulation.spawn("large", work(simulation, diary, pool, {"large", 0s, 4}));
  simulation.spawn("raise", change_capacity(simulation, pool, 50s, 4));
  simulation.run();
  CHECK_DIARY(diary, {"50 large"});
}

TEST_CASE("nonsense is refused with its value") {
  Simulation simulation;
  Pool pool{simulation, 1};
  CHECK_THROWS_AS(static_cast<void>(pool.acquire(0)), InvariantError);
  CHECK_THROWS_AS(static_cast<void>(pool.try_acquire(-3)), InvariantError);
  CHECK_THROWS_AS(pool.set_capacity(-1), InvariantError);
  CHECK_THROWS_AS((Pool{simulation, -1}), InvariantError);
}

}  // namespace rollcast::kernel::test
