#include "arguments.hpp"

#include <fmt/format.h>

#include <charconv>
#include <sstream>

#include "console.hpp"
#include "rollcast/base/text.hpp"

namespace rollcast::cli {
namespace {

namespace po = boost::program_options;

std::string bare(std::string option) {
  option.erase(0, option.find_first_not_of('-'));
  return option.substr(0, option.find('='));
}

std::string unknown_option(const Syntax& syntax, const std::string& option) {
  std::vector<std::string> known;
  for (const auto& description : syntax.options.options())
    known.push_back(description->long_name());
  std::string message = fmt::format("unknown option {}", option);
  if (const auto meant = did_you_mean(bare(option), known))
    message += fmt::format("; did you mean --{}?", *meant);
  return message;
}

void show_help(const Syntax& syntax) {
  std::ostringstream options;
  options << syntax.options;
  print(fmt::format("Usage: {}\n\n{}\n\n{}\nExamples:\n{}\n", syntax.usage, syntax.about,
                    options.str(), syntax.examples));
}

/// Boost's exceptions, in our words.
po::variables_map read(const Syntax& syntax, const po::options_description& all,
                       const Arguments& arguments) {
  po::positional_options_description operands;
  operands.add("operand", syntax.operand.empty() ? 0 : syntax.several ? -1 : 1);
  const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  po::variables_map values;
  try {
    po::store(
        po::command_line_parser(arguments).options(all).positional(operands).style(style).run(),
        values);
  } catch (const po::unknown_option& error) {
    throw UsageError(unknown_option(syntax, error.get_option_name()));
  } catch (const po::too_many_positional_options_error&) {
    if (syntax.operand.empty())
      throw UsageError(fmt::format("nothing but options is taken: {}", syntax.usage));
    throw UsageError(
        fmt::format("more than one {}: options that take a value are written "
                    "--option value",
                    syntax.operand));
  } catch (const po::multiple_occurrences& error) {
    throw UsageError(fmt::format("{} is given more than once", error.get_option_name()));
  } catch (const po::invalid_command_line_syntax& error) {
    const bool missing = error.kind() == po::invalid_command_line_syntax::missing_parameter ||
                         error.kind() == po::invalid_command_line_syntax::empty_adjacent_parameter;
    throw UsageError(missing ? fmt::format("{} needs a value", error.get_option_name())
                             : std::string(error.what()));
  } catch (const po::error& error) {
    throw UsageError(error.what());
  }
  return values;
}

}  // namespace

Parsed parse(Syntax syntax, const Arguments& arguments) {
  syntax.options.add_options()("help,h", "show this");
  po::options_description all;
  po::options_description hidden;
  hidden.add_options()("operand", po::value<std::vector<std::string>>());
  all.add(syntax.options).add(hidden);
  Parsed parsed;
  parsed.values = read(syntax, all, arguments);
  if (parsed.has("help")) {
    parsed.help = true;
    show_help(syntax);
    return parsed;
  }
  if (parsed.has("operand")) {
    parsed.operands = parsed.values["operand"].as<std::vector<std::string>>();
    parsed.operand = parsed.operands.front();
  } else if (!syntax.operand.empty() && syntax.operand_required) {
    throw UsageError(fmt::format("{} is missing: {}", syntax.operand, syntax.usage));
  }
  return parsed;
}

std::optional<std::uint64_t> whole_number(const Parsed& parsed, const std::string& option,
                                          std::uint64_t least) {
  if (!parsed.has(option)) return std::nullopt;
  const std::string& text = parsed.text(option);
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || rest != end || number < least)
    throw UsageError(
        fmt::format("--{} takes a whole number of at least {}, not '{}'", option, least, text));
  return number;
}

}  // namespace rollcast::cli
