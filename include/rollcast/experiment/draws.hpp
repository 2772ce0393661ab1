#pragma once
/// Replications of a scenario whose inputs are not all known: each draws its own values for them.
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "rollcast/model/outcome.hpp"
#include "rollcast/scenario/load.hpp"
#include "rollcast/stats/lowdiscrepancy.hpp"

namespace rollcast::experiment {

using scenario::Sampling;
[[nodiscard]] std::string name_of(Sampling sampling);

/// The draws of the uncertain inputs. Pure, so any thread may ask for any replication. An input's
/// numbers are keyed by the seed and its path: another input moves none of them (but with sobol,
/// where its position counts). Inputs that go together do so by a Gaussian copula: among them the
/// numbers of the later ones follow from those of the earlier ones too.
class Draws {
 public:
  /// REQUIRES inputs where the sampling is not random, and correlations that inputs can have.
  Draws(std::vector<scenario::UncertainInput> inputs, Sampling sampling, std::uint64_t seed,
        const std::vector<scenario::InputCorrelation>& correlations = {});
  [[nodiscard]] const std::vector<scenario::UncertainInput>& inputs() const { return inputs_; }
  [[nodiscard]] Sampling sampling() const { return sampling_; }
  /// Consecutive replications whose draws depend on each other: 1, 2 or 64.
  [[nodiscard]] std::uint32_t cluster() const;
  /// A number in (0, 1) for each input.
  [[nodiscard]] std::vector<double> uniforms(std::uint64_t replication) const;
  /// The values that these numbers stand for.
  [[nodiscard]] scenario::Settings settings(const std::vector<double>& uniforms) const;

 private:
  std::vector<scenario::UncertainInput> inputs_;
  Sampling sampling_;
  std::uint64_t seed_;
  std::vector<std::uint64_t> entities_;
  std::shared_ptr<const stats::ScrambledSobol> net_;
  random::GaussianCopula copula_;
};

/// Simulates replications of a scenario: with the draw of their own, or of another replication, or
/// with chosen values. All luck is that of model::simulate. Any number of threads may call it.
class Simulator {
 public:
  /// `loaded` must have a scenario and outlive the simulator. `fixed` values stand over what the
  /// scenario says and what is drawn. Throws InvariantError when the scenario does not take them.
  explicit Simulator(const scenario::Loaded& loaded, scenario::Settings fixed = {});
  /// Null when the scenario does not take the values.
  [[nodiscard]] static std::unique_ptr<Simulator> where_taken(const scenario::Loaded& loaded,
                                                              scenario::Settings fixed);
  [[nodiscard]] const Draws& draws() const { return draws_; }

  /// Replication `replication` of a run.
  [[nodiscard]] model::Outcome run(std::size_t strategy, std::uint64_t replication) {
    return run(strategy, replication, replication);
  }
  /// The luck of one replication with the inputs of another.
  [[nodiscard]] model::Outcome run(std::size_t strategy, std::uint64_t luck, std::uint64_t draw);
  /// Replication `replication` of one strategy whose others are not simulated.
  [[nodiscard]] model::Outcome run_alone(std::size_t strategy, std::uint64_t replication) const;
  /// The scenario with the values that replication `draw` draws. Throws InvariantError when the
  /// scenario does not take one of them, which the loader's checks of both ends make unlikely.
  [[nodiscard]] model::Scenario scenario_of(std::uint64_t draw) const;
  /// With every uncertain input at its median.
  [[nodiscard]] model::Scenario at_medians() const;

 private:
  Simulator(const scenario::Loaded& loaded, scenario::Settings fixed, model::Scenario base);

  std::shared_ptr<const model::Scenario> drawn(std::size_t strategy, std::uint64_t draw);

  [[nodiscard]] model::Scenario with(scenario::Settings settings) const;

  const scenario::Loaded& loaded_;
  Draws draws_;
  scenario::Settings fixed_;
  model::Scenario base_;  ///< without draws
  std::mutex mutex_;
  /// Draws whose strategies are being simulated; each is resolved once for all of them.
  std::map<std::uint64_t, std::shared_ptr<const model::Scenario>> open_;
};

}  // namespace rollcast::experiment
