#include "rollcast/experiment/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "rollcast/base/text.hpp"

namespace rollcast::experiment {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kChunk = 1 << 16;

std::string column_names(const RunRecord& record) {
  std::string line = "strategy,replication,events,digest";
  for (std::size_t i = 0; i < model::kMetrics; ++i)
    line += fmt::format(",{}", model::metric_info(static_cast<model::Metric>(i)).name);
  for (const std::string& name : record.objectives) line += "," + csv_field("objective." + name);
  return line + "\n";
}

}  // namespace

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char letter : text) {
    if (letter == '"') quoted += '"';
    quoted += letter;
  }
  return quoted + "\"";
}

WholeFile::WholeFile(std::string path) : path_(std::move(path)), target_(path_) {
  std::error_code error;
  const fs::file_status there = fs::status(path_, error);
  if (fs::exists(there) && !fs::is_regular_file(there)) {
    file_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
    if (file_ < 0) fail(errno);
    return;
  }
  error.clear();  // that nothing is there is no error
  if (fs::exists(there)) target_ = fs::canonical(path_, error).string();  // where a link leads to
  if (error) fail(error.value());
  const fs::path folder = fs::path(target_).parent_path();
  if (!folder.empty()) fs::create_directories(folder, error);
  if (error) throw StoreError(folder.string(), "cannot make the folder: " + error.message());
  unfinished_ = target_ + ".unfinished";
  file_ = ::open(unfinished_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file_ < 0) fail(errno);
}

WholeFile::~WholeFile() {
  if (file_ < 0) return;
  ::close(file_);
  if (!unfinished_.empty()) ::unlink(unfinished_.c_str());
}

void WholeFile::fail(int error) {
  throw StoreError(path_, error == ENOSPC ? "the disk is full" : std::strerror(error));
}

void WholeFile::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(file_, text.data(), text.size());
    if (wrote >= 0)
      text.remove_prefix(static_cast<std::size_t>(wrote));
    else if (errno != EINTR)
      fail(errno);
  }
}

void WholeFile::commit() {
  if (!unfinished_.empty()) {
    if (::fsync(file_) != 0 && errno != EINVAL) fail(errno);
    if (::rename(unfinished_.c_str(), target_.c_str()) != 0) fail(errno);
  }
  const int file = file_;
  file_ = -1;
  if (::close(file) != 0) fail(errno);
}

void write_file(const std::string& path, std::string_view text) {
  WholeFile file(path);
  file.write(text);
  file.commit();
}

void write_csv(const RunStore& store, const std::function<void(std::string_view)>& write) {
  const RunRecord record = store.record();
  std::vector<std::string> strategies;
  for (const std::string& name : record.strategies) strategies.push_back(csv_field(name));
  std::string lines = column_names(record);
  store.each([&](std::size_t strategy, std::uint64_t replication, const model::Outcome& outcome) {
    lines += fmt::format("{},{},{},{:016x}", strategies.at(strategy), replication, outcome.events,
                         outcome.digest);
    for (const double value : outcome.metrics) {
      lines += ',';
      if (!std::isnan(value)) lines += exact_number(value);
    }
    for (const std::uint8_t held : outcome.objectives) lines += held != 0 ? ",1" : ",0";
    lines += '\n';
    if (lines.size() < kChunk) return;
    write(lines);
    lines.clear();
  });
  write(lines);
}

}  // namespace rollcast::experiment
