/// rollcast report: the report of a run again, from its record.
#include <fmt/format.h>

#include "arguments.hpp"
#include "command.hpp"
#include "report_files.hpp"
#include "scenario_arguments.hpp"

namespace rollcast::cli {

namespace po = boost::program_options;

Syntax report_syntax() {
  Syntax syntax;
  syntax.usage = "rollcast report RUN_FOLDER [options]";
  syntax.operand = "RUN_FOLDER";
  syntax.about =
      "Makes report.html, charts/, summary.json and scenario.resolved.yaml of a run again from "
      "its\n"
      "run.sqlite, and prints the table: with another rollcast, or where they were deleted. "
      "Nothing\n"
      "is simulated but the one run of the timeline.";
  syntax.options.add_options()("png", po::bool_switch(),
                               "every chart also as PNG, through rsvg-convert")(
      "json", po::bool_switch(), "print summary.json instead of the table")(
      "quiet,q", po::bool_switch(), "no progress on standard error");
  add_allow_path(syntax.options, kTablesOfOldRecords);
  syntax.examples =
      "  rollcast report results/web-tier\n"
      "  rollcast report results/web-tier --png";
  return syntax;
}

int report_command(const Arguments& arguments) {
  const Parsed parsed = parse(report_syntax(), arguments);
  if (parsed.help) return kDone;
  const ReportFiles files{parsed.operand, parsed.flag("png"), parsed.flag("json"),
                          parsed.flag("quiet")};
  check_png_tool(files);
  const experiment::RunStore store = experiment::RunStore::open(parsed.operand);
  const StoredRun run = stored_run(store, parsed);
  write_report(run.loaded, run.results, store.record(), files);
  return kDone;
}

}  // namespace rollcast::cli
