#include "conclusion.hpp"

#include <fmt/format.h>

#include "command.hpp"
#include "console.hpp"
#include "memory.hpp"
#include "progress.hpp"
#include "rollcast/experiment/closer_look.hpp"
#include "rollcast/experiment/conditions.hpp"
#include "rollcast/experiment/ignorance.hpp"
#include "rollcast/experiment/runner.hpp"
#include "rollcast/experiment/summary.hpp"
#include "rollcast/experiment/verdict.hpp"
#include "scenario_arguments.hpp"

namespace rollcast::cli {
namespace {

/// What takes replications of its own: luck and ignorance told apart, and what the verdict hangs
/// on.
void look_closer(const scenario::Loaded& loaded, experiment::Simulator& simulator,
                 const Conclusion& how, experiment::Results& results,
                 const experiment::Workforce& workforce) {
  ProgressBar bar(!how.files.quiet);
  results.sampling = experiment::name_of(simulator.draws().sampling());
  results.uncertain = loaded.uncertain;
  results.correlations = loaded.correlations;
  results.gains = experiment::gains_of(simulator.draws(), results);
  if (!loaded.uncertain.empty()) {
    bar.show("telling luck and ignorance apart");
    const std::uint64_t more = experiment::ignorance_replications(results.replications);
    results.ignorance = experiment::tell_apart(simulator, results, more, workforce);
    if (!results.ignorance.empty()) results.ignorance_replications = more;
  }
  if (!how.conditions) return;
  bar.show("trying what the verdict hangs on");
  experiment::TriedConditions tried = experiment::try_conditions(loaded, results, workforce);
  results.verdict.condition_replications = tried.replications;
  results.verdict.conditions = std::move(tried.conditions);
}

}  // namespace

Collection::Collection(const model::Scenario& scenario, const experiment::RunRecord& record)
    : samples_(scenario.strategies.size()),
      bytes_(record.sample_bytes),
      most_(record.replications_planned),
      enough_(most_) {
  for (experiment::Samples& one : samples_) one.cluster = record.cluster;
  if (!scenario.precision.empty()) rule_.emplace(scenario.precision, most_, experiment::kBlockSize);
}

void Collection::add(const model::Outcome& outcome) {
  experiment::append(samples_[next_], outcome);
  next_ = (next_ + 1) % samples_.size();
  if (next_ > 0) return;
  experiment::keep_within(samples_, bytes_);
  look();
}

/// Where a run has finished a block, so that the number of replications does not depend on how they
/// came.
void Collection::look() {
  const bool block = replications() % experiment::kBlockSize == 0 || replications() == most_;
  if (rule_ && block) enough_ = rule_->plan(samples_);
}

int conclude(const scenario::Loaded& loaded, experiment::Simulator& simulator,
             const experiment::RunRecord& record, const Conclusion& how, bool interrupted,
             std::vector<experiment::Samples> samples, const std::atomic<bool>& stop,
             experiment::RankLeader* ranks) {
  const experiment::RunFacts facts{record.version, record.digest, record.seed,
                                   record.replications_planned, interrupted};
  experiment::Results results = experiment::analyse(*loaded.scenario, facts, std::move(samples));
  if (const std::string words = kept_words(results); !words.empty() && !how.files.quiet)
    tell(words);
  if (!interrupted) look_closer(loaded, simulator, how, results, {how.jobs, &stop, ranks});
  const bool cut_short = !interrupted && stop.load();
  if (!cut_short)
    experiment::RunStore::keep_closer_look(how.files.folder, experiment::closer_look_text(results));
  write_report(loaded, results, record, how.files);
  if (cut_short)
    tell(
        fmt::format("interrupted while the verdict was looked at more closely: every replication "
                    "is kept. Make the report whole with:\n  {}",
                    resume_command(record, how.files.folder)));
  if (interrupted || cut_short) return kInterrupted;
  return how.require_objectives && !experiment::any_meets_all(results) ? kObjectivesMissed : kDone;
}

std::string resume_command(const experiment::RunRecord& record, const std::string& folder) {
  return fmt::format("{} --out {} --resume", command_of(record, record.replications_planned),
                     shell_word(folder));
}

void tell_defect(const experiment::ReplicationError& error, const experiment::RunRecord& record) {
  const std::string& strategy = record.strategies[error.strategy()];
  std::string again =
      fmt::format("rollcast trace {} --strategy {} --replication {} --seed {}",
                  shell_word(record.path), shell_word(strategy), error.replication(), record.seed);
  for (const std::string& setting : record.settings) again += " --set " + shell_word(setting);
  throw std::runtime_error(
      fmt::format("strategy '{}', replication {}: {}\nIt happens again with: {}", strategy,
                  error.replication(), error.what(), again));
}

}  // namespace rollcast::cli
