#include "rollcast/report/fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "fit_words.hpp"
#include "terminal_text.hpp"

namespace rollcast::report {
namespace {

using nlohmann::ordered_json;
using stats::Family;
using stats::FittedFamily;

constexpr std::array<double, 6> kLevels{0.1, 0.25, 0.5, 0.75, 0.9, 0.95};
/// The measured quantile; nothing beyond what was measured.
std::optional<double> measured_quantile(const std::vector<stats::Step>& steps, double level) {
  for (const stats::Step& step : steps)
    if (step.share >= level - 1e-12) return step.x;
  return std::nullopt;
}

std::string sentence_of(const FitInput& input) {
  std::vector<Judged> fits;
  for (const FittedFamily& fit : input.fits)
    fits.push_back({scenario_text(fit, input.unit), fit.p_value});
  return best_sentence(fits, input.empirical);
}

std::vector<std::string> notes_of(const FitInput& input) {
  std::vector<std::string> notes{
      "AIC and BIC weigh how likely the rows are against the number of parameters; a difference "
      "below 2 tells little. p is the chance that rows drawn from the fitted distribution, fitted "
      "again, lie as far from their fit (999 times): of Anderson and Darling's distance, with "
      "censored rows of Kolmogorov and Smirnov's."};
  const std::size_t censored = input.observations.limits.size();
  if (censored == 0) return notes;
  notes.push_back(fmt::format(
      "{} of {} rows are censored: known only to be larger than their limit. They count as such.",
      censored, censored + input.observations.values.size()));
  if (!input.fits.empty() && !input.fits.front().p_value)
    notes.push_back("No test: the limits differ, or lie below the largest measurement.");
  return notes;
}

/// Evenly spread values of a fit between two others, for its shape.
std::vector<double> shape_of(const FittedFamily& fit, double low, double high) {
  constexpr int kValues = 2'000;
  std::vector<double> values;
  for (int i = 0; i < kValues; ++i) {
    const double value = fit.quantile((i + 0.5) / kValues);
    if (low <= value && value <= high) values.push_back(value);
  }
  return values;
}

std::string shapes(const FitInput& input, std::size_t width) {
  const auto& values = input.observations.values;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  if (!(*low < *high)) return {};
  const std::size_t columns = std::min<std::size_t>(48, width - 14);
  std::string text =
      fmt::format("\n{:12}{}\n", "measured", spark_line(values, *low, *high, columns));
  for (const FittedFamily& fit : input.fits)
    text += fmt::format("{:12}{}\n", stats::name_of(fit.family),
                        spark_line(shape_of(fit, *low, *high), *low, *high, columns));
  return text + fmt::format("{:12}{} to {} {} (log)\n", "", four(*low), four(*high), input.unit);
}

/// With all their digits, in the unit of the column.
ordered_json parameters_json(const FittedFamily& fit) {
  switch (fit.family) {
    case Family::exponential:
      return {{"mean", fit.first}};
    case Family::gamma:
      return {{"shape", fit.first}, {"scale", fit.second}, {"mean", fit.first * fit.second}};
    case Family::weibull:
      return {{"shape", fit.first}, {"scale", fit.second}};
    case Family::lognormal:
      return {{"mu", fit.first}, {"sigma", fit.second}};
    case Family::normal:
      break;
  }
  return {{"mean", fit.first}, {"sd", fit.second}};
}

}  // namespace

std::string scenario_text(const FittedFamily& fit, const std::string& unit) {
  const std::string first = four(fit.first), second = four(fit.second);
  switch (fit.family) {
    case Family::exponential:
      return fmt::format("exponential(mean {} {})", first, unit);
    case Family::gamma:
      return fmt::format("gamma(shape {}, mean {} {})", first, four(fit.first * fit.second), unit);
    case Family::weibull:
      return fmt::format("weibull(shape {}, scale {} {})", first, second, unit);
    case Family::lognormal:
      return fmt::format("lognormal(mu {}, sigma {}, unit {})", first, second, unit);
    case Family::normal:
      break;
  }
  return fmt::format("normal(mean {} {}, sd {} {})", first, unit, second, unit);
}

std::string terminal_fit(const FitInput& input, TerminalStyle style) {
  const auto width = static_cast<std::size_t>(std::max(60, style.width));
  std::string text = wrapped(sentence_of(input), width, 2) + "\n";
  text += fmt::format("{:12}{:>10}{:>10}{:>9}{:>8}\n", "", "AIC", "BIC", "distance", "p");
  for (const FittedFamily& fit : input.fits)
    text +=
        fmt::format("{:12}{:>10.1f}{:>10.1f}{:>9.3f}{:>8}\n", stats::name_of(fit.family), fit.aic,
                    fit.bic, fit.anderson.value_or(fit.kolmogorov), p_text(fit.p_value));
  text += fmt::format("\n{:12}", "[" + input.unit + "]");
  for (const double level : kLevels)
    text += fmt::format("{:>8}", fmt::format("P{:.0f}", 100 * level));
  const auto steps = stats::kaplan_meier(input.observations);
  text += fmt::format("\n{:12}", "measured");
  for (const double level : kLevels) {
    const auto value = measured_quantile(steps, level);
    text += fmt::format("{:>8}", value ? four(*value) : "beyond");
  }
  for (const FittedFamily& fit : input.fits) {
    text += fmt::format("\n{:12}", stats::name_of(fit.family));
    for (const double level : kLevels) text += fmt::format("{:>8}", four(fit.quantile(level)));
  }
  text += "\n" + shapes(input, width) + "\n";
  for (const FittedFamily& fit : input.fits)
    text += wrapped("  " + scenario_text(fit, input.unit), width, 4);
  text += "\n";
  for (const std::string& note : notes_of(input)) text += wrapped(note, width, 0);
  return text;
}

std::string fit_json(const FitInput& input) {
  ordered_json json{{"file", input.file},
                    {"column", input.column},
                    {"unit", input.unit},
                    {"measured", input.observations.values.size()},
                    {"censored", input.observations.limits.size()}};
  ordered_json fits = ordered_json::array();
  for (const FittedFamily& fit : input.fits)
    fits.push_back(
        {{"family", stats::name_of(fit.family)},
         {"scenario", scenario_text(fit, input.unit)},
         {"parameters", parameters_json(fit)},
         {"log_likelihood", fit.log_likelihood},
         {"aic", fit.aic},
         {"bic", fit.bic},
         {"kolmogorov_smirnov", fit.kolmogorov},
         {"anderson_darling", fit.anderson ? ordered_json(*fit.anderson) : ordered_json()},
         {"p_value", fit.p_value ? ordered_json(*fit.p_value) : ordered_json()}});
  json["fits"] = std::move(fits);
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

Exploration exploration_of(const FitInput& input) {
  Exploration page;
  page.title = fmt::format("Which distribution has {} of {}?", input.column, input.file);
  page.identity = {fmt::format("{} measured", input.observations.values.size()),
                   fmt::format("{} censored", input.observations.limits.size())};
  page.label = "Fit";
  page.sentence = sentence_of(input);
  for (const FittedFamily& fit : input.fits) {
    page.strategies.emplace_back(stats::name_of(fit.family));
    page.findings.push_back(scenario_text(fit, input.unit));
  }
  const auto steps = stats::kaplan_meier(input.observations);
  ordered_json data{{"label", input.column + " [" + input.unit + "]"}};
  for (const stats::Step& step : steps) data["steps"].push_back({step.x, step.share});
  constexpr int kPoints = 120;
  const double low = steps.front().x, high = steps.back().x;
  for (const FittedFamily& fit : input.fits) {
    ordered_json points = ordered_json::array();
    for (int i = 0; i <= kPoints; ++i) {
      const double x = low * std::pow(high / low, static_cast<double>(i) / kPoints);
      points.push_back({x, fit.cdf(x)});
    }
    data["curves"].push_back(std::move(points));
  }
  page.file = "fit";
  page.figures.push_back({"fit", "Measured against fitted", page.sentence,
                          "Steps: the share of the rows that are at most so large (Kaplan and "
                          "Meier's estimate where rows are censored); lines: the fitted families.",
                          data.dump()});
  ExplorationTable table;
  table.title = "The families, the best first";
  table.subtitle = "Smaller is better, but for p";
  table.headings = {"Family",           "In a scenario",      "AIC", "BIC",
                    "Anderson–Darling", "Kolmogorov–Smirnov", "p"};
  table.words = 2;
  for (const FittedFamily& fit : input.fits)
    table.rows.push_back(
        {{std::string(stats::name_of(fit.family))},
         {scenario_text(fit, input.unit)},
         {fmt::format("{:.1f}", fit.aic), "", fit.aic},
         {fmt::format("{:.1f}", fit.bic), "", fit.bic},
         {fit.anderson ? fmt::format("{:.3f}", *fit.anderson) : "–", "", fit.anderson},
         {fmt::format("{:.3f}", fit.kolmogorov), "", fit.kolmogorov},
         {p_text(fit.p_value), "", fit.p_value}});
  page.tables.push_back(std::move(table));
  page.notes = notes_of(input);
  page.command = input.command;
  return page;
}

}  // namespace rollcast::report
