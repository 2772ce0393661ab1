#pragma once
/// Distributions of whole numbers fitted to counts.
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcast::stats {

enum class CountFamily { poisson, geometric, negative_binomial, binomial, uniform };
[[nodiscard]] std::string_view name_of(CountFamily family);

/// How often each count was seen.
struct Counts {
  struct Row {
    std::uint64_t value = 0;
    std::uint64_t times = 0;
  };
  std::vector<Row> rows;   ///< values ascending, each once, times above 0
  std::uint64_t size = 0;  ///< of all rows
  double mean = 0.0;
  double variance = 0.0;  ///< sum of squares about the mean / size
};
/// From rows in any order, those with the same value added up and those of 0 times left out.
/// REQUIRES a sum of times below 2^63 and values below 2^53.
[[nodiscard]] Counts counts_of(std::vector<Counts::Row> rows);

/// Fisher's index of dispersion, which is 1 for Poisson counts: variance / mean of what the counts
/// have above `from`.
struct Dispersion {
  double index = 0.0;
  /// Chance that Poisson counts lie as far from 1, to whichever side: (size - 1) · index has the
  /// chi-squared distribution with size - 1 degrees of freedom (Fisher 1950; an approximation, good
  /// from means of about 1 on).
  double p_value = 0.0;
};
/// Nothing where no count is above `from`, or of fewer than two counts.
[[nodiscard]] std::optional<Dispersion> dispersion_of(const Counts& counts, std::uint64_t from);

/// A family with the parameters that make the counts most likely.
struct FittedCounts {
  CountFamily family = CountFamily::poisson;
  std::uint64_t from = 0;  ///< the least value
  double mean = 0.0;       ///< of the values, so `from` is part of it
  /// negative binomial: size, the shape of the gamma; binomial: trials; uniform: the greatest
  /// value; else unused.
  double second = 0.0;
  double log_likelihood = 0.0;
  double aic = 0.0, bic = 0.0;  ///< Akaike's and Schwarz's criteria: smaller is better
  /// Pearson's chi-squared over cells of neighbouring values, in each of which the fit expects at
  /// least five counts and at least a fiftieth of all.
  double chi_squared = 0.0;
  std::size_t cells = 0;
  /// Chance that counts from this distribution, fitted again, lie at least as far from their fit in
  /// the same cells: parametric bootstrap. Absent where there are no more cells than parameters and
  /// one.
  std::optional<double> p_value{};

  [[nodiscard]] double log_probability(std::uint64_t value) const;
  [[nodiscard]] double cdf(std::uint64_t value) const;
  /// The least value whose cdf is at least u. REQUIRES 0 <= u < 1.
  [[nodiscard]] std::uint64_t quantile(double u) const;
};

/// The family's maximum likelihood fit. Poisson and geometric: the mean; uniform: the least and the
/// greatest count; negative binomial: the mean and the root of the score in the size, which is
/// there only for counts that vary more than Poisson ones (Anscombe 1950); binomial: the number of
/// trials with the greatest profile likelihood, which is there only for counts that vary less
/// (Olkin, Petkau and Zidek, JASA 76 (1981)). The values begin at 0 or, where no count is 0, at 1
/// when that is more likely; those of a uniform at the least count. Nothing where there is no fit:
/// fewer than two counts, all alike, parameters on the way to a Poisson (a size above 10^6, more
/// than a hundred times the greatest count as trials).
[[nodiscard]] std::optional<FittedCounts> fit(CountFamily family, const Counts& counts);

/// Every family that can be fitted, the best by BIC first. `resamples` is that of the bootstrap; 0:
/// no tests. The draws are keyed by the number of counts: equal counts give equal results.
[[nodiscard]] std::vector<FittedCounts> fit_all(const Counts& counts, std::size_t resamples = 999);

}  // namespace rollcast::stats
