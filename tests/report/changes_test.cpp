/// What the comparison of two runs says, on the terminal and as a page.
#include "rollcast/report/changes.hpp"

#include <doctest/doctest.h>

#include <sstream>

#include "rollcast/base/text.hpp"
#include "sample_results.hpp"

using namespace rollcast;
using namespace rollcast::report;

namespace {

using experiment::Change;

Change chance(std::string name, double before, double after, stats::Interval interval) {
  Change change;
  change.what = std::move(name);
  change.chance = true;
  change.small_is_better = false;
  change.before = before;
  change.after = after;
  change.difference = after - before;
  change.interval = interval;
  return change;
}

Change mean(model::Metric metric, double before, double after, stats::Interval interval) {
  Change change;
  change.metric = metric;
  change.what = model::metric_info(metric).label;
  change.before = before;
  change.after = after;
  change.difference = after - before;
  change.interval = interval;
  return change;
}

/// A strategy that became later, cheaper, and maybe safer; its ready time has no mean after it.
struct Sample {
  experiment::Results before = sample_results(four_ways(), 50);
  experiment::Results after = sample_results(four_ways(), 40);
  ChangesInput input;

  explicit Sample(const std::string& name) {
    experiment::StrategyChanges strategy{name, 0, 0, {}};
    strategy.changes.push_back(chance("on time", 0.95, 0.875, {-0.1, -0.05}));
    strategy.changes.push_back(chance("blast radius", 0.9, 0.92, {-0.01, 0.05}));
    strategy.changes.push_back(mean(model::Metric::cost_ranked, 1240.0, 1190.0, {-60.25, -38.75}));
    Change unfinished = mean(model::Metric::ready_time, 3600.0, 0.0, {0.0, 0.0});
    unfinished.after.reset();
    unfinished.difference.reset();
    unfinished.interval.reset();
    strategy.changes.push_back(unfinished);
    RunAgainstFirst other{
        "twelve", &after, {{"staff.ops.people", "6", "12"}, {"seed", "", "4"}}, {}};
    other.changes.pairing = experiment::Pairing::paired;
    other.changes.replications = 40;
    other.changes.strategies.push_back(strategy);
    other.changes.only_before = {"by hand", "old way"};
    input = {"six", &before, {other}};
  }
};

std::string without_spaces(const std::string& text) {
  std::string words;
  for (const char letter : text)
    if (letter != ' ' || (!words.empty() && words.back() != ' ' && words.back() != '\n'))
      words += letter;
  return words;
}

}  // namespace

TEST_CASE("a comparison says what was changed, what that does, and how sure it is") {
  Sample sample("images");
  sample.after.seed = sample.before.seed;
  const std::string text = without_spaces(terminal_changes(sample.input, {80, false}));
  INFO(text);
  const std::string seed = std::to_string(sample.before.seed);
  for (const std::string& words : {
           std::string("six → twelve\n"),
           "Paired: both have seed " + seed,
           std::string("Over the 40 runs that both have."),
           std::string("staff.ops.people: 6 → 12\n"),
           std::string("seed: (none) → 4\n"),
           std::string("images before after difference\n"),
           std::string("chance of “on time” 95 % 87.5 % −7.5 points\n−10 … −5 worse\n"),
           std::string("chance of “blast radius” 90 % 92 % +2 points\n−1 … +5 no clear change\n"),
           std::string(
               "cost the verdict ranks by, mean USD 1,240 1,190 −50.00\n−60.25 … −38.75 better\n"),
           std::string("1 h not stated –\nsome runs did not finish\n"),
           std::string("Only in six: “by hand” and “old way”.\n"),
       }) {
    INFO(words);
    CHECK(text.find(words) != std::string::npos);
  }
}

TEST_CASE("costs that stop at the horizon are told beside what they became") {
  Sample sample("images");
  auto& ready = sample.after.strategies[sample.input.others[0].changes.strategies[0].after]
                    .metrics[static_cast<std::size_t>(model::Metric::ready_time)];
  for (const double reached : {1.0, 0.8}) {
    ready.reached = reached;
    for (const std::string& text :
         {terminal_changes(sample.input, {160, false}), html_changes_page(sample.input)})
      CHECK((text.find("stop at the horizon") != std::string::npos) == (reached < 1));
  }
}

TEST_CASE("runs of different seeds are told to be independent") {
  Sample sample("images");
  sample.after.seed = sample.before.seed + 1;
  sample.input.others[0].changes.pairing = experiment::Pairing::independent;
  for (const std::string& text :
       {terminal_changes(sample.input, {80, false}), html_changes_page(sample.input)}) {
    CHECK(text.find("different seeds") != std::string::npos);
    CHECK(text.find("Paired") == std::string::npos);
  }
}

TEST_CASE("a comparison keeps to the terminal's width, whatever the names") {
  for (const std::string& name : {std::string(200, 'W'), std::string("日本語 🚀\n\x1b[31m")}) {
    Sample sample(name);
    sample.input.name = sample.input.others[0].name = name;
    for (const int width : {60, 80, 120}) {
      std::istringstream lines(terminal_changes(sample.input, {width, false}));
      for (std::string line; std::getline(lines, line);) {
        INFO(line);
        CHECK(display_width(line) <= static_cast<std::size_t>(width));
        CHECK(line.find('\x1b') == std::string::npos);
      }
    }
  }
}

TEST_CASE("the page of a comparison has the same numbers, and names are text in it") {
  const std::string name = "</script><script>alert('x')</script><!-- \"quoted\"";
  Sample sample(name);
  sample.input.others[0].values.push_back({"</code><b>", "<i>", "&"});
  const std::string page = html_changes_page(sample.input);
  CHECK(page.find("<script>alert") == std::string::npos);
  CHECK(page.find("&lt;/script&gt;&lt;script&gt;alert('x')") != std::string::npos);
  CHECK(page.find("&lt;/code&gt;") != std::string::npos);
  CHECK(page.find("<td>&lt;i&gt;</td><td>&amp;</td>") != std::string::npos);
  CHECK(page.find("−7.5 points<small>−10 … −5</small>") != std::string::npos);
  CHECK(page.find("−50.00<small>−60.25 … −38.75</small>") != std::string::npos);
  CHECK(page.find("<td class=\"worse\">worse</td>") != std::string::npos);
  CHECK(page.find("<td class=\"better\">better</td>") != std::string::npos);
  CHECK(page.find("Only in six: “by hand” and “old way”.") != std::string::npos);
}
