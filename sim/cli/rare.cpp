/// rollcast rare: how likely is what hardly ever happens.
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
#include "rollcast/experiment/rare.hpp"
#include "rollcast/model/impact.hpp"
#include "rollcast/report/rare.hpp"
#include "scenario_arguments.hpp"
#include "signals.hpp"

namespace rollcast::cli {
namespace {

namespace po = boost::program_options;

constexpr std::uint64_t kUsualEffort = 1'000, kUsualBatches = 20, kMostEffort = 1'000'000;

/// The most instances that any strategy has at once: each one, and its replacement.
std::int64_t most_instances(const model::Scenario& scenario) {
  std::int64_t most = 0;
  for (const model::Strategy& strategy : scenario.strategies) {
    std::int64_t all = 0;
    for (const model::Group& group : strategy.world.groups) all += group.count;
    most = std::max(most, all);
  }
  return most;
}

model::Metric metric_of(const Parsed& parsed) {
  if (!parsed.has("metric")) return model::Metric::impact_out_peak;
  const auto metric = model::find_metric(parsed.text("metric"));
  if (metric && model::is_impact_peak(*metric)) return *metric;
  throw UsageError(
      fmt::format("--metric takes impact.out_peak, impact.defective_peak or impact.peak, the "
                  "largest number of instances hit at once, not '{}'",
                  parsed.text("metric")));
}

/// What is asked for, or what the objectives do not allow.
std::vector<experiment::RareEvent> events_of(const Parsed& parsed,
                                             const model::Scenario& scenario) {
  const auto at_least = whole_number(parsed, "at-least", 1);
  if (!at_least && parsed.has("metric"))
    throw UsageError("--metric needs --at-least: so many instances at once");
  if (!at_least) {
    auto events = experiment::events_of(scenario);
    const std::int64_t all = most_instances(scenario);
    std::erase_if(events, [&](const experiment::RareEvent& event) {
      if (event.at_least <= all) return false;
      tell(fmt::format("objective `{}` cannot be missed: the fleet has {}",
                       scenario.objectives[*event.objective].name,
                       plural(static_cast<std::size_t>(all), "instance")));
      return true;
    });
    if (events.empty())
      throw UsageError(
          "the scenario has no objective on a peak of impact that can be missed: say what is "
          "asked for with --at-least N (instances out of service at once)");
    return events;
  }
  const std::int64_t most = most_instances(scenario);
  if (static_cast<std::int64_t>(*at_least) > most)
    throw UsageError(fmt::format("--at-least {}: the fleet has {}", *at_least,
                                 plural(static_cast<std::size_t>(most), "instance")));
  return {{metric_of(parsed), static_cast<std::int64_t>(*at_least), std::nullopt}};
}

std::string command_of(const Parsed& parsed, const experiment::RareResults& results) {
  std::string command =
      fmt::format("rollcast rare {} --seed {} --effort {} --batches {}", shell_word(parsed.operand),
                  results.seed, results.plan.effort, results.plan.batches);
  for (const char* option : {"metric", "at-least"})
    if (parsed.has(option))
      command += fmt::format(" --{} {}", option, shell_word(parsed.text(option)));
  for (const std::string& word : words_of(parsed, "set")) command += " --set " + shell_word(word);
  return command;
}

void show(const experiment::RareResults& results, const Parsed& parsed, const ReportFiles& files) {
  const std::string json = experiment::rare_json(results);
  const report::RareInput input{results, parsed.operand, command_of(parsed, results)};
  experiment::write_file(files.folder + "/rare.json", json);
  write_exploration(report::exploration_of(input), files);
  if (files.json) {
    print(json);
    return;
  }
  report::TerminalStyle style;
  style.width = std::min(160, std::max(60, columns_of(Stream::output)));
  print(report::terminal_rare(input, style));
  print(fmt::format("\nReport:  {0}/report.html\nNumbers: {0}/rare.json, {0}/rare.sqlite\n",
                    files.folder));
}

/// What each finished part of an estimate is stored as: a point of its own with plain numbers.
experiment::SweepRecord record_of(const scenario::Loaded& loaded, const Parsed& parsed,
                                  const experiment::RarePlan& plan) {
  experiment::SweepRecord record = record_of(loaded, parsed, "rare");
  std::string asked = fmt::format("\nbatches {}", plan.batches);
  for (const experiment::RareEvent& event : plan.events)
    asked += fmt::format("\n{} {}", model::metric_info(event.metric).name, event.at_least);
  record.digest = experiment::digest_of(loaded.text + asked);
  record.replications = plan.effort;
  record.estimates = {"numbers"};
  record.strategies = {"the strategy of the point"};
  record.axes = {"question", "strategy", "part"};
  return record;
}

/// The estimates, with every finished part in the record.
experiment::RareResults estimate(const scenario::Loaded& loaded, const Parsed& parsed,
                                 const experiment::RarePlan& plan, const ReportFiles& files) {
  experiment::SweepStore store = open_record(parsed, files.folder, record_of(loaded, parsed, plan));
  const auto known = store.results(store.points());
  const std::size_t strategies = loaded.scenario->strategies.size();
  const auto index = [&](std::size_t event, std::size_t strategy, std::uint64_t part) {
    return (event * strategies + strategy) * (plan.batches + 1) + part;
  };
  ProgressBar bar(!files.quiet);
  experiment::RareHooks hooks;
  hooks.progress = [&](const experiment::Progress& progress) { bar.show(progress); };
  hooks.stop = &watch_for_stop();
  hooks.known = [&](std::size_t event, std::size_t strategy,
                    std::uint64_t part) -> const std::vector<double>* {
    const std::size_t at = index(event, strategy, part);
    return at < known.size() && known[at] ? &known[at]->samples[0][0] : nullptr;
  };
  hooks.keep = [&](std::size_t event, std::size_t strategy, std::uint64_t part,
                   const std::vector<double>& numbers) {
    const experiment::SweepPoint point{
        {fmt::format("{}", event), loaded.scenario->strategies[strategy].name,
         part == 0 ? "pilot" : fmt::format("batch {}", part)},
        ""};
    store.add(index(event, strategy, part), point, {{{{}}}, {{numbers}}, std::nullopt});
  };
  experiment::RareResults results = experiment::find_rare(loaded, plan, hooks);
  store.finish();
  return results;
}

}  // namespace

Syntax rare_syntax() {
  Syntax syntax;
  syntax.usage = "rollcast rare SCENARIO [options]";
  syntax.operand = "SCENARIO";
  syntax.about =
      "Says how likely it is that very many instances are out of service or defective at once,\n"
      "down to chances of one in a billion that no number of plain runs would see: trajectories\n"
      "that get worse are split into many that go on on their own (multilevel splitting). Asks\n"
      "for what the objectives on impact do not allow, or for --at-least. The folder gets\n"
      "report.html, rare.json, charts/*.svg and rare.sqlite (every finished part of an estimate).\n"
      "Ctrl-C stops: what is finished is kept, and the same command with --resume goes on.";
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  syntax.options.add_options()("at-least", text("N"),
                               "the chance of so many instances hit at once within the horizon")(
      "metric,m", text("NAME"),
      "with --at-least: impact.out_peak (default), impact.defective_peak, impact.peak")(
      "effort", text("N"), "trajectories a level of each estimate (1000)")(
      "batches", text("N"), "independent estimates, for the interval (20)");
  add_scenario_options(syntax.options);
  syntax.options.add_options()("jobs,j", text("N"), "worker threads (one a core)")(
      "out,o", text("FOLDER"), "the folder (results/NAME-rare, by the scenario's name)")(
      "resume", po::bool_switch(), "go on with what was stopped in that folder")(
      "force", po::bool_switch(), "replace other estimates in that folder")(
      "png", po::bool_switch(), "every chart also as PNG, through rsvg-convert")(
      "json", po::bool_switch(), "print rare.json instead of the table")(
      "quiet,q", po::bool_switch(), "no progress and no notes on standard error");
  syntax.examples =
      "  rollcast rare scenarios/many-at-once.yaml\n"
      "  rollcast rare scenarios/web-tier.yaml --at-least 40 --effort 200";
  return syntax;
}

int rare_command(const Arguments& arguments) {
  const Parsed parsed = parse(rare_syntax(), arguments);
  if (parsed.help) return kDone;
  (void)metric_of(parsed);
  experiment::RarePlan plan;
  plan.jobs = thread_count(parsed);
  plan.effort = whole_number(parsed, "effort", 10).value_or(kUsualEffort);
  plan.batches = whole_number(parsed, "batches", 2).value_or(kUsualBatches);
  if (plan.effort > kMostEffort || plan.batches > kMostEffort)
    throw UsageError(fmt::format("--effort and --batches take at most {}", kMostEffort));
  const scenario::Loaded loaded = load(parsed);
  if (!loaded.scenario || !parsed.flag("quiet")) show_diagnostics(loaded);
  if (!loaded.scenario) return kBadInput;
  const ReportFiles files{
      parsed.has("out") ? parsed.text("out") : "results/" + loaded.scenario->name + "-rare",
      parsed.flag("png"), parsed.flag("json"), parsed.flag("quiet")};
  check_png_tool(files);
  plan.events = events_of(parsed, *loaded.scenario);
  const experiment::FolderLock lock(files.folder);
  experiment::RareResults results = estimate(loaded, parsed, plan, files);
  if (results.interrupted) {
    tell(
        fmt::format("interrupted: what is simulated is kept in {}/rare.sqlite; the same command "
                    "with --resume goes on",
                    files.folder));
    return kInterrupted;
  }
  results.version = ROLLCAST_VERSION;
  results.scenario_digest = experiment::digest_of(loaded.text);
  show(results, parsed, files);
  return kDone;
}

}  // namespace rollcast::cli
