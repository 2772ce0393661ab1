/// The table of commands, and the help that lists them.
#include <fmt/format.h>

#include "arguments.hpp"
#include "command.hpp"

namespace rollcast::cli {

const std::vector<Command>& commands() {
  static const std::vector<Command> kCommands{
      {"run", "forecast every strategy of a scenario, and say which one to take", run_syntax,
       run_command},
      {"check", "find every mistake in a scenario, or show what it resolves to", check_syntax,
       check_command},
      {"trace", "tell one replication event by event", trace_syntax, trace_command},
      {"sweep", "vary values of a scenario, and find where strategies change places", sweep_syntax,
       sweep_command},
      {"sensitivity", "say which of the guesses in a scenario matters", sensitivity_syntax,
       sensitivity_command},
      {"optimize", "find the cheapest plan that keeps what is asked", optimize_syntax,
       optimize_command},
      {"rare", "say how likely it is that very many instances are hit at once", rare_syntax,
       rare_command},
      {"fit", "fit distributions to measurements, for a line in a scenario", fit_syntax,
       fit_command},
      {"compare", "set finished runs side by side, before and after a change", compare_syntax,
       compare_command},
      {"report", "make the report of a finished run again", report_syntax, report_command},
      {"export", "write every replication of a finished run as CSV", export_syntax, export_command},
      {"merge", "put the parts of a run together that were made apart", merge_syntax,
       merge_command},
      {"init", "write a first scenario to start from", init_syntax, init_command},
      {"schema", "print the JSON schema of scenarios, for editors", schema_syntax, schema_command},
      {"completion", "print the completions of a shell", completion_syntax, completion_command},
      {"manual", "print the manual page", manual_syntax, manual_command},
  };
  return kCommands;
}

std::string program_help() {
  std::string list;
  for (const Command& command : commands())
    list += fmt::format("  {:10} {}\n", command.name, command.about);
  return fmt::format(
      "rollcast forecasts a fleet deployment: how long each strategy takes, what it costs and "
      "what\n"
      "can go wrong, as distributions, with a verdict.\n"
      "\n"
      "Usage: rollcast COMMAND ...\n"
      "\n"
      "Commands (rollcast COMMAND --help tells more):\n"
      "{}"
      "\n"
      "A first forecast:\n"
      "  rollcast run scenarios/small-office.yaml\n"
      "  rollcast run scenarios/web-tier.yaml --replications 10000\n"
      "  rollcast run scenarios/web-tier.yaml --set fleet.web.count=600 --out results/double\n"
      "\n"
      "A scenario is a YAML file: the fleet, the regions, the people, the prices, what is asked "
      "for,\n"
      "and the strategies under discussion. Copy one of scenarios/ and change it.\n"
      "\n"
      "Results go to standard output, everything else to standard error. NO_COLOR is respected.\n"
      "Exit codes: 0 done; 1 no strategy meets all objectives (only with --require-objectives);\n"
      "2 bad input or usage; 3 failure to read or write, or a defect; 130 interrupted.\n",
      list);
}

}  // namespace rollcast::cli
