#include "rollcast/random/counts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <optional>

namespace rollcast::random {
namespace {

using Problem = tl::unexpected<std::string>;

/// What is relatively less likely than this next to the most likely value is left out.
constexpr double kNothing = 0x1p-84;
constexpr double kMostValues = 1e6;

std::optional<std::string> objection(double mean, std::uint64_t from) {
  if (!std::isfinite(mean) || !(mean > static_cast<double>(from)))
    return fmt::format("the mean {} must be greater than the least value {}", mean, from);
  return std::nullopt;
}

/// The distribution with P(from + k + 1) / P(from + k) = ratio(k), which falls in k and is 0 at the
/// end; `mode` is where it falls below 1.
template <class Ratio>
Distribution::Result from_ratios(double mode, std::uint64_t from, Ratio ratio) {
  std::deque<double> weights{1.0};
  double first = mode;
  for (double k = mode; weights.back() > kNothing; ++k) {
    const double next = weights.back() * ratio(k);
    if (!(next > 0.0)) break;
    if (static_cast<double>(weights.size()) > kMostValues)
      return Problem{fmt::format("it has more than {:.0f} likely values", kMostValues)};
    weights.push_back(next);
  }
  for (; first > 0.0 && weights.front() > kNothing; --first)
    weights.push_front(weights.front() / ratio(first - 1));
  std::vector<double> values;
  for (std::size_t i = 0; i < weights.size(); ++i)
    values.push_back(static_cast<double>(from) + first + static_cast<double>(i));
  return Distribution::discrete(values, {weights.begin(), weights.end()});
}

}  // namespace

Distribution::Result poisson(double mean, std::uint64_t from) {
  if (auto problem = objection(mean, from)) return Problem{std::move(*problem)};
  const double m = mean - static_cast<double>(from);
  if (m > kMostValues) return Problem{fmt::format("the mean {} is above a million", mean)};
  return from_ratios(std::floor(m), from, [m](double k) { return m / (k + 1); });
}

Distribution::Result geometric(double mean, std::uint64_t from) {
  return negative_binomial(mean, 1.0, from);
}

Distribution::Result negative_binomial(double mean, double size, std::uint64_t from) {
  if (auto problem = objection(mean, from)) return Problem{std::move(*problem)};
  if (!(size > 0.0) || std::isinf(size))
    return Problem{fmt::format("the size {} must be greater than 0", size)};
  const double m = mean - static_cast<double>(from);
  if (m > kMostValues) return Problem{fmt::format("the mean {} is above a million", mean)};
  const double failing = m / (m + size);
  // P(k + 1) / P(k) falls below 1 where k > (size - 1) m / size - 1.
  const double mode = size > 1.0 ? std::floor((size - 1.0) * m / size) : 0.0;
  return from_ratios(mode, from, [=](double k) { return (k + size) / (k + 1) * failing; });
}

Distribution::Result binomial(double mean, std::uint64_t trials, std::uint64_t from) {
  if (auto problem = objection(mean, from)) return Problem{std::move(*problem)};
  const double m = mean - static_cast<double>(from), n = static_cast<double>(trials);
  if (m > n)
    return Problem{
        fmt::format("of {} trials at most {} come true, not {} in the mean", trials, trials, m)};
  if (n > 1e9) return Problem{fmt::format("{} trials are too many", trials)};
  if (m == n) return Distribution::constant(mean);
  const double odds = m / (n - m);
  const double mode = std::min(n, std::floor((n + 1) * (m / n)));
  return from_ratios(mode, from, [=](double k) { return (n - k) / (k + 1) * odds; });
}

}  // namespace rollcast::random
