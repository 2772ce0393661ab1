#include "process.hpp"

#include <fcntl.h>
#include <pty.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace rollcast::cli::testing {
namespace {

namespace fs = std::filesystem;

int opened(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0) throw std::runtime_error("cannot open " + path);
  return file;
}

/// In the child: never returns.
[[noreturn]] void become(const std::vector<std::string>& arguments, const Surroundings& where,
                         const std::string& output, int errors) {
  if (where.close_output) {
    int ends[2];
    if (::pipe(ends) != 0) _exit(99);
    ::close(ends[0]);
    ::dup2(ends[1], STDOUT_FILENO);
  } else {
    ::dup2(opened(where.output_to.empty() ? output : where.output_to), STDOUT_FILENO);
  }
  ::dup2(errors, STDERR_FILENO);
  if (!where.folder.empty() && ::chdir(where.folder.c_str()) != 0) _exit(98);
  if (!where.path.empty()) ::setenv("PATH", where.path.c_str(), 1);
  if (!where.preload.empty()) ::setenv("LD_PRELOAD", where.preload.c_str(), 1);
  const rlimit memory{where.most_memory, where.most_memory};
  if (where.most_memory > 0 && ::setrlimit(RLIMIT_AS, &memory) != 0) _exit(96);
  std::string program = ROLLCAST_BINARY_DIR "/rollcast";
  std::vector<char*> values{program.data()};
  std::vector<std::string> copies = arguments;
  for (std::string& copy : copies) values.push_back(copy.data());
  values.push_back(nullptr);
  ::execv(program.c_str(), values.data());
  _exit(97);
}

/// Waits until the file is there and has something in it, then sends the signal.
void send_when_ready(pid_t child, const Surroundings& where) {
  if (where.after_microseconds >= 0) {
    std::this_thread::sleep_for(std::chrono::microseconds(where.after_microseconds));
    ::kill(child, where.signal);
    return;
  }
  for (int i = 0; i < 2'000; ++i) {
    std::error_code error;
    if (fs::exists(where.when_exists, error) && fs::file_size(where.when_exists, error) > 100'000)
      break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ::kill(child, where.signal);
}

/// Until the other end is closed; closes this one.
std::string everything_from(int terminal) {
  std::string text;
  char part[4096];
  for (ssize_t size = 0; (size = ::read(terminal, part, sizeof part)) > 0;)
    text.append(part, static_cast<std::size_t>(size));
  ::close(terminal);
  return text;
}

}  // namespace

Ended rollcast(const std::vector<std::string>& arguments, const Surroundings& surroundings) {
  const Folder streams;
  const std::string output = streams / "output";
  const std::string errors = streams / "errors";
  int terminal = -1;
  int written = -1;
  winsize size{24, 80, 0, 0};
  if (!surroundings.terminal)
    written = opened(errors);
  else if (::openpty(&terminal, &written, nullptr, nullptr, &size) != 0)
    throw std::runtime_error("cannot open a terminal");
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("cannot fork");
  if (child == 0) become(arguments, surroundings, output, written);
  ::close(written);
  const std::string shown = terminal >= 0 ? everything_from(terminal) : std::string();
  if (surroundings.signal != 0) send_when_ready(child, surroundings);
  int status = 0;
  ::waitpid(child, &status, 0);
  Ended ended;
  ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (surroundings.output_to.empty() && !surroundings.close_output) ended.output = contents(output);
  ended.errors = terminal >= 0 ? shown : contents(errors);
  return ended;
}

Folder::Folder() {
  std::string path = (fs::temp_directory_path() / "rollcast-cli-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("cannot make a folder");
  path_ = path;
}

Folder::~Folder() {
  fs::remove_all(path_);
}

std::string Folder::file(const std::string& name, const std::string& text) const {
  const fs::path path = fs::path(path_) / name;
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
  return path.string();
}

std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

bool exists(const std::string& path) {
  return fs::exists(path);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Ended Study::call(const std::string& command, const std::string& out,
                  const std::vector<std::string>& options, const Surroundings& surroundings) const {
  std::vector<std::string> arguments{command, scenario, "--out", *this / out};
  arguments.insert(arguments.end(), options.begin(), options.end());
  return rollcast(arguments, surroundings);
}

std::string small_scenario() {
  return R"(question: Is an image worth it for eight servers?
start: 2026-03-06 09:00 Asia/Seoul
horizon: 30 d
seed: 42
replications: 300
objectives:
  - {name: on time, ready: 100 % of fleet, within: 1 d, probability: 90 %}
  - {name: in budget, cost: {deployment: 4000 USD}, probability: 90 %}
regions:
  lab: {zones: 1, quota: {held: 60 per zone}, storage: 0.02 USD per GB month}
staff:
  ops: {people: 2, hours: Mon-Fri 09:00-18:00 Asia/Seoul, wage: 42.51 USD per work h}
fleet:
  web: {count: 8, region: lab, os: linux, price: 0.1 USD per h}
images:
  golden: {kind: custom, os: linux, exists: {regions: [lab]}, bad: 2 %}
failures:
  broken: {kind: environment, every: exponential(2000 h), detected: 1 min to 15 min}
strategies:
  golden image: {deploy: {image: golden}}
  by hand: {deploy: {by: ops}}
)";
}

}  // namespace rollcast::cli::testing
