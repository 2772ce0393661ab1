#pragma once
/// Small words about images that reading and checking them share.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "rollcast/base/text.hpp"
#include "rollcast/model/scenario.hpp"

namespace rollcast::scenario {

inline constexpr std::array<std::string_view, 2> kSystems{"linux", "windows"};
inline constexpr std::array<std::string_view, 3> kArchitectures{"x86_64", "x86_32", "arm64"};

/// "linux on x86_64", of an image or a group.
template <class T>
[[nodiscard]] std::string system_of(const T& what) {
  return fmt::format("{} on {}", kSystems[static_cast<std::size_t>(what.os)],
                     kArchitectures[static_cast<std::size_t>(what.architecture)]);
}

/// Whether the image is in the region from the start, or will be before the roll-out.
[[nodiscard]] inline bool is_in(const model::Image& image, model::RegionId region) {
  const auto& there = image.exists_in;
  return std::find(there.begin(), there.end(), region) != there.end() ||
         std::any_of(image.copied_to.begin(), image.copied_to.end(),
                     [region](const model::ImageCopy& copy) { return copy.to == region; });
}

/// "50 GB", as it can be written.
[[nodiscard]] inline std::string written_gigabytes(double gb) {
  return fmt::format("{} GB", exact_number(gb));
}

}  // namespace rollcast::scenario
