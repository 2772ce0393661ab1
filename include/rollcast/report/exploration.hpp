#pragma once
/// The page of an exploration: findings in words, charts, tables and the command that gives it
/// again. What it says is made by the functions of each kind (sweep.hpp); this is how it looks.
#include <optional>
#include <string>
#include <vector>

#include "rollcast/report/report.hpp"

namespace rollcast::report {

/// A chart of the page.
struct Figure {
  std::string kind;  ///< name of its definition: "heat_map"
  std::string title;
  std::string finding;  ///< what it says
  std::string hint;     ///< how to read it
  std::string data;     ///< JSON, as the definition takes it
};

struct TableCell {
  std::string text;
  std::string small{};            ///< below it, in small print
  std::optional<double> value{};  ///< by which its column sorts; none: by the text
};
struct ExplorationTable {
  std::string title, subtitle;
  std::vector<std::string> headings;
  std::size_t words = 1;  ///< so many columns from the left are text, the others numbers
  std::vector<std::vector<TableCell>> rows;
};

struct Exploration {
  std::string title;                  ///< the question
  std::vector<std::string> identity;  ///< facts: scenario, replications, seed, version
  std::string label;                  ///< above the findings: "Sweep"
  std::string sentence;               ///< the first finding
  std::vector<std::string> findings;  ///< the others
  std::vector<std::string> strategies;
  std::string file;  ///< what the names of the chart files begin with: "sweep"
  std::vector<Figure> figures;
  std::vector<ExplorationTable> tables;
  std::vector<std::string> notes;  ///< how sure it is
  std::string command;             ///< gives it again
};

/// Every figure, titles included, in light colours: "sweep-1.svg" … Throws as chart_svgs().
[[nodiscard]] std::vector<ChartFile> figure_svgs(const Exploration& exploration);
/// The page, with figure_svgs() as what stands in it for print.
[[nodiscard]] std::string html_page(const Exploration& exploration,
                                    const std::vector<ChartFile>& charts);

}  // namespace rollcast::report
