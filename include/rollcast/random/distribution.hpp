#pragma once
/// Distributions of plain numbers, as a scenario names them.
#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "rollcast/random/stream.hpp"

namespace rollcast::random {

/// A probability distribution: a value, cheap to copy, immutable. The factories check their
/// parameters and say in words what is wrong with them, for whoever wrote the scenario; numbers
/// that are not finite are refused everywhere.
///
/// sample() draws with the fastest exact method (ziggurat, Marsaglia–Tsang) and may use several
/// numbers of the stream; quantile() inverts the distribution function, one number in, one out, for
/// inputs that are drawn once per replication.
class Distribution {
 public:
  using Result = tl::expected<Distribution, std::string>;

  Distribution() = default;  ///< the constant 0
  /// REQUIRES value finite.
  [[nodiscard]] static Distribution constant(double value);
  /// Any number from `lower` to `upper`, equally likely.
  [[nodiscard]] static Result uniform(double lower, double upper);
  [[nodiscard]] static Result triangular(double lower, double mode, double upper);
  /// Beta on [lower, upper] with shapes 1 + 4 (mode - lower) / (upper - lower) and 1 + 4 (upper -
  /// mode) / (upper - lower) (Malcolm et al. 1959): its mean is (lower + 4 mode + upper) / 6.
  [[nodiscard]] static Result pert(double lower, double mode, double upper);
  [[nodiscard]] static Result normal(double mean, double standard_deviation);
  /// exp of a normal with mean `mu` and standard deviation `sigma`.
  [[nodiscard]] static Result lognormal(double mu, double sigma);
  [[nodiscard]] static Result lognormal_from_median_p95(double median, double p95);
  [[nodiscard]] static Result lognormal_from_mean_sd(double mean, double standard_deviation);
  /// The lognormal with P(X <= lower_value) = lower_probability and P(X <= upper_value) =
  /// upper_probability.
  [[nodiscard]] static Result lognormal_from_quantiles(double lower_probability, double lower_value,
                                                       double upper_probability,
                                                       double upper_value);
  [[nodiscard]] static Result exponential(double mean);
  /// Mean shape · scale.
  [[nodiscard]] static Result gamma(double shape, double scale);
  /// P(X > x) = exp(-(x / scale)^shape).
  [[nodiscard]] static Result weibull(double shape, double scale);
  /// `values[i]` with probability `weights[i]` / sum of weights.
  [[nodiscard]] static Result discrete(const std::vector<double>& values,
                                       const std::vector<double>& weights);
  /// One of the measured values, each equally likely.
  [[nodiscard]] static Result empirical(const std::vector<double>& values);
  /// A draw from `components[i]` with probability `weights[i]` / sum of weights.
  [[nodiscard]] static Result mixture(const std::vector<double>& weights,
                                      const std::vector<Distribution>& components);

  /// Given that it lies in [lower, upper]; an end may be infinite. Refused when that happens with
  /// less than 1e-9.
  [[nodiscard]] Result truncated(double lower, double upper) const;
  /// Multiplied by `factor`. REQUIRES factor >= 0, finite.
  [[nodiscard]] Distribution scaled(double factor) const;
  /// `offset` added. REQUIRES offset finite.
  [[nodiscard]] Distribution shifted(double offset) const;
  /// The larger of it and `floor`. REQUIRES floor finite.
  [[nodiscard]] Distribution maximum_of(double floor) const;

  [[nodiscard]] double sample(RandomStream& random) const {
    if (truncated_ || (kind_ != Kind::uniform && kind_ != Kind::exponential))
      return sample_other(random);
    const double x = kind_ == Kind::uniform ? random.uniform() : random.exponential();
    return std::max(floor_, shift_ + scale_ * x);
  }
  /// The smallest x with cdf(x) >= u; the ends of the support for 0 and 1. REQUIRES 0 <= u <= 1.
  [[nodiscard]] double quantile(double u) const;
  /// P(X <= x).
  [[nodiscard]] double cdf(double x) const;
  [[nodiscard]] double mean() const { return is_constant() ? shift_ : mean_variance().first; }
  [[nodiscard]] double variance() const;
  [[nodiscard]] bool is_constant() const { return kind_ == Kind::constant; }
  /// The least and the greatest possible value; infinite where there is none.
  [[nodiscard]] std::pair<double, double> support() const;
  /// In words and plain numbers: "uniform from 180 to 300".
  [[nodiscard]] std::string describe() const;

 private:
  /// The standard form: every kind but the last two is shift + scale · X with X as said here.
  enum class Kind : unsigned char {
    constant,     ///< 0
    uniform,      ///< on [0, 1]
    triangular,   ///< on [0, 1], mode a
    beta,         ///< on [0, 1], shapes a and b
    normal,       ///< mean 0, standard deviation 1
    lognormal,    ///< exp(a · normal)
    exponential,  ///< mean 1
    gamma,        ///< shape a, scale 1
    weibull,      ///< shape a, scale 1
    discrete,     ///< the table's values and cumulated probabilities
    mixture       ///< the table's components and cumulated probabilities
  };
  struct Table {
    std::vector<double> values;  ///< ascending
    std::vector<Distribution> components;
    std::vector<double> cumulated;  ///< the last is 1
  };

  Distribution(Kind kind, double shift, double scale, double a = 0.0, double b = 0.0)
      : kind_(kind), shift_(shift), scale_(scale), a_(a), b_(b) {}
  [[nodiscard]] static Distribution from_table(Kind kind, Table table);
  template <class Change>
  [[nodiscard]] Distribution with_each(Change change) const;
  [[nodiscard]] Result truncated_table(double lower, double upper) const;

  /// A draw of any kind; `sample` has a shorter way for those that are drawn most.
  [[nodiscard]] double sample_other(RandomStream& random) const;
  [[nodiscard]] double sample_standard(RandomStream& random) const;
  [[nodiscard]] double sample_truncated(RandomStream& random) const;
  [[nodiscard]] std::size_t sample_row(double u) const;
  [[nodiscard]] double standard_quantile(double u) const;
  /// The x that is exceeded with this probability: exact also where 1 - probability would round
  /// to 1.
  [[nodiscard]] double standard_upper_quantile(double probability) const;
  /// The quantile of the standard form within its truncation.
  [[nodiscard]] double truncated_quantile(double u) const;
  [[nodiscard]] double standard_cdf(double x) const;
  /// 1 - standard_cdf(x), exact also where that is tiny.
  [[nodiscard]] double standard_survival(double x) const;
  /// E[X^power; X <= x] of the standard form, power 1 or 2.
  [[nodiscard]] double standard_partial_moment(int power, double x) const;
  [[nodiscard]] std::pair<double, double> standard_support() const;
  [[nodiscard]] std::pair<double, double> standard_mean_variance() const;
  [[nodiscard]] std::pair<double, double> mean_variance() const;
  [[nodiscard]] double mixture_quantile(double u) const;
  [[nodiscard]] bool is_table() const { return kind_ >= Kind::discrete; }

  static constexpr double kInfinity = std::numeric_limits<double>::infinity();

  Kind kind_ = Kind::constant;
  bool truncated_ = false;
  double shift_ = 0.0;
  double scale_ = 1.0;
  double a_ = 0.0;
  double b_ = 0.0;
  double lower_ = -kInfinity;  ///< truncation, in standard form
  double upper_ = kInfinity;
  double lower_cdf_ = 0.0;  ///< of the standard form at lower_
  double upper_survival_ = 0.0;
  double mass_ = 1.0;          ///< probability between the two
  double floor_ = -kInfinity;  ///< applied last
  std::shared_ptr<const Table> table_;
};

}  // namespace rollcast::random
