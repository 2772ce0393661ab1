#pragma once
/// What the peers' programs share: the sizes of the reference models, random numbers of the
/// standard library, a stopwatch, and the line that compare.py reads.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string>

namespace peer {

constexpr int kInstances = 10'000;
constexpr int kSlots = 100;
constexpr int kAttempts = 4;
constexpr double kFailure = 0.02;
constexpr double kLife = 2000.0 * 3600.0;
constexpr double kHorizon = 30.0 * 24.0 * 3600.0;

/// Every program is called as `program MODEL SIZE SEED`: mm1 with so many customers, rollout (its
/// size is fixed), hold with so many pending events.
struct Call {
  std::string model;
  long size = 0;
  std::uint64_t seed = 0;
};

inline Call read_call(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: %s mm1|rollout|hold SIZE SEED\n", argv[0]);
    std::exit(2);
  }
  return {argv[1], std::atol(argv[2]), std::strtoull(argv[3], nullptr, 10)};
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  double exponential(double mean) { return mean * unit_(engine_); }
  double uniform(double low, double high) { return low + (high - low) * uniform_(engine_); }
  bool bernoulli(double probability) { return uniform_(engine_) < probability; }

 private:
  std::mt19937_64 engine_;
  std::exponential_distribution<double> unit_{1.0};
  std::uniform_real_distribution<double> uniform_{0.0, 1.0};
};

/// Processor time of this process, which other work on the machine disturbs least.
class Stopwatch {
 public:
  void start() { started_ = now(); }
  [[nodiscard]] double seconds() const { return now() - started_; }

 private:
  static double now() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  }
  double started_ = now();
};

/// What a roll-out has come to.
struct Rollout {
  double makespan = 0;
  double downtime = 0;
};

inline void print_mm1(double seconds, double total_sojourn, long customers) {
  std::printf("{\"seconds\": %.9g, \"sojourn\": %.9g}\n", seconds,
              total_sojourn / static_cast<double>(customers));
}
inline void print_rollout(double seconds, const Rollout& result) {
  std::printf("{\"seconds\": %.9g, \"makespan\": %.9g, \"downtime\": %.9g}\n", seconds,
              result.makespan, result.downtime);
}
/// `passed` is the simulated time that the timed steps took.
inline void print_hold(double seconds, long steps, double passed) {
  std::printf("{\"seconds\": %.9g, \"steps\": %ld, \"passed\": %.9g}\n", seconds, steps, passed);
}
/// Steps to warm up with and steps to time, for so many pending events.
inline long warm_up_steps(long pending) {
  return 2 * pending;
}
inline long timed_steps(long pending) {
  return pending < 200'000 ? 200'000 : pending;
}

}  // namespace peer
