#include "rollcast/base/diagnostics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "rollcast/base/text.hpp"

namespace rollcast {
namespace {

constexpr std::string_view kBold = "\033[1m";
constexpr std::string_view kBlue = "\033[1;34m";
constexpr std::string_view kCyan = "\033[1;36m";
constexpr std::string_view kPlain = "\033[0m";

std::string_view colour_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "\033[1;31m";
    case Severity::warning:
      return "\033[1;33m";
    case Severity::note:
      return "\033[1;32m";
  }
  return kPlain;
}

std::string painted(std::string_view text, std::string_view colour, bool coloured) {
  return coloured ? fmt::format("{}{}{}", colour, text, kPlain) : std::string{text};
}

/// Bytes of what is no text at the front of valid UTF-8: control characters, also those of eight
/// bits, and marks that turn the direction of what follows; 0: it is text.
std::size_t control_bytes(std::string_view text) {
  const char c = text.front();
  if ((c >= 0 && c < ' ') || c == '\x7f') return 1;
  const std::string_view two = text.substr(0, 2);
  if (c == '\xc2' && two >= "\xc2\x80" && two <= "\xc2\x9f") return 2;
  const std::string_view three = text.substr(0, 3);
  const bool turns = (three >= "\xe2\x80\xaa" && three <= "\xe2\x80\xae") ||
                     (three >= "\xe2\x81\xa6" && three <= "\xe2\x81\xa9");
  return turns ? 3 : 0;
}

/// What a terminal can show of a line: tabs as one space, control characters and broken UTF-8 as
/// `?`.
std::string printable(std::string_view line) {
  std::string result;
  for (std::size_t at = 0; at < line.size();) {
    const auto bad = first_invalid_utf8(line.substr(at));
    const std::size_t end = bad ? at + *bad : line.size();
    while (at < end) {
      const std::size_t control = control_bytes(line.substr(at, end - at));
      result += control == 0 ? line[at] : line[at] == '\t' ? ' ' : '?';
      at += std::max<std::size_t>(control, 1);
    }
    if (bad) {
      result += '?';
      ++at;
    }
  }
  return result;
}

// A hostile file is told of in as few words as any other.
constexpr std::size_t kMostOfAKind = 1'000;     ///< errors, warnings or notes that are kept
constexpr std::size_t kMostReports = 20'000;    ///< errors that are compared with those kept
constexpr std::size_t kLongestMessage = 2'000;  ///< bytes
constexpr std::size_t kLongestLine = 300;       ///< bytes that are shown of a line
constexpr std::size_t kBeforePlace = 100;       ///< of them in front of what is underlined

bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

/// Not longer than `most` bytes, cut between characters.
std::string shortened(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && !begins_character(text[most])) --most;
  text.resize(most);
  return text + "…";
}

/// What is shown of a line, and where in it the place begins.
struct Excerpt {
  std::string text;
  std::size_t start = 0;
};
Excerpt excerpt_of(const std::string& line, std::size_t start) {
  if (line.size() <= kLongestLine) return {line, start};
  std::size_t from = start > kBeforePlace ? start - kBeforePlace : 0;
  while (from > 0 && !begins_character(line[from])) --from;
  const std::string front = from > 0 ? "…" : "";
  return {front + shortened(line.substr(from), kLongestLine), front.size() + start - from};
}

}  // namespace

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      return "note";
  }
  return "unknown";
}

void Diagnostics::add_source(std::string file, std::string text) {
  Source source;
  const auto known = sources_.find(file);
  source.order = known != sources_.end() ? known->second.order : sources_.size();
  for (std::string_view line : split(text, '\n')) {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    source.lines.emplace_back(line);
  }
  sources_.insert_or_assign(std::move(file), std::move(source));
}

void Diagnostics::add(Diagnostic diagnostic) {
  const bool error = diagnostic.severity == Severity::error;
  if (error && ++error_reports_ > kMostReports) return;
  const auto alike = std::count_if(entries_.begin(), entries_.end(), [&](const Diagnostic& one) {
    return one.severity == diagnostic.severity;
  });
  if (static_cast<std::size_t>(alike) >= kMostOfAKind) return;
  diagnostic.message = shortened(std::move(diagnostic.message), kLongestMessage);
  diagnostic.cure = shortened(std::move(diagnostic.cure), kLongestMessage);
  const bool known = std::find(entries_.begin(), entries_.end(), diagnostic) != entries_.end();
  if (!known) entries_.push_back(std::move(diagnostic));
}

void Diagnostics::error(const Place& place, std::string message, std::string cure) {
  add({Severity::error, place.file, place.line, place.column, place.length, std::move(message),
       std::move(cure)});
}

void Diagnostics::warning(const Place& place, std::string message, std::string cure) {
  add({Severity::warning, place.file, place.line, place.column, place.length, std::move(message),
       std::move(cure)});
}

void Diagnostics::note(const Place& place, std::string message, std::string cure) {
  add({Severity::note, place.file, place.line, place.column, place.length, std::move(message),
       std::move(cure)});
}

void Diagnostics::merge(const Diagnostics& other) {
  std::vector<std::pair<std::size_t, std::string>> by_order;
  for (const auto& [file, source] : other.sources_) by_order.emplace_back(source.order, file);
  std::sort(by_order.begin(), by_order.end());
  for (const auto& [order, file] : by_order) {
    Source source = other.sources_.at(file);
    source.order = sources_.size();
    sources_.try_emplace(file, std::move(source));
  }
  for (const Diagnostic& diagnostic : other.entries_) add(diagnostic);
}

std::size_t Diagnostics::errors() const {
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(),
                    [](const auto& d) { return d.severity == Severity::error; }));
}

std::size_t Diagnostics::warnings() const {
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(),
                    [](const auto& d) { return d.severity == Severity::warning; }));
}

std::vector<Diagnostic> Diagnostics::sorted() const {
  const auto key = [this](const Diagnostic& d) {
    const auto source = sources_.find(d.file);
    const std::size_t order =
        source != sources_.end() ? source->second.order : std::numeric_limits<std::size_t>::max();
    return std::tuple{order, d.line, d.column};
  };
  std::vector<Diagnostic> result = entries_;
  std::stable_sort(result.begin(), result.end(),
                   [&key](const auto& a, const auto& b) { return key(a) < key(b); });
  return result;
}

std::string Diagnostics::render_one(const Diagnostic& diagnostic, bool coloured) const {
  const auto source = sources_.find(diagnostic.file);
  const std::string* line = nullptr;
  if (source != sources_.end() && diagnostic.line >= 1 &&
      diagnostic.line <= source->second.lines.size()) {
    line = &source->second.lines[diagnostic.line - 1];
  }
  const std::size_t start =
      line != nullptr && diagnostic.column >= 1 ? std::min(diagnostic.column - 1, line->size()) : 0;
  std::string place = diagnostic.file.empty() ? "rollcast" : diagnostic.file;
  if (diagnostic.line > 0) {
    const std::size_t column = line != nullptr
                                   ? code_points(std::string_view{*line}.substr(0, start)) + 1
                                   : diagnostic.column;
    place += fmt::format(":{}:{}", diagnostic.line, column);
  }
  std::string result =
      fmt::format("{}: {}: {}\n", painted(printable(place), kBold, coloured),
                  painted(name_of(diagnostic.severity), colour_of(diagnostic.severity), coloured),
                  painted(printable(diagnostic.message), kBold, coloured));
  const std::string number = line != nullptr ? std::to_string(diagnostic.line) : "";
  const std::string margin(number.size() + 1, ' ');
  if (line != nullptr) {
    const Excerpt shown = excerpt_of(*line, start);
    const std::string before = printable(std::string_view{shown.text}.substr(0, shown.start));
    const std::string marked = printable(std::string_view{shown.text}.substr(
        shown.start, std::max<std::size_t>(diagnostic.length, 1)));
    const std::string carets(std::max<std::size_t>(display_width(marked), 1), '^');
    const std::string bar = painted("|", kBlue, coloured);
    result += fmt::format("{}{}\n", margin, bar);
    result +=
        fmt::format("{} {} {}\n", painted(number, kBlue, coloured), bar, printable(shown.text));
    result += fmt::format("{}{} {}{}\n", margin, bar, std::string(display_width(before), ' '),
                          painted(carets, colour_of(diagnostic.severity), coloured));
  }
  if (!diagnostic.cure.empty()) {
    result += fmt::format("{}{} {}: {}\n", margin, painted("=", kBlue, coloured),
                          painted("help", kCyan, coloured), printable(diagnostic.cure));
  }
  return result;
}

std::string Diagnostics::render(bool coloured) const {
  std::string result;
  for (const Diagnostic& diagnostic : sorted()) result += render_one(diagnostic, coloured) + "\n";
  std::vector<std::string> counts;
  if (errors() > 0) counts.push_back(plural(errors(), "error"));
  if (warnings() > 0) counts.push_back(plural(warnings(), "warning"));
  if (!counts.empty()) result += join_words(counts, "and") + "\n";
  if (errors() >= kMostOfAKind)
    result += "There may be more, which are told once these are mended\n";
  return result;
}

}  // namespace rollcast
