#include "rollcast/stats/fit.hpp"

#include <algorithm>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/lognormal.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/weibull.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/tools/minima.hpp>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <stdexcept>

#include "rollcast/base/assertion.hpp"

namespace rollcast::stats {
namespace {

namespace bm = boost::math;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Calls `use` with Boost's distribution of the fit.
template <class Use>
auto with(const FittedFamily& fit, Use use) {
  switch (fit.family) {
    case Family::exponential:
      return use(bm::weibull(1.0, fit.first));
    case Family::gamma:
      return use(bm::gamma_distribution<>(fit.first, fit.second));
    case Family::weibull:
      return use(bm::weibull(fit.first, fit.second));
    case Family::lognormal:
      return use(bm::lognormal(fit.first, fit.second));
    case Family::normal:
      break;
  }
  return use(bm::normal(fit.first, fit.second));
}

double survival(const FittedFamily& fit, double x) {
  return with(fit, [x](const auto& d) { return bm::cdf(bm::complement(d, x)); });
}

double sum_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

double log_likelihood(const FittedFamily& fit, const Observations& rows) {
  double sum = 0.0;
  for (const double x : rows.values) sum += fit.log_density(x);
  for (const double limit : rows.limits) sum += std::log(survival(fit, limit));
  return sum;
}

std::vector<double> logarithms(const std::vector<double>& values) {
  std::vector<double> result;
  for (const double value : values) result.push_back(std::log(value));
  return result;
}

/// Mean and standard deviation of normal values, those above their limits by the EM algorithm: each
/// is replaced by its expectation given that it lies there, until nothing moves any more.
std::pair<double, double> normal_parameters(const std::vector<double>& values,
                                            const std::vector<double>& limits) {
  const auto measured = static_cast<double>(values.size());
  const double n = measured + static_cast<double>(limits.size());
  double mean = sum_of(values) / measured;
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  double variance = squares / measured;
  const bm::normal standard;
  for (int step = 0; !limits.empty() && step < 100'000; ++step) {
    const double deviation = std::sqrt(variance);
    double first = sum_of(values), second = 0.0;
    std::vector<double> hazards;
    for (const double limit : limits) {
      const double z = (limit - mean) / deviation;
      hazards.push_back(bm::pdf(standard, z) / bm::cdf(bm::complement(standard, z)));
      first += mean + deviation * hazards.back();
    }
    const double next = first / n;
    for (const double value : values) second += (value - next) * (value - next);
    for (std::size_t i = 0; i < limits.size(); ++i) {
      const double z = (limits[i] - mean) / deviation;
      const double expected = mean + deviation * hazards[i];
      const double spread = variance * (1 + z * hazards[i] - hazards[i] * hazards[i]);
      second += spread + (expected - next) * (expected - next);
    }
    const double moved = std::abs(next - mean) + std::abs(second / n - variance) / deviation;
    mean = next;
    variance = second / n;
    if (moved < 1e-13 * (std::abs(mean) + deviation)) break;
  }
  return {mean, std::sqrt(variance)};
}

using Tolerance = bm::tools::eps_tolerance<double>;

/// The root of a function that falls or rises through zero somewhere above 0.
template <class Function>
double root_of(Function function, double guess, bool rising) {
  std::uintmax_t iterations = 200;
  const auto [low, high] =
      bm::tools::bracket_and_solve_root(function, guess, 2.0, rising, Tolerance(48), iterations);
  return (low + high) / 2;
}

FittedFamily fit_exponential(const Observations& rows) {
  const double total = sum_of(rows.values) + sum_of(rows.limits);
  return {Family::exponential, total / static_cast<double>(rows.values.size()), 0.0};
}

FittedFamily fit_weibull(const Observations& rows) {
  std::vector<double> logs = logarithms(rows.values);
  const auto measured = static_cast<double>(logs.size());
  const double mean_log = sum_of(logs) / measured;
  for (const double limit : rows.limits) logs.push_back(std::log(limit));
  // Relative to the largest, so that no power overflows.
  const double top = *std::max_element(logs.begin(), logs.end());
  const auto equation = [&](double shape) {
    double weights = 0.0, weighted = 0.0;
    for (const double log : logs) {
      const double weight = std::exp(shape * (log - top));
      weights += weight;
      weighted += weight * log;
    }
    return weighted / weights - 1 / shape - mean_log;
  };
  const double shape = root_of(equation, 1.0, true);
  double weights = 0.0;
  for (const double log : logs) weights += std::exp(shape * (log - top));
  return {Family::weibull, shape, std::exp(top + std::log(weights / measured) / shape)};
}

/// Shape and scale of complete data.
FittedFamily fit_whole_gamma(const Observations& rows) {
  const auto n = static_cast<double>(rows.values.size());
  const double mean = sum_of(rows.values) / n;
  const double gap = std::log(mean) - sum_of(logarithms(rows.values)) / n;
  const auto equation = [&](double shape) { return std::log(shape) - bm::digamma(shape) - gap; };
  const double shape = root_of(equation, std::max(1e-3, 0.5 / gap), false);
  return {Family::gamma, shape, mean / shape};
}

FittedFamily fit_gamma(const Observations& rows) {
  const FittedFamily start = fit_whole_gamma({rows.values, {}});
  if (rows.limits.empty()) return start;
  const auto n = static_cast<double>(rows.values.size());
  const double total = sum_of(rows.values);
  /// The scale that is most likely with a shape: where its score is nothing.
  const auto best_with = [&](double shape) {
    const auto score = [&](double scale) {
      const FittedFamily fit{Family::gamma, shape, scale};
      double sum = total / scale - n * shape;
      for (const double limit : rows.limits)
        sum += limit * std::exp(fit.log_density(limit)) / survival(fit, limit);
      return sum;
    };
    return FittedFamily{Family::gamma, shape, root_of(score, start.second, false)};
  };
  const auto cost = [&](double log_shape) {
    return -log_likelihood(best_with(std::exp(log_shape)), rows);
  };
  const double middle = std::log(start.first);
  std::uintmax_t iterations = 200;
  const auto [log_shape, least] = bm::tools::brent_find_minima(
      cost, middle - 3, middle + 1.5, std::numeric_limits<double>::digits / 2, iterations);
  return best_with(std::exp(log_shape));
}

FittedFamily fit_normal(Family family, const Observations& rows) {
  const bool logarithmic = family == Family::lognormal;
  const auto [mean, deviation] =
      logarithmic ? normal_parameters(logarithms(rows.values), logarithms(rows.limits))
                  : normal_parameters(rows.values, rows.limits);
  return {family, mean, deviation};
}

double kolmogorov(const FittedFamily& fit, const std::vector<Step>& steps) {
  double greatest = 0.0, before = 0.0;
  for (const Step& step : steps) {
    const double share = fit.cdf(step.x);
    greatest = std::max({greatest, std::abs(share - before), std::abs(step.share - share)});
    before = step.share;
  }
  return greatest;
}

/// Anderson and Darling's A squared of complete data.
double anderson(const FittedFamily& fit, const std::vector<double>& sorted) {
  const std::size_t n = sorted.size();
  double sum = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    const double weight = 2.0 * static_cast<double>(i) + 1.0;
    sum += weight * (std::log(fit.cdf(sorted[i])) + std::log(survival(fit, sorted[n - 1 - i])));
  }
  return -static_cast<double>(n) - sum / static_cast<double>(n);
}

/// How far the rows lie from the fit: what the test goes by.
double distance(const FittedFamily& fit, const Observations& rows, bool censored) {
  if (censored) return kolmogorov(fit, kaplan_meier(rows));
  std::vector<double> sorted = rows.values;
  std::sort(sorted.begin(), sorted.end());
  return anderson(fit, sorted);
}

/// What `compute` yields; nothing where it leaves the range of Boost's functions, which throw then.
template <class Compute>
auto attempt(Compute compute) -> std::optional<decltype(compute())> {
  try {
    return compute();
  } catch (const std::domain_error&) {
  } catch (const std::runtime_error&) {
  }
  return std::nullopt;
}

FittedFamily complete(Family family, const Observations& rows) {
  FittedFamily fitted = family == Family::exponential ? fit_exponential(rows)
                        : family == Family::gamma     ? fit_gamma(rows)
                        : family == Family::weibull   ? fit_weibull(rows)
                                                      : fit_normal(family, rows);
  const double parameters = family == Family::exponential ? 1 : 2;
  const auto n = static_cast<double>(rows.values.size() + rows.limits.size());
  fitted.log_likelihood = log_likelihood(fitted, rows);
  fitted.aic = 2 * parameters - 2 * fitted.log_likelihood;
  fitted.bic = parameters * std::log(n) - 2 * fitted.log_likelihood;
  fitted.kolmogorov = kolmogorov(fitted, kaplan_meier(rows));
  if (rows.limits.empty()) fitted.anderson = distance(fitted, rows, false);
  // A fit whose quantiles are out of reach is none that a scenario could draw from.
  if (!std::isfinite(fitted.quantile(0.999))) throw std::domain_error("no quantile");
  return fitted;
}

/// The one limit of all censored rows; infinite without any, nothing when there are several.
std::optional<double> common_limit(const Observations& rows) {
  if (rows.limits.empty()) return kInfinity;
  const auto [low, high] = std::minmax_element(rows.limits.begin(), rows.limits.end());
  const double largest = *std::max_element(rows.values.begin(), rows.values.end());
  if (*low < *high || *low < largest) return std::nullopt;
  return *low;
}

std::optional<double> p_value(const FittedFamily& fitted, const Observations& rows,
                              std::size_t resamples) {
  const std::optional<double> limit = common_limit(rows);
  if (!limit || resamples == 0) return std::nullopt;
  const std::size_t n = rows.values.size() + rows.limits.size();
  const bool censored = !rows.limits.empty();
  const double observed = distance(fitted, rows, censored);
  std::mt19937_64 random(n);
  std::size_t farther = 0, made = 0;
  for (std::size_t i = 0; i < resamples; ++i) {
    Observations drawn;
    for (std::size_t k = 0; k < n; ++k) {
      const double u = (static_cast<double>(random() >> 11U) + 0.5) * 0x1p-53;
      const double x = fitted.quantile(u);
      if (!(x > 0)) continue;
      (x < *limit ? drawn.values : drawn.limits).push_back(std::min(x, *limit));
    }
    const auto again = fit(fitted.family, drawn);
    const auto far = again ? attempt([&] { return distance(*again, drawn, censored); })
                           : std::optional<double>();
    if (!far) continue;
    ++made;
    farther += *far >= observed ? 1 : 0;
  }
  if (2 * made < resamples) return std::nullopt;
  return static_cast<double>(farther + 1) / static_cast<double>(made + 1);
}

}  // namespace

std::string_view name_of(Family family) {
  switch (family) {
    case Family::exponential:
      return "exponential";
    case Family::gamma:
      return "gamma";
    case Family::weibull:
      return "weibull";
    case Family::lognormal:
      return "lognormal";
    case Family::normal:
      break;
  }
  return "normal";
}

double FittedFamily::cdf(double x) const {
  if (x <= 0 && family != Family::normal) return 0.0;
  return with(*this, [x](const auto& d) { return bm::cdf(d, x); });
}

double FittedFamily::log_density(double x) const {
  switch (family) {
    case Family::exponential:
      return -std::log(first) - x / first;
    case Family::gamma:
      return (first - 1) * std::log(x / second) - x / second - std::log(second) -
             std::lgamma(first);
    case Family::weibull:
      return std::log(first / second) + (first - 1) * std::log(x / second) -
             std::pow(x / second, first);
    case Family::lognormal:
    case Family::normal:
      break;
  }
  const bool logarithmic = family == Family::lognormal;
  const double z = ((logarithmic ? std::log(x) : x) - first) / second;
  return -0.5 * z * z - std::log(second) - 0.5 * std::log(2 * bm::constants::pi<double>()) -
         (logarithmic ? std::log(x) : 0.0);
}

double FittedFamily::quantile(double u) const {
  return with(*this, [u](const auto& d) { return bm::quantile(d, u); });
}

double FittedFamily::mean() const {
  return with(*this, [](const auto& d) { return bm::mean(d); });
}

std::vector<Step> kaplan_meier(const Observations& rows) {
  std::vector<double> values = rows.values, limits = rows.limits;
  std::sort(values.begin(), values.end());
  std::sort(limits.begin(), limits.end());
  std::vector<Step> steps;
  double alive = 1.0;
  auto at_risk = static_cast<double>(values.size() + limits.size());
  std::size_t limit = 0;
  for (std::size_t i = 0; i < values.size();) {
    // A row whose limit equals a measurement was still at risk then.
    for (; limit < limits.size() && limits[limit] < values[i]; ++limit) at_risk -= 1;
    std::size_t ties = 1;
    while (i + ties < values.size() && values[i + ties] == values[i]) ++ties;
    alive *= 1 - static_cast<double>(ties) / at_risk;
    at_risk -= static_cast<double>(ties);
    steps.push_back({values[i], 1 - alive});
    i += ties;
  }
  return steps;
}

std::optional<FittedFamily> fit(Family family, const Observations& rows) {
  if (rows.values.size() < 2) return std::nullopt;
  const auto [low, high] = std::minmax_element(rows.values.begin(), rows.values.end());
  ROLLCAST_ASSERT(*low > 0, "a measurement of {}", *low);
  if (family != Family::exponential && !(*low < *high)) return std::nullopt;
  return attempt([&] { return complete(family, rows); });
}

std::vector<FittedFamily> fit_all(const Observations& rows, std::size_t resamples) {
  constexpr double kNegative = 0.01;
  std::vector<FittedFamily> fits;
  for (const Family family :
       {Family::exponential, Family::gamma, Family::weibull, Family::lognormal, Family::normal}) {
    auto fitted = fit(family, rows);
    if (!fitted) continue;
    if (family == Family::normal && fitted->cdf(0.0) > kNegative) continue;
    fitted->p_value = p_value(*fitted, rows, resamples);
    fits.push_back(*fitted);
  }
  std::stable_sort(fits.begin(), fits.end(),
                   [](const auto& a, const auto& b) { return a.bic < b.bic; });
  return fits;
}

}  // namespace rollcast::stats
