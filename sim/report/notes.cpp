#include "notes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "rollcast/base/text.hpp"
#include "words.hpp"

namespace rollcast::report {
namespace {

using experiment::PrecisionReached;
using experiment::Results;

std::string count_text(std::uint64_t count) {
  return human_count(static_cast<std::int64_t>(count));
}

std::string width_text(const model::PrecisionTarget& target, double half_width) {
  const bool objective = target.of == model::PrecisionTarget::Of::objective;
  if (target.relative || objective) return human_percent(half_width);
  return value_text(half_width, model::metric_info(target.metric).unit);
}

/// One target: reached by all strategies, or how far it is from that.
std::string precision_note(const Results& results, std::size_t index) {
  const model::PrecisionTarget& target = results.scenario.precision[index];
  const PrecisionReached* worst = nullptr;
  std::vector<std::string> endless;
  for (const PrecisionReached& one : results.precision) {
    if (one.target != index || one.reached) continue;
    if (!one.half_width)
      endless.push_back(results.strategies[one.strategy].name);
    else if (worst == nullptr || *one.half_width > *worst->half_width)
      worst = &one;
  }
  std::string text = fmt::format("Precision: {} (half of the 95 % interval)", target.words);
  if (worst == nullptr && endless.empty())
    return fmt::format("{}: reached by every strategy with {}.", text,
                       runs_text(results.replications));
  text += fmt::format(" is not reached with {}", runs_text(results.replications));
  if (worst != nullptr)
    text += fmt::format(
        ": ± {} for {}{}", width_text(target, *worst->half_width),
        results.strategies[worst->strategy].name,
        worst->needed ? fmt::format(", about {} runs would do", count_text(*worst->needed)) : "");
  if (!endless.empty())
    text += fmt::format("; {} has no such number, since some runs did not finish",
                        join_words(endless, "and"));
  return text + ".";
}

}  // namespace

std::vector<std::string> quality_notes(const Results& results) {
  std::vector<std::string> notes;
  for (std::size_t i = 0; i < results.scenario.precision.size(); ++i)
    notes.push_back(precision_note(results, i));
  return notes;
}

}  // namespace rollcast::report
