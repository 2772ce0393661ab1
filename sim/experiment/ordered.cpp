#include "ordered.hpp"

#include <algorithm>
#include <boost/sort/spreadsort/float_sort.hpp>
#include <limits>
#include <numeric>
#include <utility>

namespace rollcast::experiment {
namespace {

constexpr std::size_t kBuckets = 4096;
constexpr double kLargest = std::numeric_limits<double>::max();

}  // namespace

Ordered::Ordered(const std::vector<double>& values, std::vector<double>& sorted) : sorted_(sorted) {
  constexpr std::size_t kMany = 100'000;
  if (values.size() < kMany) {
    sorted = values;
    boost::sort::spreadsort::float_sort(sorted.begin(), sorted.end());
    return;
  }
  sorted.resize(values.size());
  spread(values);
  place(1);
  place(sorted.size());
}

void Ordered::place(std::uint64_t rank) {
  if (begins_.empty() || rank < 1 || rank > sorted_.size()) return;
  const auto next = std::upper_bound(begins_.begin(), begins_.end(), rank - 1);
  const auto bucket = static_cast<std::size_t>(next - begins_.begin()) - 1;
  if (std::exchange(in_order_[bucket], true)) return;
  const auto at = [this](std::size_t index) {
    return sorted_.begin() + static_cast<std::ptrdiff_t>(index);
  };
  std::sort(at(begins_[bucket]), at(begins_[bucket + 1]));
}

void Ordered::spread(const std::vector<double>& values) {
  double low = kLargest, high = -kLargest;  // of those that were reached
  for (const double value : values) {
    low = std::min(low, value);
    if (value <= kLargest) high = std::max(high, value);
  }
  const double scale = high > low ? static_cast<double>(kBuckets - 1) / (high - low) : 0.0;
  const auto bucket_of = [&](double value) {
    return value < high ? static_cast<std::size_t>((value - low) * scale) : kBuckets - 1;
  };
  std::vector<std::size_t> counts(kBuckets + 1, 0);
  for (const double value : values) ++counts[bucket_of(value) + 1];
  std::partial_sum(counts.begin(), counts.end(), counts.begin());
  begins_ = counts;
  in_order_.assign(kBuckets, false);
  for (const double value : values) sorted_[counts[bucket_of(value)]++] = value;
}

}  // namespace rollcast::experiment
