#pragma once
/// A confidence interval, and the critical values that intervals are made of.
namespace rollcast::stats {

/// Confidence of every interval that is printed, unless another one is asked for.
inline constexpr double kConfidence = 0.95;

/// Ends of an interval, both inclusive; an end may be infinite where the data give no bound.
struct Interval {
  double low = 0.0;
  double high = 0.0;
  [[nodiscard]] double half_width() const { return (high - low) / 2; }
  [[nodiscard]] bool contains(double value) const { return low <= value && value <= high; }
};

/// The value that a standard normal variable does not exceed with probability `p`.
/// REQUIRES 0 < p < 1.
[[nodiscard]] double normal_quantile(double p);
/// The same of Student's t with `degrees` degrees of freedom. REQUIRES degrees > 0, 0 < p < 1.
[[nodiscard]] double student_t_quantile(double degrees, double p);

}  // namespace rollcast::stats
