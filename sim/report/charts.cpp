#include "rollcast/report/report.hpp"

#include "charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <future>
#include <nlohmann/json.hpp>

#include "chart_renderer.hpp"
#include "decision.hpp"
#include "findings.hpp"
#include "page_frame.hpp"
#include "quality.hpp"
#include "replay.hpp"
#include "waits.hpp"
#include "words.hpp"

namespace rollcast::report {
namespace {

using experiment::Results;
using experiment::StrategyResult;
using model::Metric;

/// Narrow enough that the labels are still readable with two charts side by side on paper.
constexpr int kWidth = 520;
/// One that has the page's whole width.
constexpr int kWideWidth = 1080;
/// Each takes a third of a second to read the chart library, so many do not pay.
constexpr unsigned kMostRenderers = 4;

/// Whether any strategy has it.
template <class Has>
bool any(const Results& results, Has has) {
  return std::any_of(results.strategies.begin(), results.strategies.end(), has);
}

bool any_finite(const std::vector<double>& values) {
  return std::any_of(values.begin(), values.end(),
                     [](double value) { return std::isfinite(value) && value > 0.0; });
}

bool any_ready(const StrategyResult& strategy) {
  return any_finite(strategy.samples.metrics[static_cast<std::size_t>(Metric::ready_time)]);
}

bool any_entered(const StrategyResult& strategy) {
  return std::any_of(strategy.samples.ready_curve.begin(), strategy.samples.ready_curve.end(),
                     any_finite);
}

bool any_waiting(const StrategyResult& strategy) {
  for (const Wait& wait : kWaits)
    if (summary_of(strategy, wait.metric).mean.value_or(0.0) > 0.0) return true;
  return false;
}

auto positive_mean(Metric metric) {
  return [metric](const StrategyResult& strategy) {
    return summary_of(strategy, metric).mean.value_or(0.0) > 0.0;
  };
}

auto some_values(Metric metric) {
  return
      [metric](const StrategyResult& strategy) { return summary_of(strategy, metric).count > 0; };
}

bool lost_data(const StrategyResult& strategy) {
  const auto& incidents = strategy.samples.incidents;
  return std::any_of(incidents.begin(), incidents.end(), [](const model::IncidentRecord& incident) {
    return std::isfinite(incident.data_loss_hours) && incident.data_loss_hours > 0.0F;
  });
}

int width_of(const Chart& chart) {
  return chart.section == Section::one_run ? kWideWidth : kWidth;
}

}  // namespace

std::vector<Chart> charts_of(const ReportInput& input) {
  const Results& results = input.results;
  const bool several = results.strategies.size() > 1 && results.replications > 1;
  const bool costs = any(results, positive_mean(Metric::cost_total));
  const bool ready = any(results, any_ready), entered = any(results, any_entered);
  const std::string never =
      fmt::format("No run of any strategy had the whole fleet ready within {}.",
                  not_within(horizon_of(results)).substr(11));
  std::vector<Chart> charts{
      {"s-curve", "Chance to be ready by a given time", Section::decision, ready, "",
       "A line shows the share of runs that are ready by each time: the further left, the sooner; "
       "the steeper, the surer. Marks stand at P50, P90 and P99.",
       never},
      {"cost-risk", "Cost against risk", Section::decision, several && costs, "",
       "Down and left is better. Whiskers are 95 % intervals; a hollow mark means that it happened "
       "in no run; the dotted "
       "line joins the strategies that no other one beats in both.",
       ""},
      {"exceedance", "Risk of an impact of x instances or more", Section::risk_and_cost,
       any(results, positive_mean(impact_metric(results))), "",
       "Lower is better: each grid line stands for ten times the risk of the one below it.",
       "No run had an instance out or defective after it had entered service."},
      {"image-defects", "Risk that a bad image strikes x instances or more", Section::risk_and_cost,
       any(results, positive_mean(Metric::impact_image_peak)), "",
       "One bad image makes all that were launched from it defective at once: a line that stays "
       "high far to the right. Canaries and batches cut it off.",
       ""},
      {"own-defects", "Risk that x instances or more have defects of their own",
       Section::risk_and_cost, any(results, positive_mean(Metric::impact_own_peak)), "",
       "Errors in work by hand or in a script, and drift, strike one instance at a time: many "
       "small "
       "impacts, few large ones.",
       ""},
      {"cost-phases", "What it costs, by phase", Section::risk_and_cost, costs, "",
       "Mean over all runs, one bar a strategy. The verdict ranks by the parts that it names, not "
       "by "
       "the whole bar.",
       ""},
      {"cost-kinds", "What it costs, by kind", Section::risk_and_cost, costs, "",
       "Mean over all runs of everything that is paid up to the horizon, by what it is paid for.",
       "No run cost anything: the scenario has no prices."},
      {"spread", "Spread of the ready time", Section::time, ready, "",
       "Box: half of all runs; line: 90 %; tick: median; ring: P99; above it the shape.", ""},
      {"waiting", "Why it was slow", Section::time, any(results, any_waiting), "",
       "Mean wait of an instance; soak, pauses, approval and windows hold the whole "
       "roll-out. No mark: no wait.",
       ""},
      {"fan", "How the fleet fills up", Section::time, entered, "",
       "Line: the median run; band: 90 % of all runs.", "No instance entered service in any run."},
      {"recovery-time", "Time to recover", Section::recovery,
       any(results, some_values(Metric::recovery_time_mean)), "",
       "Pooled over all incidents. Box: half of them; line: 90 %; tick: median; ring: P99.", ""},
      {"data-loss", "Data lost in an incident", Section::recovery, any(results, lost_data), "",
       "Age of the restored state, pooled over all incidents that lost data.", ""},
      {"timeline", "One run, instance by instance", Section::one_run,
       input.replay != nullptr && !input.replay->trace.changes().empty(), "",
       "A line an instance, in the order in which they are begun; where instances wait, the lines "
       "below count them.",
       ""},
      {"convergence", "Are there enough runs?", Section::quality,
       any(results, [](const StrategyResult& s) { return !convergence_json(s.samples).is_null(); }),
       "",
       "Four times the runs halve the interval: the lines fall evenly. A line that jumps up has "
       "met "
       "a rare, dear run.",
       ""},
      {"against", "Against the strategy that the verdict names", Section::quality,
       !against_json(results).is_null(), "",
       "Filled mark: mean cost; hollow: mean ready time; whiskers: 95 % intervals of the paired "
       "difference. Right of the line: dearer or slower.",
       ""},
  };
  for (Chart& chart : charts) {
    if (!chart.shown) continue;
    chart.finding =
        chart.name == "timeline" ? replay_finding(input) : finding_of(results, chart.name);
  }
  return charts;
}

std::vector<ChartFile> chart_svgs(const ReportInput& input, unsigned threads) {
  std::vector<Chart> charts = charts_of(input);
  std::erase_if(charts, [](const Chart& chart) { return !chart.shown; });
  const std::string data = report_data_json(input);
  std::vector<ChartFile> files(charts.size());
  std::atomic<std::size_t> next{0};
  const auto draw = [&] {
    ChartRenderer renderer(data);
    for (std::size_t i = next++; i < charts.size(); i = next++)
      files[i] = {fmt::format("{}.svg", charts[i].name),
                  with_title(renderer.svg(charts[i].name, width_of(charts[i])), charts[i].title,
                             charts[i].finding)};
  };
  std::vector<std::future<void>> others;
  for (unsigned i = 1; i < std::min(threads, kMostRenderers); ++i)
    others.push_back(std::async(std::launch::async, draw));
  draw();
  for (std::future<void>& other : others) other.get();
  return files;
}

}  // namespace rollcast::report
