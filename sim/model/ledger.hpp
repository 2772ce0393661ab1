#pragma once
/// The money of one replication: sums by kind and phase.
#include <array>

#include "rollcast/base/money.hpp"
#include "rollcast/base/time.hpp"
#include "rollcast/model/metrics.hpp"
#include "rollcast/model/scenario.hpp"

namespace rollcast::model {

class Ledger {
 public:
  void add(CostKind kind, CostPhase phase, Money amount) {
    cells_[static_cast<std::size_t>(kind)][static_cast<std::size_t>(phase)] += amount;
  }
  [[nodiscard]] Money of(CostKind kind) const;
  [[nodiscard]] Money of(CostPhase phase) const;
  /// Every cell that belongs to any member of the scope, once.
  [[nodiscard]] Money of(const CostScope& scope) const;
  [[nodiscard]] Money total() const;

 private:
  std::array<std::array<Money, kCostPhases>, kCostKinds> cells_{};
};

/// Price of running one instance of `group` from age `from` to age `to`, without licence. Tiers
/// multiply the price from their age on.
[[nodiscard]] Money instance_price(const Group& group, Duration from, Duration to);

/// `length` rounded up to whole units of `granularity` (zero: not at all), and at least `minimum`.
[[nodiscard]] Duration billed_length(Duration length, Duration granularity, Duration minimum);

/// `price` for each hour of `length`.
[[nodiscard]] inline Money hourly(Money price, Duration length) {
  return price * to_hours(length);
}

/// Storage of `gigabytes` for `length`, at a price per GB and month of 30 days.
[[nodiscard]] inline Money storage_price(Money per_gb_month, double gigabytes, Duration length) {
  return per_gb_month * (gigabytes * to_hours(length) / (30.0 * 24.0));
}

}  // namespace rollcast::model
