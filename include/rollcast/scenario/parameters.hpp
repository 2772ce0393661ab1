#pragma once
/// A scenario whose values can be set again and again: what sweeps, sensitivity, optimisation,
/// uncertain inputs and the verdict's conditions have in common.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rollcast/base/diagnostics.hpp"
#include "rollcast/model/scenario.hpp"

namespace rollcast::scenario {

/// One value of a scenario.
struct Parameter {
  std::string path;      ///< "images.golden.bad", as `--set` takes it; items of lists by position
  std::string value;     ///< as a scenario writes it: "2 %"
  bool assumed = false;  ///< the scenario leaves it to rollcast
};

/// New values by path, written as in a scenario.
using Settings = std::vector<std::pair<std::string, std::string>>;

/// The texts of a scenario, read once: files are not touched again. Immutable, so any number of
/// threads may resolve at once.
class Template {
 public:
  struct Source;
  explicit Template(std::shared_ptr<const Source> source);

  /// Every value that the scenario has, defaults included, in the order of the scenario.
  [[nodiscard]] const std::vector<Parameter>& parameters() const { return parameters_; }
  [[nodiscard]] const Parameter* find(std::string_view path) const;
  /// The scenario with other values. Everything is checked as if it had been written so; absent
  /// after errors, which say what a value must be. Costs about as much as simulating a small fleet
  /// once: half a millisecond a strategy.
  [[nodiscard]] std::optional<model::Scenario> with(const Settings& settings,
                                                    Diagnostics& diagnostics) const;

 private:
  std::shared_ptr<const Source> source_;
  std::vector<Parameter> parameters_;
};

}  // namespace rollcast::scenario
