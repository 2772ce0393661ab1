#pragma once
/// What every page of rollcast looks like: one file, no request, light and dark.
#include <string>
#include <string_view>
#include <vector>

namespace rollcast::report {

/// The whole document around a body and the script elements behind it, both of them HTML; the title
/// is text.
[[nodiscard]] std::string document_of(std::string_view title, std::string_view body,
                                      std::string_view scripts);

/// What stands around a chart.
struct FigureWords {
  std::string_view name;  ///< of its definition
  std::string_view title, finding, hint;
};
/// A chart on a page: `drawing` is shown until it comes alive, and in print.
[[nodiscard]] std::string figure_of(const FigureWords& words, std::string_view drawing);
/// The drawing of a chart file, without the frame and title that a file of its own needs.
[[nodiscard]] std::string drawing_in(const std::string& file);
/// A chart that stands alone: the title above the drawing.
[[nodiscard]] std::string with_title(const std::string& svg, std::string_view title,
                                     std::string_view finding);
/// What hides and shows strategies in all charts and tables; nothing for fewer than two.
[[nodiscard]] std::string strategy_chips(const std::vector<std::string>& strategies);
/// Chart library, chart definitions, the page's own scripts and the data that they draw.
[[nodiscard]] std::string live_scripts(std::string_view data_json);
/// The licences of what a page with charts contains.
[[nodiscard]] std::string licence_footer();

}  // namespace rollcast::report
