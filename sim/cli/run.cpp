/// rollcast run: forecasts every strategy, keeps every replication, writes summary and report.
#include <fmt/format.h>

#include <chrono>
#include <ctime>
#include <thread>

#include "command.hpp"
#include "console.hpp"
#include "progress.hpp"
#include "report_files.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/experiment/closer_look.hpp"
#include "rollcast/experiment/conditions.hpp"
#include "rollcast/experiment/draws.hpp"
#include "rollcast/experiment/files.hpp"
#include "rollcast/experiment/ignorance.hpp"
#include "rollcast/experiment/precision.hpp"
#include "rollcast/experiment/summary.hpp"
#include "rollcast/experiment/verdict.hpp"
#include "scenario_arguments.hpp"
#include "signals.hpp"

namespace rollcast::cli {
namespace {

namespace po = boost::program_options;
using experiment::RunStore;

struct Options {
  std::uint64_t replications = 0;
  unsigned jobs = 0;
  bool force = false;
  bool require_objectives = false;
  bool conditions = true;
  ReportFiles files;
};

Options options_of(const Parsed& parsed, const model::Scenario& scenario) {
  Options options;
  options.replications = whole_number(parsed, "replications", 1).value_or(scenario.replications);
  options.jobs = thread_count(parsed);
  options.files.folder = parsed.has("out") ? parsed.text("out") : "results/" + scenario.name;
  options.force = parsed.flag("force");
  options.files.json = parsed.flag("json");
  options.require_objectives = parsed.flag("require-objectives");
  options.conditions = !parsed.flag("no-conditions");
  options.files.quiet = parsed.flag("quiet");
  options.files.png = parsed.flag("png");
  return options;
}

std::string now_text() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts));
}

std::vector<report::Assumption> assumptions_of(const scenario::Loaded& loaded) {
  std::vector<report::Assumption> assumptions;
  for (const scenario::Assumption& assumption : loaded.assumptions) {
    const std::string basis(scenario::name_of(assumption.basis));
    assumptions.push_back({assumption.path, assumption.value,
                           assumption.why.empty() ? basis : basis + ": " + assumption.why,
                           assumption.meaning});
  }
  return assumptions;
}

/// The options beside replications, seed and settings that make the result, as a shell takes them.
std::string options_text(const Parsed& parsed) {
  std::string text;
  if (parsed.has("sampling")) text += " --sampling " + shell_word(parsed.text("sampling"));
  for (const std::string& precision : words_of(parsed, "precision"))
    text += " --precision " + shell_word(precision);
  if (parsed.flag("no-conditions")) text += " --no-conditions";
  return text;
}

experiment::RunRecord record_of(const scenario::Loaded& loaded, const Parsed& parsed,
                                const Options& options) {
  const model::Scenario& scenario = *loaded.scenario;
  experiment::RunRecord record;
  record.version = ROLLCAST_VERSION;
  record.scenario = scenario.name;
  record.scenario_text = loaded.text;
  record.scenario_resolved = loaded.resolved_yaml;
  record.path = parsed.operand;
  record.made_at = now_text();
  record.assumptions = assumptions_text(assumptions_of(loaded));
  record.digest = experiment::digest_of(loaded.text);
  record.settings = settings_of(parsed);
  record.options = options_text(parsed);
  record.seed = scenario.seed;
  record.replications_planned = options.replications;
  record.currency = scenario.currency;
  for (const model::Strategy& strategy : scenario.strategies)
    record.strategies.push_back(strategy.name);
  for (const model::Objective& objective : scenario.objectives)
    record.objectives.push_back(objective.name);
  return record;
}

/// Simulates and stores; fills one Samples a strategy.
experiment::RunEnd simulate_all(const model::Scenario& scenario, experiment::Simulator& simulator,
                                const Options& options, RunStore& store,
                                std::vector<experiment::Samples>& samples,
                                const std::atomic<bool>& stop) {
  ProgressBar bar(!options.files.quiet);
  experiment::Hooks hooks;
  hooks.stop = &stop;
  hooks.progress = [&](const experiment::Progress& progress) { bar.show(progress); };
  hooks.keep = [&](const experiment::Block& block) {
    store.add(block);
    for (std::uint64_t offset = 0; offset < block.replications; ++offset)
      for (std::size_t strategy = 0; strategy < block.strategies; ++strategy)
        experiment::append(samples[strategy], block.at(offset, strategy));
  };
  std::optional<experiment::StoppingRule> rule;
  if (!scenario.precision.empty()) {
    rule.emplace(scenario.precision, options.replications, experiment::kBlockSize);
    hooks.enough = [&] { return rule->plan(samples); };
  }
  const experiment::Plan plan{scenario.strategies.size(), options.replications,
                              experiment::kBlockSize, options.jobs};
  const auto simulate = [&](std::size_t strategy, std::uint64_t replication) {
    return simulator.run(strategy, replication);
  };
  return experiment::run_replications(plan, simulate, hooks);
}

/// What takes replications of its own: luck and ignorance told apart, and what the verdict hangs
/// on.
void look_closer(const scenario::Loaded& loaded, experiment::Simulator& simulator,
                 const Options& options, experiment::Results& results) {
  const std::atomic<bool>& stop = watch_for_stop();
  ProgressBar bar(!options.files.quiet);
  results.sampling = experiment::name_of(simulator.draws().sampling());
  results.uncertain = loaded.uncertain;
  results.gains = experiment::gains_of(simulator.draws(), results);
  if (!loaded.uncertain.empty()) {
    bar.show("telling luck and ignorance apart");
    const std::uint64_t more = experiment::ignorance_replications(results.replications);
    results.ignorance = experiment::tell_apart(simulator, results, more, options.jobs, &stop);
    if (!results.ignorance.empty()) results.ignorance_replications = more;
  }
  if (!options.conditions) return;
  bar.show("trying what the verdict hangs on");
  experiment::TriedConditions tried =
      experiment::try_conditions(loaded, results, options.jobs, &stop);
  if (!tried.conditions.empty()) results.verdict.condition_replications = tried.replications;
  results.verdict.conditions = std::move(tried.conditions);
}

/// Finished or not, what there is: files, table, exit code.
int conclude(const scenario::Loaded& loaded, experiment::Simulator& simulator,
             const experiment::RunRecord& record, const Options& options,
             const experiment::RunEnd& end, std::vector<experiment::Samples> samples) {
  const model::Scenario& scenario = *loaded.scenario;
  const experiment::RunFacts facts{ROLLCAST_VERSION, experiment::digest_of(loaded.text),
                                   scenario.seed, options.replications, end.interrupted};
  experiment::Results results = experiment::analyse(scenario, facts, std::move(samples));
  if (!end.interrupted) look_closer(loaded, simulator, options, results);
  RunStore::keep_closer_look(options.files.folder, experiment::closer_look_text(results));
  write_report(loaded, results, record, options.files);
  if (end.interrupted) return kInterrupted;
  return options.require_objectives && !experiment::any_meets_all(results) ? kObjectivesMissed
                                                                           : kDone;
}

void tell_interrupted(const experiment::RunEnd& end, const Options& options) {
  if (end.replications == 0) {
    tell(fmt::format("interrupted before the first block of {} replications was finished",
                     experiment::kBlockSize));
    return;
  }
  tell(fmt::format(
      "interrupted: {} of {} replications were finished and are kept in "
      "{}/run.sqlite; the same command starts again from the first",
      human_count(static_cast<std::int64_t>(end.replications)),
      human_count(static_cast<std::int64_t>(options.replications)), options.files.folder));
}

[[noreturn]] void tell_defect(const experiment::ReplicationError& error, const Parsed& parsed,
                              const model::Scenario& scenario) {
  std::string again = fmt::format(
      "rollcast trace {} --strategy {} --replication {} --seed {}", shell_word(parsed.operand),
      shell_word(scenario.strategies[error.strategy()].name), error.replication(), scenario.seed);
  for (const std::string& setting : settings_of(parsed)) again += " --set " + shell_word(setting);
  throw std::runtime_error(fmt::format(
      "strategy '{}', replication {}: {}\nIt happens again with: {}",
      scenario.strategies[error.strategy()].name, error.replication(), error.what(), again));
}

}  // namespace

Syntax run_syntax() {
  Syntax syntax;
  syntax.usage = "rollcast run SCENARIO [options]";
  syntax.operand = "SCENARIO";
  syntax.about =
      "Simulates every strategy of the scenario many times with the same luck, says which one to\n"
      "take, and writes the run's folder: report.html (open it in a browser), summary.json (for\n"
      "programs), charts/*.svg, run.sqlite (every replication) and scenario.resolved.yaml (every\n"
      "default that was used).\n"
      "The result depends on scenario, seed and replications only, not on the number of threads.\n"
      "Ctrl-C stops: what is finished is kept and reported.";
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  syntax.options.add_options()("replications,n", text("N"),
                               "how often each strategy is simulated, instead of the scenario's "
                               "number (1000 when it has none); at most so many where a precision "
                               "is asked for")(
      "precision",
      po::value<std::vector<std::string>>()->composing()->value_name("ESTIMATE: WIDTH"),
      "stop when the estimate is this precise for every strategy, as in 'ready_time p95: 1 %', "
      "'cost.total mean: 50 USD' or 'objective on time: 0.5 %'; may be given again");
  add_scenario_options(syntax.options);
  syntax.options.add_options()("jobs,j", text("N"), "worker threads (one a core)")(
      "out,o", text("FOLDER"), "the run's folder (results/NAME, by the scenario's name)")(
      "force", po::bool_switch(), "replace a run of another scenario or seed in that folder")(
      "png", po::bool_switch(), "every chart also as PNG, through rsvg-convert")(
      "json", po::bool_switch(), "print summary.json instead of the table")(
      "require-objectives", po::bool_switch(),
      "end with exit code 1 when no strategy meets all objectives")(
      "no-conditions", po::bool_switch(),
      "do not try which assumptions would turn the verdict (saves 100 to 200 replications for each "
      "value that is tried)")("quiet,q", po::bool_switch(),
                              "no progress and no notes on standard error");
  syntax.examples =
      "  rollcast run scenarios/web-tier.yaml\n"
      "  rollcast run scenarios/web-tier.yaml --replications 10000 --seed 7 --out results/seven\n"
      "  rollcast run scenarios/web-tier.yaml --set 'strategies.by hand.deploy.by=ops' --json";
  return syntax;
}

int run_command(const Arguments& arguments) {
  const Parsed parsed = parse(run_syntax(), arguments);
  if (parsed.help) return kDone;
  const scenario::Loaded loaded = load(parsed);
  if (!loaded.scenario || !parsed.flag("quiet")) show_diagnostics(loaded);
  if (!loaded.scenario) return kBadInput;
  const model::Scenario& scenario = *loaded.scenario;
  const Options options = options_of(parsed, scenario);
  check_png_tool(options.files);
  experiment::Simulator simulator(loaded);
  experiment::RunRecord record = record_of(loaded, parsed, options);
  record.cluster = simulator.draws().cluster();
  const std::atomic<bool>& stop = watch_for_stop();
  std::vector<experiment::Samples> samples(scenario.strategies.size());
  for (experiment::Samples& one : samples) one.cluster = simulator.draws().cluster();
  experiment::RunEnd end;
  {
    RunStore store = RunStore::create(options.files.folder, record, options.force);
    try {
      end = simulate_all(scenario, simulator, options, store, samples, stop);
    } catch (const experiment::ReplicationError& error) {
      tell_defect(error, parsed, scenario);
    } catch (const experiment::StoreError& error) {
      throw experiment::StoreError(error.what(),
                                   fmt::format("{} replications that were finished before are kept",
                                               samples.front().replications));
    }
    store.finish(end.interrupted);
  }
  if (end.interrupted) tell_interrupted(end, options);
  if (end.replications == 0) return kInterrupted;
  return conclude(loaded, simulator, record, options, end, std::move(samples));
}

}  // namespace rollcast::cli
