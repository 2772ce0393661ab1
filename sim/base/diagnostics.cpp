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

/// What a terminal can show of a line: tabs as one space, control characters and broken UTF-8 as
/// `?`.
std::string printable(std::string_view line) {
  std::string result;
  for (std::size_t at = 0; at < line.size();) {
    const auto bad = first_invalid_utf8(line.substr(at));
    const std::size_t good = bad ? *bad : line.size() - at;
    for (const char c : line.substr(at, good)) {
      const bool control = (c >= 0 && c < ' ') || c == '\x7f';
      result += c == '\t' ? ' ' : (control ? '?' : c);
    }
    at += good;
    if (bad) {
      result += '?';
      ++at;
    }
  }
  return result;
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
  if (diagnostic.severity == Severity::error) ++error_reports_;
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
      fmt::format("{}: {}: {}\n", painted(place, kBold, coloured),
                  painted(name_of(diagnostic.severity), colour_of(diagnostic.severity), coloured),
                  painted(diagnostic.message, kBold, coloured));
  const std::string number = line != nullptr ? std::to_string(diagnostic.line) : "";
  const std::string margin(number.size() + 1, ' ');
  if (line != nullptr) {
    const std::string before = printable(std::string_view{*line}.substr(0, start));
    const std::string marked = printable(
        std::string_view{*line}.substr(start, std::max<std::size_t>(diagnostic.length, 1)));
    const std::string carets(std::max<std::size_t>(display_width(marked), 1), '^');
    const std::string bar = painted("|", kBlue, coloured);
    result += fmt::format("{}{}\n", margin, bar);
    result += fmt::format("{} {} {}\n", painted(number, kBlue, coloured), bar, printable(*line));
    result += fmt::format("{}{} {}{}\n", margin, bar, std::string(display_width(before), ' '),
                          painted(carets, colour_of(diagnostic.severity), coloured));
  }
  if (!diagnostic.cure.empty()) {
    result += fmt::format("{}{} {}: {}\n", margin, painted("=", kBlue, coloured),
                          painted("help", kCyan, coloured), diagnostic.cure);
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
  return result;
}

}  // namespace rollcast
