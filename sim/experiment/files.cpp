#include "rollcast/experiment/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>

#include "rollcast/base/text.hpp"

namespace rollcast::experiment {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& path, int error) {
  throw StoreError(path, error == ENOSPC ? "the disk is full" : std::strerror(error));
}

/// Writes and syncs; returns errno, 0 when all went well.
int write_all(const std::string& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) return errno;
  int error = 0;
  for (std::size_t done = 0; done < text.size() && error == 0;) {
    const ssize_t wrote = ::write(file, text.data() + done, text.size() - done);
    if (wrote >= 0) done += static_cast<std::size_t>(wrote);
    else if (errno != EINTR) error = errno;
  }
  if (error == 0 && ::fsync(file) != 0) error = errno;
  if (::close(file) != 0 && error == 0) error = errno;
  return error;
}

/// Quoted when it must be.
std::string field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char letter : text) quoted += letter == '"' ? std::string("\"\"") : std::string(1, letter);
  return quoted + "\"";
}

}  // namespace

void write_file(const std::string& path, const std::string& text) {
  const fs::path folder = fs::path(path).parent_path();
  std::error_code error;
  if (!folder.empty()) fs::create_directories(folder, error);
  if (error) throw StoreError(folder.string(), "cannot make the folder: " + error.message());
  const std::string unfinished = path + ".unfinished";
  if (const int cause = write_all(unfinished, text); cause != 0) {
    ::unlink(unfinished.c_str());
    fail(path, cause);
  }
  if (std::rename(unfinished.c_str(), path.c_str()) != 0) fail(path, errno);
}

void write_csv(const RunStore& store, std::ostream& out) {
  const RunRecord record = store.record();
  out << "strategy,replication,events,digest";
  for (std::size_t i = 0; i < model::kMetrics; ++i)
    out << ',' << model::metric_info(static_cast<model::Metric>(i)).name;
  for (const std::string& name : record.objectives) out << ',' << field("objective." + name);
  out << '\n';
  store.each([&](std::size_t strategy, std::uint64_t replication, const model::Outcome& outcome) {
    std::string line = fmt::format("{},{},{},{:016x}", field(record.strategies.at(strategy)),
                                   replication, outcome.events, outcome.digest);
    for (const double value : outcome.metrics) {
      line += ',';
      if (!std::isnan(value)) line += exact_number(value);
    }
    for (const std::uint8_t held : outcome.objectives) line += held != 0 ? ",1" : ",0";
    out << line << '\n';
  });
}

}  // namespace rollcast::experiment
