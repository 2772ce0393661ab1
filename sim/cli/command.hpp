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

// Each takes the arguments after its name. Throws UsageError, experiment::StoreError.
int run_command(const Arguments& arguments);
int check_command(const Arguments& arguments);
int trace_command(const Arguments& arguments);
int export_command(const Arguments& arguments);

}  // namespace rollcast::cli
