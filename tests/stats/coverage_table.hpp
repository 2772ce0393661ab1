#pragma once
/// Coverage counts as a table: tests that count how many of 1,000 intervals cover note them here,
/// and with ROLLCAST_COVERAGE=FILE in the environment the rows are appended to that file.
#include <cstdlib>
#include <fstream>
#include <string>

namespace rollcast::testing {

inline void note_coverage(const std::string& what, int covered, bool conservative) {
  const char* path = std::getenv("ROLLCAST_COVERAGE");
  if (path == nullptr) return;
  std::ofstream{path, std::ios::app} << "| " << what << " | " << covered << " | "
                                     << (conservative ? "at least 930" : "930 to 970") << " |\n";
}

}  // namespace rollcast::testing
