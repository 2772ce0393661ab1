#include "ranks.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "command.hpp"
#include "console.hpp"
#include "signals.hpp"

namespace rollcast::cli {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

/// What the ranks have to come to an end. Where one was killed, the launcher ends all soon.
constexpr milliseconds kPatience{10'000};
constexpr milliseconds kPatienceOnceStopped{500};
constexpr milliseconds kLookForLauncher{100};

unsigned number_from(const char* variable, unsigned otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

/// The module with MPI: beside the program of a build, or where it is installed.
fs::path module_file() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const char* place : {"rollcast_mpi.so", "../lib/rollcast/rollcast_mpi.so"})
    if (fs::exists(program / place, error)) return program / place;
  return {};
}

experiment::Transport& loaded_transport() {
  const fs::path file = module_file();
  if (file.empty())
    throw UsageError(
        fmt::format("{} processes were started together, but this rollcast has no MPI: each would "
                    "make the whole run. Install the package rollcast-mpi, or build it where "
                    "libopenmpi-dev is installed; or make parts with --shard and put them together "
                    "with `rollcast merge`",
                    launched_processes()));
  // Open MPI loads further modules, which look for its names among all.
  void* module = ::dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL);
  void* join = module == nullptr ? nullptr : ::dlsym(module, "rollcast_join_ranks");
  if (join == nullptr) throw UsageError(fmt::format("MPI cannot be used: {}", ::dlerror()));
  return *reinterpret_cast<experiment::Transport* (*)()>(join)();
}

}  // namespace

unsigned launched_processes() {
  return number_from("OMPI_COMM_WORLD_SIZE", 1);
}

unsigned launched_rank() {
  return number_from("OMPI_COMM_WORLD_RANK", 0);
}

bool has_mpi() {
  return !module_file().empty();
}

std::unique_ptr<Ranks> Ranks::joined() {
  if (launched_processes() < 2) return nullptr;
  return std::unique_ptr<Ranks>(new Ranks(loaded_transport()));
}

Ranks::Ranks(experiment::Transport& transport) : transport_(transport) {
  if (transport.rank() == 0) leader_ = std::make_unique<experiment::RankLeader>(transport);
  watch_ = std::thread(&Ranks::watch_launcher, this, ::getppid());
}

/// A process whose parent dies gets another one. PR_SET_PDEATHSIG would also tell it, but as soon
/// as the launcher's thread ends that started this rank.
void Ranks::watch_launcher(int launcher) {
  for (; !left_; std::this_thread::sleep_for(kLookForLauncher)) {
    if (::getppid() == launcher) continue;
    alone_ = true;
    ::kill(::getpid(), SIGTERM);
    return;
  }
}

Ranks::~Ranks() {
  const bool stopped = watch_for_stop().load();
  const bool together = !leader_ || leader_->dismiss(stopped ? kPatienceOnceStopped : kPatience);
  left_ = true;
  watch_.join();
  // Leaving together takes the launcher.
  if (together && !alone_) transport_.leave();
}

}  // namespace rollcast::cli
