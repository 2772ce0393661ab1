#include "console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "rollcast/experiment/store.hpp"

namespace rollcast::cli {
namespace {

bool silent = false;

/// Returns errno, 0 when all was written.
int write_to(int file, std::string_view text) {
  while (!text.empty() && !silent) {
    const ssize_t wrote = ::write(file, text.data(), text.size());
    if (wrote >= 0)
      text.remove_prefix(static_cast<std::size_t>(wrote));
    else if (errno != EINTR)
      return errno;
  }
  return 0;
}

int file_of(Stream stream) {
  return stream == Stream::output ? STDOUT_FILENO : STDERR_FILENO;
}

}  // namespace

bool print(std::string_view text) {
  const int error = write_to(STDOUT_FILENO, text);
  if (error != 0 && error != EPIPE)
    throw experiment::StoreError("standard output", std::strerror(error));
  return error == 0;
}

void tell(std::string_view text) {
  tell_plain("rollcast: " + std::string(text) + "\n");
}

void tell_plain(std::string_view text) {
  write_to(STDERR_FILENO, text);
}

void be_silent() {
  silent = true;
}

bool is_terminal(Stream stream) {
  return ::isatty(file_of(stream)) == 1;
}

bool wants_colour(Stream stream) {
  const char* forbidden = std::getenv("NO_COLOR");
  if (forbidden != nullptr && *forbidden != '\0') return false;
  const char* terminal = std::getenv("TERM");
  return is_terminal(stream) && terminal != nullptr && std::strcmp(terminal, "dumb") != 0;
}

int columns_of(Stream stream) {
  winsize size{};
  if (::ioctl(file_of(stream), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return std::max<int>(40, size.ws_col);
}

}  // namespace rollcast::cli
