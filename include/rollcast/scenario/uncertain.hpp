#pragma once
/// What a scenario does not know: inputs that are drawn once a replication, for all strategies
/// alike.
#include <string>
#include <vector>

#include "rollcast/random/copula.hpp"
#include "rollcast/random/distribution.hpp"

namespace rollcast::scenario {

/// How the uniform numbers behind the uncertain inputs are chosen. Each is uniform by itself,
/// always; the ways differ in how the numbers of neighbouring replications lie to each other.
enum class Sampling {
  random,      ///< independent
  antithetic,  ///< replications 2k and 2k + 1 mirror each other: u and 1 - u
  sobol        ///< 64 consecutive replications are a scrambled Sobol' net
};
/// One entry of `uncertain:`. A value is drawn by inversion, one uniform number in, one value out.
struct UncertainInput {
  std::string path;
  std::string words;                  ///< as written: "1 % to 10 %"
  std::string stated;                 ///< the value that the scenario, or a default, has without it
  random::Distribution distribution;  ///< of the number in front of `unit`
  std::string unit;                   ///< "%", "s", "USD per work h"; empty for plain numbers
  bool whole = false;                 ///< drawn numbers are rounded to whole ones
  std::vector<std::string> choices;   ///< instead of a distribution: one of these, equally likely

  /// The value for u between 0 and 1, as a scenario would write it.
  [[nodiscard]] std::string value(double u) const;
  /// The ends of what is stated: of the range, or the 5 % and 95 % points of a distribution that
  /// lacks an end; the first and the last of choices.
  [[nodiscard]] std::string low_end() const;
  [[nodiscard]] std::string high_end() const;
};

/// One pair of `correlation:`: the ranks of two uncertain inputs go together.
struct InputCorrelation {
  random::Correlation pair;  ///< by position of the inputs
  std::string words;         ///< "Spearman 0.7"
};

}  // namespace rollcast::scenario
