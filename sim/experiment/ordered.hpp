#pragma once
/// Order statistics of many values without sorting all of them.
#include <cstdint>
#include <vector>

namespace rollcast::experiment {

/// Values of which those that are asked for are in their places, as if all were sorted. Many
/// values are only spread over buckets, and a bucket is sorted when one of its values is asked for.
class Ordered {
 public:
  /// `values` are put into `sorted`, which must outlive this. REQUIRES at least one, none NaN.
  Ordered(const std::vector<double>& values, std::vector<double>& sorted);
  /// The value of this rank, 1 to their number, is in its place from now on, what is less before
  /// and what is greater behind it; ranks beyond are none.
  void place(std::uint64_t rank);

 private:
  void spread(const std::vector<double>& values);

  std::vector<double>& sorted_;
  std::vector<std::size_t> begins_;  ///< of each bucket, and the end; empty: all are sorted
  std::vector<char> in_order_;
};

}  // namespace rollcast::experiment
