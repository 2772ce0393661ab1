#pragma once
/// Random values for tests of statistics: the same with every standard library.
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace rollcast::testing {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  /// Uniform in (0, 1).
  double uniform() { return (static_cast<double>(engine_() >> 11) + 0.5) * 0x1p-53; }
  double exponential(double mean) { return -mean * std::log(uniform()); }
  /// Box and Muller.
  double normal() {
    const double radius = std::sqrt(-2.0 * std::log(uniform()));
    return radius * std::cos(6.283185307179586 * uniform());
  }

 private:
  std::mt19937_64 engine_;
};

/// `n` values of `draw()`.
template <class Draw>
std::vector<double> sample(std::size_t n, const Draw& draw) {
  std::vector<double> values(n);
  for (double& value : values) value = draw();
  return values;
}

}  // namespace rollcast::testing
