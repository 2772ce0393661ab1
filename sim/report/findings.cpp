#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "decision.hpp"
#include "findings.hpp"
#include "html.hpp"
#include "quality.hpp"
#include "rollcast/base/assertion.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/stats/proportion.hpp"
#include "waits.hpp"
#include "words.hpp"

namespace rollcast::report {
namespace {

using experiment::Results;
using experiment::StrategyResult;
using model::Metric;

/// Strategies with the smallest and the largest value; what is not reached counts as largest.
struct Extremes {
  std::size_t least = 0, most = 0;
};

Extremes extremes_of(const Results& results,
                     const std::function<double(const StrategyResult&)>& value) {
  Extremes extremes;
  for (std::size_t i = 1; i < results.strategies.size(); ++i) {
    if (value(results.strategies[i]) < value(results.strategies[extremes.least]))
      extremes.least = i;
    if (value(results.strategies[i]) > value(results.strategies[extremes.most])) extremes.most = i;
  }
  return extremes;
}

double quantile_value(const StrategyResult& strategy, Metric metric, double level) {
  return quantile_of(summary_of(strategy, metric), level).value.value_or(model::kNotReached);
}

std::string quantile_words(const Results& results, const StrategyResult& strategy, Metric metric,
                           double level) {
  return quantile_text(quantile_of(summary_of(strategy, metric), level), model::metric_info(metric),
                       horizon_of(results));
}

/// "within 5.1 h" or "not within 30 d".
std::string within(const std::string& words) {
  return words.rfind("not ", 0) == 0 ? words : "within " + words;
}

/// "within 30 d".
std::string within_horizon(const Results& results) {
  return "within " + human_duration(horizon_of(results));
}

/// "in only 89.7 % of its runs", of a strategy whose quantile is not reached.
std::string share_ready(const StrategyResult& strategy) {
  const auto& ready = summary_of(strategy, Metric::ready_time);
  return fmt::format("in only {} of its runs", probability_text(ready.reached, ready.reached_ci));
}

std::string s_curve(const Results& results) {
  const auto value = [](const StrategyResult& s) {
    return quantile_value(s, Metric::ready_time, 90);
  };
  const Extremes ends = extremes_of(results, value);
  const StrategyResult& fast = results.strategies[ends.least];
  const StrategyResult& slow = results.strategies[ends.most];
  const auto mostly = [&](const StrategyResult& s) {  // or in the one run, or not
    return results.replications == 1 || std::isfinite(value(s));
  };
  if (!mostly(fast))
    return fmt::format("{} is ready {} {}.", quoted(fast.name), within_horizon(results),
                       share_ready(fast));
  std::string text = fmt::format(
      "In {} {} is ready {}", results.replications == 1 ? "the one run" : "9 of 10 runs",
      quoted(fast.name), within(quantile_words(results, fast, Metric::ready_time, 90)));
  if (ends.least != ends.most) {
    text += fmt::format(", {} {}", quoted(slow.name),
                        mostly(slow) ? within(quantile_words(results, slow, Metric::ready_time, 90))
                                     : within_horizon(results) + " " + share_ready(slow));
  }
  return text + ".";
}

std::string mean_cost(const Results& results, std::size_t strategy, Metric metric) {
  const auto& mean = summary_of(results.strategies[strategy], metric).mean;
  return mean ? human_money(*mean, results.scenario.currency) : "an unknown amount";
}

std::string cost_risk(const Results& results) {
  const std::size_t index = results.verdict.winner.value_or(
      extremes_of(results, [](const StrategyResult& s) {
        return summary_of(s, Metric::cost_ranked).mean.value_or(model::kNotReached);
      }).least);
  const Risk risk = risk_of(results);
  const RiskValue value = risk_value(results, risk, index);
  return fmt::format("{}: {} on average, {} {}.", quoted(results.strategies[index].name),
                     mean_cost(results, index, Metric::cost_ranked), value.text, risk.label);
}

std::string exceedance(const Results& results) {
  const Metric metric = impact_metric(results);
  const Extremes ends = extremes_of(
      results, [metric](const StrategyResult& s) { return quantile_value(s, metric, 99); });
  const auto words = [&](std::size_t i) {
    return quantile_words(results, results.strategies[i], metric, 99);
  };
  const bool one = results.replications == 1;
  const bool sound = words(ends.least) == "0";
  const auto bounded = [&](std::size_t i) {
    return fmt::format("{} at or below {} of {}", one ? "stays" : "stay", words(i),
                       fleet_text(results));
  };
  std::string text = fmt::format("{} {} with {}", one ? "The one run" : "99 of 100 runs",
                                 !sound ? bounded(ends.least)
                                 : one  ? "keeps the whole fleet sound"
                                        : "keep the whole fleet sound",
                                 quoted(results.strategies[ends.least].name));
  if (ends.least != ends.most) {
    text += fmt::format(", {} with {}", sound ? "and " + bounded(ends.most) : words(ends.most),
                        quoted(results.strategies[ends.most].name));
  }
  return text + ".";
}

/// How often a kind of defect strikes at all, and how far, where it strikes most.
std::string struck_by(const Results& results, Metric metric) {
  const Extremes ends = extremes_of(results, [metric](const StrategyResult& s) {
    return summary_of(s, metric).mean.value_or(0.0);
  });
  const StrategyResult& strategy = results.strategies[ends.most];
  const auto& values = strategy.samples.metrics[static_cast<std::size_t>(metric)];
  const auto struck = std::count_if(values.begin(), values.end(), [](double v) { return v > 0.0; });
  const double runs = static_cast<double>(values.size());
  const stats::Interval interval =
      stats::clopper_pearson(static_cast<double>(struck), values.size());
  return fmt::format(
      "Most with {}: some are struck in {} of runs ({}), {} of {} on average over "
      "all.",
      quoted(strategy.name), probability_text(static_cast<double>(struck) / runs, interval),
      probability_range(static_cast<double>(struck) / runs, interval),
      value_text(summary_of(strategy, metric).mean.value_or(0.0), model::metric_info(metric).unit),
      fleet_text(results));
}

std::string cost_by(const Results& results, Metric metric, const std::string& subject) {
  const Extremes ends = extremes_of(results, [metric](const StrategyResult& s) {
    return summary_of(s, metric).mean.value_or(model::kNotReached);
  });
  const auto words = [&](std::size_t i) {
    return fmt::format("{} for {}", mean_cost(results, i, metric),
                       quoted(results.strategies[i].name));
  };
  const std::string most = ends.least == ends.most ? "" : ", " + words(ends.most);
  return fmt::format("{}: on average {}{}.", subject, words(ends.least), most);
}

std::string cost_kinds(const Results& results) {
  std::string text = cost_by(results, Metric::cost_total, "Everything up to the horizon");
  const Extremes ends = extremes_of(results, [](const StrategyResult& s) {
    return summary_of(s, Metric::cost_images).mean.value_or(0.0);
  });
  if (summary_of(results.strategies[ends.most], Metric::cost_images).mean.value_or(0.0) > 0.0)
    text += fmt::format(" Of it, making, testing, copying and storing images costs {} for {}.",
                        mean_cost(results, ends.most, Metric::cost_images),
                        quoted(results.strategies[ends.most].name));
  return text;
}

std::string cost_phases(const Results& results) {
  return cost_by(results, Metric::cost_ranked,
                 ranked_cost_words(results) + " (what the verdict ranks by)");
}

std::string spread(const Results& results) {
  const Extremes ends = extremes_of(
      results, [](const StrategyResult& s) { return quantile_value(s, Metric::ready_time, 50); });
  const std::size_t index = results.verdict.winner.value_or(ends.least);
  const StrategyResult& strategy = results.strategies[index];
  const auto at = [&](double level) {
    return quantile_words(results, strategy, Metric::ready_time, level);
  };
  if (results.replications == 1)
    return fmt::format("{}: {} in the one run.", quoted(strategy.name), at(50));
  if (!std::isfinite(quantile_value(strategy, Metric::ready_time, 95)))
    return fmt::format("{}: median {}; ready {} {}.", quoted(strategy.name), at(50),
                       within_horizon(results), share_ready(strategy));
  return fmt::format("{}: median {}, 9 of 10 runs between {} and {}.", quoted(strategy.name),
                     at(50), at(5), at(95));
}

/// How long an instance takes from being asked for, where demand comes over time.
std::string demand_wait(const Results& results, const Extremes& ends) {
  const auto words = [&](std::size_t i) {
    const StrategyResult& strategy = results.strategies[i];
    return fmt::format("{} {}", quoted(strategy.name),
                       within(quantile_words(results, strategy, Metric::demand_to_ready_mean, 50)));
  };
  const Metric metric = Metric::demand_to_ready_mean;
  if (summary_of(results.strategies[ends.least], metric).count == 0) return "";
  std::string text = " From being asked for to service, the average instance: " + words(ends.least);
  if (ends.least != ends.most && summary_of(results.strategies[ends.most], metric).count > 0)
    text += ", " + words(ends.most);
  return text + ".";
}

std::string fan(const Results& results) {
  const Extremes ends = extremes_of(
      results, [](const StrategyResult& s) { return quantile_value(s, Metric::ready_time, 50); });
  const auto words = [&](std::size_t i) {
    const StrategyResult& strategy = results.strategies[i];
    return fmt::format("{}: first instance after {}, whole fleet {}", quoted(strategy.name),
                       quantile_words(results, strategy, Metric::first_ready_time, 50),
                       within(quantile_words(results, strategy, Metric::ready_time, 50)));
  };
  std::string text = words(ends.least);
  if (ends.least != ends.most) text += "; " + words(ends.most);
  return text + " (medians)." + demand_wait(results, ends);
}

std::string longest_wait(const Results& results, std::size_t index) {
  const double fleet = std::max(1.0, static_cast<double>(fleet_of(results)));
  const StrategyResult& strategy = results.strategies[index];
  const Wait* longest = nullptr;
  double hours = 0.0;
  for (const Wait& wait : kWaits) {
    const double mean =
        summary_of(strategy, wait.metric).mean.value_or(0.0) / (wait.per_instance ? fleet : 1.0);
    if (mean <= hours) continue;
    hours = mean;
    longest = &wait;
  }
  if (longest == nullptr) return fmt::format("{} waits for nothing", quoted(strategy.name));
  return fmt::format("{} waits longest for {}: {} {} on average", quoted(strategy.name),
                     longest->what, value_text(hours, model::Unit::hours),
                     longest->per_instance ? "per instance" : "in all");
}

std::string waiting(const Results& results) {
  const Extremes ends = extremes_of(
      results, [](const StrategyResult& s) { return quantile_value(s, Metric::ready_time, 50); });
  std::string text = longest_wait(results, ends.most);
  if (ends.least != ends.most) text += "; " + longest_wait(results, ends.least);
  return text + ".";
}

std::string pooled(const Results& results, Metric metric, const char* what) {
  std::string text;
  const Extremes ends = extremes_of(
      results, [metric](const StrategyResult& s) { return quantile_value(s, metric, 50); });
  for (const std::size_t index : {ends.least, ends.most}) {
    const StrategyResult& strategy = results.strategies[index];
    if (summary_of(strategy, metric).count == 0) continue;
    if (!text.empty() && ends.least == ends.most) break;
    // An incident is followed to the horizon only, from whenever it began.
    const bool known = std::isfinite(quantile_value(strategy, metric, 50));
    text += fmt::format(
        "{}{} with {}", text.empty() ? "" : ", ",
        known ? quantile_words(results, strategy, metric, 50) : std::string("open at the horizon"),
        quoted(strategy.name));
  }
  return fmt::format("Median {}: {}.", what, text);
}

}  // namespace

std::string quoted(const std::string& full_name) {
  const std::string name = without_direction_marks(full_name);
  constexpr std::size_t kLongest = 40;
  if (code_points(name) <= kLongest) return "“" + name + "”";
  std::size_t end = 0, letters = 0;
  while (end < name.size() && letters < kLongest) {
    ++end;
    while (end < name.size() && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) ++end;
    ++letters;
  }
  return "“" + name.substr(0, end) + "…”";
}

std::string finding_of(const Results& results, std::string_view chart) {
  if (chart == "s-curve") return s_curve(results);
  if (chart == "cost-risk") return cost_risk(results);
  if (chart == "exceedance") return exceedance(results);
  if (chart == "image-defects") return struck_by(results, Metric::impact_image_peak);
  if (chart == "own-defects") return struck_by(results, Metric::impact_own_peak);
  if (chart == "cost-phases") return cost_phases(results);
  if (chart == "cost-kinds") return cost_kinds(results);
  if (chart == "spread") return spread(results);
  if (chart == "fan") return fan(results);
  if (chart == "waiting") return waiting(results);
  if (chart == "recovery-time") return pooled(results, Metric::recovery_time_mean, "recovery");
  if (chart == "data-loss") return pooled(results, Metric::recovery_data_loss_mean, "loss");
  if (chart == "convergence") return convergence_finding(results);
  if (chart == "against") return against_finding(results);
  ROLLCAST_ASSERT(false, "no chart {}", chart);
  return {};
}

}  // namespace rollcast::report
