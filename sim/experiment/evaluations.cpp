#include "evaluations.hpp"

#include <map>
#include <memory>
#include <mutex>

#include "rollcast/base/assertion.hpp"
#include "rollcast/model/simulate.hpp"

namespace rollcast::experiment {
namespace {

/// The scenarios under way, each resolved once for all strategies and replications.
class OpenScenarios {
 public:
  OpenScenarios(const scenario::Loaded& loaded, const Evaluations& evaluations)
      : loaded_(loaded), evaluations_(evaluations) {}

  std::shared_ptr<const model::Scenario> at(std::uint64_t group) {
    {
      const std::lock_guard lock(mutex_);
      const auto found = open_.find(group);
      if (found != open_.end()) return found->second;
    }
    Diagnostics problems;
    auto made = loaded_.source->with(evaluations_.settings(group), problems);
    ROLLCAST_ASSERT(made.has_value(), "drawn values make no scenario: {}", problems.render());
    auto shared = std::make_shared<const model::Scenario>(std::move(*made));
    const std::lock_guard lock(mutex_);
    return open_.emplace(group, std::move(shared)).first->second;
  }
  void close_before(std::uint64_t group) {
    const std::lock_guard lock(mutex_);
    open_.erase(open_.begin(), open_.lower_bound(group));
  }

 private:
  const scenario::Loaded& loaded_;
  const Evaluations& evaluations_;
  std::mutex mutex_;
  std::map<std::uint64_t, std::shared_ptr<const model::Scenario>> open_;
};

Evaluated empty(std::size_t strategies, std::size_t metrics) {
  return Evaluated(strategies, std::vector<std::vector<double>>(metrics));
}

void append(Evaluated& values, const Evaluated& more) {
  for (std::size_t s = 0; s < values.size(); ++s)
    for (std::size_t m = 0; m < values[s].size(); ++m)
      values[s][m].insert(values[s][m].end(), more[s][m].begin(), more[s][m].end());
}

Evaluated values_of(const Block& block, const std::vector<model::Metric>& metrics) {
  Evaluated values = empty(block.strategies, metrics.size());
  for (std::uint64_t offset = 0; offset < block.replications; ++offset)
    for (std::size_t s = 0; s < block.strategies; ++s)
      for (std::size_t m = 0; m < metrics.size(); ++m)
        values[s][m].push_back(block.at(offset, s).metrics[static_cast<std::size_t>(metrics[m])]);
  return values;
}

}  // namespace

std::optional<Evaluated> evaluate(const scenario::Loaded& loaded,
                                  const std::vector<model::Metric>& metrics, unsigned jobs,
                                  const Evaluations& evaluations, EvaluationHooks& hooks) {
  const std::size_t strategies = loaded.scenario->strategies.size();
  const std::uint64_t whole = evaluations.groups * evaluations.each;
  Evaluated values = empty(strategies, metrics.size());
  std::uint64_t done = 0;
  while (done < whole && hooks.known) {
    const Evaluated* part = hooks.known(hooks.blocks);
    if (part == nullptr) break;
    append(values, *part);
    done += part->front().front().size();
    ++hooks.blocks;
  }
  if (done >= whole) return values;
  OpenScenarios open(loaded, evaluations);
  Hooks inner;
  inner.stop = hooks.stop;
  inner.progress = hooks.progress;
  inner.keep = [&](const Block& block) {
    const Evaluated part = values_of(block, metrics);
    append(values, part);
    if (hooks.keep) hooks.keep(hooks.blocks, part);
    ++hooks.blocks;
    open.close_before((block.first + block.replications) / evaluations.each);
  };
  const auto simulate = [&](std::size_t strategy, std::uint64_t index) {
    const std::uint64_t group = index / evaluations.each;
    return model::simulate(*open.at(group), strategy, loaded.scenario->seed,
                           evaluations.luck(group, index % evaluations.each));
  };
  const Plan run{strategies, whole, kBlockSize, jobs, done};
  if (run_replications(run, simulate, inner).interrupted) return std::nullopt;
  return values;
}

}  // namespace rollcast::experiment
