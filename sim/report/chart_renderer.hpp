#pragma once
/// Runs the page's own chart definitions without a browser.
#include <memory>
#include <string>
#include <string_view>

namespace rollcast::report {

/// A script engine with the chart library and all chart definitions loaded (about half a second).
/// Not for use by two threads at once.
class ChartRenderer {
 public:
  /// `data` is the text of report_data_json(). Throws std::runtime_error with the script's message,
  /// here and below.
  explicit ChartRenderer(std::string_view data);
  ~ChartRenderer();
  ChartRenderer(const ChartRenderer&) = delete;
  ChartRenderer& operator=(const ChartRenderer&) = delete;

  /// The chart as an SVG element of the given width in pixels, in the light colours; its height
  /// follows from its rows.
  [[nodiscard]] std::string svg(std::string_view chart, int width);
  /// The value of a script expression as text, for tests of the definitions.
  [[nodiscard]] std::string evaluate(std::string_view expression);

 private:
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace rollcast::report
