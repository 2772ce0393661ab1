/// What matters most, as people see it.
#include "rollcast/report/sensitivity.hpp"

#include <doctest/doctest.h>

#include <sstream>

#include "rollcast/base/text.hpp"
#include "words.hpp"

namespace rollcast::report {
namespace {

using experiment::Influence;
using model::Metric;

/// Two strategies, two inputs and luck, one metric; everything is known of it.
experiment::SensitivityResults made_up() {
  experiment::SensitivityResults results;
  results.version = "1.0";
  results.scenario.question = "What matters <b>?";
  results.scenario.currency = "USD";
  results.scenario.strategies = {{"image", {}}, {"by </script> hand", {}}};
  results.plan.metrics = {Metric::cost_total};
  results.plan.points = 256;
  results.plan.replications = 200;
  for (const char* path : {"staff.ops.wage", "images.golden.bad"}) {
    scenario::UncertainInput input;
    input.path = path;
    input.choices = {"low", "middle", "high"};
    input.words = "low to high";
    results.inputs.push_back(input);
  }
  const auto influence = [](double low, double high, double share) {
    Influence one;
    one.low = low;
    one.high = high;
    one.swing = stats::Interval{high - low - 5, high - low + 5};
    one.first = stats::Index{share, {share - 0.01, share + 0.01}};
    one.total = stats::Index{share + 0.05, {share, share + 0.1}};
    return one;
  };
  Influence luck = influence(0, 0, 0.2);
  luck.low = luck.high = {};
  luck.swing = {};
  for (int s = 0; s < 2; ++s) {
    results.influences.push_back({{influence(100, 300, 0.6), influence(190, 210, 0.1), luck}});
    results.middle.push_back({200.0});
  }
  experiment::Information worth;
  worth.metric = Metric::cost_total;
  worth.best = 1;
  worth.inputs = {stats::Worth{1'200, {800, 1'600}}, stats::Worth{-20, {-100, 600}}};
  worth.all = stats::Worth{1'400, {1'000, 1'800}};
  results.information = {worth};
  results.informed = 2'000;
  return results;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("the page has a tornado and the shares of each strategy, and what knowing is worth") {
  const auto results = made_up();
  const Exploration page = exploration_of({results, "x.yaml", "rollcast sensitivity x.yaml"});
  REQUIRE(page.figures.size() == 4);
  CHECK(page.figures[0].kind == "tornado");
  CHECK(page.figures[1].kind == "indices");
  CHECK(contains(page.sentence, "staff.ops.wage matters most alone"));
  CHECK(contains(page.findings.back(), "staff.ops.wage 1,200 ("));
  CHECK(contains(page.findings.back(), "; all inputs together 1,400 ("));
  REQUIRE(page.tables.size() == 2);
  CHECK(page.tables[0].rows.size() == 3);
  CHECK(page.tables[0].rows[0][1].text == "all inputs");
  CHECK(page.tables[0].rows[2][3].text ==
        value_text(0.0, model::Unit::money));  // knowledge never costs
  CHECK(page.tables[1].rows.size() == 6);
  const auto charts = figure_svgs(page);
  REQUIRE(charts.size() == 4);
  for (const auto& [name, svg] : charts) {
    CHECK(contains(svg, "<svg"));
    CHECK_FALSE(contains(svg, "NaN"));
    CHECK_FALSE(contains(svg, "undefined"));
  }
  const std::string html = html_page(page, charts);
  CHECK_FALSE(contains(html, "by </script> hand"));
  CHECK(contains(html, "What matters &lt;b&gt;?"));
}

TEST_CASE("what is not shown to be worth anything is said so, and what cannot be told as well") {
  auto results = made_up();
  results.information[0].inputs[0] = stats::Worth{1, {-2, 4}};
  results.information[0].all = stats::Worth{1, {-2, 4}};
  CHECK(contains(terminal_sensitivity({results, "x.yaml", ""}, {}), "no input is shown to be"));
  results.information[0].all.reset();
  CHECK(contains(terminal_sensitivity({results, "x.yaml", ""}, {}), "as some runs have"));
}

TEST_CASE("an input at one of whose ends runs end without a value is told first") {
  auto results = made_up();
  auto& influence = results.influences[0][0][1];
  influence.high.reset();
  influence.swing.reset();
  const std::string name = results.inputs[1].path;
  const std::string text = terminal_sensitivity({results, "x.yaml", ""}, {});
  CHECK(contains(text, name + " decides whether all runs have a value of it"));
  const Exploration page = exploration_of({results, "x.yaml", ""});
  CHECK(contains(page.sentence, name + " decides"));
  for (const auto& [file, svg] : figure_svgs(page)) CHECK_FALSE(contains(svg, "NaN"));
  results.middle[0][0].reset();
  for (auto& one : results.influences[0][0]) one.low = one.high = std::nullopt;
  CHECK(contains(terminal_sensitivity({results, "x.yaml", ""}, {}), "there is no mean to move"));
}

TEST_CASE("no line of what the terminal shows of it is wider than asked for") {
  for (const int width : {60, 80, 160}) {
    TerminalStyle style;
    style.width = width;
    const auto results = made_up();
    std::istringstream lines(terminal_sensitivity({results, "x.yaml", ""}, style));
    for (std::string line; std::getline(lines, line);)
      CHECK(display_width(line) <= static_cast<std::size_t>(width));
  }
}

}  // namespace
}  // namespace rollcast::report
