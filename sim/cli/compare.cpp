/// rollcast compare: runs side by side, before and after a change of plan.
#include <fmt/format.h>

#include <algorithm>

#include "arguments.hpp"
#include "command.hpp"
#include "console.hpp"
#include "report_files.hpp"
#include "rollcast/experiment/files.hpp"
#include "rollcast/report/changes.hpp"
#include "rollcast/scenario/differences.hpp"
#include "scenario_arguments.hpp"

namespace rollcast::cli {
namespace {

namespace po = boost::program_options;

std::vector<report::ValueChange> value_changes(const std::string& before,
                                               const std::string& after) {
  std::vector<report::ValueChange> changes;
  for (const scenario::ValueDifference& value : scenario::differences(before, after))
    changes.push_back({value.path, value.before, value.after});
  return changes;
}

}  // namespace

Syntax compare_syntax() {
  Syntax syntax;
  syntax.usage = "rollcast compare RUN_FOLDER RUN_FOLDER... [options]";
  syntax.operand = "RUN_FOLDER";
  syntax.several = true;
  syntax.about =
      "Sets runs side by side: what was changed in the scenario, and what that does to the\n"
      "strategies that both have, as differences with 95 % intervals. Every further run is set\n"
      "against the first. Runs with the same seed met the same luck and are compared pair by "
      "pair;\n"
      "others are compared as independent.";
  syntax.options.add_options()("page", po::value<std::string>()->value_name("FILE"),
                               "also write it as an HTML page");
  add_allow_path(syntax.options, kTablesOfOldRecords);
  syntax.examples =
      "  rollcast run scenarios/web-tier.yaml --set staff.ops.people=12 --out results/twelve\n"
      "  rollcast compare results/web-tier results/twelve --page results/twelve-people.html";
  return syntax;
}

int compare_command(const Arguments& arguments) {
  const Parsed parsed = parse(compare_syntax(), arguments);
  if (parsed.help) return kDone;
  if (parsed.operands.size() < 2) throw UsageError("compare takes two runs or more");
  std::vector<experiment::Results> results;
  std::vector<std::string> resolved;
  for (const std::string& folder : parsed.operands) {
    const experiment::RunStore store = experiment::RunStore::open(folder);
    results.push_back(stored_run(store, parsed).results);
    resolved.push_back(store.record().scenario_resolved);
  }
  report::ChangesInput input{parsed.operands[0], &results[0], {}};
  for (std::size_t i = 1; i < results.size(); ++i)
    input.others.push_back({parsed.operands[i], &results[i],
                            value_changes(resolved[0], resolved[i]),
                            experiment::changes_between(results[0], results[i])});
  report::TerminalStyle style;
  style.width = std::min(160, std::max(60, columns_of(Stream::output)));
  print(report::terminal_changes(input, style));
  if (parsed.has("page"))
    experiment::write_file(parsed.text("page"), report::html_changes_page(input));
  return kDone;
}

}  // namespace rollcast::cli
