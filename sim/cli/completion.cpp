/// rollcast completion: what a shell needs to complete commands, options and files.
#include <fmt/format.h>

#include "arguments.hpp"
#include "command.hpp"
#include "console.hpp"
#include "rollcast/base/text.hpp"

namespace rollcast::cli {
namespace {

namespace po = boost::program_options;

/// An option as a shell sees it.
struct Flag {
  std::string name;         ///< "jobs"
  std::string letter;       ///< "j", or empty
  std::string description;  ///< one line
  std::string value;        ///< "N", "FILE"; empty when it takes none
};

std::vector<Flag> flags_of(const Command& command) {
  std::vector<Flag> flags;
  const Syntax syntax = command.syntax();
  for (const auto& option : syntax.options.options()) {
    Flag flag{option->long_name(), "", option->description(), ""};
    const std::string both = option->format_name();
    if (both.size() > 2 && both[0] == '-' && both[1] != '-') flag.letter = both.substr(1, 1);
    if (option->semantic()->max_tokens() > 0) flag.value = option->format_parameter();
    flags.push_back(std::move(flag));
  }
  flags.push_back({"help", "h", "show this", ""});
  return flags;
}

bool names_a_file(const std::string& value) {
  return value.find("FILE") != std::string::npos || value.find("SCENARIO") != std::string::npos;
}
bool names_a_folder(const std::string& value) {
  return value.find("FOLDER") != std::string::npos;
}

std::string command_names() {
  std::vector<std::string> names;
  for (const Command& command : commands()) names.emplace_back(command.name);
  return join(names, " ");
}

std::string bash() {
  std::string cases;
  for (const Command& command : commands()) {
    std::string options, files, folders, values;
    for (const Flag& flag : flags_of(command)) {
      options += (options.empty() ? "--" : " --") + flag.name;
      std::string names = "--" + flag.name;
      if (!flag.letter.empty()) names += "|-" + flag.letter;
      if (flag.value.empty()) continue;
      std::string& list = names_a_file(flag.value)     ? files
                          : names_a_folder(flag.value) ? folders
                                                       : values;
      list += (list.empty() ? "" : "|") + names;
    }
    const std::string operand = command.syntax().operand;
    cases += fmt::format("    {})\n", command.name);
    cases += fmt::format("      options='{}'\n", options);
    cases += "      case $before in\n";
    if (!files.empty())
      cases +=
          fmt::format("        {}) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n", files);
    if (!folders.empty())
      cases +=
          fmt::format("        {}) COMPREPLY=($(compgen -d -- \"$word\")); return ;;\n", folders);
    if (!values.empty()) cases += fmt::format("        {}) return ;;\n", values);
    cases += "      esac\n";
    cases += fmt::format("      operands={} ;;\n", names_a_folder(operand) ? "folders"
                                                   : operand == "SHELL"    ? "shells"
                                                   : operand == "FILE"     ? "tables"
                                                   : operand.empty()       ? "none"
                                                                           : "files");
  }
  return fmt::format(
      "# bash completion of rollcast: source it, or install it as\n"
      "# share/bash-completion/completions/rollcast\n"
      "_rollcast() {{\n"
      "  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} options "
      "operands\n"
      "  compopt -o filenames 2>/dev/null\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    COMPREPLY=($(compgen -W '{} help --help --version' -- \"$word\"))\n"
      "    return\n"
      "  fi\n"
      "  case ${{COMP_WORDS[1]}} in\n"
      "    help) COMPREPLY=($(compgen -W '{}' -- \"$word\")); return ;;\n"
      "{}"
      "    *) return ;;\n"
      "  esac\n"
      "  case $word in\n"
      "    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")); return ;;\n"
      "  esac\n"
      "  case $operands in\n"
      "    files) COMPREPLY=($(compgen -f -X '!*.yaml' -- \"$word\") $(compgen -d -- \"$word\")) "
      ";;\n"
      "    tables) COMPREPLY=($(compgen -f -X '!*.csv' -- \"$word\") $(compgen -d -- \"$word\")) "
      ";;\n"
      "    folders) COMPREPLY=($(compgen -d -- \"$word\")) ;;\n"
      "    shells) COMPREPLY=($(compgen -W 'bash zsh fish' -- \"$word\")) ;;\n"
      "  esac\n"
      "}}\n"
      "complete -F _rollcast rollcast\n",
      command_names(), command_names(), cases);
}

/// Within single quotes of a shell.
std::string in_single_quotes(std::string_view text) {
  std::string result;
  for (const char letter : text) result += letter == '\'' ? "'\\''" : std::string(1, letter);
  return result;
}

/// Within the description of a zsh option, single quotes around it.
std::string zsh_text(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    if (letter == '[' || letter == ']' || letter == ':' || letter == '\\') result += '\\';
    result += letter;
  }
  return in_single_quotes(result);
}

std::string zsh_action(const std::string& value) {
  if (value == "SHELL") return "(bash zsh fish)";
  if (names_a_folder(value)) return "_files -/";
  return names_a_file(value) ? "_files" : "";
}

std::string zsh() {
  std::string list, cases;
  for (const Command& command : commands()) {
    list += fmt::format("    '{}:{}'\n", command.name, zsh_text(command.about));
    cases += fmt::format("    {})\n      _arguments", command.name);
    for (const Flag& flag : flags_of(command)) {
      const std::string value =
          flag.value.empty() ? ""
                             : fmt::format(":{}:{}", zsh_text(flag.value), zsh_action(flag.value));
      cases +=
          fmt::format(" \\\n        '--{}[{}]{}'", flag.name, zsh_text(flag.description), value);
      if (!flag.letter.empty())
        cases +=
            fmt::format(" \\\n        '-{}[{}]{}'", flag.letter, zsh_text(flag.description), value);
    }
    const std::string operand = command.syntax().operand;
    if (!operand.empty())
      cases += fmt::format(" \\\n        '1:{}:{}'", operand, zsh_action(operand));
    cases += " ;;\n";
  }
  return fmt::format(
      "#compdef rollcast\n"
      "# zsh completion of rollcast: install it as _rollcast in a folder of $fpath\n"
      "_rollcast() {{\n"
      "  local -a commands=(\n{}  )\n"
      "  if (( CURRENT == 2 )); then _describe command commands; return; fi\n"
      "  shift words; (( CURRENT-- ))\n"
      "  case $words[1] in\n{}  esac\n"
      "}}\n"
      "_rollcast \"$@\"\n",
      list, cases);
}

std::string fish() {
  std::string lines = "# fish completion of rollcast: install it as completions/rollcast.fish\n";
  for (const Command& command : commands()) {
    lines += fmt::format("complete -c rollcast -n __fish_use_subcommand -f -a {} -d '{}'\n",
                         command.name, in_single_quotes(command.about));
    for (const Flag& flag : flags_of(command)) {
      lines += fmt::format("complete -c rollcast -n '__fish_seen_subcommand_from {}' -l {}",
                           command.name, flag.name);
      if (!flag.letter.empty()) lines += " -s " + flag.letter;
      if (!flag.value.empty())
        lines += names_a_file(flag.value) || names_a_folder(flag.value) ? " -r" : " -x";
      lines += fmt::format(" -d '{}'\n", in_single_quotes(flag.description));
    }
    if (command.syntax().operand == "SHELL")
      lines += fmt::format(
          "complete -c rollcast -n '__fish_seen_subcommand_from {}' -f -a 'bash zsh fish'\n",
          command.name);
  }
  return lines;
}

}  // namespace

Syntax completion_syntax() {
  Syntax syntax;
  syntax.usage = "rollcast completion SHELL";
  syntax.operand = "SHELL";
  syntax.about =
      "Prints what bash, zsh or fish needs to complete commands, options and files. The Debian\n"
      "package installs all three.";
  syntax.examples =
      "  source <(rollcast completion bash)\n"
      "  rollcast completion fish > ~/.config/fish/completions/rollcast.fish";
  return syntax;
}

int completion_command(const Arguments& arguments) {
  const Parsed parsed = parse(completion_syntax(), arguments);
  if (parsed.help) return kDone;
  if (parsed.operand == "bash")
    print(bash());
  else if (parsed.operand == "zsh")
    print(zsh());
  else if (parsed.operand == "fish")
    print(fish());
  else
    throw UsageError(
        fmt::format("there are completions of bash, zsh and fish, not of '{}'", parsed.operand));
  return kDone;
}

}  // namespace rollcast::cli
