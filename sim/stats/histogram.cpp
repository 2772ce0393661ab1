#include "rollcast/stats/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "rollcast/base/assertion.hpp"

namespace rollcast::stats {
namespace {

constexpr unsigned kDropped = 52 - 9;  ///< mantissa bits that a bin does without
constexpr std::uint64_t kHalf = std::uint64_t{1} << (kDropped - 1);
constexpr std::uint64_t kSign = std::uint64_t{1} << 63U;

/// Unsigned numbers in the order of the doubles.
std::uint64_t ordered(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value == 0.0 ? 0.0 : value);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

double unordered(std::uint64_t order) {
  return std::bit_cast<double>((order & kSign) != 0 ? order & ~kSign : ~order);
}

std::uint64_t key_of(double value) {
  return (ordered(value) + kHalf) >> kDropped;
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();
/// More than the greatest offset of a value from the middle of its bin, in steps.
constexpr std::uint64_t kMiddle = kHalf << 1U;

/// Spacing of the doubles about the middle of a bin: the finer side, of which every value of the
/// bin is a whole number away.
double step_at(double center) {
  return std::min(center - std::nextafter(center, -kInfinity),
                  std::nextafter(center, kInfinity) - center);
}

}  // namespace

double Histogram::value_of(std::uint64_t key) {
  return unordered(key << kDropped);
}

Histogram::Bin& Histogram::bin(std::uint64_t key) {
  std::vector<Bin>& page = pages_[key / kPage];
  if (page.empty()) page.resize(kPage);
  return page[key % kPage];
}

void Histogram::add(double value, std::uint64_t times) {
  ROLLCAST_ASSERT(!std::isnan(value), "a value that is not a number, {} times", times);
  if (times == 0) return;
  const std::uint64_t key = key_of(value);
  Bin& into = bin(key);
  into.count += times;
  count_ += times;
  const double center = value_of(key);
  const double steps = std::isfinite(center) ? (value - center) / step_at(center) : 0.0;
  const auto excess = kMiddle + static_cast<std::uint64_t>(static_cast<std::int64_t>(steps));
  for (std::uint64_t left = times; left > 0;) {
    const std::uint64_t some = std::min<std::uint64_t>(left, std::uint64_t{1} << 19U);
    const std::uint64_t before = into.low;
    into.low += some * excess;
    into.high += into.low < before ? 1 : 0;
    left -= some;
  }
}

void Histogram::merge(const Histogram& other) {
  other.each_bin([&](std::uint64_t key, const Bin& from) {
    Bin& into = bin(key);
    into.count += from.count;
    const std::uint64_t before = into.low;
    into.low += from.low;
    into.high += from.high + (into.low < before ? 1 : 0);
  });
  count_ += other.count_;
}

double Histogram::at_rank(std::uint64_t rank) const {
  ROLLCAST_ASSERT(rank >= 1 && rank <= count_, "rank {} of {}", rank, count_);
  std::uint64_t below = 0;
  double found = kInfinity;
  each([&](double value, std::uint64_t count) {
    if (below < rank && below + count >= rank) found = value;
    below += count;
  });
  return found;
}

double Histogram::mean_of(std::uint64_t key, const Bin& bin) {
  const double center = value_of(key);
  if (!std::isfinite(center)) return center;
  const double sum = static_cast<double>(bin.high) * 0x1p64 + static_cast<double>(bin.low);
  const double steps = sum / static_cast<double>(bin.count) - static_cast<double>(kMiddle);
  return center + steps * step_at(center);
}

double Histogram::mean() const {
  ROLLCAST_ASSERT(count_ > 0, "no values in {} pages", pages_.size());
  double mean = 0.0;
  each_bin([&](std::uint64_t key, const Bin& bin) {
    mean += mean_of(key, bin) * (static_cast<double>(bin.count) / static_cast<double>(count_));
  });
  return mean;
}

double Histogram::variance() const {
  ROLLCAST_ASSERT(count_ > 1, "{} values", count_);
  const double center = mean();
  double squares = 0.0;
  each_bin([&](std::uint64_t key, const Bin& bin) {
    squares += static_cast<double>(bin.count) * std::pow(mean_of(key, bin) - center, 2);
  });
  return squares / static_cast<double>(count_ - 1);
}

double Histogram::mean_of_largest(double share) const {
  ROLLCAST_ASSERT(count_ > 0 && share > 0 && share <= 1, "share {} of {}", share, count_);
  const double tail = static_cast<double>(count_) * share;
  double before = static_cast<double>(count_) - tail;  // values that are too small
  double sum = 0.0;
  each_bin([&](std::uint64_t key, const Bin& bin) {
    const auto count = static_cast<double>(bin.count);
    const double skipped = std::min(before, count);
    before -= skipped;
    if (count > skipped) sum += (count - skipped) * mean_of(key, bin);
  });
  return sum / tail;
}

double Histogram::mean_of_smallest(double share) const {
  ROLLCAST_ASSERT(count_ > 0 && share > 0 && share <= 1, "share {} of {}", share, count_);
  const double tail = static_cast<double>(count_) * share;
  double left = tail;
  double sum = 0.0;
  each_bin([&](std::uint64_t key, const Bin& bin) {
    const double taken = std::min(left, static_cast<double>(bin.count));
    left -= taken;
    if (taken > 0) sum += taken * mean_of(key, bin);
  });
  return sum / tail;
}

}  // namespace rollcast::stats
