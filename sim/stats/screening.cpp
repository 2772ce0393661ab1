#include "rollcast/stats/screening.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <random>

#include "rollcast/base/assertion.hpp"

namespace rollcast::stats {
namespace {

constexpr std::uint64_t kLevels = 4;
constexpr double kStep = 0.5;
constexpr int kResamples = 999;

std::uint64_t below(std::mt19937_64& random, std::uint64_t n) {
  return static_cast<std::uint64_t>(static_cast<double>(random() >> 11U) * 0x1p-53 *
                                    static_cast<double>(n));
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}
double mean_size_of(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += std::abs(value);
  return sum / static_cast<double>(values.size());
}
double spread_of(const std::vector<double>& values) {
  const double mean = mean_of(values);
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

Index bootstrapped(const std::vector<double>& effects,
                   const std::function<double(const std::vector<double>&)>& statistic,
                   double confidence) {
  std::mt19937_64 random(effects.size());
  std::vector<double> chosen(effects.size()), again;
  for (int resample = 0; resample < kResamples; ++resample) {
    for (double& one : chosen) one = effects[below(random, effects.size())];
    again.push_back(statistic(chosen));
  }
  std::sort(again.begin(), again.end());
  const auto rank =
      std::max<std::size_t>(1, static_cast<std::size_t>((1 - confidence) / 2 * (kResamples + 1)));
  return {statistic(effects), {again[rank - 1], again[again.size() - rank]}};
}

}  // namespace

MorrisDesign::MorrisDesign(std::size_t inputs, std::size_t ways, std::uint64_t key)
    : inputs_(inputs) {
  ROLLCAST_ASSERT(inputs >= 1 && ways >= 1, "{} inputs, {} ways", inputs, ways);
  std::mt19937_64 random(key);
  for (std::size_t w = 0; w < ways; ++w) {
    Way way;
    std::vector<std::size_t> order(inputs);
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = inputs; i > 1; --i) std::swap(order[i - 1], order[below(random, i)]);
    for (std::size_t i = 0; i < inputs; ++i)
      way.start.push_back((static_cast<double>(below(random, kLevels)) + 0.5) / kLevels);
    // Every level has one partner half the range away, so all moves are equally likely.
    for (const std::size_t input : order)
      way.moves.push_back({input, way.start[input] < 0.5 ? kStep : -kStep});
    ways_.push_back(std::move(way));
  }
}

std::vector<double> MorrisDesign::at(std::size_t way, std::size_t point) const {
  ROLLCAST_ASSERT(way < ways_.size() && point <= inputs_, "point {} of way {}", point, way);
  std::vector<double> place = ways_[way].start;
  for (std::size_t step = 0; step < point; ++step)
    place[ways_[way].moves[step].input] += ways_[way].moves[step].by;
  return place;
}

MorrisDesign::Move MorrisDesign::move(std::size_t way, std::size_t step) const {
  ROLLCAST_ASSERT(way < ways_.size() && step < inputs_, "step {} of way {}", step, way);
  return ways_[way].moves[step];
}

std::optional<ElementaryEffects> elementary_effects(const std::vector<std::vector<double>>& effects,
                                                    double confidence) {
  const std::size_t runs = effects.empty() ? 0 : effects.front().size();
  ROLLCAST_ASSERT(effects.size() >= 2 && runs >= 2, "{} ways of {} runs", effects.size(), runs);
  std::vector<double> means;
  double within = 0.0;
  for (const std::vector<double>& way : effects) {
    ROLLCAST_ASSERT(way.size() == runs, "{} and {} runs", way.size(), runs);
    if (!std::all_of(way.begin(), way.end(), [](double v) { return std::isfinite(v); }))
      return std::nullopt;
    means.push_back(mean_of(way));
    within += spread_of(way) * spread_of(way) / static_cast<double>(effects.size());
  }
  ElementaryEffects result;
  result.mean_size = bootstrapped(means, mean_size_of, confidence);
  result.mean = bootstrapped(means, mean_of, confidence);
  result.spread = bootstrapped(means, spread_of, confidence);
  result.luck = std::sqrt(within / static_cast<double>(runs));
  return result;
}

}  // namespace rollcast::stats
