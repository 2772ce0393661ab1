#include "rollcast/stats/selection.hpp"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <limits>

#include "rollcast/base/assertion.hpp"

namespace rollcast::stats {
namespace {

/// Sums of the observations so far, and of the pairs' squared differences.
class KnState {
 public:
  KnState(const KnOptions& options, const Observe& observe)
      : options_(options),
        observe_(observe),
        sums_(options.alternatives, 0.0),
        result_{0, 0, std::vector<std::uint64_t>(options.alternatives, 0), true} {
    for (std::size_t i = 0; i < options.alternatives; ++i) alive_.push_back(i);
  }

  KnSelection run() {
    first_stage();
    drop_inferior();
    while (alive_.size() > 1 && taken_ < options_.most) {
      for (const std::size_t i : alive_) sums_[i] += observe_(i, taken_);
      ++taken_;
      drop_inferior();
    }
    result_.decided = alive_.size() == 1;
    result_.best =
        *std::min_element(alive_.begin(), alive_.end(),
                          [&](std::size_t a, std::size_t b) { return sums_[a] < sums_[b]; });
    result_.observations = taken_;
    return result_;
  }

 private:
  void first_stage() {
    const std::size_t k = options_.alternatives;
    std::vector<std::vector<double>> values(k);
    for (std::size_t i = 0; i < k; ++i)
      for (std::uint64_t n = 0; n < options_.first_stage; ++n) {
        values[i].push_back(observe_(i, n));
        sums_[i] += values[i].back();
      }
    taken_ = options_.first_stage;
    const double count = static_cast<double>(taken_);
    variances_.assign(k * k, 0.0);
    for (std::size_t i = 0; i < k; ++i)
      for (std::size_t l = 0; l < k; ++l) {
        const double mean = (sums_[i] - sums_[l]) / count;
        for (std::uint64_t n = 0; n < taken_; ++n)
          variances_[i * k + l] += std::pow(values[i][n] - values[l][n] - mean, 2) / (count - 1);
      }
    h_squared_ = kn_constants(k, options_.first_stage, 1.0 - options_.confidence).h_squared;
  }

  /// An alternative goes when its sum exceeds that of another one by more than the continuation
  /// region, which narrows with every observation.
  void drop_inferior() {
    const double taken = static_cast<double>(taken_);
    const double zone = options_.indifference;
    std::vector<std::size_t> left;
    for (const std::size_t i : alive_) {
      const bool inferior = std::any_of(alive_.begin(), alive_.end(), [&](std::size_t l) {
        const double variance = variances_[i * options_.alternatives + l];
        const double region =
            std::max(0.0, zone / 2 * (h_squared_ * variance / (zone * zone) - taken));
        if (l == i) return false;
        if (sums_[i] == sums_[l] && region == 0.0) return l < i;
        return sums_[i] - sums_[l] > region;
      });
      if (inferior)
        result_.dropped_at[i] = taken_;
      else
        left.push_back(i);
    }
    alive_ = std::move(left);
  }

  const KnOptions& options_;
  const Observe& observe_;
  std::vector<double> sums_;
  std::vector<double> variances_;  ///< of the difference of each pair, from the first stage
  std::vector<std::size_t> alive_;
  std::uint64_t taken_ = 0;
  double h_squared_ = 0.0;
  KnSelection result_;
};

using Quadrature = boost::math::quadrature::gauss_kronrod<double, 61>;

/// Integrates f against the density of a chi-squared variable, by its quantiles' range.
template <class Function>
double expectation(const boost::math::chi_squared& chi, const Function& f) {
  const double low = boost::math::quantile(chi, 1e-12);
  const double high = boost::math::quantile(boost::math::complement(chi, 1e-12));
  const auto weighted = [&](double x) { return f(x) * boost::math::pdf(chi, x); };
  return Quadrature::integrate(weighted, low, high, 6, 1e-9);
}

}  // namespace

KnConstants kn_constants(std::size_t alternatives, std::uint64_t first_stage, double alpha) {
  ROLLCAST_ASSERT(alternatives >= 2 && first_stage >= 2 && alpha > 0 && alpha < 1,
                  "{} alternatives, first stage {}, alpha {}", alternatives, first_stage, alpha);
  const double degrees = static_cast<double>(first_stage - 1);
  const double each = 2 * alpha / static_cast<double>(alternatives - 1);
  KnConstants constants;
  constants.eta = (std::pow(each, -2 / degrees) - 1) / 2;
  constants.h_squared = 2 * constants.eta * degrees;
  return constants;
}

KnSelection select_smallest(const KnOptions& options, const Observe& observe) {
  ROLLCAST_ASSERT(
      options.alternatives >= 2 && options.indifference > 0 && options.most >= options.first_stage,
      "{} alternatives, indifference zone {}", options.alternatives, options.indifference);
  return KnState(options, observe).run();
}

double rinott_constant(double confidence, std::uint64_t first_stage, std::size_t alternatives) {
  ROLLCAST_ASSERT(confidence > 0 && confidence < 1 && first_stage >= 2 && alternatives >= 2,
                  "confidence {}, first stage {}, {} alternatives", confidence, first_stage,
                  alternatives);
  const double degrees = static_cast<double>(first_stage - 1);
  const boost::math::chi_squared chi(degrees);
  const boost::math::normal normal;
  const auto others = static_cast<double>(alternatives - 1);
  const auto shortfall = [&](double h) {
    const double probability = expectation(chi, [&](double y) {
      const double beaten = expectation(chi, [&](double x) {
        return boost::math::cdf(normal, h / std::sqrt(degrees * (1 / x + 1 / y)));
      });
      return std::pow(beaten, others);
    });
    return probability - confidence;
  };
  std::uintmax_t steps = 100;
  const auto bracket = boost::math::tools::bracket_and_solve_root(
      shortfall, 2.0, 2.0, true, boost::math::tools::eps_tolerance<double>(24), steps);
  return (bracket.first + bracket.second) / 2;
}

std::vector<double> ocba_shares(std::span<const double> means, std::span<const double> deviations) {
  ROLLCAST_ASSERT(means.size() == deviations.size() && means.size() >= 2, "{} means, {} deviations",
                  means.size(), deviations.size());
  const auto best =
      static_cast<std::size_t>(std::min_element(means.begin(), means.end()) - means.begin());
  std::vector<double> shares(means.size(), 0.0);
  double squares = 0.0;
  double sum = 0.0;
  for (std::size_t i = 0; i < means.size(); ++i) {
    if (i == best) continue;
    const double gap = means[i] - means[best];
    ROLLCAST_ASSERT(gap > 0 && deviations[i] > 0, "gap {}, deviation {}", gap, deviations[i]);
    shares[i] = std::pow(deviations[i] / gap, 2);
    squares += std::pow(shares[i] / deviations[i], 2);
    sum += shares[i];
  }
  shares[best] = deviations[best] * std::sqrt(squares);
  sum += shares[best];
  for (double& share : shares) share /= sum;
  return shares;
}

}  // namespace rollcast::stats
