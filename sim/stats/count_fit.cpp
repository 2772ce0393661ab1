#include "rollcast/stats/count_fit.hpp"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/tools/roots.hpp>
#include <boost/random/binomial_distribution.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "rollcast/base/assertion.hpp"

namespace rollcast::stats {
namespace {

namespace bm = boost::math;

/// Beyond it a negative binomial is as good as a Poisson.
constexpr double kMostSize = 1e6;
/// With so many times the greatest count as trials a binomial is.
constexpr double kMostTrials = 100;

double number(std::uint64_t value) {
  return static_cast<double>(value);
}

int parameters_of(CountFamily family) {
  return family == CountFamily::poisson || family == CountFamily::geometric ? 1 : 2;
}

double log_likelihood(const FittedCounts& fit, const Counts& counts) {
  double sum = 0.0;
  for (const auto& [value, times] : counts.rows) sum += number(times) * fit.log_probability(value);
  return sum;
}

/// The size of the negative binomial where the likelihood's slope is nothing: d/dr of sum log
/// Gamma(k + r) / Gamma(r) - n r log(1 + m / r) with the mean m of the counts above `from`.
std::optional<double> best_size(const Counts& counts, std::uint64_t from) {
  const double m = counts.mean - number(from), n = number(counts.size);
  const auto slope = [&](double log_size) {
    const double size = std::exp(log_size), here = bm::digamma(size);
    double sum = 0.0;
    for (const auto& [value, times] : counts.rows)
      sum += number(times) * (bm::digamma(number(value - from) + size) - here);
    return sum - n * std::log1p(m / size);
  };
  // It is positive near 0 and negative beyond the root; above the limit rounding decides.
  const double high = std::log(kMostSize);
  double low = std::log(m * m / (counts.variance - m));
  while (slope(low) < 0) low -= 2;
  if (low >= high || slope(high) > 0) return std::nullopt;
  std::uintmax_t iterations = 200;
  const auto [below, above] =
      bm::tools::toms748_solve(slope, low, high, bm::tools::eps_tolerance<double>(48), iterations);
  return std::exp((below + above) / 2);
}

/// The number of trials with the greatest profile likelihood, which has one maximum only.
std::optional<double> best_trials(const FittedCounts& fit, const Counts& counts) {
  const auto rises = [&](double trials) {
    FittedCounts here = fit, next = fit;
    here.second = trials;
    next.second = trials + 1;
    return log_likelihood(next, counts) > log_likelihood(here, counts);
  };
  const double least = number(counts.rows.back().value - fit.from);
  if (!rises(least)) return least;
  double low = least, step = 1;  // it rises at `low`, and no more at low + step
  for (; rises(low + step); step *= 2) {
    low += step;
    if (low > kMostTrials * least) return std::nullopt;
  }
  while (step > 1) {
    step = std::floor(step / 2);
    if (rises(low + step)) low += step;
  }
  return low + 1;
}

/// With values from a given least one on.
std::optional<FittedCounts> fit_from(CountFamily family, std::uint64_t from, const Counts& counts) {
  FittedCounts fit{family, from, counts.mean};
  const double m = counts.mean - number(from);
  if (!(m > 0)) return std::nullopt;
  std::optional<double> second = 0.0;
  if (family == CountFamily::negative_binomial)
    second = counts.variance > m ? best_size(counts, from) : std::nullopt;
  if (family == CountFamily::binomial)
    second = counts.variance < m ? best_trials(fit, counts) : std::nullopt;
  if (family == CountFamily::uniform) second = number(counts.rows.back().value);
  if (!second) return std::nullopt;
  fit.second = *second;
  if (family == CountFamily::uniform) fit.mean = (number(from) + fit.second) / 2;
  fit.log_likelihood = log_likelihood(fit, counts);
  return fit;
}

/// The greatest values of neighbouring cells; the last cell has no end.
std::vector<std::uint64_t> cells_of(const FittedCounts& fit, const Counts& counts) {
  const double n = number(counts.size);
  const double least = std::max(5.0 / n, 0.02);
  std::vector<std::uint64_t> ends;
  for (double below = 0.0; below + 2 * least <= 1.0;) {
    const std::uint64_t end = fit.quantile(below + least);
    below = fit.cdf(end);
    if (below + least <= 1.0) ends.push_back(end);
  }
  return ends;
}

double chi_squared(const FittedCounts& fit, const Counts& counts,
                   const std::vector<std::uint64_t>& ends) {
  const double n = number(counts.size);
  double sum = 0.0, below = 0.0;
  auto row = counts.rows.begin();
  for (std::size_t cell = 0; cell <= ends.size(); ++cell) {
    const bool last = cell == ends.size();
    double seen = 0.0;
    for (; row != counts.rows.end() && (last || row->value <= ends[cell]); ++row)
      seen += number(row->times);
    const double up_to = last ? 1.0 : fit.cdf(ends[cell]);
    const double expected = n * (up_to - below);
    below = up_to;
    // A refitted uniform may end in front of a cell, which is empty then.
    if (expected > 0) sum += (seen - expected) * (seen - expected) / expected;
  }
  return sum;
}

/// Draws many counts at once: so many of each value, value by value.
class Sampler {
 public:
  explicit Sampler(const FittedCounts& fit) {
    constexpr double kTail = 1e-12;
    first_ = fit.quantile(kTail);
    double below = 0.0;
    for (std::uint64_t value = first_; 1.0 - below > kTail; ++value) {
      if (shares_.size() == kMostValues) {
        shares_.clear();
        return;
      }
      const double share = std::exp(fit.log_probability(value));
      shares_.push_back(std::min(1.0, share / (1.0 - below)));
      below += share;
    }
    shares_.back() = 1.0;
  }
  /// Too many values to draw.
  [[nodiscard]] bool too_wide() const { return shares_.empty(); }
  [[nodiscard]] Counts draw(std::uint64_t size, std::mt19937_64& random) const {
    std::vector<Counts::Row> rows;
    auto left = static_cast<std::int64_t>(size);
    for (std::size_t i = 0; i < shares_.size() && left > 0; ++i) {
      const std::int64_t times =
          shares_[i] < 1.0
              ? boost::random::binomial_distribution<std::int64_t>(left, shares_[i])(random)
              : left;
      rows.push_back({first_ + i, static_cast<std::uint64_t>(times)});
      left -= times;
    }
    return counts_of(std::move(rows));
  }

 private:
  static constexpr std::size_t kMostValues = 100'000;
  std::uint64_t first_ = 0;
  std::vector<double> shares_;  ///< of those that are not smaller
};

std::optional<double> p_value(const FittedCounts& fitted, const Counts& counts,
                              const std::vector<std::uint64_t>& ends, std::size_t resamples) {
  if (ends.size() <= static_cast<std::size_t>(parameters_of(fitted.family)) || resamples == 0)
    return std::nullopt;
  const Sampler sampler(fitted);
  if (sampler.too_wide()) return std::nullopt;
  std::mt19937_64 random(counts.size);
  std::size_t farther = 0, made = 0;
  for (std::size_t i = 0; i < resamples; ++i) {
    const Counts drawn = sampler.draw(counts.size, random);
    const auto again = fit(fitted.family, drawn);
    if (!again) continue;
    ++made;
    farther += chi_squared(*again, drawn, ends) >= fitted.chi_squared * (1 - 1e-12) ? 1 : 0;
  }
  if (2 * made < resamples) return std::nullopt;
  return number(farther + 1) / number(made + 1);
}

}  // namespace

std::string_view name_of(CountFamily family) {
  switch (family) {
    case CountFamily::poisson:
      return "poisson";
    case CountFamily::geometric:
      return "geometric";
    case CountFamily::negative_binomial:
      return "negative binomial";
    case CountFamily::binomial:
      return "binomial";
    case CountFamily::uniform:
      break;
  }
  return "uniform";
}

Counts counts_of(std::vector<Counts::Row> rows) {
  std::sort(rows.begin(), rows.end(),
            [](const auto& a, const auto& b) { return a.value < b.value; });
  Counts counts;
  for (const auto& [value, times] : rows) {
    ROLLCAST_ASSERT(value >> 53 == 0, "a count of {}", value);
    if (times == 0) continue;
    counts.size += times;
    if (!counts.rows.empty() && counts.rows.back().value == value)
      counts.rows.back().times += times;
    else
      counts.rows.push_back({value, times});
  }
  if (counts.size == 0) return counts;
  const double n = number(counts.size);
  for (const auto& [value, times] : counts.rows) counts.mean += number(times) * number(value) / n;
  for (const auto& [value, times] : counts.rows) {
    const double distance = number(value) - counts.mean;
    counts.variance += number(times) * distance * distance / n;
  }
  return counts;
}

std::optional<Dispersion> dispersion_of(const Counts& counts, std::uint64_t from) {
  const double m = counts.mean - number(from);
  if (!(m > 0) || counts.size < 2) return std::nullopt;
  const double degrees = number(counts.size - 1);
  const double statistic = number(counts.size) * counts.variance / m;
  const bm::chi_squared distribution(degrees);
  const double below = bm::cdf(distribution, statistic);
  const double above = bm::cdf(bm::complement(distribution, statistic));
  return Dispersion{statistic / degrees, std::min(1.0, 2 * std::min(below, above))};
}

double FittedCounts::log_probability(std::uint64_t value) const {
  constexpr double kNever = -std::numeric_limits<double>::infinity();
  if (value < from) return kNever;
  const double k = number(value - from), m = mean - number(from);
  switch (family) {
    case CountFamily::poisson:
      return k * std::log(m) - m - std::lgamma(k + 1);
    case CountFamily::geometric:
      return k * std::log(m / (1 + m)) - std::log1p(m);
    case CountFamily::negative_binomial:
      return std::lgamma(k + second) - std::lgamma(second) - std::lgamma(k + 1) -
             second * std::log1p(m / second) + k * std::log(m / (m + second));
    case CountFamily::binomial: {
      if (k > second) return kNever;
      const double log_chosen =
          std::lgamma(second + 1) - std::lgamma(k + 1) - std::lgamma(second - k + 1);
      const double never = k < second ? (second - k) * std::log1p(-m / second) : 0.0;
      return log_chosen + k * std::log(m / second) + never;
    }
    case CountFamily::uniform:
      break;
  }
  return number(value) <= second ? -std::log(second - number(from) + 1) : kNever;
}

double FittedCounts::cdf(std::uint64_t value) const {
  if (value < from) return 0.0;
  const double k = number(value - from), m = mean - number(from);
  switch (family) {
    case CountFamily::poisson:
      return bm::gamma_q(k + 1, m);
    case CountFamily::geometric:
      return -std::expm1((k + 1) * std::log(m / (1 + m)));
    case CountFamily::negative_binomial:
      return bm::ibeta(second, k + 1, second / (m + second));
    case CountFamily::binomial:
      return k < second ? bm::ibetac(k + 1, second - k, m / second) : 1.0;
    case CountFamily::uniform:
      break;
  }
  return std::min(1.0, (k + 1) / (second - number(from) + 1));
}

std::uint64_t FittedCounts::quantile(double u) const {
  ROLLCAST_ASSERT(u >= 0 && u < 1, "the quantile at {}", u);
  std::uint64_t step = 1;
  while (cdf(from + step) < u) step *= 2;
  std::uint64_t low = from, high = from + step;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (cdf(middle) >= u)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

std::optional<FittedCounts> fit(CountFamily family, const Counts& counts) {
  if (counts.rows.size() < 2) return std::nullopt;
  const std::uint64_t least = counts.rows.front().value;
  std::optional<FittedCounts> best;
  if (family == CountFamily::uniform) {
    best = fit_from(family, least, counts);
  } else {
    best = fit_from(family, 0, counts);
    const auto from_one = least >= 1 ? fit_from(family, 1, counts) : std::nullopt;
    if (from_one && (!best || from_one->log_likelihood > best->log_likelihood)) best = from_one;
  }
  if (!best) return best;
  const double parameters = parameters_of(family);
  best->aic = 2 * parameters - 2 * best->log_likelihood;
  best->bic = parameters * std::log(number(counts.size)) - 2 * best->log_likelihood;
  return best;
}

std::vector<FittedCounts> fit_all(const Counts& counts, std::size_t resamples) {
  std::vector<FittedCounts> fits;
  for (const CountFamily family :
       {CountFamily::poisson, CountFamily::geometric, CountFamily::negative_binomial,
        CountFamily::binomial, CountFamily::uniform}) {
    auto fitted = fit(family, counts);
    if (!fitted) continue;
    const auto ends = cells_of(*fitted, counts);
    fitted->cells = ends.size() + 1;
    fitted->chi_squared = chi_squared(*fitted, counts, ends);
    fitted->p_value = p_value(*fitted, counts, ends, resamples);
    fits.push_back(*fitted);
  }
  std::stable_sort(fits.begin(), fits.end(),
                   [](const auto& a, const auto& b) { return a.bic < b.bic; });
  return fits;
}

}  // namespace rollcast::stats
