#include "progress.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "console.hpp"
#include "rollcast/base/text.hpp"

namespace rollcast::cli {
namespace {

constexpr const char* kClearLine = "\r\x1b[K";
constexpr int kWidestBar = 30;

std::string repeated(const char* text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

}  // namespace

std::string progress_line(const experiment::Progress& progress, int columns) {
  const double share = progress.planned == 0 ? 1.0
                                             : static_cast<double>(progress.finished) /
                                                   static_cast<double>(progress.planned);
  std::string text = fmt::format("{:3.0f} %  {} of {} replications", 100 * share,
                                 human_count(static_cast<std::int64_t>(progress.finished)),
                                 human_count(static_cast<std::int64_t>(progress.planned)));
  // The first guesses are worth nothing.
  if (progress.remaining && progress.elapsed > 0.5 && progress.finished < progress.planned)
    text += "  " + human_duration(*progress.remaining) + " left";
  const int room = columns - 3 - static_cast<int>(display_width(text));
  const int bar = std::min(kWidestBar, room);
  if (bar < 5) return text;
  const int full = static_cast<int>(share * bar);
  return repeated("█", full) + repeated("░", bar - full) + "  " + text;
}

ProgressBar::ProgressBar(bool wanted) : visible_(wanted && is_terminal(Stream::error)) {}

ProgressBar::~ProgressBar() {
  if (visible_) tell_plain(kClearLine);
}

void ProgressBar::show(const experiment::Progress& progress) {
  if (visible_) tell_plain(kClearLine + progress_line(progress, columns_of(Stream::error)));
}

void ProgressBar::show(const std::string& what) {
  if (visible_) tell_plain(kClearLine + what);
}

}  // namespace rollcast::cli
