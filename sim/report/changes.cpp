#include "rollcast/report/changes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "assets.hpp"
#include "html.hpp"
#include "page_frame.hpp"
#include "rollcast/base/text.hpp"
#include "terminal_text.hpp"
#include "words.hpp"

namespace rollcast::report {
namespace {

using experiment::Change;
using experiment::Pairing;
using experiment::StrategyChanges;

enum class Direction { better, worse, unclear, none };

/// What the interval says: a change for the better or worse, or nothing yet.
Direction direction_of(const Change& change) {
  if (!change.difference || !change.interval) return Direction::none;
  const stats::Interval& interval = *change.interval;
  if (interval.low <= 0 && interval.high >= 0) return Direction::unclear;
  return (interval.high < 0) == change.small_is_better ? Direction::better : Direction::worse;
}

std::string_view words_of(Direction direction) {
  switch (direction) {
    case Direction::better:
      return "better";
    case Direction::worse:
      return "worse";
    case Direction::unclear:
      return "no clear change";
    case Direction::none:
      break;
  }
  return "";
}

std::string signless(const Change& change, double value) {
  if (change.chance) return human_percent(value);
  // A day of work has no fixed number of hours.
  if (change.metric == model::Metric::staff_effort_hours) return human_number(value) + " work h";
  return value_text(value, model::metric_info(change.metric).unit);
}

std::string signed_text(const Change& change, double value) {
  const std::string text =
      change.chance ? human_number(std::fabs(value) * 100.0) : signless(change, std::fabs(value));
  const bool zero = text.find_first_of("123456789") == std::string::npos;
  return (zero ? "" : value < 0 ? "−" : "+") + text;
}

std::string value_of(const Change& change, const std::optional<double>& value) {
  return value ? signless(change, *value) : "not stated";
}

std::string difference_of(const Change& change) {
  if (!change.difference) return "–";
  return signed_text(change, *change.difference) + (change.chance ? " points" : "");
}

std::string interval_of(const Change& change) {
  if (!change.difference) return "some runs did not finish";
  if (!change.interval) return "";
  return signed_text(change, change.interval->low) + " … " +
         signed_text(change, change.interval->high);
}

std::string what_of(const Change& change, const experiment::Results& results) {
  if (change.chance) return "chance of “" + without_direction_marks(change.what) + "”";
  const bool money = model::metric_info(change.metric).unit == model::Unit::money;
  const bool ranked = change.metric == model::Metric::cost_ranked;
  return (ranked ? "cost the verdict ranks by" : change.what) +
         (money ? ", mean " + results.scenario.currency : ", mean");
}

/// Where some run was not ready in time its costs stop at the horizon, so that they can look small.
std::string horizon_words(const ChangesInput& input, const RunAgainstFirst& other) {
  const auto cut = [](const experiment::StrategyResult& strategy) {
    return strategy.metrics[static_cast<std::size_t>(model::Metric::ready_time)].reached < 1;
  };
  const bool any = std::any_of(other.changes.strategies.begin(), other.changes.strategies.end(),
                               [&](const experiment::StrategyChanges& one) {
                                 return cut(input.results->strategies[one.before]) ||
                                        cut(other.results->strategies[one.after]);
                               });
  return any ? " Costs of runs that were not ready in time stop at the horizon: where more of them "
               "end there, the mean cost falls and nothing is saved."
             : "";
}

std::string pairing_words(const ChangesInput& input, const RunAgainstFirst& other) {
  if (other.changes.pairing == Pairing::independent)
    return fmt::format(
        "The runs have different seeds ({} and {}): they are independent, and their differences "
        "less sure than with the same seed.",
        input.results->seed, other.results->seed);
  std::string words = fmt::format(
      "Paired: both have seed {}, so run k of the one meets the luck of run k of the other.",
      input.results->seed);
  if (input.results->replications != other.results->replications)
    words += fmt::format(" Over the {} that both have.", runs_text(other.changes.replications));
  return words;
}

/// "Only in A: x and y."
std::string missing_words(const std::string& run, const std::vector<std::string>& names) {
  if (names.empty()) return {};
  std::vector<std::string> quoted;
  for (const std::string& name : names) quoted.push_back("“" + without_direction_marks(name) + "”");
  return fmt::format("Only in {}: {}.", run, join_words(quoted, "and"));
}

// ---- terminal

std::string change_line(const Change& change, const experiment::Results& results,
                        std::size_t width) {
  const std::size_t room = width - 44;
  const Direction direction = direction_of(change);
  std::string line = "  " + padded(fitted(what_of(change, results), room), room, false);
  line += " " + padded(value_of(change, change.before), 10, true);
  line += " " + padded(value_of(change, change.after), 10, true);
  line += " " + padded(difference_of(change), 16, true) + "\n";
  const std::string second = fmt::format(
      "{}{}{}", interval_of(change), words_of(direction).empty() ? "" : "  ", words_of(direction));
  if (!second.empty()) line += padded(fitted(second, width - 1), width - 3, true) + "\n";
  return line;
}

std::string terminal_run(const ChangesInput& input, const RunAgainstFirst& other,
                         std::size_t width) {
  std::string text = wrapped(fmt::format("{} → {}", input.name, other.name), width, 2);
  text += wrapped(pairing_words(input, other) + horizon_words(input, other), width, 0);
  constexpr std::size_t kMostValues = 12;
  if (other.values.empty()) text += "The scenarios are the same.\n";
  for (std::size_t i = 0; i < std::min(kMostValues, other.values.size()); ++i) {
    const ValueChange& value = other.values[i];
    text += wrapped(
        fmt::format("  {}: {} → {}", value.path, value.before.empty() ? "(none)" : value.before,
                    value.after.empty() ? "(none)" : value.after),
        width, 4);
  }
  if (other.values.size() > kMostValues)
    text += fmt::format("  and {} more values\n", other.values.size() - kMostValues);
  for (const StrategyChanges& strategy : other.changes.strategies) {
    text += "\n" + padded(fitted(strategy.name, width - 43), width - 43, false) +
            padded("before", 11, true) + padded("after", 11, true) +
            padded("difference", 17, true) + "\n";
    for (const Change& change : strategy.changes)
      text += change_line(change, *input.results, width);
  }
  for (const std::string& words : {missing_words(input.name, other.changes.only_before),
                                   missing_words(other.name, other.changes.only_after)})
    if (!words.empty()) text += "\n" + wrapped(words, width, 0);
  return text;
}

// ---- page

std::string number_cell(const std::string& text, const std::string& small, std::string_view style,
                        const std::optional<double>& value) {
  return fmt::format("<td class=\"num {}\" data-value=\"{}\">{}{}</td>", style,
                     value ? fmt::format("{}", *value) : "", escape_html(text),
                     small.empty() ? "" : "<small>" + escape_html(small) + "</small>");
}

std::string change_row(const StrategyChanges& strategy, const Change& change,
                       const experiment::Results& results) {
  const Direction direction = direction_of(change);
  const std::string_view style = direction == Direction::better  ? "better"
                                 : direction == Direction::worse ? "worse"
                                                                 : "";
  return "<tr>" + element("th", name_html(strategy.name), "scope=\"row\"") +
         element("td", escape_html(what_of(change, results))) +
         number_cell(value_of(change, change.before), "", "", change.before) +
         number_cell(value_of(change, change.after), "", "", change.after) +
         number_cell(difference_of(change), interval_of(change), style, change.difference) +
         fmt::format("<td class=\"{}\">{}</td></tr>\n", style, words_of(direction));
}

std::string heading(std::string_view text, bool number) {
  return fmt::format("<th scope=\"col\"{}><button type=\"button\" class=\"sort\">{}</button></th>",
                     number ? " class=\"num\"" : "", text);
}

std::string value_table(const RunAgainstFirst& other) {
  if (other.values.empty()) return "<p class=\"sub\">The scenarios are the same.</p>";
  std::string rows;
  for (const ValueChange& value : other.values) {
    const auto cell = [](const std::string& text) {
      return element("td", text.empty() ? "<small>none</small>" : escape_html(text));
    };
    rows += "<tr>" +
            element("th", "<code>" + escape_html(value.path) + "</code>", "scope=\"row\"") +
            cell(value.before) + cell(value.after) + "</tr>\n";
  }
  return "<div class=\"scroll tall\" tabindex=\"0\" role=\"region\" aria-label=\"What was "
         "changed\"><table class=\"sortable assumptions\"><thead><tr>" +
         heading("Changed value", false) + heading("Before", false) + heading("After", false) +
         "</tr></thead><tbody>\n" + rows + "</tbody></table></div>";
}

std::string run_section(const ChangesInput& input, const RunAgainstFirst& other) {
  std::string rows, notes;
  for (const StrategyChanges& strategy : other.changes.strategies)
    for (const Change& change : strategy.changes)
      rows += change_row(strategy, change, *input.results);
  for (const std::string& words : {missing_words(input.name, other.changes.only_before),
                                   missing_words(other.name, other.changes.only_after)})
    if (!words.empty()) notes += element("p", escape_html(words), "class=\"sub\"");
  const std::string table =
      rows.empty() ? "<p class=\"sub\">No strategy has the same name in both.</p>"
                   : "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
                     "aria-label=\"Differences\"><table "
                     "class=\"sortable changes\"><thead><tr>" +
                         heading("Strategy", false) + heading("In", false) +
                         heading("Before", true) + heading("After", true) +
                         heading("Difference, 95 % interval", true) + heading("That is", false) +
                         "</tr></thead><tbody>\n" + rows + "</tbody></table></div>";
  return fmt::format(
      "<section><h2>{} → {}</h2><p class=\"sub\">{}</p>{}{}<h3>What was changed</h3>{}</section>\n",
      name_html(input.name), name_html(other.name),
      escape_html(pairing_words(input, other) + horizon_words(input, other)), table, notes,
      value_table(other));
}

}  // namespace

std::string terminal_changes(const ChangesInput& input, TerminalStyle style) {
  const auto width = static_cast<std::size_t>(std::max(60, style.width));
  std::string text;
  for (const RunAgainstFirst& other : input.others)
    text += (text.empty() ? "" : "\n") + terminal_run(input, other, width);
  return text;
}

std::string html_changes_page(const ChangesInput& input) {
  const auto facts = [](const std::string& name, const experiment::Results& results) {
    return element(
        "li", fmt::format("{}: {} of each strategy, seed {}, rollcast {}. {}", name_html(name),
                          runs_text(results.replications), results.seed,
                          escape_html(results.version), escape_html(results.verdict.sentence)));
  };
  std::string runs = facts(input.name, *input.results), sections;
  for (const RunAgainstFirst& other : input.others) {
    runs += facts(other.name, *other.results);
    sections += run_section(input, other);
  }
  const std::string title = "Runs compared: " + input.results->scenario.name;
  const std::string body =
      "<header><h1 dir=\"auto\">" + escape_html(title) +
      "</h1><button type=\"button\" id=\"theme\" hidden></button></header>\n<section "
      "class=\"verdict none\"><div><p class=\"label\">The runs and their verdicts</p><ul "
      "class=\"runs\">" +
      runs + "</ul></div></section>\n" + sections;
  return document_of(
      title, body,
      "<script>var rollcast = {};\n" + std::string(asset("common_js")) + "</script>\n");
}

}  // namespace rollcast::report
