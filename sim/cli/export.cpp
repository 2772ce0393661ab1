/// rollcast export: every replication of a run as CSV.
#include <fmt/format.h>

#include "arguments.hpp"
#include "command.hpp"
#include "console.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/experiment/files.hpp"

namespace rollcast::cli {
namespace {

namespace po = boost::program_options;

/// Whoever reads standard output has read enough.
struct NobodyReads {};

}  // namespace

Syntax export_syntax() {
  Syntax syntax;
  syntax.usage = "rollcast export RUN_FOLDER [options]";
  syntax.operand = "RUN_FOLDER";
  syntax.about =
      "Writes every replication of a run as CSV: a line for each strategy and replication, a "
      "column\n"
      "for each metric. Empty: no value; inf: not reached within the horizon.";
  syntax.options.add_options()("out", po::value<std::string>()->value_name("FILE"),
                               "write to a file instead of standard output");
  syntax.examples =
      "  rollcast export results/web-tier > web-tier.csv\n"
      "  rollcast export results/web-tier --out web-tier.csv";
  return syntax;
}

int export_command(const Arguments& arguments) {
  const Parsed parsed = parse(export_syntax(), arguments);
  if (parsed.help) return kDone;
  const experiment::RunStore store = experiment::RunStore::open(parsed.operand);
  if (parsed.has("out")) {
    experiment::WholeFile file(parsed.text("out"));
    experiment::write_csv(store, [&](std::string_view lines) { file.write(lines); });
    file.commit();
    return kDone;
  }
  try {
    experiment::write_csv(store, [](std::string_view lines) {
      if (!print(lines)) throw NobodyReads();
    });
  } catch (const NobodyReads&) {
  }
  return kDone;
}

}  // namespace rollcast::cli
