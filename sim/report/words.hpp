#pragma once
/// How the report writes estimates: with as many digits as they deserve, and a bound where a share
/// is 0 or 1.
#include <optional>
#include <string>
#include <string_view>

#include "rollcast/experiment/results.hpp"

namespace rollcast::report {

/// "96.4 %" with the digits that the interval leaves certain; "> 99.81 %" and "< 0.19 %" (the
/// interval's end, rounded away from certainty) for a share of 1 or 0 that the data cannot prove.
[[nodiscard]] std::string probability_text(double share, const stats::Interval& interval);
/// The same of an objective: a bound is its one-sided one, by which it is judged.
[[nodiscard]] std::string objective_text(const experiment::ObjectiveResult& outcome);
/// "95.6–97.1 %".
[[nodiscard]] std::string probability_range(double share, const stats::Interval& interval);

/// A value in the unit of its metric, at most `digits` significant digits (shares and money have
/// rules of their own): "3.9 h", "1,203", "12 instances" without the noun. Money carries no
/// currency: columns name it.
[[nodiscard]] std::string value_text(double value, model::Unit unit, int digits = 3);
/// What stands for a number that runs without a value do not let be told: of times of the roll-out
/// "not reached", of others (no incident, no recovery) "no value".
[[nodiscard]] std::string_view absent_text(model::Metric metric);

/// A quantile, or "not within 30 d" where it was not reached; `horizon` in seconds.
[[nodiscard]] std::string quantile_text(const experiment::QuantileEstimate& quantile,
                                        const model::MetricInfo& metric, double horizon);
/// "3.8–4.1 h", "58 min – 1.1 h"; "≥ 3.8 h" where the data (or the horizon) give no upper end;
/// empty without an interval.
[[nodiscard]] std::string quantile_range(const experiment::QuantileEstimate& quantile,
                                         const model::MetricInfo& metric, double horizon);
/// A number that stands beside its interval, with as many digits as that has: else rounding could
/// put it outside.
[[nodiscard]] std::string text_beside(double value, const std::optional<stats::Interval>& interval,
                                      model::Unit unit);
/// As quantile_text, with as many digits as quantile_range has.
[[nodiscard]] std::string quantile_beside_range(const experiment::QuantileEstimate& quantile,
                                                const model::MetricInfo& metric, double horizon);
/// "1,190–1,216", with so many digits that the ends differ (up to six); empty without an interval.
[[nodiscard]] std::string range_text(const std::optional<stats::Interval>& interval,
                                     model::Unit unit);

/// A metric with its currency, by which the ranked cost is called what it is: "cost [USD]".
[[nodiscard]] std::string metric_label(const model::Scenario& scenario, model::Metric metric);
/// What the charts call a unit: "time", "money", "share" or "number".
[[nodiscard]] std::string_view unit_name(model::Unit unit);

/// "not within 30 d".
[[nodiscard]] std::string not_within(double horizon);
/// "1 run", "2,000 runs".
[[nodiscard]] std::string runs_text(std::uint64_t count);

}  // namespace rollcast::report
