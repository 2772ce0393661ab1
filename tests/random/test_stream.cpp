/// Keyed streams: the generator's known answers, independence of the keys, the elementary draws.
#include <doctest/doctest.h>

#include <array>
#include <boost/random/exponential_distribution.hpp>
#include <cmath>
#include <set>
#include <vector>

#include "rollcast/base/assertion.hpp"
#include "rollcast/random/stream.hpp"

namespace rollcast::random::test {
namespace {

using Block = std::array<std::uint64_t, 4>;

constexpr std::uint64_t kAll = ~std::uint64_t{0};

std::vector<std::uint64_t> first_draws(const StreamKey& key, int count) {
  RandomStream random{key};
  std::vector<std::uint64_t> draws;
  for (int i = 0; i < count; ++i) draws.push_back(random());
  return draws;
}

}  // namespace

TEST_CASE("G02: Philox4x64-10 gives the published answers") {
  CHECK(philox_block({0, 0, 0, 0}, {0, 0}) ==
        Block{0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b});
  CHECK(philox_block({kAll, kAll, kAll, kAll}, {kAll, kAll}) ==
        Block{0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0});
  CHECK(
      philox_block({0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89},
                   {0x452821e638d01377, 0xbe5466cf34e90c6c}) ==
      Block{0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6});
}

TEST_CASE("a stream is the blocks of its counter, in order, however many are made at once") {
  // The numbers of the second key carry over in every part of a product.
  for (const StreamKey& key :
       {StreamKey{1, 2, 3, 4, 5, 6}, StreamKey{kAll, kAll, kAll, kAll, kAll, 0xFFFFFFFF},
        StreamKey{purpose("a"), purpose("b"), 7, purpose("c"), 9, 0}}) {
    constexpr std::uint64_t kBlocks = 100;
    const auto draws = first_draws(key, 4 * kBlocks);
    for (std::uint64_t block = 0; block < kBlocks; ++block) {
      const Block expected =
          philox_block({key.replication, key.entity, key.index, (key.branch << 32) + block},
                       {key.seed, key.purpose});
      for (std::size_t word = 0; word < 4; ++word) CHECK(draws[4 * block + word] == expected[word]);
    }
  }
}

TEST_CASE("the same key gives the same numbers, another key in any field others") {
  const StreamKey key{9, purpose("boot time"), 3, 4, 5, 6};
  CHECK(first_draws(key, 9) == first_draws(key, 9));
  std::set<std::uint64_t> seen;
  const auto add = [&](const StreamKey& other) {
    for (const std::uint64_t draw : first_draws(other, 1000)) seen.insert(draw);
  };
  add(key);
  for (std::uint64_t StreamKey::*field :
       {&StreamKey::seed, &StreamKey::purpose, &StreamKey::replication, &StreamKey::entity,
        &StreamKey::index, &StreamKey::branch}) {
    StreamKey other = key;
    other.*field += 1;
    add(other);
  }
  CHECK(seen.size() == 7000);  // no two streams share a draw
}

TEST_CASE("a purpose is a number known at compile time, and purposes differ") {
  static_assert(purpose("launch time") != purpose("launch failure"));
  static_assert(purpose("") != purpose("a"));
  CHECK(purpose("launch time") == 0xA06335174D7F37C8U);  // committed: it is part of every result
}

TEST_CASE("a branch has 32 bits") {
  StreamKey key;
  key.branch = std::uint64_t{1} << 32;
  CHECK_THROWS_AS(RandomStream{key}, InvariantError);
}

TEST_CASE("uniform lies inside of 0 and 1 and has the right moments") {
  RandomStream random{{1, purpose("uniform")}};
  constexpr int kDraws = 1'000'000;
  double sum = 0;
  double squares = 0;
  double least = 1;
  double greatest = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double u = random.uniform();
    sum += u;
    squares += u * u;
    least = std::min(least, u);
    greatest = std::max(greatest, u);
  }
  CHECK(least > 0.0);
  CHECK(greatest < 1.0);
  // Four standard errors: 1 - 6e-5.
  CHECK(std::fabs(sum / kDraws - 0.5) < 4 * std::sqrt(1.0 / 12.0 / kDraws));
  CHECK(std::fabs(squares / kDraws - 1.0 / 3.0) < 4 * std::sqrt(4.0 / 45.0 / kDraws));
}

TEST_CASE("bernoulli has its frequency, and 0 and 1 are certain") {
  RandomStream random{{1, purpose("bernoulli")}};
  constexpr int kDraws = 400'000;
  for (const double p : {0.0, 0.003, 0.5, 0.9, 1.0}) {
    int hits = 0;
    for (int i = 0; i < kDraws; ++i) hits += random.bernoulli(Probability{p}) ? 1 : 0;
    CHECK(std::fabs(hits - p * kDraws) <= 4 * std::sqrt(kDraws * p * (1 - p)));
  }
}

TEST_CASE("below gives every number equally often") {
  RandomStream random{{1, purpose("below")}};
  CHECK(random.below(1) == 0);
  CHECK_THROWS_AS(static_cast<void>(random.below(0)), InvariantError);
  for (const std::uint64_t n : {2U, 3U, 7U, 100U}) {
    std::vector<double> counts(n);
    constexpr double kDraws = 300'000;
    for (int i = 0; i < static_cast<int>(kDraws); ++i) counts.at(random.below(n)) += 1;
    double chi_square = 0;
    for (const double count : counts)
      chi_square +=
          (count - kDraws / static_cast<double>(n)) * (count - kDraws / static_cast<double>(n));
    chi_square /= kDraws / static_cast<double>(n);
    const auto freedom = static_cast<double>(n - 1);
    // Wilson–Hilferty: the 1 - 3e-5 point of chi-square.
    const double limit =
        freedom * std::pow(1 - 2 / (9 * freedom) + 4.0 * std::sqrt(2 / (9 * freedom)), 3);
    CHECK(chi_square < limit);
  }
  // A range that is no power of two near 2^64: plain modulo would favour the lower third by half.
  const std::uint64_t large = 0xC000000000000000U;
  int low = 0;
  for (int i = 0; i < 100'000; ++i) low += random.below(large) < large / 3 ? 1 : 0;
  CHECK(std::fabs(low - 100'000 / 3.0) < 4 * std::sqrt(100'000 * 2.0 / 9.0));
}

TEST_CASE("exponential numbers are Boost's, draw by draw") {
  RandomStream ours{StreamKey{1, purpose("exponential")}};
  RandomStream for_boost{StreamKey{1, purpose("exponential")}};
  boost::random::exponential_distribution<double> boosts{1.0};
  int different = 0;
  for (int i = 0; i < 300'000; ++i) different += ours.exponential() != boosts(for_boost) ? 1 : 0;
  CHECK(different == 0);
  CHECK(ours() == for_boost());
}

TEST_CASE("exponential numbers among others are Boost's, and no number is lost or taken twice") {
  RandomStream ours{StreamKey{1, purpose("mixed")}};
  RandomStream for_boost{StreamKey{1, purpose("mixed")}};
  RandomStream choice{StreamKey{1, purpose("choice")}};
  boost::random::exponential_distribution<double> boosts{1.0};
  int different = 0;
  for (int i = 0; i < 300'000; ++i) {
    const std::uint64_t kind = choice.below(8);
    if (kind < 5) {
      different += ours.exponential() != boosts(for_boost) ? 1 : 0;
    } else if (kind < 7) {
      different += ours() != for_boost() ? 1 : 0;
    } else {  // a copy goes on as its original would
      RandomStream copy = ours;
      different += copy.exponential() != boosts(for_boost) ? 1 : 0;
      different += copy() != for_boost() ? 1 : 0;
      ours = copy;
    }
  }
  CHECK(different == 0);
}

}  // namespace rollcast::random::test
