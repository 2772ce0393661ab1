#pragma once
/// Which of many inputs does anything: Morris's elementary effects.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "rollcast/stats/sensitivity.hpp"

namespace rollcast::stats {

/// Ways through the unit cube that move one input at a time (Morris, Technometrics 33, 1991). Each
/// input takes the middles of four even parts of [0, 1], so that inputs without an end have none to
/// be asked for, and is moved once a way, by half the range.
class MorrisDesign {
 public:
  /// `key` chooses the ways; equal keys give equal ways. REQUIRES inputs >= 1, ways >= 1.
  MorrisDesign(std::size_t inputs, std::size_t ways, std::uint64_t key);
  [[nodiscard]] std::size_t inputs() const { return inputs_; }
  [[nodiscard]] std::size_t ways() const { return ways_.size(); }
  /// Points of a way: one more than inputs.
  [[nodiscard]] std::size_t points() const { return inputs_ + 1; }
  /// A number in (0, 1) for each input.
  [[nodiscard]] std::vector<double> at(std::size_t way, std::size_t point) const;

  /// The input that is moved between points `step` and `step` + 1, and by how much.
  struct Move {
    std::size_t input = 0;
    double by = 0.0;  ///< 0.5 or -0.5
  };
  [[nodiscard]] Move move(std::size_t way, std::size_t step) const;

 private:
  struct Way {
    std::vector<double> start;
    std::vector<Move> moves;
  };
  std::size_t inputs_;
  std::vector<Way> ways_;
};

/// What one input does, by its elementary effects: the change of the result for the whole range of
/// the input, at random places of the others.
struct ElementaryEffects {
  Index mean_size;  ///< mu*: mean of the absolute effects (Campolongo et al. 2007)
  Index mean;       ///< mu
  Index spread;     ///< sigma: standard deviation of the effects over the ways: that the input acts
                    ///< unevenly or together with others, and luck
  double luck = 0.0;  ///< the part of the spread that is luck alone: by what the effects of one way
                      ///< would differ from one set of runs to another
};

/// The effects of one input: [way][run], each way with several runs of its own luck. The mean over
/// a way's runs is the effect there; what they differ by is luck. Nothing where a value is not
/// finite. Intervals: percentile bootstrap over the ways, keyed by their number. REQUIRES at least
/// two ways, of one number of runs >= 2.
[[nodiscard]] std::optional<ElementaryEffects> elementary_effects(
    const std::vector<std::vector<double>>& effects, double confidence = kConfidence);

}  // namespace rollcast::stats
