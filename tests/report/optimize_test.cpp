/// The cheapest plan as people see it.
#include "rollcast/report/optimize.hpp"

#include <doctest/doctest.h>

#include <sstream>

#include "rollcast/base/text.hpp"

namespace rollcast::report {
namespace {

using experiment::Fate;
using experiment::Front;
using Found = experiment::SearchResult::Found;

experiment::Cell cell(double value, double low, double high) {
  return {value, stats::Interval{low, high}};
}

experiment::TriedPlan plan(const std::string& people, double cost, double chance) {
  experiment::TriedPlan one;
  one.values = {people};
  one.replications = 400;
  one.value = one.cost = cell(cost, cost - 5, cost + 5);
  one.time = cell(36'000, 35'000, 37'000);
  one.constraints = {cell(chance, chance - 0.02, std::min(1.0, chance + 0.02))};
  one.risk = cell(1 - chance, std::max(0.0, 0.98 - chance), 1.02 - chance);
  return one;
}

experiment::OptimizeResults made_up(Found found) {
  experiment::OptimizeResults results;
  results.version = "1.0";
  results.scenario.question = "Which plan <b>?";
  results.scenario.currency = "USD";
  results.scenario.strategies = {{"by </script> hand", {}}};
  scenario::SweepAxis axis;
  axis.path = "staff.ops.people";
  axis.values = {"1", "2", "3"};
  axis.numbers = {1, 2, 3};
  results.problem.variables = {axis};
  results.problem.minimise.metric = model::Metric::cost_total;
  results.problem.minimise.words = "cost.total mean";
  results.constraints = {{"on time", "ready in time", 0.95}};
  results.most = 2'000;
  results.plans = 3;
  results.found = found;
  results.tried = {plan("1", 100, 0.5), plan("2", 120, 0.97), plan("3", 150, 1.0)};
  results.tried[0].fate = Fate::misses;
  results.tried[2].fate = Fate::larger_value;
  results.tried[1].keeps_all = results.tried[2].keeps_all = found == Found::best;
  results.tried[1].front = Front::surely;
  results.tried[2].front = Front::possibly;
  results.best = 1;
  experiment::Confirmation confirmation;
  confirmation.replications = 2'000;
  confirmation.value = confirmation.cost = cell(121, 118, 124);
  const double chance = found == Found::none ? 0.85 : 0.97;
  confirmation.constraints = {cell(chance, chance - 0.01, chance + 0.01)};
  confirmation.met = {found == Found::none ? experiment::Met::no : experiment::Met::yes};
  results.confirmation = confirmation;
  return results;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("the plan, its confirmed chances and what became of the others are told") {
  const auto results = made_up(Found::best);
  const std::string text = terminal_optimize({results, "x.yaml", ""}, {});
  CHECK(contains(text, "staff.ops.people 2"));
  CHECK(contains(text, "asked 95 %: confirmed"));
  CHECK(contains(text, "misses on time"));
  CHECK(contains(text, "1 plan surely on the front, 1 possibly"));
  const Exploration page = exploration_of({results, "x.yaml", "rollcast optimize x.yaml"});
  CHECK(page.tables[0].rows.size() == 3);
  CHECK(page.tables[0].rows[0][0].text == "2");  // what was found stands first
  const auto charts = figure_svgs(page);
  REQUIRE(charts.size() == 2);
  for (const auto& [name, svg] : charts) {
    CHECK(contains(svg, "<svg"));
    CHECK_FALSE(contains(svg, "NaN"));
    CHECK_FALSE(contains(svg, "undefined"));
  }
  const std::string html = html_page(page, charts);
  CHECK_FALSE(contains(html, "by </script> hand"));
  CHECK(contains(html, "Which plan &lt;b&gt;?"));
}

TEST_CASE("where no plan keeps what is asked, the nearest is told with what it lacks") {
  const auto results = made_up(Found::none);
  const Exploration page = exploration_of({results, "x.yaml", ""});
  CHECK(contains(page.sentence, "No plan of 3 keeps all that is asked"));
  CHECK(contains(page.sentence, "10 percentage points short"));
  CHECK(contains(page.findings[0], "missed"));
}

TEST_CASE("no line of the terminal is wider than it") {
  for (const int width : {60, 80, 160}) {
    TerminalStyle style;
    style.width = width;
    const auto results = made_up(Found::undecided);
    std::istringstream lines(terminal_optimize({results, "x.yaml", ""}, style));
    for (std::string line; std::getline(lines, line);)
      CHECK(display_width(line) <= static_cast<std::size_t>(width));
  }
}

}  // namespace
}  // namespace rollcast::report
