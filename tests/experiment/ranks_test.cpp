#include "rollcast/experiment/ranks.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "stored.hpp"

namespace rollcast::experiment {
namespace {

/// The letter boxes of some ranks that are threads of this process.
struct Post {
  explicit Post(unsigned ranks) : boxes(ranks) {}
  std::mutex mutex;
  std::vector<std::deque<Transport::Message>> boxes;
};

class ByPost final : public Transport {
 public:
  ByPost(Post& post, unsigned rank) : post_(post), rank_(rank) {}
  [[nodiscard]] unsigned rank() const override { return rank_; }
  [[nodiscard]] unsigned size() const override { return static_cast<unsigned>(post_.boxes.size()); }
  void send(unsigned to, std::string bytes) override {
    const std::lock_guard lock(post_.mutex);
    post_.boxes[to].push_back({rank_, std::move(bytes)});
  }
  [[nodiscard]] std::optional<Message> receive() override {
    const std::lock_guard lock(post_.mutex);
    std::deque<Message>& box = post_.boxes[rank_];
    if (box.empty()) return std::nullopt;
    Message message = std::move(box.front());
    box.pop_front();
    return message;
  }
  void leave() override {}

 private:
  Post& post_;
  unsigned rank_;
};

/// A run of some ranks, of which all but the first live in threads of their own.
class Company {
 public:
  /// `part` is what such a rank does.
  Company(unsigned ranks, const std::function<void(Transport&)>& part) : post_(ranks) {
    for (unsigned rank = 1; rank < ranks; ++rank)
      others_.emplace_back([this, rank, part] {
        ByPost transport(post_, rank);
        part(transport);
      });
  }
  ~Company() {
    CHECK(leader.dismiss(std::chrono::seconds(30)));
    for (std::thread& other : others_) other.join();
  }
  Company(const Company&) = delete;
  Company& operator=(const Company&) = delete;

 private:
  Post post_;
  std::vector<std::thread> others_;
  ByPost transport_{post_, 0};

 public:
  RankLeader leader{transport_};
};

const std::atomic<bool> kGoOn{false};

/// Makes blocks of every task.
std::function<void(Transport&)> maker(const SimulateTask& simulate_task, unsigned jobs = 1) {
  return [simulate_task, jobs](Transport& transport) {
    Plan plan;
    plan.strategies = 2;
    plan.jobs = jobs;
    make_blocks(transport, "the same", plan, simulate_task, kGoOn);
  };
}
/// Of a run and nothing else.
SimulateTask only(const Simulate& simulate) {
  return [simulate](const Task& task) {
    CHECK(task.kind == Task::Kind::run);
    return simulate;
  };
}

struct Kept {
  std::vector<Samples> samples = std::vector<Samples>(2);
  std::vector<std::uint64_t> digests;
  Hooks hooks;

  explicit Kept(Helpers* helpers) {
    hooks.helpers = helpers;
    hooks.keep = [this](const Block& block) {
      for (std::uint64_t i = 0; i < block.replications; ++i)
        for (std::size_t strategy = 0; strategy < 2; ++strategy) {
          append(samples[strategy], block.at(i, strategy));
          digests.push_back(block.at(i, strategy).digest);
        }
    };
  }
};

/// Takes its time, so that everybody has something to do.
model::Outcome slowly(std::size_t strategy, std::uint64_t replication) {
  std::this_thread::sleep_for(std::chrono::microseconds(100));
  return testing::made_up(strategy, replication);
}

TEST_CASE("a run of any number of ranks keeps what one process keeps, in order") {
  Kept alone(nullptr);
  run_replications({2, 1'030, 20, 1, 10}, testing::made_up, alone.hooks);
  for (const unsigned ranks : {2U, 3U, 5U})
    for (const unsigned jobs : {1U, 3U}) {
      CAPTURE(ranks);
      CAPTURE(jobs);
      std::atomic<int> made_elsewhere{0};
      const auto elsewhere = [&](std::size_t strategy, std::uint64_t replication) {
        ++made_elsewhere;
        return slowly(strategy, replication);
      };
      Company company(ranks, maker(only(elsewhere), jobs));
      company.leader.begin("the same");
      Kept kept(&company.leader);
      const RunEnd end = run_replications({2, 1'030, 20, 1, 10}, slowly, kept.hooks);
      CHECK(end.replications == 1'030);
      CHECK_FALSE(end.interrupted);
      CHECK(made_elsewhere > 0);
      CHECK(kept.digests == alone.digests);
      for (std::size_t strategy = 0; strategy < 2; ++strategy) {
        testing::check_same(kept.samples[strategy], alone.samples[strategy]);
        CHECK(kept.samples[strategy].cash_flow == alone.samples[strategy].cash_flow);
      }
    }
}

TEST_CASE("a run that is precise enough ends at the same replication with ranks") {
  std::atomic<int> made_elsewhere{0};
  const auto elsewhere = [&](std::size_t strategy, std::uint64_t replication) {
    ++made_elsewhere;
    return slowly(strategy, replication);
  };
  Company company(3, maker(only(elsewhere)));
  company.leader.begin("the same");
  Kept kept(&company.leader);
  kept.hooks.enough = [&] { return kept.samples[0].replications >= 400 ? 0 : 100'000; };
  const RunEnd end = run_replications({2, 100'000, 20, 1}, slowly, kept.hooks);
  CHECK(end.replications == 400);
  CHECK_FALSE(end.interrupted);
  CHECK(made_elsewhere > 0);
}

TEST_CASE("ranks turn from a run that ended early to other tasks, and nothing is mixed up") {
  /// Of a task, replications have numbers of their own.
  const auto simulate_task = [](const Task& task) -> Simulate {
    const std::uint64_t first = 1'000'000 * (static_cast<std::uint64_t>(task.kind) + 1);
    return [first](std::size_t strategy, std::uint64_t replication) {
      return slowly(strategy, first + replication);
    };
  };
  std::atomic<int> made_elsewhere{0};
  const auto elsewhere = [&](const Task& task) -> Simulate {
    if (task.kind == Task::Kind::conditions) CHECK(task.replications == 7);
    return [&, simulate = simulate_task(task)](std::size_t strategy, std::uint64_t replication) {
      ++made_elsewhere;
      return simulate(strategy, replication);
    };
  };
  for (const unsigned ranks : {2U, 4U}) {
    Company company(ranks, maker(elsewhere));
    company.leader.begin("the same");
    Task task;
    for (const auto kind : {Task::Kind::run, Task::Kind::other_luck, Task::Kind::conditions}) {
      CAPTURE(ranks);
      task = {kind, 7};
      if (kind != Task::Kind::run) company.leader.turn_to(task);
      made_elsewhere = 0;
      Kept kept(&company.leader);
      kept.hooks.enough = [&] { return kept.samples[0].replications >= 300 ? 0 : 100'000; };
      const Simulate here = simulate_task(task);
      CHECK(run_replications({2, 100'000, 20, 1}, here, kept.hooks).replications == 300);
      CHECK(made_elsewhere > 0);
      for (std::uint64_t i = 0; i < kept.digests.size(); ++i)
        REQUIRE(kept.digests[i] == here(i % 2, i / 2).digest);
    }
  }
}

TEST_CASE("what a rank has in hand when it is stopped is made by the others") {
  std::atomic<bool> stop{false};
  std::atomic<int> begun{0};
  const auto until_stopped = [&](std::size_t strategy, std::uint64_t replication) {
    if (++begun == 30) stop = true;
    return slowly(strategy, replication);
  };
  Company company(2, [&](Transport& transport) {
    Plan plan;
    plan.strategies = 2;
    plan.jobs = 1;
    make_blocks(transport, "the same", plan, only(until_stopped), stop);
  });
  company.leader.begin("the same");
  Kept kept(&company.leader);
  CHECK(run_replications({2, 600, 20, 1}, slowly, kept.hooks).replications == 600);
  CHECK(stop);
  for (std::uint64_t i = 0; i < kept.digests.size(); ++i)
    REQUIRE(kept.digests[i] == testing::made_up(i % 2, i / 2).digest);
}

TEST_CASE("the earliest replication that fails is told, whichever rank makes it") {
  const auto fails = [](std::size_t strategy, std::uint64_t replication) {
    if (replication == 57 && strategy == 1) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      throw std::runtime_error("a late failure");
    }
    if (replication > 60) throw std::runtime_error("a failure");
    return slowly(strategy, replication);
  };
  for (int round = 0; round < 5; ++round) {
    Company company(3, maker(only(fails)));
    company.leader.begin("the same");
    Kept kept(&company.leader);
    try {
      run_replications({2, 1'000, 10, 1}, fails, kept.hooks);
      FAIL("must throw");
    } catch (const ReplicationError& error) {
      CHECK(error.replication() == 57);
      CHECK(error.strategy() == 1);
      CHECK(std::string(error.what()) == "a late failure");
    }
    CHECK(kept.samples[0].replications == 50);
  }
}

/// What ends a task that would take long.
std::string end_of_task(RankLeader& leader) {
  Kept kept(&leader);
  try {
    run_replications({2, 1'000'000, 10, 1}, slowly, kept.hooks);
  } catch (const RankError& error) {
    return error.what();
  } catch (const std::bad_alloc&) {
    return "no memory";
  }
  return "ended";
}

TEST_CASE("a rank that would simulate something else, cannot, or has no memory ends the run") {
  const auto message_with = [](const std::function<void(Transport&)>& part) {
    Company company(2, part);
    company.leader.begin("another");
    return end_of_task(company.leader);
  };
  CHECK(message_with(maker(only(testing::made_up)))
            .find("rank 1 is about to simulate something else: "
                  "it has the same, rank 0 has another") == 0);
  CHECK(message_with([](Transport& transport) {
          decline_blocks(transport, "no such file", kGoOn);
        }) == "rank 1 cannot take part: no such file");
  const auto too_large = [](std::size_t, std::uint64_t) -> model::Outcome {
    throw std::bad_alloc();
  };
  CHECK(message_with([&](Transport& transport) {
          Plan plan;
          plan.strategies = 2;
          make_blocks(transport, "another", plan, only(too_large), kGoOn);
        }) == "no memory");
}

TEST_CASE(
    "a rank that cannot prepare a later task ends that task, and keeps what was made before") {
  const auto message_with = [](const SimulateTask& simulate_task) {
    Company company(3, maker(simulate_task));
    company.leader.begin("the same");
    Kept run(&company.leader);
    CHECK(run_replications({2, 600, 20, 1}, slowly, run.hooks).replications == 600);
    company.leader.turn_to({Task::Kind::conditions, 7});
    return end_of_task(company.leader);
  };
  const auto unprepared = [](const Task& task) -> Simulate {
    if (task.kind != Task::Kind::run) throw std::runtime_error("the table is gone");
    return slowly;
  };
  CHECK(message_with(unprepared).find("cannot take part: the table is gone") != std::string::npos);
  const auto too_large = [](const Task& task) -> Simulate {
    if (task.kind != Task::Kind::run) throw std::bad_alloc();
    return slowly;
  };
  CHECK(message_with(too_large) == "no memory");
}

}  // namespace
}  // namespace rollcast::experiment
