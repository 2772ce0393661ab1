/// rollcast manual: the manual page.
#include <fmt/format.h>

#include "arguments.hpp"
#include "command.hpp"
#include "console.hpp"
#include "rollcast/base/text.hpp"

namespace rollcast::cli {
namespace {

/// Text of a manual page: nothing in it is a request or an escape, and a dash is a dash.
std::string roff(std::string_view text) {
  std::string result;
  bool line_begins = true;
  for (const char letter : text) {
    if (line_begins && (letter == '.' || letter == '\'')) result += "\\&";
    if (letter == '\\')
      result += "\\e";
    else if (letter == '-')
      result += "\\-";
    else
      result += letter;
    line_begins = letter == '\n';
  }
  return result;
}

std::string verbatim(const std::string& text) {
  return ".PP\n.nf\n.RS\n" + roff(text) + "\n.RE\n.fi\n";
}

std::string section_of(const Command& command) {
  const Syntax syntax = command.syntax();
  std::string page = fmt::format(".SS {}\n.B {}\n.PP\n{}\n", roff(syntax.usage.substr(9)),
                                 roff(syntax.usage), roff(syntax.about));
  for (const auto& option : syntax.options.options()) {
    std::string name = "--" + option->long_name();
    const std::string both = option->format_name();
    if (both.size() > 2 && both[0] == '-' && both[1] != '-')
      name.insert(0, both.substr(0, 2) + ", ");
    page += ".TP\n.B " + roff(name);
    if (option->semantic()->max_tokens() > 0) page += " " + roff(option->format_parameter());
    page += "\n" + roff(option->description()) + "\n";
  }
  return page + verbatim(syntax.examples);
}

std::string manual_page() {
  std::string page = fmt::format(
      ".TH ROLLCAST 1 \"\" \"rollcast {}\" \"User commands\"\n"
      ".SH NAME\nrollcast \\- forecast a fleet deployment\n"
      ".SH SYNOPSIS\n.B rollcast\n.I COMMAND\n\\&...\n.SH DESCRIPTION\n",
      ROLLCAST_VERSION);
  page += roff(
      "rollcast simulates, thousands of times, how a fleet of cloud instances is brought into "
      "service and kept there, and reports time, cost and risk of every strategy under discussion "
      "as distributions, with a verdict. A scenario is a YAML file; rollcast init writes a first "
      "one.\n");
  page += ".SH COMMANDS\n";
  for (const Command& command : commands()) page += section_of(command);
  page +=
      ".SH FILES\n.TP\n.I results/NAME/\nThe folder of a run: report.html, summary.json, "
      "charts/*.svg, run.sqlite, scenario.resolved.yaml.\n"
      ".TP\n.I PREFIX/share/rollcast/\nScenarios to start from, and the tables that they use.\n"
      ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nNo colours on a terminal.\n"
      ".SH EXIT STATUS\n"
      ".TP\n0\nDone.\n"
      ".TP\n1\nNo strategy meets all objectives (only with \\-\\-require\\-objectives).\n"
      ".TP\n2\nBad input or usage.\n"
      ".TP\n3\nA failure to read or write, or a defect.\n"
      ".TP\n130\nInterrupted; what was finished is kept.\n";
  return page;
}

}  // namespace

Syntax manual_syntax() {
  Syntax syntax;
  syntax.usage = "rollcast manual";
  syntax.about = "Prints the manual page, which the Debian package installs as rollcast(1).";
  syntax.examples = "  rollcast manual | man -l -";
  return syntax;
}

int manual_command(const Arguments& arguments) {
  const Parsed parsed = parse(manual_syntax(), arguments);
  if (parsed.help) return kDone;
  print(manual_page());
  return kDone;
}

}  // namespace rollcast::cli
