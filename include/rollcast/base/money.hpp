#pragma once
/// Money as integer micro-units of the scenario's currency: sums are exact and do not depend on
/// their order.
#include <compare>
#include <cstdint>

namespace rollcast {

class Money {
 public:
  constexpr Money() = default;
  /// `amount` in whole units of the currency (4.25 is 4 250 000 micro-units), rounded to the
  /// nearest micro-unit.
  [[nodiscard]] static constexpr Money units(double amount) {
    return Money{static_cast<std::int64_t>(amount * 1e6 + (amount < 0 ? -0.5 : 0.5))};
  }
  [[nodiscard]] static constexpr Money micro(std::int64_t amount) { return Money{amount}; }
  [[nodiscard]] constexpr std::int64_t micro() const { return micro_; }
  /// Whole units as a number, for statistics and output only.
  [[nodiscard]] constexpr double units() const { return static_cast<double>(micro_) / 1e6; }

  constexpr Money& operator+=(Money other) {
    micro_ += other.micro_;
    return *this;
  }
  constexpr Money& operator-=(Money other) {
    micro_ -= other.micro_;
    return *this;
  }
  friend constexpr Money operator+(Money a, Money b) { return a += b; }
  friend constexpr Money operator-(Money a, Money b) { return a -= b; }
  /// Scaled by a plain number, rounded to the nearest micro-unit.
  friend constexpr Money operator*(Money a, double factor) {
    const double scaled = static_cast<double>(a.micro_) * factor;
    return Money{static_cast<std::int64_t>(scaled + (scaled < 0 ? -0.5 : 0.5))};
  }
  friend constexpr auto operator<=>(Money, Money) = default;

 private:
  explicit constexpr Money(std::int64_t micro) : micro_(micro) {}
  std::int64_t micro_ = 0;
};

}  // namespace rollcast
