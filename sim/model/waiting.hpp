#pragma once
/// The length of a wait, also of one that the horizon cuts off.
#include "rollcast/kernel/simulation.hpp"

namespace rollcast::model {

/// Adds the hours from its making to its end to `sum`; both must outlive it.
class Waiting {
 public:
  Waiting(kernel::Simulation& sim, double& sum) : sim_(sim), sum_(sum), since_(sim.now()) {}
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() { sum_ += to_hours(sim_.now() - since_); }

 private:
  kernel::Simulation& sim_;
  double& sum_;
  TimePoint since_;
};

}  // namespace rollcast::model
