/// rollcast run: forecasts every strategy, keeps every replication, writes summary and report.
#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <ctime>

#include "command.hpp"
#include "conclusion.hpp"
#include "console.hpp"
#include "memory.hpp"
#include "ranks.hpp"
#include "recording.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/experiment/conditions.hpp"
#include "rollcast/experiment/ignorance.hpp"
#include "scenario_arguments.hpp"
#include "signals.hpp"

namespace rollcast::cli {
namespace {

namespace po = boost::program_options;
struct Options {
  std::uint64_t replications = 0;
  Existing existing;
  std::uint64_t memory_limit = 0;  ///< bytes; 0: none
  std::uint32_t shard = 1;
  std::uint32_t shards = 1;
  Conclusion conclusion;
};

/// "2/7": the second of seven.
void read_shard(const Parsed& parsed, Options& options) {
  if (!parsed.has("shard")) return;
  const std::string& text = parsed.text("shard");
  std::uint32_t numbers[2] = {0, 0};
  const std::size_t slash = text.find('/');
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, numbers[0]);
  const auto second = slash == std::string::npos
                          ? std::from_chars_result{text.data(), std::errc::invalid_argument}
                          : std::from_chars(text.data() + slash + 1, end, numbers[1]);
  const bool whole = first.ec == std::errc() && first.ptr == text.data() + slash &&
                     second.ec == std::errc() && second.ptr == end;
  if (!whole || numbers[0] < 1 || numbers[0] > numbers[1])
    throw UsageError(fmt::format(
        "--shard takes I/N, the I-th of N parts counted from 1, as in --shard 2/7, not '{}'",
        text));
  if (numbers[1] > options.replications)
    throw UsageError(fmt::format("--shard {}: {} replications cannot be cut into {} parts", text,
                                 options.replications, numbers[1]));
  options.shard = numbers[0];
  options.shards = numbers[1];
  for (const char* option : {"json", "png", "require-objectives"})
    if (options.shards > 1 && parsed.flag(option))
      throw UsageError(fmt::format("--{}: a shard makes no report; `rollcast merge` does", option));
}

Options options_of(const Parsed& parsed, const model::Scenario& scenario) {
  Options options;
  options.replications = whole_number(parsed, "replications", 1).value_or(scenario.replications);
  read_shard(parsed, options);
  options.memory_limit = memory_limit(parsed);
  options.existing = {parsed.flag("force"), parsed.flag("resume")};
  if (options.existing.force && options.existing.resume)
    throw UsageError("--resume goes on with the run that is there, --force replaces it: give one");
  Conclusion& conclusion = options.conclusion;
  conclusion.jobs = thread_count(parsed);
  if (conclusion.jobs == 0 && launched_processes() > 1) conclusion.jobs = 1;
  if (conclusion.jobs > 0) conclusion.files.jobs = conclusion.jobs;
  conclusion.require_objectives = parsed.flag("require-objectives");
  conclusion.conditions = !parsed.flag("no-conditions");
  const std::string part =
      options.shards > 1 ? fmt::format("-shard-{}-of-{}", options.shard, options.shards) : "";
  conclusion.files.folder =
      parsed.has("out") ? parsed.text("out") : "results/" + scenario.name + part;
  conclusion.files.json = parsed.flag("json");
  conclusion.files.quiet = parsed.flag("quiet");
  conclusion.files.png = parsed.flag("png");
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
  for (const std::string& folder : words_of(parsed, "allow-path"))
    text += " --allow-path " + shell_word(folder);
  if (parsed.has("memory-limit"))
    text += " --memory-limit " + shell_word(parsed.text("memory-limit"));
  if (parsed.flag("no-conditions")) text += fmt::format(" {}", kNoConditions);
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
  std::vector<report::Assumption> assumptions = assumptions_of(loaded);
  if (options.memory_limit > 0)
    assumptions.push_back({"--memory-limit", parsed.text("memory-limit"), "asked for",
                           "values that find no room in a quarter of it are counted in "
                           "histograms: quantiles within 0.1 %, charts and comparisons of the "
                           "first replications"});
  record.assumptions = assumptions_text(assumptions);
  record.digest = experiment::digest_of(loaded.text);
  record.settings = settings_of(parsed);
  record.options = options_text(parsed);
  record.overrides = overrides_text(load_options(parsed));
  record.tables = loaded.tables;
  record.sample_bytes = sample_bytes(options.memory_limit);
  record.shard = options.shard;
  record.shards = options.shards;
  record.seed = scenario.seed;
  record.replications_planned = options.replications;
  record.currency = scenario.currency;
  for (const model::Strategy& strategy : scenario.strategies)
    record.strategies.push_back(strategy.name);
  for (const model::Objective& objective : scenario.objectives)
    record.objectives.push_back(objective.name);
  return record;
}

void tell_interrupted(const Recording& recording, const experiment::RunRecord& record,
                      const std::string& folder) {
  const auto count = [](std::uint64_t number) {
    return human_count(static_cast<std::int64_t>(number));
  };
  const experiment::Range range = recording.range();
  if (recording.kept() == 0) {
    tell(fmt::format("interrupted before the first block of {} replications was finished",
                     experiment::kBlockSize));
    return;
  }
  tell(
      fmt::format("interrupted: {} of {} replications are finished and kept in {}/run.sqlite. Go "
                  "on with:\n  {}",
                  count(recording.kept()), count(range.end - range.first), folder,
                  resume_command(record, folder)));
}

/// A shard is complete: nothing is told about the run before all of them are merged.
void tell_shard(const experiment::RunRecord& record, const experiment::Range& range,
                const Conclusion& how) {
  if (how.files.quiet) return;
  tell(fmt::format(
      "{}: replications {} to {} are kept in {}/run.sqlite. When all {} are there:\n"
      "  rollcast merge FOLDER... --out FOLDER",
      shard_words(record), range.first, range.end - 1, how.files.folder, record.shards));
}

/// What every rank has to say of itself. The outcome of the first replication tells builds and
/// processors apart that would simulate otherwise.
std::string identity_of(const experiment::RunRecord& record, experiment::Simulator& simulator) {
  const experiment::Range range =
      experiment::shard_range(record.replications_planned, record.shard, record.shards);
  std::string end = "fails";
  try {
    end = fmt::format("ends as {:016x}", simulator.run(0, range.first).digest);
  } catch (const std::exception&) {  // the run will say why
  }
  return fmt::format("rollcast {} and the scenario {} with seed {}, whose replication {} {}",
                     record.version, record.digest, record.seed, range.first, end);
}

/// A rank that is not the first: it reads what that one reads, writes nothing, and makes blocks.
int take_part(const Arguments& arguments, Ranks& ranks) {
  const std::atomic<bool>& stop = watch_for_stop();
  try {
    const Parsed parsed = parse(run_syntax(), arguments);
    if (parsed.help) throw UsageError("help was asked for");
    const scenario::Loaded loaded = load(parsed);
    if (!loaded.scenario) throw std::runtime_error(loaded.diagnostics.render(false));
    const Options options = options_of(parsed, *loaded.scenario);
    const experiment::RunRecord record = record_of(loaded, parsed, options);
    hold_to(options.memory_limit, *loaded.scenario, 0, options.conclusion.jobs);
    experiment::Simulator simulator(loaded);
    using experiment::Task;
    const auto simulate_task = [&](const Task& task) -> experiment::Simulate {
      switch (task.kind) {
        case Task::Kind::other_luck:
          return experiment::other_luck(simulator);
        case Task::Kind::luck_alone:
          return experiment::luck_alone(simulator, record.seed);
        case Task::Kind::conditions:
          return experiment::condition_trials(loaded, task.replications);
        case Task::Kind::run:
          break;
      }
      return [&](std::size_t strategy, std::uint64_t replication) {
        return simulator.run(strategy, replication);
      };
    };
    experiment::Plan plan;
    plan.strategies = record.strategies.size();
    plan.jobs = options.conclusion.jobs;
    experiment::make_blocks(ranks.transport(), identity_of(record, simulator), plan, simulate_task,
                            stop);
  } catch (const std::exception& error) {
    experiment::decline_blocks(ranks.transport(), error.what(), stop);
  }
  return kDone;
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
      "Ctrl-C stops: what is finished is kept and reported, and --resume goes on with it, as it "
      "does\n"
      "after a crash, a full disk or a power cut. `mpirun -n N rollcast run ...` spreads a run "
      "over\n"
      "N processes, on one machine or many, where rollcast was built with MPI.";
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
  add_memory_option(syntax.options);
  syntax.options.add_options()("jobs,j", text("N"),
                               "worker threads (one a core; under mpirun one a process)")(
      "out,o", text("FOLDER"), "the run's folder (results/NAME, by the scenario's name)")(
      "force", po::bool_switch(), "replace the run in that folder, whatever it is")(
      "resume", po::bool_switch(),
      "go on with the run in that folder where it ended; begin it when there is none")(
      "shard", text("I/N"),
      "make only the I-th of N parts, on any machine; `rollcast merge` puts them together")(
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
      "  rollcast run scenarios/web-tier.yaml --set 'strategies.by hand.deploy.by=ops' --json\n"
      "  rollcast run scenarios/web-tier.yaml --replications 100000 --resume\n"
      "  rollcast run scenarios/web-tier.yaml --shard 2/7 --out parts/2\n"
      "  mpirun -n 16 rollcast run scenarios/web-tier.yaml --replications 1000000 --resume";
  return syntax;
}

int run_command(const Arguments& arguments) {
  std::unique_ptr<Ranks> ranks = Ranks::joined();
  if (ranks && ranks->leader() == nullptr) return take_part(arguments, *ranks);
  const Parsed parsed = parse(run_syntax(), arguments);
  if (parsed.help) return kDone;
  const scenario::Loaded loaded = load(parsed);
  if (!loaded.scenario || !parsed.flag("quiet")) show_diagnostics(loaded);
  if (!loaded.scenario) return kBadInput;
  const Options options = options_of(parsed, *loaded.scenario);
  const Conclusion& how = options.conclusion;
  check_png_tool(how.files);
  hold_to(options.memory_limit, *loaded.scenario, options.replications, how.jobs);
  experiment::Simulator simulator(loaded);
  experiment::RunRecord record = record_of(loaded, parsed, options);
  record.cluster = simulator.draws().cluster();
  const std::atomic<bool>& stop = watch_for_stop();
  Recording recording(loaded, simulator, record, how, options.existing);
  experiment::RunEnd end;
  try {
    if (ranks) ranks->leader()->begin(identity_of(record, simulator));
    end = recording.simulate(stop, ranks ? ranks->leader() : nullptr);
  } catch (const experiment::ReplicationError& error) {
    tell_defect(error, record);
  }
  if (end.interrupted) ranks.reset();
  if (end.interrupted) tell_interrupted(recording, record, how.files.folder);
  if (recording.kept() == 0) return kInterrupted;
  if (record.shards == 1)
    return conclude(loaded, simulator, record, how, end.interrupted, recording.samples(), stop,
                    ranks ? ranks->leader() : nullptr);
  if (end.interrupted) return kInterrupted;
  tell_shard(record, recording.range(), how);
  return kDone;
}

}  // namespace rollcast::cli
