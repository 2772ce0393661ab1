#include "report_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "console.hpp"
#include "memory.hpp"
#include "progress.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/experiment/closer_look.hpp"
#include "rollcast/experiment/draws.hpp"
#include "rollcast/experiment/files.hpp"
#include "rollcast/experiment/summary.hpp"
#include "rollcast/experiment/summary_json.hpp"
#include "rollcast/model/simulate.hpp"
#include "scenario_arguments.hpp"

namespace rollcast::cli {
namespace {

constexpr const char* kPngTool = "rsvg-convert";
/// A fleet of up to so many instances is drawn instance by instance: the story of a larger one
/// takes more memory than the run itself, and the page shows every hundredth of them at best.
constexpr double kMostDrawn = 250'000;

/// Runs the tool to its end. True when it ended well.
bool run_png_tool(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), kPngTool);
  std::vector<char*> values;
  for (std::string& argument : arguments) values.push_back(argument.data());
  values.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, kPngTool, &actions, nullptr, values.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  return error == 0 && ::waitpid(child, &status, 0) == child && status == 0;
}

void convert_to_png(const std::string& svg, const std::string& png) {
  if (!run_png_tool({"--zoom", "2", "--output", png, svg}))
    throw experiment::StoreError(png, fmt::format("{} could not write it", kPngTool));
}

/// The run that the timeline shows: of the strategy that the verdict names the one with the median
/// ready time (the earliest of equal ones), simulated once more.
std::optional<report::Replay> replay_of(const scenario::Loaded& loaded,
                                        const experiment::Results& results) {
  if (most_instances(results.scenario) > kMostDrawn) {
    tell(fmt::format(
        "the report has no timeline: it would draw a fleet of more than {} instances instance by "
        "instance; `rollcast trace` tells any one run event by event",
        human_count(static_cast<std::int64_t>(kMostDrawn))));
    return std::nullopt;
  }
  report::Replay replay{results.verdict.winner.value_or(0), 0, "the one with the median ready time",
                        model::Trace(false)};
  const auto& ready = results.strategies[replay.strategy]
                          .samples.metrics[static_cast<std::size_t>(model::Metric::ready_time)];
  std::vector<std::uint64_t> order(ready.size());
  std::iota(order.begin(), order.end(), std::uint64_t{0});
  const auto median = order.begin() + static_cast<std::ptrdiff_t>((order.size() - 1) / 2);
  std::nth_element(order.begin(), median, order.end(), [&](std::uint64_t a, std::uint64_t b) {
    return ready[a] != ready[b] ? ready[a] < ready[b] : a < b;
  });
  replay.replication = *median;
  const model::Scenario drawn = experiment::Simulator(loaded).scenario_of(replay.replication);
  static_cast<void>(
      model::simulate(drawn, replay.strategy, results.seed, replay.replication, &replay.trace));
  return replay;
}

std::vector<report::Assumption> assumptions_of(const experiment::RunRecord& record) {
  std::vector<report::Assumption> assumptions;
  const auto list = nlohmann::json::parse(record.assumptions, nullptr, false);
  if (!list.is_array()) return assumptions;  // written by a rollcast that did not keep them
  for (const auto& item : list) {
    const bool whole =
        item.is_array() && item.size() == 4 &&
        std::all_of(item.begin(), item.end(), [](const auto& text) { return text.is_string(); });
    if (!whole) continue;
    assumptions.push_back({item.at(0).get<std::string>(), item.at(1).get<std::string>(),
                           item.at(2).get<std::string>(), item.at(3).get<std::string>()});
  }
  return assumptions;
}

void write_charts(const std::vector<report::ChartFile>& charts, const ReportFiles& files) {
  for (const auto& [name, svg] : charts) {
    const std::string path = files.folder + "/charts/" + name;
    experiment::write_file(path, svg);
    if (files.png) convert_to_png(path, path.substr(0, path.size() - 3) + "png");
  }
}

void write_page(const report::ReportInput& input, const ReportFiles& files) {
  ProgressBar bar(!files.quiet);
  bar.show("drawing the report");
  const std::vector<report::ChartFile> charts = report::chart_svgs(input, files.jobs);
  write_charts(charts, files);
  experiment::write_file(files.folder + "/report.html", report::html_page(input, charts));
}

void show(const report::ReportInput& input, const std::string& summary, const ReportFiles& files) {
  if (files.json) {
    print(summary);
    return;
  }
  report::TerminalStyle style;
  style.width = std::min(160, std::max(60, columns_of(Stream::output)));
  style.colour = wants_colour(Stream::output);
  print(report::terminal_table(input, style));
  print(fmt::format("\nReport:  {0}/report.html\nNumbers: {0}/summary.json, {0}/run.sqlite\n",
                    files.folder));
}

}  // namespace

void check_png_tool(const ReportFiles& files) {
  if (files.png && !run_png_tool({"--version"}))
    throw experiment::StoreError(kPngTool,
                                 "not found: --png needs it (Debian: apt-get install "
                                 "librsvg2-bin); the charts are written as SVG without it");
}

std::string command_of(const experiment::RunRecord& record, std::uint64_t replications) {
  std::string command = fmt::format("rollcast run {} --seed {} --replications {}",
                                    shell_word(record.path), record.seed, replications);
  for (const std::string& setting : record.settings) command += " --set " + shell_word(setting);
  command += record.options;
  if (record.shards > 1) command += fmt::format(" --shard {}/{}", record.shard, record.shards);
  return command;
}

std::string assumptions_text(const std::vector<report::Assumption>& assumptions) {
  nlohmann::json list = nlohmann::json::array();
  for (const report::Assumption& assumption : assumptions)
    list.push_back({assumption.path, assumption.value, assumption.origin, assumption.meaning});
  return list.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void write_report(const scenario::Loaded& loaded, const experiment::Results& results,
                  const experiment::RunRecord& record, const ReportFiles& files) {
  const std::string summary = experiment::summary_json(results);
  experiment::write_file(files.folder + "/scenario.resolved.yaml", record.scenario_resolved);
  experiment::write_file(files.folder + "/summary.json", summary);
  give_back_freed_memory();
  const std::optional<report::Replay> replay = replay_of(loaded, results);
  const report::ReportInput input{results,
                                  assumptions_of(record),
                                  command_of(record, results.replications),
                                  record.path,
                                  record.made_at,
                                  replay ? &*replay : nullptr,
                                  record.scenario_resolved};
  write_page(input, files);
  show(input, summary, files);
}

void write_exploration(const report::Exploration& exploration, const ReportFiles& files) {
  ProgressBar bar(!files.quiet);
  bar.show("drawing the report");
  const std::vector<report::ChartFile> charts = report::figure_svgs(exploration);
  write_charts(charts, files);
  experiment::write_file(files.folder + "/report.html", report::html_page(exploration, charts));
}

namespace {

/// Whether rows of the record are those of the scenario that stands in it.
bool belong_together(const experiment::RunRecord& record, const model::Scenario& scenario,
                     const std::vector<experiment::Samples>& samples) {
  const auto same = [](const std::vector<std::string>& names, const auto& known) {
    return std::equal(names.begin(), names.end(), known.begin(), known.end(),
                      [](const std::string& name, const auto& one) { return name == one.name; });
  };
  const std::size_t months = samples.empty() ? 0 : samples.front().cash_flow.size();
  return same(record.strategies, scenario.strategies) &&
         same(record.objectives, scenario.objectives) && months <= scenario.months.size() + 1;
}

}  // namespace

StoredRun stored_run(const experiment::RunStore& store, const Parsed& parsed) {
  const experiment::RunRecord record = store.record();
  if (record.shards > 1)
    throw experiment::StoreError(
        store.path(), fmt::format("this is {} of a run; `rollcast merge` puts all of them together",
                                  shard_words(record)));
  scenario::Loaded loaded = load_stored(record, parsed);
  if (!show_diagnostics(loaded))
    throw experiment::StoreError(
        store.path(),
        fmt::format("rollcast {} cannot read the scenario that rollcast {} stored{}",
                    ROLLCAST_VERSION, record.version,
                    record.tables ? ""
                                  : ". The tables of the scenario are not in so old a record: name "
                                    "the folder of the scenario with --allow-path FOLDER"));
  if (store.replications() == 0)
    throw experiment::StoreError(store.path(), "no replication was finished");
  const experiment::RunFacts facts{record.version, record.digest, record.seed,
                                   record.replications_planned, record.state != "finished"};
  std::vector<experiment::Samples> samples = store.samples();
  if (!belong_together(record, *loaded.scenario, samples))
    throw experiment::StoreError(store.path(),
                                 "its replications are not those of the scenario in it");
  for (experiment::Samples& one : samples) one.cluster = record.cluster;
  experiment::Results results = experiment::analyse(*loaded.scenario, facts, std::move(samples));
  results.uncertain = loaded.uncertain;
  results.correlations = loaded.correlations;
  experiment::restore_closer_look(results, record.closer_look);
  return {std::move(loaded), std::move(results)};
}

}  // namespace rollcast::cli
