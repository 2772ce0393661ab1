#pragma once
/// A confidence interval.
namespace rollcast::stats {

/// Ends of an interval, both inclusive; an end may be infinite where the data give no bound.
struct Interval {
  double low = 0.0;
  double high = 0.0;
  [[nodiscard]] double half_width() const { return (high - low) / 2; }
  [[nodiscard]] bool contains(double value) const { return low <= value && value <= high; }
};

}  // namespace rollcast::stats
