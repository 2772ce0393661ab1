#pragma once
/// Files that a run leaves behind beside its record.
#include <ostream>
#include <string>

#include "rollcast/experiment/store.hpp"

namespace rollcast::experiment {

/// Writes a file as a whole or not at all: under another name first, then renamed. Missing folders
/// are made. Throws StoreError with path and cause.
void write_file(const std::string& path, const std::string& text);

/// Every stored replication as CSV (RFC 4180, with a line of column names): strategy, replication,
/// events, digest, the metrics by their names, objective.<name> as 0 or 1. An empty field has no
/// value, `inf` was not reached. Throws StoreError when the record cannot be read; a failed stream
/// stays failed.
void write_csv(const RunStore& store, std::ostream& out);

}  // namespace rollcast::experiment
