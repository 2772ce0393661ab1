/// The page and the data in it: the numbers are those of the results, and nobody's text becomes
/// markup.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "html.hpp"
#include "inputs.hpp"
#include "sample_results.hpp"
#include "words.hpp"

using namespace rollcast;
using namespace rollcast::report;
using experiment::Results;
using model::Metric;
using nlohmann::json;

namespace {

const experiment::MetricSummary& summary(const experiment::StrategyResult& strategy,
                                         Metric metric) {
  return strategy.metrics[static_cast<std::size_t>(metric)];
}

/// The page without its static charts, which chart_test.cpp renders.
std::string page_of(const Results& results) {
  return html_page(sample_input(results), {});
}

/// The row of a strategy in the decision table.
std::string row_of(const std::string& page, std::size_t strategy) {
  const std::string table = page.substr(page.find("<table class=\"decision"));
  const std::size_t begin = table.find("<tr data-strategy=\"" + std::to_string(strategy) + "\"");
  return table.substr(begin, table.find("</tr>", begin) - begin);
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

json embedded_data(const std::string& page) {
  const std::string opening = "<script type=\"application/json\" id=\"data\">";
  const std::size_t begin = page.find(opening) + opening.size();
  return json::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

}  // namespace

TEST_CASE("the embedded data hold the numbers of the results, unchanged") {
  const Results results = sample_results(four_ways(), 2000);
  const json data = json::parse(report_data_json(sample_input(results)));
  REQUIRE(data["strategies"].size() == results.strategies.size());
  for (std::size_t i = 0; i < results.strategies.size(); ++i) {
    const auto& strategy = results.strategies[i];
    const json& item = data["strategies"][i];
    CHECK(item["name"] == strategy.name);
    for (std::size_t q = 0; q < experiment::kQuantileLevels.size(); ++q) {
      const auto& quantile = summary(strategy, Metric::ready_time).quantiles[q];
      const json& shown =
          item["ready"]["p" + std::to_string(static_cast<int>(experiment::kQuantileLevels[q]))];
      CHECK(shown.is_null() == !quantile.value.has_value());
      if (quantile.value) CHECK(shown.get<double>() == *quantile.value);
    }
    CHECK(item["cost"]["ranked"]["mean"].get<double>() ==
          *summary(strategy, Metric::cost_ranked).mean);
    CHECK(item["cost"]["total"]["high"].get<double>() ==
          summary(strategy, Metric::cost_total).mean_ci->high);
    for (std::size_t o = 0; o < strategy.objectives.size(); ++o) {
      CHECK(item["objectives"][o]["probability"].get<double>() ==
            strategy.objectives[o].probability);
      CHECK(item["objectives"][o]["low"].get<double>() == strategy.objectives[o].interval.low);
    }
  }
}

TEST_CASE(
    "an S-curve is the empirical distribution at every time of its grid, deadlines and quantiles "
    "among them") {
  const Results results = sample_results(four_ways(), 400);
  const json data = json::parse(report_data_json(sample_input(results)));
  const auto times = data["times"].get<std::vector<double>>();
  CHECK(std::is_sorted(times.begin(), times.end()));
  for (std::size_t i = 0; i < results.strategies.size(); ++i) {
    const auto& samples =
        results.strategies[i].samples.metrics[static_cast<std::size_t>(Metric::ready_time)];
    const json& curve = data["strategies"][i]["ready"]["curve"];
    for (std::size_t t = 0; t < times.size(); ++t) {
      const auto ready = std::count_if(samples.begin(), samples.end(),
                                       [&](double value) { return value <= times[t]; });
      REQUIRE(curve[t].get<double>() ==
              doctest::Approx(static_cast<double>(ready) / 400.0).epsilon(1e-5));
    }
    const auto& median = summary(results.strategies[i], Metric::ready_time).quantiles[3].value;
    const bool in_grid = std::any_of(times.begin(), times.end(), [&](double time) {
      return std::abs(time / *median - 1) < 1e-5 && time >= *median;
    });
    CHECK(in_grid);
  }
  const double deadline =
      to_seconds(std::get<model::ReadyBy>(results.scenario.objectives[0].condition).by);
  CHECK(std::find(times.begin(), times.end(), deadline) != times.end());
}

TEST_CASE("what was not reached is null in the data and told in words in the table") {
  const Results results = sample_results(four_ways(), 2000);
  REQUIRE(summary(results.strategies[3], Metric::ready_time).reached < 1.0);
  const json data = json::parse(report_data_json(sample_input(results)));
  CHECK(data["strategies"][3]["ready"]["p99"].is_null());
  CHECK(data["strategies"][3]["ready"]["p99_text"] == "not within 30 d");
  CHECK(row_of(page_of(results), 3).find("not within 30 d") != std::string::npos);
}

TEST_CASE("the decision table prints the estimates with their intervals") {
  const Results results = sample_results(four_ways(), 2000);
  const std::string page = page_of(results);
  for (std::size_t i = 0; i < results.strategies.size(); ++i) {
    const auto& strategy = results.strategies[i];
    const std::string row = row_of(page, i);
    const auto shows = [&](const std::string& text) {
      INFO(text, " in ", row);
      CHECK(row.find(">" + escape_html(text) + "<") != std::string::npos);
    };
    const double horizon = to_seconds(results.scenario.horizon);
    for (const std::size_t level : {3U, 6U, 8U}) {  // P50, P90, P99
      const auto& quantile = summary(strategy, Metric::ready_time).quantiles[level];
      shows(quantile_text(quantile, model::metric_info(Metric::ready_time), horizon));
      if (quantile.value)
        shows(quantile_range(quantile, model::metric_info(Metric::ready_time), horizon));
    }
    shows(value_text(*summary(strategy, Metric::cost_ranked).mean, model::Unit::money));
    shows(range_text(summary(strategy, Metric::cost_ranked).mean_ci, model::Unit::money));
    for (const auto& outcome : strategy.objectives) {
      shows(objective_text(outcome));
      const bool certain = outcome.probability <= 0.0 || outcome.probability >= 1.0;
      shows(!certain                    ? probability_range(outcome.probability, outcome.interval)
            : outcome.probability > 0.0 ? "2,000 of 2,000"
                                        : "0 of 2,000");
    }
  }
}

TEST_CASE("the page tells what is spent in each calendar month, when there is more than one") {
  Results results = sample_results(four_ways(), 500);
  CHECK(page_of(results).find("Money by month") == std::string::npos);
  const CivilStart& start = results.scenario.start;
  const TimePoint second = kStart + std::chrono::hours(24 * 20);
  for (std::size_t i = 0; i < results.strategies.size(); ++i) {
    const double base = 1000.0 * static_cast<double>(i + 1);
    results.strategies[i].cash_flow = {
        {kStart, second, base, base - 10, base + 10},
        {second, kStart + results.scenario.horizon, base + 321, base + 311, base + 331}};
  }
  const std::string page = page_of(results);
  CHECK(page.find("Money by month") != std::string::npos);
  CHECK(page.find(civil_text(second, start).substr(4, 7) + "</button>") != std::string::npos);
  for (const double mean : {1000.0, 1321.0, 2000.0, 4321.0})
    CHECK(page.find(fmt::format("data-value=\"{}\">{}<small>", mean,
                                value_text(mean, model::Unit::money))) != std::string::npos);
}

TEST_CASE("the phase of recoveries has one name, in the verdict's words and in the charts") {
  const Results results = sample_results(four_ways(), 500);
  const json data = json::parse(report_data_json(sample_input(results)));
  CHECK(data["cost_phases"] == json({"deployment", "running", "recovery"}));
  CHECK(data["cost_label"] == "Deployment, recovery and delay cost, mean");
  CHECK(page_of(results).find("Deployment, recovery and delay cost, USD") != std::string::npos);
}

TEST_CASE("the size of the data depends on neither the replications nor much on the strategies") {
  std::vector<SampleStrategy> twelve;
  for (int i = 0; i < 12; ++i) twelve.push_back(four_ways()[static_cast<std::size_t>(i % 4)]);
  const std::size_t few = report_data_json(sample_input(sample_results(twelve, 500))).size();
  const std::size_t many = report_data_json(sample_input(sample_results(twelve, 5000))).size();
  CHECK(many < 400'000);
  CHECK(static_cast<double>(many) < 1.3 * static_cast<double>(few));
}

TEST_CASE("names appear as text, never as markup or script") {
  std::vector<SampleStrategy> strategies = four_ways();
  strategies[0].name = "</script><script>alert('x')</script><!-- \"quoted\" & 'single'";
  strategies[1].name = "emoji 🚀 and \x01 control";
  strategies[2].name = "\xE2\x80\xAE right to left صور";
  strategies[3].name = std::string(200, 'W');
  const std::string page = page_of(sample_results(strategies, 50));
  const std::string plain = page_of(sample_results(four_ways(), 50));
  CHECK(count(page, "<script") == count(plain, "<script"));
  CHECK(count(page, "</script") == count(plain, "</script"));
  CHECK(count(page, "<!--") == count(plain, "<!--"));
  CHECK(page.find("&lt;/script&gt;&lt;script&gt;alert('x')") != std::string::npos);
  const json data = embedded_data(page);
  CHECK(data["strategies"][0]["name"] == strategies[0].name);
  CHECK(data["strategies"][2]["name"] == strategies[2].name);
  CHECK(data["strategies"][1]["name"] == "emoji 🚀 and \xEF\xBF\xBD control");
  CHECK(page.find('\x01') == std::string::npos);
}

TEST_CASE("bytes that are not UTF-8 do not reach the page") {
  std::vector<SampleStrategy> strategies = four_ways();
  strategies[0].name = "broken \xFF\xC3 bytes";
  const std::string page = page_of(sample_results(strategies, 30));
  CHECK(page.find('\xFF') == std::string::npos);
  CHECK(embedded_data(page)["strategies"][0]["name"] == "broken \xEF\xBF\xBD\xEF\xBF\xBD bytes");
}

TEST_CASE(
    "the verdict, the rule, what others miss, the assumptions and the command are on the page") {
  const Results results = sample_results(four_ways(), 500);
  const std::string page = page_of(results);
  CHECK(page.find("<strong><bdi>" + results.strategies[*results.verdict.winner].name) !=
        std::string::npos);
  CHECK(page.find(escape_html(results.verdict.rule)) != std::string::npos);
  for (const Assumption& assumption : sample_assumptions()) {
    CHECK(page.find(escape_html(assumption.value)) != std::string::npos);
    CHECK(page.find(escape_html(assumption.meaning)) != std::string::npos);
  }
  CHECK(page.find("rollcast run scenarios/web-tier.yaml --replications 2000 --seed 2026") !=
        std::string::npos);
}

TEST_CASE(
    "the inputs that the verdict hangs on stand beside it, and say which of them nobody has set") {
  const auto results = sample_results(four_ways(), 20);
  std::map<std::string, DecisiveInput> inputs;
  for (const DecisiveInput& item : decisive_inputs(sample_input(results)))
    inputs[item.label] = item;
  CHECK(inputs.at("manual work per server").value == "8 – 16 work h");
  CHECK(inputs.at("manual work per server").untouched);
  CHECK(inputs.at("image golden-linux").value == "exists, bad with 2 %");
  CHECK(inputs.at("image new-linux").value ==
        "made first, test catches 80 % or exists, bad with 2 %");
  CHECK_FALSE(inputs.at("image golden-linux").untouched);
  CHECK(inputs.at("instances held, ap-seoul").value == "2 zones × 200");
  CHECK(inputs.at("step done wrong, ops").value == "2 %, 80 % found at once");
  CHECK(inputs.at("wage, ops").value == "42.51 USD per work h, 12 people");
  CHECK(inputs.at("price of delay").untouched);
  CHECK(inputs.at("horizon").value == "30 d");
}

TEST_CASE("inputs go together only where their rank correlation is not 0") {
  Results results = sample_results(four_ways(), 20);
  results.uncertain.resize(3);
  results.uncertain[0].path = "staff.ops.people";
  results.uncertain[1].path = "launch.fails";
  results.uncertain[2].path = "launch.time";
  results.correlations = {{{0, 1, 0.5}, "Spearman 0.48"}, {{0, 2, 0.0}, "Spearman 0"}};
  const std::string page = page_of(results);
  CHECK(page.find("staff.ops.people and launch.fails go together") != std::string::npos);
  CHECK(page.find("staff.ops.people and launch.time do not depend on each other") !=
        std::string::npos);
}

TEST_CASE("an uncertain input stands beside the value that is stated for it") {
  Results results = sample_results(four_ways(), 20);
  scenario::UncertainInput unsure;
  unsure.path = "staff.ops.people";
  unsure.words = "2 to 4";
  unsure.stated = "12";
  results.uncertain.push_back(unsure);
  const std::vector<DecisiveInput> inputs = decisive_inputs(sample_input(results));
  CHECK(inputs.back().label == "staff.ops.people");
  CHECK(inputs.back().value == "2 to 4 (stated: 12)");
  CHECK(inputs.back().uncertain);
  CHECK(page_of(results).find("2 to 4 (stated: 12) <small>uncertain</small>") != std::string::npos);
}

TEST_CASE("an interrupted run says how much of it there is") {
  Results results = sample_results(four_ways(), 120);
  results.replications_planned = 1000;
  results.interrupted = true;
  CHECK(page_of(results).find("120 of 1,000 planned replications") != std::string::npos);
  CHECK(page_of(sample_results(four_ways(), 120)).find("interrupted") == std::string::npos);
}

TEST_CASE("an objective that held in every run is told by its one-sided bound") {
  experiment::ObjectiveResult outcome;
  outcome.probability = 1.0;
  outcome.interval = {0.99815729, 1.0};
  outcome.at_least = 0.99850328;
  CHECK(objective_text(outcome) == "> 99.85 %");
}

TEST_CASE("probabilities that the data cannot prove are printed as bounds") {
  CHECK(probability_text(1.0, {0.99815729, 1.0}) == "> 99.81 %");
  CHECK(probability_text(0.0, {0.0, 0.00184271}) == "< 0.19 %");
  CHECK(probability_text(0.964, {0.955, 0.972}) == "96.40 %");
  CHECK(probability_range(0.964, {0.955, 0.972}) == "95.50–97.20 %");
  CHECK(probability_text(0.25, {0.2, 0.3}) == "25.0 %");
  CHECK(probability_text(0.25, {0.1, 0.5}) == "25 %");
  CHECK(probability_text(0.9996, {0.9985, 0.99999}) == "99.960 %");
  CHECK(probability_range(1.0, {0.99815729, 1.0}) == "99.815–100 %");
  CHECK(probability_text(1.0, {0.025, 1.0}) == "> 2 %");
}

TEST_CASE("intervals name their unit once, and say where an end is open") {
  const model::MetricInfo& ready = model::metric_info(Metric::ready_time);
  CHECK(quantile_range({4572.0, stats::Interval{4572.0, 4716.0}}, ready, 1e6) == "1.27–1.31 h");
  CHECK(quantile_range({3480.0, stats::Interval{3480.0, 3960.0}}, ready, 1e6) == "58 min – 1.1 h");
  CHECK(quantile_range({3600.0, stats::Interval{3600.0, model::kNotReached}}, ready, 1e6) ==
        "≥ 1 h");
  CHECK(quantile_range({0.0, stats::Interval{0.0, model::kNotReached}}, ready, 1e6).empty());
  CHECK(quantile_range({3600.0, std::nullopt}, ready, 1e6).empty());
  CHECK(range_text(stats::Interval{1190.4, 1216.2}, model::Unit::money) == "1,190–1,216");
  CHECK(range_text(stats::Interval{660.06, 660.31}, model::Unit::seconds) == "11–11.01 min");
  CHECK(range_text(stats::Interval{660.06, 660.06}, model::Unit::seconds) == "11–11 min");
}

TEST_CASE("what would turn the verdict stands in its box; dominance over many is one sentence") {
  experiment::Results results = sample_results(four_ways(), 50);
  const std::size_t winner = *results.verdict.winner;
  results.verdict.conditions = {{"delay", "0 USD per instance h", "1 USD per instance h", false,
                                 std::size_t{winner == 0 ? 1U : 0U}, true},
                                {"manual.effort", "8 work h", "16 work h", false, winner, false}};
  results.verdict.condition_replications = 25;
  for (experiment::Comparison& comparison : results.comparisons) {
    const bool cost = comparison.metric == model::Metric::cost_ranked;
    using Better = experiment::Comparison::Better;
    comparison.first_order = !cost                        ? Better::not_shown
                             : comparison.left == winner  ? Better::left
                             : comparison.right == winner ? Better::right
                                                          : Better::not_shown;
    comparison.second_order = comparison.first_order;
  }
  const std::string page = html_page(sample_input(results), {});
  const std::size_t box = page.find("<section class=\"verdict");
  const std::size_t turns = page.find("The verdict is conditional on delay = 0 USD per instance h");
  REQUIRE(turns != std::string::npos);
  CHECK(turns > box);
  CHECK(turns < page.find("</section>", box));
  CHECK(page.find("conditional on manual.effort") == std::string::npos);
  CHECK(page.find("1 of 2 tried values of untouched defaults and uncertain inputs turns the "
                  "verdict (25 runs of each strategy at each, with the same luck: altogether 100 % "
                  "of the forecast") != std::string::npos);
  const std::string every = "is better than every other, whatever limit one sets";
  CHECK(page.find(every) != std::string::npos);
  CHECK(page.find(every) == page.rfind(every));
}
