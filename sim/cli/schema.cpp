/// rollcast schema: the JSON schema of scenarios.
#include "arguments.hpp"
#include "command.hpp"
#include "console.hpp"
#include "rollcast/experiment/files.hpp"
#include "rollcast/scenario/load.hpp"

namespace rollcast::cli {

namespace po = boost::program_options;

Syntax schema_syntax() {
  Syntax syntax;
  syntax.usage = "rollcast schema [options]";
  syntax.about =
      "Prints the JSON schema (draft 7) of scenarios, made by the code that reads them. An editor\n"
      "with a YAML language server completes and explains keys when a scenario begins with\n"
      "  # yaml-language-server: $schema=rollcast.schema.json";
  syntax.options.add_options()("out", po::value<std::string>()->value_name("FILE"),
                               "write to a file instead of standard output");
  syntax.examples = "  rollcast schema --out rollcast.schema.json";
  return syntax;
}

int schema_command(const Arguments& arguments) {
  const Parsed parsed = parse(schema_syntax(), arguments);
  if (parsed.help) return kDone;
  if (parsed.has("out"))
    experiment::write_file(parsed.text("out"), scenario::json_schema());
  else
    print(scenario::json_schema());
  return kDone;
}

}  // namespace rollcast::cli
