#pragma once
/// What libFuzzer calls, and the replay of a corpus as well: any bytes, read as input of one kind.
/// Must return 0; whatever a sanitizer, an assertion or an escaped exception says is a finding.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace rollcast::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Ends the process when what holds for every input does not hold.
inline void expect(bool holds, const char* what) {
  if (holds) return;
  std::cerr << "does not hold: " << what << '\n';
  std::abort();
}

}  // namespace rollcast::fuzz
