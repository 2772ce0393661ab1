#include "rollcast/report/exploration.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "chart_renderer.hpp"
#include "html.hpp"
#include "page_frame.hpp"
#include "rollcast/base/text.hpp"

namespace rollcast::report {
namespace {

constexpr int kWidth = 520;
constexpr std::size_t kMostFindings = 8;

std::string data_of(const Exploration& exploration) {
  nlohmann::json strategies = nlohmann::json::array(), figures = nlohmann::json::array();
  for (std::size_t i = 0; i < exploration.strategies.size(); ++i)
    strategies.push_back({{"name", clean_text(exploration.strategies[i])}, {"index", i}});
  for (const Figure& figure : exploration.figures)
    figures.push_back(nlohmann::json::parse(figure.data));
  return nlohmann::json{{"strategies", strategies}, {"figures", figures}}.dump(
      -1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string chart_of(const Exploration& exploration, std::size_t index) {
  return fmt::format("{}/{}", exploration.figures[index].kind, index);
}

std::string finding_box(const Exploration& exploration) {
  std::string items, more;
  for (std::size_t i = 0; i < exploration.findings.size(); ++i)
    (i < kMostFindings ? items : more) += element("li", escape_html(exploration.findings[i]));
  std::string body = element("p", escape_html(exploration.label), "class=\"label\"") +
                     element("p", escape_html(exploration.sentence), "class=\"sentence\"");
  if (!items.empty()) body += element("ul", items, "class=\"misses\"");
  if (!more.empty())
    body += fmt::format("<details><summary>{} more</summary><ul class=\"misses\">{}</ul></details>",
                        exploration.findings.size() - kMostFindings, more);
  return "<section class=\"verdict none\" aria-label=\"Findings\"><div>" + body +
         "</div></section>\n";
}

std::string table_section(const ExplorationTable& table) {
  std::string headings, rows;
  for (std::size_t i = 0; i < table.headings.size(); ++i)
    headings +=
        fmt::format("<th scope=\"col\"{}><button type=\"button\" class=\"sort\">{}</button></th>",
                    i >= table.words ? " class=\"num\"" : "", escape_html(table.headings[i]));
  for (const auto& row : table.rows) {
    std::string cells;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string small =
          row[i].small.empty() ? "" : "<small>" + escape_html(row[i].small) + "</small>";
      const std::string value =
          row[i].value ? fmt::format(" data-value=\"{}\"", *row[i].value) : "";
      cells += fmt::format("<td{}{}>{}{}</td>", i >= table.words ? " class=\"num\"" : "", value,
                           escape_html(row[i].text), small);
    }
    rows += element("tr", cells) + "\n";
  }
  return fmt::format(
      "<section class=\"whole\"><h2>{}</h2><p class=\"sub\">{}</p><div class=\"scroll tall\" "
      "tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table "
      "class=\"sortable\"><thead><tr>{}</tr></thead><tbody>\n{}</tbody></table></div></section>\n",
      escape_html(table.title), escape_html(table.subtitle), escape_html(table.title), headings,
      rows);
}

}  // namespace

std::vector<ChartFile> figure_svgs(const Exploration& exploration) {
  std::vector<ChartFile> files;
  if (exploration.figures.empty()) return files;
  ChartRenderer renderer(data_of(exploration));
  for (std::size_t i = 0; i < exploration.figures.size(); ++i) {
    const Figure& figure = exploration.figures[i];
    files.emplace_back(
        fmt::format("{}-{}.svg", exploration.file, i + 1),
        with_title(renderer.svg(chart_of(exploration, i), kWidth), figure.title, figure.finding));
  }
  return files;
}

std::string html_page(const Exploration& exploration, const std::vector<ChartFile>& charts) {
  std::string identity;
  for (const std::string& fact : exploration.identity)
    identity += element("span", escape_html(fact));
  std::string page = "<header><h1 dir=\"auto\">" + escape_html(exploration.title) +
                     "</h1><button type=\"button\" id=\"theme\" hidden></button>" +
                     element("p", identity, "class=\"identity\"") + "</header>\n";
  page += finding_box(exploration) + strategy_chips(exploration.strategies);
  std::string figures;
  for (std::size_t i = 0; i < exploration.figures.size(); ++i) {
    const Figure& figure = exploration.figures[i];
    const std::string name = chart_of(exploration, i);
    figures +=
        figure_of({name, figure.title, figure.finding, figure.hint}, drawing_in(charts[i].second));
  }
  if (!figures.empty())
    page += "<section><h2>Charts</h2><div class=\"charts\">" + figures + "</div></section>\n";
  for (const ExplorationTable& table : exploration.tables) page += table_section(table);
  std::string notes;
  for (const std::string& note : exploration.notes) notes += element("li", escape_html(note));
  if (!notes.empty())
    page += "<section class=\"whole\"><h2>How sure it is</h2><ul class=\"misses\">" + notes +
            "</ul></section>\n";
  page +=
      "<section class=\"whole\"><h2>Reproduce</h2><p class=\"sub\">The same version gives the same "
      "numbers on the same class of processor, with any number of threads</p><pre "
      "class=\"command\"><code>" +
      escape_html(exploration.command) + "</code></pre></section>\n";
  return document_of(exploration.title, page + licence_footer(),
                     live_scripts(data_of(exploration)));
}

}  // namespace rollcast::report
