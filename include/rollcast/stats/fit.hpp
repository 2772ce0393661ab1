#pragma once
/// Distributions fitted to positive measurements, some of which are known only to be larger than a
/// limit (a time-out).
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace rollcast::stats {

enum class Family { exponential, gamma, weibull, lognormal, normal };
[[nodiscard]] std::string_view name_of(Family family);

struct Observations {
  std::vector<double> values;  ///< measured
  std::vector<double> limits;  ///< a row each that is known only to be larger than this
};

/// A family with the parameters that make the observations most likely.
struct FittedFamily {
  Family family = Family::exponential;
  /// exponential: mean, unused; gamma and weibull: shape, scale; lognormal: mean and standard
  /// deviation of the logarithm; normal: mean, standard deviation.
  double first = 0.0, second = 0.0;
  double log_likelihood = 0.0;
  double aic = 0.0, bic = 0.0;       ///< Akaike's and Schwarz's criteria: smaller is better
  double kolmogorov = 0.0;           ///< greatest distance between the distribution functions
  std::optional<double> anderson{};  ///< A squared; absent when rows are censored
  /// Chance that data from this distribution, fitted again, lie at least as far from their fit:
  /// parametric bootstrap of A squared, of the greatest distance when rows are censored. Absent
  /// when rows are censored at different limits, or at one below the largest measurement.
  std::optional<double> p_value{};

  [[nodiscard]] double cdf(double x) const;
  /// The density's logarithm.
  [[nodiscard]] double log_density(double x) const;
  [[nodiscard]] double quantile(double u) const;
  [[nodiscard]] double mean() const;
};

/// The family's maximum likelihood fit; nothing when it has none: all values equal, no value above
/// 0, fewer than two values, or parameters beyond what can be computed with. Exponential and
/// Weibull: closed form and one equation in the shape (Lawless, Statistical Models and Methods for
/// Lifetime Data, 2003, 4.1 and 5.2); gamma: one equation in the shape, with censored rows the
/// profile likelihood; normal and lognormal: closed form, with censored rows the EM algorithm.
/// Relative error of the parameters below 1e-6. REQUIRES values and limits that are finite and
/// above 0.
[[nodiscard]] std::optional<FittedFamily> fit(Family family, const Observations& observations);

/// Every family that can be fitted, the best by BIC first. A normal distribution is left out where
/// more than one in a hundred of its values would be negative. `resamples` is that of the
/// bootstrap; 0: no tests. The draws are keyed by the number of rows: equal rows give equal
/// results.
[[nodiscard]] std::vector<FittedFamily> fit_all(const Observations& observations,
                                                std::size_t resamples = 999);

/// Kaplan and Meier's estimate: the share of rows that are at most x, at each measured value in
/// ascending order.
struct Step {
  double x = 0.0;
  double share = 0.0;
};
[[nodiscard]] std::vector<Step> kaplan_meier(const Observations& observations);

}  // namespace rollcast::stats
