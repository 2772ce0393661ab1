/// The standard forms: sampling, inversion, distribution function and partial moments.
#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

#include "rollcast/random/distribution.hpp"

namespace rollcast::random {
namespace {

/// No long double (the same results everywhere, and faster), and no exceptions: the ends of a range
/// are infinite.
using Plain = boost::math::policies::policy<
    boost::math::policies::promote_double<false>,
    boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::underflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::evaluation_error<boost::math::policies::ignore_error>>;  // the best
                                                                                    // found
using StandardNormal = boost::math::normal_distribution<double, Plain>;
using StandardGamma = boost::math::gamma_distribution<double, Plain>;
using StandardBeta = boost::math::beta_distribution<double, Plain>;

double normal_cdf(double z) {
  if (std::isinf(z)) return z < 0 ? 0.0 : 1.0;
  return boost::math::cdf(StandardNormal{}, z);
}
double normal_density(double z) {
  return std::exp(-0.5 * z * z) * 0.39894228040143267794;
}

/// Marsaglia and Tsang, A simple method for generating gamma variables, ACM TOMS 26 (2000).
double sample_gamma(RandomStream& random, double shape) {
  if (shape < 1.0)
    return sample_gamma(random, shape + 1.0) * std::pow(random.uniform(), 1.0 / shape);
  const double d = shape - 1.0 / 3.0;
  const double c = 1.0 / std::sqrt(9.0 * d);
  for (;;) {
    const double z = random.normal();
    const double base = 1.0 + c * z;
    if (base <= 0.0) continue;
    const double v = base * base * base;
    const double u = random.uniform();
    if (u < 1.0 - 0.0331 * (z * z) * (z * z)) return d * v;
    if (std::log(u) < 0.5 * z * z + d * (1.0 - v + std::log(v))) return d * v;
  }
}

double triangular_quantile(double mode, double u) {
  return u < mode ? std::sqrt(u * mode) : 1.0 - std::sqrt((1.0 - u) * (1.0 - mode));
}

/// E[X^power; X <= x] for the triangular distribution on [0, 1].
double triangular_partial_moment(double mode, int power, double x) {
  const double n = power;
  const auto rising = [&](double y) {
    return mode > 0.0 ? 2.0 / mode * std::pow(y, n + 2.0) / (n + 2.0) : 0.0;
  };
  if (x <= mode) return rising(x);
  const auto falling = [&](double y) {
    return 2.0 / (1.0 - mode) *
           (std::pow(y, n + 1.0) / (n + 1.0) - std::pow(y, n + 2.0) / (n + 2.0));
  };
  return rising(mode) + falling(x) - falling(mode);
}

}  // namespace

double Distribution::sample_standard(RandomStream& random) const {
  switch (kind_) {
    case Kind::constant:
      return 0.0;
    case Kind::uniform:
      return random.uniform();
    case Kind::triangular:
      return triangular_quantile(a_, random.uniform());
    case Kind::beta: {
      const double x = sample_gamma(random, a_);
      return x / (x + sample_gamma(random, b_));
    }
    case Kind::normal:
      return random.normal();
    case Kind::lognormal:
      return std::exp(a_ * random.normal());
    case Kind::exponential:
      return random.exponential();
    case Kind::gamma:
      return sample_gamma(random, a_);
    case Kind::weibull:
      return std::pow(random.exponential(), 1.0 / a_);
    case Kind::discrete:
    case Kind::mixture:
      break;
  }
  ROLLCAST_ASSERT(false, "no standard form of kind {}", static_cast<int>(kind_));
  return 0.0;
}

double Distribution::sample_truncated(RandomStream& random) const {
  constexpr double kWorthRejecting = 0.25;
  if (mass_ < kWorthRejecting) return truncated_quantile(random.uniform());
  for (;;) {
    const double x = sample_standard(random);
    if (x >= lower_ && x <= upper_) return x;
  }
}

double Distribution::truncated_quantile(double u) const {
  const double below = lower_cdf_ + u * mass_;
  const double above = upper_survival_ + (1.0 - u) * mass_;
  return std::clamp(below < 0.5 ? standard_quantile(below) : standard_upper_quantile(above), lower_,
                    upper_);
}

double Distribution::standard_quantile(double u) const {
  const auto [least, greatest] = standard_support();
  if (u <= 0.0) return least;
  if (u >= 1.0) return greatest;
  switch (kind_) {
    case Kind::constant:
      return 0.0;
    case Kind::uniform:
      return u;
    case Kind::triangular:
      return triangular_quantile(a_, u);
    case Kind::beta:
      return boost::math::quantile(StandardBeta{a_, b_}, u);
    case Kind::normal:
      return boost::math::quantile(StandardNormal{}, u);
    case Kind::lognormal:
      return std::exp(a_ * boost::math::quantile(StandardNormal{}, u));
    case Kind::exponential:
      return -std::log1p(-u);
    case Kind::gamma:
      return boost::math::quantile(StandardGamma{a_, 1.0}, u);
    case Kind::weibull:
      return std::pow(-std::log1p(-u), 1.0 / a_);
    case Kind::discrete:
    case Kind::mixture:
      break;
  }
  ROLLCAST_ASSERT(false, "no standard form of kind {}", static_cast<int>(kind_));
  return 0.0;
}

double Distribution::standard_upper_quantile(double probability) const {
  const auto [least, greatest] = standard_support();
  if (probability <= 0.0) return greatest;
  if (probability >= 1.0) return least;
  using boost::math::complement;
  switch (kind_) {
    case Kind::normal:
      return -boost::math::quantile(StandardNormal{}, probability);
    case Kind::lognormal:
      return std::exp(-a_ * boost::math::quantile(StandardNormal{}, probability));
    case Kind::exponential:
      return -std::log(probability);
    case Kind::gamma:
      return boost::math::quantile(complement(StandardGamma{a_, 1.0}, probability));
    case Kind::weibull:
      return std::pow(-std::log(probability), 1.0 / a_);
    default:
      return standard_quantile(1.0 - probability);  // bounded: nothing is lost near the end
  }
}

double Distribution::standard_survival(double x) const {
  const auto [least, greatest] = standard_support();
  if (x < least) return 1.0;
  if (x >= greatest) return 0.0;
  using boost::math::complement;
  switch (kind_) {
    case Kind::normal:
      return normal_cdf(-x);
    case Kind::lognormal:
      return x > 0.0 ? normal_cdf(-std::log(x) / a_) : 1.0;
    case Kind::exponential:
      return std::exp(-x);
    case Kind::gamma:
      return boost::math::cdf(complement(StandardGamma{a_, 1.0}, x));
    case Kind::weibull:
      return std::exp(-std::pow(x, a_));
    default:
      return 1.0 - standard_cdf(x);
  }
}

double Distribution::standard_cdf(double x) const {
  const auto [least, greatest] = standard_support();
  if (x < least) return 0.0;
  if (x >= greatest) return 1.0;
  switch (kind_) {
    case Kind::constant:
      return 1.0;
    case Kind::uniform:
      return x;
    case Kind::triangular:
      return x < a_ ? x * x / a_ : 1.0 - (1.0 - x) * (1.0 - x) / (1.0 - a_);
    case Kind::beta:
      return boost::math::cdf(StandardBeta{a_, b_}, x);
    case Kind::normal:
      return normal_cdf(x);
    case Kind::lognormal:
      return x > 0.0 ? normal_cdf(std::log(x) / a_) : 0.0;
    case Kind::exponential:
      return -std::expm1(-x);
    case Kind::gamma:
      return boost::math::cdf(StandardGamma{a_, 1.0}, x);
    case Kind::weibull:
      return -std::expm1(-std::pow(x, a_));
    case Kind::discrete:
    case Kind::mixture:
      break;
  }
  ROLLCAST_ASSERT(false, "no standard form of kind {}", static_cast<int>(kind_));
  return 0.0;
}

double Distribution::standard_partial_moment(int power, double x) const {
  const auto [least, greatest] = standard_support();
  if (x <= least) return 0.0;
  const auto [mean, variance] = standard_mean_variance();
  if (x >= greatest) return power == 1 ? mean : variance + mean * mean;
  const double n = power;
  switch (kind_) {
    case Kind::constant:
      return 0.0;
    case Kind::uniform:
      return std::pow(x, n + 1.0) / (n + 1.0);
    case Kind::triangular:
      return triangular_partial_moment(a_, power, x);
    case Kind::beta:
      return (power == 1 ? mean : variance + mean * mean) *
             boost::math::ibeta(a_ + n, b_, x, Plain{});
    case Kind::normal:
      return power == 1 ? -normal_density(x) : normal_cdf(x) - x * normal_density(x);
    case Kind::lognormal:
      return std::exp(0.5 * n * n * a_ * a_) * normal_cdf(std::log(x) / a_ - n * a_);
    case Kind::exponential:
      return std::tgamma(1.0 + n) * boost::math::gamma_p(1.0 + n, x, Plain{});
    case Kind::gamma:
      return (power == 1 ? a_ : a_ * (a_ + 1.0)) * boost::math::gamma_p(a_ + n, x, Plain{});
    case Kind::weibull:
      return std::tgamma(1.0 + n / a_) *
             boost::math::gamma_p(1.0 + n / a_, std::pow(x, a_), Plain{});
    case Kind::discrete:
    case Kind::mixture:
      break;
  }
  ROLLCAST_ASSERT(false, "no standard form of kind {}", static_cast<int>(kind_));
  return 0.0;
}

std::pair<double, double> Distribution::standard_support() const {
  switch (kind_) {
    case Kind::constant:
      return {0.0, 0.0};
    case Kind::uniform:
    case Kind::triangular:
    case Kind::beta:
      return {0.0, 1.0};
    case Kind::normal:
      return {-kInfinity, kInfinity};
    default:
      return {0.0, kInfinity};
  }
}

std::pair<double, double> Distribution::standard_mean_variance() const {
  switch (kind_) {
    case Kind::uniform:
      return {0.5, 1.0 / 12.0};
    case Kind::triangular:
      return {(1.0 + a_) / 3.0, (1.0 - a_ + a_ * a_) / 18.0};
    case Kind::beta: {
      const double sum = a_ + b_;
      return {a_ / sum, a_ * b_ / (sum * sum * (sum + 1.0))};
    }
    case Kind::normal:
      return {0.0, 1.0};
    case Kind::lognormal: {
      const double square = a_ * a_;
      return {std::exp(0.5 * square), std::exp(square) * std::expm1(square)};
    }
    case Kind::exponential:
      return {1.0, 1.0};
    case Kind::gamma:
      return {a_, a_};
    case Kind::weibull: {
      const double mean = std::tgamma(1.0 + 1.0 / a_);
      return {mean, std::tgamma(1.0 + 2.0 / a_) - mean * mean};
    }
    default:
      return {0.0, 0.0};
  }
}

}  // namespace rollcast::random
