#pragma once
/// Plans worth a closer look, of more than can be tried.
#include <vector>

#include "rollcast/experiment/search.hpp"

namespace rollcast::experiment {

struct Proposals {
  std::vector<Choices> plans;  ///< the most promising first
  std::uint64_t tried = 0;
  bool interrupted = false;
};

/// Tries `problem.tried` plans, or as many as the genetic algorithm comes upon, `runs` runs of each
/// from run `first` on.
[[nodiscard]] Proposals propose(const SearchProblem& problem, const Attempt& attempt,
                                std::uint64_t first, std::uint64_t runs);

/// The largest of asked minus observed chances over the constraints; at most 0 where all are kept;
/// -1 without any.
[[nodiscard]] double shortfall_of(const SearchProblem& problem, const Evidence& evidence);

}  // namespace rollcast::experiment
