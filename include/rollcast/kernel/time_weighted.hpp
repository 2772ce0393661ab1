#pragma once
/// TimeWeighted: a number that changes at moments, and its mean over time.
#include "rollcast/kernel/simulation.hpp"

namespace rollcast::kernel {

/// A step function of simulated time from its construction on (queue length, instances out of
/// service).
class TimeWeighted {
 public:
  explicit TimeWeighted(const Simulation& simulation, double initial = 0.0)
      : simulation_(&simulation),
        start_(simulation.now()),
        last_(start_),
        value_(initial),
        maximum_(initial) {}

  /// From now() on.
  void set(double value) {
    integral_ += value_ * to_seconds(simulation_->now() - last_);
    last_ = simulation_->now();
    value_ = value;
    if (value > maximum_) maximum_ = value;
  }
  void add(double change) { set(value_ + change); }

  [[nodiscard]] double value() const { return value_; }
  /// The largest value so far, however short.
  [[nodiscard]] double max() const { return maximum_; }
  /// Value times seconds, from construction to `time`. REQUIRES time >= the last change.
  [[nodiscard]] double integral(TimePoint time) const {
    return integral_ + value_ * to_seconds(time - last_);
  }
  [[nodiscard]] double integral() const { return integral(simulation_->now()); }
  /// The integral divided by the time; the value itself where no time has passed.
  [[nodiscard]] double mean(TimePoint time) const {
    return time > start_ ? integral(time) / to_seconds(time - start_) : value_;
  }
  [[nodiscard]] double mean() const { return mean(simulation_->now()); }
  /// Forgets the past: integral, mean and maximum start anew at now() (the end of a warm-up).
  void restart() {
    start_ = last_ = simulation_->now();
    integral_ = 0.0;
    maximum_ = value_;
  }

 private:
  const Simulation* simulation_;
  TimePoint start_;
  TimePoint last_;
  double value_;
  double maximum_;
  double integral_ = 0.0;
};

}  // namespace rollcast::kernel
