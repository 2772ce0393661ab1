#include "rollcast/stats/control.hpp"

#include <cmath>

#include "rollcast/base/assertion.hpp"
#include "rollcast/stats/mean.hpp"

namespace rollcast::stats {

ControlledMean control_variate(std::span<const double> values, std::span<const double> controls,
                               double known_mean, double confidence) {
  ROLLCAST_ASSERT(values.size() == controls.size() && values.size() >= 2, "{} values, {} controls",
                  values.size(), controls.size());
  const MeanEstimate value = estimate_mean(values);
  const MeanEstimate control = estimate_mean(controls);
  ROLLCAST_ASSERT(*control.sd > 0, "controls do not vary about {}", control.mean);
  double together = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i)
    together += (values[i] - value.mean) * (controls[i] - control.mean);
  const double n = static_cast<double>(values.size());
  ControlledMean result;
  result.beta = together / ((n - 1) * *control.sd * *control.sd);
  result.mean = value.mean - result.beta * (control.mean - known_mean);
  double squares = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double residual = values[i] - value.mean - result.beta * (controls[i] - control.mean);
    squares += residual * residual;
  }
  if (*value.sd > 0) result.reduction = 1 - squares / ((n - 1) * *value.sd * *value.sd);
  if (values.size() < 3) return result;
  result.sd = std::sqrt(squares / (n - 2));
  const double off = control.mean - known_mean;
  const double error =
      result.sd * std::sqrt(1 / n + off * off / ((n - 1) * *control.sd * *control.sd));
  const double reach = student_t_quantile(n - 2, 1 - (1 - confidence) / 2) * error;
  result.interval = Interval{result.mean - reach, result.mean + reach};
  return result;
}

}  // namespace rollcast::stats
