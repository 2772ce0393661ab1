/// The program: picks the command, and turns failures into exit codes.
#include <fmt/format.h>

#include <array>
#include <exception>
#include <new>

#include "command.hpp"
#include "console.hpp"
#include "rollcast/base/civil.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/experiment/store.hpp"
#include "signals.hpp"

namespace rollcast::cli {
namespace {

struct Command {
  const char* name;
  const char* about;
  int (*call)(const Arguments&);
};

constexpr std::array<Command, 4> kCommands{{
    {"run", "forecast every strategy of a scenario, and say which one to take", run_command},
    {"check", "find every mistake in a scenario, or show what it resolves to", check_command},
    {"trace", "tell one replication event by event", trace_command},
    {"export", "write every replication of a finished run as CSV", export_command},
}};

std::string help() {
  std::string commands;
  for (const Command& command : kCommands)
    commands += fmt::format("  {:8} {}\n", command.name, command.about);
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
      commands);
}

[[noreturn]] void unknown_command(const std::string& name) {
  std::vector<std::string> names;
  for (const Command& command : kCommands) names.emplace_back(command.name);
  std::string message = fmt::format("unknown command '{}'", name);
  if (const auto meant = did_you_mean(name, names))
    message += fmt::format("; did you mean {}?", *meant);
  else
    message += fmt::format("; there are {}", join_words(names, "and"));
  throw UsageError(message);
}

int dispatch(Arguments arguments) {
  if (arguments.empty()) {
    tell_plain(help());
    return kBadInput;
  }
  std::string name = arguments.front();
  arguments.erase(arguments.begin());
  if (name == "--version") {
    print(fmt::format("rollcast {}\n", ROLLCAST_VERSION));
    return kDone;
  }
  if (name == "help" && !arguments.empty()) {
    name = arguments.front();
    arguments = {"--help"};
  }
  if (name == "--help" || name == "-h" || name == "help") {
    print(help());
    return kDone;
  }
  for (const Command& command : kCommands)
    if (name == command.name) return command.call(arguments);
  if (name.substr(0, 1) == "-") throw UsageError(fmt::format("unknown option {}", name));
  unknown_command(name);
}

int guarded(const Arguments& arguments) {
  const std::string command = arguments.empty() ? "" : arguments.front() + " ";
  try {
    return dispatch(arguments);
  } catch (const UsageError& error) {
    tell(error.what());
    tell_plain(fmt::format("See rollcast --help or rollcast {}--help.\n",
                           command.substr(0, 1) == "-" ? "" : command));
    return kBadInput;
  } catch (const experiment::OtherRunError& error) {
    tell(error.what());
    tell_plain("Choose another folder with --out, or replace that run with --force.\n");
    return kBadInput;
  } catch (const experiment::StoreError& error) {
    tell(error.what());
  } catch (const std::bad_alloc&) {
    tell("out of memory: fewer --replications or a smaller fleet need less");
  } catch (const std::exception& error) {
    tell(fmt::format("a defect of rollcast: {}", error.what()));
  }
  return kFailure;
}

}  // namespace
}  // namespace rollcast::cli

int main(int count, char** values) {
  rollcast::cli::ignore_closed_pipes();
  return rollcast::cli::guarded(
      rollcast::cli::Arguments(values + (count > 0 ? 1 : 0), values + count));
}
