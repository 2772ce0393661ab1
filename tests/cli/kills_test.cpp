/// A run that is killed or interrupted at any moment goes on to the result of one that is not.
#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>

#include "place.hpp"
#include "rollcast/experiment/store.hpp"

namespace rollcast::cli {
namespace {

using testing::contains;
using testing::Ended;
using testing::Place;
using testing::Surroundings;

/// Replications of a run that is still under way when the signal comes; a sanitizer makes fewer of
/// them take as long.
#ifdef ROLLCAST_SANITIZED
constexpr const char* kMany = "6000";
#else
constexpr const char* kMany = "30000";
#endif

std::size_t kills_asked() {
  const char* asked = std::getenv("ROLLCAST_KILLS");
  return asked == nullptr ? 10 : std::strtoul(asked, nullptr, 10);
}

TEST_CASE("killed at random moments and gone on with, a run gives what it gives undisturbed") {
  const Place place;
  const std::vector<std::string> options{"-n", "3000", "--resume"};
  const auto begun = std::chrono::steady_clock::now();
  REQUIRE(place.run(place.hard, "undisturbed", options).code == 0);
  const auto length = std::chrono::duration_cast<std::chrono::microseconds>(
                          std::chrono::steady_clock::now() - begun)
                          .count();
  const std::string expected = place.summary("undisturbed");
  CHECK(contains(expected, "\"interrupted\": false"));
  std::mt19937_64 random(20'260'306);
  std::size_t killed = 0;
  for (int round = 0; killed < kills_asked(); ++round) {
    const std::string out = "run" + std::to_string(round);
    Surroundings surroundings;
    surroundings.signal = SIGKILL;
    int code = 128 + SIGKILL;
    while (code != 0) {
      std::uniform_int_distribution<long> moment(0, length);
      surroundings.after_microseconds = moment(random);
      const Ended ended = place.run(place.hard, out, options, surroundings);
      code = ended.code;
      CAPTURE(ended.errors);
      CAPTURE(code);
      const bool right = code == 0 || code == 128 + SIGKILL;
      REQUIRE(right);
      if (code != 0) ++killed;
      if (killed >= kills_asked()) break;
    }
    REQUIRE(place.run(place.hard, out, options).code == 0);
    CHECK(place.summary(out) == expected);
    CHECK_FALSE(testing::exists(place / (out + "/run.sqlite-wal")));
  }
}

TEST_CASE("an interrupted run goes on to the same result, and says how") {
  const Place place;
  const std::vector<std::string> options{"-n", kMany, "--no-conditions"};
  REQUIRE(place.run(place.scenario, "undisturbed", options).code == 0);
  for (const int signal : {SIGINT, SIGTERM}) {
    const std::string out = "run" + std::to_string(signal);
    Surroundings surroundings;
    surroundings.signal = signal;
    surroundings.when_exists = place / (out + "/run.sqlite-wal");
    const Ended stopped = place.run(place.scenario, out, options, surroundings);
    CAPTURE(stopped.errors);
    REQUIRE(stopped.code == 130);
    CHECK(contains(stopped.errors, "Go on with:\n  rollcast run "));
    CHECK(contains(stopped.errors, "--no-conditions --out " + place / out + " --resume"));
    const Ended again = place.run(place.scenario, out, options);
    CHECK(again.code == 2);
    CHECK(contains(again.errors, "holds this run unfinished: "));
    CHECK(contains(again.errors, "Go on with it with --resume, or start again with --force."));
    std::vector<std::string> resume = options;
    resume.push_back("--resume");
    CHECK(place.run(place.scenario, out, resume).code == 0);
    CHECK(place.summary(out) == place.summary("undisturbed"));
  }
}

#ifndef ROLLCAST_SANITIZED
TEST_CASE("a clock that jumps by years changes nothing, in a run that is killed and gone on with") {
  const Place place;
  const std::vector<std::string> options{"-n", "20000", "--no-conditions", "--resume"};
  REQUIRE(place.run(place.scenario, "undisturbed", options).code == 0);
  Surroundings jumping;
  jumping.preload = ROLLCAST_BINARY_DIR "/tests/cli/jumping_clock.so";
  Surroundings killed = jumping;
  killed.signal = SIGKILL;
  killed.when_exists = place / "run/run.sqlite-wal";
  CHECK(place.run(place.scenario, "run", options, killed).code == 128 + SIGKILL);
  const Ended ended = place.run(place.scenario, "run", options, jumping);
  CAPTURE(ended.errors);
  CHECK(ended.code == 0);
  CHECK(ended.errors.empty());
  CHECK(place.summary("run") == place.summary("undisturbed"));
  const auto year_of = [&](const std::string& out) {
    const auto record = experiment::RunStore::open(place / out).record();
    return std::stoi(record.made_at.substr(0, 4));
  };
  CHECK(std::abs(year_of("run") - year_of("undisturbed")) <= 1);
}
#endif

}  // namespace
}  // namespace rollcast::cli
