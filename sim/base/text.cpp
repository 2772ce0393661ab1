#include "rollcast/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace rollcast {
namespace {

/// A code point and the bytes it took; an ill-formed byte is returned as U+FFFD of length 1.
struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 1;
  bool valid = true;
};

std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

CodePoint decode(std::string_view text, std::size_t at) {
  constexpr CodePoint kInvalid{0xFFFD, 1, false};
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = sequence_length(lead);
  if (length == 0 || at + length > text.size()) return kInvalid;
  if (length == 1) return {lead, 1, true};
  char32_t value = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xC0U) != 0x80U) return kInvalid;
    value = (value << 6U) | (next & 0x3FU);
  }
  constexpr std::array<char32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kSmallest[length] || surrogate || value > 0x10FFFF) return kInvalid;
  return {value, length, true};
}

struct Range {
  char32_t first;
  char32_t last;
};

template <std::size_t size>
bool within(const std::array<Range, size>& ranges, char32_t point) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [point](Range r) { return point >= r.first && point <= r.last; });
}

std::size_t columns(char32_t point) {
  static constexpr std::array<Range, 7> kZero{{{0x0000, 0x001F},
                                               {0x007F, 0x009F},
                                               {0x0300, 0x036F},
                                               {0x200B, 0x200F},
                                               {0x20D0, 0x20FF},
                                               {0xFE00, 0xFE0F},
                                               {0xFEFF, 0xFEFF}}};
  static constexpr std::array<Range, 11> kWide{{{0x1100, 0x115F},
                                                {0x2E80, 0x303E},
                                                {0x3041, 0xA4CF},
                                                {0xA960, 0xA97F},
                                                {0xAC00, 0xD7A3},
                                                {0xF900, 0xFAFF},
                                                {0xFE30, 0xFE6F},
                                                {0xFF00, 0xFF60},
                                                {0xFFE0, 0xFFE6},
                                                {0x1F300, 0x1FAFF},
                                                {0x20000, 0x3FFFD}}};
  if (within(kZero, point)) return 0;
  return within(kWide, point) ? 2 : 1;
}

/// With thousands separators; `digits` is a plain run of decimal digits.
std::string grouped(const std::string& digits) {
  std::string result;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) result += ',';
    result += digits[i];
  }
  return result;
}

/// Fixed notation with `decimals` places, thousands separators, and no trailing zeros.
std::string fixed(double magnitude, int decimals) {
  const std::string text = fixed_text(magnitude, decimals);
  const auto point = text.find('.');
  std::string fraction = point == std::string::npos ? "" : text.substr(point);
  while (!fraction.empty() && (fraction.back() == '0' || fraction.back() == '.')) {
    fraction.pop_back();
  }
  return grouped(text.substr(0, point)) + fraction;
}

/// Decimal places that show `digits` significant digits of `magnitude`.
int places(double magnitude, int digits) {
  if (magnitude <= 0.0) return 0;
  const int exponent = static_cast<int>(std::floor(std::log10(magnitude)));
  return std::clamp(digits - 1 - exponent, 0, 15);
}

double rounded(double magnitude, int digits) {
  const double scale = std::pow(10.0, places(magnitude, digits));
  return std::round(magnitude * scale) / scale;
}

/// Lower case, without the separators that people confuse.
std::string skeleton(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '-' || c == '_' || c == ' ') continue;
    result += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return result;
}

}  // namespace

std::string fixed_text(double magnitude, int decimals) {
  constexpr double kExact = 1e6, kTie = 1e-9;
  const double scale = std::pow(10.0, decimals);
  const double scaled = magnitude * scale;
  const double shown = scaled < kExact ? std::floor(scaled + 0.5 + kTie) / scale : magnitude;
  return fmt::format("{:.{}f}", shown, decimals);
}

std::string human_duration(double seconds, int digits) {
  if (std::isnan(seconds)) return "unknown";
  const char* const sign = seconds < 0 ? "-" : "";
  const double magnitude = std::fabs(seconds);
  if (std::isinf(magnitude)) return "never";
  if (magnitude == 0.0) return "0 s";
  struct Unit {
    double seconds;
    double limit;  // in this unit: from here on the next one reads better
    const char* name;
  };
  constexpr std::array<Unit, 6> kUnits{{{1e-9, 1e3, "ns"},
                                        {1e-6, 1e3, "us"},
                                        {1e-3, 1e3, "ms"},
                                        {1.0, 60.0, "s"},
                                        {60.0, 60.0, "min"},
                                        {3600.0, 48.0, "h"}}};
  for (const Unit& unit : kUnits) {
    const double value = rounded(magnitude / unit.seconds, digits);
    if (value < unit.limit) {
      return fmt::format("{}{} {}", sign, fixed(value, places(value, digits)), unit.name);
    }
  }
  const double days = magnitude / 86400.0;
  return fmt::format("{}{} d", sign, fixed(days, places(days, digits)));
}

std::string human_duration(Duration duration) {
  if (duration == Duration::max()) return "never";
  return human_duration(to_seconds(duration));
}

std::string human_number(double value, int digits) {
  if (std::isnan(value)) return "unknown";
  if (std::isinf(value)) return value < 0 ? "-infinite" : "infinite";
  const double magnitude = std::fabs(value);
  const std::string text = magnitude != 0.0 && (magnitude >= 1e15 || magnitude < 1e-6)
                               ? fmt::format("{:.{}g}", magnitude, digits)
                               : fixed(magnitude, places(magnitude, digits));
  return value < 0 && text != "0" ? "-" + text : text;
}

std::string human_count(std::int64_t value) {
  const std::string digits = std::to_string(value);
  return value < 0 ? "-" + grouped(digits.substr(1)) : grouped(digits);
}

std::string human_money(double amount, std::string_view currency) {
  if (!std::isfinite(amount)) return fmt::format("{} {}", human_number(amount), currency);
  const double magnitude = std::fabs(amount);
  const bool small = magnitude >= 1e-6 && magnitude < 0.0995;
  const std::string text = small ? fixed(magnitude, places(magnitude, 2))
                                 : fixed_text(magnitude, magnitude >= 999.995 ? 0 : 2);
  const auto point = text.find('.');
  const std::string decimals = point == std::string::npos ? "" : text.substr(point);
  const bool negative = amount < 0 && text != "0.00";
  return fmt::format("{}{}{} {}", negative ? "-" : "", grouped(text.substr(0, point)), decimals,
                     currency);
}

std::string human_money(Money amount, std::string_view currency) {
  return human_money(amount.units(), currency);
}

std::string human_percent(double share) {
  if (!std::isfinite(share)) return human_number(share) + " %";
  const double percent = std::fabs(share) * 100.0;
  int decimals = places(percent, 3);
  if (percent > 99.0 && percent < 100.0) {
    decimals = std::min(places(100.0 - percent, 3), 9);
    while (decimals > 1) {  // the fewest that still tell it apart within the three digits
      const double scale = std::pow(10.0, decimals - 1);
      if (std::fabs(std::round(percent * scale) / scale - percent) > 1e-9) break;
      --decimals;
    }
  }
  const std::string text = fixed(percent, decimals);
  return (share < 0 && text != "0" ? "-" : "") + text + " %";
}

std::string exact_number(double value) {
  return fmt::format("{}", value);
}

double with_digits(double value, int digits) {
  // Not std::stod: it throws where a number is too small to have all its digits.
  return std::strtod(fmt::format("{:.{}g}", value, digits).c_str(), nullptr);
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  const std::size_t columns_count = b.size() + 1;
  std::vector<std::size_t> before(columns_count), previous(columns_count), current(columns_count);
  for (std::size_t j = 0; j < columns_count; ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, previous[j - 1] + change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) current[j] = std::min(current[j], before[j - 2] + 1);
    }
    before.swap(previous);
    previous.swap(current);
  }
  return previous[b.size()];
}

std::optional<std::string> did_you_mean(std::string_view word,
                                        const std::vector<std::string>& candidates) {
  constexpr std::size_t kLongestName = 200;
  const std::string given = skeleton(word);
  if (given.empty() || given.size() > kLongestName) return std::nullopt;
  std::optional<std::string> best;
  std::size_t best_distance = std::numeric_limits<std::size_t>::max();
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kLongestName) continue;
    const std::string known = skeleton(candidate);
    const std::size_t distance = edit_distance(given, known);
    const std::size_t allowed = std::max<std::size_t>(1, given.size() / 3);
    const bool begins = given.size() >= 3 && (known.starts_with(given) || given.starts_with(known));
    const bool near =
        (distance <= allowed && distance < known.size()) || (begins && known.size() >= 3);
    if (near && distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates,
                       std::string known) {
  const auto near = did_you_mean(word, candidates);
  if (!near) return known;
  if (!known.empty() && known[0] >= 'a' && known[0] <= 'z')
    known[0] = static_cast<char>(known[0] - 'a' + 'A');
  return fmt::format("did you mean `{}`? {}", *near, known);
}

std::string join_words(const std::vector<std::string>& words, std::string_view last) {
  std::string result;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) result += i + 1 == words.size() ? fmt::format(" {} ", last) : std::string{", "};
    result += words[i];
  }
  return result;
}

std::string join(const std::vector<std::string>& words, std::string_view separator) {
  return fmt::format("{}", fmt::join(words, separator));
}

std::string plural(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", human_count(static_cast<std::int64_t>(count)), noun,
                     count == 1 ? "" : "s");
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return text.substr(text.size());
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t from = 0;
  for (std::size_t at = text.find(separator); at != std::string_view::npos;
       at = text.find(separator, from)) {
    parts.push_back(text.substr(from, at - from));
    from = at + 1;
  }
  parts.push_back(text.substr(from));
  return parts;
}

std::optional<std::size_t> first_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode(text, at);
    if (!point.valid) return at;
    at += point.bytes;
  }
  return std::nullopt;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode(text, at);
    width += point.valid ? columns(point.value) : 1;
    at += point.bytes;
  }
  return width;
}

std::size_t code_points(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++count) at += decode(text, at).bytes;
  return count;
}

}  // namespace rollcast
