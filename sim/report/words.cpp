#include "words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "rollcast/base/text.hpp"
#include "rollcast/experiment/verdict.hpp"

namespace rollcast::report {
namespace {

/// Decimals of a percentage that show two digits of its uncertainty `half_width` (a share).
int decimals_for(double half_width) {
  if (!(half_width > 0.0)) return 0;
  return std::clamp(1 - static_cast<int>(std::floor(std::log10(half_width * 100.0))), 0, 6);
}

std::string percent(double share, int decimals) {
  return fixed_text(share * 100.0, decimals);
}

/// As `percent`, but never rounded to 0 or 100 (which would claim a certainty that is not there).
int honest_decimals(double share, int decimals) {
  while (decimals < 9 && share > 0.0 && share < 1.0) {
    const std::string text = percent(share, decimals);
    const double shown = std::stod(text);
    if (shown > 0.0 && shown < 100.0) break;
    ++decimals;
  }
  return decimals;
}

int decimals_of(double share, const stats::Interval& interval) {
  return honest_decimals(share, decimals_for(interval.half_width()));
}

/// Two significant digits of the distance to certainty, rounded towards the safe side.
std::string bound(double share, bool upwards) {
  const double distance = upwards ? share : 1.0 - share;
  const int decimals =
      distance > 0.0
          ? std::clamp(1 - static_cast<int>(std::floor(std::log10(distance * 100.0))), 0, 9)
          : 0;
  const double scale = std::pow(10.0, decimals);
  const double value = share * 100.0 * scale;
  const double shown = (upwards ? std::ceil(value - 1e-9) : std::floor(value + 1e-9)) / scale;
  return human_number(shown, 12);
}

}  // namespace

std::string probability_text(double share, const stats::Interval& interval) {
  if (share >= 1.0 && interval.low < 1.0) return fmt::format("> {} %", bound(interval.low, false));
  if (share <= 0.0 && interval.high > 0.0) return fmt::format("< {} %", bound(interval.high, true));
  return percent(share, decimals_of(share, interval)) + " %";
}

std::string objective_text(const experiment::ObjectiveResult& outcome) {
  const bool certain = outcome.probability <= 0.0 || outcome.probability >= 1.0;
  return probability_text(
      outcome.probability,
      certain ? stats::Interval{outcome.at_least, outcome.at_most} : outcome.interval);
}

std::string probability_range(double share, const stats::Interval& interval) {
  const int decimals = decimals_of(share, interval);
  const double scale =
      std::pow(10.0, decimals);  // ends are rounded outwards: the interval never looks narrower
  const double low = std::floor(interval.low * 100.0 * scale + 1e-9) / scale;
  const double high = std::ceil(interval.high * 100.0 * scale - 1e-9) / scale;
  const auto end = [decimals](double value) {
    return value <= 0.0 || value >= 100.0 ? human_number(value, 12)
                                          : fmt::format("{:.{}f}", value, decimals);
  };
  return fmt::format("{}–{} %", end(low), end(high));
}

std::string_view absent_text(model::Metric metric) {
  const model::MetricInfo& info = model::metric_info(metric);
  const bool late =
      info.censoring == model::Censoring::not_reached && info.unit == model::Unit::seconds;
  return late ? "not reached" : "no value";
}

std::string value_text(double value, model::Unit unit, int digits) {
  switch (unit) {
    case model::Unit::seconds:
      return human_duration(value, digits);
    case model::Unit::hours:
      return human_duration(value * 3600.0, digits);
    case model::Unit::share:
    case model::Unit::flag:
      return human_percent(value);
    case model::Unit::instances:
    case model::Unit::count:
    case model::Unit::instance_hours:
      return human_number(value, digits);
    case model::Unit::money: {
      const std::string text = human_money(value, "");
      return text.substr(0, text.size() - 1);
    }
  }
  return {};
}

std::string quantile_text(const experiment::QuantileEstimate& quantile,
                          const model::MetricInfo& metric, double horizon) {
  if (quantile.value) return value_text(*quantile.value, metric.unit);
  return metric.censoring == model::Censoring::not_reached ? not_within(horizon) : "no value";
}

namespace {

/// "1.27–1.31 h": the unit once where both ends have the same.
std::string joined(const std::string& low, const std::string& high) {
  const std::size_t low_unit = low.rfind(' '), high_unit = high.rfind(' ');
  const bool same = low_unit != std::string::npos && high_unit != std::string::npos &&
                    low.substr(low_unit) == high.substr(high_unit);
  const bool number =
      !low.empty() && low[0] >= '0' && low[0] <= '9' && high[0] >= '0' && high[0] <= '9';
  if (same && number) return low.substr(0, low_unit) + "–" + high;
  return number && low_unit == std::string::npos && high_unit == std::string::npos
             ? low + "–" + high
             : low + " – " + high;
}

/// Of an interval's ends; what is narrow takes more, so that it does not look like a point.
int digits_of(const stats::Interval& ends, model::Unit unit) {
  constexpr int kMostDigits = 6;
  int digits = 3;
  while (digits < kMostDigits && ends.low != ends.high &&
         value_text(ends.low, unit, digits) == value_text(ends.high, unit, digits))
    ++digits;
  return digits;
}

std::string ends_text(const stats::Interval& ends, model::Unit unit) {
  const int digits = digits_of(ends, unit);
  return joined(value_text(ends.low, unit, digits), value_text(ends.high, unit, digits));
}

}  // namespace

std::string quantile_range(const experiment::QuantileEstimate& quantile,
                           const model::MetricInfo& metric, double horizon) {
  if (!quantile.interval) return {};
  const stats::Interval& ends = *quantile.interval;
  const bool low = std::isfinite(ends.low), high = std::isfinite(ends.high);
  if (low && high) return ends_text(ends, metric.unit);
  if (low && ends.low <= 0.0) return {};  // says nothing
  if (low) return "≥ " + value_text(ends.low, metric.unit);
  if (high) return "≤ " + value_text(ends.high, metric.unit);
  return metric.censoring == model::Censoring::not_reached && ends.low > 0.0 ? not_within(horizon)
                                                                             : "no bound";
}

std::string text_beside(double value, const std::optional<stats::Interval>& interval,
                        model::Unit unit) {
  const bool ends = interval && std::isfinite(interval->low) && std::isfinite(interval->high);
  return value_text(value, unit, ends ? digits_of(*interval, unit) : 3);
}

std::string quantile_beside_range(const experiment::QuantileEstimate& quantile,
                                  const model::MetricInfo& metric, double horizon) {
  return quantile.value ? text_beside(*quantile.value, quantile.interval, metric.unit)
                        : quantile_text(quantile, metric, horizon);
}

std::string range_text(const std::optional<stats::Interval>& interval, model::Unit unit) {
  if (!interval) return {};
  return ends_text(*interval, unit);
}

std::string metric_label(const model::Scenario& scenario, model::Metric metric) {
  const model::MetricInfo& info = model::metric_info(metric);
  std::string text = metric == model::Metric::cost_ranked ? experiment::words_of(scenario.ranking)
                                                          : std::string(info.label);
  return info.unit == model::Unit::money ? text + " [" + scenario.currency + "]" : text;
}

std::string_view unit_name(model::Unit unit) {
  if (unit == model::Unit::seconds) return "time";
  if (unit == model::Unit::money) return "money";
  return unit == model::Unit::share || unit == model::Unit::flag ? "share" : "number";
}

std::string not_within(double horizon) {
  return "not within " + human_duration(horizon);
}

std::string runs_text(std::uint64_t count) {
  return plural(static_cast<std::size_t>(count), "run");
}

}  // namespace rollcast::report
