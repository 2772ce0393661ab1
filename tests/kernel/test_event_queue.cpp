/// The queue of timed events against a sorted set.
#include <algorithm>
#include <set>
#include <vector>

#include "rollcast/kernel/detail/event_queue.hpp"
#include "rollcast/random/stream.hpp"
#include "support.hpp"

namespace rollcast::kernel::test {
namespace {

using detail::EventKey;
using detail::EventQueue;
using detail::make_key;

/// Times as models make them: ties, near ones, far ones.
TimePoint some_time(random::RandomStream& random, TimePoint now) {
  switch (random.below(4)) {
    case 0:
      return now + Duration{static_cast<std::int64_t>(random.below(3))};
    case 1:
      return now + Duration{static_cast<std::int64_t>(random.below(1000))};
    case 2:
      return now + from_seconds(random.exponential() * 1e-3);
    default:
      return now + from_seconds(random.exponential() * 1e6);
  }
}

/// Grows and shrinks a queue around `target` entries and compares every entry that leaves it.
void compare_with_set(std::size_t target, int steps, std::uint64_t seed) {
  random::RandomStream random{{seed, random::purpose("event queue")}};
  EventQueue queue;
  std::set<EventKey> twin;
  TimePoint now = kStart;
  std::uint64_t sequence = 0;
  bool equal = true;
  for (int step = 0; step < steps; ++step) {
    const bool grow = twin.empty() || random.below(2 * target) >= twin.size();
    if (grow) {
      const auto slot = static_cast<std::uint32_t>(random.below(detail::kMaximumSlots));
      const EventKey key = make_key(some_time(random, now), sequence++, slot);
      queue.push(key);
      twin.insert(key);
    } else {
      equal = equal && queue.top() == *twin.begin();
      now = detail::time_of(queue.top());
      queue.pop();
      twin.erase(twin.begin());
    }
    equal = equal && queue.size() == twin.size();
    equal = equal && queue.top_time() == (twin.empty() ? kNever : detail::time_of(*twin.begin()));
    if (step % (steps / 7) == 0) {
      const auto odd = [](EventKey key) { return detail::slot_of(key) % 5 == 0; };
      queue.remove_if(odd);
      std::erase_if(twin, odd);
    }
  }
  CHECK(equal);
  while (!queue.empty() && equal) {
    equal = queue.top() == *twin.begin();
    queue.pop();
    twin.erase(twin.begin());
  }
  CHECK(equal);
  CHECK(twin.empty() == queue.empty());
}

}  // namespace

TEST_CASE("keys are sorted by rank as by the standard library, ties of time included") {
  random::RandomStream random{{5, random::purpose("sorting")}};
  std::uint64_t sequence = 0;
  for (std::size_t size = 0; size < 200; ++size) {
    for (const std::uint64_t range : {3ULL, 1000ULL, 1ULL << 62}) {
      std::vector<EventKey> keys(size);
      for (EventKey& key : keys) {
        const auto time = static_cast<std::int64_t>(random.below(range));
        key = make_key(kStart + Duration{time}, ++sequence, 0);
      }
      std::reverse(keys.begin(), keys.end());  // later ones first, as a bucket's blocks have them
      std::vector<EventKey> expected = keys;
      std::sort(expected.begin(), expected.end());
      std::vector<EventKey> portable = keys;
      detail::sort_keys_portable(portable.data(), portable.data() + size);
      detail::sort_keys_by_rank(keys.data(), keys.data() + size);
      REQUIRE(portable == expected);
      REQUIRE(keys == expected);
    }
  }
}

TEST_CASE("a key keeps time, sequence and slot") {
  const EventKey key =
      make_key(kNever - Duration{1}, detail::kMaximumSequence - 1, detail::kMaximumSlots - 1);
  CHECK(detail::time_of(key) == kNever - Duration{1});
  CHECK(detail::sequence_of(key) == detail::kMaximumSequence - 1);
  CHECK(detail::slot_of(key) == detail::kMaximumSlots - 1);
  CHECK(make_key(kStart + 1ns, 0, 0) >
        make_key(kStart, detail::kMaximumSequence - 1, detail::kMaximumSlots - 1));
  CHECK(make_key(kStart, 1, 0) > make_key(kStart, 0, 77));
}

TEST_CASE("the queue gives what a sorted set gives, small and large") {
  compare_with_set(3, 20'000, 1);
  compare_with_set(50, 50'000, 2);
  compare_with_set(1'000, 100'000, 3);
  compare_with_set(30'000, 300'000, 4);
}

TEST_CASE("the queue gives what a sorted set gives at every size around its limits") {
  for (const std::size_t size : {1U,  7U,  8U,  9U,  31U,  32U,  33U,  63U,  64U,  65U,  66U,
                                 95U, 96U, 97U, 98U, 127U, 128U, 129U, 160U, 192U, 256U, 257U})
    compare_with_set(size, 4'000, 100 + size);
}

TEST_CASE("thousands of one time, with others before and behind, come in the order of scheduling") {
  EventQueue queue;
  std::set<EventKey> twin;
  for (std::uint32_t i = 0; i < 6'000; ++i) {
    const std::int64_t far = i % 3 == 0 ? 7'000'000'000 : 5'000;
    const EventKey key = make_key(kStart + Duration{i % 50 == 7 ? i : far}, i, i);
    queue.push(key);
    twin.insert(key);
  }
  bool equal = true;
  while (!twin.empty() && equal) {
    equal = queue.top() == *twin.begin();
    queue.pop();
    twin.erase(twin.begin());
  }
  CHECK(equal);
  CHECK(queue.empty());
}

TEST_CASE("an empty queue has no time, and a cleared one is empty") {
  EventQueue queue;
  CHECK(queue.empty());
  CHECK(queue.top_time() == kNever);
  for (std::uint32_t i = 0; i < 100; ++i) queue.push(make_key(kStart + Duration{i % 7}, i, i));
  queue.clear();
  CHECK(queue.empty());
  queue.push(make_key(kStart + 5ns, 0, 1));
  CHECK(queue.top_time() == kStart + 5ns);
}

}  // namespace rollcast::kernel::test
