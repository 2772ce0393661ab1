/// rollcast sensitivity: which of the guesses matters.
#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "command.hpp"
#include "console.hpp"
#include "progress.hpp"
#include "report_files.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/base/units.hpp"
#include "rollcast/experiment/files.hpp"
#include "rollcast/experiment/sensitivity.hpp"
#include "rollcast/report/sensitivity.hpp"
#include "rollcast/scenario/scaled.hpp"
#include "scenario_arguments.hpp"
#include "signals.hpp"

namespace rollcast::cli {
namespace {

namespace po = boost::program_options;

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

std::string command_of(const Parsed& parsed, const experiment::SensitivityResults& results) {
  std::string command = fmt::format(
      "rollcast sensitivity {} --seed {} --points {} --replications {}", shell_word(parsed.operand),
      results.seed, results.plan.points, results.plan.replications);
  if (parsed.has("range")) command += " --range " + shell_word(parsed.text("range"));
  for (const char* option : {"metric", "set"})
    for (const std::string& word : words_of(parsed, option))
      command += fmt::format(" --{} {}", option, shell_word(word));
  return command;
}

void show(const experiment::SensitivityResults& results, const Parsed& parsed,
          const ReportFiles& files) {
  const std::string json = experiment::sensitivity_json(results);
  const report::SensitivityInput input{results, parsed.operand, command_of(parsed, results)};
  experiment::write_file(files.folder + "/sensitivity.json", json);
  write_exploration(report::exploration_of(input), files);
  if (files.json) {
    print(json);
    return;
  }
  report::TerminalStyle style;
  style.width = std::min(160, std::max(60, columns_of(Stream::output)));
  print(report::terminal_sensitivity(input, style));
  print(fmt::format("\nReport:  {0}/report.html\nNumbers: {0}/sensitivity.json\n", files.folder));
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
      "is divided among the inputs and luck (Sobol' indices with intervals). Without "
      "`uncertain:`,\n"
      "or with --range, every duration, effort, rate and price of the scenario is varied by a "
      "share\n"
      "of what it is. The folder gets report.html, sensitivity.json and charts/*.svg.";
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  syntax.options.add_options()(
      "metric,m", po::value<std::vector<std::string>>()->composing()->value_name("NAME"),
      "whose spread is explained, by its name in summary.json (cost.ranked and ready_time); may be "
      "given again")("range", text("SHARE"),
                     "vary every value by so much up and down ('20 %'), instead of `uncertain:`")(
      "points", text("N"),
      "rows of the design behind the shares of the variance, rounded up to a power of two (256 "
      "with "
      "up to 16 inputs, else 0: none)")("replications,n", text("N"),
                                        "runs at each end of each input (200)");
  add_scenario_options(syntax.options);
  syntax.options.add_options()("jobs,j", text("N"), "worker threads (one a core)")(
      "out,o", text("FOLDER"), "the folder (results/NAME-sensitivity, by the scenario's name)")(
      "png", po::bool_switch(), "every chart also as PNG, through rsvg-convert")(
      "json", po::bool_switch(), "print sensitivity.json instead of the table")(
      "quiet,q", po::bool_switch(), "no progress and no notes on standard error");
  syntax.examples =
      "  rollcast sensitivity scenarios/small-office.yaml\n"
      "  rollcast sensitivity scenarios/web-tier.yaml --range '30 %' -m cost.total -n 100";
  return syntax;
}

int sensitivity_command(const Arguments& arguments) {
  const Parsed parsed = parse(sensitivity_syntax(), arguments);
  if (parsed.help) return kDone;
  experiment::SensitivityPlan plan;
  plan.metrics = metrics_of(parsed);
  plan.jobs = thread_count(parsed);
  plan.replications = whole_number(parsed, "replications", 2).value_or(200);
  const scenario::Loaded loaded = load(parsed);
  if (!loaded.scenario || !parsed.flag("quiet")) show_diagnostics(loaded);
  if (!loaded.scenario) return kBadInput;
  const ReportFiles files{
      parsed.has("out") ? parsed.text("out") : "results/" + loaded.scenario->name + "-sensitivity",
      parsed.flag("png"), parsed.flag("json"), parsed.flag("quiet")};
  check_png_tool(files);
  auto inputs = inputs_of(parsed, loaded);
  constexpr std::uint64_t kMostPoints = 1U << 20U;
  const std::uint64_t rows =
      whole_number(parsed, "points", 0).value_or(inputs.size() <= kMostForIndices ? 256 : 0);
  if (rows > kMostPoints) throw UsageError(fmt::format("--points takes at most {}", kMostPoints));
  plan.points = rows == 0 ? 0 : std::bit_ceil(std::max<std::uint64_t>(rows, 2));
  experiment::SensitivityResults results;
  {
    ProgressBar bar(!files.quiet);
    results = experiment::find_influences(
        loaded, std::move(inputs), plan,
        [&](const experiment::Progress& progress) { bar.show(progress); }, &watch_for_stop());
  }
  if (results.interrupted) {
    tell("interrupted: nothing is written");
    return kInterrupted;
  }
  results.version = ROLLCAST_VERSION;
  results.scenario_digest = experiment::digest_of(loaded.text);
  show(results, parsed, files);
  return kDone;
}

}  // namespace rollcast::cli
