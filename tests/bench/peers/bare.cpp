/// Bare C++20 coroutines: a 4-ary heap of 128-bit keys, pooled frames, waits that end at once where
/// nothing else is due, a small generator with ziggurat variates; no cancellation, no interruption,
/// no digest, no ownership, no keyed random numbers. It is the yardstick for what this machine and
/// compiler can do at all.
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <coroutine>
#include <deque>
#include <exception>
#include <utility>
#include <vector>

#include "peer.hpp"

namespace {

/// xoshiro256++ (Blackman and Vigna 2019) and, on it, the exponential ziggurat with 256 layers
/// (Marsaglia and Tsang 2000).
class Random {
 public:
  explicit Random(std::uint64_t seed) {
    for (std::uint64_t& word : state_) {  // SplitMix64
      std::uint64_t mixed = seed += 0x9E3779B97F4A7C15U;
      mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
      mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
      word = mixed ^ (mixed >> 31);
    }
  }
  double exponential(double mean) {
    for (;;) {
      const std::uint64_t bits = next();
      const std::size_t layer = bits & 0xFFU;
      const std::uint64_t place = bits >> 11;
      const double value = static_cast<double>(place) * kTable.unit[layer];
      if (place < kTable.inside[layer]) return mean * value;
      if (layer == 0) return mean * (kTail - std::log(1 - unit()));
      const double below = kTable.height[layer], above = kTable.height[layer + 1];
      if (below + unit() * (above - below) < std::exp(-value)) return mean * value;
    }
  }
  double uniform(double low, double high) { return low + (high - low) * unit(); }
  bool bernoulli(double probability) { return unit() < probability; }

 private:
  static constexpr double kTail = 7.69711747013104972;
  struct Table {
    std::array<double, 256> unit{};  ///< a layer's width times 2^-53
    std::array<std::uint64_t, 256> inside{};
    std::array<double, 257> height{};
    Table() {
      constexpr double kArea = 3.949659822581572e-3;
      std::array<double, 257> edge{kArea * std::exp(kTail), kTail};
      for (std::size_t i = 2; i < 256; ++i)
        edge[i] = -std::log(std::exp(-edge[i - 1]) + kArea / edge[i - 1]);
      for (std::size_t i = 0; i < 257; ++i) height[i] = std::exp(-edge[i]);
      for (std::size_t i = 0; i < 256; ++i) {
        unit[i] = edge[i] * 0x1p-53;
        inside[i] = static_cast<std::uint64_t>(edge[i + 1] / edge[i] * 0x1p53);
      }
    }
  };
  static const Table kTable;

  std::uint64_t next() {
    auto& [a, b, c, d] = state_;
    const std::uint64_t result = std::rotl(a + d, 23) + a;
    const std::uint64_t shifted = b << 17;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = std::rotl(d, 45);
    return result;
  }
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  std::array<std::uint64_t, 4> state_{};
};
const Random::Table Random::kTable;

/// Frames of one size class are reused; all lie in one range of addresses, so that 32 bits and a
/// shift name one.
class Frames {
 public:
  static constexpr std::size_t kGrain = 16;
  void* allocate(std::size_t bytes) {
    std::vector<void*>& free = free_[(bytes + kGrain - 1) / kGrain];
    if (!free.empty()) {
      void* frame = free.back();
      free.pop_back();
      return frame;
    }
    char* frame = next_;
    next_ += (bytes + kGrain - 1) / kGrain * kGrain;
    return frame;
  }
  void release(void* frame, std::size_t bytes) {
    free_[(bytes + kGrain - 1) / kGrain].push_back(frame);
  }
  [[nodiscard]] std::uint64_t number_of(void* frame) const {
    return static_cast<std::uint64_t>(static_cast<char*>(frame) - base_) / kGrain;
  }
  [[nodiscard]] void* at(std::uint64_t number) const { return base_ + number * kGrain; }

 private:
  static constexpr std::size_t kRange = std::size_t{1} << 32;
  char* base_ = static_cast<char*>(mmap(nullptr, kRange, PROT_READ | PROT_WRITE,
                                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  char* next_ = base_;
  std::array<std::vector<void*>, 64> free_;
};
Frames frames;

using Handle = std::coroutine_handle<>;

struct Process {
  struct promise_type {
    Process get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
    static void* operator new(std::size_t bytes) { return frames.allocate(bytes); }
    static void operator delete(void* frame, std::size_t bytes) { frames.release(frame, bytes); }
  };
  std::coroutine_handle<promise_type> handle;
};

class Loop {
 public:
  std::int64_t now = 0;
  std::int64_t horizon = INT64_MAX;
  long steps = 0;
  void at(std::int64_t time, Handle coroutine) {
    if (time > horizon) return;
    const std::uint64_t low = sequence_++ << 28 | frames.number_of(coroutine.address());
    push(static_cast<Key>(static_cast<std::uint64_t>(time)) << 64 | low);
  }
  /// True when nothing else happens before or at `time`, which then is now.
  bool advance(std::int64_t time) {
    if (time > horizon || (!heap_.empty() && time_of(heap_.front()) <= time)) return false;
    now = time;
    return true;
  }
  bool step() {
    if (heap_.empty()) return false;
    const Key next = pop();
    now = time_of(next);
    const std::uint64_t number = static_cast<std::uint64_t>(next) & ((std::uint64_t{1} << 28) - 1);
    Handle::from_address(frames.at(number)).resume();
    return true;
  }
  void run() {
    while (step()) {
    }
  }

 private:
  using Key = unsigned __int128;  ///< time, sequence (36 bits), frame (28 bits)
  static constexpr std::size_t kChildren = 4;
  static std::int64_t time_of(Key key) { return static_cast<std::int64_t>(key >> 64); }
  void push(Key key) {
    std::size_t place = heap_.size();
    heap_.push_back(key);
    while (place > 0) {
      const std::size_t parent = (place - 1) / kChildren;
      if (heap_[parent] <= key) break;
      heap_[place] = heap_[parent];
      place = parent;
    }
    heap_[place] = key;
  }
  Key pop() {
    const Key earliest = heap_.front();
    const Key last = heap_.back();
    heap_.pop_back();
    const std::size_t size = heap_.size();
    if (size == 0) return earliest;
    std::size_t place = 0;
    for (;;) {
      const std::size_t first = place * kChildren + 1;
      if (first >= size) break;
      std::size_t least = first;
      for (std::size_t child = first + 1; child < std::min(first + kChildren, size); ++child)
        if (heap_[child] < heap_[least]) least = child;
      if (last <= heap_[least]) break;
      heap_[place] = heap_[least];
      place = least;
    }
    heap_[place] = last;
    return earliest;
  }
  std::vector<Key> heap_;
  std::uint64_t sequence_ = 0;
};

std::int64_t nanoseconds(double seconds) {
  return static_cast<std::int64_t>(seconds * 1e9 + 0.5);
}

struct Delay {
  Loop& loop;
  std::int64_t time;
  bool await_ready() const { return loop.advance(time); }
  void await_suspend(Handle coroutine) const { loop.at(time, coroutine); }
  void await_resume() const {}
};
Delay delay(Loop& loop, double seconds) {
  return {loop, loop.now + nanoseconds(seconds)};
}

struct Queue {
  std::deque<std::int64_t> items;
  Handle waiting;
  bool await_ready() const { return !items.empty(); }
  void await_suspend(Handle coroutine) { waiting = coroutine; }
  std::int64_t await_resume() {
    const std::int64_t item = items.front();
    items.pop_front();
    return item;
  }
};

Process arrive(Loop& loop, Queue& queue, Random& random, long customers) {
  for (long i = 0; i < customers; ++i) {
    co_await delay(loop, random.exponential(1.0 / 0.9));
    queue.items.push_back(loop.now);
    if (queue.waiting) loop.at(loop.now, std::exchange(queue.waiting, nullptr));
  }
}

Process serve(Loop& loop, Queue& queue, Random& random, std::int64_t& total) {
  for (;;) {
    const std::int64_t arrived = co_await queue;
    co_await delay(loop, random.exponential(1.0));
    total += loop.now - arrived;
  }
}

struct Slots {
  Loop& loop;
  int free = peer::kSlots;
  std::deque<Handle> waiting{};
  bool await_ready() {
    if (free == 0) return false;
    --free;
    return true;
  }
  void await_suspend(Handle coroutine) { waiting.push_back(coroutine); }
  void await_resume() {}
  void release() {
    if (waiting.empty()) {
      ++free;
      return;
    }
    loop.at(loop.now, waiting.front());
    waiting.pop_front();
  }
};

Process instance(Loop& loop, Slots& slots, Random& random, peer::Rollout& result) {
  bool first = true;
  for (;;) {
    const std::int64_t since = loop.now;
    bool up = false;
    co_await slots;
    for (int attempt = 0; attempt < peer::kAttempts && !up; ++attempt) {
      co_await delay(loop, random.uniform(180, 300));
      up = !random.bernoulli(peer::kFailure);
    }
    slots.release();
    if (first)
      result.makespan = static_cast<double>(loop.now) * 1e-9;
    else
      result.downtime += static_cast<double>(loop.now - since) * 1e-9;
    first = false;
    if (!up) co_return;
    co_await delay(loop, random.exponential(peer::kLife));
  }
}

Process hold(Loop& loop, Random& random) {
  for (;;) {
    co_await delay(loop, random.exponential(1.0));
    ++loop.steps;
  }
}

void run_mm1(const peer::Call& call) {
  Loop loop;
  Queue queue;
  Random between{call.seed};
  Random service{call.seed + 1000};
  std::int64_t total = 0;
  const Process arrivals = arrive(loop, queue, between, call.size);
  const Process server = serve(loop, queue, service, total);
  loop.at(0, arrivals.handle);
  loop.at(0, server.handle);
  peer::Stopwatch watch;
  loop.run();
  peer::print_mm1(watch.seconds(), static_cast<double>(total) * 1e-9, call.size);
}

/// The first replications fetch the memory that the later ones use again.
void run_rollout(std::uint64_t seed, bool print) {
  peer::Stopwatch watch;
  Loop loop;
  loop.horizon = nanoseconds(peer::kHorizon);
  Slots slots{loop};
  Random random{seed};
  peer::Rollout result;
  std::vector<Process> all;
  for (int i = 0; i < peer::kInstances; ++i) {
    all.push_back(instance(loop, slots, random, result));
    loop.at(0, all.back().handle);
  }
  loop.run();
  for (const Process& process : all) process.handle.destroy();
  if (print) peer::print_rollout(watch.seconds(), result);
}

void run_hold(const peer::Call& call) {
  Loop loop;
  Random random{call.seed};
  for (long i = 0; i < call.size; ++i) loop.at(0, hold(loop, random).handle);
  const long first = peer::warm_up_steps(call.size);
  while (loop.steps < first) loop.step();
  const std::int64_t since = loop.now;
  const long last = loop.steps + peer::timed_steps(call.size);
  const long before = loop.steps;
  peer::Stopwatch watch;
  while (loop.steps < last) loop.step();
  peer::print_hold(watch.seconds(), loop.steps - before,
                   static_cast<double>(loop.now - since) * 1e-9);
}

}  // namespace

int main(int argc, char** argv) {
  const peer::Call call = peer::read_call(argc, argv);
  if (call.model == "mm1") run_mm1(call);
  if (call.model == "rollout")
    for (std::uint64_t warm_up : {1, 2, 3, 4, 0})
      run_rollout(call.seed + 1'000'000 * warm_up, warm_up == 0);
  if (call.model == "hold") run_hold(call);
}
