#include "rollcast/report/fit_counts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "fit_words.hpp"
#include "rollcast/base/text.hpp"
#include "terminal_text.hpp"

namespace rollcast::report {
namespace {

using nlohmann::ordered_json;
using stats::CountFamily;
using stats::FittedCounts;

constexpr std::array<double, 6> kShownLevels{0.1, 0.25, 0.5, 0.75, 0.9, 0.95};
constexpr double kSure = 0.05;

/// Neighbouring counts that are drawn as one bar.
struct Bar {
  std::uint64_t first = 0, last = 0;
  double measured = 0.0;       ///< share of all counts
  std::vector<double> fitted;  ///< of each fit
};

std::string label_of(const Bar& cell) {
  return cell.first == cell.last ? fmt::format("{}", cell.first)
                                 : fmt::format("{}–{}", cell.first, cell.last);
}

/// A cell for each count where they are few; else of equal widths, or growing ones where the
/// largest lies far from the others.
std::vector<Bar> bars_of(const CountFitInput& input) {
  constexpr std::uint64_t kCells = 24, kAlone = 8;
  constexpr double kWorthShowing = 0.005;
  const auto& rows = input.counts.rows;
  std::uint64_t least = rows.front().value;
  for (const FittedCounts& fit : input.fits)
    if (fit.from < least && fit.cdf(least - 1) > kWorthShowing) least = fit.from;
  const std::uint64_t greatest = rows.back().value, range = greatest - least + 1;
  const bool skewed =
      static_cast<double>(greatest - least) > 6 * (input.counts.mean - static_cast<double>(least));
  std::vector<Bar> cells;
  for (std::uint64_t first = least; first <= greatest;) {
    std::uint64_t width = (range + kCells - 1) / kCells;
    if (range <= kCells)
      width = 1;
    else if (skewed)
      width = first - least < kAlone ? 1 : std::max<std::uint64_t>(1, (first - least) * 2 / 5);
    cells.push_back({first, std::min(greatest, first + width - 1), 0.0, {}});
    first += width;
  }
  auto cell = cells.begin();
  for (const auto& [value, times] : rows) {
    while (value > cell->last) ++cell;
    cell->measured += static_cast<double>(times) / static_cast<double>(input.counts.size);
  }
  for (Bar& one : cells)
    for (const FittedCounts& fit : input.fits)
      one.fitted.push_back(fit.cdf(one.last) - (one.first > 0 ? fit.cdf(one.first - 1) : 0.0));
  return cells;
}

std::uint64_t measured_quantile(const stats::Counts& counts, double level) {
  double below = 0.0;
  for (const auto& [value, times] : counts.rows) {
    below += static_cast<double>(times);
    if (below >= level * static_cast<double>(counts.size) * (1 - 1e-12)) return value;
  }
  return counts.rows.back().value;
}

std::string sentence_of(const CountFitInput& input) {
  std::vector<Judged> fits;
  for (const FittedCounts& fit : input.fits) fits.push_back({scenario_text(fit), fit.p_value});
  if (fits.empty()) return "No family fits: all counts are alike, or there is one only.";
  return best_sentence(fits, input.empirical);
}

/// The least value that the Poisson fit takes: what dispersion is measured above.
std::uint64_t poisson_from(const CountFitInput& input) {
  for (const FittedCounts& fit : input.fits)
    if (fit.family == CountFamily::poisson) return fit.from;
  return 0;
}

std::string dispersion_words(const CountFitInput& input) {
  // Of the sample, as the index of dispersion has it.
  const auto n = static_cast<double>(input.counts.size);
  const double variance = n > 1 ? input.counts.variance * n / (n - 1) : input.counts.variance;
  const std::string moments =
      fmt::format("Mean {}, variance {}", four(input.counts.mean), four(variance));
  const auto dispersion = stats::dispersion_of(input.counts, poisson_from(input));
  if (!dispersion) return moments + ".";
  const std::string p =
      dispersion->p_value < 1e-3 ? "p < 0.001" : "p = " + human_number(dispersion->p_value, 2);
  const std::uint64_t from = poisson_from(input);
  std::string text = fmt::format("{}: the index of dispersion{} is {}, that of Poisson counts 1",
                                 moments, from > 0 ? fmt::format(", counted from {},", from) : "",
                                 human_number(dispersion->index));
  if (dispersion->p_value >= kSure)
    return text + fmt::format("; the counts do not tell the two apart ({}).", p);
  return text + fmt::format(". They vary {} than independent events would ({}).",
                            dispersion->index > 1 ? "more" : "less", p);
}

/// What a rate means in a scenario; empty where no period is counted in.
std::string rate_words(const CountFitInput& input) {
  if (!input.period || !(input.counts.mean > 0)) return {};
  const double gap = *input.period / input.counts.mean;
  const bool hours = gap >= 3600;
  return fmt::format(
      "On average one in {}; where they come independently of each other: exponential(mean {} {}).",
      human_duration(gap), four(gap / (hours ? 3600 : 1)), hours ? "h" : "s");
}

std::vector<std::string> findings_of(const CountFitInput& input) {
  std::vector<std::string> findings{dispersion_words(input)};
  if (std::string rate = rate_words(input); !rate.empty()) findings.push_back(std::move(rate));
  return findings;
}

std::vector<std::string> notes_of(const CountFitInput& input) {
  std::vector<std::string> notes{
      "AIC and BIC weigh how likely the counts are against the number of parameters; a difference "
      "below 2 tells little. p is the chance that counts drawn from the fitted distribution, "
      "fitted again, lie as far from their fit (999 times), by chi-squared over the cells."};
  if (input.counts.size > 10'000)
    notes.push_back(
        "With so many counts a test notices what no plan would: the chart shows how far off a "
        "family is.");
  if (input.period)
    notes.push_back(
        "Periods follow each other from the first row on, which is not counted itself; the last, "
        "incomplete one is left out.");
  return notes;
}

std::string table_of(const CountFitInput& input) {
  std::string text =
      fmt::format("{:18}{:>12}{:>12}{:>10}{:>7}{:>8}\n", "", "AIC", "BIC", "chi²", "cells", "p");
  for (const FittedCounts& fit : input.fits)
    text += fmt::format("{:18}{:>12.1f}{:>12.1f}{:>10.4g}{:>7}{:>8}\n", stats::name_of(fit.family),
                        fit.aic, fit.bic, fit.chi_squared, fit.cells, p_text(fit.p_value));
  text += fmt::format("\n{:18}", "");
  for (const double level : kShownLevels)
    text += fmt::format("{:>7}", fmt::format("P{:.0f}", 100 * level));
  text += fmt::format("\n{:18}", "measured");
  for (const double level : kShownLevels)
    text += fmt::format("{:>7}", measured_quantile(input.counts, level));
  for (const FittedCounts& fit : input.fits) {
    text += fmt::format("\n{:18}", stats::name_of(fit.family));
    for (const double level : kShownLevels) text += fmt::format("{:>7}", fit.quantile(level));
  }
  return text + "\n";
}

/// A bar for each cell, and where the best fit would have it end.
std::string bar_lines(const CountFitInput& input, std::size_t width) {
  const std::vector<Bar> cells = bars_of(input);
  double most = 0.0;
  std::size_t label = 0;
  for (const Bar& cell : cells) {
    most = std::max({most, cell.measured, cell.fitted.empty() ? 0.0 : cell.fitted.front()});
    label = std::max(label, label_of(cell).size());
  }
  const std::size_t room = std::min<std::size_t>(48, width - 14 - label);
  std::string text = input.fits.empty() ? "\n"
                                        : fmt::format("\n█ measured, │ {}\n",
                                                      stats::name_of(input.fits.front().family));
  for (const Bar& cell : cells) {
    const auto columns = [&](double share) {
      return static_cast<std::size_t>(std::lround(share / most * static_cast<double>(room)));
    };
    const std::size_t filled = columns(cell.measured);
    const std::size_t mark = cell.fitted.empty() ? room + 1 : columns(cell.fitted.front());
    text +=
        padded(label_of(cell), label, true) + fmt::format("{:>11} ", human_percent(cell.measured));
    for (std::size_t i = 0; i <= std::max(filled, mark > room ? 0 : mark); ++i)
      text += i == mark ? "│" : i < filled ? "█" : " ";
    while (text.back() == ' ') text.pop_back();
    text += "\n";
  }
  return text;
}

Figure bars_figure(const CountFitInput& input) {
  ordered_json data{{"label", input.what}, {"cells", ordered_json::array()}};
  for (const Bar& cell : bars_of(input))
    data["cells"].push_back(
        {{"label", label_of(cell)}, {"measured", cell.measured}, {"fitted", cell.fitted}});
  return {"count_fit", "Measured against fitted", sentence_of(input),
          "Bars: the share of the rows with such a count; marks: the fitted families.",
          data.dump(-1, ' ', false, ordered_json::error_handler_t::replace)};
}

ExplorationTable families_of(const CountFitInput& input) {
  ExplorationTable table;
  table.title = "The families, the best first";
  table.subtitle = "Smaller is better, but for p";
  table.headings = {"Family", "In a scenario", "AIC", "BIC", "Chi-squared", "Cells", "p"};
  table.words = 2;
  for (const FittedCounts& fit : input.fits)
    table.rows.push_back({{std::string(stats::name_of(fit.family))},
                          {scenario_text(fit)},
                          {fmt::format("{:.1f}", fit.aic), "", fit.aic},
                          {fmt::format("{:.1f}", fit.bic), "", fit.bic},
                          {four(fit.chi_squared), "", fit.chi_squared},
                          {fmt::format("{}", fit.cells), "", static_cast<double>(fit.cells)},
                          {p_text(fit.p_value), "", fit.p_value}});
  return table;
}

/// With all their digits.
ordered_json parameters_json(const FittedCounts& fit) {
  ordered_json json{{"from", fit.from}, {"mean", fit.mean}};
  switch (fit.family) {
    case CountFamily::poisson:
    case CountFamily::geometric:
      break;
    case CountFamily::negative_binomial:
      json["size"] = fit.second;
      break;
    case CountFamily::binomial:
      json["trials"] = fit.second;
      break;
    case CountFamily::uniform:
      json["to"] = fit.second;
      break;
  }
  return json;
}

}  // namespace

std::string scenario_text(const FittedCounts& fit) {
  const std::string mean = four(fit.mean);
  const std::string from = fit.from == 0 ? "" : fmt::format(", from {}", fit.from);
  switch (fit.family) {
    case CountFamily::poisson:
      return fmt::format("poisson(mean {}{})", mean, from);
    case CountFamily::geometric:
      return fmt::format("geometric(mean {}{})", mean, from);
    case CountFamily::negative_binomial:
      return fmt::format("negative binomial(mean {}, size {}{})", mean, four(fit.second), from);
    case CountFamily::binomial:
      return fmt::format("binomial(mean {}, trials {:.0f}{})", mean, fit.second, from);
    case CountFamily::uniform:
      break;
  }
  return fmt::format("{} to {:.0f}", fit.from, fit.second);
}

std::string terminal_fit(const CountFitInput& input, TerminalStyle style) {
  const auto width = static_cast<std::size_t>(std::max(60, style.width));
  std::string text = wrapped(sentence_of(input), width, 2);
  for (const std::string& finding : findings_of(input)) text += wrapped(finding, width, 2);
  text += "\n" + table_of(input) + bar_lines(input, width) + "\n";
  for (const FittedCounts& fit : input.fits) text += wrapped("  " + scenario_text(fit), width, 4);
  text += "\n";
  for (const std::string& note : notes_of(input)) text += wrapped(note, width, 0);
  return text;
}

std::string fit_json(const CountFitInput& input) {
  const auto dispersion = stats::dispersion_of(input.counts, poisson_from(input));
  ordered_json json{{"file", input.file},
                    {"counts_of", input.what},
                    {"measured", input.counts.size},
                    {"mean", input.counts.mean},
                    {"variance", input.counts.variance}};
  json["period_seconds"] = input.period ? ordered_json(*input.period) : ordered_json();
  json["dispersion"] =
      dispersion ? ordered_json{{"index", dispersion->index}, {"p_value", dispersion->p_value}}
                 : ordered_json();
  ordered_json fits = ordered_json::array();
  for (const FittedCounts& fit : input.fits)
    fits.push_back({{"family", stats::name_of(fit.family)},
                    {"scenario", scenario_text(fit)},
                    {"parameters", parameters_json(fit)},
                    {"log_likelihood", fit.log_likelihood},
                    {"aic", fit.aic},
                    {"bic", fit.bic},
                    {"chi_squared", fit.chi_squared},
                    {"cells", fit.cells},
                    {"p_value", fit.p_value ? ordered_json(*fit.p_value) : ordered_json()}});
  json["fits"] = std::move(fits);
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

Exploration exploration_of(const CountFitInput& input) {
  Exploration page;
  page.title = fmt::format("Which distribution has {} of {}?", input.what, input.file);
  page.identity = {
      fmt::format("{} counts", human_count(static_cast<std::int64_t>(input.counts.size)))};
  page.label = "Fit";
  page.sentence = sentence_of(input);
  page.findings = findings_of(input);
  for (const FittedCounts& fit : input.fits) {
    page.strategies.emplace_back(stats::name_of(fit.family));
    page.findings.push_back(scenario_text(fit));
  }
  page.file = "fit";
  page.figures.push_back(bars_figure(input));
  page.tables.push_back(families_of(input));
  page.notes = notes_of(input);
  page.command = input.command;
  return page;
}

}  // namespace rollcast::report
