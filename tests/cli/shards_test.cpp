/// A run goes on only as the run that it is, and its shards together give the whole.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "place.hpp"
#include "rollcast/experiment/store.hpp"

namespace rollcast::cli {
namespace {

using testing::contains;
using testing::contents;
using testing::Ended;
using testing::Place;

TEST_CASE("a run does not go on with another scenario, seed, plan or build") {
  const Place place;
  CHECK(place.run(place.scenario, "run", {"-n", "200", "--resume"}).code == 0);
  const std::string before = contents(place / "run/run.sqlite");
  const auto refused = [&](const std::vector<std::string>& options, const std::string& why) {
    std::vector<std::string> all = options;
    all.push_back("--resume");
    const Ended ended = place.run(place.scenario, "run", all);
    CAPTURE(ended.errors);
    CHECK(ended.code == 2);
    CHECK(contains(ended.errors, why));
    CHECK(contents(place / "run/run.sqlite") == before);
  };
  refused({"-n", "200", "--seed", "7"}, "holds a run with seed 42 (now 7)");
  refused({"-n", "200", "--set", "fleet.web.count=9"}, "another state of scenario small");
  refused({"-n", "300"}, "holds a run of 200 replications (now 300)");
  refused({"-n", "200", "--shard", "1/2"}, "holds a whole run (now shard 1 of 2)");
  refused({"-n", "200", "--force"},
          "--resume goes on with the run that is there, --force replaces");
  CHECK(place.run(place.scenario, "run", {"-n", "200", "--seed", "42", "--resume"}).code == 0);
}

TEST_CASE("a run of another build, which simulates otherwise, is not gone on with") {
  const Place place;
  CHECK(place.run(place.scenario, "run", {"-n", "200"}).code == 0);
  {
    const auto made = experiment::RunStore::open(place / "run");
    auto other = experiment::RunStore::create(place / "other", made.record(), false);
    experiment::Block block{0, 100, 2, {}};
    made.each([&](std::size_t, std::uint64_t replication, const model::Outcome& outcome) {
      if (replication < 100) block.outcomes.push_back(outcome);
    });
    ++block.outcomes.back().digest;
    other.add(block);
    other.finish(true);
  }
  const Ended ended = place.run(place.scenario, "other", {"-n", "200", "--resume"});
  CHECK(ended.code == 2);
  CHECK(contains(ended.errors, "replication 99 comes out otherwise than it is kept"));
}

TEST_CASE("seven shards, merged in any order, give the run to the last bit") {
  const Place place;
  for (const std::string& scenario : {place.scenario, place.hard}) {
    const std::string name = scenario == place.hard ? "hard" : "small";
    REQUIRE(place.run(scenario, name, {"-n", "1500"}).code == 0);
    std::vector<std::string> parts;
    for (int shard = 1; shard <= 7; ++shard) {
      const std::string out = name + std::to_string(shard);
      const std::string which = std::to_string(shard) + "/7";
      const Ended ended = place.run(scenario, out, {"-n", "1500", "--shard", which});
      CHECK(ended.code == 0);
      CHECK(ended.output.empty());
      parts.push_back(place / out);
    }
    std::mt19937_64 random(7);
    for (int order = 0; order < 2; ++order) {
      std::shuffle(parts.begin(), parts.end(), random);
      std::vector<std::string> merge{"merge", "--force", "--quiet", "--out", place / "merged"};
      merge.insert(merge.end(), parts.begin(), parts.end());
      const Ended merged = testing::rollcast(merge);
      CAPTURE(merged.errors);
      CHECK(merged.code == 0);
      CHECK(place.summary("merged") == place.summary(name));
      CHECK(testing::rollcast({"export", place / "merged"}).output ==
            testing::rollcast({"export", place / name}).output);
    }
  }
}

TEST_CASE("merge names the shard that is lost, unfinished, there twice or of another run") {
  const Place place;
  const auto shard = [&](const std::string& out, const std::string& which,
                         std::vector<std::string> more = {}) {
    more.insert(more.end(), {"-n", "500", "--shard", which});
    CHECK(place.run(place.scenario, out, more).code == 0);
    return place / out;
  };
  const auto refusal = [&](std::vector<std::string> folders) {
    folders.insert(folders.begin(), {"merge", "--out", place / "merged"});
    const Ended ended = testing::rollcast(folders);
    CHECK(ended.code == 2);
    CHECK_FALSE(testing::exists(place / "merged"));
    return ended.errors;
  };
  const std::string one = shard("one", "1/3");
  const std::string two = shard("two", "2/3");
  CHECK(contains(refusal({two, one}), "of 3 shards one is missing: 3 (replications 333 to 499)"));
  CHECK(contains(refusal({one}), "of 3 shards 2 are missing: 2 (replications 166 to 332) and 3"));
  CHECK(contains(refusal({one, two, one}), "are the same part of the run, shard 1 of 3"));
  CHECK(contains(refusal({one, shard("seed", "2/3", {"--seed", "9"})}), "has the seed 9, not 42"));
  CHECK(contains(refusal({one, shard("set", "2/3", {"--set", "fleet.web.count=3"})}),
                 "is of another state of the scenario"));
  CHECK(contains(refusal({one, shard("cut", "2/4")}),
                 "is shard 2 of 4 of a run of 500 replications, not one of 3 of 500"));
  CHECK(place.run(place.scenario, "whole", {"-n", "500"}).code == 0);
  CHECK(contains(refusal({place / "whole", one}), "holds a whole run"));
  CHECK(contains(testing::rollcast({"report", one}).errors, "this is shard 1 of 3 of a run"));
  const Ended none = testing::rollcast({"merge", one, place / "three", "--out", place / "merged"});
  CHECK(none.code == 3);
  CHECK(contains(none.errors, "three/run.sqlite: there is no such run"));
  const std::string three = shard("three", "3/3");
  place.file("small.yaml", "question: changed\n");
  CHECK(contains(refusal({one, two, three}),
                 "small.yaml is not the scenario that the parts were made from"));
  const Ended bad = place.run(place.hard, "bad", {"--shard", "4/3"});
  CHECK(bad.code == 2);
  CHECK(contains(bad.errors, "--shard takes I/N"));
}

}  // namespace
}  // namespace rollcast::cli
