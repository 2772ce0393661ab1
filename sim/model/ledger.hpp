#pragma once
/// The money of one replication: sums by kind and phase.
#include <array>
#include <utility>
#include <vector>

#include "rollcast/base/money.hpp"
#include "rollcast/base/time.hpp"
#include "rollcast/kernel/calendar.hpp"
#include "rollcast/model/metrics.hpp"
#include "rollcast/model/scenario.hpp"
#include "rollcast/model/trace.hpp"

namespace rollcast::model {

class Ledger {
 public:
  /// `months`: moments at which a new month of the cash flow begins, ascending (may be empty);
  /// `lines`: where every entry is written down (may be null). All must outlive the ledger.
  Ledger(const std::vector<TimePoint>& months, const std::vector<Discount>& discounts,
         std::vector<LedgerLine>* lines);
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  /// Money spent evenly from `from` to `to` (at once where they are equal), on `group` if that is
  /// known. Discounts are taken off, so that an entry may become several. REQUIRES from <= to.
  void add(CostKind kind, CostPhase phase, Money amount, TimePoint from, TimePoint to,
           GroupId group = GroupId{}) {
    if (amount == Money{}) return;
    if (sums_only_) return put(kind, phase, amount);
    add(LedgerLine{from, to, kind, phase, amount, false}, group);
  }
  /// The same for one of the account's own images.
  void add_for_image(CostKind kind, CostPhase phase, Money amount, TimePoint from, TimePoint to) {
    if (amount != Money{}) add(LedgerLine{from, to, kind, phase, amount, true}, GroupId{});
  }
  /// Wages of people who work by `calendar` (null: all the time), spread over its open hours where
  /// it matters when they are paid.
  void add_wages(CostPhase phase, Money amount, TimePoint from, TimePoint to,
                 const kernel::WorkCalendar* calendar, bool for_image);
  [[nodiscard]] Money of(CostKind kind) const;
  [[nodiscard]] Money of(CostPhase phase) const;
  /// Every cell that belongs to any member of the scope, once.
  [[nodiscard]] Money of(const CostScope& scope) const;
  [[nodiscard]] Money total() const;
  /// The part of the total that was booked for images.
  [[nodiscard]] Money for_images() const { return for_images_; }
  /// What was spent before the first month's end, in the second month, and so on: months.size() + 1
  /// sums that add up to the total.
  [[nodiscard]] const std::vector<Money>& cash_flow() const { return cash_flow_; }
  /// Moments, ascending, at which a month or the time of a discount begins or ends: within two of
  /// them it does not matter when money is spent.
  [[nodiscard]] const std::vector<TimePoint>& borders() const { return borders_; }

 private:
  [[nodiscard]] std::size_t month_of(TimePoint time) const;
  void put(CostKind kind, CostPhase phase, Money amount) {
    cells_[static_cast<std::size_t>(kind)][static_cast<std::size_t>(phase)] += amount;
    cash_flow_.front() += amount;
  }
  void add(const LedgerLine& line, GroupId group);
  void add_discounted(LedgerLine line, GroupId group);
  void book(const LedgerLine& line);

  std::array<std::array<Money, kCostPhases>, kCostKinds> cells_{};
  Money for_images_;
  const std::vector<TimePoint>& months_;
  const std::vector<Discount>& discounts_;
  std::vector<LedgerLine>* lines_;
  std::vector<Money> cash_flow_;
  std::vector<TimePoint> borders_;
  bool sums_only_;  ///< when money is spent, and on whom, makes no difference
};

/// Instance-hours that are paid for, kept apart by the ledger's borders, so that each costs what an
/// hour costs at its time.
class AccruedHours {
 public:
  /// `borders` must outlive this.
  explicit AccruedHours(const std::vector<TimePoint>& borders)
      : borders_(&borders), spans_(borders.size() + 1) {}
  /// `count` instances from `from` to `to`. REQUIRES from <= to.
  void add(TimePoint from, TimePoint to, double count);
  /// A count that was `count` since the last call (or the start) until `now`.
  void advance(TimePoint now, double count) { add(std::exchange(since_, now), now, count); }
  /// One entry for each part of the time that has hours.
  void book(Ledger& ledger, CostKind kind, CostPhase phase, Money per_hour) const;

 private:
  struct Span {
    double hours = 0;
    TimePoint from = kNever, to = kStart;  ///< of the hours, at most
  };
  const std::vector<TimePoint>* borders_;
  std::vector<Span> spans_;
  TimePoint since_ = kStart;
};

/// `price` for each hour of `length`.
[[nodiscard]] inline Money hourly(Money price, Duration length) {
  return price * to_hours(length);
}

/// Price of running one instance of `group`, whose price has tiers, from age `from` to age `to`.
[[nodiscard]] Money tiered_price(const Group& group, Duration from, Duration to);

/// Price of running one instance of `group` from age `from` to age `to`, without licence. Tiers
/// multiply the price from their age on.
[[nodiscard]] inline Money instance_price(const Group& group, Duration from, Duration to) {
  return group.tiers.empty() ? hourly(group.price_per_hour, to - from)
                             : tiered_price(group, from, to);
}

/// `length` rounded up to whole units of `granularity` (zero: not at all), and at least `minimum`.
[[nodiscard]] Duration billed_length(Duration length, Duration granularity, Duration minimum);

/// Storage of `gigabytes` for `length`, at a price per GB and month of 30 days.
[[nodiscard]] inline Money storage_price(Money per_gb_month, double gigabytes, Duration length) {
  return per_gb_month * (gigabytes * to_hours(length) / (30.0 * 24.0));
}

}  // namespace rollcast::model
