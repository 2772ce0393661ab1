#pragma once
/// How the ways of finding out which input matters are watched, and go on where they were.
#include <atomic>
#include <cstddef>
#include <functional>
#include <vector>

#include "rollcast/experiment/runner.hpp"

namespace rollcast::experiment {

/// Values of metrics: [strategy][metric][evaluation]. An evaluation is one replication of every
/// strategy with chosen values.
using Evaluated = std::vector<std::vector<std::vector<double>>>;

/// The same question makes the same evaluations in the same blocks (of kBlockSize at most), so that
/// a record of them lets it go on.
struct EvaluationHooks {
  std::function<void(const Progress&)> progress;  ///< may be empty
  const std::atomic<bool>* stop = nullptr;        ///< as in Hooks
  /// A block that is known from before; null when it is not. May be empty.
  std::function<const Evaluated*(std::size_t block)> known;
  /// Each finished block that was not known, in order. May be empty.
  std::function<void(std::size_t block, const Evaluated& values)> keep;
  std::size_t blocks = 0;  ///< handed over so far: counts on from call to call
};

}  // namespace rollcast::experiment
