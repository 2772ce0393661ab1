#include "rollcast/experiment/folder_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "rollcast/experiment/store.hpp"

namespace rollcast::experiment {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLock = "run.lock";

std::string this_process() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return fmt::format("process {} on host {}", ::getpid(),
                     host[0] == '\0' ? "unknown" : host.data());
}

/// Whether the open file is the one that has the name: its last holder may have removed it.
bool has_name(int file, const std::string& path) {
  struct stat open {};
  struct stat named {};
  return ::fstat(file, &open) == 0 && ::stat(path.c_str(), &named) == 0 &&
         open.st_ino == named.st_ino && open.st_dev == named.st_dev;
}

/// The file, locked; -1 with errno where that fails.
int locked(const std::string& path) {
  while (true) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0) return -1;
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
      const int error = errno;
      ::close(file);
      errno = error;
      return -1;
    }
    if (has_name(file, path)) return file;
    ::close(file);
  }
}

}  // namespace

std::string lock_holder(const std::string& folder) {
  std::ifstream file(fs::path(folder) / kLock);
  std::string holder;
  std::getline(file, holder);
  return holder.empty() ? "another process" : holder;
}

FolderLock::FolderLock(const std::string& folder) : path_((fs::path(folder) / kLock).string()) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw StoreError(folder, "cannot make the folder: " + error.message());
  file_ = locked(path_);
  if (file_ < 0 && errno == EWOULDBLOCK)
    throw StoreError(folder, lock_holder(folder) +
                                 " is writing here; wait until it has ended, or "
                                 "choose another folder");
  if (file_ < 0)
    throw StoreError(path_, errno == ENOSPC ? "the disk is full" : std::strerror(errno));
  const std::string holder = this_process() + "\n";
  // On a full disk the lock holds without a name.
  if (::ftruncate(file_, 0) == 0 && ::write(file_, holder.data(), holder.size()) < 0) return;
}

FolderLock::~FolderLock() {
  ::unlink(path_.c_str());
  ::close(file_);
}

}  // namespace rollcast::experiment
