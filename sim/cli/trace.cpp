/// rollcast trace: one replication of one strategy, event by event.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "console.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/experiment/draws.hpp"
#include "rollcast/experiment/files.hpp"
#include "rollcast/model/simulate.hpp"
#include "rollcast/report/timeline.hpp"
#include "rollout_table.hpp"
#include "scenario_arguments.hpp"

namespace rollcast::cli {
namespace {

namespace po = boost::program_options;

std::size_t strategy_of(const Parsed& parsed, const model::Scenario& scenario) {
  if (!parsed.has("strategy")) return 0;
  std::vector<std::string> names;
  for (const model::Strategy& strategy : scenario.strategies) names.push_back(strategy.name);
  const std::string& name = parsed.text("strategy");
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  std::string message = fmt::format("there is no strategy '{}'", name);
  if (const auto meant = did_you_mean(name, names))
    message += fmt::format("; did you mean '{}'?", *meant);
  else
    message += "; there are: " + join(names, ", ");
  throw UsageError(message);
}

std::string as_table(const std::vector<model::TraceEvent>& events) {
  std::size_t time_width = 4;
  std::size_t subject_width = 7;
  for (const model::TraceEvent& event : events) {
    time_width = std::max(time_width, clock_text(event.time).size());
    subject_width = std::max(subject_width, display_width(event.subject));
  }
  const auto line = [&](const std::string& time, const std::string& subject,
                        const std::string& what) {
    const std::string padding(subject_width - display_width(subject), ' ');
    return fmt::format("{:>{}}  {}{}  {}\n", time, time_width, subject, padding, what);
  };
  std::string table = line("time", "subject", "what happens");
  for (const model::TraceEvent& event : events)
    table += line(clock_text(event.time), event.subject, event.what);
  return table;
}

/// The steps of the roll-out, a JSON object a line.
std::string steps_as_json_lines(const std::vector<model::RolloutStep>& steps) {
  std::string lines;
  for (const model::RolloutStep& step : steps) {
    nlohmann::ordered_json json;
    json["time"] = to_seconds(step.time);
    json["step"] = step.step;
    json["new"] = step.fresh;
    json["old"] = step.old;
    json["available"] = step.available;
    json["waits_for"] = step.waits_for;
    lines += json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  }
  return lines;
}

std::string as_json_lines(const std::vector<model::TraceEvent>& events) {
  std::string lines;
  for (const model::TraceEvent& event : events) {
    nlohmann::ordered_json json;
    json["time"] = to_seconds(event.time);
    json["subject"] = event.subject;
    json["what"] = event.what;
    lines += json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  }
  return lines;
}

}  // namespace

Syntax trace_syntax() {
  Syntax syntax;
  syntax.usage = "rollcast trace SCENARIO [options]";
  syntax.operand = "SCENARIO";
  syntax.about =
      "Simulates one replication of one strategy and prints its story. It is the same "
      "replication,\n"
      "to the last bit, as the one of that number in a run with the same scenario and seed.";
  syntax.options.add_options()("strategy", po::value<std::string>()->value_name("NAME"),
                               "which strategy (the first by default)")(
      "replication", po::value<std::string>()->value_name("K"), "which replication, from 0 (0)")(
      "json", po::bool_switch(), "a JSON object a line: time in seconds, subject, what")(
      "rollout", po::bool_switch(),
      "the roll-out alone, step by step: new, old and available instances, and what it waits for")(
      "perfetto", po::value<std::string>()->value_name("FILE"),
      "write a trace file instead, for ui.perfetto.dev or chrome://tracing: a track for each "
      "instance and person, queues as counters");
  add_scenario_options(syntax.options);
  syntax.examples =
      "  rollcast trace scenarios/small-office.yaml\n"
      "  rollcast trace scenarios/web-tier.yaml --strategy 'by hand' --replication 17 | less\n"
      "  rollcast trace scenarios/rollout-styles.yaml --rollout\n"
      "  rollcast trace scenarios/web-tier.yaml --perfetto web-tier.trace.json";
  return syntax;
}

int trace_command(const Arguments& arguments) {
  const Parsed parsed = parse(trace_syntax(), arguments);
  if (parsed.help) return kDone;
  const std::uint64_t replication = whole_number(parsed, "replication", 0).value_or(0);
  const scenario::Loaded loaded = load(parsed);
  if (!show_diagnostics(loaded)) return kBadInput;
  const model::Scenario scenario = experiment::Simulator(loaded).scenario_of(replication);
  const std::size_t strategy = strategy_of(parsed, scenario);
  if (!parsed.has("strategy") && scenario.strategies.size() > 1)
    tell(fmt::format("strategy '{}' (the first of {}; --strategy chooses)",
                     scenario.strategies[strategy].name, scenario.strategies.size()));
  if (parsed.flag("json") && parsed.has("perfetto"))
    throw UsageError("--json and --perfetto exclude each other");
  if (parsed.flag("rollout") && parsed.has("perfetto"))
    throw UsageError("--rollout and --perfetto exclude each other");
  model::Trace trace(!parsed.has("perfetto"));
  const auto story = [&] {
    return parsed.flag("json") ? as_json_lines(trace.events()) : as_table(trace.events());
  };
  model::Outcome outcome;
  try {
    outcome = model::simulate(scenario, strategy, scenario.seed, replication, &trace);
  } catch (...) {
    if (!parsed.has("perfetto")) print(story());  // what led to the defect
    throw;
  }
  if (parsed.has("perfetto")) {
    experiment::WholeFile file(parsed.text("perfetto"));
    report::write_trace_file(scenario, strategy, trace,
                             [&](std::string_view part) { file.write(part); });
    file.commit();
    tell(fmt::format("{} is written: open it at https://ui.perfetto.dev or in chrome://tracing",
                     parsed.text("perfetto")));
  } else if (parsed.flag("rollout")) {
    print(parsed.flag("json") ? steps_as_json_lines(trace.steps()) : rollout_table(trace, outcome));
  } else {
    print(story());
  }
  tell(fmt::format("replication {}, seed {}: {} events, digest {:016x}", replication, scenario.seed,
                   human_count(static_cast<std::int64_t>(outcome.events)), outcome.digest));
  return kDone;
}

}  // namespace rollcast::cli
