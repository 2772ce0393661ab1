/// rollcast check: every mistake of a scenario at once, or what it resolves to.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "command.hpp"
#include "console.hpp"
#include "rollcast/base/text.hpp"
#include "scenario_arguments.hpp"

namespace rollcast::cli {
namespace {

namespace po = boost::program_options;

std::string as_json(const std::string& file, const scenario::Loaded& loaded) {
  nlohmann::ordered_json json;
  json["scenario"] = file;
  json["ok"] = loaded.scenario.has_value();
  auto& findings = json["findings"] = nlohmann::ordered_json::array();
  for (const Diagnostic& diagnostic : loaded.diagnostics.sorted())
    findings.push_back({{"severity", name_of(diagnostic.severity)},
                        {"file", diagnostic.file},
                        {"line", diagnostic.line},
                        {"column", diagnostic.column},
                        {"message", diagnostic.message},
                        {"cure", diagnostic.cure}});
  auto& defaults = json["defaults"] = nlohmann::ordered_json::array();
  for (const scenario::Assumption& assumption : loaded.assumptions)
    defaults.push_back({{"path", assumption.path},
                        {"value", assumption.value},
                        {"basis", scenario::name_of(assumption.basis)},
                        {"why", assumption.why},
                        {"meaning", assumption.meaning}});
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string in_short(const std::string& file, const scenario::Loaded& loaded) {
  const model::Scenario& scenario = *loaded.scenario;
  std::int64_t instances = 0;
  for (const model::Group& group : scenario.strategies.front().world.groups)
    instances += group.count;
  const std::size_t strategies = scenario.strategies.size();
  return fmt::format("{}: no errors, {}; {} {}, {}, {}, {} used (--resolved shows them)\n", file,
                     plural(loaded.diagnostics.warnings(), "warning"), strategies,
                     strategies == 1 ? "strategy" : "strategies",
                     plural(static_cast<std::size_t>(instances), "instance"),
                     plural(scenario.objectives.size(), "objective"),
                     plural(loaded.assumptions.size(), "default"));
}

}  // namespace

Syntax check_syntax() {
  Syntax syntax;
  syntax.usage = "rollcast check SCENARIO [options]";
  syntax.operand = "SCENARIO";
  syntax.about =
      "Reads a scenario and reports every error and warning with its place and its cure. Nothing "
      "is\n"
      "simulated. Ends with 0 when the scenario can be run, with 2 when not.";
  syntax.options.add_options()("resolved", po::bool_switch(),
                               "print the scenario with every default written out, and where each "
                               "value comes from")("json", po::bool_switch(),
                                                   "print the findings as JSON");
  add_scenario_options(syntax.options);
  syntax.examples =
      "  rollcast check scenarios/web-tier.yaml\n"
      "  rollcast check scenarios/web-tier.yaml --resolved > explicit.yaml";
  return syntax;
}

int check_command(const Arguments& arguments) {
  const Parsed parsed = parse(check_syntax(), arguments);
  if (parsed.help) return kDone;
  if (parsed.flag("json") && parsed.flag("resolved"))
    throw UsageError("--json and --resolved exclude each other");
  const scenario::Loaded loaded = load(parsed);
  if (parsed.flag("json"))
    print(as_json(parsed.operand, loaded));
  else if (show_diagnostics(loaded))
    print(parsed.flag("resolved") ? loaded.resolved_yaml : in_short(parsed.operand, loaded));
  return loaded.scenario ? kDone : kBadInput;
}

}  // namespace rollcast::cli
