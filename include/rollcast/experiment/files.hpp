#pragma once
/// Files that a run leaves behind beside its record.
#include <functional>
#include <string>
#include <string_view>

#include "rollcast/experiment/store.hpp"

namespace rollcast::experiment {

/// A file that appears as a whole or not at all: it is written under another name, and gets its own
/// by commit(). Missing folders are made. What is not committed is removed. Where the path leads to
/// something else than a file (a pipe, a device), that is written to as the text comes.
/// All of it throws StoreError with path and cause.
class WholeFile {
 public:
  explicit WholeFile(std::string path);
  ~WholeFile();
  WholeFile(const WholeFile&) = delete;
  WholeFile& operator=(const WholeFile&) = delete;
  void write(std::string_view text);
  void commit();

 private:
  [[noreturn]] void fail(int error);

  std::string path_;
  std::string target_;      ///< the file that is replaced
  std::string unfinished_;  ///< empty: written as it comes
  int file_ = -1;
};

/// One text as a WholeFile.
void write_file(const std::string& path, std::string_view text);

/// A text as a field of a CSV file: quoted when it must be.
[[nodiscard]] std::string csv_field(const std::string& text);

/// Every stored replication as CSV (RFC 4180, with a line of column names): strategy, replication,
/// events, digest, the metrics by their names, objective.<name> as 0 or 1. An empty field has no
/// value, `inf` was not reached. `write` takes some lines at a time. Throws StoreError when the
/// record cannot be read, and what `write` throws.
void write_csv(const RunStore& store, const std::function<void(std::string_view)>& write);

}  // namespace rollcast::experiment
