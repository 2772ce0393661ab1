/// Words of what the verdict is about: costs, and how often an objective held.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "rollcast/base/text.hpp"
#include "rollcast/experiment/verdict.hpp"

namespace rollcast::experiment {
namespace {

enum class Rounding { down, nearest, up };

/// One decimal in the middle, two significant digits of what is missing to certainty at the ends,
/// and more where it would read like `other`, which it is not.
std::string percent(double share, Rounding rounding, double other = -1.0) {
  const double distance = 100 * std::min(share, 1 - share);
  if (distance <= 0) return human_percent(share);
  const int decimals = distance >= 1 ? 1 : 1 - static_cast<int>(std::floor(std::log10(distance)));
  constexpr int kMoreDecimals = 4;
  constexpr double kSame = 1e-9;
  double rounded = 0.0;
  for (int more = 0; more <= kMoreDecimals; ++more) {
    const double scale = std::pow(10.0, decimals + more);
    const double scaled = share * 100 * scale;
    rounded = std::round(scaled);
    if (rounding == Rounding::down) rounded = std::floor(scaled + 1e-6);
    if (rounding == Rounding::up) rounded = std::ceil(scaled - 1e-6);
    rounded /= scale;
    if (std::abs(rounded - 100 * other) > kSame || std::abs(share - other) < kSame) break;
  }
  return human_number(rounded, 12) + " %";
}

}  // namespace

std::string_view words_of(model::CostKind kind) {
  switch (kind) {
    case model::CostKind::instances:
      return "instance";
    case model::CostKind::licences:
      return "licence";
    case model::CostKind::image_fees:
      return "image-fee";
    case model::CostKind::staff:
      return "staff";
    case model::CostKind::storage:
      return "storage";
    case model::CostKind::transfer:
      return "transfer";
    case model::CostKind::delay:
      return "delay";
    case model::CostKind::incidents:
      break;
  }
  return "incident";
}

std::string_view words_of(model::CostPhase phase) {
  switch (phase) {
    case model::CostPhase::deployment:
      return "deployment";
    case model::CostPhase::running:
      return "running";
    case model::CostPhase::in_incidents:
      break;
  }
  return "recovery";
}

std::string words_of(const model::CostScope& scope) {
  if (scope.total) return "total cost";
  std::vector<std::string> words;
  for (const model::CostPhase phase : scope.phases) words.emplace_back(words_of(phase));
  for (const model::CostKind kind : scope.kinds) words.emplace_back(words_of(kind));
  return join_words(words, "and") + " cost";
}

std::string words_of(const ObjectiveResult& objective, std::uint64_t replications) {
  const double n = static_cast<double>(replications);
  const double successes = std::round(objective.probability * n);
  const std::string count = human_count(static_cast<std::int64_t>(replications));
  const std::string least = percent(objective.at_least, Rounding::down, objective.required);
  const std::string most = percent(objective.at_most, Rounding::up, objective.required);
  if (replications == 1)
    return successes == n ? fmt::format("the one run (at least {})", least)
                          : fmt::format("none of one run (at most {})", most);
  if (successes == n) return fmt::format("all {} runs (at least {})", count, least);
  if (successes == 0) return fmt::format("none of {} runs (at most {})", count, most);
  const std::string share = percent(objective.probability, Rounding::nearest);
  switch (objective.met) {
    case Met::yes:
      return fmt::format("{} of runs (at least {})", share, least);
    case Met::no:
      return fmt::format("{} of runs (at most {})", share, most);
    case Met::undecided:
      break;
  }
  return fmt::format("{} of runs ({} to {})", share,
                     percent(objective.interval.low, Rounding::down, objective.required),
                     percent(objective.interval.high, Rounding::up, objective.required));
}

}  // namespace rollcast::experiment
