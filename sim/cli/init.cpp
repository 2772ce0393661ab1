/// rollcast init: a commented first scenario.
#include <fmt/format.h>

#include <filesystem>

#include "arguments.hpp"
#include "command.hpp"
#include "console.hpp"
#include "first_scenario.hpp"
#include "rollcast/experiment/files.hpp"
#include "rollcast/scenario/load.hpp"
#include "scenario_arguments.hpp"

namespace rollcast::cli {

Syntax init_syntax() {
  Syntax syntax;
  syntax.usage = "rollcast init [FILE]";
  syntax.operand = "FILE";
  syntax.operand_required = false;
  syntax.about =
      "Writes a small scenario with comments to FILE (scenario.yaml), ready to be run and "
      "changed,\n"
      "and beside it the schema by which editors complete and explain its keys. Nothing that is\n"
      "there is overwritten.";
  syntax.examples =
      "  rollcast init\n"
      "  rollcast init our-fleet.yaml";
  return syntax;
}

int init_command(const Arguments& arguments) {
  const Parsed parsed = parse(init_syntax(), arguments);
  if (parsed.help) return kDone;
  const std::filesystem::path file = parsed.operand.empty() ? "scenario.yaml" : parsed.operand;
  std::error_code error;
  if (std::filesystem::exists(file, error))
    throw UsageError(fmt::format(
        "{} is there already; name another file, as in rollcast init first.yaml", file.string()));
  experiment::write_file(file.string(), kFirstScenario);
  const std::filesystem::path schema = file.parent_path() / "rollcast.schema.json";
  if (!std::filesystem::exists(schema, error))
    experiment::write_file(schema.string(), scenario::json_schema());
  print(fmt::format("{0} is written. Next: rollcast run {0}\n", shell_word(file.string())));
  return kDone;
}

}  // namespace rollcast::cli
