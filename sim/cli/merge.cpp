/// rollcast merge: the parts of a run, made apart, as the one run that they are.
#include <fmt/format.h>

#include <algorithm>

#include "command.hpp"
#include "conclusion.hpp"
#include "console.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/experiment/folder_lock.hpp"
#include "rollcast/experiment/runner.hpp"
#include "scenario_arguments.hpp"
#include "signals.hpp"

namespace rollcast::cli {
namespace {

namespace po = boost::program_options;
using experiment::RunRecord;
using experiment::RunStore;

struct Part {
  std::string folder;
  RunStore store;
  RunRecord record;
};

[[noreturn]] void refuse(const std::string& message) {
  throw experiment::OtherRunError(message, "See rollcast merge --help.");
}

/// Why a part does not belong to the run of the first one.
std::string difference(const RunRecord& first, const RunRecord& other) {
  if (other.digest != first.digest)
    return fmt::format("is of another state of the scenario ({}, not {})", other.scenario,
                       first.scenario);
  if (other.seed != first.seed)
    return fmt::format("has the seed {}, not {}", other.seed, first.seed);
  if (other.version != first.version)
    return fmt::format("was made by rollcast {}, not {}", other.version, first.version);
  if (other.replications_planned != first.replications_planned || other.shards != first.shards)
    return fmt::format("is {} of a run of {} replications, not one of {} of {}", shard_words(other),
                       other.replications_planned, first.shards, first.replications_planned);
  return {};
}

std::vector<Part> open_parts(const std::vector<std::string>& folders) {
  std::vector<Part> parts;
  for (const std::string& folder : folders) {
    RunStore store = RunStore::open(folder);
    RunRecord record = store.record();
    if (record.shards < 2)
      refuse(fmt::format("{} holds a whole run; parts are made by `rollcast run --shard`", folder));
    parts.push_back({folder, std::move(store), std::move(record)});
    const std::string other = difference(parts.front().record, parts.back().record);
    if (!other.empty())
      refuse(fmt::format("{} {}: it is no part of the run in {}", folder, other,
                         parts.front().folder));
    const experiment::Range range = parts.back().store.range();
    const std::uint64_t kept = parts.back().store.replications();
    if (kept < range.end - range.first)
      refuse(fmt::format("{} is not finished: it has {} of its {} replications. Go on with:\n  {}",
                         folder, kept, range.end - range.first,
                         resume_command(parts.back().record, folder)));
  }
  std::sort(parts.begin(), parts.end(),
            [](const Part& a, const Part& b) { return a.record.shard < b.record.shard; });
  return parts;
}

void check_all_there(const std::vector<Part>& parts) {
  const RunRecord& first = parts.front().record;
  std::vector<std::string> missing;
  std::size_t next = 0;
  for (std::uint32_t shard = 1; shard <= first.shards; ++shard) {
    if (next < parts.size() && parts[next].record.shard == shard) {
      ++next;
      if (next < parts.size() && parts[next].record.shard == shard)
        refuse(fmt::format("{} and {} are the same part of the run, {}", parts[next - 1].folder,
                           parts[next].folder, shard_words(parts[next].record)));
      continue;
    }
    const experiment::Range range =
        experiment::shard_range(first.replications_planned, shard, first.shards);
    missing.push_back(fmt::format("{} (replications {} to {})", shard, range.first, range.end - 1));
  }
  if (!missing.empty())
    refuse(fmt::format("of {} shards {} missing: {}", first.shards,
                       missing.size() == 1 ? "one is" : fmt::format("{} are", missing.size()),
                       join_words(missing, "and")));
}

/// The scenario that the parts were made from, read again: what is tried in addition needs it.
scenario::Loaded scenario_of(const Part& part, const Parsed& parsed) {
  const std::string file = parsed.has("scenario") ? parsed.text("scenario") : part.record.path;
  scenario::Loaded loaded = load_again(file, part.record, parsed);
  if (!loaded.scenario) show_diagnostics(loaded);
  if (!loaded.scenario || experiment::digest_of(loaded.text) != part.record.digest)
    refuse(
        fmt::format("{} is not the scenario that the parts were made from; name it with "
                    "--scenario FILE",
                    file));
  return loaded;
}

/// Copies the parts into one record, in the order of the replications, and as many as the run
/// takes.
void copy_parts(const std::vector<Part>& parts, RunStore& store, Collection& collection,
                const std::atomic<bool>& stop) {
  const std::size_t strategies = parts.front().record.strategies.size();
  experiment::Block block;
  block.strategies = strategies;
  const auto flush = [&] {
    if (block.replications > 0) store.add(block);
    block.first += block.replications;
    block.replications = 0;
    block.outcomes.clear();
  };
  for (const Part& part : parts)
    part.store.each(
        [&](std::size_t strategy, std::uint64_t replication, const model::Outcome& outcome) {
          if (replication >= collection.enough() || stop.load()) return;
          collection.add(outcome);
          block.outcomes.push_back(outcome);
          if (strategy + 1 < strategies) return;
          if (++block.replications == experiment::kBlockSize) flush();
        });
  flush();
}

}  // namespace

Syntax merge_syntax() {
  Syntax syntax;
  syntax.usage = "rollcast merge FOLDER... --out FOLDER [options]";
  syntax.operand = "FOLDER";
  syntax.several = true;
  syntax.about =
      "Puts the parts of a run together that `rollcast run --shard I/N` made, on one machine or\n"
      "many, in any order, and concludes as `run` does: the result is the same to the last bit as\n"
      "that of one run. Says which part is missing, unfinished or of another run.";
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  syntax.options.add_options()("out,o", text("FOLDER"), "the run's folder")(
      "scenario", text("FILE"),
      "the scenario, where it does not lie where the parts were made from it");
  add_allow_path(syntax.options,
                 "the scenario may read files there, too, as when the parts were made");
  syntax.options.add_options()("jobs,j", text("N"), "worker threads (one a core)")(
      "force", po::bool_switch(), "replace the run in that folder, whatever it is")(
      "png", po::bool_switch(), "every chart also as PNG, through rsvg-convert")(
      "json", po::bool_switch(), "print summary.json instead of the table")(
      "require-objectives", po::bool_switch(),
      "end with exit code 1 when no strategy meets all objectives")(
      "quiet,q", po::bool_switch(), "no progress and no notes on standard error");
  syntax.examples =
      "  rollcast run scenarios/web-tier.yaml --shard 1/2 --out parts/1\n"
      "  rollcast run scenarios/web-tier.yaml --shard 2/2 --out parts/2\n"
      "  rollcast merge parts/1 parts/2 --out results/web-tier";
  return syntax;
}

int merge_command(const Arguments& arguments) {
  const Parsed parsed = parse(merge_syntax(), arguments);
  if (parsed.help) return kDone;
  if (!parsed.has("out")) throw UsageError("--out FOLDER is missing: where the whole run goes");
  Conclusion how;
  how.files = {parsed.text("out"), parsed.flag("png"), parsed.flag("json"), parsed.flag("quiet")};
  how.jobs = thread_count(parsed);
  how.require_objectives = parsed.flag("require-objectives");
  check_png_tool(how.files);
  const std::vector<Part> parts = open_parts(parsed.operands);
  check_all_there(parts);
  const scenario::Loaded loaded = scenario_of(parts.front(), parsed);
  experiment::Simulator simulator(loaded);
  RunRecord record = parts.front().record;
  how.conditions = record.options.find(kNoConditions) == std::string::npos;
  record.shard = 1;
  record.shards = 1;
  const std::atomic<bool>& stop = watch_for_stop();
  const experiment::FolderLock lock(how.files.folder);
  Collection collection(*loaded.scenario, record);
  {
    RunStore store = RunStore::create(how.files.folder, record, parsed.flag("force"));
    copy_parts(parts, store, collection, stop);
    store.finish(stop.load());
  }
  if (stop.load()) {
    tell("interrupted: the parts are as they were; merge them again");
    return kInterrupted;
  }
  return conclude(loaded, simulator, record, how, false, collection.take(), stop);
}

}  // namespace rollcast::cli
