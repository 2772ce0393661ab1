#include "distribution_forms.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace rollcast::scenario {

using random::Distribution;

namespace {

constexpr std::array<Form, 13> kForms{{
    {"uniform", {"from", "to", ""}, true, "uniform(3 min, 5 min)", "uniform(8 work h, 16 work h)"},
    {"triangular",
     {"least", "likely", "most"},
     true,
     "triangular(1 h, 2 h, 4 h)",
     "triangular(4 work h, 6 work h, 16 work h)"},
    {"pert",
     {"least", "likely", "most"},
     true,
     "pert(1 h, 2 h, 4 h)",
     "pert(4 work h, 6 work h, 16 work h)"},
    {"normal",
     {"mean", "sd", ""},
     false,
     "normal(mean 4 min, sd 30 s)",
     "normal(mean 4 work h, sd 30 work min)"},
    {"lognormal",
     {"median", "p95", ""},
     false,
     "lognormal(median 4 min, p95 9 min)",
     "lognormal(median 4 work h, p95 9 work h)"},
    {"lognormal",
     {"mean", "sd", ""},
     false,
     "lognormal(mean 10 min, sd 5 min)",
     "lognormal(mean 4 work h, sd 2 work h)"},
    {"lognormal",
     {"mu", "sigma", "unit"},
     false,
     "lognormal(mu 0.68, sigma 1.03, unit h)",
     "lognormal(mu 0.68, sigma 1.03, unit work h)"},
    {"exponential", {"mean", "", ""}, true, "exponential(2000 h)", "exponential(4 work h)"},
    {"exponential",
     {"rate", "", ""},
     false,
     "exponential(rate 1 per 2000 h)",
     "exponential(4 work h)"},
    {"erlang",
     {"shape", "mean", ""},
     false,
     "erlang(shape 3, mean 5 h)",
     "erlang(shape 3, mean 5 work h)"},
    {"gamma",
     {"shape", "mean", ""},
     false,
     "gamma(shape 2, mean 5 h)",
     "gamma(shape 2, mean 5 work h)"},
    {"gamma",
     {"shape", "scale", ""},
     false,
     "gamma(shape 2, scale 5 h)",
     "gamma(shape 2, scale 5 work h)"},
    {"weibull",
     {"shape", "scale", ""},
     false,
     "weibull(shape 0.5, scale 14 h)",
     "weibull(shape 2, scale 5 work h)"},
}};

}  // namespace

std::span<const Form> distribution_forms() {
  return kForms;
}

std::optional<TextError> check_numbers(const Form& form, const std::vector<Part>& values,
                                       const std::vector<double>& numbers) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::string_view parameter = form.parameters[i];
    const bool positive = parameter == "median" || parameter == "p95" || parameter == "shape" ||
                          parameter == "scale" || parameter == "rate" ||
                          (parameter == "mean" && form.name != "normal");
    if (positive && !(numbers[i] > 0.0)) {
      return wrong(values[i], fmt::format("the {} `{}` is not above 0", parameter, values[i].text))
          .value();
    }
  }
  if (form.parameters[1] == "p95" && !(numbers[1] > numbers[0]))
    return wrong(values[1],
                 fmt::format("the p95 `{}` does not lie above the median `{}`", values[1].text,
                             values[0].text),
                 "half of the values lie above the median, and one in twenty above the p95: give "
                 "the larger one as p95")
        .value();
  if (form.name == "erlang" && numbers[0] != std::floor(numbers[0]))
    return wrong(values[0], fmt::format("the shape `{}` is no whole number", values[0].text),
                 fmt::format("write `gamma(shape {}, …)`, which takes any shape", values[0].text))
        .value();
  const bool strict = form.parameters[1] == "to";
  const bool rising = strict || form.parameters[1] == "likely";
  for (std::size_t i = 1; rising && i < numbers.size(); ++i) {
    if (numbers[i] > numbers[i - 1] || (!strict && numbers[i] == numbers[i - 1])) continue;
    return wrong(values[i],
                 fmt::format("`{}` does not lie above `{}`: the range is empty", values[i].text,
                             values[i - 1].text),
                 "write the smaller value first")
        .value();
  }
  if (rising && numbers.front() == numbers.back()) {
    return wrong(values.back(),
                 fmt::format("`{}` does not lie above `{}`: the range is empty", values.back().text,
                             values.front().text),
                 "write a single value if it is always the same")
        .value();
  }
  return std::nullopt;
}

Distribution::Result distribution_of(const Form& form, const std::vector<double>& numbers) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::string_view first = form.parameters[0];
  const std::string_view second = form.parameters[1];
  if (form.name == "uniform") return Distribution::uniform(numbers[0], numbers[1]);
  if (form.name == "triangular")
    return Distribution::triangular(numbers[0], numbers[1], numbers[2]);
  if (form.name == "pert") return Distribution::pert(numbers[0], numbers[1], numbers[2]);
  if (form.name == "exponential")
    return Distribution::exponential(first == "rate" ? 1.0 / numbers[0] : numbers[0]);
  if (form.name == "weibull") return Distribution::weibull(numbers[0], numbers[1]);
  if (form.name == "gamma" || form.name == "erlang") {
    return Distribution::gamma(numbers[0], second == "mean" ? numbers[1] / numbers[0] : numbers[1]);
  }
  if (form.name == "normal") {
    const auto whole = Distribution::normal(numbers[0], numbers[1]);
    return whole ? whole->truncated(0.0, kInfinity) : whole;
  }
  if (first == "median") return Distribution::lognormal_from_median_p95(numbers[0], numbers[1]);
  if (first == "mean") return Distribution::lognormal_from_mean_sd(numbers[0], numbers[1]);
  return Distribution::lognormal(numbers[0], numbers[1]);
}

}  // namespace rollcast::scenario
