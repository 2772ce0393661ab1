#include "page_frame.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "assets.hpp"
#include "html.hpp"

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

}  // namespace rollcast::report
