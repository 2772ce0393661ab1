#pragma once
/// From a scenario's tree to plain data.
#include <string>
#include <vector>

#include "correlation.hpp"
#include "objectives.hpp"
#include "optimize.hpp"
#include "rollcast/model/scenario.hpp"
#include "rollcast/scenario/provenance.hpp"
#include "rollcast/scenario/reader.hpp"
#include "sweep.hpp"
#include "uncertain.hpp"

namespace rollcast::scenario {

/// What the scenario says besides its worlds.
struct Frame {
  Verdict verdict;
  std::vector<ObjectiveSpec> objectives;
  std::vector<UncertainSpec> uncertain;
  std::vector<CorrelationSpec> correlations;
  Sampling sampling = Sampling::random;
  std::optional<SweepSpec> sweep;
  std::optional<OptimizeSpec> optimize;
};

/// The fields that everything else depends on: they go into the context.
void read_settings(Reader& root, model::Scenario& scenario);
Frame read_frame(Reader& root, model::Scenario& scenario);

struct Resolution {
  std::optional<model::Scenario> scenario;  ///< absent after errors
  Resolved resolved;
  std::vector<Assumption> assumptions;
  std::vector<UncertainSpec> uncertain;
  std::vector<CorrelationSpec> correlations;
  Sampling sampling = Sampling::random;
  std::optional<SweepSpec> sweep;
  std::optional<OptimizeSpec> optimize;
};

/// What is known beside the tree.
struct TreeFacts {
  std::string root_file;
  std::string name;  ///< of the scenario
  TableLookup tables;
  /// So many times as large as a file may be: a resolved scenario states every default.
  std::size_t room = 1;
};

/// How much is wanted: the plain data alone costs half as much.
enum class Detail { everything, scenario_only };

[[nodiscard]] Resolution resolve_tree(const Node& tree, const TreeFacts& facts, Detail detail,
                                      Diagnostics& diagnostics);

}  // namespace rollcast::scenario
