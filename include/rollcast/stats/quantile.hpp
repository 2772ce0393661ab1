#pragma once
/// Quantiles with distribution-free intervals. Only the order of the values matters, so they hold
/// for any distribution, and infinite values ("not reached") are values like others.
#include <cstdint>
#include <span>
#include <vector>

#include "rollcast/stats/interval.hpp"

namespace rollcast::stats {

/// Rank (from 1) of the order statistic that estimates the p-quantile of n values: ceil(n p), at
/// least 1. So the estimate is the smallest value that at least the share p of the values does not
/// exceed: the inverse of the empirical distribution, which is what an S-curve shows.
[[nodiscard]] std::uint64_t quantile_rank(std::uint64_t n, double p);

/// P(X_(low) <= q_p < X_(high)) = P(low <= Bin(n, p) <= high - 1) = `coverage`. Ranks count from 1;
/// low = 0 and high = n + 1 mean that the data give no bound on that side.
/// Source: David and Nagaraja, Order Statistics, chapter 7.
struct RankInterval {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  double coverage = 0.0;
};

/// Equal-tailed: the largest low with P(B < low) <= a/2, the smallest high with P(B >= high) <= a/2
/// where a = 1 - confidence. Conservative. REQUIRES n > 0, 0 < p < 1 here and below.
[[nodiscard]] RankInterval quantile_ranks(std::uint64_t n, double p,
                                          double confidence = kConfidence);
/// One-sided: q_p < X_(rank) (q_p >= X_(rank)) with at least the stated confidence; n + 1 (0) when
/// n values cannot say so.
[[nodiscard]] std::uint64_t quantile_at_most_rank(std::uint64_t n, double p,
                                                  double confidence = kConfidence);
[[nodiscard]] std::uint64_t quantile_at_least_rank(std::uint64_t n, double p,
                                                   double confidence = kConfidence);

/// Values at the ends of `ranks` in `sorted` (ascending); ±infinity where there is no bound.
[[nodiscard]] Interval interval_at(std::span<const double> sorted, const RankInterval& ranks);

/// The same for values that come in clusters (mean.hpp): Woodruff's interval. The variance of the
/// share of values that do not exceed the estimate comes from the clusters, and the ends are the
/// order statistics at that share ± t standard errors; there is no bound where all values are of
/// one cluster.
[[nodiscard]] RankInterval clustered_quantile_ranks(std::span<const double> values,
                                                    std::span<const std::uint32_t> sizes,
                                                    double estimate, double p,
                                                    double confidence = kConfidence);

/// Fewest values whose (order + 1)-th largest is an upper tolerance limit: it exceeds the share
/// `content` of all future values with the stated confidence. Wilks (1941): 59, 93, 124 for 0.95.
[[nodiscard]] std::uint64_t wilks_sample_size(double content, double confidence,
                                              std::uint64_t order);

}  // namespace rollcast::stats
