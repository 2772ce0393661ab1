/// rollcast run: forecasts every strategy, keeps every replication, writes summary and report.
#include <fmt/format.h>

#include <chrono>
#include <ctime>
#include <thread>

#include "command.hpp"
#include "console.hpp"
#include "progress.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/experiment/conditions.hpp"
#include "rollcast/experiment/draws.hpp"
#include "rollcast/experiment/files.hpp"
#include "rollcast/experiment/ignorance.hpp"
#include "rollcast/experiment/precision.hpp"
#include "rollcast/experiment/summary.hpp"
#include "rollcast/experiment/summary_json.hpp"
#include "rollcast/experiment/verdict.hpp"
#include "rollcast/report/report.hpp"
#include "scenario_arguments.hpp"
#include "signals.hpp"

namespace rollcast::cli {
namespace {

namespace po = boost::program_options;
using experiment::RunStore;

struct Options {
  std::uint64_t replications = 0;
  unsigned jobs = 0;
  std::string folder;
  bool force = false;
  bool json = false;
  bool require_objectives = false;
  bool quiet = false;
  bool conditions = true;
};

Options options_of(const Parsed& parsed, const model::Scenario& scenario) {
  constexpr std::uint64_t kMostThreads = 1'024;
  Options options;
  options.replications = whole_number(parsed, "replications", 1).value_or(scenario.replications);
  const std::uint64_t jobs = whole_number(parsed, "jobs", 1).value_or(0);
  if (jobs > kMostThreads)
    throw UsageError(fmt::format("--jobs takes at most {} threads", kMostThreads));
  options.jobs = static_cast<unsigned>(jobs);
  options.folder = parsed.has("out") ? parsed.text("out") : "results/" + scenario.name;
  options.force = parsed.flag("force");
  options.json = parsed.flag("json");
  options.require_objectives = parsed.flag("require-objectives");
  options.quiet = parsed.flag("quiet");
  options.conditions = !parsed.flag("no-conditions");
  return options;
}

experiment::RunRecord record_of(const scenario::Loaded& loaded, const Parsed& parsed,
                                const Options& options) {
  const model::Scenario& scenario = *loaded.scenario;
  experiment::RunRecord record;
  record.version = ROLLCAST_VERSION;
  record.scenario = scenario.name;
  record.scenario_text = loaded.text;
  record.scenario_resolved = loaded.resolved_yaml;
  record.digest = experiment::digest_of(loaded.text);
  record.settings = settings_of(parsed);
  record.seed = scenario.seed;
  record.replications_planned = options.replications;
  record.currency = scenario.currency;
  for (const model::Strategy& strategy : scenario.strategies)
    record.strategies.push_back(strategy.name);
  for (const model::Objective& objective : scenario.objectives)
    record.objectives.push_back(objective.name);
  return record;
}

/// The command that gives this run again, from the same folder.
std::string command_of(const Parsed& parsed, const model::Scenario& scenario,
                       std::uint64_t replications) {
  std::string command = fmt::format("rollcast run {} --seed {} --replications {}",
                                    shell_word(parsed.operand), scenario.seed, replications);
  if (parsed.has("sampling")) command += " --sampling " + shell_word(parsed.text("sampling"));
  for (const std::string& precision : words_of(parsed, "precision"))
    command += " --precision " + shell_word(precision);
  for (const std::string& setting : settings_of(parsed)) command += " --set " + shell_word(setting);
  return command;
}

std::string now_text() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts));
}

/// Simulates and stores; fills one Samples a strategy.
experiment::RunEnd simulate_all(const model::Scenario& scenario, experiment::Simulator& simulator,
                                const Options& options, RunStore& store,
                                std::vector<experiment::Samples>& samples,
                                const std::atomic<bool>& stop) {
  ProgressBar bar(!options.quiet);
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

void write_report(const report::ReportInput& input, const Options& options) {
  ProgressBar bar(!options.quiet);
  bar.show("drawing the report");
  const std::vector<report::ChartFile> charts = report::chart_svgs(input);
  for (const report::ChartFile& chart : charts)
    experiment::write_file(options.folder + "/charts/" + chart.first, chart.second);
  experiment::write_file(options.folder + "/report.html", report::html_page(input, charts));
}

void show(const report::ReportInput& input, const std::string& summary, const Options& options) {
  if (options.json) {
    print(summary);
    return;
  }
  report::TerminalStyle style;
  style.width = std::min(160, std::max(60, columns_of(Stream::output)));
  style.colour = wants_colour(Stream::output);
  print(report::terminal_table(input, style));
  print(fmt::format("\nReport:  {0}/report.html\nNumbers: {0}/summary.json, {0}/run.sqlite\n",
                    options.folder));
}

/// What takes replications of its own: luck and ignorance told apart, and what the verdict hangs
/// on.
void look_closer(const scenario::Loaded& loaded, experiment::Simulator& simulator,
                 const Options& options, experiment::Results& results) {
  const std::atomic<bool>& stop = watch_for_stop();
  ProgressBar bar(!options.quiet);
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
  const std::uint64_t each = experiment::condition_replications(results.replications);
  results.verdict.conditions =
      experiment::try_conditions(loaded, results, each, options.jobs, &stop);
  if (!results.verdict.conditions.empty()) results.verdict.condition_replications = each;
}

/// Finished or not, what there is: files, table, exit code.
int conclude(const scenario::Loaded& loaded, experiment::Simulator& simulator, const Parsed& parsed,
             const Options& options, const experiment::RunEnd& end,
             std::vector<experiment::Samples> samples) {
  const model::Scenario& scenario = *loaded.scenario;
  const experiment::RunFacts facts{ROLLCAST_VERSION, experiment::digest_of(loaded.text),
                                   scenario.seed, options.replications, end.interrupted};
  experiment::Results results = experiment::analyse(scenario, facts, std::move(samples));
  if (!end.interrupted) look_closer(loaded, simulator, options, results);
  const std::string summary = experiment::summary_json(results);
  experiment::write_file(options.folder + "/scenario.resolved.yaml", loaded.resolved_yaml);
  experiment::write_file(options.folder + "/summary.json", summary);
  const report::ReportInput input{results, assumptions_of(loaded),
                                  command_of(parsed, scenario, end.replications), parsed.operand,
                                  now_text()};
  write_report(input, options);
  show(input, summary, options);
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
  tell(
      fmt::format("interrupted: {} of {} replications were finished and are kept in "
                  "{}/run.sqlite; the same command starts again from the first",
                  human_count(static_cast<std::int64_t>(end.replications)),
                  human_count(static_cast<std::int64_t>(options.replications)), options.folder));
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
  const std::atomic<bool>& stop = watch_for_stop();
  experiment::Simulator simulator(loaded);
  std::vector<experiment::Samples> samples(scenario.strategies.size());
  for (experiment::Samples& one : samples) one.cluster = simulator.draws().cluster();
  experiment::RunEnd end;
  {
    RunStore store =
        RunStore::create(options.folder, record_of(loaded, parsed, options), options.force);
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
  return conclude(loaded, simulator, parsed, options, end, std::move(samples));
}

}  // namespace rollcast::cli
