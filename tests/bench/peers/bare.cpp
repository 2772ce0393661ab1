/// Bare C++20 coroutines on a binary heap of the standard library: no cancellation, no
/// interruption, no digest, no ownership. It is the yardstick for what this machine and compiler
/// can do at all.
#include <algorithm>
#include <coroutine>
#include <deque>
#include <exception>
#include <utility>
#include <vector>

#include "peer.hpp"

namespace {

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
  };
  std::coroutine_handle<promise_type> handle;
};

struct Entry {
  std::int64_t time;
  std::uint64_t sequence;
  void* coroutine;
  bool operator<(const Entry& other) const {
    return time != other.time ? time > other.time : sequence > other.sequence;
  }
};

class Loop {
 public:
  std::int64_t now = 0;
  std::int64_t horizon = INT64_MAX;
  long steps = 0;
  void at(std::int64_t time, Handle coroutine) {
    if (time > horizon) return;
    heap_.push_back({time, sequence_++, coroutine.address()});
    std::push_heap(heap_.begin(), heap_.end());
  }
  /// True when nothing else happens before or at `time`, which then is now.
  bool advance(std::int64_t time) {
    if (time > horizon || (!heap_.empty() && heap_.front().time <= time)) return false;
    now = time;
    return true;
  }
  bool step() {
    if (heap_.empty()) return false;
    const Entry next = heap_.front();
    std::pop_heap(heap_.begin(), heap_.end());
    heap_.pop_back();
    now = next.time;
    Handle::from_address(next.coroutine).resume();
    return true;
  }
  void run() {
    while (step()) {
    }
  }

 private:
  std::vector<Entry> heap_;
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

Process arrive(Loop& loop, Queue& queue, peer::Random& random, long customers) {
  for (long i = 0; i < customers; ++i) {
    co_await delay(loop, random.exponential(1.0 / 0.9));
    queue.items.push_back(loop.now);
    if (queue.waiting) loop.at(loop.now, std::exchange(queue.waiting, nullptr));
  }
}

Process serve(Loop& loop, Queue& queue, peer::Random& random, std::int64_t& total) {
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

Process instance(Loop& loop, Slots& slots, peer::Random& random, peer::Rollout& result) {
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

Process hold(Loop& loop, peer::Random& random) {
  for (;;) {
    co_await delay(loop, random.exponential(1.0));
    ++loop.steps;
  }
}

void run_mm1(const peer::Call& call) {
  Loop loop;
  Queue queue;
  peer::Random between{call.seed};
  peer::Random service{call.seed + 1000};
  std::int64_t total = 0;
  const Process arrivals = arrive(loop, queue, between, call.size);
  const Process server = serve(loop, queue, service, total);
  loop.at(0, arrivals.handle);
  loop.at(0, server.handle);
  peer::Stopwatch watch;
  loop.run();
  peer::print_mm1(watch.seconds(), static_cast<double>(total) * 1e-9, call.size);
}

void run_rollout(const peer::Call& call) {
  peer::Stopwatch watch;
  Loop loop;
  loop.horizon = nanoseconds(peer::kHorizon);
  Slots slots{loop};
  peer::Random random{call.seed};
  peer::Rollout result;
  std::vector<Process> all;
  for (int i = 0; i < peer::kInstances; ++i) {
    all.push_back(instance(loop, slots, random, result));
    loop.at(0, all.back().handle);
  }
  loop.run();
  for (const Process& process : all) process.handle.destroy();
  peer::print_rollout(watch.seconds(), result);
}

void run_hold(const peer::Call& call) {
  Loop loop;
  peer::Random random{call.seed};
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
  if (call.model == "rollout") run_rollout(call);
  if (call.model == "hold") run_hold(call);
}
