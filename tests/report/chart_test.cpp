/// The charts, drawn without a browser.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <random>
#include <set>
#include <sstream>

#include "binning.hpp"
#include "chart_renderer.hpp"
#include "charts.hpp"
#include "rollcast/base/text.hpp"
#include "sample_results.hpp"

using namespace rollcast;
using namespace rollcast::report;

namespace {

/// Fails the test when the text is not well-formed XML.
boost::property_tree::ptree parsed(const std::string& svg) {
  std::istringstream stream(svg);
  boost::property_tree::ptree tree;
  boost::property_tree::read_xml(stream, tree);
  return tree;
}

std::set<std::string> names_of(const std::vector<ChartFile>& charts) {
  std::set<std::string> names;
  for (const auto& [name, svg] : charts) names.insert(name);
  return names;
}

const std::string& chart(const std::vector<ChartFile>& charts, const std::string& name) {
  for (const auto& [file, svg] : charts)
    if (file == name) return svg;
  FAIL("no chart " << name);
  return charts.front().second;
}

}  // namespace

TEST_CASE("an S-curve of equal values, or of a single one, is read off as a step") {
  for (const std::vector<double>& values : {std::vector<double>{60.0}, {60.0, 60.0, 60.0}}) {
    const std::vector<double> times = curve_times({values}, 100, {});
    CHECK(times.front() < 60.0);
    CHECK(std::count(times.begin(), times.end(), 60.0) == 1);
    CHECK(times.back() > 60.0);
    const auto step = std::find(times.begin(), times.end(), 60.0);
    CHECK(step[-1] > 59.9);  // so that it is upright
  }
}

TEST_CASE(
    "every chart of a comparison is drawn as well-formed SVG with its title and its finding") {
  const auto results = sample_results(four_ways(), 500);
  const std::vector<ChartFile> charts = chart_svgs(sample_input(results));
  CHECK(names_of(charts) ==
        std::set<std::string>{"s-curve.svg", "cost-risk.svg", "exceedance.svg", "image-defects.svg",
                              "own-defects.svg", "cost-phases.svg", "cost-kinds.svg", "spread.svg",
                              "waiting.svg", "fan.svg", "recovery-time.svg", "data-loss.svg",
                              "convergence.svg", "against.svg"});
  for (const auto& [name, svg] : charts) {
    const auto& captured = name;  // clang 14 captures no structured binding
    CAPTURE(captured);
    const auto tree = parsed(svg);
    CHECK(tree.get<int>("svg.<xmlattr>.width") > 400);
    CHECK_FALSE(tree.get<std::string>("svg.title").empty());
    CHECK(svg.find("NaN") == std::string::npos);
    CHECK(svg.find("undefined") == std::string::npos);
    CHECK(svg.find("<path") != std::string::npos);
  }
}

TEST_CASE("the same results give the same drawings") {
  const auto results = sample_results(four_ways(), 100);
  CHECK(chart_svgs(sample_input(results)) == chart_svgs(sample_input(results)));
}

TEST_CASE("every strategy is named in the charts, and drawn in its own colour") {
  const auto results = sample_results(four_ways(), 300);
  const std::vector<ChartFile> charts = chart_svgs(sample_input(results));
  for (const char* file : {"s-curve.svg", "exceedance.svg", "fan.svg", "spread.svg"}) {
    const std::string& svg = chart(charts, file);
    for (const auto& strategy : results.strategies)
      CHECK(svg.find(strategy.name) != std::string::npos);
    for (const char* tint : {"#0072b2", "#d55e00", "#009e73", "#7b2163"})
      CHECK(svg.find(tint) != std::string::npos);
  }
}

TEST_CASE("the deadline is drawn and named") {
  const auto charts = chart_svgs(sample_input(sample_results(four_ways(), 300)));
  for (const char* file : {"s-curve.svg", "spread.svg"}) {
    CHECK(chart(charts, file).find("on time: 4.38 d") != std::string::npos);
  }
  CHECK(chart(charts, "exceedance.svg").find("blast: at most 5") != std::string::npos);
}

TEST_CASE(
    "one strategy, one run, twelve strategies and nothing finished give charts that make sense") {
  SUBCASE("one strategy has nothing to be set against") {
    const auto charts = names_of(chart_svgs(sample_input(sample_results({four_ways()[0]}, 200))));
    CHECK(charts.count("s-curve.svg") == 1);
    CHECK(charts.count("cost-risk.svg") == 0);
  }
  SUBCASE("one run") {
    for (const auto& [name, svg] : chart_svgs(sample_input(sample_results(four_ways(), 1)))) {
      const auto& captured = name;  // clang 14 captures no structured binding
      CAPTURE(captured);
      parsed(svg);
      CHECK(svg.find("NaN") == std::string::npos);
    }
  }
  SUBCASE("twelve strategies") {
    std::vector<SampleStrategy> twelve;
    for (int i = 0; i < 12; ++i) {
      twelve.push_back(four_ways()[static_cast<std::size_t>(i % 4)]);
      twelve.back().name += fmt::format(" {}", i);
    }
    for (const auto& [name, svg] : chart_svgs(sample_input(sample_results(twelve, 200)))) {
      const auto& captured = name;  // clang 14 captures no structured binding
      CAPTURE(captured);
      parsed(svg);
      CHECK(svg.size() < 300'000);
    }
  }
  SUBCASE("nothing finished") {
    const auto results = nothing_finished(100);
    const auto charts = names_of(chart_svgs(sample_input(results)));
    CHECK(charts.count("s-curve.svg") == 0);
    CHECK(charts.count("exceedance.svg") == 0);
    const std::string page = html_page(sample_input(results), {});
    CHECK(page.find("No run of any strategy had the whole fleet ready within 30 d") !=
          std::string::npos);
    CHECK(page.find("No instance entered service in any run") != std::string::npos);
  }
}

TEST_CASE("hostile names are text in the drawings too") {
  std::vector<SampleStrategy> strategies = four_ways();
  strategies[0].name = "</svg><script>alert(1)</script> \"'&";
  strategies[1].name = "🚀 日本語";
  strategies[2].name = std::string(200, 'W');
  for (const auto& [name, svg] : chart_svgs(sample_input(sample_results(strategies, 60)))) {
    const auto& captured = name;  // clang 14 captures no structured binding
    CAPTURE(captured);
    parsed(svg);
    CHECK(svg.find("<script") == std::string::npos);
    CHECK_FALSE(first_invalid_utf8(svg).has_value());
  }
}

TEST_CASE("the page's scripts and the program say numbers in the same words") {
  ChartRenderer renderer("{}");
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> exponent(-3.0, 8.5);
  const auto same = [&](const char* function, double value, const std::string& expected) {
    INFO(function, " of ", value);
    CHECK(renderer.evaluate(fmt::format("rollcast.format.{}({})", function, value)) == expected);
  };
  const auto all = [&](double value) {
    same("duration", value, human_duration(value));
    same("number", value, human_number(value));
    const std::string money = human_money(value, "");
    same("money", value, money.substr(0, money.size() - 1));
    if (value < 1.0) same("percent", value, human_percent(value));
  };
  for (int i = 0; i < 400; ++i) all(std::pow(10.0, exponent(random)));
  for (const double value : {0.0, 1.0, 59.96, 60.0, 3599.0, 3600.0, 172799.0, 172800.0, 999.995,
                             1000.0, 0.5, 0.999, 0.99975}) {
    all(value);
  }
}

TEST_CASE("the timeline is drawn with every instance, people, queues, troubles and the outage") {
  auto results = sample_results(four_ways(), 20);
  const Replay replay = sample_replay(results);
  ReportInput input = sample_input(results);
  input.replay = &replay;
  const std::string svg = chart(chart_svgs(input), "timeline.svg");
  parsed(svg);
  for (const char* words :
       {"waits for people", "waits for quota", "set up by hand", "launching", "in service",
        "out of service", "being recovered", "soak", "approval", "ops 1", "ops 2", "golden",
        "image copy", "outage or shortage", "an attempt failed", "went out of service"}) {
    CAPTURE(words);
    CHECK(svg.find(words) != std::string::npos);
  }
  CHECK(svg.find("NaN") == std::string::npos);
  CHECK(svg.find("undefined") == std::string::npos);
}

TEST_CASE("each thing that an instance can do has a colour, in the light and in the dark") {
  ChartRenderer renderer("{}");
  for (const char* theme : {"light", "dark"})
    CHECK(renderer.evaluate(fmt::format("String(themes.{}.activities.length)", theme)) ==
          std::to_string(model::kActivities));
  CHECK(renderer.evaluate("String(themes.light.activities[22])") == renderer.evaluate("'#1f9e8f'"));
}

TEST_CASE("rows that are binned show what most of them do, and every trouble") {
  // 4,000 instances launch for the first 500 s; one in the middle goes out for 100 s.
  ChartRenderer renderer("{}");
  static_cast<void>(renderer.evaluate(
      "data = {objectives: [], replay: {rows: [], end: 900, horizon: 1000, total: 4000, step: 1,"
      " words: new Array(25).join('word ').split(' '), rollout: [], outages: [], copies: [], "
      "copies_total: 0, people: [], "
      "people_total: 0, queues: []}};"
      "for (var i = 0; i < 4000; ++i) data.replay.rows.push(['i' + i, 0, 6, 500, 10]);"
      "data.replay.rows[2000] = ['i2000', 0, 6, 500, 10, 700, 12, 800, 10]; ''"));
  const std::string svg = renderer.svg("timeline", 1000);
  parsed(svg);
  CHECK(svg.size() < 60'000);
  const auto drawn = [&](const char* tint) {
    return svg.find(fmt::format("fill=\"{}\"", tint)) != std::string::npos;
  };
  CHECK(drawn("#64aee0"));
  CHECK(drawn("#cbe6d2"));
  CHECK(drawn("#b3261e"));
  // Zoomed in to rows that have no trouble.
  static_cast<void>(
      renderer.evaluate("data.replay.rows = data.replay.rows.slice(0, "
                        "1500).concat(data.replay.rows.slice(2500)); ''"));
  CHECK(renderer.svg("timeline", 1000).find("fill=\"#b3261e\"") == std::string::npos);
  // Little more rows than are drawn one by one: none is left out, and no gap is between them.
  static_cast<void>(
      renderer.evaluate("data.replay.rows = data.replay.rows.slice(0, 120); "
                        "data.replay.total = 120; ''"));
  const std::string few = renderer.svg("timeline", 1000);
  std::ptrdiff_t most = 0;
  for (std::size_t at = few.find("<path"); at != std::string::npos;
       at = few.find("<path", at + 1)) {
    const std::string tag = few.substr(at, few.find('>', at) - at);
    if (tag.find("fill=\"#cbe6d2\"") != std::string::npos)
      most = std::max(most, std::count(tag.begin(), tag.end(), 'M'));
  }
  CHECK(most == 120);
}

TEST_CASE("a timeline of very many instances draws every k-th and stays small") {
  auto results = sample_results({four_ways()[0]}, 3);
  results.scenario.strategies[0].world.groups[model::GroupId{0}].count = 200'000;
  Replay replay;
  for (std::uint32_t i = 0; i < 200'000; ++i) {
    const TimePoint begin = kStart + std::chrono::seconds(i / 100);
    replay.trace.change({begin, model::TrackKind::instance, model::Activity::launching, i});
    replay.trace.change(
        {begin + std::chrono::minutes(4), model::TrackKind::instance, model::Activity::serving, i});
  }
  ReportInput input = sample_input(results);
  input.replay = &replay;
  const std::string data = report_data_json(input);
  CHECK(data.size() < 300'000);
  CHECK(data.find("[200000]") == std::string::npos);
  CHECK(data.find("[199921]") != std::string::npos);
}

TEST_CASE("a defect in a definition is told with the script's message") {
  ChartRenderer renderer("{}");
  CHECK_THROWS_WITH_AS((void)renderer.evaluate("no_such_thing()"),
                       doctest::Contains("no_such_thing"), std::runtime_error);
  CHECK_THROWS_AS((void)renderer.svg("no-such-chart", 500), std::runtime_error);
}

TEST_CASE("every chart has a finding that a reader can use") {
  auto results = sample_results(four_ways(), 200);
  const Replay replay = sample_replay(results);
  ReportInput input = sample_input(results);
  input.replay = &replay;
  for (const Chart& item : charts_of(input)) {
    INFO(item.name);
    REQUIRE(item.shown);
    CHECK(item.finding.back() == '.');
    CHECK(item.finding.find("“") != std::string::npos);
    CHECK(item.hint.size() > 20);
    CHECK(item.hint.back() == '.');
  }
}

TEST_CASE("a density leaves out what was not reached and is highest where most values are") {
  std::vector<double> values;
  for (int i = 0; i < 100; ++i) values.push_back(100.0 + 0.1 * i);
  for (int i = 0; i < 10; ++i) values.push_back(1000.0 + i);
  values.push_back(model::kNotReached);
  const Density density = density_of(values, 40);
  REQUIRE(density.heights.size() == 40);
  CHECK(density.from < 100.0);
  CHECK(density.to > 1009.0);
  CHECK(density.to < 2000.0);
  const auto highest =
      std::max_element(density.heights.begin(), density.heights.end()) - density.heights.begin();
  CHECK(highest < 8);
  CHECK(density.heights[static_cast<std::size_t>(highest)] == 1.0);
}

TEST_CASE("a density of too few or equal values has no shape") {
  CHECK(density_of(std::vector<double>(5, 3.0), 40).heights.empty());
  CHECK(density_of(std::vector<double>(100, 3.0), 40).heights.empty());
  CHECK(density_of(std::vector<double>(100, model::kNotReached), 40).heights.empty());
}

TEST_CASE("counts of an impact axis begin with every whole number and end at the last") {
  const std::vector<double> counts = sparse_counts(500.0, 100);
  CHECK(counts.size() < 100);
  for (std::size_t i = 0; i < 10; ++i) CHECK(counts[i] == static_cast<double>(i + 1));
  CHECK(counts.back() <= 500.0);
  CHECK(counts.back() > 450.0);
}

TEST_CASE("the fan's quantiles are those of the summaries") {
  const auto results = sample_results(four_ways(), 777);
  static constexpr std::array<double, 3> kLevels{0.05, 0.50, 0.95};
  for (const auto& strategy : results.strategies) {
    const auto whole_fleet = quantiles_at(strategy.samples.ready_curve.back(), kLevels);
    const auto& summary = strategy.metrics[static_cast<std::size_t>(model::Metric::ready_time)];
    CHECK(whole_fleet[0] == summary.quantiles[0].value);
    CHECK(whole_fleet[1] == summary.quantiles[3].value);
    CHECK(whole_fleet[2] == summary.quantiles[7].value);
  }
  CHECK(quantiles_at({}, kLevels) == std::vector<std::optional<double>>(3));
  CHECK(quantiles_at({3.0, model::kNotReached}, kLevels)[1] == 3.0);
  CHECK_FALSE(quantiles_at({3.0, model::kNotReached}, kLevels)[2].has_value());
}

TEST_CASE("a time axis has ticks however close together its ends are") {
  ChartRenderer renderer("{}");
  const auto ticks = [&](const char* scale) {
    return renderer.evaluate(fmt::format(
        "(function () {{ var s = {}; return s.ticks.map(s.label).join(', '); }})()", scale));
  };
  CHECK(ticks("rollcast.scale.time(291, 300, 400)") == "4.85 min, 4.9 min, 4.95 min, 5 min");
  CHECK(ticks("rollcast.scale.time(58320, 58325, 400)") ==
        "16.2 h, 16.2002 h, 16.2004 h, 16.2006 h, 16.2008 h, 16.201 h, 16.2012 h, 16.2014 h");
  CHECK(ticks("rollcast.scale.time(60, 36000, 400)") == "1 min, 3 min, 10 min, 1 h, 3 h, 8 h");
}
