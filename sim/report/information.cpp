#include "information.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "html.hpp"
#include "rollcast/base/text.hpp"
#include "words.hpp"

namespace rollcast::report {
namespace {

using experiment::Information;
using experiment::SensitivityResults;
using stats::Worth;

/// Inputs that are told in a sentence.
constexpr std::size_t kNamed = 3;

/// Knowledge never costs: what comes out below nothing is nothing.
std::string worth_text(const Worth& worth, model::Unit unit) {
  const stats::Interval shown{std::max(0.0, worth.interval.low),
                              std::max(0.0, worth.interval.high)};
  return fmt::format("{} ({})", value_text(std::max(0.0, worth.value), unit),
                     range_text(shown, unit));
}

/// Inputs whose worth is known, the most valuable first.
std::vector<std::size_t> ranked(const Information& information) {
  std::vector<std::size_t> order(information.inputs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t j) { return !information.inputs[j]; });
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return information.inputs[a]->value > information.inputs[b]->value;
  });
  return order;
}

model::Unit unit_of(const Information& information) {
  return model::metric_info(information.metric).unit;
}

std::string sentence_of(const SensitivityResults& results, const Information& information) {
  const std::string metric = metric_label(results.scenario, information.metric);
  if (!information.all)
    return fmt::format(
        "Worth of knowing, in {}: not told, as some runs have no value of it and leave no mean.",
        metric);
  std::vector<std::string> named;
  for (const std::size_t j : ranked(information))
    if (information.inputs[j]->interval.low > 0 && named.size() < kNamed)
      named.push_back(fmt::format("{} {}", results.inputs[j].path,
                                  worth_text(*information.inputs[j], unit_of(information))));
  const std::string all =
      fmt::format("all inputs together {}", worth_text(*information.all, unit_of(information)));
  const std::string best =
      without_direction_marks(results.scenario.strategies[information.best].name);
  if (named.empty() && !(information.all->interval.low > 0))
    return fmt::format(
        "Worth of knowing, in {}: no input is shown to be worth knowing before one chooses; “{}” "
        "stays the choice ({}).",
        metric, best, all);
  if (!named.empty()) named.back() += "; ";
  return fmt::format("Worth of knowing before one chooses (without it: “{}”), in {}: {}{}.", best,
                     metric, join(named, ", "), all);
}

}  // namespace

std::vector<std::string> worth_sentences(const SensitivityResults& results) {
  std::vector<std::string> sentences;
  for (const Information& information : results.information)
    sentences.push_back(sentence_of(results, information));
  return sentences;
}

ExplorationTable worth_table(const SensitivityResults& results) {
  ExplorationTable table;
  table.title = "What it would be worth to know";
  table.subtitle =
      "By how much the mean becomes smaller when the input is known before the strategy is chosen";
  table.headings = {"Metric", "Input", "From … to", "Worth", "95 % interval"};
  table.words = 3;
  for (const Information& information : results.information) {
    const model::Unit unit = unit_of(information);
    const auto add = [&](const std::string& name, const std::string& ends, const Worth& worth) {
      const stats::Interval shown{std::max(0.0, worth.interval.low),
                                  std::max(0.0, worth.interval.high)};
      table.rows.push_back({{metric_label(results.scenario, information.metric)},
                            {name},
                            {ends},
                            {value_text(std::max(0.0, worth.value), unit), "", worth.value},
                            {range_text(shown, unit), "", worth.interval.high}});
    };
    if (!information.all) continue;
    add("all inputs", "", *information.all);
    for (const std::size_t j : ranked(information))
      add(results.inputs[j].path, results.inputs[j].words, *information.inputs[j]);
  }
  return table;
}

std::string worth_note(const SensitivityResults& results) {
  if (results.information.empty()) return {};
  return fmt::format(
      "What it is worth to know an input comes from {} of every strategy with inputs drawn anew: "
      "rules that choose by the input, fitted to nine tenths of the runs and valued by the others, "
      "so that noise does not flatter them. They come near perfect information from below. "
      "Objectives play no part in it.",
      runs_text(results.informed));
}

}  // namespace rollcast::report
