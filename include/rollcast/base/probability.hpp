#pragma once
/// A probability or a share: a number from 0 to 1.
#include <compare>

#include "rollcast/base/assertion.hpp"

namespace rollcast {

class Probability {
 public:
  constexpr Probability() = default;
  /// REQUIRES 0 <= value <= 1.
  explicit constexpr Probability(double value) : value_(value) {
    if (!(value >= 0.0 && value <= 1.0)) detail_out_of_range(value);
  }
  [[nodiscard]] constexpr double value() const { return value_; }
  [[nodiscard]] constexpr Probability complement() const { return Probability{1.0 - value_}; }
  friend constexpr auto operator<=>(Probability, Probability) = default;

 private:
  static void detail_out_of_range(double value) {
    ROLLCAST_ASSERT(false, "a probability lies between 0 and 1, not at {}", value);
  }
  double value_ = 0.0;
};

}  // namespace rollcast
