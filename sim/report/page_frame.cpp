#include "page_frame.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>

#include "assets.hpp"
#include "html.hpp"
#include "tables.hpp"
#include "terminal_text.hpp"

namespace rollcast::report {
namespace {

std::string css_variables(const nlohmann::json& theme) {
  std::string css = fmt::format("color-scheme:{};", theme["dark"].get<bool>() ? "dark" : "light");
  for (const auto& [name, value] : theme.items()) {
    if (value.is_string()) css += fmt::format("--{}:{};", name, value.get<std::string>());
  }
  std::size_t index = 0;
  for (const auto& tint : theme["series"])
    css += fmt::format("--s{}:{};", index++, tint.get<std::string>());
  return css;
}

/// The system's preference, unless the reader has chosen; print is always light.
std::string style_sheet() {
  const nlohmann::json themes = nlohmann::json::parse(asset("themes_json"));
  const std::string light = css_variables(themes["light"]), dark = css_variables(themes["dark"]);
  return fmt::format(
      ":root{{{0}}}\n@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{1}}}}}\n"
      ":root[data-theme=dark]{{{1}}}\n@media print{{:root,:root[data-theme=dark]{{{0}}}}}\n{2}",
      light, dark, asset("page_css"));
}

}  // namespace

std::string document_of(std::string_view title, std::string_view body, std::string_view scripts) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src "
      "'unsafe-inline'; style-src 'unsafe-inline'; img-src data:\">\n<title>{}</title>\n"
      "<style>{}</style></head>\n<body>\n<main>\n{}</main>\n{}</body></html>\n",
      escape_html(title), style_sheet(), body, scripts);
}

std::string figure_of(const FigureWords& words, std::string_view drawing) {
  return fmt::format(
      "<figure class=\"chart\" data-chart=\"{0}\" aria-labelledby=\"title-{0}\">"
      "<h3 id=\"title-{0}\">{1}</h3><figcaption class=\"finding\">{2} <span "
      "class=\"hint\"><b>How to read this:</b> {3}</span></figcaption>"
      "<div class=\"static\" role=\"img\" aria-label=\"{1}. {2}\">{4}</div><div class=\"live\" "
      "role=\"img\" "
      "aria-label=\"{1}. {2}\"></div></figure>\n",
      words.name, escape_html(words.title), escape_html(words.finding), escape_html(words.hint),
      drawing);
}

std::string drawing_in(const std::string& file) {
  const std::size_t begin = file.find("<svg", 4), end = file.rfind("</svg>");
  return file.substr(begin, end - begin);
}

std::string with_title(const std::string& svg, std::string_view title, std::string_view finding) {
  constexpr int kTitleHeight = 44, kLineHeight = 19, kLetter = 8, kMargin = 14;
  const auto attribute = [&](std::string_view name) {
    const std::size_t at = svg.find(fmt::format(" {}=\"", name));
    return at == std::string::npos ? 0 : std::atoi(svg.c_str() + at + name.size() + 3);
  };
  const int width = attribute("width"), height = attribute("height");
  std::istringstream lines(wrapped(title, static_cast<std::size_t>(width / kLetter), 0));
  std::string heading;
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count)
    heading += fmt::format("<tspan x=\"{}\" y=\"{}\">{}</tspan>", kMargin, 27 + count * kLineHeight,
                           escape_html(line));
  const int head = kTitleHeight + (std::max(count, 1) - 1) * kLineHeight;
  std::string inner = svg;
  inner.insert(inner.find("<svg") + 4, fmt::format(" x=\"{}\" y=\"{}\"", kMargin, head));
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} "
      "{1}\" role=\"img\">"
      "<title>{2}. {3}</title><rect width=\"{0}\" height=\"{1}\" fill=\"#fff\"/>"
      "<text font-family=\"Helvetica Neue, Arial, Liberation Sans, sans-serif\" font-size=\"15\" "
      "font-weight=\"bold\" fill=\"#18202b\">{4}</text>\n{5}</svg>\n",
      width + 2 * kMargin, height + head + kMargin / 2, escape_html(title), escape_html(finding),
      heading, inner);
}

std::string strategy_chips(const std::vector<std::string>& strategies) {
  if (strategies.size() < 2) return {};
  std::string chips;
  for (std::size_t i = 0; i < strategies.size(); ++i) {
    chips += fmt::format(
        "<label class=\"chip\" data-chip=\"{0}\"><input type=\"checkbox\" checked "
        "value=\"{0}\">{1}{2}</label>",
        i, swatch(i), name_html(strategies[i]));
  }
  return "<nav class=\"chips\" aria-label=\"Strategies shown in all charts and "
         "tables\"><span>Show</span><div "
         "class=\"chip-row\">" +
         chips + "</div></nav>\n";
}

std::string live_scripts(std::string_view data_json) {
  std::string definitions;
  for (const std::string_view script : chart_scripts()) definitions.append(script);
  const auto script = [](std::string_view text) {
    return fmt::format("<script>{}</script>\n", text);
  };
  return fmt::format(
             "<script type=\"application/json\" id=\"data\">{}</script>\n"
             "<script type=\"application/json\" id=\"themes\">{}</script>\n",
             script_json(data_json), script_json(asset("themes_json"))) +
         script(asset("echarts_js")) + script(definitions) +
         script(std::string(asset("common_js"))
                    .append(asset("timeline_tools_js"))
                    .append(asset("page_js")));
}

std::string licence_footer() {
  return "<footer><details><summary>Licences of what this page contains</summary><p>The charts are "
         "drawn by Apache "
         "ECharts and ZRender, which are embedded in this page.</p><pre>" +
         escape_html(asset("echarts_notice")) + "</pre><pre>" +
         escape_html(asset("echarts_license")) + "</pre><pre>ZRender\n\n" +
         escape_html(asset("zrender_license")) + "</pre></details></footer>\n";
}

}  // namespace rollcast::report
