#pragma once
/// Runs the built program as a user does.
#include <cstdint>
#include <string>
#include <vector>

namespace rollcast::cli::testing {

struct Ended {
  int code = -1;       ///< exit code; 128 + n when signal n ended it
  std::string output;  ///< standard output
  std::string errors;  ///< standard error
};

struct Surroundings {
  std::string folder;  ///< where it runs; empty: here
  std::string path;    ///< its PATH; empty: ours
  int signal = 0;      ///< sent once `when_exists` exists and the file has grown
  std::string when_exists;
  long after_microseconds = -1;   ///< or sent so long after the start
  std::uint64_t most_memory = 0;  ///< bytes of address space; 0: no limit
  std::string output_to;      ///< standard output goes there ("/dev/full"); empty: it is collected
  std::string preload;        ///< a library that is loaded before all others; empty: none
  bool terminal = false;      ///< standard error is a terminal, 80 columns wide
  bool close_output = false;  ///< standard output is a pipe that nobody reads
};

/// Runs `rollcast` with these arguments to its end.
Ended rollcast(const std::vector<std::string>& arguments, const Surroundings& surroundings = {});

/// A folder of its own that goes with the test.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] const std::string& path() const { return path_; }
  /// Writes a file into it; returns its path.
  std::string file(const std::string& name, const std::string& text) const;

 private:
  std::string path_;
};

[[nodiscard]] std::string contents(const std::string& path);
[[nodiscard]] bool exists(const std::string& path);
[[nodiscard]] bool contains(const std::string& text, const std::string& part);

/// Eight servers, two strategies, two objectives; a replication takes well below a millisecond.
[[nodiscard]] std::string small_scenario();

/// That scenario, and the folder where its results go.
struct Study : Folder {
  std::string scenario = file("small.yaml", small_scenario());

  /// `rollcast COMMAND small.yaml --out OUT OPTIONS...`
  [[nodiscard]] Ended call(const std::string& command, const std::string& out,
                           const std::vector<std::string>& options,
                           const Surroundings& surroundings = {}) const;
};

}  // namespace rollcast::cli::testing
