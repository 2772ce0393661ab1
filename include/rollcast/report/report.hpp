#pragma once
/// What people see of a run: a table for the terminal, one self-contained HTML page, and its charts
/// as SVG. Every number is taken from the results; what is computed here is only how samples fall
/// into bins for drawing.
#include <string>
#include <utility>
#include <vector>

#include "rollcast/experiment/results.hpp"
#include "rollcast/report/timeline.hpp"

namespace rollcast::report {

/// A value that the scenario leaves to rollcast, as the page lists it.
struct Assumption {
  std::string path;     ///< where it stands in a scenario: "staff.ops.wage"
  std::string value;    ///< with its unit: "42.51 USD per work h"
  std::string origin;   ///< why it has that value, with its basis first (judgement, interpretation,
                        ///< measured, provider, neutral): "measured: mean of US administrators"
  std::string meaning;  ///< one sentence; may be empty
};

struct ReportInput {
  const experiment::Results& results;
  std::vector<Assumption> assumptions;
  std::string command;             ///< reproduces the run
  std::string scenario_path;       ///< as the user named it
  std::string made_at;             ///< date of the run, as text; only the page shows it
  const Replay* replay = nullptr;  ///< one replication for the timeline; null: none is shown
  std::string resolved{};          ///< the scenario with the origin of every value; may be empty
};

struct TerminalStyle {
  int width = 80;  ///< columns; 60 at least
  bool colour = false;
};

/// The verdict, then what every strategy achieves, with a spark-line of its ready time. No line is
/// wider than the style says (names are cut with an ellipsis), and nothing depends on colour alone.
/// Ends with a line feed.
[[nodiscard]] std::string terminal_table(const ReportInput& input, TerminalStyle style = {});

/// A chart, drawn: "s-curve.svg" and the text of the file.
using ChartFile = std::pair<std::string, std::string>;

/// Every chart that has something to show, in the order of the page; titles included, light
/// colours. Takes about two seconds of one processor; `threads` share them. Throws
/// std::runtime_error with the script's message when a chart's definition fails, which is a defect
/// of rollcast.
[[nodiscard]] std::vector<ChartFile> chart_svgs(const ReportInput& input, unsigned threads = 1);

/// The page: opens offline, makes no request, prints, light and dark. The static charts in it (for
/// print, and for readers without scripts) are `charts`, as chart_svgs() gives them.
[[nodiscard]] std::string html_page(const ReportInput& input, const std::vector<ChartFile>& charts);
[[nodiscard]] std::string html_page(const ReportInput& input);

/// The data that the page embeds and its charts draw: binned, so its size does not grow with the
/// replications (below 1 MB for twelve strategies).
[[nodiscard]] std::string report_data_json(const ReportInput& input);

}  // namespace rollcast::report
