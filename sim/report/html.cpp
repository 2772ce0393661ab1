#include "html.hpp"

#include <fmt/format.h>

#include "rollcast/base/text.hpp"

namespace rollcast::report {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool forbidden(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
}

/// Every byte that is not part of well-formed UTF-8 replaced.
std::string repaired(std::string_view text) {
  std::string result;
  while (const auto bad = first_invalid_utf8(text)) {
    result += text.substr(0, *bad);
    result += kReplacement;
    text.remove_prefix(*bad + 1);
  }
  return result.append(text);
}

}  // namespace

std::string clean_text(std::string_view text) {
  std::string result;
  for (const char c : repaired(text)) {
    if (forbidden(c)) {
      result += kReplacement;
    } else {
      result += c;
    }
  }
  return result;
}

std::string without_direction_marks(std::string_view text) {
  // U+200E, U+200F, U+202A to U+202E and U+2066 to U+2069, all three bytes long.
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view next = text.substr(i, 3);
    const char last = next.size() == 3 ? next[2] : ' ';
    const bool first = next.substr(0, 2) == "\xE2\x80";
    const bool mark =
        (first && (last == '\x8E' || last == '\x8F' || (last >= '\xAA' && last <= '\xAE'))) ||
        (next.substr(0, 2) == "\xE2\x81" && last >= '\xA6' && last <= '\xA9');
    if (mark) {
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

std::string escape_html(std::string_view text) {
  std::string result;
  for (const char c : clean_text(text)) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string name_html(std::string_view name) {
  return "<bdi>" + escape_html(name) + "</bdi>";
}

std::string script_json(std::string_view json) {
  std::string result;
  result.reserve(json.size());
  for (const char c : json) {
    if (c == '<') {
      result += "\\u003c";
    } else {
      result += c;
    }
  }
  return result;
}

std::string element(std::string_view tag, std::string_view content, std::string_view attributes) {
  return fmt::format("<{0}{1}{2}>{3}</{0}>", tag, attributes.empty() ? "" : " ", attributes,
                     content);
}

}  // namespace rollcast::report
