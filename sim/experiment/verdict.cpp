#include "rollcast/experiment/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "choice.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/stats/proportion.hpp"

namespace rollcast::experiment {
namespace {

using model::Metric;

/// Objectives a sentence lists at most; the tightest of them.
constexpr std::size_t kListed = 3;

enum class Standing { meets, open, misses };

Standing standing_of(const StrategyResult& strategy) {
  Standing standing = Standing::meets;
  for (const ObjectiveResult& objective : strategy.objectives) {
    if (objective.met == Met::no) return Standing::misses;
    if (objective.met == Met::undecided) standing = Standing::open;
  }
  return standing;
}

/// Costs are told to be the same when they differ by less than this and by less than this share.
constexpr double kHalfACent = 0.005, kHardly = 0.01;

Standing usual_standing(const StrategyResult& strategy) {
  const MetricSummary& ready = strategy.metrics[static_cast<std::size_t>(Metric::ready_time)];
  return ready.reached >= kUsualReadiness ? Standing::meets : Standing::misses;
}

/// Ranked costs are cut at the horizon, so every replication has one.
double cost_of(const StrategyResult& strategy) {
  return strategy.metrics[static_cast<std::size_t>(Metric::cost_ranked)].mean.value_or(0.0);
}

std::string capitalised(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z')
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return text;
}

class Judge {
 public:
  explicit Judge(const Results& results)
      : results_(results), cost_words_(words_of(results.scenario.ranking)) {
    for (const StrategyResult& strategy : results.strategies)
      standings_.push_back(objectives() > 0 ? standing_of(strategy) : usual_standing(strategy));
    if (objectives() == 0 && !cheapest({Standing::meets}))
      standings_.assign(standings_.size(), Standing::meets);
  }

  Verdict decide() {
    if (results_.replications == 0) {
      verdict_.sentence = "Nothing can be said: no block of replications was finished.";
      return verdict_;
    }
    verdict_.rule = rule();
    if (results_.strategies.size() == 1) {
      only();
    } else if (const auto candidate = cheapest({Standing::meets, Standing::open}); !candidate) {
      none();
    } else if (standings_[*candidate] == Standing::open) {
      open(*candidate);
    } else {
      best(*candidate);
    }
    if (verdict_.winner)
      for (std::size_t i = 0; i < results_.strategies.size(); ++i)
        if (i != *verdict_.winner) verdict_.misses.push_back(against_winner(i));
    return verdict_;
  }

 private:
  [[nodiscard]] const StrategyResult& at(std::size_t index) const {
    return results_.strategies[index];
  }
  [[nodiscard]] std::size_t objectives() const { return results_.scenario.objectives.size(); }

  [[nodiscard]] std::string rule() const {
    const std::string among =
        objectives() == 0 ? "among the strategies that bring the whole fleet into service in at "
                            "least 95 % of runs (the scenario states no objectives)"
                          : "among the strategies that meet every objective with 95 % confidence "
                            "(one-sided)";
    return fmt::format("Lowest mean {} {}; costs shown to be within {} of the lowest are ties.",
                       cost_words_, among, human_percent(results_.scenario.indifference));
  }

  [[nodiscard]] std::optional<std::size_t> cheapest(std::vector<Standing> standings) const {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < results_.strategies.size(); ++i) {
      const bool fits =
          std::find(standings.begin(), standings.end(), standings_[i]) != standings.end();
      if (fits && (!found || cost_of(at(i)) < cost_of(at(*found)))) found = i;
    }
    return found;
  }

  [[nodiscard]] std::string money(double amount) const {
    return human_money(amount, results_.scenario.currency);
  }
  [[nodiscard]] std::string cost_on_average(std::size_t index) const {
    return fmt::format("{} {} on average", cost_words_, money(cost_of(at(index))));
  }
  [[nodiscard]] std::string all_objectives() const {
    if (objectives() == 1) return "the objective";
    if (objectives() == 2) return "both objectives";
    return fmt::format("all {} objectives", objectives());
  }

  /// Objectives of one outcome in words, the tightest first when there are many.
  [[nodiscard]] std::vector<std::string> listed(std::size_t index, Met met) const {
    std::vector<const ObjectiveResult*> chosen;
    std::size_t more = 0;
    for (const ObjectiveResult& objective : at(index).objectives)
      if (objective.met == met) chosen.push_back(&objective);
    if (chosen.size() > kListed) {
      std::stable_sort(chosen.begin(), chosen.end(), [](const auto* a, const auto* b) {
        return a->probability - a->required < b->probability - b->required;
      });
      more = chosen.size() - kListed;
      chosen.resize(kListed);
    }
    std::vector<std::string> words;
    for (const ObjectiveResult* objective : chosen) {
      std::string text = fmt::format("{}{} in {}", objective->name, met == Met::no ? ", met" : "",
                                     words_of(*objective, results_.replications));
      if (met != Met::yes)
        text += fmt::format(", {} asked for", human_percent(objective->required));
      words.push_back(std::move(text));
    }
    if (more > 0) words.push_back(fmt::format("{} more", more));
    return words;
  }

  /// "on time in 99.2 % of runs (at least 98.9 %), deployment cost 1,240 USD on average".
  [[nodiscard]] std::string figures(std::size_t index) const {
    std::vector<std::string> words = listed(index, Met::yes);
    words.push_back(cost_on_average(index));
    return join(words, ", ");
  }

  /// "a whole fleet in service within the horizon in ...": for scenarios without objectives.
  [[nodiscard]] std::string readiness(std::size_t index) const {
    const MetricSummary& ready = at(index).metrics[static_cast<std::size_t>(Metric::ready_time)];
    ObjectiveResult reached;
    reached.probability = ready.reached;
    const double successes = std::round(ready.reached * static_cast<double>(ready.count));
    reached.at_least = stats::proportion_at_least(successes, ready.count);
    reached.at_most = stats::proportion_at_most(successes, ready.count);
    reached.met = ready.reached < 0.5 ? Met::no : Met::yes;
    return fmt::format("the whole fleet is ready within {} in {}",
                       human_duration(results_.scenario.horizon),
                       words_of(reached, results_.replications));
  }

  void only() {
    verdict_.kind = Verdict::Kind::single;
    verdict_.winner = 0;
    const std::string name = capitalised(at(0).name);
    if (objectives() == 0) {
      verdict_.sentence = fmt::format("{}: {}, {}.", name, readiness(0), cost_on_average(0));
      return;
    }
    switch (standings_[0]) {
      case Standing::meets:
        verdict_.sentence = fmt::format("{} meets {}: {}.", name, all_objectives(), figures(0));
        return;
      case Standing::misses:
        verdict_.sentence = fmt::format("{} does not meet {}: {}; {}.", name, all_objectives(),
                                        join(listed(0, Met::no), "; "), cost_on_average(0));
        return;
      case Standing::open:
        verdict_.sentence =
            fmt::format("{} cannot tell whether {} meets {}: {}{}.", capitalised(plural_runs()),
                        at(0).name, all_objectives(), join(listed(0, Met::undecided), "; "),
                        what_would_decide(needed_for({0})));
    }
  }

  void none() {
    verdict_.kind = Verdict::Kind::none_meets;
    std::size_t nearest = 0;
    for (std::size_t i = 1; i < results_.strategies.size(); ++i)
      if (shortfall(i) < shortfall(nearest)) nearest = i;
    verdict_.winner = nearest;
    std::vector<std::string> as_near;
    for (std::size_t i = 0; i < results_.strategies.size(); ++i)
      if (falls_short(i) == falls_short(nearest)) as_near.push_back(at(i).name);
    const std::string name = at(nearest).name;
    const std::string who =
        as_near.size() == 1
            ? capitalised(name) + " comes nearest"
            : fmt::format("{} come equally near; the cheapest of them on average is {}",
                          as_near.size() == results_.strategies.size()
                              ? "All " + std::to_string(as_near.size())
                              : capitalised(join_words(as_near, "and")),
                          name);
    verdict_.sentence = fmt::format("No strategy meets {}. {}: {}; {}.", all_objectives(), who,
                                    join(listed(nearest, Met::no), "; "), cost_on_average(nearest));
  }

  /// How far from its objectives, the nearest first, then the cheapest.
  [[nodiscard]] std::tuple<double, double, double> shortfall(std::size_t index) const {
    const auto [largest, sum] = falls_short(index);
    return {largest, sum, cost_of(at(index))};
  }
  /// The largest shortfall of probability, and their sum.
  [[nodiscard]] std::pair<double, double> falls_short(std::size_t index) const {
    double largest = 0.0;
    double sum = 0.0;
    for (const ObjectiveResult& objective : at(index).objectives) {
      const double by = std::max(0.0, objective.required - objective.probability);
      largest = std::max(largest, by);
      sum += by;
    }
    return {largest, sum};
  }

  /// The cheapest that may meet all objectives is not shown to do so.
  void open(std::size_t candidate) {
    verdict_.kind = Verdict::Kind::undecided;
    std::vector<std::size_t> in_question;
    const auto sure = cheapest({Standing::meets});
    for (std::size_t i = 0; i < results_.strategies.size(); ++i)
      if (standings_[i] == Standing::open && (!sure || cost_of(at(i)) < cost_of(at(*sure))))
        in_question.push_back(i);
    verdict_.winner = sure ? *sure : candidate;
    const std::string would =
        sure ? fmt::format("{} meets {} ({}), but {} would be cheaper at {}", at(*sure).name,
                           all_objectives(), figures(*sure), at(candidate).name,
                           money(cost_of(at(candidate))))
             : fmt::format("{} may be the cheapest that meets {} ({})", at(candidate).name,
                           all_objectives(), cost_on_average(candidate));
    verdict_.sentence = fmt::format(
        "{}, and {} cannot tell whether it meets {}: {}{}.", capitalised(would), plural_runs(),
        objectives() == 1 ? "it" : "them", join(listed(candidate, Met::undecided), "; "),
        what_would_decide(needed_for(in_question)));
  }

  /// The most that an undecided objective of these strategies takes; none when one takes too many.
  [[nodiscard]] std::optional<std::uint64_t> needed_for(
      const std::vector<std::size_t>& strategies) const {
    std::uint64_t needed = 0;
    for (const std::size_t i : strategies)
      for (const ObjectiveResult& objective : at(i).objectives) {
        if (objective.met != Met::undecided) continue;
        if (!objective.replications_needed) return std::nullopt;
        needed = std::max(needed, *objective.replications_needed);
      }
    return needed;
  }

  std::string what_would_decide(std::optional<std::uint64_t> needed) {
    verdict_.replications_needed = needed;
    if (!needed) return "; it is too close to what is asked for to be decided by more replications";
    return fmt::format("; about {} replications would decide",
                       human_count(static_cast<std::int64_t>(*needed)));
  }

  [[nodiscard]] const Comparison* cost_comparison(std::size_t a, std::size_t b) const {
    for (const Comparison& comparison : results_.comparisons)
      if (comparison.metric == Metric::cost_ranked && comparison.left == std::min(a, b) &&
          comparison.right == std::max(a, b))
        return &comparison;
    return nullptr;
  }

  /// Interval of what `other` costs more than `base`.
  [[nodiscard]] std::optional<stats::Interval> extra_cost(std::size_t base,
                                                          std::size_t other) const {
    const Comparison* comparison = cost_comparison(base, other);
    if (comparison == nullptr || !comparison->interval) return std::nullopt;
    const stats::Interval interval = *comparison->interval;
    if (other < base) return interval;
    return stats::Interval{-interval.high, -interval.low};
  }

  [[nodiscard]] static bool remains(const Choice& choice, std::size_t strategy) {
    return std::find(choice.remaining.begin(), choice.remaining.end(), strategy) !=
           choice.remaining.end();
  }

  [[nodiscard]] bool shown_dearer(std::size_t winner, std::size_t other) const {
    const auto extra = extra_cost(winner, other);
    return extra && extra->low > 0;
  }

  /// Whether what `other` costs more, or less, lies within `zone` with confidence.
  [[nodiscard]] bool shown_alike(std::size_t winner, std::size_t other, double zone) const {
    const auto extra = extra_cost(winner, other);
    return extra && extra->low >= -zone && extra->high <= zone;
  }

  void best(std::size_t winner) {
    verdict_.kind = Verdict::Kind::best;
    verdict_.winner = winner;
    const double zone = results_.scenario.indifference * std::abs(cost_of(at(winner)));
    std::vector<std::size_t> candidates;
    for (std::size_t i = 0; i < results_.strategies.size(); ++i)
      if (standings_[i] == Standing::meets) candidates.push_back(i);
    std::optional<Choice> choice;
    if (candidates.size() >= kManyStrategies) choice = choose_cheapest(results_, candidates, zone);
    if (choice)
      verdict_.rule += fmt::format(
          " Of the {} that do, Kim and Nelson's procedure and simultaneous paired intervals "
          "choose: "
          "with 95 % confidence the cheapest, where it is cheaper by more than {}.",
          candidates.size(), money(zone));
    std::vector<std::size_t> unclear;
    for (const std::size_t i : candidates) {
      if (i == winner) continue;
      if (shown_alike(winner, i, zone))
        verdict_.ties.push_back(i);
      else if (choice ? remains(*choice, i) : !shown_dearer(winner, i))
        unclear.push_back(i);
    }
    if (choice && !unclear.empty()) verdict_.replications_needed = choice->needed;
    const auto nearest = std::min_element(
        unclear.begin(), unclear.end(),
        [this](std::size_t a, std::size_t b) { return cost_of(at(a)) < cost_of(at(b)); });
    if (nearest != unclear.end())
      unclear_costs(winner, *nearest, zone);
    else if (!verdict_.ties.empty())
      tie(winner);
    else
      verdict_.sentence = best_sentence(winner);
  }

  [[nodiscard]] std::string best_sentence(std::size_t winner) const {
    const std::string name = capitalised(at(winner).name);
    if (objectives() == 0)
      return fmt::format("{} is the cheapest of {} strategies: {}; {}.", name,
                         results_.strategies.size(), cost_on_average(winner), readiness(winner));
    return fmt::format("{} is the cheapest strategy that meets {}: {}.", name, all_objectives(),
                       figures(winner));
  }

  void tie(std::size_t winner) {
    verdict_.kind = Verdict::Kind::tie;
    std::vector<std::string> names{at(winner).name};
    for (const std::size_t i : verdict_.ties) names.push_back(at(i).name);
    const std::string meet = objectives() == 0 ? "" : fmt::format("meet {} and ", all_objectives());
    verdict_.sentence = fmt::format("{} {}cost the same within {}: a tie. {}: {}.",
                                    capitalised(join_words(names, "and")), meet,
                                    human_percent(results_.scenario.indifference),
                                    capitalised(at(winner).name), figures(winner));
  }

  /// They may cost the same, or differ.
  void unclear_costs(std::size_t winner, std::size_t other, double zone) {
    verdict_.kind = Verdict::Kind::undecided;
    verdict_.ties.clear();
    const double apart = cost_of(at(other)) - cost_of(at(winner));
    std::optional<std::uint64_t> needed = verdict_.replications_needed;
    if (const auto extra = extra_cost(winner, other); extra && !needed) {
      const double told = std::max(apart, zone - apart);  // what is shown first
      const double times = std::pow(extra->half_width() / told, 2);
      needed = static_cast<std::uint64_t>(
          std::ceil(times * static_cast<double>(results_.replications) / 100) * 100);
    }
    verdict_.replications_needed = needed;
    const std::string look = apart > hardly(winner) ? fmt::format("{} looks cheaper by {}",
                                                                  at(winner).name, money(apart))
                                                    : std::string("they look equally dear");
    verdict_.sentence = fmt::format(
        "{} and {} both {}; {}, but {} cannot tell ({}){}.", capitalised(at(winner).name),
        at(other).name, objectives() == 0 ? "lead" : "meet " + all_objectives(), look,
        plural_runs(), figures(winner),
        needed ? fmt::format("; about {} replications would decide",
                             human_count(static_cast<std::int64_t>(*needed)))
               : "");
  }

  [[nodiscard]] std::string plural_runs() const {
    if (results_.replications == 1) return "one replication";
    return human_count(static_cast<std::int64_t>(results_.replications)) + " replications";
  }

  /// One sentence on a strategy that is not the winner: what it misses, and its price.
  [[nodiscard]] std::string against_winner(std::size_t index) const {
    std::string text = capitalised(at(index).name);
    std::vector<std::string> why = listed(index, Met::no);
    switch (standings_[index]) {
      case Standing::misses:
        text += objectives() == 0 ? fmt::format(": {}; it ", readiness(index))
                                  : fmt::format(" misses {}; it ", join(why, "; and "));
        break;
      case Standing::open:
        why = listed(index, Met::undecided);
        text += fmt::format(" is undecided: {}; it ", join(why, "; and "));
        break;
      case Standing::meets:
        text += objectives() == 0 ? " " : fmt::format(" meets {} and ", all_objectives());
    }
    return text + price(index) + ".";
  }

  /// What nobody calls a difference to the cost of `index`.
  [[nodiscard]] double hardly(std::size_t index) const {
    return std::min(kHalfACent, kHardly * std::abs(cost_of(at(index))));
  }

  [[nodiscard]] std::string price(std::size_t index) const {
    const std::size_t winner = *verdict_.winner;
    const double extra = cost_of(at(index)) - cost_of(at(winner));
    if (std::abs(extra) <= hardly(winner)) return "costs the same as " + at(winner).name;
    const auto interval = extra_cost(winner, index);
    const bool shown = interval && !interval->contains(0.0);
    std::string text = shown
                           ? fmt::format("costs {} {} than {}", money(std::abs(extra)),
                                         extra > 0 ? "more" : "less", at(winner).name)
                           : fmt::format("looks {} than {} by {}", extra > 0 ? "dearer" : "cheaper",
                                         at(winner).name, money(std::abs(extra)));
    if (!interval) return text;
    const double sign = extra > 0 ? 1.0 : -1.0;
    const std::string low = money(std::min(sign * interval->low, sign * interval->high));
    const std::string high = money(std::max(sign * interval->low, sign * interval->high));
    return low == high ? text : text + fmt::format(" ({} to {})", low, high);
  }

  const Results& results_;
  const std::string cost_words_;
  std::vector<Standing> standings_;
  Verdict verdict_;
};

}  // namespace

Verdict decide(const Results& results) {
  return Judge(results).decide();
}

bool meets_all(const StrategyResult& strategy) {
  return strategy.replications > 0 && standing_of(strategy) == Standing::meets;
}

bool any_meets_all(const Results& results) {
  return std::any_of(results.strategies.begin(), results.strategies.end(), meets_all);
}

}  // namespace rollcast::experiment
