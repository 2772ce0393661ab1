#pragma once
/// A histogram of any doubles by integer counts: merging is exact in any order and any partition.
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace rollcast::stats {

/// Each value counts in the bin of the nearest number with nine mantissa bits, so a quantile is
/// wrong by a relative error of at most 2^-10 (below 1e-3), and whole numbers up to 1,024 are
/// exact. Sums are exact (integer sums of what the rounding takes away), so the mean is too.
/// Infinite values are values; what is not a number is refused (assertion). Zeros have no sign.
/// Memory: 12 KiB for each power of two between which and the next there is a value.
class Histogram {
 public:
  void add(double value, std::uint64_t times = 1);
  void merge(const Histogram& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// The value of rank `rank` in ascending order, rounded to nine mantissa bits. REQUIRES
  /// 1 <= rank <= count().
  [[nodiscard]] double at_rank(std::uint64_t rank) const;
  /// Exact up to the rounding of the result; infinite when a value is. REQUIRES count() > 0.
  [[nodiscard]] double mean() const;
  /// Sample variance about the mean; what values of one bin differ by is left out (a standard
  /// deviation of at most 1e-3 of them). REQUIRES count() > 1, finite values.
  [[nodiscard]] double variance() const;
  /// Mean of the largest `share` of the values (as mean_of_largest, tail.hpp), of rounded values.
  [[nodiscard]] double mean_of_largest(double share) const;
  /// The same of the smallest.
  [[nodiscard]] double mean_of_smallest(double share) const;
  /// Visits the bins that hold anything, in ascending order: rounded value, count.
  template <class Visit>
  void each(const Visit& visit) const {
    each_bin([&](std::uint64_t key, const Bin& bin) { visit(value_of(key), bin.count); });
  }
  friend bool operator==(const Histogram&, const Histogram&) = default;

 private:
  /// high · 2^64 + low: the sum of the values' distances from the middle of the bin, counted in the
  /// spacing of the doubles there and made positive by a constant for each.
  struct Bin {
    std::uint64_t count = 0;
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    friend bool operator==(const Bin&, const Bin&) = default;
  };
  [[nodiscard]] static double value_of(std::uint64_t key);
  [[nodiscard]] static double mean_of(std::uint64_t key, const Bin& bin);
  Bin& bin(std::uint64_t key);
  /// The bins that hold anything, in ascending order: key, bin.
  template <class Visit>
  void each_bin(const Visit& visit) const {
    for (const auto& [page, bins] : pages_)
      for (std::size_t i = 0; i < kPage; ++i)
        if (bins[i].count > 0) visit(page * kPage + i, bins[i]);
  }

  static constexpr std::uint64_t kPage = 512;        ///< bins of one binary exponent
  std::map<std::uint64_t, std::vector<Bin>> pages_;  ///< by key / kPage
  std::uint64_t count_ = 0;
};

}  // namespace rollcast::stats
