#include "terminal_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "html.hpp"
#include "rollcast/base/text.hpp"

namespace rollcast::report {
namespace {

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

std::string without_controls(std::string_view text) {
  std::string result;
  for (const char c : without_direction_marks(text)) {
    const auto byte = static_cast<unsigned char>(c);
    result += byte < 0x20 || byte == 0x7F ? ' ' : c;
  }
  return result;
}

/// The byte at which the longest ending of at most `width` columns begins.
std::size_t ending(std::string_view text, std::size_t width) {
  std::size_t begin = text.size();
  while (begin > 0) {
    std::size_t next = begin - 1;
    while (next > 0 && continues(text[next])) --next;
    if (display_width(text.substr(next)) > width) break;
    begin = next;
  }
  return begin;
}

/// Bytes of the longest beginning that takes at most `width` columns, whole code points only.
std::size_t beginning(std::string_view text, std::size_t width) {
  std::size_t end = 0;
  while (end < text.size()) {
    std::size_t next = end + 1;
    while (next < text.size() && continues(text[next])) ++next;
    if (display_width(text.substr(0, next)) > width) break;
    end = next;
  }
  return end;
}

}  // namespace

std::string fitted(std::string_view text, std::size_t width) {
  std::string clean = without_controls(text);
  if (display_width(clean) <= width) return clean;
  if (width == 0) return {};
  const std::size_t tail = (width - 1) / 3;
  return clean.substr(0, beginning(clean, width - 1 - tail)) + "…" +
         clean.substr(ending(clean, tail));
}

std::string padded(const std::string& text, std::size_t width, bool right) {
  const std::size_t used = display_width(text);
  const std::string blanks(used < width ? width - used : 0, ' ');
  return right ? blanks + text : text + blanks;
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  std::string result;
  std::string line(std::min(text.find_first_not_of(' '), text.size()), ' ');
  const auto end_line = [&] {
    result += line + "\n";
    line.assign(indent, ' ');
  };
  const std::string clean = without_controls(text);
  for (std::string_view word : split(clean, ' ')) {
    if (word.empty()) continue;
    const bool first = line.find_first_not_of(' ') == std::string::npos;
    if (!first && display_width(line) + 1 + display_width(word) > width) end_line();
    while (display_width(word) + indent > width) {
      const std::size_t bytes = std::max<std::size_t>(1, beginning(word, width - indent));
      if (line.find_first_not_of(' ') != std::string::npos) end_line();
      line += word.substr(0, bytes);
      word.remove_prefix(bytes);
      end_line();
    }
    if (line.find_first_not_of(' ') != std::string::npos) line += ' ';
    line += word;
  }
  if (line.find_first_not_of(' ') != std::string::npos) result += line + "\n";
  return result;
}

std::string spark_line(std::span<const double> values, double low, double high,
                       std::size_t columns) {
  static constexpr std::array<std::string_view, 8> kBars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  std::vector<std::size_t> counts(columns, 0);
  const double range = std::log(high / low);
  for (const double value : values) {
    if (!std::isfinite(value) || value <= 0.0) continue;
    const double place =
        range > 0.0 ? std::log(value / low) / range * static_cast<double>(columns) : 0.0;
    const auto column = static_cast<std::size_t>(std::max(0.0, place));
    ++counts[std::min(column, columns - 1)];
  }
  const std::size_t most = columns == 0 ? 0 : *std::max_element(counts.begin(), counts.end());
  std::string line;
  for (const std::size_t count : counts) {
    if (count == 0) {
      line += ' ';
    } else {
      line += kBars[std::min<std::size_t>(7, count * 8 / (most + 1))];
    }
  }
  return line;
}

}  // namespace rollcast::report
