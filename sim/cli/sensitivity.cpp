/// rollcast sensitivity: which of the guesses matters.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <optional>

#include "command.hpp"
#include "console.hpp"
#include "exploration_arguments.hpp"
#include "progress.hpp"
#include "report_files.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/base/units.hpp"
#include "rollcast/experiment/files.hpp"
#include "rollcast/experiment/folder_lock.hpp"
#include "rollcast/experiment/screening.hpp"
#include "rollcast/experiment/sensitivity.hpp"
#include "rollcast/report/screening.hpp"
#include "rollcast/report/sensitivity.hpp"
#include "rollcast/scenario/scaled.hpp"
#include "scenario_arguments.hpp"
#include "signals.hpp"

namespace rollcast::cli {
namespace {

namespace po = boost::program_options;

constexpr const char* kMorris = "morris";
constexpr const char* kSobol = "sobol";
constexpr std::uint64_t kUsualWays = 20, kMostWays = 10'000, kUsualRunsOfMorris = 20;
/// More inputs than this take too many runs for shares of the variance.
constexpr std::size_t kMostForIndices = 16;
constexpr const char* kUsualRange = "20 %";

std::vector<scenario::UncertainInput> inputs_of(const Parsed& parsed,
                                                const scenario::Loaded& loaded) {
  if (!parsed.has("range") && !loaded.uncertain.empty()) return loaded.uncertain;
  const std::string text = parsed.has("range") ? parsed.text("range") : kUsualRange;
  const auto range = parse_share(text);
  if (!range || !(*range > 0) || !(*range < 1))
    throw UsageError(fmt::format("--range takes a share between 0 % and 100 %, not '{}'", text));
  auto inputs = scenario::scaled_inputs(*loaded.source, *range);
  if (inputs.empty()) throw UsageError("the scenario has no value that could be varied");
  return inputs;
}

std::vector<model::Metric> metrics_of(const Parsed& parsed) {
  std::vector<model::Metric> metrics;
  for (const std::string& name : words_of(parsed, "metric")) {
    const auto metric = model::find_metric(name);
    if (!metric) {
      std::vector<std::string> names;
      for (std::size_t i = 0; i < model::kMetrics; ++i)
        names.emplace_back(model::metric_info(static_cast<model::Metric>(i)).name);
      throw UsageError(
          fmt::format("there is no metric '{}'; {}", name,
                      suggestion(name, names, "the metrics are named as in summary.json")));
    }
    if (model::metric_info(*metric).pooling != model::Pooling::replications)
      throw UsageError(
          fmt::format("'{}' pools over incidents: a run has no single value of it", name));
    metrics.push_back(*metric);
  }
  if (metrics.empty()) return {model::Metric::cost_ranked, model::Metric::ready_time};
  return metrics;
}

std::string command_of(const Parsed& parsed, std::uint64_t seed, std::uint64_t points,
                       std::uint64_t replications) {
  std::string command =
      fmt::format("rollcast sensitivity {} --seed {} --points {} --replications {}",
                  shell_word(parsed.operand), seed, points, replications);
  if (parsed.has("worth")) command += " --worth " + parsed.text("worth");
  if (parsed.has("method")) command += " --method " + parsed.text("method");
  if (parsed.has("range")) command += " --range " + shell_word(parsed.text("range"));
  for (const char* option : {"metric", "set"})
    for (const std::string& word : words_of(parsed, option))
      command += fmt::format(" --{} {}", option, shell_word(word));
  return command;
}

/// What was found, in all its forms.
struct Found {
  std::string json, terminal;
  report::Exploration page;
};

report::TerminalStyle style() {
  report::TerminalStyle style;
  style.width = std::min(160, std::max(60, columns_of(Stream::output)));
  return style;
}

void show(const Found& found, const ReportFiles& files) {
  experiment::write_file(files.folder + "/sensitivity.json", found.json);
  write_exploration(found.page, files);
  if (files.json) {
    print(found.json);
    return;
  }
  print(found.terminal);
  print(fmt::format(
      "\nReport:  {0}/report.html\nNumbers: {0}/sensitivity.json, {0}/sensitivity.sqlite\n",
      files.folder));
}

template <class Results>
void sign(Results& results, const scenario::Loaded& loaded) {
  results.version = ROLLCAST_VERSION;
  results.scenario_digest = experiment::digest_of(loaded.text);
}

/// Finished evaluations, in sensitivity.sqlite: a block is a point without values. The file is made
/// when the first one is asked for.
class Memory {
 public:
  Memory(const Parsed& parsed, const scenario::Loaded& loaded, const ReportFiles& files)
      : parsed_(parsed), loaded_(loaded), files_(files), bar_(!files.quiet) {
    hooks_.stop = &watch_for_stop();
    hooks_.progress = [this](const experiment::Progress& progress) { bar_.show(progress); };
    hooks_.known = [this](std::size_t block) -> const experiment::Evaluated* {
      open();
      return block < known_.size() && known_[block] ? &known_[block]->samples : nullptr;
    };
    hooks_.keep = [this](std::size_t block, const experiment::Evaluated& values) {
      experiment::PointResult result;
      for (const auto& metrics : values) result.cells.emplace_back(metrics.size());
      result.samples = values;
      store_->add(block, {}, result);
    };
  }
  experiment::EvaluationHooks& hooks() { return hooks_; }
  void close() {
    if (store_) store_->finish();
    store_.reset();
  }

 private:
  void open() {
    if (store_) return;
    experiment::SweepRecord record = record_of(loaded_, parsed_, "sensitivity");
    std::string asked = loaded_.text;
    for (const char* option : {"method", "points", "replications", "range", "worth"})
      if (parsed_.has(option)) asked += fmt::format("\n--{} {}", option, parsed_.text(option));
    for (const std::string& metric : words_of(parsed_, "metric")) asked += "\n--metric " + metric;
    record.digest = experiment::digest_of(asked);
    for (const model::Metric metric : metrics_of(parsed_))
      record.estimates.emplace_back(model::metric_info(metric).name);
    for (const model::Strategy& strategy : loaded_.scenario->strategies)
      record.strategies.push_back(strategy.name);
    store_.emplace(open_record(parsed_, files_.folder, record));
    known_ = store_->results(store_->points());
  }

  const Parsed& parsed_;
  const scenario::Loaded& loaded_;
  const ReportFiles& files_;
  ProgressBar bar_;
  experiment::EvaluationHooks hooks_;
  std::optional<experiment::SweepStore> store_;
  std::vector<std::optional<experiment::PointResult>> known_;
};

/// Nothing when interrupted.
std::optional<Found> screen(const Parsed& parsed, const scenario::Loaded& loaded,
                            std::vector<scenario::UncertainInput> inputs, Memory& memory) {
  experiment::ScreeningPlan plan;
  plan.metrics = metrics_of(parsed);
  plan.jobs = thread_count(parsed);
  plan.replications = whole_number(parsed, "replications", 2).value_or(kUsualRunsOfMorris);
  plan.ways = whole_number(parsed, "points", 2).value_or(kUsualWays);
  if (plan.ways > kMostWays)
    throw UsageError(fmt::format("--points takes at most {} with --method morris", kMostWays));
  auto results = experiment::screen_inputs(loaded, std::move(inputs), plan, memory.hooks());
  if (results.interrupted) return std::nullopt;
  sign(results, loaded);
  const report::ScreeningInput input{
      results, parsed.operand, command_of(parsed, results.seed, plan.ways, plan.replications)};
  return Found{experiment::screening_json(results), report::terminal_screening(input, style()),
               report::exploration_of(input)};
}

/// Rows behind the shares of the variance, which suppose that inputs are independent.
std::uint64_t rows_of(const Parsed& parsed, const scenario::Loaded& loaded, std::size_t inputs,
                      const ReportFiles& files) {
  constexpr std::uint64_t kMostPoints = 1U << 20U;
  const auto asked = whole_number(parsed, "points", 0);
  const bool together = !loaded.correlations.empty() && !parsed.has("range");
  if (together && asked.value_or(0) > 0)
    throw UsageError(
        "the shares of the variance suppose independent inputs, and `correlation:` says that some "
        "go together: leave --points out, use --method morris, or take `correlation:` out");
  if (together) {
    if (!files.quiet)
      tell(
          "some inputs go together (`correlation:`): no shares of the variance are told, which "
          "suppose independent inputs; each input is moved alone");
    return 0;
  }
  const std::uint64_t rows = asked.value_or(inputs <= kMostForIndices ? 256 : 0);
  if (rows > kMostPoints) throw UsageError(fmt::format("--points takes at most {}", kMostPoints));
  return rows == 0 ? 0 : std::bit_ceil(std::max<std::uint64_t>(rows, 2));
}

/// Runs behind the worth of information; 0: none.
std::uint64_t informed_runs(const Parsed& parsed, std::size_t inputs) {
  constexpr std::uint64_t kUsual = 2'000;
  const auto asked = whole_number(parsed, "worth", 0);
  if (asked && *asked > 0 && *asked < experiment::kLeastInformedRuns)
    throw UsageError(fmt::format("--worth takes 0 or at least {}", experiment::kLeastInformedRuns));
  return asked.value_or(inputs <= kMostForIndices ? kUsual : 0);
}

/// What it would be worth to know each input. False when interrupted.
bool add_worth(const Parsed& parsed, const scenario::Loaded& loaded,
               const experiment::SensitivityPlan& plan, Memory& memory,
               experiment::SensitivityResults& results) {
  if (results.informed == 0 || results.scenario.strategies.size() < 2) return true;
  experiment::InformationPlan worth{plan.metrics, {}, results.informed, plan.jobs};
  if (!parsed.has("range")) worth.correlations = loaded.correlations;
  auto information = experiment::value_information(loaded, results.inputs, worth, memory.hooks());
  if (!information) return false;
  results.information = std::move(*information);
  return true;
}

std::optional<Found> divide(const Parsed& parsed, const scenario::Loaded& loaded,
                            std::vector<scenario::UncertainInput> inputs, std::uint64_t points,
                            Memory& memory) {
  experiment::SensitivityPlan plan;
  plan.metrics = metrics_of(parsed);
  plan.jobs = thread_count(parsed);
  plan.replications = whole_number(parsed, "replications", 2).value_or(200);
  plan.points = points;
  const std::uint64_t informed = informed_runs(parsed, inputs.size());
  auto results = experiment::find_influences(loaded, std::move(inputs), plan, memory.hooks());
  results.informed = informed;
  if (results.interrupted || !add_worth(parsed, loaded, plan, memory, results)) return std::nullopt;
  sign(results, loaded);
  const report::SensitivityInput input{
      results, parsed.operand, command_of(parsed, results.seed, plan.points, plan.replications)};
  return Found{experiment::sensitivity_json(results), report::terminal_sensitivity(input, style()),
               report::exploration_of(input)};
}

}  // namespace

Syntax sensitivity_syntax() {
  Syntax syntax;
  syntax.usage = "rollcast sensitivity SCENARIO [options]";
  syntax.operand = "SCENARIO";
  syntax.about =
      "Says which of the guesses in a scenario matters. Every input of `uncertain:` is moved "
      "alone\n"
      "from its low to its high end with the same luck (a tornado), and the variance of the "
      "result\n"
      "is divided among the inputs and luck (Sobol' indices with intervals). `--method morris`\n"
      "tells with few runs which of many inputs do anything, at random places of the others.\n"
      "With two strategies or more it tells what knowing an input would be worth for the choice.\n"
      "Without `uncertain:`, or with --range, every duration, effort, rate and price of the\n"
      "scenario is varied by a share of what it is. The folder gets report.html,\n"
      "sensitivity.json, charts/*.svg and sensitivity.sqlite (what was simulated).\n"
      "Ctrl-C stops: what is simulated is kept, and the same command with --resume goes on.";
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  syntax.options.add_options()(
      "metric,m", po::value<std::vector<std::string>>()->composing()->value_name("NAME"),
      "whose spread is explained, by its name in summary.json (cost.ranked and ready_time); may be "
      "given again")("method", text("NAME"),
                     "sobol (ends and shares of the variance) or morris (screening)")(
      "range", text("SHARE"),
      "vary every value by so much up and down ('20 %'), instead of `uncertain:`")(
      "points", text("N"),
      "rows of the design behind the shares of the variance, rounded up to a power of two (256 "
      "with up to 16 inputs, else 0: none); of morris the ways through the inputs (20)")(
      "replications,n", text("N"),
      "runs at each end of each input (200); of morris at each point (20)")(
      "worth", text("N"),
      "runs behind what it would be worth to know an input before the strategy is chosen (2000 "
      "with up to 16 inputs, else 0: none; at least 200)");
  add_scenario_options(syntax.options);
  syntax.options.add_options()("jobs,j", text("N"), "worker threads (one a core)")(
      "out,o", text("FOLDER"), "the folder (results/NAME-sensitivity, by the scenario's name)")(
      "resume", po::bool_switch(), "go on with what was stopped in that folder")(
      "force", po::bool_switch(), "replace another record in that folder")(
      "png", po::bool_switch(), "every chart also as PNG, through rsvg-convert")(
      "json", po::bool_switch(), "print sensitivity.json instead of the table")(
      "quiet,q", po::bool_switch(), "no progress and no notes on standard error");
  syntax.examples =
      "  rollcast sensitivity scenarios/small-office.yaml\n"
      "  rollcast sensitivity scenarios/web-tier.yaml --range '30 %' -m cost.total -n 100\n"
      "  rollcast sensitivity scenarios/web-tier.yaml --method morris --points 30";
  return syntax;
}

int sensitivity_command(const Arguments& arguments) {
  const Parsed parsed = parse(sensitivity_syntax(), arguments);
  if (parsed.help) return kDone;
  const std::string method = parsed.has("method") ? parsed.text("method") : kSobol;
  if (method != kMorris && method != kSobol)
    throw UsageError(fmt::format("--method takes {} or {}, not '{}'", kSobol, kMorris, method));
  (void)metrics_of(parsed);
  const scenario::Loaded loaded = load(parsed);
  if (!loaded.scenario || !parsed.flag("quiet")) show_diagnostics(loaded);
  if (!loaded.scenario) return kBadInput;
  const ReportFiles files{
      parsed.has("out") ? parsed.text("out") : "results/" + loaded.scenario->name + "-sensitivity",
      parsed.flag("png"), parsed.flag("json"), parsed.flag("quiet")};
  check_png_tool(files);
  auto inputs = inputs_of(parsed, loaded);
  std::optional<Found> found;
  const std::uint64_t points =
      method == kMorris ? 0 : rows_of(parsed, loaded, inputs.size(), files);
  const experiment::FolderLock lock(files.folder);
  {
    Memory memory(parsed, loaded, files);
    if (method == kMorris) {
      found = screen(parsed, loaded, std::move(inputs), memory);
    } else {
      found = divide(parsed, loaded, std::move(inputs), points, memory);
    }
    memory.close();
  }
  if (!found) {
    tell(
        fmt::format("interrupted: what is simulated is kept in {}/sensitivity.sqlite; the same "
                    "command with --resume goes on",
                    files.folder));
    return kInterrupted;
  }
  show(*found, files);
  return kDone;
}

}  // namespace rollcast::cli
