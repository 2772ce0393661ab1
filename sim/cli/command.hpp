#pragma once
/// What the commands share: how they end, and how they are called.
#include <stdexcept>
#include <string>
#include <vector>

namespace rollcast::cli {

/// The process ends with one of these.
enum ExitCode : int {
  kDone = 0,
  kObjectivesMissed = 1,  ///< only with --require-objectives
  kBadInput = 2,          ///< scenario or usage
  kFailure = 3,           ///< input, output, or a defect
  kInterrupted = 130      ///< what was finished is kept
};

/// A command line that asks for what is not there. The message is shown with a pointer to --help.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

using Arguments = std::vector<std::string>;

struct Syntax;

/// A command of the program: what `rollcast NAME` does and takes. Help, completions and the manual
/// page are made from it.
struct Command {
  const char* name;
  const char* about;              ///< one line
  Syntax (*syntax)();             ///< its arguments
  int (*call)(const Arguments&);  ///< takes the arguments after its name; throws UsageError,
                                  ///< experiment::StoreError
};

/// Every command, in the order of the help.
[[nodiscard]] const std::vector<Command>& commands();
/// What `rollcast --help` prints.
[[nodiscard]] std::string program_help();

Syntax run_syntax();
Syntax check_syntax();
Syntax trace_syntax();
Syntax sweep_syntax();
Syntax sensitivity_syntax();
Syntax optimize_syntax();
Syntax rare_syntax();
Syntax fit_syntax();
Syntax export_syntax();
Syntax report_syntax();
Syntax compare_syntax();
Syntax merge_syntax();
Syntax schema_syntax();
Syntax init_syntax();
Syntax completion_syntax();
Syntax manual_syntax();

int run_command(const Arguments& arguments);
int check_command(const Arguments& arguments);
int trace_command(const Arguments& arguments);
int sweep_command(const Arguments& arguments);
int sensitivity_command(const Arguments& arguments);
int optimize_command(const Arguments& arguments);
int rare_command(const Arguments& arguments);
int fit_command(const Arguments& arguments);
int export_command(const Arguments& arguments);
int report_command(const Arguments& arguments);
int compare_command(const Arguments& arguments);
int merge_command(const Arguments& arguments);
int schema_command(const Arguments& arguments);
int init_command(const Arguments& arguments);
int completion_command(const Arguments& arguments);
int manual_command(const Arguments& arguments);

}  // namespace rollcast::cli
