#include "rollcast/experiment/draws.hpp"

#include <cmath>

#include "rollcast/base/assertion.hpp"
#include "rollcast/model/simulate.hpp"
#include "rollcast/random/stream.hpp"

namespace rollcast::experiment {
namespace {

constexpr std::uint64_t kPurpose = random::purpose("uncertain input");
constexpr std::size_t kNet = 64;

}  // namespace

std::string name_of(Sampling sampling) {
  switch (sampling) {
    case Sampling::random:
      return "random";
    case Sampling::antithetic:
      return "antithetic";
    case Sampling::sobol:
      break;
  }
  return "sobol";
}

Draws::Draws(std::vector<scenario::UncertainInput> inputs, Sampling sampling, std::uint64_t seed,
             const std::vector<scenario::InputCorrelation>& correlations)
    : inputs_(std::move(inputs)), sampling_(sampling), seed_(seed) {
  ROLLCAST_ASSERT(sampling == Sampling::random || !inputs_.empty(),
                  "{} sampling without uncertain inputs", name_of(sampling));
  for (const scenario::UncertainInput& input : inputs_)
    entities_.push_back(random::purpose(input.path));
  if (sampling == Sampling::sobol)
    net_ = std::make_shared<const stats::ScrambledSobol>(inputs_.size(), kNet);
  std::vector<random::Correlation> pairs;
  for (const scenario::InputCorrelation& one : correlations) pairs.push_back(one.pair);
  auto copula = random::GaussianCopula::of(inputs_.size(), pairs);
  ROLLCAST_ASSERT(copula.has_value(), "{} correlations that no inputs have", pairs.size());
  copula_ = std::move(*copula);
}

std::uint32_t Draws::cluster() const {
  switch (sampling_) {
    case Sampling::random:
      return 1;
    case Sampling::antithetic:
      return 2;
    case Sampling::sobol:
      break;
  }
  return kNet;
}

std::vector<double> Draws::uniforms(std::uint64_t replication) const {
  std::vector<double> uniforms;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    const std::uint64_t group = replication / cluster();
    random::RandomStream random(random::StreamKey{seed_, kPurpose, group, entities_[i]});
    switch (sampling_) {
      case Sampling::random:
        uniforms.push_back(random.uniform());
        break;
      case Sampling::antithetic: {
        const double u = random.uniform();
        uniforms.push_back(replication % 2 == 0 ? u : 1 - u);
        break;
      }
      case Sampling::sobol:
        uniforms.push_back(net_->at(replication % kNet, i, random()));
        break;
    }
  }
  copula_.correlate(uniforms);
  return uniforms;
}

scenario::Settings Draws::settings(const std::vector<double>& uniforms) const {
  scenario::Settings settings;
  for (std::size_t i = 0; i < inputs_.size(); ++i)
    settings.emplace_back(inputs_[i].path, inputs_[i].value(uniforms[i]));
  return settings;
}

Simulator::Simulator(const scenario::Loaded& loaded, scenario::Settings fixed, model::Scenario base)
    : loaded_(loaded),
      draws_(loaded.uncertain, loaded.sampling, loaded.scenario->seed, loaded.correlations),
      fixed_(std::move(fixed)),
      base_(std::move(base)) {}

Simulator::Simulator(const scenario::Loaded& loaded, scenario::Settings fixed)
    : Simulator(loaded, std::move(fixed), model::Scenario{}) {
  base_ = with({});
}

std::unique_ptr<Simulator> Simulator::where_taken(const scenario::Loaded& loaded,
                                                  scenario::Settings fixed) {
  Diagnostics problems;
  auto base = loaded.source->with(fixed, problems);
  if (!base) return nullptr;
  return std::unique_ptr<Simulator>(new Simulator(loaded, std::move(fixed), std::move(*base)));
}

model::Scenario Simulator::with(scenario::Settings settings) const {
  settings.insert(settings.end(), fixed_.begin(), fixed_.end());
  if (settings.empty()) return *loaded_.scenario;
  Diagnostics problems;
  auto scenario = loaded_.source->with(settings, problems);
  ROLLCAST_ASSERT(scenario.has_value(), "drawn values make no scenario: {}", problems.render());
  return std::move(*scenario);
}

model::Scenario Simulator::scenario_of(std::uint64_t draw) const {
  return with(draws_.settings(draws_.uniforms(draw)));
}

model::Scenario Simulator::at_medians() const {
  return with(draws_.settings(std::vector<double>(draws_.inputs().size(), 0.5)));
}

/// The strategies of a replication are simulated one after the other by one thread, so the last one
/// closes the draw.
std::shared_ptr<const model::Scenario> Simulator::drawn(std::size_t strategy, std::uint64_t draw) {
  const bool last = strategy + 1 == base_.strategies.size();
  {
    const std::lock_guard lock(mutex_);
    const auto found = open_.find(draw);
    if (found != open_.end()) {
      auto scenario = found->second;
      if (last) open_.erase(found);
      return scenario;
    }
  }
  auto scenario = std::make_shared<const model::Scenario>(scenario_of(draw));
  if (last) return scenario;
  const std::lock_guard lock(mutex_);
  return open_[draw] = scenario;
}

model::Outcome Simulator::run(std::size_t strategy, std::uint64_t luck, std::uint64_t draw) {
  if (draws_.inputs().empty()) return model::simulate(base_, strategy, base_.seed, luck);
  return model::simulate(*drawn(strategy, draw), strategy, base_.seed, luck);
}

model::Outcome Simulator::run_alone(std::size_t strategy, std::uint64_t replication) const {
  if (draws_.inputs().empty()) return model::simulate(base_, strategy, base_.seed, replication);
  return model::simulate(scenario_of(replication), strategy, base_.seed, replication);
}

}  // namespace rollcast::experiment
