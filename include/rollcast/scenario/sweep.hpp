#pragma once
/// What a sweep tries: values of the scenario, one by one or spread over their ranges, and the
/// estimates that are told of each point.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rollcast/model/scenario.hpp"

namespace rollcast::scenario {

/// One number that is told of a strategy: a mean, a quantile or the chance of an objective.
struct Estimate {
  model::PrecisionTarget::Of of = model::PrecisionTarget::Of::mean;
  model::Metric metric{};     ///< of a mean or a quantile
  double level = 0.0;         ///< of a quantile, in percent
  std::size_t objective = 0;  ///< index of the objective whose chance is meant
  std::string words;          ///< "ready_time p95", "objective on time"
};

/// How points are chosen.
enum class Design {
  grid,             ///< every combination of the axes' values
  latin_hypercube,  ///< each axis in as many equal parts as there are points, one point in each
                    ///< part
  sobol             ///< a scrambled Sobol' net
};

/// One value of the scenario that is varied.
struct SweepAxis {
  std::string path;
  std::string words;                ///< as written: "50 to 500 step 50"
  std::string stated;               ///< the value that the scenario has; empty when it has none
  std::vector<std::string> values;  ///< of a grid, as a scenario writes them; of other designs the
                                    ///< choices of a list, or none
  std::vector<double> numbers;      ///< of the values, where all of them are numbers in one unit
  double from = 0.0, to = 0.0;      ///< of a range, in `unit`
  bool range = false;
  bool time = false;   ///< the numbers are elapsed times, in seconds
  bool log = false;    ///< evenly spaced by ratio
  bool whole = false;  ///< the scenario takes whole numbers only
  std::string unit;    ///< "%", "USD per work h"; empty for plain numbers and lists without one

  /// The value at the share u of the range, 0 <= u <= 1, as a scenario writes it; of a list the
  /// choice.
  [[nodiscard]] std::string at(double u) const;
  /// The same for u from a uniform distribution: of whole numbers each as likely as the others, the
  /// ends too, or, where the axis is logarithmic, by its share of the ratio.
  [[nodiscard]] std::string drawn(double u) const;
  /// The number that such a value stands for: of elapsed times in seconds, else what stands in
  /// front of the unit; not a number where there is none.
  [[nodiscard]] double number_of(const std::string& value) const;
  /// The value in the middle of two others, as a scenario writes it; nothing where they are
  /// neighbours: of whole numbers those with none between, of others those that lie no farther
  /// apart than a hundredth of the axis (of its ratio, when it is logarithmic). REQUIRES numbers.
  [[nodiscard]] std::optional<std::string> between(const std::string& one,
                                                   const std::string& other) const;
  /// How often the widest gap between values can be halved until all are neighbours. REQUIRES
  /// numbers.
  [[nodiscard]] std::uint32_t halvings() const;
};

struct Sweep {
  Design design = Design::grid;
  std::uint64_t points = 64;  ///< of designs other than a grid
  std::vector<SweepAxis> axes;
  /// So many points at most are set between those of a grid, where a strategy begins to meet an
  /// objective and where two change places; 0: none.
  std::uint64_t refine = 0;
  /// Empty: the mean of the ranked cost, the 95 % point of the ready time, every objective.
  std::vector<Estimate> estimates;
};

}  // namespace rollcast::scenario
