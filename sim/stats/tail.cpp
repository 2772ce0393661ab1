#include "rollcast/stats/tail.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include "rollcast/base/assertion.hpp"
#include "rollcast/stats/mean.hpp"

namespace rollcast::stats {
namespace {

constexpr std::uint64_t kFewestInTail = 5;
constexpr std::uint64_t kNormalFrom = 50'000;
constexpr std::uint64_t kMostResamples = 1'000;
constexpr std::uint64_t kDrawsInAll = 10'000'000;
/// A resample's standard error counts as at least this share of the sample's own: where many values
/// are equal, some resamples hardly vary, and what is divided by that says nothing.
constexpr double kLeastError = 0.25;

struct TailMean {
  double mean = 0.0;
  double standard_error = 0.0;
};

/// Mean of the tail and its standard error by the influence function: with q the value where the
/// tail begins, the mean is that of q + (x - q)+ / share over all values.
/// `descending(i)` is the i-th largest value, `tail` = size * share.
template <class Descending>
TailMean tail_mean(const Descending& descending, std::uint64_t whole, double tail, double size) {
  const double share = tail / size;
  const double from = descending(whole);
  double sum = 0.0;
  double squares = 0.0;
  for (std::uint64_t i = 0; i < whole; ++i) {
    const double beyond = descending(i) - from;
    sum += beyond;
    squares += beyond * beyond;
  }
  TailMean result;
  result.mean = from + sum / tail;
  const double variance = (squares - sum * sum / size) / (size - 1);
  result.standard_error = std::sqrt(std::max(0.0, variance) / size) / share;
  return result;
}

/// Uniform in (0, 1], from the top 53 bits.
double uniform(std::mt19937_64& random) {
  return (static_cast<double>(random() >> 11) + 1.0) * 0x1p-53;
}

}  // namespace

double mean_of_largest(std::span<const double> sorted, double share) {
  ROLLCAST_ASSERT(!sorted.empty() && share > 0 && share <= 1, "share {}", share);
  const double tail = static_cast<double>(sorted.size()) * share;
  const auto whole = std::min(static_cast<std::uint64_t>(tail), sorted.size() - 1);
  const auto descending = [&](std::uint64_t i) { return sorted[sorted.size() - 1 - i]; };
  if (!std::isfinite(sorted.back())) return sorted.back();
  return tail_mean(descending, whole, tail, std::max(2.0, static_cast<double>(sorted.size()))).mean;
}

std::optional<Interval> clustered_tail_interval(std::span<const double> values,
                                                std::span<const std::uint32_t> sizes, double share,
                                                double from, double confidence) {
  ROLLCAST_ASSERT(share > 0 && share <= 1, "share {}", share);
  if (static_cast<double>(values.size()) * share < static_cast<double>(kFewestInTail))
    return std::nullopt;
  std::vector<double> influence;
  influence.reserve(values.size());
  for (const double value : values) {
    if (!std::isfinite(value)) return std::nullopt;
    influence.push_back(from + std::max(0.0, value - from) / share);
  }
  return estimate_clustered_mean(influence, sizes, confidence).interval;
}

TailBootstrap::TailBootstrap(std::uint64_t size, double share) : size_(size), share_(share) {
  ROLLCAST_ASSERT(share > 0 && share <= 1, "share {}", share);
  whole_ = size == 0
               ? 0
               : std::min(static_cast<std::uint64_t>(static_cast<double>(size) * share), size - 1);
  if (whole_ >= kFewestInTail && whole_ < kNormalFrom) draw();
}

/// The largest ranks of a resample of size n are the largest order statistics of n uniforms, which
/// exponential spacings give from the top down (Rényi's representation): no resample is drawn
/// whole.
void TailBootstrap::draw() {
  resamples_ = std::clamp<std::uint64_t>(kDrawsInAll / (whole_ + 1), 200, kMostResamples);
  ranks_.reserve(resamples_ * (whole_ + 1));
  std::mt19937_64 random(size_);
  const double n = static_cast<double>(size_);
  for (std::uint64_t resample = 0; resample < resamples_; ++resample) {
    double sum = 0.0;
    for (std::uint64_t i = 0; i <= whole_; ++i) {
      sum -= std::log(uniform(random)) / (n - static_cast<double>(i));
      const double rank = std::min(n - 1, std::floor(std::exp(-sum) * n));
      ranks_.push_back(static_cast<std::uint32_t>(rank));
    }
  }
}

std::optional<Interval> TailBootstrap::interval(std::span<const double> sorted,
                                                double confidence) const {
  ROLLCAST_ASSERT(sorted.size() == size_, "{} values, made for {}", sorted.size(), size_);
  if (whole_ < kFewestInTail || !std::isfinite(sorted.back())) return std::nullopt;
  const double n = static_cast<double>(size_);
  const double tail = n * share_;
  const auto largest = [&](std::uint64_t i) { return sorted[size_ - 1 - i]; };
  const TailMean own = tail_mean(largest, whole_, tail, n);
  if (own.standard_error == 0.0) return Interval{own.mean, own.mean};
  if (ranks_.empty()) {
    const double reach = normal_quantile(1.0 - (1.0 - confidence) / 2) * own.standard_error;
    return Interval{own.mean - reach, own.mean + reach};
  }
  std::vector<double> studentised;
  studentised.reserve(resamples_);
  for (std::uint64_t resample = 0; resample < resamples_; ++resample) {
    const std::uint32_t* ranks = ranks_.data() + resample * (whole_ + 1);
    const auto drawn = [&](std::uint64_t i) { return sorted[ranks[i]]; };
    const TailMean again = tail_mean(drawn, whole_, tail, n);
    const double error = std::max(again.standard_error, kLeastError * own.standard_error);
    studentised.push_back((again.mean - own.mean) / error);
  }
  std::sort(studentised.begin(), studentised.end());
  const double last = static_cast<double>(studentised.size() - 1);
  const auto at = [&](double p) {
    return studentised[static_cast<std::size_t>(std::lround(p * last))];
  };
  const double cut = (1.0 - confidence) / 2;
  return Interval{own.mean - at(1.0 - cut) * own.standard_error,
                  own.mean - at(cut) * own.standard_error};
}

}  // namespace rollcast::stats
