#include "recording.hpp"

#include <fmt/format.h>

#include <cmath>

#include "command.hpp"
#include "console.hpp"
#include "progress.hpp"
#include "rollcast/base/text.hpp"

namespace rollcast::cli {
namespace {

std::string count(std::uint64_t number) {
  return human_count(static_cast<std::int64_t>(number));
}

bool same_value(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

bool same(const model::Outcome& a, const model::Outcome& b) {
  return a.digest == b.digest && a.events == b.events && a.objectives == b.objectives &&
         std::equal(a.metrics.begin(), a.metrics.end(), b.metrics.begin(), same_value);
}

experiment::RunStore opened(const std::string& folder, const experiment::RunRecord& record,
                            bool resumes, bool force) {
  return resumes ? experiment::RunStore::resume(folder, record)
                 : experiment::RunStore::create(folder, record, force);
}

}  // namespace

Recording::Recording(const scenario::Loaded& loaded, experiment::Simulator& simulator,
                     const experiment::RunRecord& record, const Conclusion& how,
                     const Existing& existing)
    : simulator_(simulator),
      record_(record),
      how_(how),
      lock_(how.files.folder),
      resumes_(existing.resume && experiment::RunStore::is_in(how.files.folder)),
      store_(opened(how.files.folder, record, resumes_, existing.force)),
      range_(store_.range()),
      next_(range_.first),
      collection_(*loaded.scenario, record) {
  if (resumes_) read_kept();
}

void Recording::read_kept() {
  std::vector<model::Outcome> last;
  store_.each([&](std::size_t strategy, std::uint64_t replication, const model::Outcome& outcome) {
    if (strategy == 0) last.clear();
    last.push_back(outcome);
    if (record_.shards == 1) collection_.add(outcome);
    next_ = replication + 1;
  });
  check_same_simulation(last);
  if (how_.files.quiet) return;
  const std::string all = count(range_.end - range_.first);
  tell(complete() ? fmt::format("all replications are there already, {} of {}", count(kept()), all)
                  : fmt::format("goes on after {} of {} replications", count(kept()), all));
}

void Recording::check_same_simulation(const std::vector<model::Outcome>& last) {
  for (std::size_t strategy = 0; strategy < last.size(); ++strategy)
    if (!same(last[strategy], simulator_.run(strategy, next_ - 1)))
      throw experiment::OtherRunError(
          fmt::format(
              "{}: replication {} comes out otherwise than it is kept; the run was begun by "
              "another build of rollcast, or on another kind of processor",
              store_.path(), next_ - 1),
          "Go on with it where it began, choose another folder with --out, or replace it with "
          "--force.");
}

bool Recording::complete() const {
  return next_ >= range_.end || (record_.shards == 1 && next_ >= collection_.enough());
}

void Recording::keep(const experiment::Block& block) {
  store_.add(block);
  next_ = block.first + block.replications;
  if (record_.shards > 1) return;
  for (const model::Outcome& outcome : block.outcomes) collection_.add(outcome);
}

experiment::RunEnd Recording::simulate(const std::atomic<bool>& stop,
                                       experiment::Helpers* helpers) {
  experiment::RunEnd end{next_, false};
  try {
    if (!complete()) {
      ProgressBar bar(!how_.files.quiet);
      experiment::Hooks hooks;
      hooks.stop = &stop;
      hooks.helpers = helpers;
      hooks.progress = [&](const experiment::Progress& progress) { bar.show(progress); };
      hooks.keep = [&](const experiment::Block& block) { keep(block); };
      if (record_.shards == 1) hooks.enough = [&] { return collection_.enough(); };
      const experiment::Plan plan{record_.strategies.size(), range_.end, experiment::kBlockSize,
                                  how_.jobs, next_};
      const auto one = [&](std::size_t strategy, std::uint64_t replication) {
        return simulator_.run(strategy, replication);
      };
      end = experiment::run_replications(plan, one, hooks);
    }
    store_.finish(end.interrupted);
  } catch (const experiment::StoreError& error) {
    throw experiment::StoreError(
        error.what(), fmt::format("{} of {} replications are kept. Once this is mended, go on with:"
                                  "\n  {}",
                                  count(kept()), count(range_.end - range_.first),
                                  resume_command(record_, how_.files.folder)));
  }
  return end;
}

}  // namespace rollcast::cli
