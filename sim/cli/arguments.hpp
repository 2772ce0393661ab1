#pragma once
/// Reads a command's arguments with Boost.Program_options, and says what is wrong with them.
#include <boost/program_options.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "command.hpp"

namespace rollcast::cli {

/// What a command takes.
struct Syntax {
  std::string usage;     ///< "rollcast run SCENARIO [options]"
  std::string about;     ///< what it does, in a few lines
  std::string examples;  ///< indented by two
  boost::program_options::options_description options{"Options"};
  std::string operand;  ///< name of the one positional argument: "SCENARIO"; empty: takes none
  bool operand_required = true;
  bool several = false;  ///< takes the operand again and again
};

struct Parsed {
  boost::program_options::variables_map values;
  std::string operand;                ///< the first; empty when it was not given
  std::vector<std::string> operands;  ///< all of them
  bool help = false;                  ///< --help was given and has been answered

  [[nodiscard]] bool has(const std::string& option) const { return values.count(option) > 0; }
  [[nodiscard]] bool flag(const std::string& option) const { return values[option].as<bool>(); }
  /// The text of an option that was given.
  [[nodiscard]] const std::string& text(const std::string& option) const {
    return values[option].as<std::string>();
  }
};

/// Adds --help to the options and the operand. Throws UsageError; unknown options come with the
/// known one that is meant.
[[nodiscard]] Parsed parse(Syntax syntax, const Arguments& arguments);

/// A whole number of at least `least`, from an option that was given; none when it was not.
/// Throws UsageError.
[[nodiscard]] std::optional<std::uint64_t> whole_number(const Parsed& parsed,
                                                        const std::string& option,
                                                        std::uint64_t least);

}  // namespace rollcast::cli
