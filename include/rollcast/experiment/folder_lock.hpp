#pragma once
/// One process writes into a run's folder at a time.
#include <string>

namespace rollcast::experiment {

/// Held by whoever writes into a folder; ends with the process, however that ends. The file
/// run.lock in the folder says who it is: it is made with the lock and goes with it.
class FolderLock {
 public:
  /// Makes the folder where it is missing. Throws StoreError: another process holds the lock (its
  /// number and host are named), or the folder cannot be written.
  explicit FolderLock(const std::string& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  std::string path_;
  int file_ = -1;
};

/// Who holds the lock of a folder, as its file tells: "process 4711 on host a"; "another process"
/// where there is none.
[[nodiscard]] std::string lock_holder(const std::string& folder);

}  // namespace rollcast::experiment
