/// A sweep as people see it.
#include "rollcast/report/sweep.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <sstream>

#include "rollcast/base/text.hpp"

using namespace rollcast;
using namespace rollcast::report;
using Of = model::PrecisionTarget::Of;

namespace {

scenario::SweepAxis axis(const std::string& path, const std::vector<std::string>& values) {
  scenario::SweepAxis made;
  made.path = path;
  made.values = values;
  for (const std::string& value : values) made.numbers.push_back(std::stod(value));
  return made;
}

/// Made-up cells over one or two axes; the name of the second strategy wants to break out.
experiment::SweepResults made_up(bool two) {
  experiment::SweepResults results;
  results.version = "1.0";
  results.scenario.question = "What if <b>?";
  results.scenario.currency = "USD";
  for (const char* name : {"image", "</script><b>by hand</b>"})
    results.scenario.strategies.push_back({name, {}});
  results.replications = 100;
  results.sweep.axes = {axis("fleet.web.count", {"10", "20", "30"})};
  if (two) results.sweep.axes.push_back(axis("staff.ops.people", {"1", "2"}));
  results.estimates = {{Of::mean, model::Metric::cost_total, 0, 0, "cost.total mean"},
                       {Of::quantile, model::Metric::ready_time, 95, 0, "ready_time p95"}};
  for (const std::string& count : results.sweep.axes[0].values)
    for (const std::string& people :
         two ? results.sweep.axes[1].values : std::vector{std::string()}) {
      results.points.push_back({{count}, ""});
      if (two) results.points.back().values.push_back(people);
      experiment::PointResult point;
      const double size = std::stod(count);
      point.cells = {{{100.0, stats::Interval{90, 110}}, {size * 60, stats::Interval{500, 9'000}}},
                     {{size * 5, stats::Interval{size * 4, size * 6}}, {}}};
      point.leader = size > 20 ? 0 : 1;
      results.results.emplace_back(std::move(point));
    }
  results.points.back().refused = "`30` is too many";
  results.results.back().reset();
  results.break_evens = {{0,
                          0,
                          1,
                          0,
                          two ? std::vector<std::string>{"", "1"} : std::vector<std::string>{""},
                          20.0,
                          {17.5, INFINITY},
                          false}};
  results.thresholds = {};
  return results;
}

void check_drawings(const Exploration& page, std::size_t expected) {
  const auto charts = figure_svgs(page);
  CHECK(charts.size() == expected);
  for (const auto& [name, svg] : charts) {
    std::istringstream stream(svg);
    boost::property_tree::ptree tree;
    boost::property_tree::read_xml(stream, tree);
    CHECK(tree.get<int>("svg.<xmlattr>.width") > 400);
    CHECK(svg.find("NaN") == std::string::npos);
    CHECK(svg.find("undefined") == std::string::npos);
  }
  const std::string html = html_page(page, charts);
  CHECK(html.find("</script><b>by hand") == std::string::npos);
  CHECK(html.find("What if &lt;b&gt;?") != std::string::npos);
  CHECK(html.find("is too many") != std::string::npos);
  CHECK(html.find("not reached") != std::string::npos);
}

}  // namespace

TEST_CASE("one axis is drawn as lines with bands, with the break-even in the chart that it is in") {
  const auto results = made_up(false);
  const Exploration page = exploration_of({results, "x.yaml", "rollcast sweep x.yaml"});
  check_drawings(page, 2);
  CHECK(page.figures[0].kind == "sweep_lines");
  CHECK(page.figures[0].finding.find("break even") != std::string::npos);
  CHECK(page.figures[0].finding.find("from 17.5 to beyond the axis") != std::string::npos);
  CHECK(page.figures[1].finding == "No two strategies change places.");
  CHECK(page.tables[0].rows.size() == 5);
}

TEST_CASE("two axes are heat maps: who to take, then every estimate of every strategy") {
  const auto results = made_up(true);
  const Exploration page = exploration_of({results, "x.yaml", "rollcast sweep x.yaml"});
  check_drawings(page, 5);
  for (const Figure& figure : page.figures) CHECK(figure.kind == "heat_map");
  CHECK(figure_svgs(page)[0].second.find("image") != std::string::npos);
}

TEST_CASE("axes of words and spread designs are drawn as well") {
  auto results = made_up(false);
  results.sweep.axes[0].values = {"small", "medium", "large"};
  results.sweep.axes[0].numbers.clear();
  for (std::size_t i = 0; i < 3; ++i) results.points[i].values = {results.sweep.axes[0].values[i]};
  results.break_evens.clear();
  const Exploration words = exploration_of({results, "x.yaml", ""});
  const auto charts = figure_svgs(words);
  CHECK(charts[0].second.find("medium") != std::string::npos);
  auto spread = made_up(false);
  spread.sweep.design = scenario::Design::sobol;
  CHECK(figure_svgs(exploration_of({spread, "x.yaml", ""})).size() == 2);
}

TEST_CASE("the terminal's table has half of every interval, and a bound where every run held") {
  auto results = made_up(false);
  results.scenario.objectives.emplace_back().name = "on time";
  results.estimates.push_back({Of::objective, {}, 0, 0, "objective on time"});
  for (auto& result : results.results) {
    if (!result) continue;
    result->cells[0].push_back({1.0, stats::Interval{0.9638, 1.0}});
    result->cells[1].push_back({0.5, stats::Interval{0.4, 0.6}});
  }
  const std::string text = terminal_sweep({results, "x.yaml", ""}, {});
  CAPTURE(text);
  CHECK(text.find("*50.00 ±10.00") != std::string::npos);
  CHECK(text.find("100.00 ±10.00") != std::string::npos);
  CHECK(text.find("> 96.3 %") != std::string::npos);
  CHECK(text.find("50.0 % ±10") != std::string::npos);
  CHECK(text.find("100 %") == std::string::npos);
}

TEST_CASE("five strategies stand in blocks, each with its interval, in 80 columns") {
  auto results = made_up(false);
  for (const char* more : {"third", "fourth", "fifth"}) {
    results.scenario.strategies.push_back(results.scenario.strategies[0]);
    results.scenario.strategies.back().name = more;
    for (auto& result : results.results)
      if (result) result->cells.push_back({{1234.0, stats::Interval{1222.0, 1246.0}}, {}});
  }
  const std::string text = terminal_sweep({results, "x.yaml", ""}, {});
  CAPTURE(text);
  std::size_t intervals = 0;
  for (std::size_t at = text.find("1,234 ±12.00"); at != std::string::npos;
       at = text.find("1,234 ±12.00", at + 1))
    ++intervals;
  const auto simulated = std::count_if(results.results.begin(), results.results.end(),
                                       [](const auto& one) { return one.has_value(); });
  CHECK(intervals == 3 * static_cast<std::size_t>(simulated));
  for (const char* name : {"third", "fourth", "fifth"}) CHECK(text.find(name) != std::string::npos);
  for (const std::string_view line : split(text, '\n')) CHECK(display_width(line) <= 80);
}

TEST_CASE("refined points stand between those of the grid, with a mark and a note") {
  auto results = made_up(false);
  results.sweep.refine = 16;
  results.points.push_back({{"15"}, "", true});
  results.results.push_back(results.results[0]);
  const std::string text = terminal_sweep({results, "x.yaml", ""}, {});
  CAPTURE(text);
  const std::size_t mark = text.find("\n15°");
  CHECK(mark != std::string::npos);
  CHECK(text.find("\n10 ") < mark);
  CHECK(text.find("\n20 ") > mark);
  CHECK(text.find("1 point lies (°) between those of the grid") != std::string::npos);
  const Exploration page = exploration_of({results, "x.yaml", ""});
  bool found = false;
  for (const auto& row : page.tables[0].rows) found = found || row[0].text == "15°";
  CHECK(found);
}

TEST_CASE("no line of the terminal's table is wider than asked for") {
  for (const bool two : {false, true})
    for (const int width : {60, 80, 120}) {
      TerminalStyle style;
      style.width = width;
      const auto results = made_up(two);
      const std::string text = terminal_sweep({results, "x.yaml", ""}, style);
      for (const std::string_view line : split(text, '\n'))
        CHECK(display_width(line) <= static_cast<std::size_t>(width));
      CHECK(text.find("not possible") != std::string::npos);
      CHECK(text.find("break even") != std::string::npos);
    }
}
