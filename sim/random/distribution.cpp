#include "rollcast/random/distribution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <numeric>

namespace rollcast::random {
namespace {

using Problem = tl::unexpected<std::string>;

template <class... Values>
Problem problem(fmt::format_string<Values...> text, Values&&... values) {
  return Problem{fmt::format(text, std::forward<Values>(values)...)};
}

constexpr double kNinetyFive = 1.6448536269514722;  ///< the 95 % point of the standard normal

}  // namespace

Distribution Distribution::constant(double value) {
  ROLLCAST_ASSERT(std::isfinite(value), "a constant of {}", value);
  return {Kind::constant, value, 1.0};
}

Distribution::Result Distribution::uniform(double lower, double upper) {
  if (!std::isfinite(lower) || !std::isfinite(upper))
    return problem("the ends {} and {} must be finite", lower, upper);
  if (upper < lower) return problem("the upper end {} lies below the lower end {}", upper, lower);
  if (upper == lower) return constant(lower);
  return Distribution{Kind::uniform, lower, upper - lower};
}

Distribution::Result Distribution::triangular(double lower, double mode, double upper) {
  if (auto ends = uniform(lower, upper); !ends) return ends;
  if (!(mode >= lower && mode <= upper))
    return problem("the most likely value {} lies outside of {} to {}", mode, lower, upper);
  if (upper == lower) return constant(lower);
  return Distribution{Kind::triangular, lower, upper - lower, (mode - lower) / (upper - lower)};
}

Distribution::Result Distribution::pert(double lower, double mode, double upper) {
  if (auto checked = triangular(lower, mode, upper); !checked || upper == lower) return checked;
  const double place = (mode - lower) / (upper - lower);
  return Distribution{Kind::beta, lower, upper - lower, 1.0 + 4.0 * place,
                      1.0 + 4.0 * (1.0 - place)};
}

Distribution::Result Distribution::normal(double mean, double standard_deviation) {
  if (!std::isfinite(mean)) return problem("the mean {} must be finite", mean);
  if (!(standard_deviation >= 0.0) || std::isinf(standard_deviation))
    return problem("the standard deviation {} must not be negative", standard_deviation);
  if (standard_deviation == 0.0) return constant(mean);
  return Distribution{Kind::normal, mean, standard_deviation};
}

Distribution::Result Distribution::lognormal(double mu, double sigma) {
  const double median = std::exp(mu);
  if (!std::isfinite(median) || !(median > 0.0))
    return problem("mu = {} gives a median of {}", mu, median);
  if (!(sigma >= 0.0) || std::isinf(sigma))
    return problem("sigma = {} must not be negative", sigma);
  if (sigma == 0.0) return constant(median);
  return Distribution{Kind::lognormal, 0.0, median, sigma};
}

Distribution::Result Distribution::lognormal_from_median_p95(double median, double p95) {
  if (!(median > 0.0) || !std::isfinite(p95))
    return problem("the median {} must be greater than 0", median);
  if (p95 < median) return problem("the 95 % point {} lies below the median {}", p95, median);
  return lognormal(std::log(median), std::log(p95 / median) / kNinetyFive);
}

Distribution::Result Distribution::lognormal_from_mean_sd(double mean, double standard_deviation) {
  if (!(mean > 0.0) || std::isinf(mean)) return problem("the mean {} must be greater than 0", mean);
  if (!(standard_deviation >= 0.0) || std::isinf(standard_deviation))
    return problem("the standard deviation {} must not be negative", standard_deviation);
  const double ratio = standard_deviation / mean;
  const double variance = std::log1p(ratio * ratio);
  return lognormal(std::log(mean) - 0.5 * variance, std::sqrt(variance));
}

Distribution::Result Distribution::lognormal_from_quantiles(double lower_probability,
                                                            double lower_value,
                                                            double upper_probability,
                                                            double upper_value) {
  if (!(lower_probability > 0.0 && lower_probability < upper_probability &&
        upper_probability < 1.0))
    return problem("the shares {} and {} must ascend and lie between 0 and 1", lower_probability,
                   upper_probability);
  if (!(lower_value > 0.0) || !std::isfinite(upper_value))
    return problem("the lower value {} must be greater than 0", lower_value);
  if (upper_value < lower_value)
    return problem("the upper end {} lies below the lower end {}", upper_value, lower_value);
  const boost::math::normal_distribution<double> standard;
  const double lower_point = boost::math::quantile(standard, lower_probability);
  const double upper_point = boost::math::quantile(standard, upper_probability);
  const double sigma = std::log(upper_value / lower_value) / (upper_point - lower_point);
  return lognormal(std::log(lower_value) - sigma * lower_point, sigma);
}

Distribution::Result Distribution::exponential(double mean) {
  if (!(mean > 0.0) || std::isinf(mean)) return problem("the mean {} must be greater than 0", mean);
  return Distribution{Kind::exponential, 0.0, mean};
}

Distribution::Result Distribution::gamma(double shape, double scale) {
  if (!(shape > 0.0) || std::isinf(shape))
    return problem("the shape {} must be greater than 0", shape);
  if (!(scale > 0.0) || std::isinf(scale))
    return problem("the scale {} must be greater than 0", scale);
  return Distribution{Kind::gamma, 0.0, scale, shape};
}

Distribution::Result Distribution::weibull(double shape, double scale) {
  if (!(shape > 0.0) || std::isinf(shape))
    return problem("the shape {} must be greater than 0", shape);
  if (!(scale > 0.0) || std::isinf(scale))
    return problem("the scale {} must be greater than 0", scale);
  return Distribution{Kind::weibull, 0.0, scale, shape};
}

namespace {

/// The weights as cumulated probabilities, or what is wrong with them.
tl::expected<std::vector<double>, std::string> cumulate(const std::vector<double>& weights,
                                                        std::size_t count) {
  if (count == 0) return problem("there are no values");
  if (weights.size() != count)
    return problem("there are {} values but {} weights", count, weights.size());
  double sum = 0.0;
  for (const double weight : weights) {
    if (!(weight >= 0.0) || std::isinf(weight))
      return problem("the weight {} must not be negative", weight);
    sum += weight;
  }
  if (!(sum > 0.0) || std::isinf(sum)) return problem("the weights add up to {}", sum);
  std::vector<double> cumulated(count);
  double before = 0.0;
  for (std::size_t row = 0; row < count; ++row) cumulated[row] = (before += weights[row]) / sum;
  // What follows the last positive weight must be out of reach of every u <= 1.
  for (std::size_t row = count; row-- > 0 && cumulated[row] >= 1.0 - 1e-15;) cumulated[row] = 1.0;
  cumulated.back() = 1.0;
  return cumulated;
}

}  // namespace

Distribution Distribution::from_table(Kind kind, Table table) {
  Distribution made{kind, 0.0, 1.0};
  made.table_ = std::make_shared<const Table>(std::move(table));
  return made;
}

Distribution::Result Distribution::discrete(const std::vector<double>& values,
                                            const std::vector<double>& weights) {
  std::vector<std::pair<double, double>> rows;
  if (auto checked = cumulate(weights, values.size()); !checked) return Problem{checked.error()};
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (!std::isfinite(values[row])) return problem("the value {} must be finite", values[row]);
    if (weights[row] > 0.0) rows.emplace_back(values[row], weights[row]);
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  Table table;
  std::vector<double> merged;
  for (const auto& [value, weight] : rows) {
    if (!table.values.empty() && table.values.back() == value) {
      merged.back() += weight;
    } else {
      table.values.push_back(value);
      merged.push_back(weight);
    }
  }
  if (table.values.size() == 1) return constant(table.values[0]);
  table.cumulated = *cumulate(merged, merged.size());
  return from_table(Kind::discrete, std::move(table));
}

Distribution::Result Distribution::empirical(const std::vector<double>& values) {
  return discrete(values, std::vector<double>(values.size(), 1.0));
}

Distribution::Result Distribution::mixture(const std::vector<double>& weights,
                                           const std::vector<Distribution>& components) {
  if (auto checked = cumulate(weights, components.size()); !checked)
    return Problem{checked.error()};
  Table table;
  std::vector<double> kept;
  for (std::size_t row = 0; row < components.size(); ++row) {
    if (!(weights[row] > 0.0)) continue;
    table.components.push_back(components[row]);
    kept.push_back(weights[row]);
  }
  if (kept.size() == 1) return table.components[0];
  table.cumulated = *cumulate(kept, kept.size());
  return from_table(Kind::mixture, std::move(table));
}

template <class Change>
Distribution Distribution::with_each(Change change) const {
  Table table = *table_;
  for (double& value : table.values) value = change(constant(value)).shift_;
  for (Distribution& component : table.components) component = change(component);
  return from_table(kind_, std::move(table));
}

Distribution::Result Distribution::truncated_table(double lower, double upper) const {
  std::vector<double> weights;
  std::vector<double> values;
  std::vector<Distribution> components;
  for (std::size_t row = 0; row < table_->cumulated.size(); ++row) {
    const double weight = table_->cumulated[row] - (row > 0 ? table_->cumulated[row - 1] : 0.0);
    if (kind_ == Kind::discrete) {
      if (table_->values[row] < lower || table_->values[row] > upper) continue;
      values.push_back(table_->values[row]);
      weights.push_back(weight);
    } else if (auto component = table_->components[row].truncated(lower, upper)) {
      components.push_back(*component);
      const Distribution& whole = table_->components[row];
      weights.push_back(weight * (whole.cdf(upper) - whole.cdf(std::nextafter(lower, -kInfinity))));
    }
  }
  if (weights.empty()) return problem("nothing of it lies between {} and {}", lower, upper);
  return kind_ == Kind::discrete ? discrete(values, weights) : mixture(weights, components);
}

Distribution::Result Distribution::truncated(double lower, double upper) const {
  constexpr double kLeastShare = 1e-9;
  if (!(lower <= upper))
    return problem("the upper end {} lies below the lower end {}", upper, lower);
  if (is_table()) return truncated_table(lower, upper);
  const auto [least, greatest] = support();
  if (lower <= least && upper >= greatest) return *this;
  if (upper < least || lower > greatest || kind_ == Kind::constant)
    return problem("nothing of it lies between {} and {}", lower, upper);
  if (lower == upper) return constant(lower);
  Distribution result = *this;
  if (lower > floor_) result.floor_ = -kInfinity;
  const double standard_lower = lower > floor_ ? (lower - shift_) / scale_ : lower_;
  result.lower_ = std::max(lower_, standard_lower);
  result.upper_ = std::min(upper_, (upper - shift_) / scale_);
  result.lower_cdf_ = standard_cdf(result.lower_);
  result.upper_survival_ = standard_survival(result.upper_);
  result.mass_ = result.lower_cdf_ < 0.5
                     ? 1.0 - result.lower_cdf_ - result.upper_survival_
                     : standard_survival(result.lower_) - result.upper_survival_;
  result.truncated_ = true;
  if (!(result.mass_ >= kLeastShare))
    return problem("almost nothing of it lies between {} and {}", lower, upper);
  return result;
}

Distribution Distribution::scaled(double factor) const {
  ROLLCAST_ASSERT(factor >= 0.0 && std::isfinite(factor), "scaled by {}", factor);
  if (factor == 0.0) return constant(0.0);
  if (is_table())
    return with_each([factor](const Distribution& part) { return part.scaled(factor); });
  Distribution result = *this;
  result.shift_ *= factor;
  result.scale_ *= factor;
  result.floor_ *= factor;
  return result;
}

Distribution Distribution::shifted(double offset) const {
  ROLLCAST_ASSERT(std::isfinite(offset), "shifted by {}", offset);
  if (is_table())
    return with_each([offset](const Distribution& part) { return part.shifted(offset); });
  Distribution result = *this;
  result.shift_ += offset;
  result.floor_ += offset;
  return result;
}

Distribution Distribution::maximum_of(double floor) const {
  ROLLCAST_ASSERT(std::isfinite(floor), "at least {}", floor);
  if (is_table())
    return with_each([floor](const Distribution& part) { return part.maximum_of(floor); });
  const auto [least, greatest] = support();
  if (floor >= greatest) return constant(floor);
  if (floor <= least) return *this;
  Distribution result = *this;
  result.floor_ = floor;
  return result;
}

std::size_t Distribution::sample_row(double u) const {
  const auto& cumulated = table_->cumulated;
  return static_cast<std::size_t>(std::lower_bound(cumulated.begin(), cumulated.end(), u) -
                                  cumulated.begin());
}

double Distribution::sample_other(RandomStream& random) const {
  if (kind_ == Kind::constant) return shift_;
  if (kind_ == Kind::discrete) return table_->values[sample_row(random.uniform())];
  if (kind_ == Kind::mixture)
    return table_->components[sample_row(random.uniform())].sample(random);
  const double x = truncated_ ? sample_truncated(random) : sample_standard(random);
  return std::max(floor_, shift_ + scale_ * x);
}

double Distribution::quantile(double u) const {
  ROLLCAST_ASSERT(u >= 0.0 && u <= 1.0, "the quantile at {}", u);
  if (kind_ == Kind::constant) return shift_;
  if (kind_ == Kind::discrete) return table_->values[sample_row(u)];
  if (kind_ == Kind::mixture) return mixture_quantile(u);
  const double x = truncated_ ? truncated_quantile(u) : standard_quantile(u);
  return std::max(floor_, shift_ + scale_ * x);
}

double Distribution::mixture_quantile(double u) const {
  double low = kInfinity;
  double high = -kInfinity;
  for (const Distribution& component : table_->components) {
    low = std::min(low, component.quantile(u));
    high = std::max(high, component.quantile(u));
  }
  if (std::isinf(low) || std::isinf(high)) return u <= 0.0 ? low : high;
  if (cdf(low) >= u) return low;
  // cdf(low) < u <= cdf(high): bisection until the two are neighbours or as good as.
  for (int step = 0; step < 200 && high - low > 1e-15 * std::max(std::fabs(low), std::fabs(high));
       ++step) {
    const double middle = low + 0.5 * (high - low);
    if (middle <= low || middle >= high) break;
    (cdf(middle) >= u ? high : low) = middle;
  }
  return high;
}

double Distribution::cdf(double x) const {
  if (kind_ == Kind::constant) return x >= shift_ ? 1.0 : 0.0;
  if (kind_ == Kind::discrete) {
    const auto& values = table_->values;
    const auto rows = std::upper_bound(values.begin(), values.end(), x) - values.begin();
    return rows == 0 ? 0.0 : table_->cumulated[static_cast<std::size_t>(rows) - 1];
  }
  if (kind_ == Kind::mixture) {
    double sum = 0.0;
    for (std::size_t row = 0; row < table_->components.size(); ++row)
      sum += (table_->cumulated[row] - (row > 0 ? table_->cumulated[row - 1] : 0.0)) *
             table_->components[row].cdf(x);
    return sum;
  }
  if (x < floor_) return 0.0;
  const double standard = standard_cdf((x - shift_) / scale_);
  if (!truncated_) return standard;
  return std::clamp((standard - lower_cdf_) / mass_, 0.0, 1.0);
}

std::pair<double, double> Distribution::mean_variance() const {
  if (kind_ == Kind::constant) return {shift_, 0.0};
  if (is_table()) {
    double mean = 0.0;
    double square = 0.0;  // about the first row's mean, against cancellation
    const auto row_of = [this](std::size_t row) {
      return kind_ == Kind::discrete ? std::pair{table_->values[row], 0.0}
                                     : table_->components[row].mean_variance();
    };
    const double origin = row_of(0).first;
    for (std::size_t row = 0; row < table_->cumulated.size(); ++row) {
      const double weight = table_->cumulated[row] - (row > 0 ? table_->cumulated[row - 1] : 0.0);
      const auto [row_mean, row_variance] = row_of(row);
      mean += weight * (row_mean - origin);
      square += weight * (row_variance + (row_mean - origin) * (row_mean - origin));
    }
    return {origin + mean, square - mean * mean};
  }
  if (!truncated_ && floor_ == -kInfinity) {
    const auto [mean, variance] = standard_mean_variance();
    return {shift_ + scale_ * mean, scale_ * scale_ * variance};
  }
  // X below the standard form's floor counts as the floor; all within the truncation.
  const double floor = std::clamp((floor_ - shift_) / scale_, lower_, upper_);
  const double at_floor = std::isinf(floor) ? 0.0 : (standard_cdf(floor) - lower_cdf_) / mass_;
  const auto moment = [&](int power) {
    const double above =
        (standard_partial_moment(power, upper_) - standard_partial_moment(power, floor)) / mass_;
    return above + (at_floor > 0.0 ? at_floor * std::pow(floor, power) : 0.0);
  };
  const double mean = moment(1);
  return {shift_ + scale_ * mean, scale_ * scale_ * std::max(0.0, moment(2) - mean * mean)};
}

double Distribution::variance() const {
  return mean_variance().second;
}

std::pair<double, double> Distribution::support() const {
  if (kind_ == Kind::constant) return {shift_, shift_};
  if (kind_ == Kind::discrete) return {table_->values.front(), table_->values.back()};
  if (kind_ == Kind::mixture) {
    std::pair<double, double> all{kInfinity, -kInfinity};
    for (const Distribution& component : table_->components) {
      const auto [least, greatest] = component.support();
      all = {std::min(all.first, least), std::max(all.second, greatest)};
    }
    return all;
  }
  const auto [least, greatest] = standard_support();
  return {std::max(floor_, shift_ + scale_ * std::max(least, lower_)),
          std::max(floor_, shift_ + scale_ * std::min(greatest, upper_))};
}

}  // namespace rollcast::random
