/// rollcast sweep: the scenario at many points, and where it tips.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "command.hpp"
#include "console.hpp"
#include "exploration_arguments.hpp"
#include "progress.hpp"
#include "report_files.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/experiment/draws.hpp"
#include "rollcast/experiment/files.hpp"
#include "rollcast/experiment/folder_lock.hpp"
#include "rollcast/experiment/sweep.hpp"
#include "rollcast/experiment/sweep_files.hpp"
#include "rollcast/report/sweep.hpp"
#include "rollcast/scenario/tree.hpp"
#include "scenario_arguments.hpp"
#include "signals.hpp"

namespace rollcast::cli {
namespace {

namespace po = boost::program_options;
using experiment::SweepStore;

/// Options that stand for values of the scenario's `sweep:` section, in its own words; axes of the
/// command line replace those of the scenario.
scenario::LoadOptions sweep_overrides(const Parsed& parsed) {
  scenario::LoadOptions options;
  add_varied(parsed, "axis", "sweep.axes", "fleet.web.count=50 to 500 step 50", options);
  std::vector<std::string> metrics;
  for (const std::string& metric : words_of(parsed, "metric"))
    metrics.push_back(scenario::yaml_scalar(metric, true));
  if (!metrics.empty())
    options.overrides.emplace_back("sweep.metrics", "[" + join(metrics, ", ") + "]");
  for (const char* option : {"design", "points", "refine"})
    if (parsed.has(option))
      options.overrides.emplace_back(std::string("sweep.") + option, parsed.text(option));
  return options;
}

/// The command that gives it again.
std::string command_of(const Parsed& parsed, const experiment::SweepResults& results) {
  std::string command = fmt::format("rollcast sweep {} --seed {} --replications {}",
                                    shell_word(parsed.operand), results.seed, results.replications);
  for (const char* option : {"axis", "metric", "set"})
    for (const std::string& word : words_of(parsed, option))
      command += fmt::format(" --{} {}", option, shell_word(word));
  for (const char* option : {"design", "points", "refine", "sampling"})
    if (parsed.has(option))
      command += fmt::format(" --{} {}", option, shell_word(parsed.text(option)));
  return command;
}

experiment::SweepRecord record_of(const scenario::Loaded& loaded, const Parsed& parsed,
                                  const experiment::SweepResults& results) {
  experiment::SweepRecord record = record_of(loaded, parsed, "sweep");
  record.replications = results.replications;
  for (const scenario::Estimate& estimate : results.estimates)
    record.estimates.push_back(estimate.words);
  for (const model::Strategy& strategy : results.scenario.strategies)
    record.strategies.push_back(strategy.name);
  for (const scenario::SweepAxis& axis : results.sweep.axes) record.axes.push_back(axis.path);
  return record;
}

/// Everything but the points' results.
experiment::SweepResults planned(const scenario::Loaded& loaded, const Parsed& parsed) {
  experiment::SweepResults results;
  results.version = ROLLCAST_VERSION;
  results.scenario_digest = experiment::digest_of(loaded.text);
  results.scenario = *loaded.scenario;
  results.sweep = *loaded.sweep;
  results.estimates = experiment::estimates_of(loaded);
  results.seed = loaded.scenario->seed;
  // Where the scenario asks for a precision, its number is only a cap.
  constexpr std::uint64_t kUsual = 1'000;
  results.replications =
      whole_number(parsed, "replications", 2)
          .value_or(loaded.scenario->precision.empty() ? loaded.scenario->replications : kUsual);
  results.cluster =
      experiment::Draws(loaded.uncertain, loaded.sampling, loaded.scenario->seed).cluster();
  results.points = experiment::points_of(loaded);
  results.results.resize(results.points.size());
  return results;
}

void write_files(const experiment::SweepResults& results, const Parsed& parsed,
                 const scenario::Loaded& loaded, const ReportFiles& files) {
  const std::string summary = experiment::sweep_json(results);
  experiment::write_file(files.folder + "/scenario.resolved.yaml", loaded.resolved_yaml);
  experiment::write_file(files.folder + "/sweep.json", summary);
  experiment::write_file(files.folder + "/points.csv", experiment::sweep_csv(results));
  const report::SweepInput input{results, parsed.operand, command_of(parsed, results)};
  write_exploration(report::exploration_of(input), files);
  if (files.json) {
    print(summary);
    return;
  }
  report::TerminalStyle style;
  style.width = std::min(160, std::max(60, columns_of(Stream::output)));
  print(report::terminal_sweep(input, style));
  print(
      fmt::format("\nReport:  {0}/report.html\nNumbers: {0}/sweep.json, {0}/points.csv, "
                  "{0}/sweep.sqlite\n",
                  files.folder));
}

/// Simulates what is not there yet. True when it was stopped.
bool simulate_points(const scenario::Loaded& loaded, const experiment::SweepPlan& plan,
                     const ReportFiles& files, SweepStore& store,
                     experiment::SweepResults& results) {
  ProgressBar bar(!files.quiet);
  experiment::SweepHooks hooks;
  hooks.stop = &watch_for_stop();
  hooks.progress = [&](const experiment::Progress& progress) { bar.show(progress); };
  hooks.keep = [&](std::size_t point, const experiment::PointResult& result) {
    store.add(point, results.points[point], result);
    results.results[point] = result;
  };
  std::vector<bool> done;
  for (const auto& result : results.results) done.push_back(result.has_value());
  return !experiment::run_sweep(loaded, results.estimates, results.points, done, plan, hooks);
}

void find_tips(experiment::SweepResults& results) {
  results.break_evens = experiment::break_evens_of(results);
  results.thresholds = experiment::thresholds_of(results);
}

/// Sets points between those of the grid and simulates them, as long as any are worth it. Points
/// depend on what is simulated only, so a sweep that goes on comes to those of its record again.
/// True when it was stopped.
bool refine(const scenario::Loaded& loaded, const experiment::SweepPlan& plan,
            const ReportFiles& files, SweepStore& store,
            std::vector<std::optional<experiment::PointResult>> stored,
            experiment::SweepResults& results) {
  for (;;) {
    find_tips(results);
    const auto more = experiment::refinements_of(loaded, results);
    if (more.empty()) return false;
    results.points.insert(results.points.end(), more.begin(), more.end());
    for (std::size_t i = results.results.size(); i < results.points.size(); ++i)
      results.results.push_back(i < stored.size() ? std::move(stored[i]) : std::nullopt);
    if (simulate_points(loaded, plan, files, store, results)) {
      find_tips(results);
      return true;
    }
  }
}

std::size_t finished(const experiment::SweepResults& results) {
  return static_cast<std::size_t>(std::count_if(results.results.begin(), results.results.end(),
                                                [](const auto& one) { return one.has_value(); }));
}

}  // namespace

Syntax sweep_syntax() {
  Syntax syntax;
  syntax.usage = "rollcast sweep SCENARIO [options]";
  syntax.operand = "SCENARIO";
  syntax.about =
      "Simulates every strategy at many points of the scenario, all with the same luck, and says\n"
      "where two strategies change places (with an interval), who leads where, and from which "
      "value\n"
      "on a strategy meets an objective: the smallest head count, quota or lead time that will "
      "do.\n"
      "Along one axis of numbers these places are narrowed down by points between those of the "
      "grid.\n"
      "What is varied stands in the scenario's `sweep:` section, or behind --axis. The folder gets "
      "report.html,\n"
      "sweep.json, points.csv, charts/*.svg and sweep.sqlite (every finished point).\n"
      "Ctrl-C stops: finished points are kept, and the same command with --resume goes on.";
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  const auto texts = [](const char* name) {
    return po::value<std::vector<std::string>>()->composing()->value_name(name);
  };
  syntax.options.add_options()(
      "axis,a", texts("PATH=VALUES"),
      "a value that is varied: 'fleet.web.count=50 to 500 step 50', 'images.golden.bad=1 % to 10 % "
      "in 5 values, log', 'fleet.web.type=[S2.MEDIUM4, S2.LARGE8]'; several make a grid; instead "
      "of the scenario's axes")("metric,m", texts("ESTIMATE"),
                                "what is told of each point: 'ready_time p95', 'cost.total mean', "
                                "'objective on time'; may be given again")(
      "design", text("HOW"),
      "grid, 'latin hypercube' or sobol; the latter two spread --points over ranges")(
      "points", text("N"), "points of a spread design (64)")(
      "refine", text("N"),
      "so many points at most between those of a grid with one axis of numbers, where an objective "
      "begins to hold and where strategies change places (16); 0: none")(
      "replications,n", text("N"),
      "of each strategy at each point, instead of the scenario's (1000 where it asks for a "
      "precision)");
  add_scenario_options(syntax.options);
  syntax.options.add_options()("jobs,j", text("N"), "worker threads (one a core)")(
      "out,o", text("FOLDER"), "the sweep's folder (results/NAME-sweep, by the scenario's name)")(
      "resume", po::bool_switch(), "go on with the sweep that was stopped in that folder")(
      "force", po::bool_switch(), "replace another sweep in that folder")(
      "png", po::bool_switch(), "every chart also as PNG, through rsvg-convert")(
      "json", po::bool_switch(), "print sweep.json instead of the table")(
      "quiet,q", po::bool_switch(), "no progress and no notes on standard error");
  syntax.examples =
      "  rollcast sweep scenarios/break-even.yaml\n"
      "  rollcast sweep scenarios/web-tier.yaml -a 'staff.ops.people=2 to 12 step 2' -n 200\n"
      "  rollcast sweep scenarios/web-tier.yaml -a 'fleet.web.count=100 to 900 step 200' \\\n"
      "      -a 'images.golden-linux.bad=[0 %, 2 %, 10 %]' -m 'cost.ranked mean' -n 200";
  return syntax;
}

int sweep_command(const Arguments& arguments) {
  const Parsed parsed = parse(sweep_syntax(), arguments);
  if (parsed.help) return kDone;
  const scenario::Loaded loaded = load(parsed, sweep_overrides(parsed));
  if (!loaded.scenario || !parsed.flag("quiet")) show_diagnostics(loaded);
  if (!loaded.scenario) return kBadInput;
  if (!loaded.sweep)
    throw UsageError(fmt::format(
        "{} has no `sweep:` section: say what is varied, as in --axis 'PATH=10 to 50 step 10'",
        parsed.operand));
  ReportFiles files{
      parsed.has("out") ? parsed.text("out") : "results/" + loaded.scenario->name + "-sweep",
      parsed.flag("png"), parsed.flag("json"), parsed.flag("quiet")};
  check_png_tool(files);
  experiment::SweepResults results = planned(loaded, parsed);
  const bool none = std::all_of(results.points.begin(), results.points.end(),
                                [](const auto& point) { return !point.refused.empty(); });
  if (none)
    throw UsageError("the scenario allows no point of this sweep: " +
                     results.points.front().refused);
  const experiment::SweepRecord record = record_of(loaded, parsed, results);
  const unsigned jobs = thread_count(parsed);
  const experiment::FolderLock lock(files.folder);
  SweepStore store = open_record(parsed, files.folder, record);
  auto stored = store.results(std::max(results.points.size(), store.points()));
  for (std::size_t i = 0; i < results.points.size(); ++i) results.results[i] = std::move(stored[i]);
  const experiment::SweepPlan plan{results.replications, jobs};
  results.interrupted = simulate_points(loaded, plan, files, store, results);
  if (results.interrupted)
    find_tips(results);
  else
    results.interrupted = refine(loaded, plan, files, store, std::move(stored), results);
  store.finish();
  if (results.interrupted)
    tell(
        fmt::format("interrupted: {} of {} points are finished and kept in {}/sweep.sqlite; the "
                    "same command with --resume goes on",
                    finished(results), results.points.size(), files.folder));
  if (finished(results) == 0) return kInterrupted;
  write_files(results, parsed, loaded, files);
  return results.interrupted ? kInterrupted : kDone;
}

}  // namespace rollcast::cli
