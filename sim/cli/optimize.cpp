/// rollcast optimize: the cheapest plan that keeps what is asked.
#include "rollcast/experiment/optimize.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "command.hpp"
#include "console.hpp"
#include "exploration_arguments.hpp"
#include "progress.hpp"
#include "report_files.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/experiment/files.hpp"
#include "rollcast/experiment/folder_lock.hpp"
#include "rollcast/experiment/optimize_files.hpp"
#include "rollcast/report/optimize.hpp"
#include "rollcast/scenario/tree.hpp"
#include "scenario_arguments.hpp"
#include "signals.hpp"

namespace rollcast::cli {
namespace {

namespace po = boost::program_options;
using experiment::OptimizeResults;

scenario::LoadOptions optimize_overrides(const Parsed& parsed) {
  scenario::LoadOptions options;
  add_varied(parsed, "variable", "optimize.variables", "staff.ops.people=1 to 8 step 1", options);
  for (const std::string& limit : words_of(parsed, "limit")) {
    const std::size_t equals = limit.find('=');
    if (equals == std::string::npos || equals == 0)
      throw UsageError(fmt::format(
          "--limit takes ESTIMATE=LIMIT, as in --limit 'ready_time p95=at most 8 h', not '{}'",
          limit));
    options.overrides.emplace_back(
        "optimize.limits",
        fmt::format("{{{}: {}}}", scenario::yaml_scalar(trim(limit.substr(0, equals)), true),
                    scenario::yaml_scalar(trim(limit.substr(equals + 1)), true)));
  }
  for (const char* option : {"minimise", "tried"})
    if (parsed.has(option))
      options.overrides.emplace_back(std::string("optimize.") + option,
                                     scenario::yaml_scalar(parsed.text(option), true));
  return options;
}

std::string command_of(const Parsed& parsed, const OptimizeResults& results,
                       const experiment::OptimizePlan& plan) {
  std::string command =
      fmt::format("rollcast optimize {} --seed {} --replications {} --confirm {}",
                  shell_word(parsed.operand), results.seed, results.most, plan.confirm);
  for (const char* option : {"variable", "limit", "set"})
    for (const std::string& word : words_of(parsed, option))
      command += fmt::format(" --{} {}", option, shell_word(word));
  for (const char* option : {"minimise", "tried"})
    if (parsed.has(option))
      command += fmt::format(" --{} {}", option, shell_word(parsed.text(option)));
  return command;
}

void write_files(const OptimizeResults& results, const Parsed& parsed,
                 const experiment::OptimizePlan& plan, const scenario::Loaded& loaded,
                 const ReportFiles& files) {
  const std::string json = experiment::optimize_json(results);
  experiment::write_file(files.folder + "/scenario.resolved.yaml", loaded.resolved_yaml);
  experiment::write_file(files.folder + "/optimize.json", json);
  experiment::write_file(files.folder + "/plans.csv", experiment::optimize_csv(results));
  const report::OptimizeInput input{results, parsed.operand, command_of(parsed, results, plan)};
  write_exploration(report::exploration_of(input), files);
  if (files.json) {
    print(json);
    return;
  }
  report::TerminalStyle style;
  style.width = std::min(160, std::max(60, columns_of(Stream::output)));
  print(report::terminal_optimize(input, style));
  print(
      fmt::format("\nReport:  {0}/report.html\nNumbers: {0}/optimize.json, {0}/plans.csv, "
                  "{0}/optimize.sqlite\n",
                  files.folder));
}

/// The search, with every finished step in the record.
OptimizeResults search(const scenario::Loaded& loaded, const Parsed& parsed,
                       const experiment::OptimizePlan& plan, const ReportFiles& files) {
  experiment::SweepRecord record = record_of(loaded, parsed, "optimize");
  record.digest = experiment::digest_of(loaded.text + fmt::format("\nconfirm {}", plan.confirm));
  record.replications = plan.most;
  record.estimates = experiment::columns_of(loaded);
  for (const model::Strategy& strategy : loaded.scenario->strategies)
    record.strategies.push_back(strategy.name);
  for (const scenario::SweepAxis& axis : loaded.optimize->variables)
    record.axes.push_back(axis.path);
  experiment::SweepStore store = open_record(parsed, files.folder, record);
  const auto known = store.results(store.points());
  ProgressBar bar(!files.quiet);
  experiment::OptimizeHooks hooks;
  hooks.stop = &watch_for_stop();
  hooks.progress = [&](const experiment::Progress& progress) { bar.show(progress); };
  hooks.known = [&](std::size_t step) {
    return step < known.size() && known[step] ? &*known[step] : nullptr;
  };
  hooks.keep = [&](std::size_t step, const experiment::SweepPoint& point,
                   const experiment::PointResult& result) { store.add(step, point, result); };
  OptimizeResults results = experiment::optimize(loaded, plan, hooks);
  store.finish();
  return results;
}

/// Whether the fresh runs show that the plan keeps everything.
bool confirmed(const OptimizeResults& results) {
  return results.confirmation &&
         std::all_of(results.confirmation->met.begin(), results.confirmation->met.end(),
                     [](experiment::Met met) { return met == experiment::Met::yes; });
}

}  // namespace

Syntax optimize_syntax() {
  Syntax syntax;
  syntax.usage = "rollcast optimize SCENARIO [options]";
  syntax.operand = "SCENARIO";
  syntax.about =
      "Finds the cheapest plan that keeps what is asked: over the decision variables of the\n"
      "scenario's `optimize:` section (or --variable) and its strategies, under its objectives\n"
      "and limits; without objectives, readiness in 95 % of the runs is asked. Up to 500 plans\n"
      "are all compared, block by block with the same luck, until what is shown to miss\n"
      "something or to cost more is gone; of more a genetic algorithm proposes the candidates.\n"
      "What is found is confirmed with fresh luck. Where no plan keeps everything, it tells\n"
      "which comes nearest, and by how much.\n"
      "The folder gets report.html, optimize.json, plans.csv, charts/*.svg and optimize.sqlite.\n"
      "Ctrl-C stops: what is simulated is kept, and the same command with --resume goes on.";
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  const auto texts = [](const char* name) {
    return po::value<std::vector<std::string>>()->composing()->value_name(name);
  };
  syntax.options.add_options()(
      "variable,a", texts("PATH=VALUES"),
      "a value that may be decided: 'staff.ops.people=1 to 8 step 1', "
      "'strategies.batches.rollout.batches=[10, 25, 50]'; may be given again; instead of the "
      "scenario's variables")("minimise", text("ESTIMATE"),
                              "what is to be small: 'cost.ranked mean', 'ready_time p95'")(
      "limit", texts("ESTIMATE=LIMIT"),
      "a quantile that is limited besides the objectives: 'ready_time p95=at most 8 h'; may be "
      "given again")("tried", text("N"),
                     "plans that are tried where there are more than 500 (1000)")(
      "replications,n", text("N"), "of each plan at most (2000; at least 500)")(
      "confirm", text("N"), "fresh replications of the plan that is found (2000; at least 500)");
  add_scenario_options(syntax.options);
  syntax.options.add_options()("jobs,j", text("N"), "worker threads (one a core)")(
      "out,o", text("FOLDER"), "the folder (results/NAME-optimize, by the scenario's name)")(
      "resume", po::bool_switch(), "go on with what was stopped in that folder")(
      "force", po::bool_switch(), "replace another search in that folder")(
      "require-objectives", po::bool_switch(),
      "exit with 1 unless the plan's fresh runs show that it keeps everything")(
      "png", po::bool_switch(), "every chart also as PNG, through rsvg-convert")(
      "json", po::bool_switch(), "print optimize.json instead of the table")(
      "quiet,q", po::bool_switch(), "no progress and no notes on standard error");
  syntax.examples =
      "  rollcast optimize scenarios/cheapest-plan.yaml\n"
      "  rollcast optimize scenarios/how-many-people.yaml -a 'staff.ops.people=2 to 12 step 1' \\\n"
      "      --limit 'ready_time p90=at most 10 d'";
  return syntax;
}

int optimize_command(const Arguments& arguments) {
  const Parsed parsed = parse(optimize_syntax(), arguments);
  if (parsed.help) return kDone;
  const scenario::Loaded loaded = load(parsed, optimize_overrides(parsed));
  if (!loaded.scenario || !parsed.flag("quiet")) show_diagnostics(loaded);
  if (!loaded.scenario) return kBadInput;
  if (!loaded.optimize)
    throw UsageError(
        fmt::format("{} has no `optimize:` section: say what may be decided, as in --variable "
                    "'PATH=1 to 8 step 1'",
                    parsed.operand));
  const ReportFiles files{
      parsed.has("out") ? parsed.text("out") : "results/" + loaded.scenario->name + "-optimize",
      parsed.flag("png"), parsed.flag("json"), parsed.flag("quiet")};
  check_png_tool(files);
  constexpr std::uint64_t kUsual = 2'000, kLeast = 500;
  experiment::OptimizePlan plan;
  plan.most = whole_number(parsed, "replications", kLeast).value_or(kUsual);
  plan.confirm = whole_number(parsed, "confirm", kLeast).value_or(kUsual);
  plan.jobs = thread_count(parsed);
  const experiment::FolderLock lock(files.folder);
  OptimizeResults results = search(loaded, parsed, plan, files);
  if (results.interrupted) {
    tell(
        fmt::format("interrupted: what is simulated is kept in {}/optimize.sqlite; the same "
                    "command with --resume goes on",
                    files.folder));
    return kInterrupted;
  }
  if (results.tried.empty()) throw UsageError("the scenario allows none of these plans");
  results.version = ROLLCAST_VERSION;
  results.scenario_digest = experiment::digest_of(loaded.text);
  write_files(results, parsed, plan, loaded, files);
  if (parsed.flag("require-objectives") && !confirmed(results)) return kObjectivesMissed;
  return kDone;
}

}  // namespace rollcast::cli
