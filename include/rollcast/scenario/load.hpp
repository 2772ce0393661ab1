#pragma once
/// From a scenario file to plain data, or to diagnostics. Never throws for bad input, whatever its
/// bytes.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rollcast/base/diagnostics.hpp"
#include "rollcast/model/scenario.hpp"
#include "rollcast/scenario/optimize.hpp"
#include "rollcast/scenario/parameters.hpp"
#include "rollcast/scenario/provenance.hpp"
#include "rollcast/scenario/sweep.hpp"
#include "rollcast/scenario/uncertain.hpp"

namespace rollcast::scenario {

/// Tables of a scenario by the names that it has for them: the bytes of their files.
using Tables = std::map<std::string, std::string, std::less<>>;

struct LoadOptions {
  /// `--set path=value`, in the order given: path as in "strategies.by hand.rollout.soak" (list
  /// items by `name` or by position from 0), value in YAML.
  std::vector<std::pair<std::string, std::string>> overrides;
  std::optional<std::uint64_t> seed;  ///< instead of the scenario's
  /// Where data files are looked for, after the scenario's own folder: "data/x.csv" is searched in
  /// each.
  std::vector<std::filesystem::path> data_folders;
  /// Folders where a scenario may name files although they are not in its own folder. Without, what
  /// it extends lies in its folder or below, and tables there or in the data folders.
  std::vector<std::filesystem::path> allowed_folders;
  /// The tables instead of those in files: none is read then.
  std::optional<Tables> tables;
};

struct Loaded {
  std::optional<model::Scenario> scenario;  ///< absent when there are errors
  /// What the scenario draws anew in every replication; `scenario` has the values without it.
  std::vector<UncertainInput> uncertain;
  Sampling sampling = Sampling::random;        ///< of these inputs
  std::vector<InputCorrelation> correlations;  ///< of these inputs; such inputs exist
  std::optional<Sweep> sweep;                  ///< what it says of `rollcast sweep`
  std::optional<Optimisation> optimize;        ///< what it says of `rollcast optimize`
  std::shared_ptr<const Template> source;      ///< to set values again; null when there are errors
  Diagnostics diagnostics;
  std::string
      resolved_yaml;  ///< the scenario with every default written out and where each value comes
                      ///< from; it loads as the same scenario. Empty when there are errors.
  std::vector<Assumption>
      assumptions;   ///< every default that was used, in the order of the scenario
  std::string text;  ///< all source text that entered (scenario, included files, overrides,
                     ///< tables), for the record
  Tables tables;     ///< that entered
};

/// Reads a scenario with everything that it includes. A file that cannot be read is a diagnostic.
[[nodiscard]] Loaded load_file(const std::filesystem::path& file, const LoadOptions& options = {});
/// Reads a scenario from memory; `name` stands in diagnostics and gives the scenario its name. It
/// cannot include files, and finds data only in the data folders, or in `options.tables`.
[[nodiscard]] Loaded load_text(std::string name, std::string text, const LoadOptions& options = {});

/// The JSON schema (draft 7) of scenarios, made by the code that reads them.
[[nodiscard]] std::string json_schema();

}  // namespace rollcast::scenario
