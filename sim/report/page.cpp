#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "assets.hpp"
#include "charts.hpp"
#include "decision.hpp"
#include "html.hpp"
#include "notes.hpp"
#include "page_frame.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/report/report.hpp"
#include "tables.hpp"
#include "words.hpp"

namespace rollcast::report {
namespace {

using experiment::Results;
using experiment::Verdict;

std::string title_of(const Results& results) {
  if (!results.scenario.question.empty()) return results.scenario.question;
  return results.scenario.name.empty() ? "Forecast" : results.scenario.name;
}

std::string identity(const ReportInput& input) {
  const Results& results = input.results;
  std::vector<std::string> parts;
  const auto add = [&](const std::string& text) { parts.push_back("<span>" + text + "</span>"); };
  add(name_html(input.scenario_path.empty() ? results.scenario.name : input.scenario_path));
  add(escape_html(runs_text(results.replications)) + " of each strategy");
  add(fleet_text(results));
  if (results.scenario.has_start) add("starts " + escape_html(civil_text(results.scenario.start)));
  add("horizon " + human_duration(horizon_of(results)));
  add(fmt::format("seed {}", results.seed));
  add("rollcast " + escape_html(results.version));
  if (!results.scenario_digest.empty()) {
    add("scenario <code>" + escape_html(results.scenario_digest.substr(0, 12)) + "</code>");
  }
  if (!input.made_at.empty()) add(escape_html(input.made_at));
  return "<p class=\"identity\">" + join(parts, "") + "</p>";
}

struct VerdictLook {
  std::string_view style, mark, words;
};

VerdictLook look_of(Verdict::Kind kind) {
  switch (kind) {
    case Verdict::Kind::best:
      return {"yes", "✓", "Verdict"};
    case Verdict::Kind::tie:
      return {"yes", "≈", "Verdict: a tie"};
    case Verdict::Kind::none_meets:
      return {"no", "✗", "Verdict: none meets all objectives"};
    case Verdict::Kind::undecided:
      return {"open", "?", "Verdict: not decided yet"};
    case Verdict::Kind::single:
      return {"none", "–", "Result"};
  }
  return {};
}

/// Whether the sentence goes on with the name at `at`, also with a capital letter as at its
/// beginning.
bool continues_with(std::string_view sentence, std::size_t at, const std::string& name) {
  if (name.empty() || sentence.size() - at < name.size()) return false;
  const char first = name[0];
  const char capital = first >= 'a' && first <= 'z' ? static_cast<char>(first - 'a' + 'A') : first;
  return (sentence[at] == first || sentence[at] == capital) &&
         sentence.substr(at + 1, name.size() - 1) == std::string_view(name).substr(1);
}

/// A sentence about strategies: their names isolated from the text around them, the first mention
/// of the winner in bold.
std::string sentence_html(const Results& results, std::string_view sentence, bool bold_winner) {
  std::vector<std::size_t> longest_first(results.strategies.size());
  std::iota(longest_first.begin(), longest_first.end(), 0);
  std::stable_sort(longest_first.begin(), longest_first.end(), [&](std::size_t a, std::size_t b) {
    return results.strategies[a].name.size() > results.strategies[b].name.size();
  });
  std::string html;
  for (std::size_t at = 0; at < sentence.size();) {
    const auto found = std::find_if(longest_first.begin(), longest_first.end(), [&](std::size_t i) {
      return continues_with(sentence, at, results.strategies[i].name);
    });
    std::size_t next = at + 1;
    if (found != longest_first.end()) {
      next = at + results.strategies[*found].name.size();
      const std::string name = name_html(sentence.substr(at, next - at));
      const bool bold = bold_winner && results.verdict.winner == *found;
      html += bold ? element("strong", name) : name;
      if (bold) bold_winner = false;
    } else {
      // Whole characters: half of one would not be UTF-8.
      while (next < sentence.size() &&
             (static_cast<unsigned char>(sentence[next]) & 0xC0U) == 0x80U)
        ++next;
      html += escape_html(sentence.substr(at, next - at));
    }
    at = next;
  }
  return html;
}

std::string interrupted_note(const Results& results) {
  const bool all_made = results.replications >= results.replications_planned;
  if (!results.interrupted && (all_made || !results.precision.empty())) return {};
  return fmt::format(
      "<p class=\"note\">The run was interrupted: {} of {} planned replications are finished, and "
      "all "
      "numbers are theirs.</p>",
      human_count(static_cast<std::int64_t>(results.replications)),
      human_count(static_cast<std::int64_t>(results.replications_planned)));
}

std::string verdict_box(const ReportInput& input) {
  const Verdict& verdict = input.results.verdict;
  const VerdictLook look = look_of(verdict.kind);
  std::string body =
      fmt::format("<p class=\"label\"><span class=\"mark\" aria-hidden=\"true\">{}</span>{}</p>",
                  look.mark, look.words);
  body += element("p", sentence_html(input.results, verdict.sentence, true), "class=\"sentence\"");
  body += interrupted_note(input.results);
  for (const std::string& condition : turning_conditions(input.results))
    body += element("p", sentence_html(input.results, condition, false), "class=\"note\"");
  if (!verdict.misses.empty()) {
    constexpr std::size_t kMost = 6;
    std::string items, more;
    for (std::size_t i = 0; i < verdict.misses.size(); ++i) {
      (i < kMost ? items : more) +=
          element("li", sentence_html(input.results, verdict.misses[i], false));
    }
    body += "<ul class=\"misses\">" + items + "</ul>";
    if (!more.empty()) {
      body +=
          fmt::format("<details><summary>{} more</summary><ul class=\"misses\">{}</ul></details>",
                      verdict.misses.size() - kMost, more);
    }
  }
  if (!verdict.rule.empty())
    body += element("p", "Rule: " + escape_html(verdict.rule), "class=\"rule\"");
  const std::string decisive = decisive_list(input);
  const std::string aside =
      decisive.empty()
          ? ""
          : "<aside class=\"conditional\"><p class=\"label\">Assumed</p>" + decisive + "</aside>";
  return fmt::format(
      "<section class=\"verdict {}\" aria-label=\"Verdict\"><div>{}</div>{}</section>\n",
      look.style, body, aside);
}

std::string figure(const Chart& chart, const std::vector<ChartFile>& files) {
  if (!chart.shown) {
    if (chart.absent.empty()) return {};
    return fmt::format(
        "<figure class=\"chart absent\"><h3>{}</h3><p class=\"finding\">{}</p></figure>\n",
        escape_html(chart.title), escape_html(chart.absent));
  }
  const auto file = std::find_if(files.begin(), files.end(), [&](const ChartFile& f) {
    return f.first == fmt::format("{}.svg", chart.name);
  });
  return figure_of({chart.name, chart.title, chart.finding, chart.hint},
                   file == files.end() ? std::string{} : drawing_in(file->second));
}

struct SectionWords {
  Section section;
  std::string_view title, subtitle;
};

std::string chart_sections(const ReportInput& input, const std::vector<ChartFile>& files) {
  static constexpr std::array<SectionWords, 6> kSections{{
      {Section::decision, "Decision", "When it is done, and what the safety costs"},
      {Section::risk_and_cost, "Risk and cost",
       "What can go wrong, how often, and where the money goes"},
      {Section::time, "Time", "How the fleet fills up, and what holds it back"},
      {Section::recovery, "Recovery", "How long an incident lasts, and what it loses"},
      {Section::one_run, "One replication", "What a single run looks like from the inside"},
      {Section::quality, "Quality of the estimate",
       "Whether the runs are enough, and how sure the differences are"},
  }};
  const std::vector<Chart> charts = charts_of(input);
  std::string html;
  for (const SectionWords& words : kSections) {
    std::string figures;
    for (const Chart& chart : charts)
      if (chart.section == words.section) figures += figure(chart, files);
    if (figures.empty()) continue;
    html += fmt::format(
        "<section><h2>{}</h2><p class=\"sub\">{}</p><div class=\"charts{}\">{}</div></section>\n",
        words.title, words.subtitle, words.section == Section::one_run ? " wide" : "", figures);
  }
  return html;
}

std::string note_section(const Results& results) {
  std::string items;
  for (const std::string& note : quality_notes(results)) items += element("li", escape_html(note));
  if (items.empty()) return {};
  return "<section class=\"whole\"><h2>How sure it is</h2><ul class=\"misses\">" + items +
         "</ul></section>\n";
}

std::string quality_section(const Results& results) {
  const std::string table = comparison_table(results);
  if (table.empty()) return note_section(results);
  return "<section class=\"whole\"><h2>Strategies against each other</h2><p "
         "class=\"sub\">Differences run by run: every strategy meets the "
         "same luck, so a difference is surer than the two results it is made of. Gain of common "
         "luck: how many times as many runs it would take without; 1× is no gain</p>" +
         table + "</section>\n" + note_section(results);
}

std::string cash_flow_section(const Results& results) {
  const std::string table = cash_flow_table(results);
  if (table.empty()) return {};
  return fmt::format(
      "<section class=\"whole\"><h2>Money by month</h2><p class=\"sub\">All that is spent in a "
      "calendar month, {}: mean, and 90 % of the runs between</p>{}</section>\n",
      results.scenario.currency, table);
}

std::string assumption_section(const ReportInput& input) {
  const std::string table = assumption_table(input);
  if (table.empty()) return {};
  return fmt::format(
      "<section><h2>Assumptions</h2><p class=\"sub\">{} that the scenario leaves to rollcast: what "
      "no source "
      "gives comes first, what has no effect last</p>{}</section>\n",
      plural(input.assumptions.size(), "setting"), table);
}

/// Every value of the scenario with its origin, as `check --resolved` prints it.
std::string resolved_section(const ReportInput& input) {
  if (input.resolved.empty()) return {};
  return "<details class=\"resolved\"><summary>Every value of the scenario, and where it comes "
         "from</summary><pre class=\"command\"><code>" +
         escape_html(input.resolved) + "</code></pre></details>\n";
}

std::string reproduce_section(const ReportInput& input) {
  if (input.command.empty()) return {};
  return "<section class=\"whole\"><h2>Reproduce</h2><p class=\"sub\">The same version gives the "
         "same numbers on the same class of "
         "processor, with any number of threads</p><pre class=\"command\"><code>" +
         escape_html(input.command) + "</code></pre></section>\n";
}

}  // namespace

std::string html_page(const ReportInput& input, const std::vector<ChartFile>& charts) {
  const Results& results = input.results;
  const std::string title = escape_html(title_of(results));
  std::string page = "<header><h1 dir=\"auto\">" + title +
                     "</h1><button type=\"button\" id=\"theme\" hidden></button>" +
                     identity(input) + "</header>\n";
  page += verdict_box(input);
  page += "<section class=\"table\">" + decision_table(results) + objective_list(results) +
          "</section>\n";
  std::vector<std::string> names;
  for (const experiment::StrategyResult& strategy : results.strategies)
    names.push_back(strategy.name);
  page += strategy_chips(names);
  page += chart_sections(input, charts) + cash_flow_section(results);
  page += quality_section(results) + assumption_section(input) + resolved_section(input) +
          reproduce_section(input);
  page += licence_footer();
  return document_of(title_of(results), page, live_scripts(report_data_json(input)));
}

std::string html_page(const ReportInput& input) {
  return html_page(input, chart_svgs(input));
}

}  // namespace rollcast::report
