#include "ledger.hpp"

#include <algorithm>

namespace rollcast::model {

Ledger::Ledger(const std::vector<TimePoint>& months, const std::vector<Discount>& discounts,
               std::vector<LedgerLine>* lines)
    : months_(months),
      discounts_(discounts),
      lines_(lines),
      cash_flow_(months.size() + 1),
      borders_(months),
      sums_only_(months.empty() && discounts.empty() && lines == nullptr) {
  if (discounts.empty()) return;
  for (const Discount& discount : discounts)
    borders_.insert(borders_.end(), {discount.from, discount.until});
  std::sort(borders_.begin(), borders_.end());
  borders_.erase(std::unique(borders_.begin(), borders_.end()), borders_.end());
}

void AccruedHours::add(TimePoint from, TimePoint to, double count) {
  if (count == 0.0 || from == to) return;
  const auto first = std::upper_bound(borders_->begin(), borders_->end(), from);
  auto index = static_cast<std::size_t>(first - borders_->begin());
  for (TimePoint begin = from; begin < to; ++index) {
    const TimePoint end = index < borders_->size() ? std::min((*borders_)[index], to) : to;
    Span& span = spans_[index];
    span.hours += count * to_hours(end - begin);
    span.from = std::min(span.from, begin);
    span.to = std::max(span.to, end);
    begin = end;
  }
}

void AccruedHours::book(Ledger& ledger, CostKind kind, CostPhase phase, Money per_hour) const {
  for (const Span& span : spans_)
    if (span.hours > 0.0) ledger.add(kind, phase, per_hour * span.hours, span.from, span.to);
}

std::size_t Ledger::month_of(TimePoint time) const {
  return static_cast<std::size_t>(std::upper_bound(months_.begin(), months_.end(), time) -
                                  months_.begin());
}

namespace {

bool applies(const Discount& discount, CostKind kind, GroupId group) {
  const auto& groups = discount.groups;
  if (std::find(discount.kinds.begin(), discount.kinds.end(), kind) == discount.kinds.end())
    return false;
  return groups.empty() || std::find(groups.begin(), groups.end(), group) != groups.end();
}

}  // namespace

void Ledger::add(const LedgerLine& line, GroupId group) {
  if (discounts_.empty())
    book(line);
  else
    add_discounted(line, group);
}

void Ledger::add_wages(CostPhase phase, Money amount, TimePoint from, TimePoint to,
                       const kernel::WorkCalendar* calendar, bool for_image) {
  const auto pay = [&](Money part, TimePoint begin, TimePoint end) {
    if (part != Money{})
      add(LedgerLine{begin, end, CostKind::staff, phase, part, for_image}, GroupId{});
  };
  const bool dated = !months_.empty() || !discounts_.empty();
  if (!dated || calendar == nullptr) return pay(amount, from, to);
  const double hours = to_hours(calendar->worked(from, to));
  if (!(hours > 0.0)) return pay(amount, from, to);
  Money left = amount;
  for (TimePoint begin = calendar->next_open(from); left != Money{};) {
    const TimePoint end = std::min(calendar->next_change(begin), to);
    const TimePoint next = calendar->next_open(end);
    const Money part = next < to ? amount * (to_hours(end - begin) / hours) : left;
    pay(part, begin, end);
    left -= part;
    begin = next;
  }
}

void Ledger::add_discounted(LedgerLine line, GroupId group) {
  const double length = to_seconds(line.to - line.from);
  const TimePoint end = line.to;
  const Money whole = line.amount;
  for (;;) {
    double pays = 1.0;
    line.to = end;
    for (const Discount& discount : discounts_) {
      if (!applies(discount, line.kind, group)) continue;
      if (discount.from <= line.from && line.from < discount.until) pays *= 1.0 - discount.off;
      for (const TimePoint border : {discount.from, discount.until})
        if (border > line.from) line.to = std::min(line.to, border);
    }
    const double share = length > 0.0 ? to_seconds(line.to - line.from) / length : 1.0;
    line.amount = whole * (share * pays);
    book(line);
    if (line.to == end) return;
    line.from = line.to;
  }
}

void Ledger::book(const LedgerLine& line) {
  if (line.amount == Money{}) return;
  const auto [from, to, kind, phase, amount, for_image] = line;
  if (for_image) for_images_ += amount;
  cells_[static_cast<std::size_t>(kind)][static_cast<std::size_t>(phase)] += amount;
  if (lines_ != nullptr) lines_->push_back(line);
  if (months_.empty()) {
    cash_flow_.front() += amount;
    return;
  }
  std::size_t month = month_of(from);
  const std::size_t last = month_of(to);
  const double length = to_seconds(to - from);
  Money left = amount;
  for (TimePoint begin = from; month < last; begin = months_[month++]) {
    const Money part = amount * (to_seconds(months_[month] - begin) / length);
    cash_flow_[month] += part;
    left -= part;
  }
  cash_flow_[month] += left;
}

Money Ledger::of(CostKind kind) const {
  Money sum;
  for (const Money cell : cells_[static_cast<std::size_t>(kind)]) sum += cell;
  return sum;
}

Money Ledger::of(CostPhase phase) const {
  Money sum;
  for (const auto& row : cells_) sum += row[static_cast<std::size_t>(phase)];
  return sum;
}

Money Ledger::total() const {
  Money sum;
  for (const auto& row : cells_)
    for (const Money cell : row) sum += cell;
  return sum;
}

Money Ledger::of(const CostScope& scope) const {
  if (scope.total) return total();
  std::array<bool, kCostKinds> kinds{};
  std::array<bool, kCostPhases> phases{};
  for (const CostKind kind : scope.kinds) kinds[static_cast<std::size_t>(kind)] = true;
  for (const CostPhase phase : scope.phases) phases[static_cast<std::size_t>(phase)] = true;
  Money sum;
  for (std::size_t kind = 0; kind < kCostKinds; ++kind)
    for (std::size_t phase = 0; phase < kCostPhases; ++phase)
      if (kinds[kind] || phases[phase]) sum += cells_[kind][phase];
  return sum;
}

Money tiered_price(const Group& group, Duration from, Duration to) {
  Money sum;
  double factor = 1.0;
  Duration since = from;
  for (const Group::Tier& tier : group.tiers) {
    const Duration until = std::clamp(tier.from, since, std::max(since, to));
    sum += hourly(group.price_per_hour, until - since) * factor;
    since = until;
    factor = tier.factor;
  }
  if (to > since) sum += hourly(group.price_per_hour, to - since) * factor;
  return sum;
}

Duration billed_length(Duration length, Duration granularity, Duration minimum) {
  if (granularity > Duration::zero()) {
    const auto units = (length.count() + granularity.count() - 1) / granularity.count();
    length = Duration{units * granularity.count()};
  }
  return std::max(length, minimum);
}

}  // namespace rollcast::model
