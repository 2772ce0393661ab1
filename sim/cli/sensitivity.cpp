/// rollcast sensitivity: which of the guesses matters.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <optional>

#include "command.hpp"
#include "console.hpp"
#include "progress.hpp"
#include "report_files.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/base/units.hpp"
#include "rollcast/experiment/files.hpp"
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
  print(fmt::format("\nReport:  {0}/report.html\nNumbers: {0}/sensitivity.json\n", files.folder));
}

template <class Results>
void sign(Results& results, const scenario::Loaded& loaded) {
  results.version = ROLLCAST_VERSION;
  results.scenario_digest = experiment::digest_of(loaded.text);
}

/// Nothing when interrupted.
std::optional<Found> screen(const Parsed& parsed, const scenario::Loaded& loaded,
                            std::vector<scenario::UncertainInput> inputs, ProgressBar& bar) {
  experiment::ScreeningPlan plan;
  plan.metrics = metrics_of(parsed);
  plan.jobs = thread_count(parsed);
  plan.replications = whole_number(parsed, "replications", 2).value_or(kUsualRunsOfMorris);
  plan.ways = whole_number(parsed, "points", 2).value_or(kUsualWays);
  if (plan.ways > kMostWays)
    throw UsageError(fmt::format("--points takes at most {} with --method morris", kMostWays));
  auto results = experiment::screen_inputs(
      loaded, std::move(inputs), plan,
      [&](const experiment::Progress& progress) { bar.show(progress); }, &watch_for_stop());
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

std::optional<Found> divide(const Parsed& parsed, const scenario::Loaded& loaded,
                            std::vector<scenario::UncertainInput> inputs, std::uint64_t points,
                            ProgressBar& bar) {
  experiment::SensitivityPlan plan;
  plan.metrics = metrics_of(parsed);
  plan.jobs = thread_count(parsed);
  plan.replications = whole_number(parsed, "replications", 2).value_or(200);
  plan.points = points;
  auto results = experiment::find_influences(
      loaded, std::move(inputs), plan,
      [&](const experiment::Progress& progress) { bar.show(progress); }, &watch_for_stop());
  if (results.interrupted) return std::nullopt;
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
      "Without `uncertain:`, or with --range, every duration, effort, rate and price of the\n"
      "scenario is varied by a share of what it is. The folder gets report.html,\n"
      "sensitivity.json and charts/*.svg.";
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
      "runs at each end of each input (200); of morris at each point (20)");
  add_scenario_options(syntax.options);
  syntax.options.add_options()("jobs,j", text("N"), "worker threads (one a core)")(
      "out,o", text("FOLDER"), "the folder (results/NAME-sensitivity, by the scenario's name)")(
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
  if (method == kMorris) {
    ProgressBar bar(!files.quiet);
    found = screen(parsed, loaded, std::move(inputs), bar);
  } else {
    const std::uint64_t points = rows_of(parsed, loaded, inputs.size(), files);
    ProgressBar bar(!files.quiet);
    found = divide(parsed, loaded, std::move(inputs), points, bar);
  }
  if (!found) {
    tell("interrupted: nothing is written");
    return kInterrupted;
  }
  show(*found, files);
  return kDone;
}

}  // namespace rollcast::cli
