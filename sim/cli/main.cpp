/// The program: picks the command, and turns failures into exit codes.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <initializer_list>
#include <new>
#include <string_view>
#include <system_error>

#include "command.hpp"
#include "console.hpp"
#include "memory.hpp"
#include "ranks.hpp"
#include "rollcast/base/civil.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/experiment/store.hpp"
#include "signals.hpp"

namespace rollcast::cli {
namespace {

constexpr std::string_view kOutOfMemory =
    "out of memory: fewer --jobs or a smaller fleet need less; what a run has finished is kept, "
    "and --resume goes on with it";

void write_at_once(std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts)
    if (::write(STDERR_FILENO, part.data(), part.size()) < 0) break;
}

/// Memory may also end where no exception may pass: in a thread, in a destructor. What is told then
/// must not need any.
[[noreturn]] void end_at_once() {
  try {
    if (const auto failure = std::current_exception()) std::rethrow_exception(failure);
  } catch (const std::bad_alloc&) {
    write_at_once({"rollcast: ", kOutOfMemory, "\n"});
    std::_Exit(kFailure);
  } catch (const std::exception& error) {
    write_at_once({"rollcast: a defect of rollcast: ", error.what(), "\n"});
  } catch (...) {
    write_at_once({"rollcast: a defect of rollcast: an unknown exception\n"});
  }
  std::abort();
}

void watch_over_start(int, char**, char**) {
  std::set_terminate(end_at_once);
}
/// Called before everything else: already the constructors of libraries may find no memory.
[[gnu::section(".preinit_array"), gnu::used]] void (*first_of_all)(int, char**,
                                                                   char**) = watch_over_start;

[[noreturn]] void unknown_command(const std::string& name) {
  std::vector<std::string> names;
  for (const Command& command : commands()) names.emplace_back(command.name);
  std::string message = fmt::format("unknown command '{}'", name);
  if (const auto meant = did_you_mean(name, names))
    message += fmt::format("; did you mean {}?", *meant);
  else
    message += fmt::format("; there are {}", join_words(names, "and"));
  throw UsageError(message);
}

int dispatch(Arguments arguments) {
  if (arguments.empty()) {
    tell_plain(program_help());
    return kBadInput;
  }
  std::string name = arguments.front();
  arguments.erase(arguments.begin());
  if (name == "--version") {
    print(fmt::format("rollcast {} ({})\n", ROLLCAST_VERSION,
                      has_mpi() ? "with MPI: mpirun -n N rollcast run" : "without MPI"));
    return kDone;
  }
  if (name == "help" && !arguments.empty()) {
    name = arguments.front();
    arguments = {"--help"};
  }
  if (name == "--help" || name == "-h" || name == "help") {
    print(program_help());
    return kDone;
  }
  if (launched_processes() > 1 && name != "run")
    throw UsageError(
        fmt::format("{} processes were started together, but only `run` spreads over "
                    "them; call {} alone",
                    launched_processes(), name));
  for (const Command& command : commands())
    if (name == command.name) return command.call(arguments);
  if (name.substr(0, 1) == "-") throw UsageError(fmt::format("unknown option {}", name));
  unknown_command(name);
}

int guarded(const Arguments& arguments) {
  const auto& known = commands();
  const bool named = std::any_of(known.begin(), known.end(), [&](const Command& command) {
    return !arguments.empty() && command.name == arguments.front();
  });
  try {
    return dispatch(arguments);
  } catch (const UsageError& error) {
    tell(error.what());
    tell_plain(named
                   ? fmt::format("See rollcast --help or rollcast {} --help.\n", arguments.front())
                   : "See rollcast --help.\n");
    return kBadInput;
  } catch (const experiment::OtherRunError& error) {
    tell(error.what());
    tell_plain(error.cure() + "\n");
    return kBadInput;
  } catch (const experiment::StoreError& error) {
    tell(error.what());
  } catch (const experiment::RankError& error) {
    tell(error.what());
  } catch (const std::bad_alloc&) {
    tell(kOutOfMemory);
  } catch (const std::system_error& error) {
    tell(fmt::format("the system does not allow it: {}", error.what()));
  } catch (const std::exception& error) {
    tell(fmt::format("a defect of rollcast: {}", error.what()));
  }
  return kFailure;
}

}  // namespace
}  // namespace rollcast::cli

int main(int count, char** values) {
  rollcast::cli::keep_freed_memory();
  rollcast::cli::ignore_closed_pipes();
  if (rollcast::cli::launched_rank() > 0) rollcast::cli::be_silent();
  return rollcast::cli::guarded(
      rollcast::cli::Arguments(values + (count > 0 ? 1 : 0), values + count));
}
