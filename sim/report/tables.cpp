#include "tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "assets.hpp"
#include "decision.hpp"
#include "html.hpp"
#include "inputs.hpp"
#include "rollcast/base/text.hpp"
#include "words.hpp"

namespace rollcast::report {
namespace {

using experiment::Results;
using experiment::StrategyResult;
using model::Metric;

/// A strategy as it looks in the charts, and its name.
std::string who(std::size_t index, const std::string& name) {
  return fmt::format("<span class=\"who\" title=\"{}\">{}{}</span>", escape_html(name),
                     swatch(index), name_html(name));
}

/// A number with its interval in small print below; `value` is what the column sorts by.
std::string number_cell(const std::string& text, const std::string& range, double value) {
  const std::string small = range.empty() ? "" : "<small>" + escape_html(range) + "</small>";
  const std::string order = std::isnan(value) ? "" : fmt::format("{}", value);
  return fmt::format("<td class=\"num\" data-value=\"{}\">{}{}</td>", order, escape_html(text),
                     small);
}

std::string quantile_cell(const Results& results, const StrategyResult& strategy, Metric metric,
                          double level) {
  const model::MetricInfo& info = model::metric_info(metric);
  const auto& quantile = quantile_of(summary_of(strategy, metric), level);
  return number_cell(quantile_beside_range(quantile, info, horizon_of(results)),
                     quantile_range(quantile, info, horizon_of(results)),
                     quantile.value.value_or(model::kNotReached));
}

std::string mean_cell(const StrategyResult& strategy, Metric metric) {
  const experiment::MetricSummary& summary = summary_of(strategy, metric);
  if (!summary.mean) return number_cell("not stated", "", model::kNotReached);
  const model::Unit unit = model::metric_info(metric).unit;
  return number_cell(text_beside(*summary.mean, summary.mean_ci, unit),
                     range_text(summary.mean_ci, unit), *summary.mean);
}

/// How sure a share is; of what held always or never a bound stands above, and here in how many
/// runs.
std::string chance_cell(const std::string& text, double share, const stats::Interval& interval,
                        std::uint64_t runs, std::string_view met) {
  const std::string count = human_count(static_cast<std::int64_t>(runs));
  const std::string range = share >= 1   ? count + " of " + count
                            : share <= 0 ? "0 of " + count
                                         : probability_range(share, interval);
  return fmt::format("<td class=\"num {}\" data-value=\"{}\">{}<small>{}</small></td>", met, share,
                     escape_html(text), escape_html(range));
}

std::string_view met_class(experiment::Met met) {
  switch (met) {
    case experiment::Met::yes:
      return "yes";
    case experiment::Met::no:
      return "no";
    case experiment::Met::undecided:
      return "open";
  }
  return "";
}

std::string_view standing_class(Standing standing) {
  switch (standing) {
    case Standing::chosen:
      return "yes chosen";
    case Standing::meets_all:
      return "yes";
    case Standing::misses:
      return "no";
    case Standing::undecided:
      return "open";
    case Standing::no_objectives:
      return "none";
  }
  return "";
}

std::string heading(std::string_view text, std::string_view title = {}, bool number = true) {
  return fmt::format(
      "<th scope=\"col\"{}{}><button type=\"button\" class=\"sort\">{}</button></th>",
      number ? " class=\"num\"" : "",
      title.empty() ? "" : fmt::format(" title=\"{}\"", escape_html(title)), escape_html(text));
}

std::string group_heading(std::string_view text, std::size_t columns) {
  return fmt::format("<th scope=\"colgroup\" class=\"group\" colspan=\"{}\">{}</th>", columns,
                     escape_html(text));
}

std::string decision_head(const Results& results) {
  const std::size_t objectives = std::max<std::size_t>(1, results.scenario.objectives.size());
  const std::string ranked = ranked_cost_words(results);
  std::string groups = "<th></th><th></th>";
  groups += group_heading(results.scenario.objectives.empty() ? "Finished" : "Chance to meet",
                          objectives);
  groups += group_heading("Whole fleet ready after", 3);
  groups += group_heading(ranked + ", " + results.scenario.currency, 2);
  groups += group_heading("Impact", 1);
  std::string names = heading("Strategy", "", false) + heading("Verdict", "", false);
  for (const model::Objective& objective : results.scenario.objectives) {
    names += heading(objective.name, objective.words + ", in " +
                                         human_percent(objective.probability.value()) + " of runs");
  }
  if (results.scenario.objectives.empty())
    names += heading("within " + human_duration(horizon_of(results)));
  names += heading("P50") + heading("P90") + heading("P99") + heading("mean") + heading("P95");
  names += heading("P99", model::metric_info(impact_metric(results)).meaning);
  return "<thead><tr class=\"groups\">" + groups + "</tr><tr>" + names + "</tr></thead>";
}

std::string decision_row(const Results& results, std::size_t index) {
  const StrategyResult& strategy = results.strategies[index];
  const StandingWords standing = standing_of(results, index);
  std::string row = fmt::format("<th scope=\"row\">{}</th>", who(index, strategy.name));
  row += fmt::format(
      "<td class=\"verdict-cell {}\"><span class=\"mark\" aria-hidden=\"true\">{}</span>{}</td>",
      standing_class(standing.standing), standing.mark, name_html(standing.words));
  for (const experiment::ObjectiveResult& outcome : strategy.objectives) {
    row += chance_cell(objective_text(outcome), outcome.probability, outcome.interval,
                       strategy.replications, met_class(outcome.met));
  }
  if (strategy.objectives.empty()) {
    const experiment::MetricSummary& ready = summary_of(strategy, Metric::ready_time);
    row += chance_cell(probability_text(ready.reached, ready.reached_ci), ready.reached,
                       ready.reached_ci, ready.count, "none");
  }
  for (const double level : {50.0, 90.0, 99.0})
    row += quantile_cell(results, strategy, Metric::ready_time, level);
  row += mean_cell(strategy, Metric::cost_ranked);
  row += quantile_cell(results, strategy, Metric::cost_ranked, 95);
  row += quantile_cell(results, strategy, impact_metric(results), 99);
  const bool chosen = standing.standing == Standing::chosen;
  return fmt::format("<tr data-strategy=\"{}\"{}>{}</tr>\n", index,
                     chosen ? " class=\"chosen\"" : "", row);
}

std::string difference_text(const experiment::Comparison& comparison) {
  const model::Unit unit = model::metric_info(comparison.metric).unit;
  if (!comparison.mean_difference) return "not stated";
  const double value = *comparison.mean_difference;
  return (value < 0 ? "−" : value > 0 ? "+" : "") + value_text(std::fabs(value), unit);
}

std::string difference_range(const experiment::Comparison& comparison) {
  const model::Unit unit = model::metric_info(comparison.metric).unit;
  if (!comparison.mean_difference) return "some runs did not finish";
  if (!comparison.interval) return "";
  const auto end = [unit](double value) {
    return (value < 0 ? "−" : "") + value_text(std::fabs(value), unit);
  };
  return end(comparison.interval->low) + " … " + end(comparison.interval->high);
}

std::string comparison_row(const Results& results, const experiment::Comparison& comparison) {
  const auto name = [&](std::size_t i) { return who(i, results.strategies[i].name); };
  const bool money = model::metric_info(comparison.metric).unit == model::Unit::money;
  const std::string subject =
      money ? fmt::format("{}, {}", ranked_cost_words(results), results.scenario.currency)
            : std::string("Whole fleet ready");
  std::string row =
      element("th", name(comparison.left), "scope=\"row\"") + element("td", name(comparison.right));
  row += element("td", escape_html(subject));
  row += number_cell(difference_text(comparison), difference_range(comparison),
                     comparison.mean_difference.value_or(NAN));
  const std::string range = probability_range(comparison.left_smaller, comparison.left_smaller_ci);
  const std::string ties = fmt::format("the same in {}", human_percent(comparison.equal));
  row += comparison.equal >= 1
             ? number_cell("never", "the same in all runs", 0)
             : number_cell(probability_text(comparison.left_smaller, comparison.left_smaller_ci),
                           comparison.equal > 0 ? range + "; " + ties : range,
                           comparison.left_smaller);
  row +=
      number_cell(comparison.variance_ratio ? human_number(*comparison.variance_ratio) + "×" : "–",
                  "", comparison.variance_ratio.value_or(NAN));
  return fmt::format("<tr data-strategy=\"{}\" data-other=\"{}\">{}</tr>\n", comparison.left,
                     comparison.right, row);
}

/// A path that may break after its dots.
std::string path_html(std::string_view path) {
  std::string result;
  for (const std::string_view part : split(path, '.'))
    result += (result.empty() ? "" : ".<wbr>") + escape_html(part);
  return "<code>" + result + "</code>";
}

/// What has no source comes first, what has no effect last.
int weight_of(const Assumption& assumption) {
  static constexpr std::array<std::string_view, 5> kOrder{"judgement", "interpretation", "measured",
                                                          "provider", "neutral"};
  for (std::size_t i = 0; i < kOrder.size(); ++i)
    if (assumption.origin.rfind(kOrder[i], 0) == 0) return static_cast<int>(i);
  return 2;
}

std::string assumption_row(const Assumption& assumption) {
  return fmt::format(
      "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td class=\"meaning\">{}</td></tr>\n",
      path_html(assumption.path), escape_html(assumption.value), escape_html(assumption.origin),
      escape_html(assumption.meaning));
}

}  // namespace

std::string swatch(std::size_t strategy) {
  static const nlohmann::json themes = nlohmann::json::parse(asset("themes_json"));
  const auto& dashes = themes["dashes"];
  const auto& markers = themes["markers"];
  std::string pattern;
  for (const auto& length : dashes[strategy % dashes.size()]) {
    pattern += (pattern.empty() ? "" : " ") + length.dump();
  }
  const std::size_t tint = strategy % themes["light"]["series"].size();
  return fmt::format(
      "<svg class=\"swatch\" width=\"26\" height=\"12\" aria-hidden=\"true\"><path d=\"M0 6H26\" "
      "stroke=\"var(--s{0})\" "
      "stroke-width=\"2\" stroke-dasharray=\"{1}\"/><path transform=\"translate(8.5 1.5) "
      "scale(.9)\" d=\"{2}\" "
      "fill=\"var(--s{0})\"/></svg>",
      tint, pattern, markers[strategy % markers.size()].get<std::string>());
}

std::string decision_table(const Results& results) {
  std::string rows;
  for (std::size_t i = 0; i < results.strategies.size(); ++i) rows += decision_row(results, i);
  return "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Decision "
         "table\"><table class=\"decision "
         "sortable\">" +
         decision_head(results) + "<tbody>\n" + rows + "</tbody></table></div>";
}

std::string objective_list(const Results& results) {
  std::string items;
  for (const model::Objective& objective : results.scenario.objectives) {
    items +=
        fmt::format("<li><b>{}</b> {}, in at least {} of runs</li>", name_html(objective.name),
                    escape_html(objective.words), human_percent(objective.probability.value()));
  }
  return items.empty() ? "" : "<ul class=\"objectives\">" + items + "</ul>";
}

std::string comparison_table(const Results& results) {
  if (results.comparisons.empty()) return {};
  std::vector<experiment::Comparison> sorted = results.comparisons;
  const auto with_winner = [&](const experiment::Comparison& c) {
    return results.verdict.winner &&
           (c.left == *results.verdict.winner || c.right == *results.verdict.winner);
  };
  std::stable_partition(sorted.begin(), sorted.end(), with_winner);
  std::string rows, note;
  for (std::size_t i = 0; i < sorted.size() && i < kLongestTable; ++i)
    rows += comparison_row(results, sorted[i]);
  if (sorted.size() > kLongestTable) {
    note = fmt::format("<p class=\"sub\">{} of {} pairs; all are in summary.json.</p>",
                       kLongestTable, sorted.size());
  }
  const std::string head =
      "<thead><tr>" + heading("Strategy", "", false) + heading("against", "", false) +
      heading("in", "", false) +
      heading("mean difference", "first minus second, with its 95 % interval") +
      heading("first is smaller", "share of runs with the same luck") +
      heading("gain of common luck",
              "variance of the difference with independent luck over that with common luck") +
      "</tr></thead>";
  return "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Paired "
         "differences\"><table "
         "class=\"sortable\">" +
         head + "<tbody>\n" + rows + "</tbody></table></div>" + note;
}

std::string cash_flow_table(const Results& results) {
  if (results.strategies.empty() || results.strategies.front().cash_flow.size() < 2) return {};
  const auto& months = results.strategies.front().cash_flow;
  const std::size_t shown = std::min(months.size(), kMostMonths);
  std::string head = heading("Strategy", "", false), rows;
  for (std::size_t i = 0; i < shown; ++i) {
    const std::string from = civil_text(months[i].from, results.scenario.start);
    const std::string to = civil_text(months[i].to, results.scenario.start);
    head += heading(from.substr(4, 7), fmt::format("from {} to {}", from, to));
  }
  for (std::size_t index = 0; index < results.strategies.size(); ++index) {
    const StrategyResult& strategy = results.strategies[index];
    rows += fmt::format("<tr data-strategy=\"{}\"><th scope=\"row\">{}</th>", index,
                        who(index, strategy.name));
    for (std::size_t i = 0; i < shown; ++i) {
      const experiment::MonthSummary& month = strategy.cash_flow[i];
      rows += number_cell(value_text(month.mean, model::Unit::money),
                          range_text(stats::Interval{month.p5, month.p95}, model::Unit::money),
                          month.mean);
    }
    rows += "</tr>\n";
  }
  const std::string note =
      shown == months.size()
          ? ""
          : fmt::format("<p class=\"sub\">{} of {} months; all are in summary.json.</p>", shown,
                        months.size());
  return "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Money by "
         "month\"><table "
         "class=\"sortable\"><thead><tr>" +
         head + "</tr></thead><tbody>\n" + rows + "</tbody></table></div>" + note;
}

namespace {
std::string mark_of(const DecisiveInput& input) {
  const std::string mark = input.uncertain   ? " <small>uncertain</small>"
                           : input.untouched ? " <small>default</small>"
                                             : "";
  return mark + (input.turns ? " <small class=\"turns\">turns the verdict</small>" : "");
}
}  // namespace

std::string decisive_list(const ReportInput& input) {
  std::string items;
  for (const DecisiveInput& item : decisive_inputs(input)) {
    items += fmt::format("<div><dt>{}</dt><dd>{}{}</dd></div>", name_html(item.label),
                         escape_html(item.value), mark_of(item));
  }
  return items.empty() ? "" : "<dl class=\"decisive\">" + items + "</dl>";
}

std::string assumption_table(const ReportInput& input) {
  if (input.assumptions.empty()) return {};
  std::vector<Assumption> sorted = input.assumptions;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Assumption& a, const Assumption& b) {
    return weight_of(a) < weight_of(b);
  });
  std::string rows;
  for (const Assumption& assumption : sorted) rows += assumption_row(assumption);
  return "<div class=\"scroll tall\" tabindex=\"0\" role=\"region\" "
         "aria-label=\"Assumptions\"><table class=\"sortable "
         "assumptions\"><thead><tr>" +
         heading("Setting", "", false) + heading("Value", "", false) +
         heading("Why this value", "", false) + heading("Meaning", "", false) +
         "</tr></thead><tbody>\n" + rows + "</tbody></table></div>";
}

}  // namespace rollcast::report
