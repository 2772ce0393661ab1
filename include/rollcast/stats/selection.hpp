#pragma once
/// Choosing the best of several alternatives with a guarantee. Constants are computed, not
/// tabulated.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace rollcast::stats {

/// Constants of Kim and Nelson's procedure (ACM TOMACS 11, 2001) with c = 1.
struct KnConstants {
  double eta = 0.0;
  double h_squared = 0.0;
};
/// `alternatives` >= 2, `first_stage` >= 2 observations of each, error probability 0 < alpha < 1.
[[nodiscard]] KnConstants kn_constants(std::size_t alternatives, std::uint64_t first_stage,
                                       double alpha);

/// Observation `index` of an alternative. With common random numbers the observations of one index
/// belong together, which the procedure allows and profits from.
using Observe = std::function<double(std::size_t alternative, std::uint64_t index)>;

struct KnOptions {
  std::size_t alternatives = 0;
  double indifference = 0.0;        ///< the smallest difference of means worth detecting; > 0
  double confidence = 0.95;         ///< of a correct selection
  std::uint64_t first_stage = 100;  ///< observations of each before any is dropped
  std::uint64_t most = UINT64_MAX;  ///< observations of an alternative at most
};

struct KnSelection {
  std::size_t best = 0;
  std::uint64_t observations = 0;         ///< of the best
  std::vector<std::uint64_t> dropped_at;  ///< by alternative; 0: never
  bool decided = true;                    ///< false when the cap was reached first
};

/// Finds the alternative with the smallest mean: with at least the stated probability the one that
/// is chosen is the best when that is better than all others by the indifference zone. Assumes
/// normal observations (means of batches of skewed ones). Ties go to the lower index.
[[nodiscard]] KnSelection select_smallest(const KnOptions& options, const Observe& observe);

/// Rinott's constant h: two-stage selection with N_i = max(n0, ceil((h s_i / indifference)^2))
/// picks the best of `alternatives` with probability `confidence`. Relative error of the quadrature
/// below 1e-6.
[[nodiscard]] double rinott_constant(double confidence, std::uint64_t first_stage,
                                     std::size_t alternatives);

/// Shares of a budget of replications that make the choice of the smallest mean as certain as can
/// be (OCBA; Chen, Lin, Yucesan and Chick, 2000). REQUIRES one smallest mean, positive deviations.
[[nodiscard]] std::vector<double> ocba_shares(std::span<const double> means,
                                              std::span<const double> deviations);

}  // namespace rollcast::stats
